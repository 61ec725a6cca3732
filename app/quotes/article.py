"""Finds the quotations in an article, in any quotation marks, and whom the words near each name as its speaker.

The article is plain text or Markdown. Quotations inside a quotation are part of it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from app.quotes.attribution import attribute, is_name_of_somebody, join_interrupted, named_by, signed_by
from app.quotes.quoted import ClaimedSpeaker, Quoted
from app.quotes.tokens import token_texts

# Words of a quotation at least: shorter ones are usually titles, terms or scare quotes.
FEWEST_WORDS = 3
PARAGRAPH = "\n\n"

_CLOSING = {
    "“": "”", "„": "“”", "‟": "”", "”": "”", "«": "»", "»": "«", "‹": "›", "›": "‹", "「": "」", "『": "』",
    "〝": "〞〟", "＂": "＂", '"': '"', "‘": "’", "‚": "‘’", "'": "'",
}  # fmt: skip
_APOSTROPHES = "'’"
# Marks that open as well as close, depending on the language: they open only where a word begins.
_OPEN_OR_CLOSE = "\"＂'”»›"
_MARK = re.compile(f"[{re.escape(''.join({*_CLOSING, *''.join(_CLOSING.values())}))}]")
# Marks open at a time at most, to bound the time: real quotations nest two or three deep.
_MAX_OPEN_MARKS = 6
_BEGINS = re.compile(r"[\s(\[{<—–\-_*/“„«‹「『\"'‘‚:¿¡]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_QUOTED_LINE = re.compile(r"[^\S\n]{0,3}>[^\S\n]?")
# In a block quote: who it is by, in HTML or after a dash, and a label that somebody's words begin with.
_CITED = re.compile(r"<(cite|footer)[^<>]{0,200}>(?P<name>[^<>]{1,120})</\1>", re.IGNORECASE)
_SIGNATURE = re.compile(r"\n[^\S\n]*(?:—|–|―|--|-)\s*[^\n]{1,120}\Z")
_BLOCK_LABEL = re.compile(
    r"^[^\S\n]*[*_]{0,2}(?P<name>[^\W\d_][^\n*_:：]{1,60}?)[*_]{0,2}[:：][*_]{0,2}(?=\s)", re.MULTILINE
)
# What is not prose: front matter, code, tags, link targets and titles.
_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)[^\S\n]*\n.*?\n\1[^\S\n]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^[^\S\n]{0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*$", re.MULTILINE)
_NOT_PROSE = re.compile(
    r"`[^`\n]{1,500}`|<!--.{0,2000}?-->|</?[A-Za-z][^<>]{0,1000}>|(?<=\])\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,500}\")?\)",
    re.DOTALL,
)


def find_quotations(
    article: str, fewest_words: int = FEWEST_WORDS, is_known: Callable[[str], bool] = lambda _name: False
) -> list[Quoted]:
    """Find the quotations of at least `fewest_words` words, in order. Unmatched quotation marks are ignored.

    `is_known` says whether somebody of the record has a name.
    """
    prose = _prose(article)
    lines = [0, *(found.end() for found in re.finditer("\n", article))]
    found: list[Quoted] = []
    for start, end, is_block in _blocks(prose):
        found += _in_block(article, prose, start, end) if is_block else _in_paragraphs(prose, start, end)
    placed = [_placed(one, lines) for one in found]
    attributed = attribute(prose, placed, is_known)
    joined = join_interrupted(prose, attributed)
    return [one for one in joined if _word_count(one.text) >= fewest_words]


def _word_count(text: str) -> int:
    return len(token_texts(text))


def _placed(quoted: Quoted, lines: list[int]) -> Quoted:
    line = bisect_right(lines, quoted.start)
    return replace(quoted, line=line, column=quoted.start - lines[line - 1] + 1)


def _prose(article: str) -> str:
    """Blank out everything that is not prose, keeping every offset."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found.group())

    text = article.replace("\r", " ")
    text = _FRONT_MATTER.sub(blank, text)
    parts, at = [], 0
    for start, end in _code(text):
        parts += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
        at = end
    return _NOT_PROSE.sub(blank, "".join([*parts, text[at:]]))


def _code(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each block of code between fences. A fence that nothing closes is prose."""
    fences = list(_FENCE.finditer(text))
    # The next fence of the same sign that is as long closes a block.
    closing: dict[int, int] = {}
    open_fences: dict[str, list[int]] = {"`": [], "~": []}
    for place, fence in enumerate(fences):
        waiting = open_fences[fence["fence"][0]]
        while waiting and len(fences[waiting[-1]]["fence"]) <= len(fence["fence"]):
            closing[waiting.pop()] = place
        waiting.append(place)
    blocks, place = [], 0
    while place < len(fences):
        last = closing.get(place, place)
        if last > place:
            blocks.append((fences[place].start(), fences[last].end()))
        place = last + 1
    return blocks


def _blocks(prose: str) -> Iterator[tuple[int, int, bool]]:
    """Split prose into Markdown block quotes and the text between them: yield start, end, and whether it is a block."""
    begin, in_block, place = 0, False, 0
    for line in prose.splitlines(keepends=True):
        quoted = _QUOTED_LINE.match(line) is not None
        if quoted != in_block:
            if place > begin:
                yield begin, place, in_block
            begin, in_block = place, quoted
        place += len(line)
    if place > begin:
        yield begin, place, in_block


def _in_block(article: str, prose: str, start: int, end: int) -> Iterator[Quoted]:
    """Take a block quote as one quotation, unless it has quotation marks itself, or labels of who speaks.

    A signature at its end and a label at its beginning are left out.
    """
    unmarked = re.sub(r"(?m)^([^\S\n]{0,3})((?:>[^\S\n]?)+)", lambda one: " " * len(one.group()), prose[start:end])
    inside = unmarked.strip()
    marked = list(_in_paragraphs(unmarked, 0, len(unmarked))) if inside[:1] in _CLOSING else []
    if marked:
        yield from (replace(one, start=one.start + start, end=one.end + start) for one in marked)
        return
    last = len(unmarked)
    name: ClaimedSpeaker | None = None
    cited = _CITED.search(article, start, end)
    if cited is not None:
        name, last = named_by(cited["name"]), cited.start() - start
    elif (signed := _SIGNATURE.search(unmarked.rstrip())) is not None:
        name, last = signed_by(unmarked[signed.start() :]), signed.start()
    labels = [found for found in _BLOCK_LABEL.finditer(unmarked, 0, last) if is_name_of_somebody(found["name"])]
    if not labels or unmarked[: labels[0].start()].strip():
        labels = []
    begins = [(label.end(), named_by(label["name"])) for label in labels] or [(0, name)]
    ends = [*(label.start() for label in labels[1:]), last]
    for (begin, speaker), stop in zip(begins, ends, strict=True):
        said = unmarked[begin:stop]
        first = start + begin + len(said) - len(said.lstrip())
        text = "\n".join(line.strip() for line in said.strip().split("\n"))
        if text:
            yield Quoted(text, first, first + len(said.strip()), 0, 0, speaker)


def _in_paragraphs(prose: str, start: int, end: int) -> Iterator[Quoted]:
    """Find the outermost quotations in quotation marks. Marks that are never closed are ignored."""
    reader = _MarkReader(prose)
    begin = start
    for blank in _BLANK_LINE.finditer(prose, start, end):
        reader.paragraph(begin, blank.start())
        begin = blank.end()
    reader.paragraph(begin, end)
    for text, first, last in reader.finish():
        yield Quoted(text, first, last, 0, 0)


@dataclass
class _OpenMark:
    """A quotation mark that is not closed yet.

    Its words begin at `begin`; `before` are its earlier paragraphs, and the current one begins at `started`. `inside`
    are quotations found since, which count if the mark is never closed.
    """

    mark: str
    begin: int
    before: list[str] = field(default_factory=list)
    started: int = 0
    inside: list[tuple[str, int, int]] = field(default_factory=list)
    # Where an apostrophe after an s stands: a plural's, unless nothing else closes the mark.
    possible_close: int | None = None


class _MarkReader:
    """Reads quotation marks from beginning to end and collects quotations as (text, start, end)."""

    def __init__(self, prose: str) -> None:
        self._prose = prose
        self._open: list[_OpenMark] = []
        self._found: list[tuple[str, int, int]] = []
        self._ended = 0

    def paragraph(self, first: int, last: int) -> None:
        """Read one paragraph. A quotation of several paragraphs opens each of them and closes the last."""
        if self._open:
            running = self._open[0]
            if first < last and self._prose[first] == running.mark and running.mark not in _APOSTROPHES:
                self._give_up(1)
                running.before.append(self._prose[running.started : self._ended])
                running.started = first + 1
            else:
                self._give_up(0)
        place = self._open[0].started if self._open else first
        for mark in _MARK.finditer(self._prose, place, last):
            self._read(mark.group(), mark.start(), first, last)
        self._ended = last

    def finish(self) -> list[tuple[str, int, int]]:
        """Give up the marks still open and return all quotations."""
        self._give_up(0)
        return self._found

    def _read(self, mark: str, place: int, first: int, last: int) -> None:
        before = self._prose[place - 1] if place > first else "\n"
        after = self._prose[place + 1] if place + 1 < last else "\n"
        begins = _opens(mark, before, after)
        for depth in reversed(range(len(self._open))):
            one = self._open[depth]
            if mark not in _CLOSING[one.mark] or place == one.started:
                continue
            if mark in _APOSTROPHES and (before.isspace() or after.isalnum()):
                continue
            if begins and before.isspace() and one.mark == mark:
                # A new quotation clearly begins here, so the open mark was never closed.
                self._give_up(depth)
                break
            if mark in _APOSTROPHES and before in "sS" and after == " ":
                one.possible_close = one.possible_close or place
                return
            self._give_up(depth + 1)
            self._close(self._open.pop(), place)
            return
        if begins:
            if len(self._open) == _MAX_OPEN_MARKS:
                self._give_up(0)
            self._open.append(_OpenMark(mark, place + 1, started=place + 1))

    def _close(self, one: _OpenMark, place: int) -> None:
        whole = PARAGRAPH.join([*one.before, self._prose[one.started : place]])
        self._keep([(whole, one.begin, place)])

    def _give_up(self, depth: int) -> None:
        """Ignore the open marks from a depth on, and keep the quotations inside them."""
        while len(self._open) > depth:
            one = self._open.pop()
            if one.possible_close is None:
                self._keep(one.inside)
            else:
                self._close(one, one.possible_close)
                self._keep([found for found in one.inside if found[1] > one.possible_close])

    def _keep(self, found: list[tuple[str, int, int]]) -> None:
        (self._open[-1].inside if self._open else self._found).extend(found)


def _opens(mark: str, before: str, after: str) -> bool:
    """Whether a mark begins a quotation, judged by the characters beside it."""
    if mark not in _CLOSING or (after.isspace() and mark not in "«‹„"):
        return False
    if mark == "‘":
        return not before.isalnum()
    return mark not in _OPEN_OR_CLOSE or _BEGINS.match(before) is not None
