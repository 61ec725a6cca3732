"""The shapes of questions and answers, each built here alone: for lists, for an item by itself and for past revisions.

To show another column of a question, add it to the table, to QUESTION_COLUMNS in `embedding` and to the shapes in
`app/api/schemas/questions.py`.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from app.queries.embedding import ANSWER_COLUMNS, QUESTION_COLUMNS, Item
from app.transcripts.transcript import TextFormat

_QUESTION_NAMES = tuple(column.key for column in QUESTION_COLUMNS)
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
