"""Finds the labels of concepts in a text: whole words, plurals told, the longest label wins.

All labels are looked for in one pass (Aho and Corasick 1975) over words, not characters, so that half a word is never
found and the time grows with the length of the text alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick

from app.topics.concepts import ConceptLabel, LabelKind, Vocabulary
from app.topics.words import WordSequence, is_unspaced, primary, split_words

# What follows in parentheses tells two concepts of one name apart; nobody says it.
_QUALIFIER = re.compile(r"\s*\([^()]*\)\s*$")
_ACRONYM = re.compile(r"[A-Z]{2,5}")
_SHORTEST_UNSPACED = 2


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A label of a topic found in a text, from start up to end, in code points; `words` is how many words it has."""

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
    """The labels that can stand in texts of one language; None is a language that is not known, and takes all labels.

    A label without a language may stand in a text of any. One in another language is not looked for: `pain` is no
    French word in an English text.
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
        """Yield the label if it can stand in these texts, and what is said of it where that is less."""
        stranger = None not in (self.language, label.language) and primary(label.language or "") != primary(
            self.language or ""
        )
        if stranger:
            return
        yield label
        short = _QUALIFIER.sub("", label.text)
        if short and short != label.text:
            yield ConceptLabel(LabelKind.HIDDEN, label.language, short)

    def named(self, name: str) -> list[str]:
        """Return the topics of which a name, such as a tag, is a label as a whole."""
        whole = len(split_words(name, self.language).keys)
        return [match.topic for match in self.find(name) if match.words == whole]

    def find(self, text: str, words: WordSequence | None = None) -> list[LabelMatch]:
        """Return the matches in a text in order. `words` are its words, where they are known already."""
        if self._is_empty:
            return []
        words = words or split_words(text, self.language)
        numbers = self._numbers
        sequence = tuple(numbers.get(key, 0) for key in words.keys)
        if not any(sequence):
            return []
        found = [(last - entries[0].words + 1, last, entries) for last, entries in self._automaton.iter(sequence)]
        # A match inside a longer one is part of another name: `religion` in `freedom of religion`.
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
                # `us` and `who` are no countries and no organizations.
                if not entry.is_acronym or text[start:end].isupper()
            ]
        return matches
