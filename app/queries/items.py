"""The shapes of questions and answers, each built here alone: for lists, for an item by itself and for past revisions.

To show another column of a question, add it to the table, to QUESTION_COLUMNS in `embedding` and to the shapes in
`app/api/schemas/questions.py`.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from app.models import TopicState
from app.queries.embedding import (
    ANSWER_COLUMNS,
    INTERVIEW_COLUMNS,
    QUESTION_COLUMNS,
    Item,
    answers_to,
    people_and_formats_of,
    topics_on,
    words_of,
)
from app.transcripts.transcript import TextFormat

_QUESTION_NAMES = tuple(column.key for column in QUESTION_COLUMNS)
_INTERVIEW_NAMES = tuple(column.key for column in INTERVIEW_COLUMNS)
_ANSWER_NAMES = tuple(column.key for column in ANSWER_COLUMNS)


def _reader(names: Sequence[str], prefix: str = "") -> Callable[[Any], Item]:
    values_of = attrgetter(*(f"{prefix}{name}" for name in names))
    return lambda row: dict(zip(names, values_of(row), strict=True))


# Take the columns out of a row, or out of anything that has the same attributes.
question_columns = _reader(_QUESTION_NAMES)
answer_columns = _reader(_ANSWER_NAMES)
# The columns of the question that stands beside an answer in a row.
columns_of_its_question = _reader(_QUESTION_NAMES, "question_")


def question_part(columns: Item, words: Item, asked_by: Item | None, topics: Sequence[Item]) -> Item:
    """Build a question as it stands in its answers."""
    return {**columns, **words, "asked_by": asked_by, "topics": topics}


def answer_part(columns: Item, words: Item, speaker: Item | None) -> Item:
    """Build an answer as it stands in its question."""
    return {**columns, **words, "speaker": speaker}


def question_item(question: Item, answers: Sequence[Item], interview: Item, text_format: TextFormat) -> Item:
    """Build a question with its answers; all their texts are in one format."""
    return {**question, "text_format": text_format, "answers": answers, "interview": interview}


def answer_item(answer: Item, question: Item, interview: Item, text_format: TextFormat) -> Item:
    """Build an answer with its question; both texts are in one format."""
    return {**answer, "text_format": text_format, "question": question, "interview": interview}


def question_detail(
    item: Item, previous: Item | None, following: Item | None, questions_in_interview: int, context: Item | None
) -> Item:
    """Build a question by itself, with its neighbours, counts and context."""
    counts = {
        "answer_count": len(item["answers"]),
        "turn_count": len(turn_ids(item)),
        "question_count": questions_in_interview,
    }
    return {**item, "previous": previous, "next": following, "counts": counts, "context": context}


def answer_detail(
    item: Item, previous: Item | None, following: Item | None, answers_to_question: int, context: Item | None
) -> Item:
    """Build an answer by itself, with its neighbours, counts and context."""
    counts = {"turn_count": len(item["turns"]), "answer_count": answers_to_question}
    return {**item, "previous": previous, "next": following, "counts": counts, "context": context}


def neighbour(question_id: str, position: int, text: str) -> Item:
    """Build a question as it stands beside another one."""
    return {"id": question_id, "position": position, "text": text}


def turn_ids(item: Item) -> list[str]:
    """Return the ids of the turns of a question and of its answers."""
    return [turn["id"] for part in (item, *item["answers"]) for turn in part["turns"]]


def interview_of(row: sa.Row[Any]) -> Item:
    """Take the interview out of a row of with_interview(): it comes first."""
    return dict(zip(_INTERVIEW_NAMES, row[: len(_INTERVIEW_NAMES)], strict=True))


def embed_questions(connection: sa.Connection, rows: Sequence[sa.Row[Any]], states: Sequence[TopicState]) -> list[Item]:
    """Build questions of rows of question_select(), each with its answers, people, topics and interview."""
    ids = [row.id for row in rows]
    asked, answered = words_of(connection, ids)
    answers = answers_to(connection, ids)
    topics = topics_on(connection, ids, states)
    interviews = {row.interview_id for row in rows}
    people, text_formats = people_and_formats_of(connection, interviews)
    return [
        question_item(
            question_part(
                question_columns(row), asked[row.id], people[row.interview_id].get(row.asked_by), topics.get(row.id, [])
            ),
            [
                answer_part(
                    answer_columns(answer), answered[answer.id], people[row.interview_id].get(answer.speaker_id)
                )
                for answer in answers.get(row.id, ())
            ],
            interview_of(row),
            text_formats[row.interview_id],
        )
        for row in rows
    ]


def embed_answers(connection: sa.Connection, rows: Sequence[sa.Row[Any]], states: Sequence[TopicState]) -> list[Item]:
    """Build answers of rows that have their question and interview beside them, each with people and topics."""
    question_ids = [row.question_id for row in rows]
    asked, answered = words_of(connection, question_ids)
    topics = topics_on(connection, question_ids, states)
    interviews = {row.interview_id for row in rows}
    people, text_formats = people_and_formats_of(connection, interviews)
    return [
        answer_item(
            answer_part(answer_columns(row), answered[row.id], people[row.interview_id].get(row.speaker_id)),
            question_part(
                columns_of_its_question(row),
                asked[row.question_id],
                people[row.interview_id].get(row.asked_by),
                topics.get(row.question_id, []),
            ),
            interview_of(row),
            text_formats[row.interview_id],
        )
        for row in rows
    ]
