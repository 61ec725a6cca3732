"""What a whole interview says about topics: their labels in its words and its title, and the interviews that are alike.

A question by itself is short. What its interview is about makes a topic likelier on each of its questions.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from app.topics.neighbours import Frequencies, Index, Neighbour

# Confirmed interviews that vote on the topics of an interview, and the words of each that are compared.
NEIGHBOURS, WORDS = 15, 128
# A word of the title counts as often as this many in the text, and a label in it likewise.
TITLE_WEIGHT = 3
# Saturation and length normalization of BM25, as for questions.
_SATURATION, _LENGTH = 1.2, 0.75
# Prior of how common a label is: it is assumed to occur in one of ten interviews, with the weight of ten.
_USUAL_SHARE, _USUAL_INTERVIEWS = 0.1, 10
# Doubt votes like a neighbour with this similarity: an interview that is like no other gives no topic.
_DOUBT = 0.05
# Topics that an interview speaks for, at most, so that each of its questions takes bounded time.
_MAX_TOPICS = 20
_CACHED = 256


@dataclass(frozen=True, slots=True)
class TopicOfInterview:
    """What an interview says for a topic: the strength of its labels, 0 to 1, and its share of the votes, 0 to 1.

    `neighbours` are the similar interviews that have the topic, nearest first.
    """

    strength: float = 0.0
    in_title: bool = False
    vote: float = 0.0
    neighbours: tuple[Neighbour, ...] = ()


@dataclass(slots=True)
class _InterviewWords:
    """The words of one interview as their numbers and counts, which keeps a large corpus small in memory."""

    numbers: "array[int]"
    counts: "array[int]"
    length: int
    labels: dict[str, int]
    in_title: frozenset[str]


@dataclass(slots=True)
class _Open:
    """The interview whose questions are being counted."""

    name: str
    words: Counter[str] = field(default_factory=Counter)
    length: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    in_title: frozenset[str] = frozenset()


class Interviews:
    """Counts the words and labels of interviews. Add all questions, those of one interview together; then `finish`."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words: list[str] = []
        self._stored: dict[str, _InterviewWords] = {}
        self._open: _Open | None = None
        self._frequencies = Frequencies(())
        self._with_label: Counter[str] = Counter()
        self._length = 0
        self._topics: Mapping[str, Collection[str]] = {}
        self._index = Index({}, {})
        self.of = lru_cache(maxsize=_CACHED)(self._of)

    def add(self, name: str, words: Collection[str], labels: Mapping[str, int]) -> bool:
        """Count a question: its words, and how often labels of each topic occur. Return whether it opens an interview.

        The caller adds the title of one that it opens.
        """
        opened = self._open
        if opened is None or opened.name != name:
            self._close()
            opened = _Open(name)
        is_new, self._open = opened is not self._open, opened
        opened.words.update(words)
        opened.length += len(words)
        opened.labels.update(labels)
        return is_new

    def add_title(self, words: Iterable[str], topics: Collection[str]) -> None:
        """Count the title of the interview whose question was added last; `topics` are those with a label in it."""
        if self._open is not None:
            self._open.words.update(dict.fromkeys(words, TITLE_WEIGHT))
            self._open.labels.update(dict.fromkeys(topics, TITLE_WEIGHT))
            self._open.in_title = frozenset(topics)

    def finish(self, topics: Mapping[str, Collection[str]]) -> None:
        """Take the topics that are confirmed on questions of each interview, and compare interviews from here on."""
        self._close()
        self._words = list(self._numbers)
        self._topics = topics
        self.of.cache_clear()
        vectors = {name: self._vector(self._stored[name]) for name in topics if name in self._stored}
        self._index = Index(vectors, {name: name for name in vectors})

    def _close(self) -> None:
        one, self._open = self._open, None
        if one is None:
            return
        self._frequencies.add(one.words)
        self._with_label.update(one.labels.keys())
        self._length += one.length
        numbers = array("I", (self._numbers.setdefault(word, len(self._numbers)) for word in one.words))
        self._stored[one.name] = _InterviewWords(
            numbers, array("I", one.words.values()), one.length, dict(one.labels), one.in_title
        )

    def _vector(self, one: _InterviewWords) -> dict[str, float]:
        words = self._words
        return self._frequencies.vector(
            {words[number]: count for number, count in zip(one.numbers, one.counts, strict=True)}, WORDS, 0
        )

    def _of(self, name: str) -> dict[str, TopicOfInterview]:
        """Return what an interview says for topics, by topic; nothing where it was not counted."""
        one = self._stored.get(name)
        if one is None:
            return {}
        votes: dict[str, tuple[float, list[Neighbour]]] = defaultdict(lambda: (0.0, []))
        nearest = self._index.nearest(self._vector(one), NEIGHBOURS, name)
        total = sum(each.similarity for each in nearest) + _DOUBT
        for each in nearest:
            for topic in self._topics[each.id]:
                vote, neighbours = votes[topic]
                votes[topic] = vote + each.similarity / total, [*neighbours, each]
        found = {
            topic: TopicOfInterview(
                self._strength(one, topic), topic in one.in_title, votes[topic][0], tuple(votes[topic][1])
            )
            for topic in one.labels.keys() | votes.keys()
        }
        order = sorted(found, key=lambda topic: (-_weight(found[topic]), topic))
        return {topic: found[topic] for topic in order[:_MAX_TOPICS]}

    def _strength(self, one: _InterviewWords, topic: str) -> float:
        count = one.labels.get(topic, 0)
        mean = self._length / len(self._stored) or 1.0
        share = (self._with_label[topic] + _USUAL_SHARE * _USUAL_INTERVIEWS) / (len(self._stored) + _USUAL_INTERVIEWS)
        return count / (count + _SATURATION * (1 - _LENGTH + _LENGTH * one.length / mean)) * (1 - share)


def _weight(one: TopicOfInterview) -> float:
    return one.strength + one.vote + one.in_title
