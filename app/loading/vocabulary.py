"""Stores the topic vocabulary. A topic that is renamed or merged keeps its id or leads to the one that has it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import MetadataError
from app.loading.author import Author
from app.loading.history import new_revision, reclaim_names, record_changes, retire_name
from app.models import ChangeAction, FormerName, QuestionTopic, Topic, TopicOrigin, TopicState, table_of
from app.topics.concepts import Concept

_NOUN = "topic"
# Where two topics of one question are merged, the stronger state stays.
_STRENGTH = {TopicState.CONFIRMED: 2, TopicState.REJECTED: 1, TopicState.PROPOSED: 0}


@dataclass
class VocabularyReport:
    """What loading a vocabulary did, by slug. `renamed` and `merged` map former slugs to new ones; `not_in_file` are
    stored topics that the file leaves out; `remarks` say what could not be read.
    """

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    not_in_file: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def load_vocabulary(
    connection: sa.Connection, concepts: Mapping[str, Concept], author: Author, name: str = "the vocabulary"
) -> VocabularyReport:
    """Store concepts, each after the one above it. Stored topics that the file leaves out stay, and are reported.

    The topic of a concept has its slug, else its URI, else is the first one that it replaces; in the last two cases it
    is renamed. All others that the concept replaces are merged into it, with their questions.

    Raises:
        MetadataError: the slug and the URI of a concept are those of two topics.
    """
    return _VocabularyWriter(connection, name).load(concepts, author)


class _VocabularyWriter:
    """Writes one vocabulary into the table."""

    def __init__(self, connection: sa.Connection, name: str) -> None:
        self._connection, self._name = connection, name
        rows = connection.execute(sa.select(table_of(Topic)).order_by(col(Topic.slug))).all()
        self._by_slug = {row.slug: row for row in rows}
        self._by_uri = {row.uri: row for row in rows if row.uri is not None}
        self._ids = {row.id for row in rows}
        self._report = VocabularyReport()
        self._changes: dict[tuple[str, str], ChangeAction] = {}

    def load(self, concepts: Mapping[str, Concept], author: Author) -> VocabularyReport:
        matches = self._find(concepts)
        self._rename({slug: row for slug, row in matches.items() if row.slug != slug})
        ids = {slug: matches[slug].id if slug in matches else self._new_id(slug) for slug in concepts}
        for slug, concept in concepts.items():
            self._store(slug, concept, matches.get(slug), ids)
        reclaim_names(self._connection, _NOUN, self._report.created)
        for slug, concept in concepts.items():
            for old in concept.replaces:
                self._replace(old, slug, ids[slug])
        matched_ids = {row.id for row in matches.values()}
        self._report.not_in_file = sorted(
            row.slug
            for row in self._by_slug.values()
            if row.id not in matched_ids and row.slug not in self._report.merged
        )
        if self._changes:
            number = new_revision(self._connection, author)
            record_changes(
                self._connection, number, [(noun, item, action, ()) for (noun, item), action in self._changes.items()]
            )
        return self._report

    def _find(self, concepts: Mapping[str, Concept]) -> dict[str, Any]:
        """Return the stored topic that each concept is, by the concept's slug."""
        matches: dict[str, Any] = {}
        taken: set[str] = set()
        for slug, concept in concepts.items():
            row, same = self._by_slug.get(slug), self._by_uri.get(concept.uri)
            if row is not None and same is not None and row.id != same.id and same.slug not in concept.replaces:
                reason = (
                    f"{concept.uri} is the topic {same.slug!r}, and {slug!r} is another one; "
                    f'write replaces = ["{same.slug}"] to make them one'
                )
                raise MetadataError(self._name, slug, reason)
            if row is None and same is not None and same.slug not in concepts:
                row = same
            if row is not None:
                matches[slug] = row
                taken.add(row.id)
        for slug, concept in concepts.items():
            replaced = (self._stored(old) for old in concept.replaces)
            if slug not in matches and (row := next((one for one in replaced if one and one.id not in taken), None)):
                matches[slug] = row
                taken.add(row.id)
        return matches

    def _stored(self, old: str) -> Any:
        return self._by_slug.get(old) or self._by_uri.get(old)

    def _new_id(self, slug: str) -> str:
        """Return the slug as id of a new topic, with a number if a renamed topic has that id."""
        topic_id, number = slug, 1
        while topic_id in self._ids:
            number += 1
            topic_id = f"{slug}-{number}"
        self._ids.add(topic_id)
        return topic_id

    def _rename(self, rows: Mapping[str, Any]) -> None:
        # Topics may swap slugs, so each first gets a temporary one; no slug has a tilde.
        for stage in ("temporary", "final"):
            for slug, row in rows.items():
                name = f"{row.id}~" if stage == "temporary" else slug
                self._connection.execute(sa.update(Topic).where(col(Topic.id) == row.id).values(slug=name))
        for slug, row in rows.items():
            retire_name(self._connection, _NOUN, row.slug, row.id)
            self._report.renamed[row.slug] = slug
            self._changes[_NOUN, row.id] = ChangeAction.CHANGED
        reclaim_names(self._connection, _NOUN, rows)

    def _store(self, slug: str, concept: Concept, row: Any, ids: Mapping[str, str]) -> None:
        values: dict[str, Any] = {
            "label": concept.label,
            "labels": [asdict(label) for label in concept.labels],
            "definition": concept.definition,
            "broader_id": ids[concept.broader] if concept.broader else None,
            "uri": concept.uri,
            "notation": concept.notation,
            "exact_match": list(concept.exact_match),
        }
        if row is None:
            self._connection.execute(sa.insert(Topic).values(id=ids[slug], slug=slug, **values))
            self._report.created.append(slug)
            self._changes[_NOUN, ids[slug]] = ChangeAction.CREATED
        elif any(getattr(row, key) != value for key, value in values.items()):
            self._connection.execute(sa.update(Topic).where(col(Topic.id) == row.id).values(**values))
            self._report.changed.append(slug)
            self._changes[_NOUN, row.id] = ChangeAction.CHANGED
        elif slug not in self._report.renamed.values():
            self._report.unchanged.append(slug)

    def _replace(self, old: str, slug: str, topic_id: str) -> None:
        """Merge a topic into the one that replaces it; if it is not stored, only its name redirects."""
        row = self._stored(old)
        if row is not None and row.id == topic_id:
            return
        if row is not None:
            self._move_questions(row.id, topic_id)
            self._move_below(row.id, topic_id)
            self._connection.execute(sa.delete(Topic).where(col(Topic.id) == row.id))
            former = sa.update(FormerName).where(col(FormerName.noun) == _NOUN, col(FormerName.item_id) == row.id)
            self._connection.execute(former.values(item_id=topic_id))
            self._report.merged[row.slug] = slug
            self._changes[_NOUN, row.id] = ChangeAction.DELETED
            self._changes.setdefault((_NOUN, topic_id), ChangeAction.CHANGED)
            retire_name(self._connection, _NOUN, row.slug, topic_id)
        elif ":" not in old and retire_name(self._connection, _NOUN, old, topic_id):
            self._changes.setdefault((_NOUN, topic_id), ChangeAction.CHANGED)

    def _move_below(self, old_id: str, topic_id: str) -> None:
        below = sa.and_(col(Topic.broader_id) == old_id, col(Topic.id) != topic_id)
        for moved in self._connection.execute(sa.select(col(Topic.id)).where(below)).scalars().all():
            self._changes.setdefault((_NOUN, moved), ChangeAction.CHANGED)
        self._connection.execute(sa.update(Topic).where(below).values(broader_id=topic_id))

    def _move_questions(self, old_id: str, topic_id: str) -> None:
        assigned = table_of(QuestionTopic)
        both = self._connection.execute(sa.select(assigned).where(assigned.c.topic_id.in_((old_id, topic_id)))).all()
        stronger: dict[str, Any] = {}
        for row in sorted(both, key=lambda row: (_strength(row), row.topic_id == topic_id), reverse=True):
            stronger.setdefault(row.question_id, row)
        moved = [row for row in stronger.values() if row.topic_id == old_id]
        for row in moved:
            here = sa.and_(assigned.c.question_id == row.question_id, assigned.c.topic_id == topic_id)
            self._connection.execute(sa.delete(assigned).where(here))
            there = sa.and_(assigned.c.question_id == row.question_id, assigned.c.topic_id == old_id)
            self._connection.execute(sa.update(assigned).where(there).values(topic_id=topic_id))
        self._connection.execute(sa.delete(assigned).where(assigned.c.topic_id == old_id))
        for row in both:
            if row.topic_id == old_id:
                self._changes["question", row.question_id] = ChangeAction.CHANGED


def _strength(row: Any) -> tuple[bool, int]:
    return row.origin == TopicOrigin.EDITOR, _STRENGTH[row.state]
