"""What a citation is made of: an item, its turns with their words, and the text of its source."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.citations import Noun, Subject
from app.models import Turn, table_of
from app.queries.answers import find_answer
from app.queries.embedding import Item, people_of, turn_of
from app.queries.interviews import find_interview, find_source
from app.queries.questions import find_question
from app.transcripts import text_of
from app.transcripts.source import Source


def find_subject(connection: sa.Connection, noun: Noun, name: str, turn_id: str | None = None) -> Subject:
    """Find what is to be cited: a question or an answer by id, an interview by slug or id.

    Of an interview there is the turn that is asked for, if it is one of its turns.

    Raises:
        NotFoundError: there is none of this name.
        MovedError: the interview has another name now.
        GoneError: it was taken out.
    """
    if noun is Noun.INTERVIEW:
        interview = find_interview(connection, name)
        turns = _turns(connection, interview["id"], col(Turn.id) == turn_id) if turn_id else []
        return Subject(noun, interview["id"], interview, turns, interview["revision"])
    if noun is Noun.QUESTION:
        item = find_question(connection, name)
        of_item = sa.and_(col(Turn.question_id) == name, col(Turn.answer_id).is_(None))
    else:
        item = find_answer(connection, name)
        of_item = sa.and_(col(Turn.answer_id) == name)
    interview = find_interview(connection, item["interview"]["id"])
    return Subject(
        noun,
        name,
        interview,
        _turns(connection, interview["id"], of_item),
        item.get("revision"),
        item["position"],
        item["question"]["position"] if noun is Noun.ANSWER else None,
    )


def find_source_text(connection: sa.Connection, interview: Mapping[str, Any]) -> str:
    """Return the text in which the offsets of an interview's turns count."""
    name, content, _digest = find_source(connection, interview["id"])
    return text_of(Source(name, content), interview["transcript"]["format"])


def _turns(connection: sa.Connection, interview_id: str, condition: sa.ColumnElement[bool]) -> list[Item]:
    chosen = sa.select(table_of(Turn)).where(col(Turn.interview_id) == interview_id, condition)
    rows = connection.execute(chosen.order_by(col(Turn.position))).all()
    people = people_of(connection, [interview_id])[interview_id]
    return [turn_of(row, people) for row in rows]
