"""The filter `q`: words that all stand in a question or its answers. Also the order by relevance to these words."""

from dataclasses import replace

import sqlalchemy as sa
from sqlmodel import col

from app.models import Question, SearchDocument, SearchTerm
from app.queries import limits
from app.queries.conditions import Condition, Driver, Sql, row_condition
from app.queries.filters.filter import OF_QUESTIONS, Filter, Narrowed, Narrowing
from app.queries.filters.grammar import WORDS
from app.queries.query import Within, expanded, read_query
from app.queries.search import count, least, matches, matching, text_matches

# Weight of a word in the question against one in its answers.
_QUESTION_WEIGHT = 3
# Occurrences of a word above which more say nothing.
_MAX_OCCURRENCES = 4


def _narrow(narrowing: Narrowing, q: str) -> Narrowed:
    connection = narrowing.connection
    query = replace(read_query(q), within=Within.SPOKEN)
    if not query.groups:
        return Narrowed(on_question=[row_condition(sa.false())])
    whole = expanded(connection, query)
    is_question = col(SearchDocument.question_id).is_not(None)
    ids = sa.select(col(SearchDocument.question_id)).where(is_question, matching(connection, whole))
    by_index = col(Question.id).in_(ids)
    source, matched = matches(connection, whole)
    columns = (col(SearchDocument.question_id), col(SearchDocument.interview_id))
    driver = Driver(source, sa.and_(matched, is_question), *columns)
    size = count(connection, whole, limits.RARE_QUESTIONS + 1)
    if size == 0:
        return Narrowed(on_question=[row_condition(sa.false())])
    by_row: Sql = by_index
    is_rare = size <= limits.RARE_QUESTIONS
    if not is_rare:
        says = sa.exists().where(col(SearchDocument.question_id) == col(Question.id), text_matches(connection, whole))
        by_row = says.correlate(Question)
    return Narrowed(
        on_question=[Condition(by_index, by_row, is_rare=is_rare, size=size, driver=driver, is_of_words=True)]
    )


def irrelevance(q: str) -> sa.ColumnElement[int]:
    """Score a question by the words of `q`; the best has the lowest score.

    A word counts more in the question than in its answers, and above some occurrences no more. Only the item itself
    decides, so that its place among others stays while rows come and go.
    """
    score: sa.ColumnElement[int] = sa.literal(0)
    terms = sorted({term for phrase in read_query(q).phrases() for term in phrase.terms()})
    for column, weight in ((col(SearchDocument.question), _QUESTION_WEIGHT), (col(SearchDocument.answers), 1)):
        for term in terms:
            # With spaces of its own on both sides, no term is counted within another.
            apart = sa.func.replace(sa.literal(" ").concat(column).concat(" "), f" {term} ", f"  {term}  ")
            without = sa.func.length(sa.func.replace(apart, f" {term} ", ""), type_=sa.Integer)
            occurrences = (sa.func.length(apart, type_=sa.Integer) - without) // sa.literal(len(term) + 2)
            score += weight * least(occurrences, _MAX_OCCURRENCES)
    ranked = sa.select(-score).where(col(SearchDocument.question_id) == col(Question.id)).correlate(Question)
    return ranked.scalar_subquery()


def _values(connection: sa.Connection) -> list[str]:
    terms = sa.select(col(SearchTerm.term)).where(col(SearchTerm.term) != "").order_by(col(SearchTerm.documents).desc())
    return [term for term in connection.execute(terms).scalars() if term.isalpha()]


FILTER = Filter(
    "q",
    WORDS,
    'Words that all stand in the question or its answers; "phrases", beginnings*, -without and one OR another as in a '
    "search. Case, accents, typography, look-alike letters and the endings of English words do not matter.",
    _narrow,
    example="congress",
    # A search has a parameter of its own for its words.
    lists=OF_QUESTIONS - {"search"},
    values=_values,
)
