"""A quotation taken apart: its words, and the marks with which it says itself that something is left out or put in."""

import re
from dataclasses import dataclass

from app.quotes.alignment import Encoding, Fragment
from app.quotes.tokens import Token, tokens, without_markup

_DOTS = r"(?:[…⋯‥]+|\.(?:\s?\.){2,})"
_MARK = re.compile(
    rf"(?P<omission>\[\s*(?:{_DOTS}|[-–—]{{1,3}})\s*\]|\(\s*{_DOTS}\s*\)|{_DOTS})"
    rf"|(?P<insertion>(?:(?<!\w)\w{{1,100}})?\[(?P<inside>(?!\s*(?:{_DOTS}|[-–—]{{1,3}})\s*\])[^\[\]]{{1,300}})\]\w{{0,100}})"
)
_WRAPPERS = {
    '"': '"', "'": "'", "“": "”", "„": "“”", "‟": "”", "«": "»", "»": "«", "‘": "’", "‚": "‘’", "‹": "›", "›": "‹",
    "「": "」", "『": "』", "〝": "〞〟", "＂": "＂",
}  # fmt: skip


@dataclass(frozen=True)
class Quotation:
    """The words of a quotation, read literally and read in fragments between its marks.

    `text` is what was given from `begun` on, without white space and quotation marks around it.
    `fragments` is empty where there are no marks but at its ends, where an ellipsis says only that more was said. What
    a bracketed insertion puts before the first fragment or after the last is in `ends`.
    """

    text: str
    begun: int
    words: list[Token]
    fragments: tuple[Fragment, ...]
    ends: tuple[tuple[int, int], ...]
    encoding: Encoding
    encoded: str


def read_quotation(text: str) -> Quotation:
    """Take a quotation apart. White space and one pair of quotation marks around it are not part of it."""
    begun, text = _unwrapped(text)
    # [T]he is the word The, written with another letter than it is printed with.
    literal = without_markup(text)
    marks = list(_MARK.finditer(literal))
    for mark in marks:
        if mark["insertion"] is not None and mark["inside"] and mark["insertion"] != f"[{mark['inside']}]":
            joined = mark["insertion"].replace("[", "\u2060").replace("]", "\u2060")
            literal = literal[: mark.start()] + joined + literal[mark.end() :]
    words = tokens(literal)
    encoding = Encoding([word.text for word in words])
    fragments, ends = _fragments(words, marks)
    return Quotation(text, begun, words, fragments, ends, encoding, encoding.encode([word.text for word in words]))


def _unwrapped(text: str) -> tuple[int, str]:
    begun = len(text) - len(text.lstrip())
    text = text.strip()
    closing = _WRAPPERS.get(text[:1])
    if closing is None or len(text) < 3 or text[-1] not in closing:
        return begun, text
    inside = text[1:-1]
    if any(mark in inside for mark in (text[0], text[-1]) if mark not in "'’"):
        # "Yes", he said, "no" is not wrapped as a whole.
        return begun, text
    return begun + 1 + len(inside) - len(inside.lstrip()), inside.strip()


def _fragments(
    words: list[Token], marks: list[re.Match[str]]
) -> tuple[tuple[Fragment, ...], tuple[tuple[int, int], ...]]:
    fragments: list[Fragment] = []
    ends: list[tuple[int, int]] = []
    elastic, inserted, place = False, None, 0
    for mark in [*marks, None]:
        upto = len(words) if mark is None else _before(words, mark.start(), place)
        if upto > place:
            fragments.append(Fragment(place, upto, elastic and bool(fragments), inserted))
            elastic, inserted = False, None
        place = upto
        if mark is None:
            break
        after = _before(words, mark.end(), place)
        if mark["insertion"] is None:
            elastic = True
        elif after > place:
            inserted = (inserted[0], after) if inserted else (place, after)
        place = after
    if inserted is not None:
        ends.append(inserted)
    has_marks = len(fragments) > 1 or ends or any(fragment.inserted for fragment in fragments)
    return (tuple(fragments) if fragments and has_marks else ()), tuple(ends)


def _before(words: list[Token], offset: int, start: int) -> int:
    """Count the words that end before an offset."""
    while start < len(words) and words[start].end <= offset:
        start += 1
    return start
