"""Reads what is shown with items: words, people, topics and interview. Each function runs one statement for any number
of items. Statements are built once, because building one takes longer than running it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import (
    Answer,
    Contribution,
    Interview,
    Question,
    QuestionTopic,
    SearchDocument,
    Speaker,
    Topic,
    TopicState,
    Transcript,
    Turn,
    table_of,
)
from app.structure.pairing import Role
from app.text.paragraphs import PARAGRAPH
from app.transcripts import text_format_of
from app.transcripts.transcript import TextFormat

Item = dict[str, Any]
# The states of topics that are shown and counted unless a request asks for others.
CONFIRMED = (TopicState.CONFIRMED,)

INTERVIEW_COLUMNS: tuple[Any, ...] = tuple(
    col(column)
    for column in (
        Interview.id,
        Interview.slug,
        Interview.title,
        Interview.language,
        Interview.language_attribution,
        Interview.published,
        Interview.publisher,
        Interview.series,
        Interview.source_url,
    )
)
# Columns that are shown as they are stored, now and in past revisions.
QUESTION_COLUMNS: tuple[Any, ...] = (Question.id, Question.position, Question.revision)
ANSWER_COLUMNS: tuple[Any, ...] = (Answer.id, Answer.position, Answer.revision)
_ASSIGNED_COLUMNS: tuple[Any, ...] = (
    Topic.slug,
    Topic.label,
    QuestionTopic.origin,
    QuestionTopic.state,
    QuestionTopic.method,
    QuestionTopic.vocabulary,
    QuestionTopic.confidence,
    QuestionTopic.evidence,
)
_ASSIGNED = tuple(column.key for column in _ASSIGNED_COLUMNS)
_SHOWN_OF_PERSON: tuple[Any, ...] = (
    Speaker.slug,
    Speaker.name,
    Contribution.role,
    Contribution.role_attribution,
    Contribution.attribution,
    Contribution.affiliation,
    Contribution.labels,
)
# What somebody is called whom the source does not name.
_ROLE_IN_WORDS = {
    Role.INTERVIEWER: "an interviewer",
    Role.INTERVIEWEE: "the interviewee",
    Role.MODERATOR: "the moderator",
    Role.AUDIENCE: "someone in the audience",
    Role.INTERPRETER: "the interpreter",
    Role.UNKNOWN: "a speaker",
}
_PERSON = tuple(column.key for column in _SHOWN_OF_PERSON)
_PREFIX = "of_interview_"

# The shown attributes of a turn, in the order of the columns of _WORDS.
_shown_of_turn = attrgetter("id", "text", "source_start", "source_end", "start_ms", "end_ms", "redactions")


def _given(name: str) -> sa.BindParameter[Any]:
    """Make a parameter for values that are given when a statement is run."""
    return sa.bindparam(name, expanding=True)


_WORDS = (
    sa.select(
        *map(
            col,
            (
                Turn.question_id,
                Turn.answer_id,
                Turn.id,
                Turn.text,
                Turn.source_start,
                Turn.source_end,
                Turn.start_ms,
                Turn.end_ms,
                Turn.redactions,
            ),
        )
    )
    .where(col(Turn.question_id).in_(_given("questions")))
    .order_by(col(Turn.question_id), col(Turn.position))
)
_ANSWERS = (
    sa.select(
        *map(
            col,
            (*ANSWER_COLUMNS, Answer.question_id, Answer.speaker_id, Answer.interview_id),
        )
    )
    .where(col(Answer.question_id).in_(_given("questions")))
    .order_by(col(Answer.question_id), col(Answer.position))
)
_TOPICS = (
    sa.select(col(QuestionTopic.question_id), *map(col, _ASSIGNED_COLUMNS))
    .join(Topic, col(Topic.id) == col(QuestionTopic.topic_id))
    .where(col(QuestionTopic.question_id).in_(_given("questions")), col(QuestionTopic.state).in_(_given("states")))
    .order_by(col(Topic.label), col(Topic.id))
)
_PEOPLE = (
    sa.select(col(Contribution.interview_id), col(Contribution.speaker_id), *map(col, _SHOWN_OF_PERSON))
    .join(Speaker, col(Speaker.id) == col(Contribution.speaker_id))
    .where(col(Contribution.interview_id).in_(_given("interviews")))
    .order_by(col(Contribution.interview_id), col(Contribution.position))
)
# The same with the format of the interview's transcript, also where nobody takes part.
_PEOPLE_AND_FORMATS = (
    sa.select(col(Interview.id), col(Contribution.speaker_id), *map(col, _SHOWN_OF_PERSON), col(Transcript.format))
    .join(
        Transcript,
        sa.and_(col(Transcript.interview_id) == col(Interview.id), col(Transcript.revision) == col(Interview.revision)),
    )
    .outerjoin(Contribution, col(Contribution.interview_id) == col(Interview.id))
    .outerjoin(Speaker, col(Speaker.id) == col(Contribution.speaker_id))
    .where(col(Interview.id).in_(_given("interviews")))
    .order_by(col(Interview.id), col(Contribution.position))
)


def with_interview(*columns: Any) -> sa.Select[Any]:
    """Select columns of a row that is joined with its interview, and the interview's public columns."""
    return sa.select(*(column.label(f"{_PREFIX}{column.key}") for column in INTERVIEW_COLUMNS), *columns)


def words_of(connection: sa.Connection, question_ids: Sequence[str]) -> tuple[dict[str, Item], dict[str, Item]]:
    """Return the text and turns of each question and, by answer, of each answer to it."""
    rows = connection.execute(_WORDS, {"questions": list(question_ids)}).all()
    questions: dict[str, list[Any]] = defaultdict(list)
    answers: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        question_id, answer_id = row[:2]
        if answer_id is None:
            questions[question_id].append(row[2:])
        else:
            answers[answer_id].append(row[2:])
    return (
        {key: _words(turns) for key, turns in questions.items()},
        {key: _words(turns) for key, turns in answers.items()},
    )


def words_in(turns: Iterable[Any]) -> Item:
    """Join turns to one text with the place of each. Turns are rows, or have the same attributes."""
    return _words(map(_shown_of_turn, turns))


def _words(turns: Iterable[Sequence[Any]]) -> Item:
    texts: list[str] = []
    redactions: list[Item] = []
    places: list[Item] = []
    at = 0
    for turn_id, text, source_start, source_end, start_ms, end_ms, redacted in turns:
        if redacted:
            redactions += [{**one, "start": at + one["start"], "end": at + one["end"]} for one in redacted]
        at += len(text) + len(PARAGRAPH)
        texts.append(text)
        places.append(
            {
                "id": turn_id,
                "source_start": source_start,
                "source_end": source_end,
                "start_ms": start_ms,
                "end_ms": end_ms,
            }
        )
    return {"text": PARAGRAPH.join(texts), "redactions": redactions, "turns": places}


def answers_to(connection: sa.Connection, question_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the answer rows of each question, in order."""
    rows = connection.execute(_ANSWERS, {"questions": list(question_ids)}).all()
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.question_id].append(row)
    return found


def topics_on(
    connection: sa.Connection, question_ids: Sequence[str], states: Sequence[TopicState]
) -> dict[str, list[Item]]:
    """Return the topics of each question that are in one of these states, by label."""
    rows = connection.execute(_TOPICS, {"questions": list(question_ids), "states": list(states)}).all()
    found: dict[str, list[Item]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(dict(zip(_ASSIGNED, row[1:], strict=True)))
    return found


def people_of(connection: sa.Connection, interview_ids: Iterable[str]) -> dict[str, dict[str, Item]]:
    """Return, by interview, everybody who takes part, in order, by speaker id."""
    rows = connection.execute(_PEOPLE, {"interviews": list(set(interview_ids))}).all()
    found: dict[str, dict[str, Item]] = defaultdict(dict)
    for interview_id, speaker_id, *shown in rows:
        found[interview_id][speaker_id] = _person(shown)
    return found


def people_and_formats_of(
    connection: sa.Connection, interview_ids: Iterable[str]
) -> tuple[dict[str, dict[str, Item]], dict[str, TextFormat]]:
    """Return, by interview, everybody as people_of() does, and what its texts are written in."""
    rows = connection.execute(_PEOPLE_AND_FORMATS, {"interviews": list(set(interview_ids))}).all()
    people: dict[str, dict[str, Item]] = defaultdict(dict)
    text_formats: dict[str, TextFormat] = {}
    for interview_id, speaker_id, *shown, format_name in rows:
        if interview_id not in text_formats:
            text_formats[interview_id] = text_format_of(format_name)
        if speaker_id is not None:
            people[interview_id][speaker_id] = _person(shown)
    return people, text_formats


def _person(shown: Sequence[Any]) -> Item:
    return person_of(dict(zip(_PERSON, shown, strict=True)))


def person_of(row: Mapping[Any, Any]) -> Item:
    """Build somebody who takes part from the columns of the contribution and of the speaker."""
    person = {name: row[name] for name in _PERSON}
    return {**person, "display_name": display_name(person["name"], person["role"])}


def display_name(name: str | None, role: str = Role.UNKNOWN) -> str:
    """Return what somebody is called: the name or, where the source states none, the role in words."""
    return name or _ROLE_IN_WORDS[Role(role)]


def turn_of(row: Mapping[Any, Any], people: Mapping[str, Item]) -> Item:
    """Build a turn of the record from its row; `people` are those of its interview, by speaker id."""
    shown = {name: value for name, value in row.items() if name not in {"interview_id", "speaker_id"}}
    speaker = people[row["speaker_id"]]["slug"] if row["speaker_id"] else None
    return {**shown, "redactions": row["redactions"] or [], "speaker": speaker}


def context_of(connection: sa.Connection, interview_id: str, turn_ids: Sequence[str], turns: int) -> Item | None:
    """Return the given number of turns before the first and after the last of these; None where it is 0."""
    if not turns:
        return None
    place = sa.select(sa.func.min(col(Turn.position)), sa.func.max(col(Turn.position)))
    first, last = connection.execute(place.where(col(Turn.id).in_(turn_ids))).one()
    around = sa.or_(
        col(Turn.position).between(first - turns, first - 1), col(Turn.position).between(last + 1, last + turns)
    )
    rows = connection.execute(
        sa.select(table_of(Turn)).where(col(Turn.interview_id) == interview_id, around).order_by(col(Turn.position))
    ).all()
    people = people_of(connection, [interview_id])[interview_id]
    return {
        "before": [turn_of(row._mapping, people) for row in rows if row.position < first],
        "after": [turn_of(row._mapping, people) for row in rows if row.position > last],
    }


@cache
def question_select() -> sa.Select[Any]:
    """Select questions, each with its interview."""
    columns = (*QUESTION_COLUMNS, Question.interview_id, Question.asked_by)
    return with_interview(*map(col, columns)).join(Interview, col(Interview.id) == col(Question.interview_id))


def document_select(*columns: Any) -> sa.Select[Any]:
    """Select from search documents, each with its interview and its question or its free-standing turn."""
    return (
        sa.select(*columns)
        .select_from(SearchDocument)
        .join(Interview, col(Interview.id) == col(SearchDocument.interview_id))
        .outerjoin(Question, col(Question.id) == col(SearchDocument.question_id))
        .outerjoin(Turn, col(Turn.id) == col(SearchDocument.turn_id))
    )
