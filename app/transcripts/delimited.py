"""Reads tables of turns in CSV, TSV and similar: one row a turn, with or without a header row."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from app.errors import TranscriptError
from app.transcripts.captions import check_times, finish_turns, turns_by_cue
from app.transcripts.cue_text import Cue, SourceRun, Voice, VoiceSpan
from app.transcripts.delimited_columns import NUMBER, Columns, find_dialect, time_range
from app.transcripts.delimited_rows import Cell, DelimitedText, TableRow, UnclosedQuoteError
from app.transcripts.label_words import PROSE, Role
from app.transcripts.labels import label_key, stated_role
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

# Characters a second: speech slower than this over a whole file means that its times are milliseconds.
_SLOWEST_SPEECH = 0.5
_SUREST = 0.96
_IN_BRACKETS = re.compile(r"\([^()]{1,600}\)\.?|\[[^\[\]]{1,600}\]\.?|（[^（）]{1,600}）|【[^【】]{1,600}】")
_KINDS = {"question": TurnKind.QUESTION, "q": TurnKind.QUESTION, "answer": TurnKind.ANSWER, "a": TurnKind.ANSWER}


def sniff(source: Source) -> Guess:
    """Recognize rows of the same width; the suffix, the header or the quotes distinguish a table from prose."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    named = source.suffix in FORMAT.suffixes
    if not named and _MARKDOWN_RULE.search(text, 0, 2000):
        return NO
    if not named and text.lstrip("\ufeff \t\r\n")[:1] in {"{", "[", "<", "#", "-"}:
        return NO
    dialect = find_dialect(text)
    if dialect is None or not {"text", "question"} & dialect.columns.index.keys():
        return NO
    delimiter = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}[dialect.delimiter]
    reason = f"{dialect.columns.width} columns separated by {delimiter}"
    if named and (dialect.regularity >= 0.5 or dialect.columns.has_header):
        return Guess(_SUREST, f"{reason}, and a suffix for tables")
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
    dialect = find_dialect(text)
    if dialect is None:
        raise source.error("no columns separated by commas, semicolons, tabs or bars were found", 0)
    if not {"text", "question"} & dialect.columns.index.keys():
        raise source.error("no column holds text", dialect.start)
    ledger.mark(0, dialect.start, ByteClass.MARKUP)
    table = DelimitedText(text, dialect.delimiter, dialect.start)
    try:
        rows = list(table.rows())
    except UnclosedQuoteError as error:
        raise source.error("a quoted field begins here and is never closed", error.offset) from None
    for offset in table.stray_quotes:
        tally.note("stray-quote", "a quotation mark that does not enclose a field is kept as text", offset)
    return _TableReader(source, ledger, tally, dialect.columns, rows).read()


_TAGS = "a|abbr|b|blockquote|cite|code|del|div|em|font|i|ins|li|mark|ol|p|q|s|small|span|strong|sub|sup|u|ul"
_HTML = re.compile(
    rf"</?(?:{_TAGS})(?:\s[^<>]{{0,400}})?>|(?P<line><br\s{{0,3}}/?>)"
    r"|(?P<entity>&(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z][A-Za-z0-9]{1,10});)"
)
# What shows that cells hold HTML: an end tag, a line break, or a character by its number.
_IS_HTML = re.compile(rf"</(?:{_TAGS})>|<br\s{{0,3}}/?>|&#(?:[0-9]{{2,6}}|[xX][0-9a-fA-F]{{2,5}});")
_ADDRESS = re.compile(r"https?://|www\.")
# The line below the head of a table in Markdown.
_MARKDOWN_RULE = re.compile(r"^[ \t]{0,3}\|[ \t:|-]{3,200}\|[ \t]*$", re.MULTILINE)


@dataclass
class _TableReader:
    source: Source
    ledger: Ledger
    tally: Tally
    columns: Columns
    rows: list[TableRow]
    cues: list[Cue] = field(default_factory=list)
    roles: dict[str, set[Role | None]] = field(default_factory=dict)
    read_columns: set[int] = field(default_factory=set)
    # Whether cells hold HTML, as exports of web pages do.
    has_html: bool = False

    def read(self) -> Transcript:
        rows = self.rows
        self.read_columns = {index for name, index in self.columns.index.items() if name != "ordinal"}
        self._mark_delimiters()
        if self.columns.has_header:
            for cell in rows[0]:
                self.ledger.mark(cell.start, cell.end, ByteClass.FRONT_MATTER)
            rows = rows[1:]
        spoken = [self._cell(row, name) for row in rows for name in ("text", "question", "answer")]
        self.has_html = any(each is not None and _IS_HTML.search(each.text) for each in spoken)
        milliseconds = self._in_milliseconds(rows)
        for row in rows:
            self._row(row, milliseconds=milliseconds)
        check_times(self.cues, self.tally)
        turns = turns_by_cue(
            self.cues, self.ledger, self.tally, find_labels=not {"speaker", "role", "question"} & self._has
        )
        return finish_turns(self.source, FORMAT.name, turns, self._metadata(), self.ledger, self.tally)

    @property
    def _has(self) -> set[str]:
        return set(self.columns.index)

    def _mark_delimiters(self) -> None:
        """Class the delimiters between cells as markup. Line ends are white space."""
        for row in self.rows:
            separate = row[: self.columns.width] if self._has_overflow(row) else row
            for cell, following in pairwise(separate):
                self.ledger.mark(cell.end, following.start, ByteClass.MARKUP)

    def _has_overflow(self, row: TableRow) -> bool:
        """Whether cells beyond the last column belong to its text, which contains delimiters without quotes."""
        width = self.columns.width
        return self.columns.index.get("text") == width - 1 and any(cell.text for cell in row[width:])

    def _cell(self, row: TableRow, meaning: str) -> Cell | None:
        index = self.columns.index.get(meaning)
        return row[index] if index is not None and index < len(row) else None

    def _row(self, row: TableRow, *, milliseconds: bool) -> None:
        spoken = [cell for name in ("text", "question", "answer") if (cell := self._cell(row, name))]
        if not any(cell.text for cell in spoken) and len(row) < self.columns.width:
            self._short_row(row)
            return
        start, until = self._time(self._cell(row, "start"), milliseconds=milliseconds)
        end = self._time(self._cell(row, "end"), milliseconds=milliseconds)[0] if "end" in self.columns.index else until
        voice, kind = self._voice(row)
        if text := self._cell(row, "text"):
            runs = self._text(text) + self._overflow(row)
            # What happens, in brackets and without a speaker, is said by nobody.
            if voice.label is None and kind is None and _IN_BRACKETS.fullmatch(text.text):
                kind = TurnKind.NOTE
            self.cues.append(Cue(row[0].start, start, end, [VoiceSpan(voice, runs)], kind))
        for name, asked in (("question", TurnKind.QUESTION), ("answer", TurnKind.ANSWER)):
            if cell := self._cell(row, name):
                speaker = voice if asked is TurnKind.ANSWER else None
                self.cues.append(Cue(cell.start, start, end, [VoiceSpan(speaker, self._text(cell))], asked))
        self._rest(row)

    def _short_row(self, row: TableRow) -> None:
        self.tally.note("ragged", "a row has too few cells; its text is kept without a speaker", row[0].start)
        pieces: list[SourceRun | str] = []
        for cell in row:
            pieces += [" ", *self._text(cell)]
        self.cues.append(Cue(row[0].start, None, None, [VoiceSpan(Voice(None), pieces)]))

    def _overflow(self, row: TableRow) -> list[SourceRun | str]:
        if not self._has_overflow(row):
            return []
        pieces: list[SourceRun | str] = []
        for before, cell in pairwise(row[self.columns.width - 1 :]):
            pieces.append(SourceRun(self.source.text[before.end : cell.start], before.end, cell.start))
            pieces += self._text(cell)
        self.tally.note(
            "ragged", "a row has too many cells; those beyond the columns are added to its text", row[0].start
        )
        return pieces

    def _text(self, cell: Cell) -> list[SourceRun | str]:
        """Return the runs of a cell, and class the quotes around them, and what HTML is in it, as markup."""
        if cell.quoted:
            first = cell.runs[0].start if cell.runs else cell.end
            self.ledger.mark(cell.start, first, ByteClass.MARKUP)
            if cell.runs:
                self.ledger.mark(cell.runs[-1].end, cell.end, ByteClass.MARKUP)
        if not self.has_html:
            return list(cell.runs)
        return [piece for run in cell.runs for piece in self._without_html(run)]

    def _without_html(self, run: SourceRun) -> Iterator[SourceRun | str]:
        """Take the tags out of a run and decode its entities; a run that is no copy of the source stays."""
        if len(run.text) != run.end - run.start:
            yield run
            return
        at = run.start
        text = self.source.text
        for token in _HTML.finditer(text, run.start, run.end):
            if token.start() > at:
                yield SourceRun(text[at : token.start()], at, token.start())
            at = token.end()
            if token["entity"]:
                yield SourceRun(html.unescape(token.group()), token.start(), at)
            else:
                self.ledger.mark(token.start(), at, ByteClass.MARKUP)
                if token["line"]:
                    yield "\n"
        if run.end > at:
            yield SourceRun(text[at : run.end], at, run.end)

    def _voice(self, row: TableRow) -> tuple[Voice, TurnKind | None]:
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
        kind = _KINDS.get(part.lower())
        if kind is None and self._points_elsewhere(label, row):
            kind = TurnKind.NOTE
        return Voice(label or None), kind

    def _points_elsewhere(self, label: str, row: TableRow) -> bool:
        """Whether a row is no speech but an address, behind words such as `More info` that no other row begins with."""
        words = label_key(label).split()
        text = self._cell(row, "text")
        if not words or words[0] not in PROSE or text is None or not _ADDRESS.search(text.text):
            return False
        speaker = self.columns.index.get("speaker")
        if speaker is None:
            return False
        return sum(len(other) > speaker and other[speaker].text == row[speaker].text for other in self.rows) == 1

    def _time(self, cell: Cell | None, *, milliseconds: bool) -> tuple[int | None, int | None]:
        """Return the time of a cell, and the end where it has a range."""
        if cell is None:
            return None, None
        self.ledger.mark(cell.start, cell.end, ByteClass.TIME)
        value = cell.text
        if not value:
            return None, None
        if NUMBER.fullmatch(value):
            whole, _, part = value.partition(".")
            return (int(whole) if milliseconds else int(whole) * 1000 + int(part.ljust(3, "0")[:3])), None
        moments = time_range(value)
        if moments[0] is None:
            self.tally.note("bad-time", f"no such time: {value[:40]!r}; it is left out", cell.start)
        return moments

    def _in_milliseconds(self, rows: list[TableRow]) -> bool:
        """Decide whether whole numbers are milliseconds, if the header does not say: as seconds, speech is too slow."""
        if self.columns.unit:
            return self.columns.unit == "ms"
        values = [cell.text for row in rows if (cell := self._cell(row, "start")) and cell.text]
        if not values or not all(value.isascii() and value.isdigit() and len(value) <= 12 for value in values):
            return False
        numbers = [int(value) for value in values]
        spoken = sum(len(run.text) for row in rows if (cell := self._cell(row, "text")) for run in cell.runs)
        if spoken >= _SLOWEST_SPEECH * (max(numbers) - min(numbers)):
            return False
        self.tally.note("unit", "the times were read as milliseconds: as seconds, the speech would be too slow", 0)
        return True

    def _rest(self, row: TableRow) -> None:
        """Class the cells of columns that are not read."""
        ordinal = self.columns.index.get("ordinal")
        for index, cell in enumerate(row[: self.columns.width]):
            if index in self.read_columns:
                continue
            self.ledger.mark(cell.start, cell.end, ByteClass.MARKUP)
            if cell.text and index != ordinal:
                self.tally.note(f"column-{index + 1}", f"the column {self.columns.name(index)} is not read", cell.start)
        if not self._has_overflow(row):
            for cell in row[self.columns.width :]:
                if cell.text:
                    sentence = "a row has too many cells; those beyond the columns are kept as turns without a speaker"
                    self.tally.note("ragged", sentence, cell.start)
                self.cues.append(Cue(cell.start, None, None, [VoiceSpan(Voice(None), self._text(cell))]))

    def _metadata(self) -> Metadata:
        """Return the role of each speaker whose rows all state the same one."""
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
    surest=_SUREST,
)
