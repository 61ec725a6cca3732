"""Reads what a citation needs: an item, its turns, and the text of its source."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.citations import Noun, Subject
from app.errors import GoneError
from app.models import Turn, table_of
from app.queries.embedding import Item, people_of, turn_of
from app.queries.interviews import find_source
from app.queries.revisions import find_answer, find_interview, find_past, find_question, find_version
from app.transcripts import text_of
from app.transcripts.source import Source


def find_subject(
    connection: sa.Connection, noun: Noun, name: str, turn_id: str | None = None, revision: int | None = None
) -> Subject:
    """Find a question or an answer by id, or an interview by slug or id, as it is or as it was at a revision.

    An interview comes with the one turn asked for, if it has it.

    Raises:
        NotFoundError: there is no such item.
        MovedError: the interview has another slug now.
        GoneError: it was taken out.
        UnknownRevisionError: it never had this revision, or it is not stored.
    """
    if noun is Noun.INTERVIEW:
        interview = find_interview(connection, name, revision)
        turns = _turns(connection, interview, {"id": turn_id}) if turn_id else []
        return Subject(noun, interview["id"], interview, turns, interview["revision"])
    item = (find_question if noun is Noun.QUESTION else find_answer)(connection, name, revision)
    of_item = {"question_id": name, "answer_id": None} if noun is Noun.QUESTION else {"answer_id": name}
    # Like the permalink, cite a revision with the last interview that showed it.
    version = None if item["is_current"] else find_version(connection, noun, name, item["revision"])
    interview = find_interview(connection, item["interview"]["id"], version and version.last_in)
    return Subject(
        noun,
        name,
        interview,
        _turns(connection, interview, of_item),
        item["revision"],
        item["position"],
        item["question"]["position"] if noun is Noun.ANSWER else None,
    )


def find_source_text(connection: sa.Connection, interview: Mapping[str, Any]) -> str | None:
    """Return the text that the source offsets of an interview's turns count in; None where the file is withheld."""
    try:
        name, content, _digest = find_source(connection, interview["id"], interview["revision"])
    except GoneError:
        return None
    return text_of(Source(name, content), interview["transcript"]["format"])


def _turns(connection: sa.Connection, interview: Item, of_item: Mapping[str, str | None]) -> list[Item]:
    """Return the turns of an interview that have some values, by column, in order."""
    if not interview["is_current"]:
        turns = find_past(connection, interview["id"], interview["revision"]).turns
        return [turn for turn in turns if all(turn[name] == value for name, value in of_item.items())]
    conditions = (table_of(Turn).c[name].is_not_distinct_from(value) for name, value in of_item.items())
    chosen = sa.select(table_of(Turn)).where(col(Turn.interview_id) == interview["id"], *conditions)
    rows = connection.execute(chosen.order_by(col(Turn.position))).all()
    people = people_of(connection, [interview["id"]])[interview["id"]]
    return [turn_of(row._mapping, people) for row in rows]
