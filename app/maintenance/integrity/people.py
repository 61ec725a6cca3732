"""Speakers who are merged or parted are so by a statement in force, and what the files tell of each is kept."""

from collections import defaultdict
from collections.abc import Generator
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.as_read import READ_AS
from app.loading.merging import composed_values, merged_into
from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem, stream
from app.models import Contribution, Speaker, SpeakerReading, Statement, table_of


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    read_as = sa.select(col(Contribution.interview_id), col(Contribution.speaker_id), READ_AS.label("read_id"))
    kept = sa.exists().where(
        col(SpeakerReading.id) == col(Contribution.read_as),
        col(SpeakerReading.speaker_id) == col(Contribution.speaker_id),
    )
    counter.add()
    for row in stream(connection, read_as.where(col(Contribution.read_as).is_not(None), ~kept)):
        yield row.interview_id, f"{row.read_id} takes part as {row.speaker_id}, and nothing says that they are one"
    elsewhere = sa.exists().where(
        col(SpeakerReading.id) == col(Contribution.speaker_id),
        col(SpeakerReading.speaker_id) != col(Contribution.speaker_id),
    )
    for row in stream(connection, read_as.where(elsewhere)):
        yield row.interview_id, f"{row.speaker_id} takes part, but is somebody else by a statement"
    parents = merged_into(connection)
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in stream(connection, sa.select(table_of(SpeakerReading)).order_by(col(SpeakerReading.id))):
        counter.add()
        groups[row.speaker_id].append(row)
        if row.id != row.speaker_id and not _leads_to(parents, row.id, row.speaker_id):
            yield row.id, f"is merged into {row.speaker_id}, but by no statement in force"
    speakers = table_of(Speaker)
    for speaker_id, readings in groups.items():
        if len(readings) < 2 or all(one.id != speaker_id for one in readings):
            yield speaker_id, "is kept as the files tell of them, although nobody is merged with them"
            continue
        stored = connection.execute(sa.select(speakers).where(speakers.c.id == speaker_id)).one()
        if any(getattr(stored, name) != value for name, value in composed_values(speaker_id, readings).items()):
            yield speaker_id, "is not what the files tell of all who are merged with them"
    both = sa.and_(col(Statement.undone_at).is_(None), col(Statement.speaker_id) == col(Statement.other_id))
    for row in stream(connection, sa.select(col(Statement.number)).where(both)):
        yield f"statement {row.number}", "is about one speaker"


def _leads_to(parents: dict[str, str], one: str, root: str) -> bool:
    seen = {one}
    while (parent := parents.get(one)) is not None and parent not in seen:
        if parent == root:
            return True
        seen.add(parent)
        one = parent
    return False


CHECK = Check(
    "people",
    "speakers are merged by statements in force, and what the files tell of each is kept",
    RESTORE,
    _find_problems,
)
