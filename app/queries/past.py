"""Interviews that are no rows of tables: past revisions, and those that are held back. Items are built of a snapshot.

`snapshot` writes the form that `Past` reads, and `snapshot_of` makes the same of rows; nothing else knows it.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Question, TopicState
from app.queries.change_data import REFERENCES
from app.queries.embedding import (
    ANSWER_COLUMNS,
    INTERVIEW_COLUMNS,
    QUESTION_COLUMNS,
    Item,
    display_name,
    people_of,
    person_of,
    topics_on,
    turn_of,
    words_in,
)
from app.queries.interviews import MORE_COLUMNS, find_interview, find_record, transcript_of
from app.queries.items import (
    answer_columns,
    answer_detail,
    answer_item,
    answer_part,
    neighbour,
    question_columns,
    question_detail,
    question_item,
    question_part,
)
from app.transcripts import text_format_of

# How numbers and people are called in what is stored, by the name under which they are shown.
_STORED_AS = {"people": "contributions", "question_count": "questions", "answer_count": "answers"}
# Neighbours are other interviews, and have revisions of their own.
_NOT_OF_IT = frozenset({"previous", "next"})
_KEPT_TOPICS = (TopicState.CONFIRMED, TopicState.PROPOSED)


def snapshot(connection: sa.Connection, interview_id: str) -> Item:
    """Return everything that is shown of an interview now, in plain values; each word of it once."""
    interview = find_interview(connection, interview_id)
    people = people_of(connection, [interview_id])[interview_id]
    questions = connection.execute(_of(Question, interview_id, *QUESTION_COLUMNS, Question.asked_by)).all()
    answers = connection.execute(
        _of(Answer, interview_id, *ANSWER_COLUMNS, Answer.speaker_id, Answer.question_id)
    ).all()
    topics = topics_on(connection, [row.id for row in questions], _KEPT_TOPICS)

    def slug(speaker_id: str | None) -> str | None:
        return None if speaker_id is None else str(people[speaker_id]["slug"])

    return {
        "interview": {
            **_stored({name: value for name, value in interview.items() if name not in _NOT_OF_IT}),
            "modified_at": interview["modified_at"].isoformat(),
        },
        "turns": find_record(connection, interview_id)["turns"],
        "questions": [
            {**question_columns(row), "asked_by": slug(row.asked_by), "topics": topics.get(row.id, [])}
            for row in questions
        ],
        "answers": [
            {**answer_columns(row), "question_id": row.question_id, "speaker": slug(row.speaker_id)} for row in answers
        ],
    }


def snapshot_of(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Item:
    """Return the same of the rows of an interview by table, as `find_change_data` gives them, with topics in every
    state. What is beside it in the corpus is not known.
    """
    [interview] = rows["interview"]
    speakers = {row["id"]: row for row in rows["speaker"]}
    contributions = sorted(rows["contribution"], key=lambda row: int(row["position"]))
    people = {row["speaker_id"]: person_of({**row, **speakers[row["speaker_id"]]}) for row in contributions}
    turns = sorted(rows["turn"], key=lambda row: int(row["position"]))
    [file] = [row for row in rows["transcript"] if row["revision"] == interview["revision"]]
    named = {row["id"]: row for row in rows[REFERENCES]}
    topics: dict[str, list[Item]] = defaultdict(list)
    for row in sorted(rows["question_topic"], key=lambda row: (named[row["topic_id"]]["label"], row["topic_id"])):
        kept = {name: value for name, value in row.items() if name not in {"question_id", "topic_id"}}
        topic = {name: named[row["topic_id"]][name] for name in ("slug", "label")}
        topics[row["question_id"]].append({**topic, **kept})

    def slug(speaker_id: str | None) -> str | None:
        return None if speaker_id is None else str(people[speaker_id]["slug"])

    shown = {column.key: interview[column.key] for column in (*INTERVIEW_COLUMNS, *MORE_COLUMNS)}
    return {
        "interview": _stored(
            {
                **shown,
                "question_count": len(rows["question"]),
                "answer_count": len(rows["answer"]),
                "people": list(people.values()),
                "topics": _counted([topic for some in topics.values() for topic in some]),
                "transcript": transcript_of(file),
            }
        ),
        "turns": [turn_of(row, people) for row in turns],
        "questions": [
            {
                **{name: row[name] for name in ("id", "position", "revision")},
                "asked_by": slug(row["asked_by"]),
                "topics": topics[row["id"]],
            }
            for row in sorted(rows["question"], key=lambda row: (row["position"], row["id"]))
        ],
        "answers": [
            {
                **{name: row[name] for name in ("id", "position", "revision", "question_id")},
                "speaker": slug(row["speaker_id"]),
            }
            for row in sorted(rows["answer"], key=lambda row: (row["position"], row["id"]))
        ],
    }


def _counted(topics: Sequence[Item]) -> list[Item]:
    """Count the confirmed topics of questions, the most frequent first."""
    counts = Counter((one["slug"], one["label"]) for one in topics if one["state"] == TopicState.CONFIRMED)
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0][1], one[0][0]))
    return [{"slug": slug, "label": label, "question_count": count} for (slug, label), count in ordered]


def _of(table: type[Question] | type[Answer], interview_id: str, *columns: Any) -> sa.Select[Any]:
    select = sa.select(*map(col, columns))
    return select.where(col(table.interview_id) == interview_id).order_by(col(table.position), col(table.id))


def _stored(interview: Item) -> Item:
    """Name what is shown of an interview as it is stored, without what follows from the rest."""
    people = interview["people"]
    return {
        **{_STORED_AS.get(name, name): value for name, value in interview.items()},
        "topics": [{_STORED_AS.get(name, name): value for name, value in one.items()} for one in interview["topics"]],
        "contributions": [{name: one[name] for name in one if name != "display_name"} for one in people],
    }


def _shown(interview: Item) -> Item:
    """Name what is stored of an interview as it is shown: the inverse of _stored()."""
    names = {stored: shown for shown, stored in _STORED_AS.items()}
    people = interview["contributions"]
    return {
        **{names.get(name, name): value for name, value in interview.items()},
        "topics": [{names.get(name, name): value for name, value in one.items()} for one in interview["topics"]],
        "people": [{**one, "display_name": display_name(one["name"], one["role"])} for one in people],
    }


class Past:
    """One revision of an interview that has been superseded."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        interview = _shown(content["interview"])
        modified_at = datetime.datetime.fromisoformat(interview["modified_at"])
        self.interview: Item = {**interview, "modified_at": modified_at, **dict.fromkeys(_NOT_OF_IT)}
        self.turns: list[Item] = content["turns"]
        self._text_format = text_format_of(interview["transcript"]["format"])
        self._people = {person["slug"]: person for person in interview["people"]}
        self._reference = {column.key: interview[column.key] for column in INTERVIEW_COLUMNS}
        self._questions = {question["id"]: question for question in content["questions"]}
        self._answers = {answer["id"]: answer for answer in content["answers"]}
        self._answers_to: dict[str, list[Item]] = defaultdict(list)
        for answer in content["answers"]:
            self._answers_to[answer["question_id"]].append(answer)

    @property
    def record(self) -> Item:
        """The whole record in order."""
        return {
            "interview": self._reference,
            "revision": self.interview["revision"],
            "text_format": self._text_format,
            "transcript": self.interview["transcript"],
            "people": self.interview["people"],
            "turns": self.turns,
        }

    @property
    def positions(self) -> dict[str, int]:
        """The places of the questions, by id."""
        return {question["id"]: question["position"] for question in self._questions.values()}

    def turns_of(self, item_id: str) -> list[Item]:
        """Return the turns of a question or of an answer, in order."""
        return [turn for turn in self.turns if item_id == (turn["answer_id"] or turn["question_id"])]

    def questions(self, states: Sequence[TopicState]) -> list[Item]:
        """Show every question with its answers, in order, as lists do."""
        return [self._question_item(question, states) for question in self._questions.values()]

    def text_of(self, item_id: str) -> str:
        """Return the words of a question or of an answer."""
        text: str = self._words(item_id)["text"]
        return text

    def speaker_of(self, item_id: str) -> Item | None:
        """Return who asked a question, or who gave an answer."""
        item = self._questions.get(item_id) or self._answers[item_id]
        return self._people.get(item.get("asked_by") or item.get("speaker"))

    def question(self, question_id: str, context: int, states: Sequence[TopicState]) -> Item:
        """Show a question with its answers and neighbours, and the given number of turns around it."""
        question = self._questions[question_id]
        turns = [turn for turn in self.turns if turn["question_id"] == question_id]
        return question_detail(
            self._question_item(question, states),
            self._question_at(question["position"] - 1),
            self._question_at(question["position"] + 1),
            len(self._questions),
            self._context(turns, context),
        )

    def answer(self, answer_id: str, context: int, states: Sequence[TopicState]) -> Item:
        """Show an answer with its question and neighbours, and the given number of turns around it."""
        answer = self._answers[answer_id]
        question = self._questions[answer["question_id"]]
        in_order = sorted(
            self._answers.values(),
            key=lambda one: (self._questions[one["question_id"]]["position"], one["position"]),
        )
        place = in_order.index(answer)
        beside = [
            {name: in_order[other][name] for name in ("id", "position", "question_id")}
            if 0 <= other < len(in_order)
            else None
            for other in (place - 1, place + 1)
        ]
        return answer_detail(
            answer_item(
                self._answer_part(answer), self._question_part(question, states), self._reference, self._text_format
            ),
            beside[0],
            beside[1],
            len(self._answers_to[question["id"]]),
            self._context(self.turns_of(answer_id), context),
        )

    def _question_item(self, question: Item, states: Sequence[TopicState]) -> Item:
        answers = [self._answer_part(answer) for answer in self._answers_to[question["id"]]]
        return question_item(self._question_part(question, states), answers, self._reference, self._text_format)

    def _question_part(self, question: Item, states: Sequence[TopicState]) -> Item:
        topics = [topic for topic in question["topics"] if topic["state"] in states]
        row = SimpleNamespace(**question)
        return question_part(
            question_columns(row), self._words(question["id"]), self.speaker_of(question["id"]), topics
        )

    def _answer_part(self, answer: Item) -> Item:
        row = SimpleNamespace(**answer)
        return answer_part(answer_columns(row), self._words(answer["id"]), self.speaker_of(answer["id"]))

    def _words(self, item_id: str) -> Item:
        return words_in([SimpleNamespace(**turn) for turn in self.turns_of(item_id)])

    def _question_at(self, position: int) -> Item | None:
        found = next((one for one in self._questions.values() if one["position"] == position), None)
        return found and neighbour(found["id"], position, self.text_of(found["id"]))

    def _context(self, of_item: Sequence[Item], turns: int) -> Item | None:
        if not turns:
            return None
        first, last = of_item[0]["position"], of_item[-1]["position"]
        return {
            "before": [turn for turn in self.turns if first - turns <= turn["position"] < first],
            "after": [turn for turn in self.turns if last < turn["position"] <= last + turns],
        }
