"""Texts as HTML with some of their characters marked: a passage, the words that ask, redactions, hits of a search.

Ranges count code points of the text as it is stored; what is shown may be Markdown. So signs that the text does not
have are put in where ranges begin and end, the text is written as HTML, and what stands between two signs is marked.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from markupsafe import Markup

from app.api.completing import WRITERS
from app.transcripts.transcript import TextFormat

# Characters for private use, of which a text has hardly any.
_SIGNS = range(0xE000, 0xF900)
_TAG = re.compile(r"(<[^<>]*>)")


@dataclass(frozen=True)
class Marked:
    """Characters to be marked, from `start` up to `end`, and the element that marks them.

    `label` is read in place of the characters; `anchor` is the id of the first element.
    """

    start: int
    end: int
    element: str = "mark"
    css: str = ""
    label: str = ""
    anchor: str = ""

    def opening(self, *, is_first: bool) -> Markup:
        """Write the tag that opens the element."""
        attributes = Markup("")
        if self.anchor and is_first:
            attributes += Markup(' id="{}"').format(self.anchor)
        if self.css:
            attributes += Markup(' class="{}"').format(self.css)
        if self.label:
            attributes += Markup(' role="img" aria-label="{}" title="{}"').format(self.label, self.label)
        return Markup("<{}{}>").format(self.element, attributes)


def marked_html(text: str, text_format: TextFormat, ranges: Collection[Marked]) -> Markup:
    """Write a text as HTML with ranges of it marked; where ranges overlap, the later ones are inside.

    A range that begins or ends within markup, which is not shown, is marked from or to the next word inside; if that
    cannot be told either, all of the text is marked.
    """
    write = WRITERS[text_format]
    plain = write(text)
    if not ranges:
        return Markup(plain)  # noqa: S704 - the writers escape
    sign = next((chr(code) for code in _SIGNS if chr(code) not in text), "\0")
    for is_limit in (str.isspace, _is_no_word):
        narrowed = [one for one in (_narrowed(text, each, is_limit) for each in ranges) if one.start < one.end]
        places = sorted(set(chain.from_iterable((one.start, one.end) for one in narrowed)))
        signed = write(_with_signs(text, places, sign))
        if signed.replace(sign, "") == plain:
            return Markup("").join(_pieces(signed, sign, places, narrowed))
    whole = [Marked(0, 1, each.element, each.css, each.label, each.anchor) for each in ranges]
    return Markup("").join(_pieces(sign + plain, sign, [0, 1], whole))


def _is_no_word(character: str) -> bool:
    return not character.isalnum()


def _narrowed(text: str, marked: Marked, is_limit: Callable[[str], bool]) -> Marked:
    """Leave out characters at both ends that are no part of what is marked."""
    start, end = max(0, marked.start), min(len(text), marked.end)
    while start < end and is_limit(text[start]):
        start += 1
    while start < end and is_limit(text[end - 1]):
        end -= 1
    return Marked(start, end, marked.element, marked.css, marked.label, marked.anchor)


def _with_signs(text: str, places: Sequence[int], sign: str) -> str:
    cuts = [0, *places, len(text)]
    return sign.join(text[start:end] for start, end in pairwise(cuts))


def _pieces(html: str, sign: str, places: Sequence[int], ranges: Collection[Marked]) -> Iterator[Markup]:
    """Yield HTML in which each run of characters between two signs, within one element, is in elements of its own."""
    passed = 0
    begun: set[Marked] = set()
    for part in _TAG.split(html):
        if part.startswith("<"):
            passed += part.count(sign)
            yield Markup(part.replace(sign, ""))  # noqa: S704 - a tag of the writers
            continue
        for number, piece in enumerate(part.split(sign)):
            passed += number > 0
            # White space alone may stand between blocks, where no mark may be.
            here = [one for one in ranges if _covers(one, places, passed)] if piece.strip() else []
            opened = [one.opening(is_first=one not in begun) for one in here]
            begun.update(here)
            closed = [Markup("</{}>").format(one.element) for one in reversed(here)]
            yield Markup("").join([*opened, Markup(piece), *closed])  # noqa: S704 - text of the writers


def _covers(one: Marked, places: Sequence[int], passed: int) -> bool:
    return passed > 0 and one.start <= places[passed - 1] < one.end
