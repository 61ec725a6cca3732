"""Scores search documents by the words of a query, from 0 to 1: the same on every engine, since only the document, the
query and the number of documents that have each word decide. Pure.

A word counts as in BM25, so that ten occurrences count more than one but not ten times as much, with weights for where
it stands. 1 would be a document that has each word of the query without end, in what is asked.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from app.queries.query import Mode, Phrase, Query, Within
from app.text.terms import BREAK, STOPWORDS

# Weights of a word by where it stands. The title counts little, because all documents of an interview have it.
TITLE_WEIGHT, QUESTION_WEIGHT, ANSWERS_WEIGHT = 0.4, 1.5, 1.0
# Weight of a word in a question that is none: it repeats what was said before.
_ECHO_WEIGHT = 0.4
# Words of a question below which it is one only if it has a word that asks.
_SHORT_QUESTION = 5
# BM25: how soon further occurrences say less, and how much longer documents have to say a word more often.
_SATURATION, _LENGTH_SHARE = 1.2, 0.6
# Words of a document of usual length. Fixed, so that no document's score depends on others.
_USUAL_LENGTH = 150
# Words besides those of the query from which a document says something about them.
_SAYS_SOMETHING = 5
# The same for its score, by words: with these it has half of what a document of any length has.
_HALF_SUBSTANCE = 2.0
# What a question counts that nobody answers, to somebody who asks; and terms of a turn that is taken for one, at most,
# and characters in which its first words are.
_OF_QUESTION, _SHORT_TURN, _BEGINNING = 0.5, 20, 60
# What words of the query that stand side by side in the document, as in the query, add to the score.
_NEIGHBOURS_SHARE = 0.15
# A beginning stands for any number of words; above this they are looked up word by word.
_FEW_NEEDLES = 6
# One document of this many is assumed to have a word with some prefix.
PREFIX_FREQUENCY = 20
# Stems of words with which short questions ask.
_WHO = frozenset(["who", "whom", "whose", "what", "which", "when", "where", "whi", "how", "did", "doe"])
_ASKING = _WHO | frozenset(
    (
        *("is", "are", "was", "were", "do", "can", "could", "would", "will", "should", "shall", "has", "have", "had"),
        *("tell", "explain", "describ", "name", "pay", "cost", "wer", "wen", "wie", "wann", "wo", "warum", "wieso"),
        *("qui", "que", "quoi", "comment", "pourquoi", "ou", "quand", "combien", "quien", "como", "cuando", "donde"),
        *("cual", "chi", "che", "cosa", "perche", "quando", "dove", "hvem", "hva", "vad", "vem", "hur"),
        *("что", "кто", "как", "где", "когда", "почему", "зачем"),
    )
)


class Tier(IntEnum):
    """What comes before what, whatever the scores."""

    # Some of the words; or all of them, in an interjection or in the title alone.
    SOME = 0
    # All of the words.
    ALL = 1
    # The words of `who said` one after the other.
    SAID = 2


class Document(NamedTuple):
    """The terms of a search document, with spaces between them."""

    title: str
    question: str
    answers: str


class Score(NamedTuple):
    """How well a document matches; the greater, the better."""

    tier: Tier
    score: float


def inverse_frequency(documents: int, of: int) -> float:
    """Return the inverse document frequency of a term in `documents` of `of` documents, always above 0."""
    return math.log1p((max(of, documents) - documents + 0.5) / (documents + 0.5))


def max_documents(phrase: Phrase, documents: Mapping[str, int]) -> int:
    """Return in how many documents a phrase can be, at most; `documents` counts those of each term."""
    if phrase.is_prefix and len(phrase.words) == 1:
        return documents[""]
    alternatives = [min(documents.get(term, 0) for term in one) for one in phrase.alternatives()]
    return sum(alternatives) + sum(documents.get(term, 0) for term in phrase.also)


class Scorer:
    """Scores documents by one query.

    `documents` counts the documents of each term, and under the empty term all.
    """

    def __init__(self, query: Query, documents: Mapping[str, int]) -> None:
        self._within = query.within
        self._counters = [[_counter(phrase) for phrase in group] for group in query.concepts]
        self._weights = [inverse_frequency(_frequency(group, documents), documents[""]) for group in query.concepts]
        self._whole = sum(self._weights) or 1.0
        self._groups = [frozenset(group) for group in query.concepts]
        self._asks = query.mode is Mode.ASK
        self._said = None if query.said is None else _counter(query.said)
        self._neighbours = _neighbours(query)

    def score(self, document: Document, names: frozenset[Phrase] = frozenset()) -> Score:
        """Score one document. `names` are phrases of the query that name people who speak in it: it has these,
        whatever its words.
        """
        question, answers = _padded(document.question), _padded(document.answers)
        title = _padded(document.title) if self._within is Within.ANYWHERE else ""
        answers = "" if self._within is Within.ASKED else answers
        asked, answered = question.count(" ") - 1, answers.count(" ") - 1
        is_echo = 0 < asked < _SHORT_QUESTION and _ASKING.isdisjoint(question.split())
        in_question = _ECHO_WEIGHT if is_echo else QUESTION_WEIGHT
        slowed = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * max(0, asked + answered) / _USUAL_LENGTH)
        total, met, said, repeated = 0.0, 0, False, 0
        for counters, weight, group in zip(self._counters, self._weights, self._groups, strict=True):
            times_asked = sum(count(question) for count in counters) if asked > 0 else 0
            times_answered = sum(count(answers) for count in counters) if answered > 0 else 0
            in_title = bool(title) and any(count(title) for count in counters)
            occurrences = in_question * times_asked + ANSWERS_WEIGHT * times_answered + TITLE_WEIGHT * in_title
            is_said = times_answered > 0 or (times_asked > 0 and not is_echo)
            if names and not names.isdisjoint(group):
                total += weight
                is_said = True
            else:
                total += weight * occurrences / (occurrences + slowed)
            met += is_said or in_title
            said = said or is_said
            repeated += times_asked + times_answered
        own = max(0, asked) + max(0, answered) - repeated
        score = total / self._whole
        if self._neighbours:
            beside = sum(needle in question or needle in answers for needle in self._neighbours) / len(self._neighbours)
            score = (1 - _NEIGHBOURS_SHARE) * score + _NEIGHBOURS_SHARE * beside
        score *= (own + 1) / (own + 1 + _HALF_SUBSTANCE)
        if self._asks and _asks_only(question, answers):
            score *= _OF_QUESTION
        is_whole = said and met == len(self._counters) and own >= _SAYS_SOMETHING
        if self._said is not None and (self._said(question) or self._said(answers)):
            return Score(Tier.SAID, score)
        return Score(Tier.ALL if is_whole else Tier.SOME, score)


def _asks_only(question: str, answers: str) -> bool:
    """Whether a document has a question without an answer, or is a turn that begins with a word that asks."""
    said = question if answers == " " else answers if question == " " else ""
    begins = said[:_BEGINNING].split()[:3]
    return bool(begins) and (said is question or (said.count(" ") < _SHORT_TURN and not _WHO.isdisjoint(begins)))


def _padded(copy: str) -> str:
    return f" {copy} " if copy else " "


def _frequency(group: Sequence[Phrase], documents: Mapping[str, int]) -> int:
    """Return in how many documents a group is, at most. How many have a beginning is not known."""
    return sum(
        documents[""] // PREFIX_FREQUENCY
        if phrase.is_prefix and len(phrase.words) == 1
        else max_documents(phrase, documents)
        for phrase in group
    )


def _counter(phrase: Phrase) -> Callable[[str], int]:
    """Make what counts a phrase in a padded copy."""
    ends = "" if phrase.is_prefix else " "
    needles = [f" {' '.join(terms)}{ends}" for terms in phrase.alternatives()]
    also = frozenset(phrase.also)
    if len(needles) == 1 and not also:
        needle = needles[0]
        return lambda copy: copy.count(needle)
    if len(also) <= _FEW_NEEDLES:
        needles += [f" {term} " for term in also]
        return lambda copy: sum(map(copy.count, needles))
    return lambda copy: sum(map(copy.count, needles)) + sum(term in also for term in copy.split(" "))


def _neighbours(query: Query) -> list[str]:
    """Return what two words of the query look like where they stand side by side."""
    words = [one for group in query.concepts for one in group[:1] if len(one.words) == 1 and not one.is_prefix]
    pairs = itertools.pairwise(words)
    return [f" {one.alternatives()[0][0]} {other.alternatives()[0][0]} " for one, other in pairs]


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how much of the smaller of two sets of terms the other one has, from 0 to 1."""
    return len(one & other) / (min(len(one), len(other)) or 1)


def telling_terms(document: Document) -> frozenset[str]:
    """Return the terms of what is asked and answered that say what it is about."""
    return frozenset(f"{document.question} {document.answers}".split(" ")) - STOPWORDS - {"", BREAK}
