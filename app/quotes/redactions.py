"""Words taken out of a record: what stands in their place, where the same words stand in other wordings, and how they
are told again if a file brings them back, though nobody keeps them. Pure.

Each character of a redacted passage is replaced by one sign, so that every offset behind it stays true.
"""

import hashlib
import secrets
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from app.quotes.tokens import key_of, tokens
from app.text.alignment import align
from app.text.folding import REDACTED

Span = tuple[int, int]
# Words are told again in pieces of so many, so that a long passage is known though a word of it was corrected.
_WINDOW = 8
# Of the pieces of a whole turn, one in so many has to be there for another turn to be the same one.
_PIECES_OF_WHOLE = 3
# A test of a guess costs some hundredths of a second and 8 MiB: whoever has the database cannot try all names.
_SCRYPT = {"n": 2**13, "r": 8, "p": 1, "dklen": 32}
# Most windows are told to be others by these bits alone, which say next to nothing of the words.
_FEW_BITS = 0xFFFF
_BETWEEN = "\x1f"


def blank(text: str, spans: Iterable[Span]) -> str:
    """Put the sign of redaction in place of each character of some spans, in code points."""
    for start, end in spans:
        text = text[:start] + REDACTED * (len(text[start:end])) + text[end:]
    return text


def is_blank(text: str) -> bool:
    """Whether nothing is left of a text."""
    return bool(text) and text == REDACTED * len(text)


def widened(text: str, start: int, end: int) -> Span:
    """Widen a span to whole words, so that no piece of one is left to guess the rest by."""
    for token in tokens(text):
        if token.start < end and start < token.end:
            start, end = min(start, token.start), max(end, token.end)
    return start, end


def merged(spans: Iterable[Span]) -> list[Span]:
    """Put spans in order, and those together that touch or overlap."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def carried(spans: Iterable[Span], before: str, after: str) -> list[Span]:
    """Find where spans of one wording are in another wording of the same text, or what stands in their place.

    That is everything between the nearest words that both have: rather too much than a word too few.
    """
    old, new = tokens(before), tokens(after)
    matched: list[tuple[int, int]] = []
    for block in Indel.opcodes([key_of(one.text) for one in old], [key_of(one.text) for one in new]):
        if block.tag == "equal":
            matched += zip(range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True)
    found: list[Span] = []
    for start, end in spans:
        if (start, end) == (0, len(before)):
            return [(0, len(after))]
        ahead = [there for here, there in matched if old[here].end <= start]
        behind = [there for here, there in matched if old[here].start >= end]
        first, last = ahead[-1] + 1 if ahead else 0, behind[0] if behind else len(new)
        if first < last:
            found.append((new[first].start, new[last - 1].end))
    return merged(found)


@dataclass(frozen=True)
class RedactedWords:
    """The words of a redacted passage, while there are any: `keys` are equal for words that are read as the same."""

    keys: tuple[str, ...]
    is_whole: bool

    @classmethod
    def of(cls, text: str, *, is_whole: bool) -> "RedactedWords":
        """Take the words of a passage, which is a whole turn or a part of one."""
        return cls(tuple(key_of(token.text) for token in tokens(text)), is_whole)

    def found_in(self, text: str) -> list[Span]:
        """Find where these words stand in a text, whatever their case and typography."""
        pieces = {self.keys[at : at + self.shape.window]: number for number, at in enumerate(self.shape.places)}
        return self.shape.found_in(text, lambda keys: pieces.get(tuple(keys)))

    @property
    def shape(self) -> "_Shape":
        """How the passage is cut into pieces."""
        return _Shape(len(self.keys), self.is_whole)


@dataclass(frozen=True)
class _Shape:
    """How long a passage is, in words, and into which pieces it is cut."""

    length: int
    is_whole: bool

    @property
    def window(self) -> int:
        return min(self.length, _WINDOW)

    @property
    def places(self) -> list[int]:
        """Where pieces begin; the last one ends with the passage."""
        return [*range(0, self.length - self.window, _WINDOW), self.length - self.window]

    def found_in(self, text: str, piece_of: Callable[[Sequence[str]], int | None]) -> list[Span]:
        """Find the passage in a text by its pieces, with what stands where the rest of it should be."""
        if not self.length:
            return []
        words = tokens(text)
        keys = [key_of(word.text) for word in words]
        places = self.places
        spans: list[Span] = []
        pieces: set[int] = set()
        for at in range(len(keys) - self.window + 1):
            piece = piece_of(keys[at : at + self.window])
            if piece is None:
                continue
            pieces.add(piece)
            first = max(0, at - places[piece])
            last = min(len(words), first + self.length) - 1
            spans.append((words[first].start, words[max(last, at + self.window - 1)].end))
        if self.is_whole and len(pieces) * _PIECES_OF_WHOLE >= len(places) and len(keys) <= 2 * self.length:
            return [(0, len(text))]
        return merged(spans)


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of redacted words: enough to know them again, and too little to learn them from.

    `pieces` are the few bits and the digest of each piece, in order, made with `salt`, which is hexadecimal.
    """

    length: int
    is_whole: bool
    salt: str
    pieces: Sequence[tuple[int, str]]

    @classmethod
    def of(cls, words: RedactedWords) -> "Fingerprint":
        """Make the fingerprint of some words."""
        salt = secrets.token_bytes(16)
        window = words.shape.window
        pieces = [words.keys[at : at + window] for at in words.shape.places] if words.keys else []
        made = [(_few_bits(salt, piece), _digest(salt, piece)) for piece in pieces]
        return cls(len(words.keys), words.is_whole, salt.hex(), made)

    def found_in(self, text: str) -> list[Span]:
        """Find where the words stand in a text, as RedactedWords.found_in() does."""
        salt = bytes.fromhex(self.salt)
        by_bits: dict[int, dict[str, int]] = {}
        for number, (bits, digest) in enumerate(self.pieces):
            by_bits.setdefault(bits, {})[digest] = number

        def piece_of(keys: Sequence[str]) -> int | None:
            digests = by_bits.get(_few_bits(salt, keys))
            return None if digests is None else digests.get(_digest(salt, keys))

        return _Shape(self.length, self.is_whole).found_in(text, piece_of)


def _few_bits(salt: bytes, keys: Sequence[str]) -> int:
    return zlib.crc32(_BETWEEN.join(keys).encode("utf-8", "surrogatepass"), zlib.crc32(salt)) & _FEW_BITS


def _digest(salt: bytes, keys: Sequence[str]) -> str:
    joined = _BETWEEN.join(keys).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(joined, salt=salt, **_SCRYPT).hex()


def brought_back(old: Sequence[str], marked: Mapping[int, Sequence[Span]], new: Sequence[str]) -> dict[int, list[Span]]:
    """Find what stands in new turns where old ones have been redacted, whatever the words are.

    `marked` are the redacted spans of old turns, by index. A turn that is the same as one of them is compared with it;
    of turns of which nothing is left, those are the same that stand between the same neighbours.
    """
    same = align(old, new)
    found: dict[int, list[Span]] = {}
    for place, index in enumerate(same):
        if index is not None and index in marked and not is_blank(old[index]):
            spans = carried(marked[index], old[index], new[place])
            if not all(is_blank(new[place][slice(*span)]) for span in spans):
                found[place] = spans
    for place in _between_neighbours(old, same):
        if new[place] and not is_blank(new[place]):
            found[place] = [(0, len(new[place]))]
    return found


def _between_neighbours(old: Sequence[str], same: Sequence[int | None]) -> list[int]:
    """List the new turns that stand where only turns stood before of which nothing is left."""
    found: list[int] = []
    gap: list[int] = []
    before = -1
    for place, index in [*enumerate(same), (len(same), len(old))]:
        if index is None:
            gap.append(place)
            continue
        between = range(before + 1, index)
        if gap and between and all(is_blank(old[one]) for one in between):
            found += gap
        gap, before = [], index
    return found
