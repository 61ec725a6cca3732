"""Reads the plain text of Rezonator and its kin: a name and a semicolon, a tab, and one line for each unit of speech.

A line that begins with a tab goes on with the speaker above it.
"""

import re

from app.errors import TranscriptError
from app.transcripts.captions import finish_cues
from app.transcripts.cue_text import Cue, SourceRun, Voice, VoiceSpan
from app.transcripts.labels import is_name_shaped, is_speaker_word
from app.transcripts.source import Source
from app.transcripts.text_lines import line_spans
from app.transcripts.transcript import (
    NO,
    ByteClass,
    Guess,
    Ledger,
    Metadata,
    Tally,
    Transcript,
    TranscriptFormat,
)

_UNIT = re.compile(r"(?P<label>[^\s;:][^;:\t\r\n]{0,40});(?:\t[ \t]*|[ ]{2,}|[ \t]*$)(?P<text>[^\r\n]*)")
_NEXT = re.compile(r"(?:\t|[ ]{2,})[ \t]*(?P<text>[^\r\n]*)")
# Lines with a name that prove the form.
_FEWEST = 2


def sniff(source: Source) -> Guess:
    """Every line begins with a name and a semicolon, or with a tab; some lines do each."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    named = going_on = 0
    for start, end in line_spans(text, 1 if text.startswith("\ufeff") else 0):
        if not text[start:end].strip():
            continue
        unit = _UNIT.match(text, start, end)
        if unit and _could_speak(unit["label"]):
            named += 1
        elif named and _NEXT.match(text, start, end):
            going_on += 1
        else:
            return NO
    if named < _FEWEST or not going_on:
        return NO
    return Guess(0.97, f"{named} lines begin with a name and a semicolon, and {going_on} go on after a tab")


def _could_speak(label: str) -> bool:
    return is_speaker_word(label) or is_name_shaped(label) or label.isupper()


def parse(source: Source) -> Transcript:
    """Read units of speech.

    Raises:
        TranscriptError: the file is not text, or no line begins with a name and a semicolon.
    """
    text, ledger, cues = source.text, Ledger(source), list[Cue]()
    first = 1 if text.startswith("\ufeff") else 0
    ledger.mark(0, first, ByteClass.MARKUP)
    speaking: str | None = None
    for start, end in line_spans(text, first):
        unit = _UNIT.match(text, start, end)
        line = unit or _NEXT.match(text, start, end)
        said = line.start("text") if line else start
        voice = None
        if unit:
            ledger.mark_stripped(start, said, ByteClass.LABEL)
            voice = Voice(unit["label"].strip()) if unit["label"].strip() != speaking else None
            speaking = unit["label"].strip()
        if text[said:end].strip():
            cues.append(Cue(start, None, None, [VoiceSpan(voice, [SourceRun(text[said:end], said, end)])]))
    if speaking is None:
        raise source.error("no line begins with a name, a semicolon and a tab", 0)
    return finish_cues(source, FORMAT.name, cues, Metadata(), ledger, Tally(ledger))


FORMAT = TranscriptFormat(
    name="rezonator",
    description="units of speech as Rezonator has them: 'NAME;' and a tab, or a tab only where the speaker goes on",
    suffixes=(".txt",),
    sniff=sniff,
    parse=parse,
)
