"""Suggests topics for questions, each with a confidence and its evidence.

Evidence is a label of the topic in question or answers or elsewhere in the interview, a similar question or interview
on which the topic is confirmed, or a tag of the source. The confidence is the chance that an editor would give the
topic: what each kind of evidence weighs is fitted to transcripts with tags (`app/topics/calibration.py`). The other
constants are the usual ones of BM25 (k1 1.2, b 0.75) and of nearest neighbours.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.topics.calibration import CALIBRATION
from app.topics.concepts import LabelKind, Method, Vocabulary, version_of
from app.topics.confidence import Calibration, Features
from app.topics.evidence import (
    Evidence,
    EvidenceKind,
    interview_alike,
    label_found,
    label_in_interview,
    question_alike,
    tag_stated,
)
from app.topics.interviews import Interviews, TopicOfInterview
from app.topics.matching import LabelMatch, Matcher
from app.topics.neighbours import Frequencies, Index, Neighbour
from app.topics.words import primary, split_words

# Confirmed questions that vote on the topics of a question.
NEIGHBOURS = 15
# Saturation and length normalization of BM25: the third mention says less than the first, and one in a long answer
# less than one in a short answer.
_SATURATION, _LENGTH = 1.2, 0.75
# Weights of a label in a question and in an answer: answers digress.
_IN_QUESTION, _IN_ANSWER = 3.0, 1.0
_BY_KIND = {LabelKind.PREFERRED: 1.0, LabelKind.ALTERNATIVE: 0.9, LabelKind.HIDDEN: 0.7}
# Prior of how common a label is: it is assumed to occur in one of ten texts, with the weight of ten texts.
_USUAL_SHARE, _USUAL_TEXTS = 0.1, 10
# Prior of the reliability of labels: this many confirmations of each topic, all expected by its labels.
_PRIOR_CONFIRMATIONS = 5.0
# A neighbour votes with its similarity squared; doubt votes like one neighbour with the same text.
_DOUBT = 1.0
# Confidence of a tag: it describes the whole interview, and is assumed to apply to one question in three.
_TAGGED = 1 / 3
# Occurrences of labels and neighbours that are stored as evidence, at most.
_MAX_OCCURRENCES, _MAX_NEIGHBOURS = 20, 5
_NOTHING = TopicOfInterview()


@dataclass(frozen=True, slots=True)
class ExchangeTurn:
    """One turn of a question or of its answers."""

    id: str
    text: str
    is_question: bool


@dataclass(frozen=True, slots=True)
class ExchangeText:
    """A question with its answers, to suggest topics for. `tags` and `title` are those of its interview."""

    id: str
    interview: str
    language: str | None
    turns: tuple[ExchangeTurn, ...]
    tags: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested topic: how it was found, a confidence from 0 to 1, and the evidence as plain values."""

    topic: str
    method: Method
    confidence: float
    evidence: list[Evidence]

    @property
    def is_of_question(self) -> bool:
        """Whether anything but the rest of its interview speaks for it."""
        return any(piece["kind"] != EvidenceKind.INTERVIEW for piece in self.evidence)


@dataclass(slots=True)
class _AnalysedExchange:
    """The words of an exchange, and the labels found in it by topic."""

    words: list[str]
    question_words: int
    answer_words: int
    found: dict[str, list[tuple[ExchangeTurn, LabelMatch]]]


@dataclass(slots=True)
class _Counts:
    """Counts over the whole corpus."""

    texts: int = 0
    question_words: int = 0
    answer_words: int = 0
    with_label: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))


class Suggester:
    """Suggests topics of one vocabulary. Call `learn` with the whole corpus first, then `suggest`."""

    def __init__(self, concepts: Vocabulary, calibration: Calibration = CALIBRATION) -> None:
        self.version = version_of(concepts)
        self._calibration = calibration
        self._concepts = concepts
        self._matchers: dict[str | None, Matcher] = {}
        self._counts = _Counts()
        self._frequencies = Frequencies(())
        self._confirmed: dict[str, Collection[str]] = {}
        self._index = Index({}, {})
        self._interviews = Interviews()
        self._reliability: dict[str, float] = {}

    def learn(
        self,
        exchanges: Iterable[ExchangeText],
        confirmed: Mapping[str, Collection[str]],
        rejected: Mapping[str, Collection[str]],
    ) -> None:
        """Count the words and labels of a corpus, and learn from decisions: topics by the id of the exchange.

        An exchange with a confirmed topic counts as reviewed: labels of other topics, of those confirmed anywhere, are
        taken for wrong there. An exchange with rejections only tells about the rejected topics. Exchanges of one
        interview follow one another.
        """
        decided: list[tuple[_AnalysedExchange, Collection[str], Collection[str] | None]] = []
        words_of_confirmed: dict[str, list[str]] = {}
        interviews: dict[str, str] = {}
        topics_of_interviews: dict[str, set[str]] = defaultdict(set)
        for exchange in exchanges:
            analysed = self._analyse(exchange)
            self._frequencies.add(analysed.words)
            self._count_in_interview(exchange, analysed)
            counts = self._counts
            counts.texts += 1
            counts.question_words += analysed.question_words
            counts.answer_words += analysed.answer_words
            for topic, found in analysed.found.items():
                for text in {match.label.text for _turn, match in found}:
                    counts.with_label[topic, text] += 1
            if topics := confirmed.get(exchange.id):
                self._confirmed[exchange.id] = topics
                words_of_confirmed[exchange.id], interviews[exchange.id] = analysed.words, exchange.interview
                topics_of_interviews[exchange.interview].update(topics)
                decided.append((analysed, topics, None))
            elif others := rejected.get(exchange.id):
                decided.append((analysed, (), others))
        self._index = Index(
            {name: self._frequencies.vector(words) for name, words in words_of_confirmed.items()}, interviews
        )
        self._interviews.finish(topics_of_interviews)
        self._learn_reliability(decided)

    def _count_in_interview(self, exchange: ExchangeText, analysed: _AnalysedExchange) -> None:
        labels = {topic: len(found) for topic, found in analysed.found.items()}
        if self._interviews.add(exchange.interview, analysed.words, labels) and exchange.title:
            matcher = self._matcher(exchange)
            words = split_words(exchange.title, matcher.language)
            self._interviews.add_title(words.keys, {match.topic for match in matcher.find(exchange.title, words)})

    def suggest(self, exchange: ExchangeText) -> list[Suggestion]:
        """Suggest topics for an exchange, the most confident first. Decisions on it itself are not used as evidence."""
        analysed = self._analyse(exchange)
        votes = self._votes(exchange, analysed)
        of_interview = self._interviews.of(exchange.interview)
        tagged: dict[str, list[str]] = {}
        for tag in exchange.tags:
            for topic in self._matcher(exchange).named(tag):
                tagged.setdefault(topic, []).append(tag)
        suggestions = []
        for topic in analysed.found.keys() | votes.keys() | tagged.keys() | of_interview.keys():
            found, tags = analysed.found.get(topic, []), tagged.get(topic, [])
            vote, neighbours = votes.get(topic, (0.0, []))
            whole = of_interview.get(topic, _NOTHING)
            features = self._features(analysed, topic, vote, whole)
            by_words = self._calibration.confidence(features, self._reliability_of(topic, features))
            # A tag is taken as independent: this is the probability that both are wrong.
            wrong = (1 - by_words) * (1 - _TAGGED * bool(tags))
            evidence = [
                *(label_found(turn.id, match) for turn, match in found[:_MAX_OCCURRENCES]),
                *(question_alike(one) for one in neighbours[:_MAX_NEIGHBOURS]),
                *([label_in_interview(self._concepts[topic].labels[0].text)] if whole.strength and not found else []),
                *(interview_alike(one) for one in whole.neighbours[:_MAX_NEIGHBOURS]),
                *(tag_stated(tag) for tag in tags),
            ]
            method = _method(by_label=bool(found), by_neighbours=bool(neighbours), by_tag=bool(tags), whole=whole)
            suggestions.append(Suggestion(topic, method, round(1 - wrong, 4), evidence))
        return sorted(suggestions, key=lambda one: (-one.confidence, one.topic))

    def features(self, exchange: ExchangeText) -> dict[str, tuple[Features, float]]:
        """Return what was found for each topic on an exchange, but for its tags, and how reliable its labels are."""
        analysed = self._analyse(exchange)
        votes, of_interview = self._votes(exchange, analysed), self._interviews.of(exchange.interview)
        found = {
            topic: self._features(analysed, topic, votes.get(topic, (0.0, []))[0], of_interview.get(topic, _NOTHING))
            for topic in analysed.found.keys() | votes.keys() | of_interview.keys()
        }
        return {topic: (features, self._reliability_of(topic, features)) for topic, features in found.items()}

    def _features(self, analysed: _AnalysedExchange, topic: str, vote: float, whole: TopicOfInterview) -> Features:
        found = analysed.found.get(topic)
        return Features(
            label=self._strength(analysed, topic, found) if found else 0.0,
            question_vote=vote,
            interview_vote=whole.vote,
            interview_label=whole.strength,
            title=float(whole.in_title),
        )

    def _reliability_of(self, topic: str, features: Features) -> float:
        return self._reliability.get(topic, 1.0) if features.label or features.interview_label else 1.0

    def _matcher(self, exchange: ExchangeText) -> Matcher:
        language = None if exchange.language is None else primary(exchange.language)
        if language not in self._matchers:
            self._matchers[language] = Matcher(self._concepts, language)
        return self._matchers[language]

    def _analyse(self, exchange: ExchangeText) -> _AnalysedExchange:
        matcher = self._matcher(exchange)
        analysed = _AnalysedExchange([], 0, 0, {})
        for turn in exchange.turns:
            words = split_words(turn.text, matcher.language)
            analysed.words += words.keys
            if turn.is_question:
                analysed.question_words += len(words.keys)
            else:
                analysed.answer_words += len(words.keys)
            for match in matcher.find(turn.text, words):
                analysed.found.setdefault(match.topic, []).append((turn, match))
        return analysed

    def _strength(
        self, analysed: _AnalysedExchange, topic: str, found: Sequence[tuple[ExchangeTurn, LabelMatch]]
    ) -> float:
        """Return the strength of a topic's labels in an exchange, 0 to 1: BM25 over two fields, times their rarity."""
        counts = self._counts
        texts = max(counts.texts, 1)
        lengths = {
            True: _normalized(analysed.question_words, counts.question_words / texts),
            False: _normalized(analysed.answer_words, counts.answer_words / texts),
        }
        total = weighted_by_rarity = 0.0
        for turn, match in found:
            weight = (_IN_QUESTION if turn.is_question else _IN_ANSWER) / lengths[turn.is_question]
            weight *= _BY_KIND[match.label.kind]
            with_label = counts.with_label.get((topic, match.label.text), 0)
            share = (with_label + _USUAL_SHARE * _USUAL_TEXTS) / (counts.texts + _USUAL_TEXTS)
            total += weight
            weighted_by_rarity += weight * (1 - share)
        return weighted_by_rarity / (_SATURATION + total)

    def _learn_reliability(
        self, decided: Iterable[tuple[_AnalysedExchange, Collection[str], Collection[str] | None]]
    ) -> None:
        """Learn the reliability of each topic's labels: how many confirmations there are for one that they predict.

        `decided` are exchanges, the topics confirmed on each, and those rejected, or None for all others.
        """
        expected: dict[str, float] = defaultdict(float)
        confirmations: Counter[str] = Counter()
        ever_decided: set[str] = set()
        for analysed, confirmed, rejected in decided:
            ever_decided.update(confirmed, rejected or ())
            for topic, found in analysed.found.items():
                if rejected is not None and topic not in rejected:
                    continue
                expected[topic] += self._strength(analysed, topic, found)
                confirmations[topic] += topic in confirmed
        # A topic without any decision yet was not left out on purpose, so nothing is known of it.
        self._reliability = {
            topic: min((confirmations[topic] + _PRIOR_CONFIRMATIONS) / (expected[topic] + _PRIOR_CONFIRMATIONS), 1.0)
            for topic in ever_decided
        }

    def _votes(self, exchange: ExchangeText, analysed: _AnalysedExchange) -> dict[str, tuple[float, list[Neighbour]]]:
        """Return by topic its share of the votes of the most similar confirmed exchanges, and those that have it."""
        nearest = self._index.nearest(self._frequencies.vector(analysed.words), NEIGHBOURS, exchange.id)
        total = sum(one.similarity**2 for one in nearest) + _DOUBT
        votes: dict[str, tuple[float, list[Neighbour]]] = {}
        for one in nearest:
            for topic in self._confirmed[one.id]:
                vote, neighbours = votes.setdefault(topic, (0.0, []))
                neighbours.append(one)
                votes[topic] = (vote + one.similarity**2 / total, neighbours)
        return votes


def _method(*, by_label: bool, by_neighbours: bool, by_tag: bool, whole: TopicOfInterview) -> Method:
    """Return how a topic was found for a question, or if only the interview speaks for it, how it does."""
    found = {Method.PHRASE: by_label, Method.NEIGHBOURS: by_neighbours, Method.TAG: by_tag}
    if not any(found.values()):
        found = {Method.PHRASE: whole.strength > 0, Method.NEIGHBOURS: whole.vote > 0}
    methods = [method for method, is_found in found.items() if is_found]
    return methods[0] if len(methods) == 1 else Method.COMBINED


def _normalized(length: int, mean: float) -> float:
    return 1 - _LENGTH + _LENGTH * (length / mean if mean else 1.0)
