"""Makes the stored speakers those who they are by the statements in force.

Who takes part in an interview as whom the files tell of stays in `contribution.read_as` and `speaker_reading`, from
which everything can be made anew: after a statement, after it is undone, and when interviews come back.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.as_read import READ_AS, PersonAsRead, chunks, people_as_read, read_as_any
from app.loading.history import reclaim_names, retire_name
from app.loading.merged_people import compose_names, connected, root_of
from app.loading.speaker_index import index_speakers
from app.models import (
    Answer,
    ChangeAction,
    Contribution,
    FormerName,
    Question,
    Speaker,
    SpeakerReading,
    Statement,
    StatementKind,
    Turn,
    table_of,
)

_NOUN = "speaker"
# A change of an item as `history.record_changes` takes it.
ItemChange = tuple[str, str, ChangeAction, Sequence[str]]
_IN_FORCE = sa.select(col(Statement.other_id), col(Statement.speaker_id)).where(
    col(Statement.kind) == StatementKind.MERGED, col(Statement.undone_at).is_(None)
)


def merged_into(connection: sa.Connection) -> dict[str, str]:
    """Map everybody whom a statement in force merges into somebody to that somebody."""
    return {row.other_id: row.speaker_id for row in connection.execute(_IN_FORCE)}


def compose(connection: sa.Connection, speaker_ids: Collection[str]) -> list[str]:
    """Write anew what is shown of speakers with whom others are merged; return those who changed."""
    changed = []
    for some in chunks(sorted(speaker_ids)):
        readings = connection.execute(
            sa.select(table_of(SpeakerReading)).where(col(SpeakerReading.speaker_id).in_(some)).order_by("id")
        ).all()
        of_speaker: dict[str, list[Any]] = defaultdict(list)
        for row in readings:
            of_speaker[row.speaker_id].append(row)
        speakers = sa.select(table_of(Speaker)).where(col(Speaker.id).in_(of_speaker))
        stored = {row.id: row for row in connection.execute(speakers)}
        for speaker_id, rows in of_speaker.items():
            values = composed_values(speaker_id, rows)
            if any(getattr(stored[speaker_id], name) != value for name, value in values.items()):
                connection.execute(sa.update(Speaker).where(col(Speaker.id) == speaker_id).values(**values))
                changed.append(speaker_id)
    return changed


def composed_values(speaker_id: str, readings: Sequence[Any]) -> dict[str, Any]:
    """Return the columns of a speaker, made of the readings of all who are merged, sorted by id."""
    [own] = [one for one in readings if one.id == speaker_id]
    others = [(one.name, one.aliases, one.same_as) for one in readings if one is not own]
    made = compose_names(own.name, own.aliases, own.same_as, others)
    return {"slug": own.slug, "name": made.name, "aliases": made.aliases, "same_as": made.same_as}


def restate(connection: sa.Connection, ids: Collection[str]) -> list[ItemChange]:
    """Make some people, and all who are connected with them by statements, those who they are by statements now.

    Returns the changes of items. No interview may have two who become one.
    """
    return _Restating(connection, ids).run()


def give(connection: sa.Connection, interview_id: str, before: str, now: str, read_id: str) -> list[ItemChange]:
    """Give what a speaker says in an interview to another one, who takes no part in it; return the changes.

    `read_id` is whom the files tell of there.
    """
    part = sa.update(Contribution).where(
        col(Contribution.interview_id) == interview_id, col(Contribution.speaker_id) == before
    )
    connection.execute(part.values(speaker_id=now, read_as=None if now == read_id else read_id))
    changed = {("interview", interview_id)}
    for noun, table, who in (
        ("question", Question, "asked_by"),
        ("answer", Answer, "speaker_id"),
        ("turn", Turn, "speaker_id"),
    ):
        columns = table_of(table).c
        theirs = sa.and_(columns.interview_id == interview_id, columns[who] == before)
        if noun != "turn":
            changed |= {(noun, item) for item in connection.execute(sa.select(columns.id).where(theirs)).scalars()}
        connection.execute(sa.update(table).where(theirs).values({who: now}))
    # A question changes with its answers.
    answered = sa.select(col(Answer.question_id)).where(
        col(Answer.interview_id) == interview_id, col(Answer.speaker_id) == now
    )
    changed |= {("question", item) for item in connection.execute(answered.distinct()).scalars()}
    return [(noun, item, ChangeAction.CHANGED, ()) for noun, item in sorted(changed)]


class _Restating:
    """Speakers who are made anew of what the files tell."""

    def __init__(self, connection: sa.Connection, ids: Collection[str]) -> None:
        self._connection = connection
        parents = merged_into(connection)
        self._people = people_as_read(connection, connected(parents, ids))
        self._contributions = self._find_contributions()
        self._root = self._find_roots(parents)
        self._changes: dict[tuple[str, str], tuple[ChangeAction, Sequence[str]]] = {}

    def run(self) -> list[ItemChange]:
        """Write everything, in an order that foreign keys allow."""
        groups: dict[str, list[PersonAsRead]] = defaultdict(list)
        for one in sorted(self._people.values(), key=lambda one: one.id):
            groups[self._root[one.id]].append(one)
        taking_part = {row.read_id for row in self._contributions}
        living = {root: group for root, group in groups.items() if any(one.id in taking_part for one in group)}
        stored = self._stored()
        self._write_speakers(living, stored)
        self._write_readings(living)
        self._move()
        self._delete(stored - living.keys())
        index_speakers(self._connection, self._people)
        return [(noun, item, action, replaced_by) for (noun, item), (action, replaced_by) in self._changes.items()]

    def _find_contributions(self) -> list[Any]:
        contribution = table_of(Contribution)
        columns = (contribution.c.interview_id, contribution.c.speaker_id, READ_AS.label("read_id"))
        return [
            row
            for some in chunks(list(self._people))
            for row in self._connection.execute(sa.select(*columns).where(read_as_any(some)))
        ]

    def _find_roots(self, parents: Mapping[str, str]) -> dict[str, str]:
        """Find who each is. Those of whom two take part in one interview stay as they are."""
        root = {one: root_of(parents, one, self._people) for one in self._people}
        seen: set[tuple[str, str]] = set()
        twice: set[str] = set()
        for row in self._contributions:
            place = (row.interview_id, root[row.read_id])
            if place in seen:
                twice.add(root[row.read_id])
            seen.add(place)
        return {one: self._people[one].speaker_id if of in twice else of for one, of in root.items()}

    def _stored(self) -> set[str]:
        found: set[str] = set()
        for some in chunks(list(self._people)):
            found.update(
                self._connection.execute(sa.select(col(Speaker.id)).where(col(Speaker.id).in_(some))).scalars()
            )
        return found

    def _write_speakers(self, living: Mapping[str, Sequence[PersonAsRead]], stored: Collection[str]) -> None:
        speakers = table_of(Speaker)
        for root, group in living.items():
            values = composed_values(root, group)
            if root not in stored:
                self._connection.execute(sa.insert(speakers).values(id=root, **values))
                reclaim_names(self._connection, _NOUN, [values["slug"]])
                self._note(_NOUN, root, ChangeAction.CREATED)
                continue
            before = self._connection.execute(sa.select(speakers).where(speakers.c.id == root)).one()
            if any(getattr(before, name) != value for name, value in values.items()):
                self._connection.execute(sa.update(speakers).where(speakers.c.id == root).values(**values))
            self._note(_NOUN, root, ChangeAction.CHANGED)

    def _write_readings(self, living: Mapping[str, Sequence[PersonAsRead]]) -> None:
        """Keep what the files tell of each who is merged; somebody alone is what the files tell."""
        for some in chunks(list(self._people)):
            self._connection.execute(sa.delete(SpeakerReading).where(col(SpeakerReading.id).in_(some)))
        rows = [
            {
                "id": one.id,
                "speaker_id": root,
                "slug": one.slug,
                "name": one.name,
                "aliases": one.aliases,
                "same_as": one.same_as,
            }
            for root, group in living.items()
            for one in group
            if len(group) > 1
        ]
        if rows:
            self._connection.execute(sa.insert(SpeakerReading), rows)

    def _move(self) -> None:
        """Give contributions, questions, answers and turns to those who they are of now."""
        for row in self._contributions:
            root = self._root[row.read_id]
            if row.speaker_id != root:
                changes = give(self._connection, row.interview_id, row.speaker_id, root, row.read_id)
                for noun, item, action, _replaced_by in changes:
                    self._note(noun, item, action)

    def _delete(self, speaker_ids: Collection[str]) -> None:
        """Delete those who are somebody else now, or take part nowhere; their addresses lead to that somebody."""
        for some in chunks(sorted(speaker_ids)):
            self._connection.execute(sa.delete(Speaker).where(col(Speaker.id).in_(some)))
        for one in sorted(speaker_ids):
            retire_name(self._connection, _NOUN, self._people[one].slug, one)
            root = self._root[one]
            self._note(_NOUN, one, ChangeAction.DELETED, () if root == one else (root,))

    def _note(self, noun: str, item: str, action: ChangeAction, replaced_by: Sequence[str] = ()) -> None:
        self._changes.setdefault((noun, item), (action, replaced_by))


def forget_absent(connection: sa.Connection, speaker_ids: Collection[str]) -> list[ItemChange]:
    """Forget those merged into some speakers of whom no file tells any more, such as after a withdrawal; the names that
    are forgotten lead nowhere. Returns the changes.
    """
    changes: list[ItemChange] = []
    for some in chunks(sorted(speaker_ids)):
        readings = connection.execute(
            sa.select(col(SpeakerReading.id), col(SpeakerReading.speaker_id)).where(
                col(SpeakerReading.speaker_id).in_(some), col(SpeakerReading.id) != col(SpeakerReading.speaker_id)
            )
        ).all()
        for row in readings:
            if connection.execute(sa.select(READ_AS).where(read_as_any([row.id])).limit(1)).first() is not None:
                continue
            connection.execute(sa.delete(SpeakerReading).where(col(SpeakerReading.id) == row.id))
            former = sa.and_(col(FormerName.noun) == _NOUN, col(FormerName.item_id) == row.id)
            connection.execute(sa.delete(FormerName).where(former))
            changes.append((_NOUN, row.id, ChangeAction.DELETED, ()))
            changes += restate(connection, [row.speaker_id])
    return list({one[:2]: one for one in changes}.values())
