"""Tables of turns in CSV, TSV and their kin: one row a turn, with or without a header row.

The csv module decodes fields but tells no positions, and refuses fields above a global limit, so fields are found
here, by the rules of RFC 4180. A field that does not close its quotes before a delimiter is taken as it stands,
because there the csv module would lose quotation marks that somebody wrote.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NamedTuple

from app.errors import TranscriptError
from app.transcripts.captions import check_times, closed, turn_each
from app.transcripts.clock import clock_ms
from app.transcripts.cue_text import Cue, Part, Run, Voice
from app.transcripts.label_words import Role
from app.transcripts.labels import stated_role
from app.transcripts.source import Source
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
    TurnKind,
)

_DELIMITERS = ("\t", ",", ";", "|")
_SAMPLED_ROWS = 200
_SAMPLED_CHARACTERS = 200_000
_SEPARATOR_LINE = re.compile(r"\"?sep=(?P<delimiter>[,;\t|])\"?[ ]*(?:\r\n|\r|\n|\Z)", re.IGNORECASE)
_INSIDE_QUOTES = re.compile(r"[^\"]*(?:\"\"[^\"]*)*")
_SPACES = re.compile(r" *")
_ROW_END = re.compile(r"[\r\n]*")
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_NOT_WORD = re.compile(r"[\W_]+")
_UNIT = re.compile(r" (?P<unit>ms|msec|msecs|millis|milliseconds|s|sec|secs|seconds)$")
_LONGEST_NAME = 60
# Nobody talks for hours at less than this: a smaller number of characters in a unit of time means milliseconds.
_SLOWEST_SPEECH = 0.5

# What header cells say, by what their column holds.
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
        *("time in", "start timestamp", "in"),
    ),
    "end": ("end", "stop", "end time", "stop time", "endtime", "to", "time out", "end timestamp", "out"),
    "role": ("role", "speaker role", "type", "kind"),
    "question": ("question", "questions", "q", "frage", "pregunta", "domanda"),
    "answer": ("answer", "answers", "a", "response", "reply", "antwort", "respuesta", "réponse", "risposta"),
    "ordinal": ("id", "index", "no", "nr", "number", "turn", "line", "row", "sequence", "segment", "cue", "turn id"),
}
_MEANING = {words: meaning for meaning, phrases in _HEADERS.items() for words in phrases}
_KINDS = {"question": TurnKind.QUESTION, "q": TurnKind.QUESTION, "answer": TurnKind.ANSWER, "a": TurnKind.ANSWER}


class Cell(NamedTuple):
    """A field of a row: where it stands, quotes included, and the runs of its text."""

    start: int
    end: int
    runs: tuple[Run, ...]
    quoted: bool

    @property
    def text(self) -> str:
        """Return the decoded field without the white space around it."""
        return "".join(run.text for run in self.runs).strip()


Row = list[Cell]


class _UnclosedQuoteError(Exception):
    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


@dataclass
class _Table:
    """The walk over a text with one delimiter; `odd` gathers the places of quotes that are no quoting."""

    text: str
    delimiter: str
    start: int
    odd: list[int] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are not blank.

        Raises:
            _UnclosedQuoteError: a quoted field goes on to the end of the file.
        """
        plain = re.compile(rf"[^{re.escape(self.delimiter)}\r\n]*")
        at, length = self.start, len(self.text)
        row: Row = []
        while at < length or row:
            cell = self._cell(at, plain)
            row.append(cell)
            at = cell.end
            if at < length and self.text[at] == self.delimiter:
                at += 1
                continue
            if len(row) > 1 or cell.quoted or cell.text:
                yield row
            row = []
            at = _skip(_ROW_END, self.text, at)

    def _cell(self, at: int, plain: re.Pattern[str]) -> Cell:
        quote = _skip(_SPACES, self.text, at)
        if self.text.startswith('"', quote):
            if cell := self._quoted(at, quote):
                return cell
            self.odd.append(quote)
        end = _skip(plain, self.text, at)
        return Cell(at, end, (Run(self.text[at:end], at, end),) if end > at else (), quoted=False)

    def _quoted(self, start: int, quote: int) -> Cell | None:
        close = _skip(_INSIDE_QUOTES, self.text, quote + 1)
        if close == len(self.text):
            if self.delimiter == "\t":
                # Tab-separated text has no quoting by its own rule, so a quotation mark may be just that.
                return None
            raise _UnclosedQuoteError(quote)
        end = _skip(_SPACES, self.text, close + 1)
        if end < len(self.text) and self.text[end] not in (self.delimiter, "\r", "\n"):
            return None
        return Cell(start, end, tuple(self._unescaped(quote + 1, close)), quoted=True)

    def _unescaped(self, start: int, end: int) -> Iterator[Run]:
        while start < end:
            pair = self.text.find('""', start, end)
            stop = end if pair < 0 else pair
            if stop > start:
                yield Run(self.text[start:stop], start, stop)
            if pair < 0:
                return
            yield Run('"', pair, pair + 2)
            start = pair + 2


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


@dataclass
class _Columns:
    """Which column holds what; `unit` is that of plain numbers as times, if the header says so."""

    width: int
    has_header: bool = False
    index: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    unit: str | None = None

    def name(self, index: int) -> str:
        return repr(self.names[index][:40]) if index < len(self.names) else f"number {index + 1}"


@dataclass(frozen=True)
class _Dialect:
    delimiter: str
    start: int
    regularity: float
    columns: _Columns
    rows: int
    quoted_rows: int


def sniff(source: Source) -> Guess:
    """Rows of the same width make a table; its suffix, its header or its quotes tell it from prose."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    named = source.suffix in FORMAT.suffixes
    if not named and text.lstrip("\ufeff \t\r\n")[:1] in {"{", "[", "<", "#", "-"}:
        return NO
    dialect = _dialect(text)
    if dialect is None or not {"text", "question"} & dialect.columns.index.keys():
        return NO
    delimiter = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}[dialect.delimiter]
    reason = f"{dialect.columns.width} columns separated by {delimiter}"
    if named and (dialect.regularity >= 0.5 or dialect.columns.has_header):
        return Guess(0.96, f"{reason}, and a suffix for tables")
    if dialect.columns.has_header and dialect.regularity >= 0.8 and dialect.rows > 1:
        return Guess(0.94, f"{reason}, with a header row")
    strict = dialect.delimiter == "\t" or dialect.quoted_rows * 2 > dialect.rows
    if (
        dialect.regularity >= 0.95
        and dialect.rows > 2
        and strict
        and {"speaker", "start"} & dialect.columns.index.keys()
    ):
        return Guess(0.7, reason)
    return NO


def parse(source: Source) -> Transcript:
    """Read a table of turns.

    Raises:
        TranscriptError: the file is not text, has one column only, no text, or a quote that is never closed.
    """
    text, ledger = source.text, Ledger(source)
    tally = Tally(ledger)
    dialect = _dialect(text)
    if dialect is None:
        raise source.error("the lines do not part into columns by commas, semicolons, tabs or bars", 0)
    if not {"text", "question"} & dialect.columns.index.keys():
        raise source.error("no column holds text", dialect.start)
    ledger.mark(0, dialect.start, ByteClass.MARKUP)
    table = _Table(text, dialect.delimiter, dialect.start)
    try:
        rows = list(table.rows())
    except _UnclosedQuoteError as error:
        raise source.error("a quoted field begins here and is never closed", error.offset) from None
    for offset in table.odd:
        tally.note("stray-quote", "a quotation mark that does not enclose a field is kept as text", offset)
    return _Reader(source, ledger, tally, dialect.columns, rows).read()


def _dialect(text: str) -> _Dialect | None:
    """Find the delimiter that parts the first rows most regularly, and what the columns hold."""
    start = 1 if text.startswith("\ufeff") else 0
    separator = _SEPARATOR_LINE.match(text, start)
    if separator:
        return _sampled(text, separator["delimiter"], separator.end())
    found = [dialect for delimiter in _DELIMITERS if (dialect := _sampled(text, delimiter, start))]
    return max(found, key=lambda dialect: (dialect.columns.has_header, dialect.regularity), default=None)


def _sampled(text: str, delimiter: str, start: int) -> _Dialect | None:
    cut = start + _SAMPLED_CHARACTERS
    # Most files are no tables, and the delimiter of none stands in them.
    if text.find(delimiter, start, cut) < 0:
        return None
    rows: list[Row] = []
    # The sample may be cut inside a quoted field, and then the rows before it are the sample.
    with contextlib.suppress(_UnclosedQuoteError):
        rows.extend(islice(_Table(text[:cut], delimiter, start).rows(), _SAMPLED_ROWS))
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
    return _Dialect(delimiter, start, count / len(rows), columns, len(rows), quoted)


def _header(rows: list[Row]) -> _Columns | None:
    """Read the first row as names of columns, or return None if it is a row like the others."""
    names = [cell.text for cell in rows[0]]
    columns = _Columns(len(names), has_header=True, names=names)
    for index, name in enumerate(names):
        words = _NOT_WORD.sub(" ", name[:_LONGEST_NAME].lower()).strip()
        unit = _UNIT.search(words)
        meaning = _MEANING.get(words[: unit.start()] if unit else words)
        if meaning and meaning not in columns.index:
            columns.index[meaning] = index
            if meaning == "start" and unit:
                columns.unit = "ms" if unit["unit"].startswith("m") else "s"
    known = columns.index.keys() - {"ordinal"}
    if {"question", "answer"} <= known or ("text" in known and len(columns.index) > 1):
        return columns
    columns.index = {key: at for key, at in columns.index.items() if key not in {"question", "answer"}}
    if not (known & {"speaker", "start", "text"}) or len(rows) < 2 or not _all_names(names) or _recurs(rows, columns):
        return None
    if "text" not in columns.index:
        _longest_is_text(rows[1:], columns)
    return columns


def _all_names(names: list[str]) -> bool:
    return len(names) > 1 and all(len(name) <= 40 and not re.search(r"[.,?!]", name) for name in names)


def _recurs(rows: list[Row], columns: _Columns) -> bool:
    for index in columns.index.values():
        first = rows[0][index].text
        if any(len(row) > index and row[index].text == first for row in rows[1:]):
            return True
    return False


def _longest_is_text(rows: list[Row], columns: _Columns) -> None:
    taken = set(columns.index.values())
    lengths = {
        index: sum(len(row[index].text) for row in rows if len(row) > index)
        for index in range(columns.width)
        if index not in taken
    }
    if lengths and max(lengths.values()) > 0:
        columns.index["text"] = max(lengths, key=lambda index: lengths[index])


def _guessed(rows: list[Row], width: int) -> _Columns:
    """Judge columns without a header by what they hold: times, the longest text, and short names."""
    columns = _Columns(width)
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
    """Tell times from row numbers: numbers that go up by one are row numbers."""
    if not values or sum(_is_time(value) for value in values) < 0.9 * len(values):
        return None
    if all(value.isascii() and value.isdigit() for value in values):
        numbers = [int(value[:12]) for value in values]
        if all(after - before == 1 for before, after in pairwise(numbers)):
            return "ordinal"
    return "time"


def _is_time(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value)) or clock_ms(value.strip("[]()")) is not None


@dataclass
class _Reader:
    source: Source
    ledger: Ledger
    tally: Tally
    columns: _Columns
    rows: list[Row]
    cues: list[Cue] = field(default_factory=list)
    roles: dict[str, set[Role | None]] = field(default_factory=dict)
    read_columns: set[int] = field(default_factory=set)

    def read(self) -> Transcript:
        rows = self.rows
        self.read_columns = {index for name, index in self.columns.index.items() if name != "ordinal"}
        self._mark_frames()
        if self.columns.has_header:
            for cell in rows[0]:
                self.ledger.mark(cell.start, cell.end, ByteClass.FRONT_MATTER)
            rows = rows[1:]
        milliseconds = self._in_milliseconds(rows)
        for row in rows:
            self._row(row, milliseconds=milliseconds)
        check_times(self.cues, self.tally)
        turns = turn_each(
            self.cues, self.ledger, self.tally, find_labels=not {"speaker", "role", "question"} & self._has
        )
        return closed(self.source, FORMAT.name, turns, self._metadata(), self.ledger, self.tally)

    @property
    def _has(self) -> set[str]:
        return set(self.columns.index)

    def _mark_frames(self) -> None:
        """Class what stands between cells: delimiters. Line ends are white space."""
        for row in self.rows:
            framed = row[: self.columns.width] if self._takes_overflow(row) else row
            for cell, following in pairwise(framed):
                self.ledger.mark(cell.end, following.start, ByteClass.MARKUP)

    def _takes_overflow(self, row: Row) -> bool:
        """Whether cells beyond the last column are more of the text: somebody forgot to quote it."""
        width = self.columns.width
        return self.columns.index.get("text") == width - 1 and any(cell.text for cell in row[width:])

    def _cell(self, row: Row, meaning: str) -> Cell | None:
        index = self.columns.index.get(meaning)
        return row[index] if index is not None and index < len(row) else None

    def _row(self, row: Row, *, milliseconds: bool) -> None:
        spoken = [cell for name in ("text", "question", "answer") if (cell := self._cell(row, name))]
        if not any(cell.text for cell in spoken) and len(row) < self.columns.width:
            self._short_row(row)
            return
        start, end = (self._time(self._cell(row, name), milliseconds=milliseconds) for name in ("start", "end"))
        voice, kind = self._voice(row)
        if text := self._cell(row, "text"):
            runs = self._text(text) + self._overflow(row)
            self.cues.append(Cue(row[0].start, start, end, [Part(voice, runs)], kind))
        for name, asked in (("question", TurnKind.QUESTION), ("answer", TurnKind.ANSWER)):
            if cell := self._cell(row, name):
                speaker = voice if asked is TurnKind.ANSWER else None
                self.cues.append(Cue(cell.start, start, end, [Part(speaker, self._text(cell))], asked))
        self._rest(row)

    def _short_row(self, row: Row) -> None:
        self.tally.note("ragged", "a row has too few cells; what it holds is kept as text of nobody", row[0].start)
        pieces: list[Run | str] = []
        for cell in row:
            pieces += [" ", *self._text(cell)]
        self.cues.append(Cue(row[0].start, None, None, [Part(Voice(None), pieces)]))

    def _overflow(self, row: Row) -> list[Run | str]:
        if not self._takes_overflow(row):
            return []
        pieces: list[Run | str] = []
        for before, cell in pairwise(row[self.columns.width - 1 :]):
            pieces.append(Run(self.source.text[before.end : cell.start], before.end, cell.start))
            pieces += self._text(cell)
        self.tally.note(
            "ragged", "a row has too many cells; those beyond the columns go on with the text", row[0].start
        )
        return pieces

    def _text(self, cell: Cell) -> list[Run | str]:
        """Take the runs of a cell as speech; the quotes around them are markup."""
        if cell.quoted:
            first = cell.runs[0].start if cell.runs else cell.end
            self.ledger.mark(cell.start, first, ByteClass.MARKUP)
            if cell.runs:
                self.ledger.mark(cell.runs[-1].end, cell.end, ByteClass.MARKUP)
        return list(cell.runs)

    def _voice(self, row: Row) -> tuple[Voice, TurnKind | None]:
        speaker, role = self._cell(row, "speaker"), self._cell(row, "role")
        for cell in (speaker, role):
            if cell:
                self.ledger.mark(cell.start, cell.end, ByteClass.LABEL)
        label = speaker.text.rstrip(":： ") if speaker else ""
        part = role.text if role else ""
        if label and part:
            self.roles.setdefault(label, set()).add(stated_role(part))
        if speaker is None:
            label = part
        return Voice(label or None), _KINDS.get(part.lower())

    def _time(self, cell: Cell | None, *, milliseconds: bool) -> int | None:
        if cell is None:
            return None
        self.ledger.mark(cell.start, cell.end, ByteClass.TIME)
        value = cell.text
        if not value:
            return None
        if _NUMBER.fullmatch(value):
            whole, _, part = value.partition(".")
            return int(whole) if milliseconds else int(whole) * 1000 + int(part.ljust(3, "0")[:3])
        moment = clock_ms(value.strip("[]()"))
        if moment is None:
            self.tally.note("bad-time", f"no such time: {value[:40]!r}; it is left out", cell.start)
        return moment

    def _in_milliseconds(self, rows: list[Row]) -> bool:
        """Decide what whole numbers count if the header does not say: as seconds, speech would be too slow."""
        if self.columns.unit:
            return self.columns.unit == "ms"
        values = [cell.text for row in rows if (cell := self._cell(row, "start")) and cell.text]
        if not values or not all(value.isascii() and value.isdigit() and len(value) <= 12 for value in values):
            return False
        numbers = [int(value) for value in values]
        spoken = sum(len(run.text) for row in rows if (cell := self._cell(row, "text")) for run in cell.runs)
        if spoken >= _SLOWEST_SPEECH * (max(numbers) - min(numbers)):
            return False
        self.tally.note("unit", "times without a unit are read as milliseconds, going by the length of the text", 0)
        return True

    def _rest(self, row: Row) -> None:
        """Class the cells of columns that no turn is made of."""
        ordinal = self.columns.index.get("ordinal")
        for index, cell in enumerate(row[: self.columns.width]):
            if index in self.read_columns:
                continue
            self.ledger.mark(cell.start, cell.end, ByteClass.MARKUP)
            if cell.text and index != ordinal:
                self.tally.note(f"column-{index + 1}", f"the column {self.columns.name(index)} is not read", cell.start)
        if not self._takes_overflow(row):
            for cell in row[self.columns.width :]:
                if cell.text:
                    sentence = "a row has too many cells; those beyond the columns are kept as turns of nobody"
                    self.tally.note("ragged", sentence, cell.start)
                self.cues.append(Cue(cell.start, None, None, [Part(Voice(None), self._text(cell))]))

    def _metadata(self) -> Metadata:
        """State the role of each speaker whose rows all say the same one."""
        statements = []
        for label, roles in self.roles.items():
            role = next(iter(roles))
            if role is not None and len(roles) == 1:
                statements.append(SpeakerStatement(role=role, labels=(label,)))
        return Metadata(speakers=tuple(statements))


FORMAT = TranscriptFormat(
    name="delimited",
    description="CSV, TSV or another table with a column of text, and columns of speakers and times if there are any",
    suffixes=(".csv", ".tsv", ".tab"),
    sniff=sniff,
    parse=parse,
)
