"""Reads dialogues in which each voice has a tag: `<Person1>Who is it?</Person1><Person2>Me.</Person2>`.

Programs that write or speak dialogues print them. Nothing else is XML in such a file: it has no root, and what stands
between the tags is text as it is.
"""

import re
from collections.abc import Iterator

from app.errors import TranscriptError
from app.transcripts.labels import is_name_shaped, is_person, names_nobody
from app.transcripts.people import name_and_remark
from app.transcripts.source import Source
from app.transcripts.transcript import (
    NO,
    ByteClass,
    Guess,
    Ledger,
    Metadata,
    Segment,
    Transcript,
    TranscriptFormat,
    Turn,
    TurnKind,
)

_OPENING = re.compile(r"<(?P<voice>[^\W\d_][\w .-]{0,40})>")
# Voices and what they say, at least.
_MIN_VOICES, _MIN_PARTS = 2, 2
# Share of the characters that stand in tags of voices, at least.
_MOSTLY = 0.8


def _parts(text: str) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield (voice, start, start of its text, end of its text, end) of each tagged part."""
    closings: dict[str, int] = {}
    at = 0
    while match := _OPENING.search(text, at):
        voice = match["voice"]
        closing = f"</{voice}>"
        # A tag that is not closed is searched for once.
        end = closings.get(voice, match.end())
        end = text.find(closing, match.end()) if end >= 0 else end
        closings[voice] = end
        if end < 0 or not _is_voice(voice):
            at = match.end()
            continue
        yield voice, match.start(), match.end(), end, end + len(closing)
        at = end + len(closing)


def _is_voice(voice: str) -> bool:
    return is_person(voice) and (names_nobody(voice) or (is_name_shaped(voice) and voice[0].isupper()))


def sniff(source: Source) -> Guess:
    """Tags of two voices around nearly all text make it sure."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    if not _OPENING.match(text.lstrip("\ufeff \t\r\n")[:60]):
        return NO
    parts = list(_parts(text))
    voices = {voice for voice, *_ in parts}
    inside = sum(end - start for _, start, _, _, end in parts)
    if len(voices) < _MIN_VOICES or len(parts) < _MIN_PARTS or inside < _MOSTLY * len(text.strip()):
        return NO
    return Guess(0.95, f"{len(parts)} parts stand in tags of {len(voices)} voices")


def parse(source: Source) -> Transcript:
    """Read a dialogue with a tag for each voice.

    Raises:
        TranscriptError: the file is not text, or no voice has a tag.
    """
    text, ledger = source.text, Ledger(source)
    turns: list[Turn] = []
    at = 1 if text.startswith("\ufeff") else 0
    ledger.mark(0, at, ByteClass.MARKUP)
    for voice, start, text_start, text_end, end in _parts(text):
        _keep_between(text, at, start, ledger, turns)
        ledger.mark(start, text_start, ByteClass.LABEL)
        if spoken := _turn(text, text_start, text_end, label=voice):
            ledger.mark(spoken.source_start, spoken.source_end, ByteClass.TEXT)
            turns.append(spoken)
        ledger.mark(text_end, end, ByteClass.MARKUP)
        at = end
    if not any(turn.label for turn in turns):
        raise source.error("no text stands in tags of voices such as <Person1>", 0)
    _keep_between(text, at, len(text), ledger, turns)
    turns = name_and_remark(turns, (), source.name, ledger)
    remarks, account = ledger.close()
    return Transcript(source, FORMAT.name, tuple(turns), Metadata(), remarks, account)


def _keep_between(text: str, start: int, end: int, ledger: Ledger, turns: list[Turn]) -> None:
    """Keep what stands between the tags as a note: nothing says that anybody says it."""
    if note := _turn(text, start, end, kind=TurnKind.NOTE):
        ledger.mark(note.source_start, note.source_end, ByteClass.NOTE)
        ledger.remark("unlabelled", "text outside the tags of voices is kept as a note", note.source_start)
        turns.append(note)


def _turn(text: str, start: int, end: int, *, label: str | None = None, kind: TurnKind | None = None) -> Turn | None:
    part = text[start:end]
    stripped = part.strip()
    if not stripped:
        return None
    start += len(part) - len(part.lstrip())
    return Turn(stripped, (Segment(0, len(stripped), start, start + len(stripped)),), label=label, kind=kind)


FORMAT = TranscriptFormat(
    name="tagged-text",
    description="dialogues with a tag for each voice, such as <Person1>...</Person1>",
    suffixes=(".txt",),
    sniff=sniff,
    parse=parse,
)
