"""Finds turns and questions by their first words, and says how one is found again. Pure."""

import re
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from app.text.folding import REDACTED
from app.text.paragraphs import PARAGRAPH
from app.transcripts.metadata_tables import Place

# Words of a turn that tell it apart, to begin with, and words of the turn before it.
_WORDS = 8
_WORD = re.compile(r"\S+")


class Places:
    """Texts in order, to be found by their beginning. `before` has what stands before each of them."""

    def __init__(self, texts: Sequence[str], before: Sequence[str] | None = None) -> None:
        self._texts = list(texts)
        self._before = list(before) if before is not None else ["", *self._texts[:-1]]
        self._in_order = sorted(self._texts)

    def replace(self, start: int, stop: int, texts: Sequence[str]) -> None:
        """Put other texts in the place of some. Each one stands after the one before."""
        for text in self._texts[start:stop]:
            del self._in_order[bisect_left(self._in_order, text)]
        for text in texts:
            insort(self._in_order, text)
        self._texts[start:stop] = texts
        self._before = ["", *self._texts[:-1]]

    def find(self, place: Place, noun: str) -> int:
        """Return which text is meant.

        Raises:
            LookupError: none or several are meant; the message says so, and calls them `noun`.
        """
        begins = place.begins
        found = self._all(begins)
        if place.after is not None:
            found = [index for index in found if self._stands_after(index, place.after)]
        where = f" after {place.after!r}" if place.after else " at the beginning" if place.after == "" else ""
        if not found:
            raise LookupError(f"no {noun} begins with {begins!r}{where}")
        if place.of is not None and place.of != len(found):
            raise LookupError(f"{_count(len(found), noun)} with {begins!r}{where}, not {place.of}")
        if place.occurrence is not None:
            if place.occurrence > len(found):
                raise LookupError(f"only {_count(len(found), noun)} with {begins!r}{where}")
            return found[place.occurrence - 1]
        if len(found) > 1:
            reason = f"{_count(len(found), noun)} with {begins!r}{where}; write more of its words, or `occurrence`"
            raise LookupError(reason)
        return found[0]

    def describe(self, index: int, end: int | None = None) -> dict[str, Any]:
        """Return the keys of a `Place` that means one text only: as few words as tell it apart, eight at least.

        Words from `end` on are left out.
        """
        text = self._texts[index][:end].rstrip()
        begins = text
        for word in list(_WORD.finditer(text))[_WORDS - 1 :]:
            if self._holds(text[: word.end()]) == 1:
                begins = text[: word.end()]
                break
        found = self._all(begins)
        if len(found) == 1:
            return {"begins": begins}
        after = _last_words(self._before[index])
        found = [one for one in found if self._stands_after(one, after)]
        if len(found) == 1:
            return {"begins": begins, "after": after}
        return {"begins": begins, "after": after, "occurrence": found.index(index) + 1, "of": len(found)}

    def describe_absent(self, text: str, before: str) -> dict[str, Any]:
        """Return the keys of a `Place` that would mean a text, if it stood here after another one: it does not.

        As few words as no text here begins with, eight at least; all of them, and the last words before, where there
        are none.
        """
        for word in list(_WORD.finditer(text))[_WORDS - 1 :]:
            if not self._holds(text[: word.end()]):
                return {"begins": text[: word.end()]}
        return {"begins": text, "after": _last_words(before)} if self._holds(text) else {"begins": text}

    def text(self, index: int) -> str:
        """Return a text."""
        return self._texts[index]

    def text_before(self, index: int) -> str:
        """Return what stands before a text."""
        return self._before[index]

    def _stands_after(self, index: int, words: str) -> bool:
        before = self._before[index].rstrip()
        return is_redacted_form(words, before[-len(words) :]) if words else not before

    def _holds(self, begins: str) -> int:
        """Count the texts that begin so: they stand together in their order."""
        first = bisect_left(self._in_order, begins)
        past = bisect_left(self._in_order, True, first, key=lambda text: not text.startswith(begins))
        return past - first

    def _all(self, begins: str) -> list[int]:
        if self._holds(begins):
            return [index for index, text in enumerate(self._texts) if text.startswith(begins)]
        if REDACTED not in begins:
            return []
        # What is redacted in one of the two may stand in the other one.
        return [index for index, text in enumerate(self._texts) if is_redacted_form(begins, text[: len(begins)])]


def places_of_questions(turns: Sequence[str], asked: Sequence[Sequence[int]]) -> Places:
    """Return questions, given by the indexes of their turns, to be found by their first words."""
    texts = [PARAGRAPH.join(turns[index] for index in question) for question in asked]
    return Places(texts, ["" if question[0] == 0 else turns[question[0] - 1] for question in asked])


def _last_words(text: str) -> str:
    words = list(_WORD.finditer(text))[-_WORDS:]
    return text[words[0].start() :].rstrip() if words else ""


def is_redacted_form(words: str, text: str) -> bool:
    """Whether words are a text, or would be if what is redacted in one of them were in the other one."""
    return words == text or (
        len(words) == len(text)
        and all(REDACTED in pair or pair[0] == pair[1] for pair in zip(words, text, strict=True))
    )


def occurrences(words: str, text: str, after: str | None = None) -> list[int]:
    """Return where words stand in a text, right after some others if these are given: two places at most."""
    exact = (at for at in _all_of(words, text) if after is None or text.endswith(after, 0, _end_before(text, at)))
    if found := list(islice(exact, 2)):
        return found
    # What is redacted in one of the two may stand in the other one.
    starts = range(len(text) - len(words) + 1) if REDACTED in words else _all_of(words, text)
    alike = (at for at in starts if is_redacted_form(words, text[at : at + len(words)]))
    return list(islice((at for at in alike if after is None or _ends_alike(text, at, after)), 2))


def _all_of(words: str, text: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _end_before(text: str, at: int) -> int:
    """Return where the words end that stand before an offset."""
    while at and text[at - 1].isspace():
        at -= 1
    return at


def _ends_alike(text: str, at: int, after: str) -> bool:
    end = _end_before(text, at)
    return end >= len(after) and is_redacted_form(after, text[end - len(after) : end])


def parting_words(text: str, at: int, number: int) -> dict[str, str]:
    """Return the keys of a `TurnTable` that part a text before the word at an offset.

    `part_at` has that number of words, or more where the text has those more than once; where it has all words to its
    end more than once, `part_after` has the words before them.
    """
    rest = [word.end() for word in _WORD.finditer(text, at)]
    for count in _doubling(number, len(rest)):
        if occurrences(words := text[at : rest[count - 1]], text) == [at]:
            return {"part_at": words}
    before = [word.start() for word in _WORD.finditer(text[:at])]
    end = _end_before(text, at)
    return next(
        {"part_at": words, "part_after": after}
        for count in _doubling(1, len(before))
        if occurrences(words, text, after := text[before[-count] : end]) == [at]
    )


def _doubling(first: int, last: int) -> Iterator[int]:
    """Count up to a number, in steps so large that long texts take no longer than they are."""
    count = min(first, last)
    while count < last:
        yield count
        count = min(2 * count, last)
    yield last


def _count(number: int, noun: str) -> str:
    return f"{number} {noun} begins" if number == 1 else f"{number} {noun}s begin"
