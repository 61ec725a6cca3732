"""The topic hierarchy, with how many questions each topic has by itself and with those below it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models import Topic, TopicCount
from app.queries.embedding import Item
from app.queries.names import absent
from app.queries.paging import Listing
from app.queries.sorting import Key, Sort, keys_for
from app.queries.topic_tree import sizes_of
from app.topics.concepts import LabelKind

DEFAULT_SORT = "label"
SORTABLE = {"label": Sort(col(Topic.label), unique=col(Topic.id)), "slug": Sort(col(Topic.slug))}


def _select() -> sa.Select[Any]:
    above = aliased(Topic)
    columns: tuple[Any, ...] = (
        col(Topic.id),
        col(Topic.slug),
        col(Topic.label),
        col(Topic.definition),
        col(Topic.labels),
        col(Topic.uri),
        col(Topic.notation),
        col(Topic.exact_match),
        col(above.slug).label("broader_slug"),
        col(above.label).label("broader_label"),
    )
    return sa.select(*columns).outerjoin(above, col(Topic.broader_id) == col(above.id))


def listing(sort: str) -> Listing:
    """Sort the list of topics.

    Raises:
        ParameterError: the sort is not one.
    """
    return Listing(_select(), keys_for(sort, SORTABLE, (Key(col(Topic.id)),)), _with_counts)


def largest(connection: sa.Connection, limit: int) -> list[Item]:
    """Return the topics that most questions have themselves, by label, each with how many these are."""
    own = sa.func.sum(col(TopicCount.own)).label("question_count")
    counted = (
        sa.select(col(Topic.slug), col(Topic.label), own)
        .join(TopicCount, col(TopicCount.topic_id) == col(Topic.id))
        .group_by(col(Topic.id), col(Topic.slug), col(Topic.label))
        .having(own > 0)
        .order_by(own.desc(), col(Topic.label), col(Topic.id))
        .limit(limit)
    )
    return sorted((dict(row._mapping) for row in connection.execute(counted)), key=lambda topic: topic["label"])


def find_topic(connection: sa.Connection, slug: str) -> Item:
    """Find one topic.

    Raises:
        NotFoundError: there is none of this slug; near ones are suggested.
        MovedError: the slug was changed.
        GoneError: the topic was taken out.
    """
    row = connection.execute(_select().where(col(Topic.slug) == slug)).first()
    if row is None:
        raise absent(connection, Topic, slug)
    return _with_counts(connection, [row])[0]


def _with_counts(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Item]:
    """Add the topics one step below, and counts of questions: two statements for any number of topics."""
    ids = [row.id for row in rows]
    counts = sizes_of(connection, ids)
    narrower: dict[str, list[Item]] = defaultdict(list)
    children = connection.execute(
        sa.select(col(Topic.broader_id), col(Topic.slug), col(Topic.label))
        .where(col(Topic.broader_id).in_([row.id for row in rows]))
        .order_by(col(Topic.label), col(Topic.id))
    )
    for child in children:
        narrower[child.broader_id].append({"slug": child.slug, "label": child.label})
    return [
        {
            "slug": row.slug,
            "label": row.label,
            "definition": row.definition,
            "alternative_labels": _alternative(row.labels),
            "exact_match": row.exact_match,
            "broader": None if row.broader_slug is None else {"slug": row.broader_slug, "label": row.broader_label},
            "narrower": narrower[row.id],
            "question_count": counts[row.id].own,
            "question_count_with_narrower": counts[row.id].questions,
            "labels": row.labels,
            "uri": row.uri,
            "notation": row.notation,
        }
        for row in rows
    ]


def _alternative(labels: Sequence[Item]) -> list[str]:
    """Return the alternative labels in the language of the one that is shown, and those without a language."""
    shown = labels[0]["language"]
    alternative = (label for label in labels if label["kind"] == LabelKind.ALTERNATIVE)
    return [label["text"] for label in alternative if shown is None or label["language"] in {shown, None}]
