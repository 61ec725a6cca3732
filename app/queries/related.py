"""Questions near another one: on the same matter, or the same question put to other people. Each says which terms
the two share.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Interview, Question, SearchDocument, Turn
from app.queries import questions
from app.queries.embedding import CONFIRMED, Item, document_select
from app.queries.names import absent_id
from app.queries.paging import Place, Ranked
from app.queries.query import Mode, Phrase, Query, Within, documents_with
from app.queries.search import inverse_frequency, rank
from app.text.terms import BREAK, STOPWORDS, is_stemmed, stem, words_of

# What a question is about is said by so many of its terms, those that tell most.
_TELLING = 25
_SHARED = 10
# Of what shares a term, so many are compared closely.
_COMPARED = 200
# Two questions are close if this part of what both say, by weight, is the same.
_CLOSE = 0.25
_QUESTION_COUNTS = 2


class _Term(NamedTuple):
    """A term of a question, as it is spoken there, and how much it tells."""

    word: str
    weight: float


def list_related(connection: sa.Connection, question_id: str) -> Ranked:
    """Rank other questions by what they and their answers share with a question and its answers.

    Raises:
        NotFoundError: there is no question with this id.
        GoneError: it was taken out.
    """
    about = _terms(connection, question_id, Within.ANYWHERE)
    found = _sharing(connection, about, question_id, Within.SPOKEN)
    return _ranked(found, about)


def list_asked_elsewhere(connection: sa.Connection, question_id: str) -> Ranked:
    """Rank questions in nearly the same words that somebody else answers, the nearest first.

    Raises:
        NotFoundError: there is no question with this id.
        GoneError: it was taken out.
    """
    about = _terms(connection, question_id, Within.ASKED)
    mine = sa.select(col(Answer.speaker_id)).where(
        col(Answer.question_id) == question_id, col(Answer.speaker_id).is_not(None)
    )
    same_people = sa.select(col(Answer.question_id)).where(col(Answer.speaker_id).in_(mine))
    here = sa.select(col(Question.interview_id)).where(col(Question.id) == question_id)
    others = (col(Question.id).not_in(same_people), col(Question.interview_id).not_in(here))
    found = _sharing(connection, about, question_id, Within.ASKED, *others)
    nearness = _nearness(connection, set(about), {number: terms for number, (_score, terms) in found.items()})
    close = {number: (nearness[number], found[number][1]) for number in found if nearness[number] >= _CLOSE}
    return _ranked(close, about)


def _terms(connection: sa.Connection, question_id: str, within: Within) -> dict[str, _Term]:
    """Return the terms of a question that tell most, by term."""
    columns: tuple[Any, ...] = (Turn.text, Turn.answer_id, Interview.language)
    turns = connection.execute(
        sa.select(*columns)
        .join(Interview, col(Interview.id) == col(Turn.interview_id))
        .where(col(Turn.question_id) == question_id)
    ).all()
    if not turns:
        raise absent_id(connection, "question", question_id)
    stemmed = is_stemmed(turns[0].language)
    times: Counter[str] = Counter()
    spoken: dict[str, Counter[str]] = {}
    for text, answer_id, _language in turns:
        if within is Within.ASKED and answer_id is not None:
            continue
        for word in words_of(text):
            if word in STOPWORDS or (word.isascii() and len(word) < 2):
                continue
            term = stem(word) if stemmed else word
            times[term] += 1 if answer_id is not None else _QUESTION_COUNTS
            spoken.setdefault(term, Counter())[word] += 1
    documents = documents_with(connection, set(times))
    # As in BM25: said ten times, a term tells more than said once, and not ten times as much.
    weights = {
        term: inverse_frequency(documents[term], documents[""]) * count / (count + 1.5) for term, count in times.items()
    }
    telling = sorted(weights, key=lambda term: (-weights[term], term))[:_TELLING]
    return {
        term: _Term(min(spoken[term], key=lambda word: (-spoken[term][word], word)), weights[term]) for term in telling
    }


def _sharing(
    connection: sa.Connection,
    about: Mapping[str, _Term],
    question_id: str,
    within: Within,
    *conditions: sa.ColumnElement[bool],
) -> dict[int, tuple[float, set[str]]]:
    """Find the best questions that share a term: the score of each, and its terms."""
    if not about:
        return {}
    phrases = tuple(Phrase((term.word,)) for term in about.values())
    query = Query(Mode.ASK, (phrases,), within=within)
    others = (col(SearchDocument.question_id).is_not(None), col(SearchDocument.question_id) != question_id)
    filtered = document_select(col(SearchDocument.number)).where(*others, *conditions)
    ranking = rank(connection, query, filtered, count_to=0)
    scores = {number: ranking.scores[number] for number in ranking.best(_COMPARED)}
    columns: tuple[Any, ...] = (SearchDocument.number, SearchDocument.question, SearchDocument.answers)
    rows = connection.execute(sa.select(*columns).where(col(SearchDocument.number).in_(list(scores))))
    return {
        row.number: (scores[row.number], _of_copy(row.question if within is Within.ASKED else _both(row)))
        for row in rows
    }


def _both(row: Any) -> str:
    return f"{row.question} {row.answers}"


def _of_copy(copy: str) -> set[str]:
    return set(copy.split(" ")) - {"", BREAK}


def _nearness(connection: sa.Connection, about: set[str], found: Mapping[int, set[str]]) -> dict[int, float]:
    """How much of what two questions say, by weight, both say: from 0 to 1."""
    documents = documents_with(connection, about.union(*found.values()))

    def weight(terms: Iterable[str]) -> float:
        return sum(inverse_frequency(documents[term], documents[""]) for term in terms if term not in STOPWORDS)

    return {number: weight(terms & about) / (weight(terms | about) or 1.0) for number, terms in found.items()}


def _ranked(found: Mapping[int, tuple[float, set[str]]], about: Mapping[str, _Term]) -> Ranked:
    places: list[Place] = sorted(((0, score, number) for number, (score, _terms) in found.items()), reverse=True)

    def embed(connection: sa.Connection, shown: Sequence[Place]) -> list[Item]:
        columns: tuple[Any, ...] = (SearchDocument.number, SearchDocument.question_id)
        numbers = [number for _tier, _score, number in shown]
        rows = connection.execute(sa.select(*columns).where(col(SearchDocument.number).in_(numbers)))
        ids = {row.number: row.question_id for row in rows}
        items = questions.with_ids(connection, list(ids.values()), CONFIRMED)
        return [
            {
                "score": float(f"{score:.6g}"),
                "shared_terms": _shared(about, found[number][1]),
                "question": items[ids[number]],
            }
            for _tier, score, number in shown
        ]

    return Ranked(places, embed, len(places), total_is_exact=len(places) < _COMPARED)


def _shared(about: Mapping[str, _Term], terms: set[str]) -> list[str]:
    shared = sorted((about[term] for term in terms & set(about)), key=lambda term: (-term.weight, term.word))
    return [term.word for term in shared][:_SHARED]
