"""Finds the labels of concepts in a text: whole words, singular or plural, and the longest label where several overlap.

One pass finds all labels (Aho and Corasick 1975). It goes over words rather than characters, so that no part of a word
matches; its time depends on the length of the text alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick

from app.topics.concepts import ConceptLabel, LabelKind, Vocabulary
from app.topics.words import WordSequence, is_unspaced, primary, split_words

# A qualifier in parentheses distinguishes concepts of the same name: `Mercury (planet)`. Speakers do not say it.
_QUALIFIER = re.compile(r"\([^()]*\)\s*$")
_ACRONYM = re.compile(r"[A-Z]{2,5}")
# Characters of a label at least in scripts without spaces, where each character is one word.
_SHORTEST_UNSPACED = 2


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A label found in a text, from start up to end in code points; `words` is the number of its words."""

    topic: str
    label: ConceptLabel
    start: int
    end: int
    words: int


@dataclass(frozen=True, slots=True)
class _LabelEntry:
    topic: str
    label: ConceptLabel
    words: int
    is_acronym: bool


class Matcher:
    """Finds labels in texts of one language; None stands for an unknown language, in which all labels are searched for.

    Labels without a language are searched for in all texts, labels in another language are not: the French `pain`
    (bread) is a different word in an English text.
    """

    def __init__(self, concepts: Vocabulary, language: str | None) -> None:
        self.language = language
        self._numbers: dict[str, int] = {}
        entries: dict[tuple[int, ...], list[_LabelEntry]] = {}
        for topic, concept in concepts.items():
            of_topic: dict[tuple[int, ...], _LabelEntry] = {}
            for label in concept.labels:
                for spoken in self._spoken(label):
                    keys = split_words(spoken.text, language).keys
                    if not keys or (is_unspaced(spoken.text) and len(keys) < _SHORTEST_UNSPACED):
                        continue
                    sequence = tuple(self._numbers.setdefault(key, len(self._numbers) + 1) for key in keys)
                    is_acronym = _ACRONYM.fullmatch(spoken.text) is not None
                    of_topic.setdefault(sequence, _LabelEntry(topic, spoken, len(keys), is_acronym))
            for sequence, entry in of_topic.items():
                entries.setdefault(sequence, []).append(entry)
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_ANY, ahocorasick.KEY_SEQUENCE)
        for sequence, found in entries.items():
            self._automaton.add_word(sequence, found)
        self._is_empty = not entries
        if entries:
            self._automaton.make_automaton()

    def _spoken(self, label: ConceptLabel) -> Iterator[ConceptLabel]:
        """Yield a label that can occur in texts of this language, and its form without a qualifier."""
        is_foreign = None not in (self.language, label.language) and primary(label.language or "") != primary(
            self.language or ""
        )
        if is_foreign:
            return
        yield label
        qualifier = _QUALIFIER.search(label.text)
        short = label.text[: qualifier.start()].rstrip() if qualifier else label.text
        if short and short != label.text:
            yield ConceptLabel(LabelKind.HIDDEN, label.language, short)

    def named(self, name: str) -> list[str]:
        """Return the topics that have a name, such as a tag, as a label."""
        whole = len(split_words(name, self.language).keys)
        return [match.topic for match in self.find(name) if match.words == whole]

    def find(self, text: str, words: WordSequence | None = None) -> list[LabelMatch]:
        """Return the matches in a text, in order. Pass its `words` if they are already split."""
        if self._is_empty:
            return []
        words = words or split_words(text, self.language)
        numbers = self._numbers
        sequence = tuple(numbers.get(key, 0) for key in words.keys)
        if not any(sequence):
            return []
        found = [(last - entries[0].words + 1, last, entries) for last, entries in self._automaton.iter(sequence)]
        # Of overlapping matches the longest counts: not `religion` in `freedom of religion`.
        found.sort(key=lambda match: (match[0], -match[1]))
        matches, reached = [], -1
        for first, last, entries in found:
            if last <= reached:
                continue
            reached = last
            start, end = words.spans[first][0], words.spans[last][1]
            matches += [
                LabelMatch(entry.topic, entry.label, start, end, entry.words)
                for entry in entries
                # In lower case, `us` and `who` are words and not acronyms.
                if not entry.is_acronym or text[start:end].isupper()
            ]
        return matches
