"""Suggests topics for questions, each with how sure and why: labels that stand in the words, and confirmed questions
that are like it.

Nothing here is tuned to a corpus. The constants are the usual ones of BM25 (k1 1.2, b 0.75) and of nearest neighbours,
and what they mean is said beside them; what a corpus teaches is taken from its own counts and decisions.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.topics.concepts import LabelKind, Method, Vocabulary, version_of
from app.topics.evidence import Evidence, label_found, question_alike, tag_stated
from app.topics.matching import LabelMatch, Matcher
from app.topics.neighbours import Frequencies, Index, Neighbour
from app.topics.words import primary, split_words

NEIGHBOURS = 15
# Saturation and length normalization of BM25: the third mention says less than the first, and one in a long answer
# less than one in a short answer.
_SATURATION, _LENGTH = 1.2, 0.75
# What is asked about is what the exchange is about; an answer wanders.
_IN_QUESTION, _IN_ANSWER = 3.0, 1.0
_BY_KIND = {LabelKind.PREFERRED: 1.0, LabelKind.ALTERNATIVE: 0.9, LabelKind.HIDDEN: 0.7}
# Before anything is counted, a label is taken to stand in one text of ten, as if ten texts had been read.
_USUAL_SHARE, _USUAL_TEXTS = 0.1, 10
# Before any decision is known, so many confirmations of a topic are taken to have been expected, and to have come.
_EXPECTED_AND_COME = 5.0
# A neighbour's vote is its likeness squared; doubt votes like one neighbour that is the very same text.
_DOUBT = 1.0
# A tag is said of a whole interview. Of one question it is taken to be true one time in three.
_TAGGED = 1 / 3
# Words alone never make certain.
_SUREST = 0.99
# What is kept as evidence; more makes nothing clearer.
_SPANS_KEPT, _NEIGHBOURS_KEPT = 20, 5


@dataclass(frozen=True, slots=True)
class ExchangeTurn:
    """The words of one turn of a question or of its answers."""

    id: str
    text: str
    is_question: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answers, as topics are looked for in it. `tags` are what its source is tagged with."""

    id: str
    interview: str
    language: str | None
    turns: tuple[ExchangeTurn, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic for a question: how it was found, how sure (0 to 1), and the evidence, in plain values."""

    topic: str
    method: Method
    confidence: float
    evidence: list[Evidence]


@dataclass(slots=True)
class _ReadExchange:
    """An exchange, read: its words, and what was found in it by topic."""

    words: list[str]
    question_words: int
    answer_words: int
    found: dict[str, list[tuple[ExchangeTurn, LabelMatch]]]


@dataclass(slots=True)
class _Counts:
    """What the corpus as a whole shows."""

    texts: int = 0
    question_words: int = 0
    answer_words: int = 0
    with_label: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))


class Suggester:
    """Suggests topics of one vocabulary after having seen a corpus: first `learn` everything, then `suggest`."""

    def __init__(self, concepts: Vocabulary) -> None:
        self.version = version_of(concepts)
        self._concepts = concepts
        self._matchers: dict[str | None, Matcher] = {}
        self._counts = _Counts()
        self._frequencies = Frequencies(())
        self._confirmed: dict[str, Collection[str]] = {}
        self._index = Index({}, {})
        self._reliability: dict[str, float] = {}

    def learn(
        self,
        exchanges: Iterable[Exchange],
        confirmed: Mapping[str, Collection[str]],
        rejected: Mapping[str, Collection[str]],
    ) -> None:
        """Count the words and labels of a corpus, and learn from what was decided, topics by the id of the exchange.

        An exchange with a confirmed topic has been looked at: another topic found in it, of those that are confirmed
        anywhere, was found wrongly. One with rejections alone says so only of these.
        """
        judged: list[tuple[_ReadExchange, Collection[str], Collection[str] | None]] = []
        words_of_confirmed: dict[str, list[str]] = {}
        interviews: dict[str, str] = {}
        for exchange in exchanges:
            read = self._read(exchange)
            self._frequencies.add(read.words)
            counts = self._counts
            counts.texts += 1
            counts.question_words += read.question_words
            counts.answer_words += read.answer_words
            for topic, found in read.found.items():
                for text in {match.label.text for _turn, match in found}:
                    counts.with_label[topic, text] += 1
            if topics := confirmed.get(exchange.id):
                self._confirmed[exchange.id] = topics
                words_of_confirmed[exchange.id], interviews[exchange.id] = read.words, exchange.interview
                judged.append((read, topics, None))
            elif others := rejected.get(exchange.id):
                judged.append((read, (), others))
        self._index = Index(
            {name: self._frequencies.vector(words) for name, words in words_of_confirmed.items()}, interviews
        )
        self._learn_reliability(judged)

    def suggest(self, exchange: Exchange) -> list[Suggestion]:
        """Suggest topics for an exchange, the surest first. What it is confirmed as itself is no evidence for it."""
        read = self._read(exchange)
        votes = self._votes(exchange, read)
        tagged: dict[str, list[str]] = {}
        for tag in exchange.tags:
            for topic in self._matcher(exchange).named(tag):
                tagged.setdefault(topic, []).append(tag)
        suggestions = []
        for topic in read.found.keys() | votes.keys() | tagged.keys():
            found, (vote, neighbours), tags = (
                read.found.get(topic, []),
                votes.get(topic, (0.0, [])),
                tagged.get(topic, []),
            )
            phrase = (
                min(self._strength(read, topic, found) * self._reliability.get(topic, 1.0), _SUREST) if found else 0.0
            )
            by_method = {Method.PHRASE: phrase, Method.NEIGHBOURS: vote, Method.TAG: _TAGGED if tags else 0.0}
            methods = [method for method, confidence in by_method.items() if confidence]
            # Each may be right by itself: the chance that not all of them are wrong.
            wrong = math.prod(1 - confidence for confidence in by_method.values())
            suggestions.append(
                Suggestion(
                    topic,
                    methods[0] if len(methods) == 1 else Method.COMBINED,
                    round(1 - wrong, 4),
                    [
                        *(label_found(turn.id, match) for turn, match in found[:_SPANS_KEPT]),
                        *(question_alike(one) for one in neighbours[:_NEIGHBOURS_KEPT]),
                        *(tag_stated(tag) for tag in tags),
                    ],
                )
            )
        return sorted(suggestions, key=lambda one: (-one.confidence, one.topic))

    def _matcher(self, exchange: Exchange) -> Matcher:
        language = None if exchange.language is None else primary(exchange.language)
        if language not in self._matchers:
            self._matchers[language] = Matcher(self._concepts, language)
        return self._matchers[language]

    def _read(self, exchange: Exchange) -> _ReadExchange:
        matcher = self._matcher(exchange)
        read = _ReadExchange([], 0, 0, {})
        for turn in exchange.turns:
            words = split_words(turn.text, matcher.language)
            read.words += words.keys
            if turn.is_question:
                read.question_words += len(words.keys)
            else:
                read.answer_words += len(words.keys)
            for match in matcher.find(turn.text, words):
                read.found.setdefault(match.topic, []).append((turn, match))
        return read

    def _strength(self, read: _ReadExchange, topic: str, found: Sequence[tuple[ExchangeTurn, LabelMatch]]) -> float:
        """Return how much the labels found say for a topic, 0 to 1: BM25 over two fields, and how telling they are."""
        counts = self._counts
        texts = max(counts.texts, 1)
        lengths = {
            True: _normalized(read.question_words, counts.question_words / texts),
            False: _normalized(read.answer_words, counts.answer_words / texts),
        }
        said = telling = 0.0
        for turn, match in found:
            weight = (_IN_QUESTION if turn.is_question else _IN_ANSWER) / lengths[turn.is_question]
            weight *= _BY_KIND[match.label.kind]
            with_label = counts.with_label.get((topic, match.label.text), 0)
            share = (with_label + _USUAL_SHARE * _USUAL_TEXTS) / (counts.texts + _USUAL_TEXTS)
            said += weight
            telling += weight * (1 - share)
        return telling / (_SATURATION + said)

    def _learn_reliability(
        self, judged: Iterable[tuple[_ReadExchange, Collection[str], Collection[str] | None]]
    ) -> None:
        """Learn of each topic how many confirmations came for one that its labels let expect.

        `judged` are exchanges, the topics confirmed on each, and those rejected, or None for all others.
        """
        expected: dict[str, float] = defaultdict(float)
        came: Counter[str] = Counter()
        ever_decided: set[str] = set()
        for read, confirmed, rejected in judged:
            ever_decided.update(confirmed, rejected or ())
            for topic, found in read.found.items():
                if rejected is not None and topic not in rejected:
                    continue
                expected[topic] += self._strength(read, topic, found)
                came[topic] += topic in confirmed
        # Of a topic that nobody has decided on yet, nobody can say that it was left out on purpose.
        self._reliability = {
            topic: (came[topic] + _EXPECTED_AND_COME) / (expected[topic] + _EXPECTED_AND_COME) for topic in ever_decided
        }

    def _votes(self, exchange: Exchange, read: _ReadExchange) -> dict[str, tuple[float, list[Neighbour]]]:
        """Return by topic the share of likeness of the nearest confirmed exchanges that have it, and those."""
        nearest = self._index.nearest(self._frequencies.vector(read.words), NEIGHBOURS, exchange.id)
        together = sum(one.similarity**2 for one in nearest) + _DOUBT
        votes: dict[str, tuple[float, list[Neighbour]]] = {}
        for one in nearest:
            for topic in self._confirmed[one.id]:
                vote, neighbours = votes.setdefault(topic, (0.0, []))
                neighbours.append(one)
                votes[topic] = (vote + one.similarity**2 / together, neighbours)
        return votes


def _normalized(length: int, mean: float) -> float:
    return 1 - _LENGTH + _LENGTH * (length / mean if mean else 1.0)
