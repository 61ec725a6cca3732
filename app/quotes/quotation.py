"""Reads a quotation: its words, and the marks by which it says itself that words are left out or put in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.quotes.alignment import Encoding, Fragment
from app.quotes.tokens import Token, tokens, without_markup

_DOTS = r"(?:[…⋯‥]+|\.(?:\s?\.){2,})"
_MARK = re.compile(
    rf"(?P<omission>\[\s*(?:{_DOTS}|[-–—]{{1,3}})\s*\]|\(\s*{_DOTS}\s*\)|{_DOTS})"
    rf"|(?P<insertion>(?:(?<!\w)\w{{1,100}})?\[(?P<inside>(?!\s*(?:{_DOTS}|[-–—]{{1,3}})\s*\])[^\[\]]{{1,300}})\]\w{{0,100}})"
)
_PART_OF_WORD = re.compile(r"[\w'’\-]+")
_WRAPPERS = {
    '"': '"', "'": "'", "“": "”", "„": "“”", "‟": "”", "«": "»", "»": "«", "‘": "’", "‚": "‘’", "‹": "›", "›": "‹",
    "「": "」", "『": "』", "〝": "〞〟", "＂": "＂",
}  # fmt: skip


@dataclass(frozen=True)
class Quotation:
    """A quotation as one sequence of words, and as fragments between its marks.

    `text` is the given text without white space and quotation marks around it; it begins at `offset` of what was given.
    `fragments` is empty where the only marks are ellipses at the ends, which say no more than that the speaker went on.
    `trailing_insertions` are ranges of bracketed words after the last fragment.
    """

    text: str
    offset: int
    words: list[Token]
    fragments: tuple[Fragment, ...]
    trailing_insertions: tuple[tuple[int, int], ...]
    encoding: Encoding
    encoded: str


def read_quotation(text: str, joints: Sequence[int] = ()) -> Quotation:
    """Read a quotation. White space and one pair of quotation marks around it are not part of it.

    `joints` are the offsets in the text given at which an attribution interrupts it.
    """
    offset, text = _unwrapped(text)
    # [T]he and walk[ed] are words: hide the brackets, keeping every offset. They differ from the record in case only.
    literal = without_markup(text)
    marks: list[re.Match[str]] = []
    for mark in _MARK.finditer(literal):
        if mark["insertion"] is not None and mark["insertion"] != f"[{mark['inside']}]":
            joined = mark["insertion"].replace("[", "\u2060").replace("]", "\u2060")
            literal = literal[: mark.start()] + joined + literal[mark.end() :]
            if _PART_OF_WORD.fullmatch(mark["inside"]):
                continue
        marks.append(mark)
    words = tokens(literal)
    encoding = Encoding([word.text for word in words])
    fragments, trailing = _fragments(words, marks, [joint - offset for joint in joints])
    return Quotation(text, offset, words, fragments, trailing, encoding, encoding.encode([word.text for word in words]))


def _unwrapped(text: str) -> tuple[int, str]:
    offset = len(text) - len(text.lstrip())
    text = text.strip()
    closing = _WRAPPERS.get(text[:1])
    if closing is None or len(text) < 3 or text[-1] not in closing:
        return offset, text
    inside = text[1:-1]
    if any(mark in inside for mark in (text[0], text[-1]) if mark not in "'’"):
        # Of "Yes", he said, "no" the outer marks are no pair.
        return offset, text
    return offset + 1 + len(inside) - len(inside.lstrip()), inside.strip()


def _fragments(
    words: list[Token], marks: list[re.Match[str]], joints: list[int]
) -> tuple[tuple[Fragment, ...], tuple[tuple[int, int], ...]]:
    fragments: list[Fragment] = []
    trailing: list[tuple[int, int]] = []
    elastic, joint, inserted, place = False, False, None, 0
    cuts: list[tuple[int, int, re.Match[str] | None]] = [
        *((mark.start(), mark.end(), mark) for mark in marks),
        *((at, at, None) for at in joints),
    ]
    for start, end, mark in [*sorted(cuts, key=lambda cut: cut[:2]), (-1, -1, None)]:
        last = len(words) if start < 0 else _words_before(words, start, place)
        if last > place:
            fragments.append(
                Fragment(place, last, elastic and bool(fragments), inserted, joint=joint and bool(fragments))
            )
            elastic, joint, inserted = False, False, None
        place = last
        if start < 0:
            break
        after = _words_before(words, end, place)
        if mark is None:
            joint = True
        elif mark["insertion"] is None:
            elastic = True
        elif after > place:
            inserted = (inserted[0], after) if inserted else (place, after)
        place = after
    if inserted is not None:
        trailing.append(inserted)
    has_marks = len(fragments) > 1 or trailing or any(fragment.inserted for fragment in fragments)
    return (tuple(fragments) if fragments and has_marks else ()), tuple(trailing)


def _words_before(words: list[Token], offset: int, start: int) -> int:
    """Return how many words end at or before an offset, counting on from word `start`."""
    while start < len(words) and words[start].end <= offset:
        start += 1
    return start
