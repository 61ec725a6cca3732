"""Finds similar texts by the cosine of TF-IDF vectors of their words, in bounded time a text.

Only the words with the highest weights of a text are compared, with only those texts in which each weighs most. Up to
those limits the result is exact; beyond them, the weakest similarities are missed.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Words of a text that are compared, and texts that a word is compared with, at most.
_WORDS_OF_A_TEXT = 32
_TEXTS_OF_A_WORD = 64
# Unique words assumed of every text in addition: otherwise, two texts "yes, exactly" would be fully similar.
_ASSUMED_UNIQUE_WORDS = 8
# Neighbours from one conversation at most, so that a long one does not outvote all others.
_TEXTS_OF_A_GROUP = 3
# Terms that are reported for a neighbour.
_SHARED_TERMS = 5

Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A similar text, its similarity (cosine, 0 to 1), and the shared words that contribute to it, highest first."""

    id: str
    similarity: float
    terms: tuple[str, ...]


class Frequencies:
    """Counts in how many texts of a corpus each word occurs."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self._count = 0
        self._texts_with: Counter[str] = Counter()
        for words in texts:
            self.add(words)

    def add(self, words: Iterable[str]) -> None:
        """Count one more text."""
        self._count += 1
        self._texts_with.update(set(words))

    def vector(
        self,
        words: Iterable[str] | Mapping[str, int],
        heaviest: int = _WORDS_OF_A_TEXT,
        unique_words: int = _ASSUMED_UNIQUE_WORDS,
    ) -> Vector:
        """Return the words of a text with the highest weights (1 + ln tf) x idf, normalized to a length of 1 at most.

        `words` are those of the text, or how often it has each; `unique_words` are assumed in addition. A word in every
        text has no weight, so no list of stop words is needed.
        """
        weights = {}
        for word, count in Counter(words).items():
            idf = math.log((1 + self._count) / (1 + self._texts_with[word]))
            if idf > 0 and len(word) > 1:
                weights[word] = (1 + math.log(count)) * idf
        taken = heapq.nlargest(heaviest, weights.items(), key=lambda item: (item[1], item[0]))
        unique = math.log((1 + self._count) / 2)
        length = math.sqrt(sum(weight * weight for _word, weight in taken) + unique_words * unique * unique)
        return {word: weight / length for word, weight in taken}


class Index:
    """Finds the texts most similar to another one. `groups` are the conversations of the texts, by text id."""

    def __init__(self, vectors: Mapping[str, Vector], groups: Mapping[str, str]) -> None:
        by_word: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for name, vector in vectors.items():
            for word, weight in vector.items():
                by_word[word].append((weight, name))
        self._texts_of = {word: heapq.nlargest(_TEXTS_OF_A_WORD, texts) for word, texts in by_word.items()}
        self._vectors, self._groups = vectors, groups

    def nearest(self, vector: Vector, count: int, without: str | None = None) -> list[Neighbour]:
        """Return up to `count` texts that share a word with a vector, most similar first, few of one conversation."""
        scores: dict[str, float] = defaultdict(float)
        for word, weight in vector.items():
            for other, name in self._texts_of.get(word, ()):
                scores[name] += weight * other
        scores.pop(without or "", None)
        of_group: Counter[str] = Counter()
        nearest: list[Neighbour] = []
        for name in sorted(scores, key=scores.__getitem__, reverse=True):
            of_group[self._groups[name]] += 1
            if of_group[self._groups[name]] <= _TEXTS_OF_A_GROUP:
                nearest.append(Neighbour(name, min(scores[name], 1.0), self._shared(vector, name)))
            if len(nearest) == count:
                break
        return nearest

    def _shared(self, vector: Vector, name: str) -> tuple[str, ...]:
        other = self._vectors[name]
        products = [(weight * other[word], word) for word, weight in vector.items() if word in other]
        return tuple(word for _product, word in sorted(products, reverse=True)[:_SHARED_TERMS])
