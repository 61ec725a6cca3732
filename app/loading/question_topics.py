"""States a topic of a question, whether it was suggested or not, and takes that back."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import ParameterError, StatementError
from app.loading.author import Author
from app.loading.editing import state
from app.loading.held_documents import HELD_COLUMNS, held_with_item
from app.loading.held_work import worked_on
from app.loading.stated import read_statements
from app.loading.suggestions import Decision, decide
from app.models import Question, QuestionTopic, Topic, TopicOrigin, TopicState, Turn, table_of
from app.queries.names import absent_id, slug_of
from app.queries.question_topics import find_states
from app.structure.places import Places
from app.text.paragraphs import PARAGRAPH
from app.transcripts.metadata_tables import Place
from app.transcripts.sidecar import sidecar_of

_ASSIGNED = table_of(QuestionTopic)
# The key of a [[questions]] table that says so.
_KEYS = {TopicState.CONFIRMED: "topics", TopicState.REJECTED: "rejected"}


def state_topic(
    connection: sa.Connection,
    question_id: str,
    topic: str,
    wanted: TopicState,
    author: Author,
    *,
    across_series: bool = True,
    held: bool = False,
) -> None:
    """State whether a question has a topic, given by slug; PROPOSED takes back what was stated of it.

    A suggestion is decided. What was not suggested is stated of the interview, as a metadata file would, and its file
    is read again; `across_series` is that of `load_interview`. `held` says whether interviews that are held back are
    found.

    Raises:
        NotFoundError, MovedError, GoneError: there is no such question or topic.
        StatementError: there is nothing to take back, or too little was kept of a file that is withheld.
    """
    kept = held_with_item(connection, question_id) if held else None
    with nullcontext() if kept is None else worked_on(connection, kept, author):
        to_state = _decided(connection, question_id, topic, wanted, author)
    if to_state is not None:
        interview_id, document = to_state
        sidecar = sidecar_of("the statements", document)
        state(connection, interview_id, sidecar, author, across_series=across_series, held=held)


def decide_suggestions(
    connection: sa.Connection, decisions: Sequence[Decision], author: Author, *, held: bool = False
) -> list[TopicState]:
    """Store decisions on suggestions, and return the state that each had before. `held` says whether interviews that
    are held back are found.

    Raises:
        ParameterError: a topic is not suggested, or decided twice; `key` names the decision. The caller rolls back.
    """
    embargoes = connection.execute(sa.select(*HELD_COLUMNS)).all() if held else ()
    of_interview = {row.interview_id: row for row in embargoes}
    groups: dict[str, list[Decision]] = {}
    for one in decisions:
        interview_id = one.question_id.rpartition("-")[0]
        groups.setdefault(interview_id if interview_id in of_interview else "", []).append(one)
    before: dict[tuple[str, str], TopicState] = {}
    for interview_id, some in groups.items():
        kept = of_interview.get(interview_id)
        with nullcontext() if kept is None else worked_on(connection, kept, author):
            before |= find_states(connection, {one.question_id for one in some})
            decide(connection, some, author)
    places = [(one.question_id, one.topic) for one in decisions]
    for number, place in enumerate(places):
        if place not in before:
            reason = f"The topic {place[1]!r} is not suggested for the question {place[0]!r}."
            raise ParameterError("decisions", reason, key=f"decisions.{number}.topic")
        if place in places[:number]:
            reason = f"The topic {place[1]!r} of the question {place[0]!r} is decided twice; decide on it once."
            raise ParameterError("decisions", reason, key=f"decisions.{number}.topic")
    return [before[place] for place in places]


def _decided(
    connection: sa.Connection, question_id: str, topic: str, wanted: TopicState, author: Author
) -> tuple[str, dict[str, Any]] | None:
    """Decide on a suggestion. Of what was not suggested, return the interview, and what is to be stated of it then."""
    question = connection.execute(sa.select(table_of(Question)).where(col(Question.id) == question_id)).first()
    if question is None:
        raise absent_id(connection, "question", question_id)
    slug = slug_of(connection, Topic, topic)
    topic_id = connection.execute(sa.select(col(Topic.id)).where(col(Topic.slug) == slug)).scalar_one()
    here = sa.and_(_ASSIGNED.c.question_id == question_id, _ASSIGNED.c.topic_id == topic_id)
    stored = connection.execute(sa.select(_ASSIGNED).where(here)).first()
    if stored is None and wanted is TopicState.PROPOSED:
        raise StatementError(f"nothing is stated of the topic {topic!r} on the question {question_id!r}")
    if stored is not None and stored.state == wanted:
        return None
    if stored is not None and stored.origin != TopicOrigin.EDITOR:
        decide(connection, [Decision(question_id, slug, wanted)], author)
        return None
    document = _with_topic(connection, question.interview_id, question_id, slug, _KEYS.get(wanted))
    return question.interview_id, document


def _with_topic(
    connection: sa.Connection, interview_id: str, question_id: str, slug: str, key: str | None
) -> dict[str, Any]:
    """Return what is stated of an interview, with a topic of a question under a key of its table, or under none."""
    document = read_statements(connection, interview_id).document
    ids, places = _places_of(connection, interview_id)
    index, tables, is_stated = ids.index(question_id), [], key is None
    for table in document.get("questions", ()):
        changed = dict(table)
        if _index_of(places, table) == index:
            lists = {name: [one for one in table.get(name, ()) if one != slug] for name in _KEYS.values()}
            if not is_stated and key is not None:
                lists[key].append(slug)
                is_stated = True
            changed = {name: value for name, value in table.items() if name not in lists}
            changed |= {name: value for name, value in lists.items() if value}
        if changed.keys() & set(_KEYS.values()):
            tables.append(changed)
    if not is_stated and key is not None:
        tables.append({**places.describe(index), key: [slug]})
    rest = {name: value for name, value in document.items() if name != "questions"}
    return {**rest, "questions": tables} if tables else rest


def _index_of(places: Places, table: Mapping[str, Any]) -> int | None:
    try:
        place = {name: table[name] for name in Place.model_fields if name in table}
        return places.find(Place.model_validate(place), "question")
    except LookupError:
        # It means no question any more, and stays as it is.
        return None


def _places_of(connection: sa.Connection, interview_id: str) -> tuple[list[str], Places]:
    """Return the ids of the questions of an interview, in order, and how each is found by its words."""
    columns = (col(Turn.text), col(Turn.question_id), col(Turn.answer_id))
    of_interview = col(Turn.interview_id) == interview_id
    asked: dict[str, list[str]] = {}
    before: list[str] = []
    last = ""
    for row in connection.execute(sa.select(*columns).where(of_interview).order_by(col(Turn.position))):
        if row.question_id is not None and row.answer_id is None:
            if row.question_id not in asked:
                asked[row.question_id] = []
                before.append(last)
            asked[row.question_id].append(row.text)
        last = row.text
    return list(asked), Places([PARAGRAPH.join(texts) for texts in asked.values()], before)
