"""Plain text in which a label at the start of a line says who speaks: `Q:`, `Ans:`, `NAME:`.

A line without a label continues the turn before it, also after a blank line; the text of a turn is the slice of
the source from its first character to its last, line breaks included.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from app.text import mixed_script_words
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
)
from app.transcripts.urls import address_on_its_own, canonical

# Labels that say question or answer by themselves; one of them is enough to make a file an interview.
_ROLE_LABEL = re.compile(
    r"(?:follow-?up )?(?:q|question|a|ans|answer|interviewer|interviewee)(?: ?\d{1,3})?", re.IGNORECASE
)
# A name is up to five words, the first and last with a capital; anything longer reads like prose.
_LABEL = re.compile(r"[ \t]*(?P<label>[^\s:.!?,;\[\](){}<>/\"][^:!?,;\[\]{}<>/\"\n]{0,59}?)[ \t]*[:：](?:[ \t]+|$)")
_MAX_LABEL_WORDS = 5
_MIN_NAME_TURNS = 2
_LONG_LINE = 120


@dataclass
class _Line:
    start: int
    end: int
    label: str | None = None
    label_start: int = 0
    text_start: int = 0


@dataclass
class _Open:
    label: str | None
    start: int
    end: int
    lines: list[_Line] = field(default_factory=list)


def _lines(source: Source) -> list[_Line]:
    """Split into lines without their ends, each with the label that it could have."""
    lines, at = [], 0
    for text in source.text.splitlines(keepends=True):
        body = text.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        line = _Line(at, at + len(body))
        if match := _LABEL.match(body.removeprefix("\ufeff") if at == 0 else body):
            offset = at + (1 if at == 0 and body.startswith("\ufeff") else 0)
            label = match.group("label")
            if len(label.split()) <= _MAX_LABEL_WORDS:
                line.label, line.label_start = label, offset + match.start("label")
                line.text_start = offset + match.end()
        lines.append(line)
        at += len(text)
    return lines


def _accepted(lines: list[_Line]) -> set[str]:
    counts = Counter(line.label for line in lines if line.label)
    return {
        label
        for label, count in counts.items()
        if _ROLE_LABEL.fullmatch(label) or (count >= _MIN_NAME_TURNS and (label[0].isupper() or not label[0].isascii()))
    }


def sniff(source: Source) -> Guess:
    """Labels on two lines or more make a labelled text; how many decides how sure."""
    lines = _lines(source)
    accepted = _accepted(lines)
    labelled = sum(line.label in accepted for line in lines)
    if labelled < _MIN_NAME_TURNS:
        return NO
    names = ", ".join(sorted(accepted)[:4])
    return Guess(min(0.9, 0.5 + labelled / 50), f"{labelled} lines begin with a label ({names})")


def parse(source: Source) -> Transcript:
    """Read a labelled text.

    Raises:
        TranscriptError: the file is empty, is not text, or has no label.
    """
    lines, ledger = _lines(source), Ledger(source)
    accepted = _accepted(lines)
    if not source.text.strip("\ufeff \t\r\n"):
        raise source.error("the file is empty", 0)
    if not accepted:
        raise source.error("no speaker labels such as 'Q:' or 'NAME:' at the start of a line", 0)
    metadata = _take_source_line(source, lines, ledger)
    if source.text.startswith("\ufeff"):
        ledger.mark(0, 1, ByteClass.MARKUP)
        lines[0].start = max(lines[0].start, 1)
    turns = [_close(source, turn, ledger) for turn in _turns(source, lines, accepted, ledger)]
    if not turns:
        raise source.error("there are labels, and not one word after them", 0)
    for offset, word in mixed_script_words(source.text):
        ledger.remark("mixed-scripts", f"{word!r} mixes letters of two scripts; it is kept as it is", offset)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, tuple(turns), metadata, remarks, counts)


def _take_source_line(source: Source, lines: list[_Line], ledger: Ledger) -> Metadata:
    """Take the address that stands alone on the last line of text as the place the transcript came from."""
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        text = source.text[line.start : line.end]
        if not text.strip():
            continue
        address = address_on_its_own(text)
        if address is None:
            break
        try:
            clean = canonical(address)
        except ValueError:
            # It looks like an address and is none: words like any other.
            break
        ledger.mark(line.start, line.end, ByteClass.SOURCE_LINE)
        del lines[index:]
        if clean != address:
            ledger.remark("tracking-removed", f"tracking parameters were left out of {clean}", line.start)
        return Metadata(source_url=clean, source_url_as_printed=address)
    return Metadata()


def _turns(source: Source, lines: list[_Line], accepted: set[str], ledger: Ledger) -> list[_Open]:
    turns: list[_Open] = []
    after_blank, last = False, _Line(0, 0)
    for line in lines:
        text = source.text[line.start : line.end]
        if not text.strip():
            after_blank = True
            continue
        if line.label in accepted:
            ledger.mark(line.label_start, line.text_start, ByteClass.LABEL)
            turns.append(_Open(line.label, line.text_start, line.end))
        elif turns:
            turns[-1].end = line.end
            if turns[-1].label and (after_blank or last.end - last.start > _LONG_LINE):
                ledger.remark(
                    "continuation",
                    f"a paragraph without a label was taken to go on with {turns[-1].label!r}",
                    line.start,
                )
        else:
            turns.append(_Open(None, line.start, line.end))
            ledger.remark("unlabelled", "text before the first label is kept as a turn of nobody", line.start)
        after_blank, last = False, line
    return [turn for turn in turns if source.text[turn.start : turn.end].strip()]


def _close(source: Source, turn: _Open, ledger: Ledger) -> Turn:
    text = source.text[turn.start : turn.end]
    start = turn.start + len(text) - len(text.lstrip())
    end = turn.end - (len(text) - len(text.rstrip()))
    ledger.mark(start, end, ByteClass.TEXT)
    return Turn(source.text[start:end], (Segment(0, end - start, start, end),), label=turn.label)


FORMAT = TranscriptFormat(
    name="labelled-text",
    description="plain text with labels such as Q:, A: or NAME: at the start of a line",
    suffixes=(".txt", ".text"),
    sniff=sniff,
    parse=parse,
)
