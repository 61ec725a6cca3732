"""Marks a quotation word by word: what of it was said, what was not, and what was said instead. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.quotes import DifferenceKind

Item = dict[str, Any]
# Scripts that are written without spaces between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# Characters of a marked omission that are shown, at most.
_LONGEST = 300


class PieceKind(StrEnum):
    """What a piece of a marked quotation is."""

    SAME = "same"
    WRITTEN = "written"
    NOT_SAID = "not_said"
    SAID = "said"
    MARKED = "marked"
    MARKED_FOR = "marked_for"
    MOVED = "moved"


@dataclass(frozen=True)
class Piece:
    """A piece of a marked quotation, in order. `NOT_SAID` is quoted and was not said; `SAID` was said and is not
    quoted; `MARKED` is a mark of the quotation, such as an ellipsis, and `MARKED_FOR` what stands in its place;
    `WRITTEN` differs only in how it is written.
    """

    kind: PieceKind
    text: str


_QUOTED = {
    DifferenceKind.TYPOGRAPHY: PieceKind.WRITTEN,
    DifferenceKind.REPLACED: PieceKind.NOT_SAID,
    DifferenceKind.ADDED: PieceKind.NOT_SAID,
    DifferenceKind.OMITTED: PieceKind.MARKED,
    DifferenceKind.INSERTED: PieceKind.MARKED,
    DifferenceKind.MOVED: PieceKind.MOVED,
}
_STANDING = {
    DifferenceKind.REPLACED: PieceKind.SAID,
    DifferenceKind.LEFT_OUT: PieceKind.SAID,
    DifferenceKind.OMITTED: PieceKind.MARKED_FOR,
    DifferenceKind.INSERTED: PieceKind.MARKED_FOR,
}


def mark(text: str, differences: Sequence[Item], *, is_altered: bool = False) -> list[Piece]:
    """Return a quotation in pieces, with what was said beside what was not.

    In one that is altered, words that change the meaning and are hidden by a mark are `SAID` too.
    """
    return [piece for piece in _pieces(text, differences, is_altered=is_altered) if piece.text]


def _pieces(text: str, differences: Sequence[Item], *, is_altered: bool) -> Iterator[Piece]:
    at = 0
    for one in sorted(differences, key=lambda one: (one["quoted_start"], one["quoted_end"])):
        start, end = max(one["quoted_start"], at), max(one["quoted_end"], at)
        yield Piece(PieceKind.SAME, text[at:start])
        kind = DifferenceKind(one["kind"])
        if start < end:
            yield Piece(_QUOTED.get(kind, PieceKind.SAME), text[start:end])
        if kind in _STANDING and one["stands"]:
            standing = PieceKind.SAID if is_altered and one["telling"] else _STANDING[kind]
            yield from _beside(Piece(standing, _shown(one["stands"])), text[:end], text[end:])
        at = end
    yield Piece(PieceKind.SAME, text[at:])


def _beside(piece: Piece, before: str, after: str) -> Iterator[Piece]:
    """Yield a piece with a space on each side where its script has spaces and there is none."""
    is_spaced = _UNSPACED.search(piece.text) is None
    if is_spaced and before[-1:].strip():
        yield Piece(PieceKind.SAME, " ")
    yield piece
    if is_spaced and after[:1].isalnum():
        yield Piece(PieceKind.SAME, " ")


def _shown(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 2].rstrip()} … {text[-_LONGEST // 2 :].lstrip()}"


def context(match: Item, limit: int) -> tuple[str, str]:
    """Return what stands before and after a match, from the first to the last whole word; an ellipsis says that there
    is more. `limit` is how many characters of the context a match has at most.
    """
    before, after = match["before"], match["after"]
    if len(before) >= limit:
        cut = re.search(r"\s", before)
        before = f"… {before[cut.end() :] if cut else before}"
    if len(after) >= limit:
        cut = re.search(r"\s\S*\Z", after)
        after = f"{after[: cut.start()] if cut else after} …"
    return before, after
