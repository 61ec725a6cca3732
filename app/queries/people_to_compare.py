"""Reads all named speakers with what tells them apart, and what editors have stated of pairs of them."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import (
    Contribution,
    Interview,
    Speaker,
    SpeakerEntry,
    SpeakerReading,
    Statement,
    StatementKind,
)
from app.queries.embedding import Item


def people_to_compare(connection: sa.Connection) -> list[Item]:
    """Return everybody who has a name: the columns, and sets of affiliations, series and interviews."""
    columns = (col(Speaker.id), col(Speaker.slug), col(Speaker.name), col(Speaker.aliases), col(Speaker.same_as))
    people = sa.select(*columns, col(SpeakerEntry.answers)).join(
        SpeakerEntry, col(SpeakerEntry.speaker_id) == col(Speaker.id)
    )
    parts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    taking_part = sa.select(
        col(Contribution.speaker_id), col(Contribution.affiliation), col(Interview.slug), col(Interview.series)
    ).join(Interview, col(Interview.id) == col(Contribution.interview_id))
    for row in connection.execute(taking_part):
        part = parts[row.speaker_id]
        part["interviews"].add(row.slug)
        for name, value in (("affiliations", row.affiliation), ("series", row.series)):
            if value is not None:
                part[name].add(value)
    return [
        {
            **row._mapping,
            "same_as": frozenset(row.same_as),
            **{name: frozenset(parts[row.id][name]) for name in ("interviews", "affiliations", "series")},
        }
        for row in connection.execute(people.where(col(Speaker.name).is_not(None)).order_by(col(Speaker.id)))
    ]


def stated_pairs(connection: sa.Connection) -> tuple[set[frozenset[str]], dict[frozenset[str], str]]:
    """Return the pairs of ids that are two people by a statement in force, and those whose merging was undone, and
    when.
    """
    now = {
        row.id: row.speaker_id
        for row in connection.execute(sa.select(col(SpeakerReading.id), col(SpeakerReading.speaker_id)))
    }
    distinct: set[frozenset[str]] = set()
    undone: dict[frozenset[str], str] = {}
    columns: tuple[Any, ...] = (Statement.kind, Statement.speaker_id, Statement.other_id, Statement.undone_at)
    for row in connection.execute(sa.select(*map(col, columns)).order_by(col(Statement.number))):
        pair = frozenset(now.get(one, one) for one in (row.speaker_id, row.other_id))
        if row.kind in {StatementKind.PARTED, StatementKind.DISTINCT} and row.undone_at is None:
            distinct.add(pair)
        elif row.kind is StatementKind.MERGED and row.undone_at is not None:
            undone[pair] = row.undone_at.date().isoformat()
    return distinct, undone
