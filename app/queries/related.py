"""Finds questions related to another one: on the same subject, or the same question put to other people.

Each comes with the terms that the two share.
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
from app.queries.paging import Rank, Ranked
from app.queries.query import Mode, Phrase, Query, Within, documents_with
from app.queries.search import inverse_frequency, rank
from app.text.terms import BREAK, STOPWORDS, is_stemmed, stem, words_of

# Terms of a question that are compared, at most: those with the highest weights.
_MAX_TERMS = 25
# Shared terms that are returned, at most.
_MAX_SHARED = 10
# Questions with a shared term that are compared, at most.
_MAX_COMPARED = 200
# Similarity (0 to 1) from which two questions count as the same one.
_SAME_QUESTION = 0.25
# Weight of a word in the question; in an answer it is 1.
_QUESTION_WEIGHT = 2


class _Term(NamedTuple):
    """A term of a question: the most frequent word it stands for there, and its weight."""

    word: str
    weight: float


def list_related(connection: sa.Connection, question_id: str) -> Ranked:
    """Rank other questions by the terms that they and their answers share with a question and its answers.

    Raises:
        NotFoundError: there is no question with this id.
        GoneError: it was taken out.
    """
    about = _terms(connection, question_id, Within.ANYWHERE)
    found = _sharing(connection, about, question_id, Within.SPOKEN)
    return _ranked(found, about)


def list_asked_elsewhere(connection: sa.Connection, question_id: str) -> Ranked:
    """Rank questions in similar words that other people answer in other interviews, the most similar first.

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
    similarity = _similarity(connection, set(about), {number: terms for number, (_score, terms) in found.items()})
    same = {number: (similarity[number], found[number][1]) for number in found if similarity[number] >= _SAME_QUESTION}
    return _ranked(same, about)


def _terms(connection: sa.Connection, question_id: str, within: Within) -> dict[str, _Term]:
    """Return the terms of a question with the highest weights."""
    columns: tuple[Any, ...] = (Turn.text, Turn.answer_id, Interview.language)
    turns = connection.execute(
        sa.select(*columns)
        .join(Interview, col(Interview.id) == col(Turn.interview_id))
        .where(col(Turn.question_id) == question_id)
    ).all()
    if not turns:
        raise absent_id(connection, "question", question_id)
    stemmed = is_stemmed(turns[0].language)
    counts: Counter[str] = Counter()
    words: dict[str, Counter[str]] = {}
    for text, answer_id, _language in turns:
        if within is Within.ASKED and answer_id is not None:
            continue
        for word in words_of(text):
            if word in STOPWORDS or (word.isascii() and len(word) < 2):
                continue
            term = stem(word) if stemmed else word
            counts[term] += 1 if answer_id is not None else _QUESTION_WEIGHT
            words.setdefault(term, Counter())[word] += 1
    documents = documents_with(connection, set(counts))
    # As in BM25, ten occurrences weigh more than one, but not ten times as much.
    weights = {
        term: inverse_frequency(documents[term], documents[""]) * count / (count + 1.5)
        for term, count in counts.items()
    }
    heaviest = sorted(weights, key=lambda term: (-weights[term], term))[:_MAX_TERMS]
    return {
        term: _Term(min(words[term], key=lambda word: (-words[term][word], word)), weights[term]) for term in heaviest
    }


def _sharing(
    connection: sa.Connection,
    about: Mapping[str, _Term],
    question_id: str,
    within: Within,
    *conditions: sa.ColumnElement[bool],
) -> dict[int, tuple[float, set[str]]]:
    """Return the best questions that share a term, by number of the document: their scores and their terms."""
    if not about:
        return {}
    phrases = tuple(Phrase((term.word,)) for term in about.values())
    query = Query(Mode.ASK, (phrases,), within=within)
    others = (col(SearchDocument.question_id).is_not(None), col(SearchDocument.question_id) != question_id)
    filtered = document_select(col(SearchDocument.number)).where(*others, *conditions)
    ranking = rank(connection, query, filtered, count_to=0)
    scores = {number: ranking.scores[number] for number in ranking.best(_MAX_COMPARED)}
    columns: tuple[Any, ...] = (SearchDocument.number, SearchDocument.question, SearchDocument.answers)
    rows = connection.execute(sa.select(*columns).where(col(SearchDocument.number).in_(list(scores))))
    return {
        row.number: (scores[row.number], _terms_of_text(row.question if within is Within.ASKED else _whole_text(row)))
        for row in rows
    }


def _whole_text(row: Any) -> str:
    return f"{row.question} {row.answers}"


def _terms_of_text(text: str) -> set[str]:
    return set(text.split(" ")) - {"", BREAK}


def _similarity(connection: sa.Connection, about: set[str], found: Mapping[int, set[str]]) -> dict[int, float]:
    """Return the share of terms, by weight, that each question has in common with some terms: from 0 to 1."""
    documents = documents_with(connection, about.union(*found.values()))

    def weight(terms: Iterable[str]) -> float:
        return sum(inverse_frequency(documents[term], documents[""]) for term in terms if term not in STOPWORDS)

    return {number: weight(terms & about) / (weight(terms | about) or 1.0) for number, terms in found.items()}


def _ranked(found: Mapping[int, tuple[float, set[str]]], about: Mapping[str, _Term]) -> Ranked:
    ranks: list[Rank] = sorted(((0, score, number) for number, (score, _terms) in found.items()), reverse=True)

    def embed(connection: sa.Connection, shown: Sequence[Rank]) -> list[Item]:
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

    return Ranked(ranks, embed, len(ranks), total_is_exact=len(ranks) < _MAX_COMPARED)


def _shared(about: Mapping[str, _Term], terms: set[str]) -> list[str]:
    shared = sorted((about[term] for term in terms & set(about)), key=lambda term: (-term.weight, term.word))
    return [term.word for term in shared][:_MAX_SHARED]
