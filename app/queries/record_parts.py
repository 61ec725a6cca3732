"""Parts of a record, for pages: an interview may have a hundred thousand turns, which no browser shows at once."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.errors import ParameterError
from app.models import Question, Turn, table_of
from app.queries.embedding import Item, people_of, turn_of
from app.queries.revisions import find_interview, find_past
from app.transcripts import text_format_of

# Turns of one part: most interviews are one, and a part of this length is a page of some hundred kilobytes.
TURNS = 1_500


class RecordPart(NamedTuple):
    """Some turns of a record in order: those of part `number` of `parts`, from 1.

    `positions` are those of the questions that they belong to, by id.
    """

    interview: Item
    turns: list[Item]
    text_format: Any
    positions: dict[str, int]
    number: int
    parts: int


def find_part(
    connection: sa.Connection, name: str, revision: int | None, number: int | None, turn_id: str | None
) -> RecordPart:
    """Find an interview as it is, or as it was in a revision, with the part of its record of this number, or the one
    that has a turn; else the first.

    Raises:
        NotFoundError, MovedError, GoneError, UnknownRevisionError: as in find_interview().
        ParameterError: there is no such part, or no such turn.
    """
    interview = find_interview(connection, name, revision)
    if interview["is_current"]:
        of_interview = col(Turn.interview_id) == interview["id"]
        last = connection.execute(sa.select(sa.func.max(col(Turn.position))).where(of_interview)).scalar() or 0
        here = sa.select(col(Turn.position)).where(of_interview, col(Turn.id) == turn_id)
        place = None if turn_id is None else connection.execute(here).scalar()
        number, parts = _number(number, place, last, turn_id)
        within = col(Turn.position).between((number - 1) * TURNS + 1, number * TURNS)
        rows = connection.execute(
            sa.select(table_of(Turn)).where(of_interview, within).order_by(col(Turn.position))
        ).all()
        people = people_of(connection, [interview["id"]])[interview["id"]]
        turns = [turn_of(row._mapping, people) for row in rows]
        asked = {turn["question_id"] for turn in turns if turn["question_id"]}
        found = sa.select(col(Question.id), col(Question.position)).where(col(Question.id).in_(asked))
        positions = {row.id: row.position for row in connection.execute(found)}
    else:
        past = find_past(connection, interview["id"], interview["revision"])
        place = next((turn["position"] for turn in past.turns if turn["id"] == turn_id), None)
        number, parts = _number(number, place, len(past.turns), turn_id)
        turns = past.turns[(number - 1) * TURNS : number * TURNS]
        positions = past.positions
    text_format = text_format_of(interview["transcript"]["format"])
    return RecordPart(interview, turns, text_format, positions, number, parts)


def _number(number: int | None, place: int | None, last: int, turn_id: str | None) -> tuple[int, int]:
    """Return the number of the part that is asked for, and how many there are."""
    parts = max(1, -(-last // TURNS))
    if turn_id is not None:
        if place is None:
            raise ParameterError("turn", f"There is no turn {turn_id[:80]!r} in this interview.")
        return -(-place // TURNS), parts
    if number is not None and number > parts:
        raise ParameterError("part", f"There is no part {number}; the last one is {parts}.")
    return number or 1, parts
