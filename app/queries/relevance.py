"""Bounds lists that are sorted by relevance: it is worked out row by row, which a word that is everywhere would make as
much work as the corpus is large.
"""

from dataclasses import replace

import sqlalchemy as sa
from sqlmodel import col

from app.models import Question, SearchDocument
from app.queries import limits
from app.queries.conditions import Condition, Conditions
from app.queries.embedding import document_select
from app.queries.filters import Filters, conditions
from app.queries.query import Within, expanded, read_query
from app.queries.search import newest
from app.queries.sorting import RELEVANCE


def narrow_to_newest(connection: sa.Connection, filters: Filters, sort: str, met: Conditions) -> Conditions | None:
    """Narrow a list by relevance to the newest questions that meet its conditions, if there are too many to sort.

    Returns None if the whole list can be sorted.
    """
    q = filters.get("q")
    sorts = {word.removeprefix("-") for word in sort.split(",")}
    if (
        q is None
        or RELEVANCE not in sorts
        or not any(each.is_of_words and not each.is_rare for each in met.on_question)
    ):
        return None
    query = expanded(connection, replace(read_query(q), within=Within.SPOKEN))
    # Answers are narrowed by their questions.
    others = conditions(connection, filters.replacing(q=None), "questions").by_index()
    asked = col(SearchDocument.question_id).is_not(None)
    filtered = document_select(col(SearchDocument.number)).where(asked, *others)
    numbers = newest(connection, query, filtered, limits.SORTED_BY_RELEVANCE + 1)
    if len(numbers) <= limits.SORTED_BY_RELEVANCE:
        return None
    documents = col(SearchDocument.number).in_(numbers[: limits.SORTED_BY_RELEVANCE])
    newest_ones = col(Question.id).in_(sa.select(col(SearchDocument.question_id)).where(documents))
    bound = Condition(newest_ones, newest_ones, is_rare=True)
    return replace(met, on_question=[bound if each.is_of_words else each for each in met.on_question])
