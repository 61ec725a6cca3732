"""What is stated of an interview is kept in versions without gaps, can be read, and means turns that there are."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import MetadataError
from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem, stream
from app.models import InterviewStatements, Turn, table_of
from app.structure.places import Places
from app.structure.stated_turns import cuts
from app.transcripts.metadata_tables import Place
from app.transcripts.sidecar import Sidecar, sidecar_of


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    versions = table_of(InterviewStatements)
    expected: dict[str, int] = {}
    newest: tuple[str, Sidecar] | None = None
    counter.add()
    for row in stream(connection, sa.select(versions).order_by(versions.c.interview_id, versions.c.version)):
        counter.add()
        if newest is not None and newest[0] != row.interview_id:
            yield from _not_there(connection, *newest)
        number = expected.get(row.interview_id, 1)
        if row.version != number:
            yield row.interview_id, f"version {row.version} of what is stated follows version {number - 1}"
        expected = {row.interview_id: row.version + 1}
        for name in ("document", "in_file"):
            sidecar = _read(getattr(row, name))
            if sidecar is None:
                yield row.interview_id, f"version {row.version} of what is stated cannot be read ({name})"
            elif name == "document":
                newest = row.interview_id, sidecar
    if newest is not None:
        yield from _not_there(connection, *newest)


def _read(document: Any) -> Sidecar | None:
    try:
        return sidecar_of("", document) if isinstance(document, Mapping) else None
    except MetadataError:
        return None


def _not_there(connection: sa.Connection, interview_id: str, sidecar: Sidecar) -> Generator[Problem]:
    """Yield statements in force that mean no turn. Those that part or join turns mean turns that are no more."""
    meant: list[tuple[str, Sequence[Place | str]]] = [
        (f"turns.{number}", [table.place])
        for number, table in enumerate(sidecar.turns)
        if table.place is not None and not table.open and not cuts(table)
    ]
    meant += [
        (f"exchanges.{number}", [*table.question, *(table.answers or ())])
        for number, table in enumerate(sidecar.exchanges)
        if not table.open
    ]
    if not meant:
        return
    of_interview = sa.select(col(Turn.text)).where(col(Turn.interview_id) == interview_id)
    places = Places(connection.execute(of_interview.order_by(col(Turn.position))).scalars().all())
    for key, stated in meant:
        for one in stated:
            try:
                places.find(Place(begins=one) if isinstance(one, str) else one, "turn")
            except LookupError as error:
                yield interview_id, f"{key} is stated and in force, but {error}"


CHECK = Check(
    "statements", "what is stated of interviews is whole, can be read and means turns", RESTORE, _find_problems
)
