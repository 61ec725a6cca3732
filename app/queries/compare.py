"""Compares the answers of several speakers on one topic."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import ParameterError
from app.models import Contribution, Speaker, Topic
from app.queries import answers, questions
from app.queries.embedding import Item, display_name
from app.queries.filters import Clause, Filters
from app.queries.names import find_ids
from app.queries.paging import PageRequest, list_page


def compare_speakers(connection: sa.Connection, topic: str, speakers: Sequence[str], limit: int) -> Item:
    """Return up to `limit` answers of each speaker on a topic or one below it, the newest first.

    `goes_on` says whether a speaker has more.

    Raises:
        ParameterError: there is no such topic or speaker, or two names mean one speaker.
    """
    topic_id = find_ids(connection, "topic", [topic], Topic)[topic]
    ids_by_slug = find_ids(connection, "speaker", speakers, Speaker)
    ids = [ids_by_slug[slug] for slug in speakers]
    if len(set(ids)) < len(ids):
        raise ParameterError("speaker", "One speaker is named twice; compare different ones.")
    topic_columns: tuple[Any, ...] = (Topic.slug, Topic.label)
    about = connection.execute(sa.select(*topic_columns).where(col(Topic.id) == topic_id)).one()
    speaker_columns: tuple[Any, ...] = (Speaker.id, Speaker.slug, Speaker.name)
    rows = connection.execute(sa.select(*speaker_columns).where(col(Speaker.id).in_(ids)))
    people = {row.id: row for row in rows}
    # Whom nobody names takes part in one interview.
    parts = sa.select(col(Contribution.speaker_id), col(Contribution.role)).where(col(Contribution.speaker_id).in_(ids))
    roles = {row.speaker_id: [row.role] for row in connection.execute(parts)}
    compared = []
    for one in ids:
        filters = Filters(topic=(Clause((about.slug,)),), answered_by=(Clause((people[one].slug,)),))
        listing = answers.listing(connection, filters, questions.DEFAULT_SORT)
        page = list_page(connection, listing, PageRequest("compare", limit))
        compared.append(
            {
                "slug": people[one].slug,
                "name": people[one].name,
                "display_name": display_name(people[one].name, *roles.get(one, ())),
                "items": page.items,
                "total": page.total,
                "total_is_exact": page.total_is_exact,
                "goes_on": page.next is not None,
            }
        )
    return {"topic": dict(about._mapping), "items": compared}
