"""Reads the paragraphs of Rich Text (RTF 1.9.1) in one pass over its groups and control words.

striprtf gives a plain string: what is bold, deleted, hidden or a footnote is lost in it, and just that marks labels and
questions.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass, field, replace

from app.errors import TranscriptError
from app.transcripts.paragraphs import Paragraph, ParagraphBuilder
from app.transcripts.source import Source

MAX_DEPTH = 5_000
_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?[0-9]{1,10})?[ ]?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<symbol>[^A-Za-z])"
    rb"|(?P<open>\{)|(?P<close>\})|(?P<end>[\r\n]+)|(?P<text>[^\\{}\r\n]+)|(?P<rest>\\)",
    re.DOTALL,
)
# Groups whose text is not the document's. Every group that begins with \* is one too, unless it is named below.
_SILENT = frozenset(
    (
        *("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "objdata", "header", "headerl", "headerr"),
        *("headerf", "footer", "footerl", "footerr", "footerf", "fldinst", "xe", "tc", "tcn", "rxe", "bkmkstart"),
        *("bkmkend", "listtable", "listoverridetable", "revtbl", "rsidtbl", "generator", "listtext", "pntext", "pn"),
        *("sp", "sn", "sv", "nonshppict", "shprslt", "themedata", "colorschememapping", "datastore", "latentstyles"),
        *("ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "template", "filetbl", "private", "nextfile", "mmath", "panose"),
    )
)
_READ_ALTHOUGH_STARRED = frozenset(("shpinst", "shptxt"))
_COMMENTS = frozenset(
    ("annotation", "atnid", "atnauthor", "atntime", "atndate", "atnref", "atnparent", "atrfstart", "atrfend")
)
_NOTES = frozenset(("footnote",))
_CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "softline": " ", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005",
    "zwj": "\u200d", "zwnj": "\u200c", "ltrmark": "\u200e", "rtlmark": "\u200f",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "\u2011", b"\\": "\\", b"{": "{", b"}": "}", b"\t": "\t"}
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    254: "cp437", 255: "cp437",
}  # fmt: skip
_PAGES = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_HEADING = re.compile(r"(?:heading|title|subtitle|überschrift|titre|titel|título|titolo)\s?\d?", re.IGNORECASE)
_SYMBOL_CHARSET = 2
_UTF_8 = 65001
# The level of paragraphs that are no headings.
_BODY_LEVEL = 9
# Characters of a title or of the name of a style, at most.
_LONGEST_NAME = 500


@dataclass(frozen=True, slots=True)
class _State:
    """What a group sets and its end restores."""

    destination: str = ""
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    font: int = -1
    skip: int = 1


@dataclass
class _Row:
    """The cells of a table row so far."""

    cells: list[str] = field(default_factory=list)


class RtfReader:
    """Reads one document. `title` and what was left out are known after paragraphs()."""

    def __init__(self, source: Source) -> None:
        self.title: str | None = None
        self.left_out: Counter[str] = Counter()
        self._source = source
        self._page = "cp1252"
        self._raw = _raw_encoding(source.data)
        self._fonts: dict[int, int] = {}
        self._headings: set[int] = set()
        self._paragraphs: list[Paragraph] = []
        self._built = ParagraphBuilder()
        self._notes: list[ParagraphBuilder] = []
        self._row = _Row()
        self._style = 0
        self._is_heading = self._in_table = False
        self._state = _State()
        self._bytes = bytearray()
        self._named = ""
        self._number = 0
        self._to_skip = 0
        self._starred = False

    def paragraphs(self) -> list[Paragraph]:
        """Return the paragraphs of the document in order, each followed by its notes."""
        stack: list[_State] = []
        data, at = self._source.data, 0
        while token := _TOKEN.match(data, at):
            at = token.end()
            kind = token.lastgroup
            if kind == "open":
                self._flush()
                if len(stack) >= MAX_DEPTH:
                    raise TranscriptError(self._source.name, f"its groups are nested more than {MAX_DEPTH} deep")
                stack.append(self._state)
                self._to_skip, self._starred = 0, False
            elif kind == "close":
                self._flush()
                self._close_group(stack)
            elif kind in {"word", "number"}:
                at = self._word(token, at)
            elif kind == "hex":
                self._byte(int(token["hex"], 16))
            elif kind == "symbol":
                self._symbol(token["symbol"])
            elif kind == "text":
                self._plain(token["text"])
        self._end_paragraph()
        return self._paragraphs

    def _word(self, token: re.Match[bytes], at: int) -> int:
        """Obey a control word; return where reading goes on."""
        word = token["word"].decode("ascii")
        value = int(token["number"]) if token["number"] else None
        if word == "bin":
            return at + max(value or 0, 0)
        if word == "u":
            self._flush()
            self._unicode(value or 0)
            return at
        if self._to_skip and not token["number"] and word in _CHARACTERS:
            self._to_skip -= 1
            return at
        self._flush()
        on = value != 0
        state = self._state
        if word in _SILENT or word in _COMMENTS or (self._starred and word not in _READ_ALTHOUGH_STARRED):
            self._enter(word, value)
        elif word in _NOTES:
            self._state = replace(state, destination="note" if not state.destination else state.destination)
            self._notes.append(ParagraphBuilder())
        elif word == "b":
            self._state = replace(state, bold=on)
        elif word == "v":
            self._state = replace(state, hidden=on)
        elif word == "deleted":
            self._state = replace(state, deleted=on)
            self.left_out["deleted passages"] += on and not state.destination
        elif word == "plain":
            self._state = replace(state, bold=False, hidden=False, deleted=False)
        elif word == "f":
            self._state = replace(state, font=value or 0)
            self._number = value or 0
        elif word == "uc":
            self._state = replace(state, skip=min(max(value or 0, 0), 16))
        else:
            self._layout(word, value)
        self._starred = False
        return at

    def _enter(self, word: str, value: int | None) -> None:
        """Begin a group that is no text; fonts, styles and the title are read from theirs."""
        outer = self._state.destination
        if word in _COMMENTS and not outer:
            self.left_out["comments"] += word == "annotation"
        keeps = outer in {"info", "fonttbl", "stylesheet"} and word != "panose"
        self._state = replace(self._state, destination=f"{outer} {word}" if keeps else word)
        self._number = value or 0
        self._named = ""

    def _layout(self, word: str, value: int | None) -> None:
        destination = self._state.destination
        if word in _PAGES:
            self._page = _PAGES[word]
        elif word == "ansicpg":
            self._page = "utf-8" if value == _UTF_8 else _known(f"cp{value}", self._page)
        elif destination == "note":
            self._add("\n" if word == "par" else _CHARACTERS.get(word, ""))
        elif destination:
            self._define(destination, word, value or 0)
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        elif word in {"par", "sect", "page"}:
            self._end_paragraph()
        elif word in {"cell", "nestcell"}:
            self._end_cell()
        elif word in {"row", "nestrow"}:
            self._end_row()
        else:
            self._set_paragraph(word, value or 0)

    def _define(self, destination: str, word: str, value: int) -> None:
        """Read what the tables of the head define: the character set of a font, the number of a style, the title."""
        if destination == "fonttbl" and word == "fcharset":
            self._fonts[self._number] = value
        elif destination == "stylesheet" and word == "s":
            self._number = value
        elif destination == "info" and word == "title":
            self._state = replace(self._state, destination="info title")
            self._named = ""

    def _set_paragraph(self, word: str, value: int) -> None:
        if word == "pard":
            self._style, self._is_heading, self._in_table = 0, False, False
        elif word == "intbl":
            self._in_table = True
        elif word == "s":
            self._style = value
        elif word == "outlinelevel":
            self._is_heading = value < _BODY_LEVEL

    def _symbol(self, symbol: bytes) -> None:
        self._flush()
        if symbol == b"*":
            self._starred = True
        elif self._to_skip:
            self._to_skip -= 1
        elif symbol in {b"\n", b"\r"}:
            if not self._state.destination:
                self._end_paragraph()
        elif symbol in _SYMBOLS:
            self._add(_SYMBOLS[symbol])

    def _byte(self, value: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        else:
            self._bytes.append(value)

    def _plain(self, text: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(text))
            self._to_skip -= skipped
            text = text[skipped:]
        if self._raw and any(byte > 127 for byte in text):
            self._flush()
            self._add(text.decode(self._raw, errors="replace"))
        else:
            self._bytes += text

    def _unicode(self, value: int) -> None:
        code = value % 65536
        if code:
            self._add(chr(code))
        self._to_skip = self._state.skip

    def _flush(self) -> None:
        """Decode the bytes since the last control word as the font or the document says."""
        if self._bytes:
            charset = self._fonts.get(self._state.font)
            if charset == _SYMBOL_CHARSET:
                self.left_out["symbols of special fonts"] += not self._state.destination
            else:
                page = _known(_CHARSETS.get(charset or -1, self._page), self._page)
                self._add(bytes(self._bytes).decode(page, errors="replace"))
            self._bytes.clear()

    def _add(self, text: str) -> None:
        state = self._state
        if state.destination == "note":
            if not (state.hidden or state.deleted):
                self._notes[-1].add(text, state.bold)
        elif state.destination in {"stylesheet", "info title"}:
            self._named = (self._named + text)[-_LONGEST_NAME:]
        elif state.destination:
            return
        elif not (state.hidden or state.deleted):
            self._built.add(text, state.bold)

    def _close_group(self, stack: list[_State]) -> None:
        destination = self._state.destination
        if destination == "info title":
            self.title = " ".join(_whole(self._named).split()) or None
        elif destination == "stylesheet" and self._named.strip():
            if _HEADING.fullmatch(self._named.strip().rstrip(";").strip()):
                self._headings.add(self._number)
            self._named, self._number = "", 0
        if stack:
            self._state = stack.pop()
        self._to_skip, self._starred = 0, False

    def _end_cell(self) -> None:
        self._row.cells.append(_whole(self._built.text()).strip())
        self._built = ParagraphBuilder()

    def _end_row(self) -> None:
        """Join the cells of a row by tabs; the first one may be a label."""
        cells = [cell for cell in self._row.cells if cell]
        self._row = _Row()
        if cells:
            lead = len(cells[0]) if len(cells) > 1 else 0
            self._paragraphs.append(Paragraph("\t".join(cells), lead=lead))
        self._end_notes()

    def _end_paragraph(self) -> None:
        self._flush()
        if self._in_table:
            # The paragraphs of a cell are lines of it.
            self._built.add("\n", bold=False)
            return
        built = ParagraphBuilder(heading=self._is_heading or self._style in self._headings)
        for run, bold in _repaired(self._built.runs):
            built.add(run, bold)
        self._built = ParagraphBuilder()
        if paragraph := built.paragraph():
            self._paragraphs.append(paragraph)
        self._end_notes()

    def _end_notes(self) -> None:
        for note in self._notes:
            text = _whole(note.text()).strip()
            if text:
                self._paragraphs.append(Paragraph(text, note=True))
        self._notes = []


def _raw_encoding(data: bytes) -> str | None:
    """Return UTF-8 if the file itself has bytes above 127 and is UTF-8; else its code page says what they are."""
    if data.isascii():
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _known(encoding: str, otherwise: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return otherwise


def _whole(text: str) -> str:
    """Put halves of surrogate pairs together, and leave out control characters."""
    whole = text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")
    return "".join(character for character in whole if character >= " " or character in "\t\n")


def _repaired(runs: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Return runs with whole characters; half of a pair goes with the other half."""
    joined: list[tuple[str, bool]] = []
    for run, bold in runs:
        if joined and "\ud800" <= joined[-1][0][-1:] <= "\udbff":
            joined[-1] = joined[-1][0] + run, joined[-1][1]
        else:
            joined.append((run, bold))
    return [(_whole(run), bold) for run, bold in joined]
