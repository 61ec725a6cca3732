"""Reads CHAT, the transcription format of CHILDES and TalkBank (.cha): `*PAR:` and what is said, with coded marks.

Of the marks only what was said is kept: `&-um` is um, `<did it> [//]` is did it, `(be)cause` is cause. Repetitions,
pauses, events (`&=laughs`), overlaps and explanations in brackets are markup, and lines that begin with `%` are notes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.errors import TranscriptError
from app.text.dates import PartialDate
from app.transcripts.captions import finish_cues
from app.transcripts.chat_marks import read_utterance
from app.transcripts.cue_text import Cue, SourceRun, Voice, VoiceSpan
from app.transcripts.labels import stated_role
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.text_lines import line_spans
from app.transcripts.transcript import (
    NO,
    ByteClass,
    Guess,
    Ledger,
    Metadata,
    SpeakerStatement,
    Tally,
    Transcript,
    TranscriptFormat,
)

_SPEECH = re.compile(r"\*(?P<code>[A-Za-z0-9_-]{1,20}):[ \t]*")
_HEADER = re.compile(r"@(?P<name>[A-Za-z][A-Za-z 0-9]{0,40})(?::[ \t]*(?P<value>[^\r\n]*))?")
_DATE = re.compile(r"(?P<day>\d{1,2})-(?P<month>[A-Z]{3})-(?P<year>\d{4})", re.ASCII)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
# Headers inside the transcript that comment it.
_COMMENTS = frozenset({"comment", "situation", "activities", "bg", "eg", "g", "new episode", "bck", "blank"})
_ROLES = {"investigator": "interviewer", "participant": "interviewee", "informant": "interviewee"}
# Lines that sniffing examines, at most.
_SNIFFED_LINES = 200


def sniff(source: Source) -> Guess:
    """Look for @Begin or @UTF8 at the beginning, and a line such as `*PAR:` below."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    begun = False
    for number, (start, end) in enumerate(line_spans(text, 1 if text.startswith("\ufeff") else 0)):
        line = text[start:end]
        if line.startswith(("@UTF8", "@Begin", "@Participants:", "@Languages:")):
            begun = True
        elif begun and _SPEECH.match(line):
            return Guess(0.98, "headers such as @Begin, and lines such as '*PAR:', as CHAT has them")
        if number > _SNIFFED_LINES or (not begun and line.strip()):
            return NO
    return NO


def parse(source: Source) -> Transcript:
    """Read a CHAT transcript.

    Raises:
        TranscriptError: the file is not text, or has no line such as `*PAR:` with words.
    """
    ledger = Ledger(source)
    reader = _ChatReader(source, ledger, Tally(ledger))
    for number, (start, end) in enumerate(_logical_lines(source.text)):
        reader.take(start, end, is_first=number == 0)
    if not reader.cues:
        raise source.error("no line such as '*PAR:' holds words", 0)
    people = reader.people()
    metadata = replace(reader.metadata, speakers=tuple(people.values()))
    read = finish_cues(source, FORMAT.name, reader.cues, metadata, ledger, reader.tally)
    names = {code: person.name for code, person in people.items()}
    return replace(
        read, turns=tuple(replace(turn, speaker=names.get(turn.label) if turn.label else None) for turn in read.turns)
    )


def _logical_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield lines together with the lines that continue them, which begin with white space."""
    begun: tuple[int, int] | None = None
    for start, end in line_spans(text, 1 if text.startswith("\ufeff") else 0):
        if begun and (text[start] in " \t" or text[start] not in "*@%"):
            begun = begun[0], end
            continue
        if begun:
            yield begun
        begun = start, end
    if begun:
        yield begun


@dataclass
class _ChatReader:
    source: Source
    ledger: Ledger
    tally: Tally
    cues: list[Cue] = field(default_factory=list)
    metadata: Metadata = field(default_factory=Metadata)
    participants: str = ""
    speaking: str | None = None

    def take(self, start: int, end: int, *, is_first: bool) -> None:
        """Take one line with what continues it."""
        text = self.source.text
        if is_first:
            self.ledger.mark(0, start, ByteClass.MARKUP)
        if speech := _SPEECH.match(text, start, end):
            self._speech(speech, end)
        elif header := _HEADER.match(text, start, end):
            self._header(header, end)
        else:
            if text[start:end].strip() and text[start] != "%":
                self.tally.note("no-speaker", "text before the first speaker is kept as a note", start)
            self.ledger.mark_stripped(start, end, ByteClass.NOTE)

    def _speech(self, speech: re.Match[str], end: int) -> None:
        text, code = self.source.text, speech["code"]
        self.ledger.mark_stripped(speech.start(), speech.end(), ByteClass.LABEL)
        pieces, marks, times = read_utterance(text, speech.end(), end)
        for mark in marks:
            self.ledger.mark(*mark)
            if mark.byte_class is ByteClass.NOTE:
                self.tally.note("inserted", "a word of somebody else inside an utterance is left out", mark.start)
        if not any(isinstance(piece, SourceRun) and any(map(str.isalnum, piece.text)) for piece in pieces):
            # Nothing was said: `0 .` is an action, `xxx .` was not understood.
            for piece in pieces:
                if isinstance(piece, SourceRun):
                    self.ledger.mark(piece.start, piece.end, ByteClass.MARKUP)
            self.tally.note("no-words", f"an utterance of {code!r} has no words; it makes no turn", speech.start())
            return
        voice = Voice(code) if code != self.speaking else None
        self.speaking = code
        start_ms, end_ms = times or (None, None)
        self.cues.append(Cue(speech.start(), start_ms, end_ms, [VoiceSpan(voice, pieces)]))

    def _header(self, header: re.Match[str], end: int) -> None:
        name, start = header["name"].strip().lower(), header.start()
        value = " ".join(self.source.text[header.end("name") : end].removeprefix(":").split())
        self.ledger.mark_stripped(start, end, ByteClass.NOTE if name in _COMMENTS else ByteClass.FRONT_MATTER)
        if name == "participants":
            self.participants = self.participants or value
        elif name == "languages":
            self.metadata = replace(self.metadata, language=stated_language(value.partition(",")[0]))
        elif name == "title" and value:
            self.metadata = replace(self.metadata, title=value)
        elif name == "date" and self.metadata.published is None and (date := _date(value)):
            self.metadata = replace(self.metadata, published=date, published_evidence=f"@Date: {value}")

    def people(self) -> dict[str, SpeakerStatement]:
        """Return what the header says about the speakers, by their codes: `PAR Oskar Participant`."""
        people: dict[str, SpeakerStatement] = {}
        for entry in self.participants.split(","):
            code, *rest = entry.split()[:8] or [""]
            if not code or not rest:
                continue
            *names, role = rest
            role = role.replace("_", " ")
            stated = _ROLES.get(role.lower()) or stated_role(role)
            name = " ".join(names).replace("_", " ") or None
            people[code] = SpeakerStatement(name, str(stated) if stated else None, labels=(code,))
        return people


def _date(printed: str) -> PartialDate | None:
    found = _DATE.fullmatch(printed.upper())
    if found is None or found["month"] not in _MONTHS:
        return None
    try:
        return PartialDate.parse(f"{found['year']}-{_MONTHS.index(found['month']) + 1:02}-{int(found['day']):02}")
    except ValueError:
        return None


FORMAT = TranscriptFormat(
    name="chat",
    description="CHAT of TalkBank and CHILDES: *PAR: and what is said, without the codes",
    suffixes=(".cha",),
    sniff=sniff,
    parse=parse,
)
