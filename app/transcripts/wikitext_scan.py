"""Scans wiki text for the paragraphs that a page shows, each character with its place in the source."""

import html
import re
from dataclasses import dataclass, field

from app.transcripts.placed_paragraphs import PlacedParagraph, PlacedRun, place_paragraph
from app.transcripts.source import Source
from app.transcripts.wikitext_pairs import Closings, pairs_of, parts_of

_TOKEN = re.compile(
    r"""
      (?P<opening><!--|<nowiki>)
    | (?P<parameter>\{\{\{[^{}]{0,200}\}\}\})
    | <(?P<silent>gallery|math|syntaxhighlight|source|timeline|score|imagemap|style|script)\b[^<>]{0,400}>
    | (?P<ref><ref\b[^<>/]{0,400}>)
    | (?P<unref></ref\s{0,4}>)
    | (?P<br><br\s{0,4}/?>)
    | (?P<tag></?[A-Za-z][A-Za-z0-9]{0,20}(?:\s[^<>]{0,400})?/?>)
    | (?P<template>\{\{)
    | (?P<link>\[\[)
    | \[(?P<address>(?:https?:|ftp:|mailto:)?//[^\s\[\]<>]{1,2000})[ \t]*
    | (?P<quotes>'{2,5})
    | (?P<newline>\r\n|\r|\n)
    | (?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)
    | (?P<magic>__[A-Z]{3,20}__|~{3,5})
    | (?P<cell>\|\||!!)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_LINE = re.compile(
    r"(?P<heading>={1,6})(?=[^=\n][^\n]{0,400}?={1,6}[ \t]*(?:\r|\n|\Z))"
    r"|(?P<rule>-{4,})|(?P<table>\{\|[^\n]{0,1000}|\|\}|\|\+[^\n]{0,1000})|(?P<row>\|-[^\n]{0,1000})"
    r"|(?P<cell>[|!])(?:[^\n|\[\]{}]{0,300}=[^\n|\[\]{}]{0,300}\|(?!\|))?[ \t]*|(?P<list>[*\#:;]{1,20}[ \t]*)"
    r"|\#REDIRECT\b[^\n]{0,300}",
    re.IGNORECASE,
)
_HEADING_END = re.compile(r"={1,6}[ \t]*(?=\r|\n|\Z)")
# Templates that show a part of themselves in the text: the last part, unless it is one of the second group.
_SHOWN = frozenset(
    (
        *("w", "wp", "wikipedia", "lang", "nowrap", "nobr", "small", "big", "b", "i", "u", "em", "strong", "sic", "s"),
        *("not a typo", "as written", "interviewer", "interviewee", "speaker", "name", "linkwiki", "il", "ill"),
    )
)
_FIRST_SHOWN = frozenset(("abbr", "tooltip", "ill", "il", "linkwiki"))
_DATES = frozenset(("date", "datum", "fecha", "data", "дата"))
_HIDDEN_LINK = re.compile(
    r"\s*(?:file|image|media|category|datei|bild|kategorie|fichier|catégorie|archivo|imagen|categoría|immagine|categoria"
    r"|ficheiro|imagem|bestand|categorie|afbeelding|plik|kategoria|файл|изображение|категория|файл|категорія|fil|kategori"
    r"|ファイル|文件|分类|קובץ|קטגוריה|ملف|تصنيف)\s*:",
    re.IGNORECASE,
)
_INTERWIKI = re.compile(r"\[\[[a-z]{2,3}(?:-[a-z]{2,8})?:[^\[\]\n|]{1,300}\]\][ \t]*(?=\r|\n|\Z)")
_NAMED_PART = re.compile(r"\s*[\w -]{1,40}=")
# Characters in which the end of an outer link is searched for.
_LINK_REACH = 2_000
_ITALICS = 2


@dataclass
class _Shown:
    """A paragraph, heading, note or row of a table while it is scanned."""

    heading: bool = False
    note: bool = False
    is_row: bool = False
    runs: list[PlacedRun] = field(default_factory=list)

    def closed(self) -> PlacedParagraph | None:
        """Return the paragraph; None if there is only white space."""
        placed = place_paragraph(self.runs, heading=self.heading, note=self.note)
        if placed and self.is_row and "\t" in placed.paragraph.text:
            placed.paragraph.lead, placed.paragraph.bold = placed.paragraph.text.index("\t"), False
        return placed


class WikiScanner:
    """Scans one page. `left_out` are the places of templates that show nothing here, `dates` those that are stated."""

    def __init__(self, source: Source) -> None:
        self.left_out: list[int] = []
        self.dates: list[str] = []
        self._text = source.text
        self._pairs = pairs_of(self._text)
        self._closings = Closings(self._text)
        self._done: list[PlacedParagraph] = []
        self._now = _Shown()
        self._outer: list[tuple[_Shown, bool]] = []
        self._notes: list[_Shown] = []
        self._jumps: list[tuple[int, int]] = []
        self._bold = self._in_table = False

    def scan(self) -> list[PlacedParagraph]:
        """Return the paragraphs in order, each followed by its references."""
        text = self._text
        at = self._begin_line(1 if text.startswith("\ufeff") else 0)
        while at < len(text):
            token = _TOKEN.search(text, at)
            reach = token.start() if token else len(text)
            if self._jumps and self._jumps[-1][0] <= reach:
                until, after = self._jumps.pop()
                self._copy(at, until)
                at = max(at, after)
                continue
            self._copy(at, reach)
            if token is None:
                break
            at = self._take(token)
        while self._outer:
            self._end_note()
        self._close()
        return self._done

    def _copy(self, start: int, end: int) -> None:
        if end > start:
            self._now.runs.append(PlacedRun(self._text[start:end], start, end, self._bold))

    def _join(self, text: str, at: int) -> None:
        self._now.runs.append(PlacedRun(text, at, at, self._bold))

    def _take(self, token: re.Match[str]) -> int:
        """Take one token; return where scanning goes on."""
        kind = token.lastgroup or ""
        if kind == "opening":
            return self._opening(token)
        if kind == "silent":
            return self._silent(token)
        if kind == "template":
            return self._template(token.start())
        if kind == "link":
            return self._link(token.start())
        if kind == "address":
            return self._address(token)
        if kind == "newline":
            return self._newline(token)
        self._take_inline(kind, token)
        return token.end()

    def _opening(self, token: re.Match[str]) -> int:
        """Pass over a comment; what is no markup is copied."""
        end = token.end()
        is_comment = token.group() == "<!--"
        closing = "-->" if is_comment else "</nowiki>"
        stop = self._closings.find(closing, end)
        if stop < 0:
            self._copy(token.start(), end)
            return end
        if not is_comment:
            self._copy(end, stop)
        return stop + len(closing)

    def _silent(self, token: re.Match[str]) -> int:
        """Pass over an element whose content is no text."""
        end = token.end()
        closing = self._closings.find(f"</{token['silent']}", end)
        stop = self._text.find(">", closing, closing + 40) if closing >= 0 else -1
        return end if token.group().endswith("/>") or stop < 0 else stop + 1

    def _take_inline(self, kind: str, token: re.Match[str]) -> None:
        end = token.end()
        if kind == "ref":
            self._outer.append((self._now, self._bold))
            self._now, self._bold = _Shown(note=True), False
        elif kind == "unref":
            self._end_note()
        elif kind == "br":
            self._join("\n", end)
        elif kind == "quotes":
            # Two apostrophes are italics, three bold, five both.
            self._bold ^= len(token.group()) != _ITALICS
        elif kind == "entity":
            self._entity(token)
        elif kind == "cell" and self._in_table:
            self._join("\t", end)
        elif kind == "cell":
            self._copy(token.start(), end)

    def _entity(self, token: re.Match[str]) -> None:
        meant = html.unescape(token.group())
        if meant == token.group() or len(meant) == len(token.group()):
            self._copy(*token.span())
        else:
            self._now.runs.append(PlacedRun(meant, token.start(), token.end(), self._bold))

    def _newline(self, token: re.Match[str]) -> int:
        end = token.end()
        if self._outer:
            self._join(" ", end)
            return end
        if not self._in_table:
            # Apostrophes are closed at the end of a line.
            self._bold = False
        following = self._text[end : end + 200].lstrip(" \t")
        if following[:1] in {"\n", "\r"} or self._now.heading:
            self._close()
        elif not self._in_table:
            self._copy(*token.span())
        return self._begin_line(end)

    def _begin_line(self, at: int) -> int:
        """Take the markup at the beginning of a line; return where its text begins."""
        if _INTERWIKI.match(self._text, at):
            return self._pairs.get(at, at)
        mark = _LINE.match(self._text, at)
        if mark is None or (mark.lastgroup == "cell" and not self._in_table):
            return at
        kind = mark.lastgroup
        if kind == "cell":
            # A row of heads alone is no speech.
            self._now.note = mark["cell"] == "!" and (self._now.note or not self._now.runs)
            if self._now.runs:
                self._join("\t", mark.end())
            self._now.is_row = True
            return mark.end()
        self._close()
        if kind == "heading":
            self._now.heading = True
        elif kind == "table":
            self._in_table = mark.group().startswith(("{|", "|+"))
        elif kind == "list" and mark.group().lstrip("*#:").startswith(";"):
            self._bold = True
        return mark.end()

    def _close(self) -> None:
        if self._now.heading:
            self._drop_heading_end()
        if closed := self._now.closed():
            self._done.append(closed)
        for note in self._notes:
            if closed := note.closed():
                self._done.append(closed)
        self._now, self._notes = _Shown(), []

    def _drop_heading_end(self) -> None:
        while self._now.runs:
            text, start, _, bold = self._now.runs.pop()
            end = _HEADING_END.search(text)
            kept = text[: end.start()] if end else text
            if kept.strip() or not text.strip():
                if kept:
                    self._now.runs.append(PlacedRun(kept, start, start + len(kept), bold))
                return

    def _end_note(self) -> None:
        if self._outer:
            self._notes.append(self._now)
            self._now, self._bold = self._outer.pop()

    def _template(self, start: int) -> int:
        end = self._pairs.get(start)
        if end is None:
            self._copy(start, start + 2)
            return start + 2
        parts = list(parts_of(self._text, start, self._pairs))
        name = self._text[slice(*parts[0])].strip().lower()
        values = [part for part in parts[1:] if not _NAMED_PART.match(self._text, *part)]
        if name in _DATES and values:
            self.dates.append(self._text[slice(*values[0])].strip())
        elif values and (name in _SHOWN or name.startswith("lang-")):
            first, last = values[0 if name in _FIRST_SHOWN else -1]
            self._jumps.append((last, end))
            return first
        elif values:
            self.left_out.append(start)
        return end

    def _link(self, start: int) -> int:
        end = self._pairs.get(start)
        if end is None:
            self._copy(start, start + 2)
            return start + 2
        if _HIDDEN_LINK.match(self._text, start + 2, end):
            return end
        first, last = list(parts_of(self._text, start, self._pairs))[-1]
        self._jumps.append((last, end))
        return first + self._text.startswith(":", first)

    def _address(self, token: re.Match[str]) -> int:
        end = self._text.find("]", token.end(), token.end() + _LINK_REACH)
        if end < 0 or "\n" in self._text[token.end() : end]:
            self._copy(token.start(), token.start() + 1)
            return token.start() + 1
        if end > token.end():
            self._jumps.append((end, end + 1))
            return token.end()
        return end + 1
