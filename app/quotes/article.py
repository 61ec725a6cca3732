"""Finds the quotations in an article, in any quotation marks, and whom the words near each name as its speaker.

The article is plain text or Markdown. Quotations inside a quotation are part of it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

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
# What is not prose: front matter, code, tags, link targets and titles.
_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)[^\S\n]*\n.*?\n\1[^\S\n]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(
    r"^[^\S\n]{0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*\n(?:.*?\n)??[^\S\n]{0,3}(?P=fence)[^\n]*$", re.MULTILINE | re.DOTALL
)
_NOT_PROSE = re.compile(
    r"`[^`\n]{1,500}`|<!--.{0,2000}?-->|</?[A-Za-z][^<>]{0,1000}>|(?<=\])\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,500}\")?\)",
    re.DOTALL,
)

_TITLES = (
    "mr mrs ms miss dr prof professor sir dame lord lady president minister senator judge justice captain general "
    "chairman chairwoman director m mme mlle herr frau señor señora sr sra г-н г-жа"
)
# Capital letters. In scripts without capitals, only the words around a name tell where it is.
_CAPITAL = "".join(chr(point) for point in (*range(0x41, 0x590), *range(0x1E00, 0x2000)) if chr(point).isupper())
_NAME_WORD = rf"(?:[{_CAPITAL}][\w’'\-]*|[{_CAPITAL}]\.)"
_NAME = (
    rf"{_NAME_WORD}(?:\s+(?:(?:van|von|der|den|de|del|della|di|da|du|la|le|bin|ibn|al|el|of|ben)\s+){{0,3}}"
    rf"{_NAME_WORD}){{0,4}}"
)
_TITLE = rf"(?:(?:{'|'.join(_TITLES.split())})\.?\s+){{0,2}}"
_VERB = (
    r"(?:said|says|say|told|tells|asked|asks|added|adds|explained|explains|noted|notes|argued|argues|wrote|writes|"
    r"replied|replies|answered|answers|recalled|recalls|continued|continues|insisted|insists|warned|warns|claimed|"
    r"claims|stated|states|remarked|observed|concluded|admitted|admits|declared|declares|suggested|suggests|"
    r"a\s+dit|dit|disait|déclare|a\s+déclaré|explique|affirme|ajoute|selon|sagte|sagt|erklärte|erklärt|meinte|fragte|"
    r"dijo|dice|afirmó|explicó|añadió|disse|diz|afirmou|dice|ha\s+detto|zei|zegt|sade|säger|"
    r"сказал|сказала|говорит|отметил|отметила|заявил|заявила|добавил|добавила|деді|айтты|dedi|söyledi|"
    r"説|说|說|表示|指出|認為|认为|称|稱|述べた|語った|言った)"
)
_PRONOUN = r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]l|[Ee]lle|[Ee]r|[Ss]ie|[Oo]n|[Oo]na|[Оо]н|[Оо]на|[Оо]л)\b"
_ADVERB = r"(?:\s+\w+ly|\s+then|\s+also|\s+later|\s+has|\s+had|\s+once)?"
_APPOSITION = r"(?:,\s[^,“”\"«»\n]{1,120},)?"
_REST = r"[^.!?“”\"«»\n]{0,80}[\s,:：]*\Z"
# A match without a name has a pronoun instead.
_AFTER = re.compile(
    rf"[\s,—–\-]*(?:{_VERB}{_ADVERB}\s+(?:{_PRONOUN}|(?:the\s+)?(?i:{_TITLE})(?P<after>{_NAME}))"
    rf"|(?:{_PRONOUN}|(?i:{_TITLE})(?P<before>{_NAME}){_APPOSITION}){_ADVERB}\s+{_VERB}\b)"
)
_SIGNED = re.compile(rf"\s*(?:—|–|―|--|-)\s*(?:[*_]{{1,2}})?(?i:{_TITLE})(?P<name>{_NAME})")
_BEFORE = re.compile(rf"(?:{_PRONOUN}|(?P<name>{_NAME}){_APPOSITION}){_ADVERB}\s+{_VERB}\b{_REST}")
# The name after "told" or "asked" is not the speaker's.
_VERB_THEN_NAME = re.compile(rf"\b(?!told|tells|asked|asks){_VERB}\s+(?i:{_TITLE})(?P<name>{_NAME}){_REST}")
_ACCORDING = re.compile(
    r"(?:[Aa]ccording\s+to|[Ss]elon|[Ll]aut|[Ss]egún|[Ss]econdo|[Ss]egundo|[Пп]о\s+словам|[Ii]n\s+the\s+words\s+of)"
    rf"\s+(?i:{_TITLE})(?P<name>{_NAME})"
)
_LABEL = re.compile(rf"(?:^|[\n.!?]\s*)(?:[*_]{{1,2}})?(?P<name>{_NAME})(?:[*_]{{1,2}})?\s*[:：](?:[*_]{{1,2}})?\s*\Z")
_UNSPACED = re.compile(
    r"(?P<name>[\u4e00-\u9fff\u3041-\u30ff·]{1,12}?)(?:说道?|說道?|表示|指出|认为|認為|问道?|問道?|答道?|称|稱|は)[:：，,、]?\s*\Z"
)
_UNSPACED_PRONOUNS = frozenset({"他", "她", "他们", "她们", "他們", "彼", "彼女"})
_SAID = re.compile(rf"\b{_VERB}\b")
# Code points before and after a quotation in which its speaker is looked for: about two sentences.
_ATTRIBUTION_REACH = 240
# Words of an attribution between two halves of a quotation, at most.
_MAX_WORDS_BETWEEN = 15
_SENTENCE_END = re.compile(r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\b[A-Z])[.!?…。！？][”\"’»)\]]*\s")
# Words that end so are a sentence: what follows does not go on with it.
_ENDS_SENTENCE = re.compile(r"[.!?。！？؟][\s”\"’»)\]*_]*\Z")


@dataclass(frozen=True)
class ClaimedSpeaker:
    """Whom an article names as the speaker of a quotation, as the article writes the name.

    `is_inferred` where it only says "he" or "she", and the name is the last one before.
    """

    name: str
    is_inferred: bool = False


@dataclass(frozen=True)
class Quoted:
    """A quotation in an article: its text and its position, in code points and as line and column counted from 1.

    A quotation that "is interrupted," she said, "by its attribution" has `parts`; its text is theirs, joined.
    """

    text: str
    start: int
    end: int
    line: int
    column: int
    attribution: ClaimedSpeaker | None = None
    parts: tuple["Quoted", ...] = ()


def find_quotations(article: str, fewest_words: int = FEWEST_WORDS) -> list[Quoted]:
    """Find the quotations of at least `fewest_words` words, in order. Unmatched quotation marks are ignored."""
    prose = _prose(article)
    lines = [0, *(found.end() for found in re.finditer("\n", article))]
    found: list[Quoted] = []
    for start, end, is_block in _blocks(prose):
        found += _in_block(prose, start, end) if is_block else _in_paragraphs(prose, start, end)
    placed = [_placed(one, lines) for one in found]
    attributed = _attributed(prose, placed)
    joined = _joined(prose, attributed)
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
    return _NOT_PROSE.sub(blank, _FENCE.sub(blank, _FRONT_MATTER.sub(blank, text)))


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


def _in_block(prose: str, start: int, end: int) -> Iterator[Quoted]:
    """Take a block quote as one quotation, unless it has quotation marks itself; a signature at its end is left out."""
    unmarked = re.sub(r"(?m)^([^\S\n]{0,3})((?:>[^\S\n]?)+)", lambda one: " " * len(one.group()), prose[start:end])
    inside = unmarked.strip()
    begin = start + len(unmarked) - len(unmarked.lstrip())
    marked = list(_in_paragraphs(unmarked, 0, len(unmarked))) if inside[:1] in _CLOSING else []
    if marked:
        yield from (replace(one, start=one.start + start, end=one.end + start) for one in marked)
        return
    signed = re.search(r"\n\s*(?:—|–|―|--|-)\s*[^\n]{1,120}\Z", inside)
    name = None
    if signed is not None:
        named = _SIGNED.match(inside, signed.start() + 1)
        name = None if named is None else ClaimedSpeaker(named["name"])
        inside = inside[: signed.start()].rstrip()
    text = re.sub(r"[^\S\n]*\n[^\S\n]*", "\n", inside)
    if text:
        yield Quoted(text, begin, begin + len(inside), 0, 0, name)


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
    before: tuple[str, ...] = ()
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
                running.before = (*running.before, self._prose[running.started : self._ended])
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


def _attributed(prose: str, quotations: list[Quoted]) -> list[Quoted]:
    """Add to each quotation the speaker whom the words beside it name."""
    found: list[Quoted] = []
    last_named: str | None = None
    for number, one in enumerate(quotations):
        if one.attribution is None:
            before_from = max(quotations[number - 1].end + 1 if number else 0, one.start - _ATTRIBUTION_REACH)
            until = quotations[number + 1].start - 1 if number + 1 < len(quotations) else len(prose)
            before = _sentence_before(prose[before_from : max(one.start - 1, 0)])
            after = prose[one.end + 1 : min(until, one.end + 1 + _ATTRIBUTION_REACH)].partition(PARAGRAPH)[0]
            named = _name_near(before, after)
            if named:
                one = replace(one, attribution=ClaimedSpeaker(named))
            elif last_named and (named == "" or _continues(prose, found, one)):
                one = replace(one, attribution=ClaimedSpeaker(last_named, is_inferred=True))
        if one.attribution is not None:
            last_named = one.attribution.name
        found.append(one)
    return found


def _continues(prose: str, before: list[Quoted], one: Quoted) -> bool:
    """Whether the quotation before is attributed and in the same paragraph: then its speaker goes on."""
    return bool(before) and before[-1].attribution is not None and "\n\n" not in prose[before[-1].end : one.start]


def _sentence_before(text: str) -> str:
    text = text.rpartition(PARAGRAPH)[2]
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    return text[ends[-1] :] if ends else text


def _name_near(before: str, after: str) -> str | None:
    """Return the speaker's name in the words before or after a quotation: "" for a pronoun, None if there is none."""
    following = _AFTER.match(after)
    if following is not None:
        return _plain_name(following["after"] or following["before"] or "")
    for pattern in (_LABEL, _BEFORE, _VERB_THEN_NAME):
        found = pattern.search(before)
        if found is not None:
            return _plain_name(found["name"] or "")
    for text in (before, after):
        found = _ACCORDING.search(text)
        if found is not None:
            return _plain_name(found["name"])
    if (signed := _SIGNED.match(after)) is not None:
        return _plain_name(signed["name"])
    unspaced = _UNSPACED.search(before)
    if unspaced is None:
        return None
    return "" if unspaced["name"] in _UNSPACED_PRONOUNS else unspaced["name"]


def _plain_name(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0].lower().rstrip(".") in _TITLES.split():
        del words[0]
    return " ".join(words)


def _joined(prose: str, quotations: list[Quoted]) -> list[Quoted]:
    """Join quotations that only an attribution separates."""
    found: list[Quoted] = []
    for one in quotations:
        before = found[-1] if found else None
        if before is not None and _is_interruption(prose, before, one):
            attribution = before.attribution or one.attribution
            parts = (*(before.parts or (before,)), replace(one, attribution=attribution))
            joined = replace(
                before, text=f"{before.text} {one.text}", end=one.end, attribution=attribution, parts=parts
            )
            found[-1] = joined
        else:
            found.append(one)
    return found


def _is_interruption(prose: str, before: Quoted, after: Quoted) -> bool:
    between = prose[before.end + 1 : after.start - 1]
    if (
        _ENDS_SENTENCE.search(before.text)
        or len(between.split()) > _MAX_WORDS_BETWEEN
        or "\n\n" in between
        or not _SAID.search(between)
    ):
        return False
    return between.rstrip().endswith((",", "—", "–", "-", "，", ":")) and not _SENTENCE_END.search(between)
