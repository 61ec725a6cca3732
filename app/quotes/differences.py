"""Describes how a quotation differs from the record, word by word, and which words change the meaning."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from app.quotes.alignment import AlignedRun, RunKind
from app.quotes.likeness import Likeness, likeness_of
from app.quotes.meaning import Meaning, is_name, meanings_of, opposites_in
from app.quotes.passage import TokenizedPassage
from app.quotes.quotation import Quotation
from app.quotes.tokens import Token, is_same_word

# Words reported for one difference, to keep a response small.
_MAX_MEANINGFUL_WORDS = 50
_QUESTION_MARKS = re.compile(r"[?？؟⁇⁈⁉՞;]")
_FULL_STOPS = re.compile(r"[.!。！｡]")


class DifferenceKind(StrEnum):
    """How the words of a quotation differ from the record."""

    TYPOGRAPHY = "typography"
    REPLACED = "replaced"
    LEFT_OUT = "left_out"
    ADDED = "added"
    OMITTED = "omitted"
    INSERTED = "inserted"
    MOVED = "moved"


@dataclass(frozen=True)
class MeaningfulWord:
    """A word that changes what a sentence means, and how."""

    word: str
    meaning: Meaning


@dataclass(frozen=True)
class QuotationDifference:
    """What is quoted and what stands in the record instead; either may be empty.

    Offsets are in code points: those of `quoted` in the quotation as given, those of `stands` in the match's `text`.
    """

    kind: DifferenceKind
    quoted: str
    quoted_start: int
    quoted_end: int
    stands: str
    stands_start: int
    stands_end: int
    meaningful_words: tuple[MeaningfulWord, ...] = ()
    likeness: Likeness | None = None


class DifferenceWriter:
    """Turns the runs of an alignment into differences. `start` is where the match begins in the passage's text."""

    def __init__(self, quotation: Quotation, tokenized: TokenizedPassage, start: int, names: Collection[str]) -> None:
        self._quotation, self._tokenized, self._start, self._names = quotation, tokenized, start, names
        self._quoted = [word.text for word in quotation.words]
        self._said = [word.text for word in tokenized.words]

    def differences(self, runs: Sequence[AlignedRun]) -> Iterator[QuotationDifference]:
        """Yield the differences in the order of the quotation."""
        reached = 0
        for run in runs:
            if run.kind is RunKind.SAME:
                if run.start < reached:
                    yield self._difference(DifferenceKind.MOVED, run)
                yield from self._typography(run)
            elif run.quoted_end > run.quoted_start or run.end > run.start:
                yield self._difference(DifferenceKind(run.kind.value), run)
            reached = max(reached, run.end)

    def _typography(self, run: AlignedRun) -> Iterator[QuotationDifference]:
        for step in range(run.quoted_end - run.quoted_start):
            quoted = self._quotation.words[run.quoted_start + step]
            stands = self._tokenized.words[run.start + step]
            if self._quotation.text[quoted.start : quoted.end] != self._tokenized.text[stands.start : stands.end]:
                one = AlignedRun(
                    run.kind,
                    run.quoted_start + step,
                    run.quoted_start + step + 1,
                    run.start + step,
                    run.start + step + 1,
                )
                yield self._difference(DifferenceKind.TYPOGRAPHY, one)

    def _difference(self, kind: DifferenceKind, run: AlignedRun) -> QuotationDifference:
        first, last = _text_range(self._quotation.words, run.quoted_start, run.quoted_end)
        begin, end = _text_range(self._tokenized.words, run.start, run.end)
        no_words_differ = kind in {DifferenceKind.TYPOGRAPHY, DifferenceKind.MOVED}
        return QuotationDifference(
            kind,
            self._quotation.text[first:last],
            first + self._quotation.offset,
            last + self._quotation.offset,
            self._tokenized.text[begin:end],
            max(begin - self._start, 0),
            max(end - self._start, 0),
            () if no_words_differ else self._meaningful_words(run),
            None if no_words_differ else likeness_of(run, self._quoted, self._said, self._tokenized.sounds),
        )

    def _meaningful_words(self, run: AlignedRun) -> tuple[MeaningfulWord, ...]:
        quoted = self._quotation.words[run.quoted_start : run.quoted_end]
        stands = self._tokenized.words[run.start : run.end]
        found: dict[MeaningfulWord, None] = {}
        for text, words in ((self._quotation.text, quoted), (self._tokenized.text, stands)):
            for word in words:
                shown = text[word.start : word.end]
                found.update((MeaningfulWord(shown, meaning), None) for meaning in sorted(meanings_of(word.text)))
                if is_name(text, word.start, word.end, self._names):
                    found[MeaningfulWord(shown, Meaning.NAME)] = None
        if run.kind in {RunKind.REPLACED, RunKind.INSERTED}:
            found.update((MeaningfulWord(word, Meaning.OPPOSITE), None) for word in opposites_in(quoted, stands))
        return tuple(found)[:_MAX_MEANINGFUL_WORDS]


def _text_range(words: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    if last > first:
        return words[first].start, words[last - 1].end
    place = words[first].start if first < len(words) else words[-1].end
    return place, place


def question_mark_differs(quotation: Quotation, tokenized: TokenizedPassage, runs: Sequence[AlignedRun]) -> bool:
    """Whether quotation and record disagree on a question mark, between two of the same words or at the end."""
    for run in runs:
        if run.kind is not RunKind.SAME:
            continue
        quoted = pairwise(quotation.words[run.quoted_start : run.quoted_end])
        stands = pairwise(tokenized.words[run.start : run.end])
        for (one, two), (three, four) in zip(quoted, stands, strict=True):
            if _has_question_mark(quotation.text[one.end : two.start]) != _has_question_mark(
                tokenized.text[three.end : four.start]
            ):
                return True
    last = runs[-1]
    if last.kind is not RunKind.SAME or last.quoted_end < len(quotation.words):
        return False
    closing = quotation.text[quotation.words[-1].end :]
    following = tokenized.words[last.end].start if last.end < len(tokenized.words) else len(tokenized.text)
    asked = _has_question_mark(tokenized.text[tokenized.words[last.end - 1].end : following])
    return asked != _has_question_mark(closing) if _has_question_mark(closing) or _FULL_STOPS.search(closing) else False


def _has_question_mark(between: str) -> bool:
    return _QUESTION_MARKS.search(between) is not None


def recheck_words(quotation: Quotation, tokenized: TokenizedPassage, runs: list[AlignedRun]) -> list[AlignedRun]:
    """Mark words as replaced that have the same key but are not the same word, such as Maße and Masse."""
    if quotation.text.isascii() and tokenized.text.isascii():
        return runs
    checked: list[AlignedRun] = []
    for run in runs:
        if run.kind is not RunKind.SAME:
            checked.append(run)
            continue
        begin = run.quoted_start
        for step in range(run.quoted_start, run.quoted_end):
            place = run.start + step - run.quoted_start
            if is_same_word(quotation.words[step].text, tokenized.words[place].text):
                continue
            shift = run.start - run.quoted_start
            if step > begin:
                checked.append(AlignedRun(RunKind.SAME, begin, step, begin + shift, step + shift))
            checked.append(AlignedRun(RunKind.REPLACED, step, step + 1, place, place + 1))
            begin = step + 1
        if begin < run.quoted_end:
            checked.append(
                AlignedRun(RunKind.SAME, begin, run.quoted_end, begin + run.start - run.quoted_start, run.end)
            )
    return checked
