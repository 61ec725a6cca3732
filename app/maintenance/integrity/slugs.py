"""Slugs are parts of addresses and names of files, so nothing else stands in their place."""

from collections.abc import Generator

import sqlalchemy as sa
from sqlmodel import col

from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem, stream
from app.models import Interview, Speaker, Topic
from app.text.folding import is_slug


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    for table in (Interview, Speaker, Topic):
        for row in stream(connection, sa.select(col(table.id), col(table.slug))):
            counter.add()
            if not is_slug(row.slug):
                yield row.id, f"has {row.slug[:80]!r} for a slug, which is none"


CHECK = Check("slugs", "what becomes a part of addresses and file names is a slug", RESTORE, _find_problems)
