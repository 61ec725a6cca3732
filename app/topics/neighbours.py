"""Which texts are alike: cosine of TF-IDF vectors of words, over an index that keeps the work for one text bounded.

Of a text, its weightiest words count; of a word, the texts in which it weighs most. For fewer texts than that the
result is exact; for more, what is lost are the faintest likenesses, and the time to compare one text stays the same.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_WORDS_OF_A_TEXT = 32
_TEXTS_OF_A_WORD = 64
# Besides its words, a text is taken to have so many that no other has: else two that say "yes, exactly" are the same.
_WORDS_OF_ITS_OWN = 8
# One long conversation does not outvote all others.
_TEXTS_OF_A_GROUP = 3
_SHARED_TERMS = 5

Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A text that is like another one, how much (cosine, 0 to 1), and the words that make it so, weightiest first."""

    id: str
    similarity: float
    terms: tuple[str, ...]


class Frequencies:
    """In how many texts of a corpus each word stands."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self._count = 0
        self._texts_with: Counter[str] = Counter()
        for words in texts:
            self.add(words)

    def add(self, words: Sequence[str]) -> None:
        """Count one more text."""
        self._count += 1
        self._texts_with.update(set(words))

    def vector(self, words: Sequence[str]) -> Vector:
        """Weigh the words of a text: (1 + ln tf) x idf, its weightiest words alone; short texts are shorter than 1.

        A word that stands in every text weighs nothing, which is what makes a list of stop words needless.
        """
        weights = {}
        for word, count in Counter(words).items():
            idf = math.log((1 + self._count) / (1 + self._texts_with[word]))
            if idf > 0 and len(word) > 1:
                weights[word] = (1 + math.log(count)) * idf
        heaviest = heapq.nlargest(_WORDS_OF_A_TEXT, weights.items(), key=lambda item: (item[1], item[0]))
        own = math.log((1 + self._count) / 2)
        length = math.sqrt(sum(weight * weight for _word, weight in heaviest) + _WORDS_OF_ITS_OWN * own * own)
        return {word: weight / length for word, weight in heaviest}


class Index:
    """Texts by id, to find those that are most like another one. `groups` are the conversations that they are of."""

    def __init__(self, vectors: Mapping[str, Vector], groups: Mapping[str, str]) -> None:
        by_word: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for name, vector in vectors.items():
            for word, weight in vector.items():
                by_word[word].append((weight, name))
        self._texts_of = {word: heapq.nlargest(_TEXTS_OF_A_WORD, texts) for word, texts in by_word.items()}
        self._vectors, self._groups = vectors, groups

    def nearest(self, vector: Vector, count: int, without: str | None = None) -> list[Neighbour]:
        """Return up to `count` texts that share a word with a vector, nearest first; some of one conversation only."""
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
