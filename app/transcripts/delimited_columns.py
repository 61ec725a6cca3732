"""Finds the delimiter of a table, and which of its columns hold speakers, text and times."""

import contextlib
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice, pairwise

from app.transcripts.clock import clock_ms
from app.transcripts.delimited_rows import DelimitedText, TableRow, UnclosedQuoteError

_DELIMITERS = ("\t", ",", ";", "|")
# Rows and characters at the beginning of the file that decide.
_SAMPLED_ROWS = 200
_SAMPLED_CHARACTERS = 200_000
_SEPARATOR_LINE = re.compile(r"\"?sep=(?P<delimiter>[,;\t|])\"?[ ]*(?:\r\n|\r|\n|\Z)", re.IGNORECASE)
NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
# `0:00.0 - 0:01.8`: a start and an end in one cell.
_RANGE = re.compile(r"[ ]{0,4}(?:-{1,2}>?|[–—]|to)[ ]{0,4}(?=[\[(]?[0-9])")
_NOT_WORD = re.compile(r"[\W_]+")
_UNIT = re.compile(r" (?P<unit>ms|msec|msecs|millis|milliseconds|s|sec|secs|seconds)$")
# Characters of a speaker's name or a column's, at most.
_LONGEST_NAME = 60

# The words of header cells, by the meaning of their column.
_HEADERS = {
    "speaker": (
        *("speaker", "speakers", "name", "who", "label", "participant", "talker", "voice", "person", "character"),
        *("speaker name", "speaker label", "speaker id", "sprecher", "locuteur", "orador", "hablante"),
    ),
    "text": (
        *("text", "transcript", "transcription", "utterance", "utterances", "content", "contents", "sentence", "body"),
        *("caption", "dialogue", "dialog", "message", "speech", "said", "quote", "subtitle", "texte", "texto", "testo"),
    ),
    "start": (
        *("start", "begin", "time", "timestamp", "timecode", "start time", "begin time", "starttime", "from", "offset"),
        *("time in", "start timestamp", "in", "timespan", "time span", "time range"),
    ),
    "end": ("end", "stop", "end time", "stop time", "endtime", "to", "time out", "end timestamp", "out"),
    "role": ("role", "speaker role", "type", "kind"),
    "question": ("question", "questions", "q", "frage", "pregunta", "domanda"),
    "answer": ("answer", "answers", "a", "response", "reply", "antwort", "respuesta", "réponse", "risposta"),
    "ordinal": ("id", "index", "no", "nr", "number", "turn", "line", "row", "sequence", "segment", "cue", "turn id"),
}
_MEANING = {words: meaning for meaning, phrases in _HEADERS.items() for words in phrases}


@dataclass
class Columns:
    """The index of the column for each meaning. `unit` is that of times without one, if the header names it."""

    width: int
    has_header: bool = False
    index: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    unit: str | None = None

    def name(self, index: int) -> str:
        """Name a column for a message: by its header cell, or else by its number."""
        return repr(self.names[index][:40]) if index < len(self.names) else f"number {index + 1}"


@dataclass(frozen=True)
class Dialect:
    """How a table is written. `regularity` is the part of the sampled rows that have the commonest width."""

    delimiter: str
    start: int
    regularity: float
    columns: Columns
    rows: int
    quoted_rows: int


def column_meaning(header: str) -> str | None:
    """Return what the head of a column means, such as `speaker` or `text`; None for anything else."""
    return _MEANING.get(_NOT_WORD.sub(" ", header[:_LONGEST_NAME].lower()).strip())


def find_dialect(text: str) -> Dialect | None:
    """Choose the delimiter that gives a header or the most regular rows, and the meaning of its columns."""
    start = 1 if text.startswith("\ufeff") else 0
    separator = _SEPARATOR_LINE.match(text, start)
    if separator:
        return _sampled(text, separator["delimiter"], separator.end())
    dialects = [dialect for delimiter in _DELIMITERS if (dialect := _sampled(text, delimiter, start))]
    return max(dialects, key=lambda dialect: (dialect.columns.has_header, dialect.regularity), default=None)


def _sampled(text: str, delimiter: str, start: int) -> Dialect | None:
    cut = start + _SAMPLED_CHARACTERS
    # A quick way out: most files are no tables and do not contain the delimiter.
    if text.find(delimiter, start, cut) < 0:
        return None
    rows: list[TableRow] = []
    # If the sample is cut inside a quoted field, the rows before it are the sample.
    with contextlib.suppress(UnclosedQuoteError):
        rows.extend(islice(DelimitedText(text[:cut], delimiter, start).rows(), _SAMPLED_ROWS))
    if len(text) > cut and 1 < len(rows) < _SAMPLED_ROWS:
        rows.pop()
    widths = Counter(len(row) for row in rows)
    if not widths:
        return None
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    columns = _header(rows)
    width = columns.width if columns else width
    if width < 2:
        return None
    columns = columns or _guessed([row for row in rows if len(row) == width], width)
    quoted = sum(any(cell.quoted for cell in row) for row in rows)
    return Dialect(delimiter, start, count / len(rows), columns, len(rows), quoted)


def _header(rows: list[TableRow]) -> Columns | None:
    """Read the first row as names of columns; None if it is not a header."""
    names = [cell.text for cell in rows[0]]
    columns = Columns(len(names), has_header=True, names=names)
    for index, name in enumerate(names):
        words = _NOT_WORD.sub(" ", name[:_LONGEST_NAME].lower()).strip()
        unit = _UNIT.search(words)
        meaning = _MEANING.get(words[: unit.start()] if unit else words)
        if meaning and meaning not in columns.index:
            columns.index[meaning] = index
            if meaning == "start" and unit:
                columns.unit = "ms" if unit["unit"].startswith("m") else "s"
    meanings = columns.index.keys() - {"ordinal"}
    if {"question", "answer"} <= meanings or ("text" in meanings and len(columns.index) > 1):
        return columns
    columns.index = {key: at for key, at in columns.index.items() if key not in {"question", "answer"}}
    if (
        not (meanings & {"speaker", "start", "text"})
        or len(rows) < 2
        or not _all_names(names)
        or _recurs(rows, columns)
    ):
        return None
    if "text" not in columns.index:
        _longest_is_text(rows[1:], columns)
    return columns


def _all_names(names: list[str]) -> bool:
    return len(names) > 1 and all(len(name) <= 40 and not re.search(r"[.,?!]", name) for name in names)


def _recurs(rows: list[TableRow], columns: Columns) -> bool:
    for index in columns.index.values():
        first = rows[0][index].text
        if any(len(row) > index and row[index].text == first for row in rows[1:]):
            return True
    return False


def _longest_is_text(rows: list[TableRow], columns: Columns) -> None:
    taken = set(columns.index.values())
    lengths = {
        index: sum(len(row[index].text) for row in rows if len(row) > index)
        for index in range(columns.width)
        if index not in taken
    }
    if lengths and max(lengths.values()) > 0:
        columns.index["text"] = max(lengths, key=lambda index: lengths[index])


def _guessed(rows: list[TableRow], width: int) -> Columns:
    """Guess the columns of a table without a header: times, the longest text, and short names that repeat."""
    columns = Columns(width)
    for index in range(width):
        values = [value for row in rows if (value := row[index].text)]
        meaning = _number_meaning(values)
        if meaning == "time":
            meaning = "end" if "start" in columns.index else "start"
        if meaning and meaning not in columns.index:
            columns.index[meaning] = index
    _longest_is_text(rows, columns)
    taken = set(columns.index.values())
    distinct: dict[int, float] = {}
    for index in set(range(width)) - taken:
        values = [value for row in rows if (value := row[index].text)]
        if values and max(map(len, values)) <= _LONGEST_NAME:
            distinct[index] = len(set(values)) / len(values)
    if distinct:
        columns.index["speaker"] = min(distinct, key=lambda index: (distinct[index], index))
    return columns


def _number_meaning(values: list[str]) -> str | None:
    """Return `time` or, for numbers that go up by one, `ordinal`; None if most values are no times."""
    if not values or sum(_is_time(value) for value in values) < 0.9 * len(values):
        return None
    if all(value.isascii() and value.isdigit() for value in values):
        numbers = [int(value[:12]) for value in values]
        if all(after - before == 1 for before, after in pairwise(numbers)):
            return "ordinal"
    return "time"


def _is_time(value: str) -> bool:
    return bool(NUMBER.fullmatch(value)) or time_range(value)[0] is not None


def time_range(value: str) -> tuple[int | None, int | None]:
    """Read the clock time of a cell, or the two of a range, as milliseconds; None for what is no time."""
    first, *rest = _RANGE.split(value[:_LONGEST_NAME], maxsplit=1)
    start = clock_ms(first.strip("[]() "))
    return start, clock_ms(rest[0].strip("[]() ")) if rest and start is not None else None
