"""Finds questions related to another one: on the same subject, or the same question put to other people.

Each comes with the words that the two share. Candidates are found by their words with the index; which of them are
related is decided on the texts, because the index also holds what nobody says.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Interview, Question, SearchDocument, Turn
from app.queries import questions
from app.queries.embedding import CONFIRMED, Item, document_select
from app.queries.meaning import vectors_of, vectors_of_questions
from app.queries.names import absent_id
from app.queries.paging import Rank, Ranked
from app.queries.query import Mode, Phrase, Query, Within, documents_with
from app.queries.scoring import inverse_frequency
from app.queries.search import rank
from app.queries.telling_words import evidence, is_self_contained, spoken_text, telling_terms
from app.text.asking import asking
from app.text.meaning import MeaningModel, nearness
from app.text.paragraphs import PARAGRAPH
from app.text.terms import words_of

# Terms of a question that others are found by, at most: those with the highest weights.
_MAX_TERMS = 25
# Shared words that are returned, at most.
_MAX_SHARED = 10
# Questions that share a word with another one and are looked at, at most, the best first. Of those, the ones that are
# compared text by text.
_MAX_CANDIDATES, _MAX_COMPARED = 200, 60
# Characters of a question, and of its answers, whose words are weighed, at most: who goes on changes the subject.
_LONGEST_COMPARED = 4_000
# Weight of a word in the question; in an answer it is 1.
_QUESTION_WEIGHT = 2
# What two questions share, at least, in words; see `evidence`.
_FEWEST_SHARED = 2.0
# Cosine of the weighted words of two questions with their answers from which they are on one subject: `_SAME_SUBJECT`
# if they share many words, and `_FEW_SHARED` divided by their number more, because two words may be chance.
_SAME_SUBJECT, _FEW_SHARED = 0.06, 0.35
# Cosine of the meanings from which one shared word is enough, and below which two questions are not related.
_NEAR_MEANING, _FAR_MEANING = 0.5, 0.2
# Share of the telling words of two asking sentences, by weight, from which they ask the same.
_SAME_QUESTION = 0.4
# Cosine of the meanings of two questions from which they ask the same with one shared word, and from which they may.
_SAME_MEANING, _LIKE_MEANING = 0.75, 0.5
# Words of a sentence in the same wording, at least, where none of them tells: `Who are you, and what do you do?`
_FEWEST_WORDS = 7
# Words of a sentence that is searched for as a phrase, at most, and documents with its rarest word.
_LONGEST_PHRASE, _MOST_WITH_PHRASE = 16, 20_000


class _Weighted(NamedTuple):
    """The terms of a question and its answers: their weights, of which the squares add up to 1, and for each the first
    word that it stands for.
    """

    weights: Mapping[str, float]
    words: Mapping[str, str]


class _Sentence(NamedTuple):
    """A sentence that asks: its words as they stand, and the words of the terms that tell what it is about."""

    words: tuple[str, ...]
    telling: Mapping[str, str]


class _Text(NamedTuple):
    """The words of a question and of its answers, as they stand in the record."""

    asked: str
    answered: str
    language: str | None


class _Found(NamedTuple):
    """A question that is related, the number of its document, how near it is (0 to 1), and the words that it shares."""

    number: int
    score: float
    shared: list[str]


def list_related(connection: sa.Connection, question_id: str, model: MeaningModel | None = None) -> Ranked:
    """Rank other questions by the words that they and their answers share with a question and its answers.

    With a `model`, half by what they mean: near meanings need only one word that tells, and distant ones are left out.

    Raises:
        NotFoundError: there is no question with this id.
        GoneError: it was taken out.
    """
    own_number = _number_of(connection, question_id)
    about = _vectors(connection, _texts(connection, [own_number]))[own_number]
    heaviest = sorted(about.weights, key=lambda term: (-about.weights[term], term))[:_MAX_TERMS]
    query = _any_of((Phrase((about.words[term],)) for term in heaviest), Within.SPOKEN)
    candidates = _candidates(connection, query, col(SearchDocument.question_id) != question_id)
    texts = _texts(connection, _closest(connection, candidates, about))
    meant = {} if model is None else vectors_of(connection, model, [own_number, *texts])
    meanings = nearness(meant.pop(own_number), meant) if own_number in meant else {}
    found = []
    for number, other in _vectors(connection, texts).items():
        shared = sorted(set(about.weights) & set(other.weights), key=lambda term: (-about.weights[term], term))
        by_words = sum(about.weights[term] * other.weights[term] for term in shared)
        count, meaning = sum(map(evidence, shared)), meanings.get(number)
        is_related = count >= _FEWEST_SHARED and by_words >= _SAME_SUBJECT + _FEW_SHARED / count
        if meaning is not None:
            is_related = meaning >= _NEAR_MEANING if count < _FEWEST_SHARED else is_related and meaning >= _FAR_MEANING
        if is_related:
            score = by_words if meaning is None else (by_words + meaning) / 2
            found.append(_Found(number, score, [about.words[term] for term in shared]))
    return _ranked(found)


def list_asked_elsewhere(connection: sa.Connection, question_id: str, model: MeaningModel | None = None) -> Ranked:
    """Rank questions in similar words that other people answer in other interviews, the most similar first.

    With a `model`, half by what the questions mean: near meanings need only one shared word that tells, and distant
    ones are left out.

    Raises:
        NotFoundError: there is no question with this id.
        GoneError: it was taken out.
    """
    own_number = _number_of(connection, question_id)
    about = _texts(connection, [own_number])[own_number]
    sentences = _asking_sentences(about)
    mine = sa.select(col(Answer.speaker_id)).where(
        col(Answer.question_id) == question_id, col(Answer.speaker_id).is_not(None)
    )
    same_people = sa.select(col(Answer.question_id)).where(col(Answer.speaker_id).in_(mine))
    here = sa.select(col(Question.interview_id)).where(col(Question.id) == question_id)
    others = (
        col(SearchDocument.question_id).not_in(same_people),
        col(SearchDocument.interview_id).not_in(here),
        col(SearchDocument.interrogative).is_(sa.true()),
    )
    numbers = [
        number for query in _wordings(connection, sentences) for number in _candidates(connection, query, *others)
    ]
    asked = {number: _asking_sentences(text) for number, text in _texts(connection, numbers).items()}
    terms = {term for each in (sentences, *asked.values()) for sentence in each for term in sentence.telling}
    documents = documents_with(connection, terms)
    frequency = {term: inverse_frequency(documents[term], documents[""]) for term in terms}
    meant = {} if model is None else vectors_of_questions(connection, model, [own_number, *asked])
    meanings = nearness(meant.pop(own_number), meant) if own_number in meant else {}
    found = []
    for number, theirs in asked.items():
        meaning = meanings.get(number)
        score, shared = _most_alike(sentences, theirs, frequency, _FEWEST_SHARED)
        is_same = score >= _SAME_QUESTION
        if meaning is not None and score < 1:
            if meaning >= _SAME_MEANING:
                score, shared = _most_alike(sentences, theirs, frequency, 1)
                is_same = bool(shared)
            else:
                is_same = is_same and meaning >= _LIKE_MEANING
            score = (score + meaning) / 2
        if is_same:
            found.append(_Found(number, score, shared))
    return _ranked(found)


def _most_alike(
    ours: Sequence[_Sentence], theirs: Sequence[_Sentence], frequency: Mapping[str, float], fewest: float
) -> tuple[float, list[str]]:
    same = (_sameness(one, other, frequency, fewest) for one in ours for other in theirs)
    return max(same, key=lambda each: each[0], default=(0.0, []))


def _sameness(
    one: _Sentence, other: _Sentence, frequency: Mapping[str, float], fewest: float
) -> tuple[float, list[str]]:
    """Return how far two sentences ask the same (0 to 1), and which words of the first they share: `fewest` at least,
    unless the wording is the same.
    """
    shared = sorted(set(one.telling) & set(other.telling), key=lambda term: (-frequency[term], term))
    words = [one.telling[term] for term in shared]
    if one.words == other.words and is_self_contained(one.words) and (shared or len(one.words) >= _FEWEST_WORDS):
        return 1.0, words
    if sum(map(evidence, shared)) < fewest:
        return 0.0, []
    either = sum(frequency[term] for term in set(one.telling) | set(other.telling))
    return sum(frequency[term] for term in shared) / (either or 1.0), words


def _wordings(connection: sa.Connection, sentences: Sequence[_Sentence]) -> list[Query]:
    """Return the queries by which the same question is found: by telling words, and by whole sentences."""
    telling = {term: word for sentence in sentences for term, word in sentence.telling.items()}
    whole = [
        sentence.words
        for sentence in sentences
        if len(sentence.telling) < _FEWEST_SHARED
        and is_self_contained(sentence.words)
        and (sentence.telling or len(sentence.words) >= _FEWEST_WORDS)
        and len(sentence.words) <= _LONGEST_PHRASE
    ]
    documents = documents_with(connection, {*telling, *(word for words in whole for word in words)})
    # A phrase of common words alone takes the index as long as all that they are in.
    bounded = [
        Phrase(words, is_quoted=True)
        for words in whole
        if min(documents[word] for word in words) <= _MOST_WITH_PHRASE or documents[""] <= _MOST_WITH_PHRASE
    ]
    rarest = sorted(telling, key=lambda term: (documents[term], term))[:_MAX_TERMS]
    phrases = [*(Phrase((telling[term],)) for term in rarest)]
    return [query for query in (_any_of(phrases, Within.ASKED), _any_of(bounded, Within.ASKED)) if query is not None]


def _any_of(phrases: Iterable[Phrase], within: Within) -> Query | None:
    found = tuple(dict.fromkeys(phrases))
    return Query(Mode.ASK, (found,), within=within) if found else None


def _candidates(connection: sa.Connection, query: Query | None, *conditions: sa.ColumnElement[bool]) -> list[int]:
    """Return the numbers of the best documents of questions for a query, at most _MAX_CANDIDATES."""
    if query is None:
        return []
    filtered = document_select(col(SearchDocument.number)).where(col(SearchDocument.question_id).is_not(None))
    return rank(connection, query, filtered.where(*conditions), count_to=0).best(_MAX_CANDIDATES)


def _closest(connection: sa.Connection, numbers: Sequence[int], about: _Weighted) -> list[int]:
    """Return the documents whose indexed terms have most of the weight of a question, at most _MAX_COMPARED."""
    columns: tuple[Any, ...] = (SearchDocument.number, SearchDocument.question, SearchDocument.answers)
    rows = connection.execute(sa.select(*columns).where(col(SearchDocument.number).in_(numbers)))
    shared = {row.number: sorted(about.weights.keys() & f"{row.question} {row.answers}".split(" ")) for row in rows}
    weight = {number: sum(about.weights[term] for term in terms) for number, terms in shared.items()}
    return sorted(weight, key=lambda number: (-weight[number], -number))[:_MAX_COMPARED]


def _number_of(connection: sa.Connection, question_id: str) -> int:
    document = sa.select(col(SearchDocument.number)).where(col(SearchDocument.question_id) == question_id)
    number = connection.execute(document).scalar_one_or_none()
    if number is None:
        raise absent_id(connection, "question", question_id)
    return number


def _texts(connection: sa.Connection, numbers: Sequence[int]) -> dict[int, _Text]:
    """Return the texts of questions, by number of their document."""
    columns: tuple[Any, ...] = (SearchDocument.number, Turn.text, Turn.answer_id, Interview.language)
    turns = (
        sa.select(*columns)
        .join(Turn, col(Turn.question_id) == col(SearchDocument.question_id))
        .join(Interview, col(Interview.id) == col(SearchDocument.interview_id))
        .where(col(SearchDocument.number).in_(numbers))
        .order_by(col(SearchDocument.number), col(Turn.position))
    )
    asked: dict[int, list[str]] = defaultdict(list)
    answered: dict[int, list[str]] = defaultdict(list)
    languages: dict[int, str | None] = {}
    for number, text, answer_id, language in connection.execute(turns):
        (asked if answer_id is None else answered)[number].append(text)
        languages[number] = language
    return {
        number: _Text(PARAGRAPH.join(asked[number]), PARAGRAPH.join(answered[number]), language)
        for number, language in languages.items()
    }


def _vectors(connection: sa.Connection, texts: Mapping[int, _Text]) -> dict[int, _Weighted]:
    """Weigh the telling words of questions and of their answers."""
    counts: dict[int, Counter[str]] = {}
    words: dict[int, dict[str, str]] = {}
    for number, text in texts.items():
        counts[number], words[number] = Counter(), {}
        for part, weight in ((text.asked, _QUESTION_WEIGHT), (text.answered, 1)):
            for term, word in telling_terms(part[:_LONGEST_COMPARED], text.language):
                counts[number][term] += weight
                words[number].setdefault(term, word)
    documents = documents_with(connection, set().union(*counts.values()))
    vectors = {}
    for number, of_text in counts.items():
        # As in BM25, ten occurrences weigh more than one, but not ten times as much.
        weights = {
            term: inverse_frequency(documents[term], documents[""]) * count / (count + 1.5)
            for term, count in of_text.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        vectors[number] = _Weighted({term: weight / length for term, weight in weights.items()}, words[number])
    return vectors


def _asking_sentences(text: _Text) -> tuple[_Sentence, ...]:
    found = []
    for start, end in asking(text.asked, text.language).ranges:
        sentence = text.asked[start:end]
        telling: dict[str, str] = {}
        for term, word in telling_terms(sentence, text.language):
            telling.setdefault(term, word)
        found.append(_Sentence(tuple(words_of(spoken_text(sentence))), telling))
    return tuple(found)


def _ranked(found: Iterable[_Found]) -> Ranked:
    nearest = {each.number: each for each in found}
    ranks: list[Rank] = sorted(((0, each.score, number) for number, each in nearest.items()), reverse=True)

    def embed(connection: sa.Connection, shown: Sequence[Rank]) -> list[Item]:
        columns: tuple[Any, ...] = (SearchDocument.number, SearchDocument.question_id)
        numbers = [number for _tier, _score, number in shown]
        rows = connection.execute(sa.select(*columns).where(col(SearchDocument.number).in_(numbers)))
        ids = {row.number: row.question_id for row in rows}
        items = questions.with_ids(connection, list(ids.values()), CONFIRMED)
        return [
            {
                "score": float(f"{score:.6g}"),
                "shared_terms": nearest[number].shared[:_MAX_SHARED],
                "question": items[ids[number]],
            }
            for _tier, score, number in shown
        ]

    return Ranked(ranks, embed, len(ranks), total_is_exact=len(ranks) < _MAX_COMPARED)
