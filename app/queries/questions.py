"""Questions with their answers, people, topics and interview: the main list."""

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview, Question, TopicState
from app.queries.embedding import (
    CONFIRMED,
    Item,
    context_of,
    question_select,
    words_of,
)
from app.queries.filters import Filters, conditions
from app.queries.filters.q import irrelevance
from app.queries.items import (
    embed_questions,
    neighbour,
    question_detail,
    turn_ids,
)
from app.queries.names import absent_id
from app.queries.paging import Listing
from app.queries.plans import narrow
from app.queries.relevance import narrow_to_newest
from app.queries.sorting import RELEVANCE, Key, Sort, keys_for

DEFAULT_SORT = "-published"
BY_INTERVIEW = {
    "published": Sort(col(Interview.published_earliest), unique=col(Interview.id), missing=col(Interview.undated)),
    "title": Sort(col(Interview.title), unique=col(Interview.id)),
    "modified": Sort(col(Interview.modified_at), unique=col(Interview.id)),
}
NEWEST_FIRST = "-modified"
SORTABLE = {**BY_INTERVIEW, "position": Sort(col(Question.position), unique=col(Question.interview_id))}
# Within an interview, questions stand in the order in which they were asked, whichever way interviews are sorted.
TIE = (Key(col(Interview.id)), Key(col(Question.position)))


def listing(connection: sa.Connection, filters: Filters, sort: str) -> Listing:
    """Narrow and sort the list of questions.

    Raises:
        ParameterError: a filter names something unknown, or the sort is not one.
    """
    keys = keys_for(sort, sortable(filters), TIE)
    met = conditions(connection, filters, "questions")
    bounded = narrow_to_newest(connection, filters, sort, met)
    select, keys = narrow(connection, bounded or met, question_select(), keys)
    return Listing(
        select,
        keys,
        partial(embed_questions, states=met.topic_states),
        met,
        ("question", *met.topic_states),
        is_bounded=bounded is not None,
    )


def sortable(filters: Filters) -> dict[str, Sort]:
    """Name what questions, and what answers them, can be sorted by."""
    q = filters.get("q")
    return SORTABLE if q is None else {**SORTABLE, RELEVANCE: Sort(irrelevance(q))}


def find_question(
    connection: sa.Connection,
    question_id: str,
    context: int = 0,
    states: Sequence[TopicState] = CONFIRMED,
) -> Item:
    """Find one question with its neighbours, and the given number of turns of the record around it.

    Raises:
        NotFoundError: there is none with this id.
        GoneError: it was taken out.
    """
    row = connection.execute(question_select().where(col(Question.id) == question_id)).first()
    if row is None:
        raise absent_id(connection, "question", question_id)
    item = embed_questions(connection, [row], states)[0]
    beside = sa.select(col(Question.id), col(Question.position)).where(
        col(Question.interview_id) == row.interview_id,
        col(Question.position).in_((row.position - 1, row.position + 1)),
    )
    ids = {other.position: other.id for other in connection.execute(beside)}
    words = words_of(connection, list(ids.values()))[0]
    beside_it = {position: neighbour(other, position, words[other]["text"]) for position, other in ids.items()}
    in_interview = sa.select(sa.func.count()).where(col(Question.interview_id) == row.interview_id)
    return question_detail(
        item,
        beside_it.get(row.position - 1),
        beside_it.get(row.position + 1),
        connection.execute(in_interview).scalar_one(),
        context_of(connection, row.interview_id, turn_ids(item), context),
    )


def with_ids(connection: sa.Connection, ids: Sequence[str], states: Sequence[TopicState]) -> dict[str, Item]:
    """Return questions by id, as the list shows them."""
    rows = connection.execute(question_select().where(col(Question.id).in_(ids))).all()
    return {item["id"]: item for item in embed_questions(connection, rows, states)}
