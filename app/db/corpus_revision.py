"""The revision of the whole corpus, by which answers are validated and cached."""

import datetime
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from app.models import Revision

_NEWEST = sa.select(col(Revision.number), col(Revision.made_at)).order_by(col(Revision.number).desc()).limit(1)


@dataclass(frozen=True, slots=True)
class CorpusRevision:
    """The newest revision of a corpus: its number and when it was made."""

    number: int
    made_at: datetime.datetime

    @property
    def second(self) -> datetime.datetime:
        """When it was made, to the second: HTTP has no finer time."""
        return self.made_at.replace(microsecond=0)


def find_revision(connection: sa.Connection) -> CorpusRevision | None:
    """Find the newest revision; None for a corpus in which nothing has been stored yet."""
    row = connection.execute(_NEWEST).first()
    return None if row is None else CorpusRevision(row.number, row.made_at)


def has_revisions(connection: sa.Connection) -> bool:
    """Tell whether anything was ever stored, whatever the schema is."""
    return connection.execute(sa.select(col(Revision.number)).limit(1)).first() is not None


def has_second_to_itself(connection: sa.Connection, revision: CorpusRevision) -> bool:
    """Tell whether no other transaction made a revision in the same second.

    Revisions of one transaction share their time to the microsecond and became visible together. Clocks may jump, and
    a transaction may take its time before it waits for the lock, so all earlier revisions are compared.
    """
    same_second = sa.and_(
        col(Revision.made_at) >= revision.second,
        col(Revision.made_at) < revision.second + datetime.timedelta(seconds=1),
        col(Revision.made_at) != revision.made_at,
    )
    return connection.execute(sa.select(col(Revision.number)).where(same_second).limit(1)).first() is None
