"""Takes off what a printed page adds to a talk: numbers in front of lines, page numbers, and heads of pages.

Each is decided from the whole file: line numbers ascend and begin again, and heads recur with numbers that ascend.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.transcripts.labels import is_speaker_word
from app.transcripts.text_lines import LineKind, TakenOff, TextLine
from app.transcripts.transcript import ByteClass

_LINE_NUMBER = re.compile(r"[ \t]{0,40}0{0,4}(?P<number>\d{1,2})(?:[ \t]{1,40}|$)")
# Lines of a page are numbered up to 25 or 28; more than this is another kind of number.
_MOST_LINES = 60
# Lines with a number that prove it, and the share of lines that have one.
_FEWEST_NUMBERED, _SHARE = 5, 0.6
# Lines between two pages that are the foot of one and the head of the next, at most.
_MOST_FURNITURE = 6
_PAGE_WORDS = (
    r"page|pg|p|seite|s|página|pagina|pág|pag|стр|страница|сторінка|strona|str|sayfa|sida|side|sivu|oldal|strana"
    r"|صفحه|صفحة|עמוד|頁|页|ページ|쪽"
)
_PAGE_MARK = re.compile(
    rf"[\[({{<•\-–—\s]{{0,6}}(?:(?:{_PAGE_WORDS})\.?[\s:]{{0,3}}\d{{1,4}}|第?\s?\d{{1,4}}\s?(?:頁|页|ページ|쪽))"
    r"(?:\s{0,2}(?:of|/|von|de|di|sur|из|z|av|af)\s{0,2}\d{1,4})?[\])}>•\-–—\s]{0,6}",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"[-–—•\[(\s]{0,4}(?P<number>\d{1,4})(?:\s?(?:/|of)\s?\d{1,4})?[-–—•\])\s]{0,4}")
_WIDE_GAP = re.compile(r"\S(?:[ ]{3,}|[ ]{0,8}\t+[ ]{0,8}|\s\|\s)\S")
# What stands at the right edge of a page begins behind so much space.
_FAR_RIGHT = re.compile(r"[ ]{20}|[ ]{0,8}\t{3}")
_DIGITS = re.compile(r"\d+")
# Characters of a head, at most, and times that it recurs, at least.
_LONGEST_HEAD, _RECURS = 100, 3
_ENDS_SENTENCE = (".", "?", "!", "…", "。", "？", "！", "؟", ":", "”", '"', "»", ")")


def take_off_page(text: str, lines: Sequence[TextLine]) -> None:
    """Take off line numbers, page numbers and heads; a paragraph that goes on after a page stays one."""
    printed = [index for index, line in enumerate(lines) if line.kind is not LineKind.BLANK]
    numbered = _line_numbers(text, lines, printed)
    if numbered:
        _take_numbers(text, lines, printed, numbered)
    else:
        _take_heads(text, lines, [index for index in printed if lines[index].kind is LineKind.TEXT])
    _join_paragraphs(text, lines)


def _line_numbers(text: str, lines: Sequence[TextLine], printed: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return the number and the end of its print for each line that is numbered in turn; empty if lines are not."""
    found: dict[int, tuple[int, int]] = {}
    last = 0
    for index in printed:
        line = lines[index]
        match = _LINE_NUMBER.match(text, line.start, line.end)
        if match is None:
            continue
        number = int(match["number"])
        if number == last + 1 or (number in {1, 2} and last > 3) or (number == last + 2 and last):
            found[index] = number, match.end()
            last = number
    if len(found) < max(_FEWEST_NUMBERED, _SHARE * len(printed)) or max(n for n, _ in found.values()) > _MOST_LINES:
        return {}
    return found


def _take_numbers(
    text: str, lines: Sequence[TextLine], printed: Sequence[int], numbered: dict[int, tuple[int, int]]
) -> None:
    between: list[TextLine] = []
    last = 0
    for index in printed:
        line = lines[index]
        if index not in numbered:
            between.append(line)
            continue
        number, end = numbered[index]
        if number <= last or (not last and all(_is_page_number(text, each) for each in between)):
            _take_furniture(between)
        between, last = [], number
        off = TakenOff(line.start, end, ByteClass.MARKUP, "line-numbers")
        line.off = (off,)
        line.start = line.text_start = end
        if not text[end : line.end].strip():
            line.kind = LineKind.OFF
    if last and all(_is_page_number(text, each) for each in between):
        _take_furniture(between)


def _take_furniture(between: Sequence[TextLine]) -> None:
    if len(between) <= _MOST_FURNITURE:
        for line in between:
            _take_line(line, "page-heads")


def _take_line(line: TextLine, what: str, byte_class: ByteClass = ByteClass.MARKUP) -> None:
    line.kind, line.label = LineKind.OFF, None
    line.off = (*line.off, TakenOff(line.start, line.end, byte_class, what))


def _is_page_number(text: str, line: TextLine) -> bool:
    body = text[line.start : line.end]
    return bool(_BARE_NUMBER.fullmatch(body) or _PAGE_MARK.fullmatch(body))


@dataclass(frozen=True, slots=True)
class _Head:
    index: int
    key: str
    numbers: tuple[int, ...]


def _take_heads(text: str, lines: Sequence[TextLine], printed: Sequence[int]) -> None:
    """Take off page marks, and heads and numbers of pages that recur with ascending numbers."""
    taken = set[int]()
    recurring: dict[str, list[_Head]] = {}
    for index in printed:
        line = lines[index]
        if line.end - line.start > _LONGEST_HEAD:
            continue
        body = text[line.start : line.end]
        if not _DIGITS.search(body):
            continue
        if _PAGE_MARK.fullmatch(body):
            taken.add(index)
        elif head := _possible_head(body, index):
            recurring.setdefault(head.key, []).append(head)
    for heads in recurring.values():
        if len(heads) >= (2 if heads[0].key.strip("-–—•[]() ") == "#" else _RECURS) and _ascend(heads):
            taken.update(head.index for head in heads)
    taken.update(_neighbours(text, lines, printed, taken))
    for index in taken:
        _take_line(lines[index], "page-heads")


def _possible_head(body: str, index: int) -> _Head | None:
    """Return a line that could be the head of a page by its form: a number alone, or far from the words beside it."""
    words = " ".join(body.split())
    key = _DIGITS.sub("#", words).casefold()
    if _BARE_NUMBER.fullmatch(body):
        return _Head(index, key, (int(_DIGITS.findall(body)[0]),))
    if (
        words.endswith((".", "?", "!", ":"))
        or is_speaker_word(words)
        or not (_WIDE_GAP.search(body.strip()) or _FAR_RIGHT.match(body))
    ):
        return None
    return _Head(index, key, tuple(int(each[:6]) for each in _DIGITS.findall(body)))


def _ascend(heads: Sequence[_Head]) -> bool:
    """Whether one of the numbers ascends by one from each head to the next, or by a few."""
    width = min(len(head.numbers) for head in heads)
    for at in range(width):
        column = [head.numbers[at] for head in heads]
        if all(0 < second - first <= 3 for first, second in itertools.pairwise(column)):
            return True
    return False


def _neighbours(text: str, lines: Sequence[TextLine], printed: Sequence[int], taken: set[int]) -> Iterator[int]:
    """Yield the lines above or below page numbers that are the same on several pages."""
    place = {index: at for at, index in enumerate(printed)}
    beside: dict[str, set[int]] = {}
    for index in taken:
        for at in (place[index] - 1, place[index] + 1):
            if 0 <= at < len(printed) and printed[at] not in taken:
                line = lines[printed[at]]
                words = " ".join(text[line.start : line.end].split())
                if (
                    words
                    and len(words) <= _LONGEST_HEAD
                    and not words.endswith((".", "?", "!"))
                    and not words[0].islower()
                ):
                    beside.setdefault(words.casefold(), set()).add(printed[at])
    for group in beside.values():
        if len(group) > 1:
            yield from group


def _join_paragraphs(text: str, lines: Sequence[TextLine]) -> None:
    """Let the text below something taken off go on with the paragraph above it, unless that ended in a sentence."""
    above: TextLine | None = None
    after_off = False
    for line in lines:
        if line.kind is LineKind.OFF:
            after_off = True
        elif line.kind is not LineKind.BLANK:
            if after_off and above is not None:
                ended = text[above.start : above.end].rstrip().endswith(_ENDS_SENTENCE)
                line.begins_paragraph = line.begins_paragraph and ended
            above, after_off = line, False
