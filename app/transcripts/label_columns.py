"""Finds labels in the columns of tables inside a text: time, name and words in cells that tabs or bars part.

Rows of Word tables have tabs, those of Markdown tables bars. What a column holds is seen from its cells, not from its
head, and every row is read by itself, because empty cells may be missing.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.transcripts.delimited_columns import column_meaning
from app.transcripts.label_lines import is_label_shaped
from app.transcripts.labels import is_speaker_word, label_key
from app.transcripts.moments import Moment, moment_at
from app.transcripts.printed_labels import SpeakerLabel
from app.transcripts.text_lines import LineKind, TakenOff, TextLine, split_lines
from app.transcripts.transcript import ByteClass

_CELL = re.compile(r"[^\t|]*")
_RULE = re.compile(r"[ \t:|-]{3,}")
_SPACE = " \t\u00a0"
# Rows with a name, and the share of them whose name recurs, at least.
_MIN_ROWS = 2
_RECURRING = 0.6
# Cells in front of the words, at most: a number, a time and a name, and the end of the time.
_MOST_HEADS = 4


@dataclass(slots=True)
class _Row:
    """A row whose words begin at `words`. `over` is where its last cell ends, before a closing bar."""

    line: TextLine
    words: int
    over: int
    name: tuple[int, int] | None = None
    moment: Moment | None = None


def mark_label_columns(text: str, lines: Sequence[TextLine]) -> None:
    """Set the labels of the rows of a table that has a column of names."""
    rows = [row for line in lines if (row := _row(text, line)) is not None]
    # The heads of columns are no names.
    named = [row for row in rows if row.name and not (row is rows[0] and _is_header(text, row, {}))]
    names = Counter(label_key(text[slice(*row.name)]) for row in named if row.name)
    recurring = sum(count for name, count in names.items() if count > 1 or is_speaker_word(name))
    if len(named) < _MIN_ROWS or len(names) < 2 or recurring < _RECURRING * len(named):
        return
    for row in rows:
        if row is rows[0] and _is_header(text, row, names):
            row.line.kind, row.line.label = LineKind.NOTE, None
        else:
            _mark(text, row)
    for line in lines:
        if "|" in text[line.start : line.end][:3] and _RULE.fullmatch(text, line.start, line.end):
            line.kind = LineKind.MARKUP


def count_label_rows(text: str) -> int:
    """Return the number of rows with a name in the tables of a text."""
    lines = split_lines(text, 0, len(text))
    mark_label_columns(text, lines)
    return sum(line.label is not None for line in lines)


def _row(text: str, line: TextLine) -> _Row | None:
    """Read the cells in front of the words; None if the line is no row."""
    if line.kind is not LineKind.TEXT or line.in_code or (line.label and line.label.style != "alone"):
        return None
    body = text[line.start : line.end]
    bars = body.lstrip(_SPACE).startswith("|")
    if "\t" not in body and not bars:
        return None
    over = line.start + len(body.rstrip(_SPACE))
    if bars and text[over - 1] == "|" and over - 1 > line.start:
        over -= 1
    at = line.start + len(body) - len(body.lstrip(_SPACE + "|"))
    row = _Row(line, at, over)
    for _ in range(_MOST_HEADS):
        cell = _CELL.match(text, row.words, over)
        end = cell.end() if cell else over
        if end >= over:
            break
        part = text[row.words : end]
        start, stop = row.words + len(part) - len(part.lstrip(_SPACE)), row.words + len(part.rstrip(_SPACE))
        moment = moment_at(text, start, stop)
        if moment and moment.end == stop:
            row.moment = row.moment or moment
        elif row.name is None and _is_name(name := text[start:stop].strip("*_: ")):
            begins = text.index(name, start, stop)
            row.name = (begins, begins + len(name))
        elif not part.strip().isdigit() and part.strip():
            break
        row.words = end + 1
    return row if row.name or row.moment else None


def _is_header(text: str, row: _Row, names: Mapping[str, int]) -> bool:
    """Whether the cells of a row are the heads of columns: `Time | Speaker | Words`."""
    cells = [cell.strip(_SPACE + "*_") for cell in re.split(r"[\t|]", text[row.line.start : row.over])]
    if row.moment is None and row.name and column_meaning(name := text[slice(*row.name)]) == "speaker":
        return names.get(label_key(name), 0) < 2
    return row.moment is None and sum(column_meaning(cell) is not None for cell in cells if cell) > 1


def _is_name(cell: str) -> bool:
    return bool(cell) and is_label_shaped(cell)


def _mark(text: str, row: _Row) -> None:
    line, moment = row.line, row.moment
    if row.over < line.end and text[row.over : line.end].strip():
        line.off = (*line.off, TakenOff(row.over, line.end, ByteClass.MARKUP, "table-marks"))
    if row.name is None:
        if moment:
            off = TakenOff(line.start, row.words, ByteClass.TIME, "times-between")
            line.off = (off, *(each for each in line.off if each.start >= row.words))
            line.start = line.text_start = row.words
        return
    start, end = row.name
    line.label = SpeakerLabel(
        text[start:end],
        start - line.start,
        end - line.start,
        row.words - line.start,
        moment.start_ms if moment else None,
        moment.start - line.start if moment else None,
        moment.end - line.start if moment else None,
        "time" if moment else "colon",
    )
