"""Says which slugs are free for an interview. Addresses and commands find an interview by its slug or its id, and a
turn, a question or an answer by an id that begins with that of its interview: so no slug may be an id.
"""

import re

import sqlalchemy as sa
from sqlmodel import col

from app.models import Change, Embargo, Interview

_ITEM_ID = re.compile(r"([0-9a-z]+)-[a-z][0-9]+", re.ASCII)
# Statements of every import, built once: building one takes longer than running it.
_CALLED = sa.union_all(
    sa.select(col(Interview.id)).where(col(Interview.slug) == sa.bindparam("name")),
    sa.select(col(Embargo.interview_id)).where(col(Embargo.slug) == sa.bindparam("name")),
)
# An id that was given once is never another name, not even where nothing is left of its interview.
_NUMBERED = sa.union_all(
    sa.select(col(Interview.id)).where(col(Interview.id) == sa.bindparam("name")),
    sa.select(col(Embargo.interview_id)).where(col(Embargo.interview_id) == sa.bindparam("name")),
    sa.select(col(Change.item_id)).where(col(Change.item_id) == sa.bindparam("name"), col(Change.noun) == "interview"),
)


def why_taken(connection: sa.Connection, slug: str) -> str | None:
    """Say why an interview cannot be called so, given the slug; None if it can."""
    if is_slug_of_any(connection, slug):
        return f"another interview is called {slug!r}"
    item = _ITEM_ID.fullmatch(slug)
    for name in (slug, item[1] if item else None):
        if name is not None and connection.execute(_NUMBERED, {"name": name}).first() is not None:
            return f"{slug!r} is an id"
    return None


def is_slug_of_any(connection: sa.Connection, name: str) -> bool:
    """Whether an interview is called so, be it held back or not."""
    return connection.execute(_CALLED, {"name": name}).first() is not None
