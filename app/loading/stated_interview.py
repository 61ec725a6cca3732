"""What is stated of an interview, one that is published or one that is held back, and all of its versions."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from app.errors import NotFoundError
from app.loading.held_documents import HeldDocument, held_document, held_named
from app.loading.reviewed import and_reviewed, reviewed_in_rows, reviewed_topics
from app.loading.stated import list_versions
from app.loading.stored_files import StoredFile, file_of
from app.loading.withdrawals import find_named
from app.queries.stored_turns import find_stored_turns, stored_turns
from app.structure.stated_turns import Unfit
from app.structure.statement_ids import StoredTurns, by_ids, cuts_turns

_NOTHING: Any = SimpleNamespace(version=0, made_at=None, made_by=None, reason=None, document={})


@dataclass(frozen=True)
class StatedInterview:
    """What is stated of an interview: `document` is all of it, with the topics that reviewers decided on; `versions`
    are rows, the first one first. `held_until` is the end of its embargo, and `held_because` the reason; None for a
    published one.
    """

    id: str
    slug: str
    title: str
    revision: int
    document: dict[str, Any]
    versions: Sequence[Any]
    held_until: datetime.datetime | None
    held_because: str | None
    # The turns as they are stored, and where the file is read, which is large.
    _turns: StoredTurns
    _place: sa.Connection | HeldDocument

    def version(self, number: int | None) -> Any:
        """Return a version, the newest one without a number. Version 0 states nothing.

        Raises:
            NotFoundError: there is no such version.
        """
        if number is None:
            return self.versions[-1] if self.versions else _NOTHING
        for row in (_NOTHING, *self.versions):
            if row.version == number:
                return row
        raise NotFoundError(f"version of the statements of {self.slug!r} with the number", str(number))

    def by_ids(self, document: Mapping[str, Any]) -> tuple[dict[str, Any], list[Unfit]]:
        """Return a document with ids in place of words, and why those statements that are open mean nothing now."""
        as_read = None
        if cuts_turns(document):
            place = self._place
            if isinstance(place, HeldDocument):
                file = StoredFile(self.id, self.slug, place.file, place.file.content, place.turns)
            else:
                file = file_of(place, self.id)
            transcript = file.transcript()
            as_read = None if transcript is None else transcript.turns
        return by_ids(document, self._turns, as_read)


def find_stated(connection: sa.Connection, name: str, *, held: bool = False) -> StatedInterview:
    """Find what is stated of an interview, given by slug or id; `held` says whether interviews that are held back are
    found.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
    """
    kept = held_named(connection, name) if held else None
    if kept is not None:
        return _held(held_document(connection, kept), kept)
    interview = find_named(connection, name)
    versions = list_versions(connection, interview.id)
    stated = versions[-1].document if versions else {}
    topics = reviewed_topics(connection, interview.id, stated)
    turns = find_stored_turns(connection, interview.id)
    whole = and_reviewed(stated, topics)
    return StatedInterview(*_named(interview), whole, versions, None, None, turns, connection)


def _held(document: HeldDocument, held: Any) -> StatedInterview:
    stated = document.versions[-1].document if document.versions else {}
    whole = and_reviewed(stated, reviewed_in_rows(document.turns, document.topics, stated))
    turns = stored_turns(document.turns)
    return StatedInterview(
        *_named(document.interview), whole, document.versions, held.until, held.reason, turns, document
    )


def _named(interview: Any) -> tuple[str, str, str, int]:
    return interview.id, interview.slug, interview.title, interview.revision
