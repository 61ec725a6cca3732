"""What is stored, without ids and revisions: the same however it was edited."""

from typing import Any

import sqlalchemy as sa

from app.db import Database

_INTERVIEWS = "SELECT slug, title, language, published, publisher, series, summary, rights FROM interview ORDER BY slug"
_SPEAKERS = """SELECT i.slug, s.slug, s.name, c.role FROM contribution c JOIN interview i ON i.id = c.interview_id
    JOIN speaker s ON s.id = c.speaker_id ORDER BY i.slug, c.position"""
_TURNS = """SELECT i.slug, t.kind, t.text, s.slug, t.question_id, t.answer_id, t.id FROM turn t
    JOIN interview i ON i.id = t.interview_id LEFT JOIN speaker s ON s.id = t.speaker_id ORDER BY i.slug, t.position"""
_TOPICS = """SELECT qt.question_id, t.slug, qt.state FROM question_topic qt JOIN topic t ON t.id = qt.topic_id
    ORDER BY t.slug"""
_MERGED = "SELECT slug FROM speaker_reading ORDER BY slug"


def content(database: Database) -> dict[str, Any]:
    """Return interviews, who takes part in them, turns with the words of the question and the answer that they belong
    to, and topics of questions by their words.
    """
    with database.read() as connection:
        interviews, speakers, turns, topics, merged = (
            [tuple(row) for row in connection.execute(sa.text(text))]
            for text in (_INTERVIEWS, _SPEAKERS, _TURNS, _TOPICS, _MERGED)
        )
    asked: dict[str, str] = {}
    answered: dict[str, str] = {}
    for _slug, _kind, text, _speaker, question, answer, _turn in turns:
        if answer is None and question is not None:
            asked[question] = " / ".join(filter(None, [asked.get(question), text]))
        if answer is not None:
            answered.setdefault(answer, text)
    return {
        "interviews": interviews,
        "speakers": speakers,
        "turns": [
            (slug, kind, text, speaker, asked.get(question), answered.get(answer))
            for slug, kind, text, speaker, question, answer, _turn in turns
        ],
        "topics": sorted((asked.get(question, question), topic, state) for question, topic, state in topics),
        "merged": [row[0] for row in merged],
    }


def turn_of(database: Database, begins: str) -> str | None:
    """Return the id of the turn of `talk` that begins so; None where there is none."""
    return _first(database, "SELECT id FROM turn WHERE text LIKE :begins ORDER BY position", begins)


def question_of(database: Database, begins: str) -> str | None:
    """Return the id of the question that begins so; None where there is none."""
    select = "SELECT question_id FROM turn WHERE text LIKE :begins AND answer_id IS NULL ORDER BY position"
    return _first(database, select, begins)


def statement_number(database: Database) -> int:
    """Return the number of the last statement about speakers."""
    with database.read() as connection:
        return int(connection.execute(sa.text("SELECT max(number) FROM statement")).scalar_one())


def _first(database: Database, select: str, begins: str) -> str | None:
    with database.read() as connection:
        found: str | None = connection.execute(sa.text(select), {"begins": f"{begins}%"}).scalar()
        return found
