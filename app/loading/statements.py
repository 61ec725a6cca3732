"""States who is one person and who is not, over what files tell; and undoes that. Works in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import NotFoundError, StatementError
from app.loading.as_read import READ_AS, PersonAsRead, people_as_read, read_as_any
from app.loading.author import Author
from app.loading.history import new_revision, reclaim_names, record_changes, retire_name
from app.loading.id_counter import IdCounter
from app.loading.merging import ItemChange, give, restate
from app.loading.same_person import is_full_name
from app.loading.speaker_index import index_speakers
from app.models import (
    ChangeAction,
    Contribution,
    Interview,
    Speaker,
    SpeakerReading,
    Statement,
    StatementKind,
    table_of,
)
from app.queries.corpus_statements import slugs_as_read
from app.queries.names import slug_of
from app.text.folding import slugify

# Interviews that a message names, at most.
_MOST_NAMED = 3


@dataclass(frozen=True)
class Stated:
    """A statement that was made or undone. `speaker` and `other` are the slugs of those whom it is about, None of
    somebody who takes part nowhere now; `interviews` how many have other people now than before.
    """

    number: int
    kind: StatementKind
    speaker: str | None
    other: str | None
    interviews: int


def merge(connection: sa.Connection, keep: str, other: str, author: Author) -> Stated:
    """State that two speakers, given by slug, are one person: `keep`, to whom the address of the other one leads.

    Raises:
        NotFoundError, MovedError, GoneError: there is no such speaker.
        StatementError: both are one already, take part in the same interview, or are stated to be two people.
    """
    kept, merged = _speaker(connection, keep), _speaker(connection, other)
    if kept.id == merged.id:
        raise StatementError(f"{keep!r} and {other!r} are one speaker")
    if both := _interviews_of_both(connection, kept.id, merged.id):
        raise StatementError(
            f"{keep!r} and {other!r} both take part in {_named(both)}, so they are two there; if one person has two "
            "labels in it, write both into one [[speakers]] table of its metadata file, and load it again"
        )
    if (number := find_distinct(connection, kept.id, merged.id)) is not None:
        raise StatementError(
            f"{keep!r} and {other!r} are stated to be two people; undo statement {number} first if that is wrong"
        )
    revision = new_revision(connection, author)
    statement = _store(connection, StatementKind.MERGED, kept.id, merged.id, author)
    changes = restate(connection, [kept.id, merged.id])
    record_changes(connection, revision, changes)
    return Stated(statement.number, StatementKind.MERGED, kept.slug, merged.slug, _count(changes))


def distinct(connection: sa.Connection, speaker: str, other: str, author: Author) -> Stated:
    """State that two speakers, given by slug, are two people: they are not proposed as one, and not merged.

    Raises:
        NotFoundError, MovedError, GoneError: there is no such speaker.
        StatementError: both are one, or this is stated already.
    """
    one, two = _speaker(connection, speaker), _speaker(connection, other)
    if one.id == two.id:
        raise StatementError(
            f"{speaker!r} and {other!r} are one speaker; undo the statement that made them one, or part the speaker"
        )
    if (number := find_distinct(connection, one.id, two.id)) is not None:
        raise StatementError(f"{speaker!r} and {other!r} are stated to be two people already, in statement {number}")
    revision = new_revision(connection, author)
    statement = _store(connection, StatementKind.DISTINCT, one.id, two.id, author)
    record_changes(connection, revision, _with_owner(connection, statement, []))
    return Stated(statement.number, StatementKind.DISTINCT, one.slug, two.slug, 0)


def find_distinct(connection: sa.Connection, one: str, other: str) -> int | None:
    """Return the number of the statement in force by which two speakers, given by id, are two people, if there is one.
    It also counts for those with whom one of them was merged since.
    """
    rows = [row for row in list_statements(connection) if row.kind is StatementKind.DISTINCT]
    people = people_as_read(connection, {speaker for row in rows for speaker in (row.speaker_id, row.other_id)})
    for row in rows:
        two = [people[speaker].speaker_id for speaker in (row.speaker_id, row.other_id) if speaker in people]
        if sorted(two) == sorted((one, other)):
            return int(row.number)
    return None


def part(
    connection: sa.Connection, speaker: str, interviews: Sequence[str], name: str | None, author: Author
) -> Stated:
    """State that a speaker, given by slug, is somebody else in some interviews, given by slug or id.

    That somebody has the same name, unless another one is given.

    Raises:
        NotFoundError, MovedError, GoneError: there is no such speaker or interview.
        StatementError: the speaker takes no part in one of the interviews, or only in these.
    """
    return _Parting(connection, speaker, interviews, name, author).store()


def undo(connection: sa.Connection, number: int | None, author: Author) -> Stated:
    """Undo a statement; None is the last one in force.

    Raises:
        NotFoundError: there is no such statement in force.
        StatementError: somebody who was parted takes part in an interview with the one they would be again.
    """
    in_force = sa.select(table_of(Statement)).where(col(Statement.undone_at).is_(None))
    if number is not None:
        in_force = in_force.where(col(Statement.number) == number)
    row = connection.execute(in_force.order_by(col(Statement.number).desc()).limit(1)).first()
    if row is None:
        raise NotFoundError("statement in force", "" if number is None else str(number))
    revision = new_revision(connection, author)
    undone = {"undone_at": author.when, "undone_by": author.who, "undone_reason": author.why}
    connection.execute(sa.update(Statement).where(col(Statement.number) == row.number).values(**undone))
    changes = _rejoin(connection, row) if row.kind is StatementKind.PARTED else []
    seen = {(noun, item) for noun, item, _action, _replaced_by in changes}
    if row.kind is not StatementKind.DISTINCT:
        changes += [one for one in restate(connection, [row.speaker_id, row.other_id]) if one[:2] not in seen]
    record_changes(connection, revision, _with_owner(connection, row, changes))
    slugs = slugs_as_read(connection, [row.speaker_id, row.other_id])
    return Stated(row.number, row.kind, slugs.get(row.speaker_id), slugs.get(row.other_id), _count(changes))


def list_statements(connection: sa.Connection, *, undone: bool = False) -> list[Any]:
    """List the statements in force, the first one first; or all."""
    select = sa.select(table_of(Statement)).order_by(col(Statement.number))
    return list(connection.execute(select if undone else select.where(col(Statement.undone_at).is_(None))))


class _Parting:
    """A speaker who is parted from another one."""

    def __init__(
        self, connection: sa.Connection, speaker: str, interviews: Sequence[str], name: str | None, author: Author
    ) -> None:
        self._connection, self._name, self._author = connection, name, author
        self._speaker = _speaker(connection, speaker)
        slugs = dict.fromkeys(slug_of(connection, Interview, one) for one in interviews)
        rows = connection.execute(sa.select(table_of(Interview)).where(col(Interview.slug).in_(slugs)))
        self._interviews = sorted(rows.all(), key=lambda row: list(slugs).index(row.slug))
        self._read_id = self._find_read_id(speaker)

    def _find_read_id(self, speaker: str) -> str:
        """Return whom the files tell of in these interviews."""
        found: dict[str, str] = {}
        for interview in self._interviews:
            part = sa.select(READ_AS).where(
                col(Contribution.interview_id) == interview.id, col(Contribution.speaker_id) == self._speaker.id
            )
            read_id = self._connection.execute(part).scalar()
            if read_id is None:
                raise StatementError(f"{speaker!r} takes no part in {interview.slug!r}")
            found[interview.slug] = read_id
        if len(set(found.values())) > 1:
            raise StatementError(
                f"in {_named(list(found))} {speaker!r} has different names, which were merged; part them one by one"
            )
        [read_id] = set(found.values())
        elsewhere = sa.select(col(Contribution.interview_id)).where(
            read_as_any([read_id]), col(Contribution.interview_id).not_in([row.id for row in self._interviews])
        )
        if self._connection.execute(elsewhere.limit(1)).first() is None:
            if read_id != self._speaker.id:
                raise StatementError(
                    f"the one merged into {speaker!r} takes part only in {_named(list(found))}; undo that "
                    "statement instead: 'quoth speakers statements' has its number"
                )
            raise StatementError(f"{speaker!r} takes part only in {_named(list(found))}: there is nobody to part from")
        return read_id

    def store(self) -> Stated:
        """Store the new speaker, and the statement."""
        revision = new_revision(self._connection, self._author)
        read = people_as_read(self._connection, [self._read_id])[self._read_id]
        first = self._interviews[0]
        counter = IdCounter(first.id, "s", first.speakers_numbered)
        speaker_id = counter.next()
        given = sa.update(Interview).where(col(Interview.id) == first.id)
        self._connection.execute(given.values(speakers_numbered=counter.given))
        name = self._name if self._name is not None else read.name
        slug = _free_slug(self._connection, _slug_for(name, read, first.slug))
        stored: dict[str, Any] = {"id": speaker_id, "slug": slug, "name": name, "aliases": [], "same_as": []}
        self._connection.execute(sa.insert(Speaker).values(**stored))
        reclaim_names(self._connection, "speaker", [slug])
        changes: list[ItemChange] = [
            ("speaker", speaker_id, ChangeAction.CREATED, ()),
            ("speaker", self._speaker.id, ChangeAction.CHANGED, ()),
        ]
        for interview in self._interviews:
            changes += give(self._connection, interview.id, self._speaker.id, speaker_id, speaker_id)
        index_speakers(self._connection, [speaker_id, self._speaker.id])
        ids = [row.id for row in self._interviews]
        statement = _store(
            self._connection,
            StatementKind.PARTED,
            self._read_id,
            speaker_id,
            self._author,
            interviews=ids,
            is_named=self._name is not None,
        )
        record_changes(self._connection, revision, _with_owner(self._connection, statement, changes))
        return Stated(statement.number, StatementKind.PARTED, self._speaker.slug, slug, len(ids))


def _rejoin(connection: sa.Connection, statement: Any) -> list[ItemChange]:
    """Give what somebody who was parted says back to the speaker from whom they were; return the changes."""
    people = people_as_read(connection, [statement.speaker_id, statement.other_id])
    whole, parted = people.get(statement.speaker_id), people.get(statement.other_id)
    if whole is None or parted is None:
        return []
    columns = (col(Contribution.interview_id), col(Contribution.speaker_id))
    mine = col(Contribution.interview_id).in_(statement.interviews)
    rows = connection.execute(sa.select(*columns).where(mine, read_as_any([parted.id]))).all()
    taken = sa.select(col(Interview.slug)).join(Contribution, col(Contribution.interview_id) == col(Interview.id))
    taken = taken.where(
        col(Interview.id).in_([row.interview_id for row in rows]), col(Contribution.speaker_id) == whole.speaker_id
    )
    if rows and (both := list(connection.execute(taken).scalars())):
        raise StatementError(f"{whole.slug!r} and {parted.slug!r} both take part in {_named(both)} now")
    changes: list[ItemChange] = []
    for row in rows:
        changes += give(connection, row.interview_id, row.speaker_id, whole.speaker_id, whole.id)
    if connection.execute(sa.select(READ_AS).where(read_as_any([parted.id])).limit(1)).first() is None:
        changes += _hand_over(connection, parted, whole)
    return changes


def _hand_over(connection: sa.Connection, parted: PersonAsRead, whole: PersonAsRead) -> list[ItemChange]:
    """Add what was stated of somebody who is gone to whom they are now, and let their address lead there."""
    table: Any = SpeakerReading if whole.is_merged else Speaker
    stated = {
        name: list(dict.fromkeys([*getattr(whole, name), *getattr(parted, name)])) for name in ("aliases", "same_as")
    }
    connection.execute(sa.update(table).where(col(table.id) == whole.id).values(**stated))
    if parted.is_merged:
        return []
    connection.execute(sa.delete(Speaker).where(col(Speaker.id) == parted.id))
    retire_name(connection, "speaker", parted.slug, whole.id)
    return [("speaker", parted.id, ChangeAction.DELETED, (whole.speaker_id,))]


def _with_owner(connection: sa.Connection, statement: Any, changes: list[ItemChange]) -> list[ItemChange]:
    """Add the change of the speaker with whom mirrors get a statement, if there is none."""
    owner = ("speaker", statement.speaker_id)
    if any(one[:2] == owner for one in changes):
        return changes
    person = people_as_read(connection, [statement.speaker_id]).get(statement.speaker_id)
    if person is not None and person.speaker_id == person.id:
        return [*changes, (*owner, ChangeAction.CHANGED, ())]
    return [*changes, (*owner, ChangeAction.DELETED, () if person is None else (person.speaker_id,))]


def _store(
    connection: sa.Connection,
    kind: StatementKind,
    speaker_id: str,
    other_id: str,
    author: Author,
    *,
    interviews: Sequence[str] = (),
    is_named: bool = False,
) -> Any:
    """Store a statement and return its row."""
    number = (connection.execute(sa.select(sa.func.max(col(Statement.number)))).scalar() or 0) + 1
    row: dict[str, Any] = {
        "number": number,
        "kind": kind,
        "speaker_id": speaker_id,
        "other_id": other_id,
        "interviews": list(interviews),
        "is_named": is_named,
        "made_at": (author.stated and author.stated.when) or author.when,
        "made_by": author.stated.who if author.stated else author.who,
        "reason": author.why,
    }
    connection.execute(sa.insert(Statement).values(**row))
    return connection.execute(sa.select(table_of(Statement)).where(col(Statement.number) == number)).one()


def _speaker(connection: sa.Connection, slug: str) -> Any:
    found = slug_of(connection, Speaker, slug)
    return connection.execute(sa.select(table_of(Speaker)).where(col(Speaker.slug) == found)).one()


def _interviews_of_both(connection: sa.Connection, one: str, other: str) -> list[str]:
    """Return the slugs of the interviews in which both speakers take part."""
    both = (
        sa.select(col(Interview.slug))
        .join(Contribution, col(Contribution.interview_id) == col(Interview.id))
        .where(col(Contribution.speaker_id).in_([one, other]))
        .group_by(col(Interview.slug))
        .having(sa.func.count() > 1)
        .order_by(col(Interview.slug))
    )
    return list(connection.execute(both).scalars())


def _slug_for(name: str | None, read: PersonAsRead, interview: str) -> str:
    """Make a slug of a full name; for anybody else, the slug of the interview comes first."""
    if name is not None and is_full_name(name):
        return slugify(name, fallback="speaker")
    return read.slug if name is None else f"{interview[:80]}-{slugify(name, fallback='speaker')[:39]}"


def _free_slug(connection: sa.Connection, slug: str) -> str:
    """Return a slug, with a number if somebody has it."""
    number, free = 1, slug
    while any(
        connection.execute(sa.select(col(table.id)).where(col(table.slug) == free)).first()
        for table in (Speaker, SpeakerReading)
    ):
        number += 1
        free = f"{slug}-{number}"
    return free


def _named(slugs: Sequence[str]) -> str:
    more = f" and {len(slugs) - _MOST_NAMED} more" if len(slugs) > _MOST_NAMED else ""
    return ", ".join(map(repr, slugs[:_MOST_NAMED])) + more


def _count(changes: Sequence[ItemChange]) -> int:
    return sum(noun == "interview" for noun, *_rest in changes)
