"""Reads the stored vocabulary."""

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models import FormerName, Topic
from app.topics.concepts import Concept, ConceptLabel, LabelKind, StoredConcepts, checked


def find_vocabulary(connection: sa.Connection) -> dict[str, Concept]:
    """Return all topics by slug, each after its broader one. A topic replaces its former slugs."""
    above = aliased(Topic)
    former: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(
        sa.select(col(FormerName.item_id), col(FormerName.name))
        .where(col(FormerName.noun) == "topic")
        .order_by(col(FormerName.name))
    ):
        former[row.item_id].append(row.name)
    columns = (
        Topic.id,
        Topic.slug,
        Topic.labels,
        Topic.definition,
        Topic.uri,
        Topic.notation,
        Topic.exact_match,
    )
    rows = connection.execute(
        sa.select(*map(col, columns), col(above.slug).label("broader"))
        .outerjoin(above, col(above.id) == col(Topic.broader_id))
        .order_by(col(Topic.slug))
    )
    concepts = {
        row.slug: Concept(
            labels=tuple(ConceptLabel(LabelKind(one["kind"]), one["language"], one["text"]) for one in row.labels),
            definition=row.definition,
            broader=row.broader,
            uri=row.uri,
            notation=row.notation,
            exact_match=tuple(row.exact_match),
            replaces=tuple(former[row.id]),
        )
        for row in rows
    }
    return checked("the stored vocabulary", concepts)


def find_stored_concepts(connection: sa.Connection) -> StoredConcepts:
    """Return the addresses of stored topics, by which reading a thesaurus recognizes them."""
    rows = connection.execute(
        sa.select(col(Topic.slug), col(Topic.uri), col(Topic.exact_match)).order_by(col(Topic.slug))
    )
    uris: dict[str, str] = {}
    matches: dict[str, str] = {}
    slugs = set()
    for row in rows:
        slugs.add(row.slug)
        if row.uri is not None:
            uris[row.uri] = row.slug
        for match in row.exact_match:
            matches.setdefault(match, row.slug)
    return StoredConcepts(uris, matches, frozenset(slugs))
