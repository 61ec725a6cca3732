"""Redaction of words: blanks them, finds them in other versions of a text, and recognizes them in a new file. Pure.

Each redacted character is replaced by one sign, so that all other offsets stay valid. The words themselves are not
stored: they are recognized by salted digests.
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
# Words of a piece. A long passage is recognized by pieces, so that it still is when one of its words was corrected.
_PIECE_LENGTH = 8
# One in three pieces of a whole redacted turn has to be in another turn for that to be the same turn.
_SHARE_OF_WHOLE = 3
# Parameters of scrypt (RFC 7914). Testing one guess takes some hundredths of a second and 8 MiB, so that somebody with
# the database cannot try all names.
_SCRYPT = {"n": 2**13, "r": 8, "p": 1, "dklen": 32}
# Bits of a checksum that rules out most pieces without the slow digest. They reveal next to nothing about the words.
_CHECKSUM_BITS = 0xFFFF
_SEPARATOR = "\x1f"


def blank(text: str, spans: Iterable[Span]) -> str:
    """Replace each character of some spans, given in code points, by the sign of redaction."""
    for start, end in spans:
        text = text[:start] + REDACTED * (len(text[start:end])) + text[end:]
    return text


def is_blank(text: str) -> bool:
    """Whether a text is redacted as a whole."""
    return bool(text) and text == REDACTED * len(text)


def widened(text: str, start: int, end: int) -> Span:
    """Widen a span to whole words, so that the rest of a word cannot be guessed from what is left of it."""
    for token in tokens(text):
        if token.start < end and start < token.end:
            start, end = min(start, token.start), max(end, token.end)
    return start, end


def merged(spans: Iterable[Span]) -> list[Span]:
    """Sort spans and merge those that touch or overlap."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def carried(spans: Iterable[Span], before: str, after: str) -> list[Span]:
    """Find where spans of one version of a text are in another version, or what stands in their place there.

    A span reaches up to the nearest words that both versions have: it covers too much rather than a word too few.
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
    """The words of a passage to be redacted, as `keys` to compare them by; `is_whole` if it is a whole turn."""

    keys: tuple[str, ...]
    is_whole: bool

    @classmethod
    def of(cls, text: str, *, is_whole: bool) -> "RedactedWords":
        """Take the words of a text, which is a whole turn or a part of one."""
        return cls(tuple(key_of(token.text) for token in tokens(text)), is_whole)

    def found_in(self, text: str) -> list[Span]:
        """Find these words in a text, whatever their case and typography."""
        pieces = {self.keys[at : at + self.split.piece_length]: number for number, at in enumerate(self.split.places)}
        return self.split.found_in(text, lambda keys: pieces.get(tuple(keys)))

    @property
    def split(self) -> "_Pieces":
        """How the words are split into pieces."""
        return _Pieces(len(self.keys), self.is_whole)


@dataclass(frozen=True)
class _Pieces:
    """Splits a passage of `length` words into pieces, and finds it by them."""

    length: int
    is_whole: bool

    @property
    def piece_length(self) -> int:
        return min(self.length, _PIECE_LENGTH)

    @property
    def places(self) -> list[int]:
        """Positions of the words at which pieces begin; the last piece ends where the passage does."""
        return [*range(0, self.length - self.piece_length, _PIECE_LENGTH), self.length - self.piece_length]

    def found_in(self, text: str, piece_of: Callable[[Sequence[str]], int | None]) -> list[Span]:
        """Find the passage in a text by its pieces. A span covers the whole passage even if some of its pieces differ.

        `piece_of` returns the number of the piece that some keys are, or None.
        """
        if not self.length:
            return []
        words = tokens(text)
        keys = [key_of(word.text) for word in words]
        places = self.places
        spans: list[Span] = []
        pieces: set[int] = set()
        for at in range(len(keys) - self.piece_length + 1):
            piece = piece_of(keys[at : at + self.piece_length])
            if piece is None:
                continue
            pieces.add(piece)
            first = max(0, at - places[piece])
            last = min(len(words), first + self.length) - 1
            spans.append((words[first].start, words[max(last, at + self.piece_length - 1)].end))
        if self.is_whole and len(pieces) * _SHARE_OF_WHOLE >= len(places) and len(keys) <= 2 * self.length:
            return [(0, len(text))]
        return merged(spans)


@dataclass(frozen=True)
class Fingerprint:
    """What is stored of redacted words: enough to recognize them, too little to recover them.

    `pieces` are a checksum and a digest of each piece, in order, both made with `salt` (hexadecimal).
    """

    length: int
    is_whole: bool
    salt: str
    pieces: Sequence[tuple[int, str]]

    @classmethod
    def of(cls, words: RedactedWords) -> "Fingerprint":
        """Compute the fingerprint of some words with a new salt."""
        salt = secrets.token_bytes(16)
        piece_length = words.split.piece_length
        pieces = [words.keys[at : at + piece_length] for at in words.split.places] if words.keys else []
        digests = [(_checksum(salt, piece), _digest(salt, piece)) for piece in pieces]
        return cls(len(words.keys), words.is_whole, salt.hex(), digests)

    def found_in(self, text: str) -> list[Span]:
        """Find the words in a text, as RedactedWords.found_in() does."""
        salt = bytes.fromhex(self.salt)
        by_checksum: dict[int, dict[str, int]] = {}
        for number, (checksum, digest) in enumerate(self.pieces):
            by_checksum.setdefault(checksum, {})[digest] = number

        def piece_of(keys: Sequence[str]) -> int | None:
            digests = by_checksum.get(_checksum(salt, keys))
            return None if digests is None else digests.get(_digest(salt, keys))

        return _Pieces(self.length, self.is_whole).found_in(text, piece_of)


def _checksum(salt: bytes, keys: Sequence[str]) -> int:
    return zlib.crc32(_SEPARATOR.join(keys).encode("utf-8", "surrogatepass"), zlib.crc32(salt)) & _CHECKSUM_BITS


def _digest(salt: bytes, keys: Sequence[str]) -> str:
    joined = _SEPARATOR.join(keys).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(joined, salt=salt, **_SCRYPT).hex()


def brought_back(old: Sequence[str], marked: Mapping[int, Sequence[Span]], new: Sequence[str]) -> dict[int, list[Span]]:
    """Find the spans of new turns, by index, that stand where old turns have been redacted, whatever their words are.

    `marked` are the redacted spans of old turns, by index. New turns are aligned with old ones by their words; turns
    that are redacted as a whole are matched by their neighbours.
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
    """Return the new turns that stand where all old turns are redacted as a whole."""
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
