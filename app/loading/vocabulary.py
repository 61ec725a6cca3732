"""The topic vocabulary into its table."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.history import new_revision, record_changes
from app.models import (
    ChangeAction,
    Topic,
    table_of,
)
from app.topics.vocabulary import Concept


@dataclass
class VocabularyLoaded:
    """What became of a vocabulary file: slugs by outcome, and topics that are stored but not in the file."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    not_in_file: list[str] = field(default_factory=list)


def load_vocabulary(
    connection: sa.Connection, concepts: Mapping[str, Concept], now: datetime.datetime
) -> VocabularyLoaded:
    """Store concepts, each after the one above it. A topic that the file leaves out stays, and is reported."""
    stored = {row.slug: row for row in connection.execute(sa.select(table_of(Topic))).all()}
    ids = {slug: row.id for slug, row in stored.items()}
    report = VocabularyLoaded(not_in_file=sorted(set(stored) - set(concepts)))
    for slug, concept in concepts.items():
        values: dict[str, Any] = {
            "label": concept.label,
            "definition": concept.definition,
            "broader_id": ids[concept.broader] if concept.broader else None,
            "alternative_labels": concept.alternative,
            "exact_match": concept.exact_match,
        }
        if slug not in stored:
            ids[slug] = slug
            connection.execute(sa.insert(Topic).values(id=slug, slug=slug, **values))
            report.created.append(slug)
        elif any(getattr(stored[slug], name) != value for name, value in values.items()):
            connection.execute(sa.update(Topic).where(col(Topic.id) == ids[slug]).values(**values))
            report.changed.append(slug)
        else:
            report.unchanged.append(slug)
    if report.created or report.changed:
        number = new_revision(connection, now, None, None, None)
        changes = [(slug, ChangeAction.CREATED) for slug in report.created]
        changes += [(slug, ChangeAction.CHANGED) for slug in report.changed]
        record_changes(connection, number, [("topic", ids[slug], action) for slug, action in changes])
    return report
