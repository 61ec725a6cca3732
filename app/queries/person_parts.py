"""A speaker with everything that tells who it is: each part in an interview, with labels, and whom editors merged into
them; and what editors stated of somebody.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Contribution, Interview, Speaker, SpeakerReading, Statement
from app.queries import corpus_statements
from app.queries.embedding import Item
from app.queries.paging import PageRequest, list_page
from app.queries.speakers import find_speaker

# Statements that are listed of one speaker, the newest.
_MOST_STATEMENTS = 50
_STATE_DIGITS = 16


def find_person(connection: sa.Connection, slug: str) -> Item:
    """Find a speaker with the interviews in which they take part, the newest first, and the names that were merged.

    `state` is another one as soon as any of it is.

    Raises:
        NotFoundError, MovedError, GoneError: there is no speaker of this slug.
    """
    person = find_speaker(connection, slug)
    speaker_id = connection.execute(sa.select(col(Speaker.id)).where(col(Speaker.slug) == slug)).scalar_one()
    columns: tuple[Any, ...] = (
        *map(col, (Interview.slug, Interview.title, Interview.language, Interview.published)),
        *map(col, (Interview.series, Interview.publisher)),
        *map(col, (Contribution.role, Contribution.role_attribution, Contribution.affiliation, Contribution.labels)),
        col(Contribution.read_as),
    )
    parts = sa.select(*columns).join(Contribution, col(Contribution.interview_id) == col(Interview.id))
    parts = parts.where(col(Contribution.speaker_id) == speaker_id)
    parts = parts.order_by(col(Interview.published_earliest).desc(), col(Interview.slug))
    merged = {
        row.id: row.name or row.slug
        for row in connection.execute(
            sa.select(col(SpeakerReading.id), col(SpeakerReading.name), col(SpeakerReading.slug)).where(
                col(SpeakerReading.speaker_id) == speaker_id
            )
        )
    }
    found = {
        **person,
        "id": speaker_id,
        "merged": sorted(name for one, name in merged.items() if one != speaker_id),
        "ids": {speaker_id, *merged},
        "parts": [
            {**row._mapping, "read_as": merged.get(row.read_as) if row.read_as else None}
            for row in connection.execute(parts)
        ],
    }
    return {**found, "state": _state(found)}


def _state(person: Item) -> str:
    """Return a digest of what is shown of somebody."""
    shown = [person[name] for name in ("id", "slug", "name", "aliases", "same_as", "merged")]
    shown += [[part["slug"], part["affiliation"], part["labels"], part["read_as"]] for part in person["parts"]]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:_STATE_DIGITS]


def statements_about(connection: sa.Connection, speaker_ids: Collection[str]) -> list[Item]:
    """List the newest statements about some speakers, also those that were undone, with their names."""
    listing = corpus_statements.listing("-number", undone=True)
    about = sa.or_(col(Statement.speaker_id).in_(speaker_ids), col(Statement.other_id).in_(speaker_ids))
    listing = replace(listing, select=listing.select.where(about))
    return with_names(connection, list_page(connection, listing, PageRequest("about", _MOST_STATEMENTS)).items)


def with_names(connection: sa.Connection, statements: Collection[Item]) -> list[Item]:
    """Add to statements what those are called whom they are about, by the files: the name, or else the slug."""
    slugs = {slug for one in statements for slug in (one["speaker"], one["other"])}
    names: dict[str, str] = {}
    for table in (Speaker, SpeakerReading):
        rows = connection.execute(sa.select(col(table.slug), col(table.name)).where(col(table.slug).in_(slugs)))
        names |= {row.slug: row.name for row in rows if row.name}
    return [
        {
            **one,
            "speaker_name": names.get(one["speaker"], one["speaker"]),
            "other_name": names.get(one["other"], one["other"]),
        }
        for one in statements
    ]
