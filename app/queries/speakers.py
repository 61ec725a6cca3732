"""Speakers, with their roles and the numbers of their questions and answers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Contribution, Interview, Question, Speaker, SpeakerEntry, SpeakerReading
from app.queries import limits
from app.queries.embedding import Item, display_name
from app.queries.filters import Filters, interview_conditions
from app.queries.filters import conditions as narrowing_conditions
from app.queries.filters.columns import negated
from app.queries.filters.people import contributing
from app.queries.names import absent
from app.queries.paging import Listing
from app.queries.people_search import FoundPeople, find_people
from app.queries.sorting import RELEVANCE, Sort, keys_for
from app.structure.one_person import Evidence, is_stated
from app.structure.pairing import Attribution

DEFAULT_SORT = "slug"
# More answers than anybody gives; twenty times as many is a number of 32 bits.
_MORE_ANSWERS = 10_000_000
_BY_ID = col(SpeakerEntry.speaker_id)
SORTABLE = {
    "slug": Sort(col(Speaker.slug)),
    "name": Sort(col(SpeakerEntry.name), _BY_ID, missing=col(SpeakerEntry.unnamed)),
    "answers": Sort(col(SpeakerEntry.answers), _BY_ID),
}


def _select() -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        col(Speaker.id),
        col(Speaker.slug),
        col(Speaker.name),
        col(Speaker.aliases),
        col(Speaker.same_as),
        col(SpeakerEntry.answers),
    )
    return sa.select(*columns).join(SpeakerEntry, col(SpeakerEntry.speaker_id) == col(Speaker.id))


def listing(connection: sa.Connection, filters: Filters, sort: str, q: str | None = None) -> Listing:
    """Narrow and sort the list of speakers: those who take part in an interview that meets the filters.

    With a role, those who have it in such an interview; with a topic, those who answer a question on it there. With
    `q`, those whom this name may mean; the list can then be sorted by relevance.

    Raises:
        ParameterError: a filter names something unknown, or the sort is not one.
    """
    found = None if q is None else find_people(connection, q)
    sortable = SORTABLE if found is None else {**SORTABLE, RELEVANCE: Sort(_relevance(found), _BY_ID)}
    keys = keys_for(sort, sortable, ())
    select = _select()
    if found is not None:
        select = select.add_columns(found.match.label("match")).where(found.condition)
    conditions = interview_conditions(connection, filters.replacing(role=None))
    taking_part = sa.select(col(Contribution.speaker_id))
    if conditions:
        in_interview = col(Interview.id) == col(Contribution.interview_id)
        taking_part = taking_part.join(Interview, in_interview).where(*conditions)
        select = select.where(col(Speaker.id).in_(taking_part))
    for clause in filters.get("role") or ():
        has_role = col(Speaker.id).in_(taking_part.where(*contributing(roles=clause.values)))
        select = select.where(negated(clause, has_role))
    if filters.get("topic"):
        select = select.where(_answers_on_topic(connection, filters.replacing(role=None)))
    return Listing(select, keys, _with_roles)


def _relevance(found: FoundPeople) -> sa.ColumnElement[int]:
    """Sort those who are meant more likely first, and of those meant alike, those who answer most."""
    return found.place * _MORE_ANSWERS - sa.case(
        (col(SpeakerEntry.answers) < _MORE_ANSWERS, col(SpeakerEntry.answers)), else_=_MORE_ANSWERS - 1
    )


def _answers_on_topic(connection: sa.Connection, filters: Filters) -> sa.ColumnElement[bool]:
    """Condition on a speaker: an answer of theirs meets the filters, those on interviews too.

    What few questions meet is looked up; of what many meet, an answer of each speaker is soon found.
    """
    met = narrowing_conditions(connection, filters, "answers")
    is_small = any(each.size is not None and each.size <= limits.EXAMINED_ROWS for each in met.on_question)
    answers = sa.select(col(Answer.speaker_id)).join(Question, col(Question.id) == col(Answer.question_id))
    answers = answers.join(Interview, col(Interview.id) == col(Question.interview_id))
    if is_small:
        return col(Speaker.id).in_(answers.where(col(Answer.speaker_id).is_not(None), *met.by_index()))
    by_row = [each.by_row for each in (*met.on_interview, *met.on_question)]
    return answers.where(col(Answer.speaker_id) == col(Speaker.id), *by_row).correlate(Speaker).exists()


def find_speaker(connection: sa.Connection, slug: str) -> Item:
    """Find one speaker.

    Raises:
        NotFoundError: there is none of this slug; near ones are suggested.
        MovedError: the slug was changed.
        GoneError: the speaker was taken out.
    """
    row = connection.execute(_select().where(col(Speaker.slug) == slug)).first()
    if row is None:
        raise absent(connection, Speaker, slug)
    return _with_roles(connection, [row])[0]


def find_names(connection: sa.Connection, slugs: Collection[str]) -> dict[str, str]:
    """Return what speakers are called, by slug: by their names, or else by their slugs."""
    rows = connection.execute(sa.select(col(Speaker.slug), col(Speaker.name)).where(col(Speaker.slug).in_(slugs)))
    return {row.slug: row.name or row.slug for row in rows}


def _with_roles(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Item]:
    """Add how much each speaker asked, and in how many interviews they take part, by role: two statements."""
    ids = [row.id for row in rows]
    asked = sa.select(col(Question.asked_by), sa.func.count().label("questions"))
    asked = asked.where(col(Question.asked_by).in_(ids)).group_by(col(Question.asked_by))
    questions = {row.asked_by: row.questions for row in connection.execute(asked)}
    counted = connection.execute(
        sa.select(col(Contribution.speaker_id), col(Contribution.role), sa.func.count().label("interview_count"))
        .where(col(Contribution.speaker_id).in_(ids))
        .group_by(col(Contribution.speaker_id), col(Contribution.role))
        .order_by(col(Contribution.role))
    )
    roles: dict[str, list[Item]] = {row.id: [] for row in rows}
    for count in counted:
        roles[count.speaker_id].append({"role": count.role, "interview_count": count.interview_count})
    inferred = _inferred(connection, rows, roles)
    return [
        {
            "slug": row.slug,
            "name": row.name,
            "display_name": display_name(row.name, *(one["role"] for one in roles[row.id][:1])),
            "aliases": row.aliases,
            "same_as": row.same_as,
            "attribution": Attribution.INFERRED if row.id in inferred else Attribution.STATED,
            "question_count": questions.get(row.id, 0),
            "answer_count": row.answers,
            "roles": roles[row.id],
            "match": row._mapping.get("match"),
        }
        for row in rows
    ]


def _inferred(connection: sa.Connection, rows: Sequence[sa.Row[Any]], roles: Mapping[str, list[Item]]) -> set[str]:
    """Return those of whom it is inferred that they are one person: the same name in several interviews may be that of
    two. It is stated if the interviews are connected by pages that they state, or by editors.
    """
    several = {row.id for row in rows if sum(role["interview_count"] for role in roles[row.id]) > 1}
    # Somebody of whom no page is stated and whom nobody merged can only be inferred.
    read = sa.select(col(SpeakerReading.speaker_id)).where(col(SpeakerReading.speaker_id).in_(several)).distinct()
    merged = set(connection.execute(read).scalars()) if several else set()
    open_ids = merged | {row.id for row in rows if row.id in several and row.same_as}
    if not open_ids:
        return several
    columns: tuple[Any, ...] = (Contribution.speaker_id, Contribution.read_as, Contribution.same_as)
    counted = sa.select(*map(col, columns), sa.func.count().label("interviews"))
    counted = counted.where(col(Contribution.speaker_id).in_(open_ids)).group_by(*map(col, columns))
    evidence: dict[str, list[Evidence]] = {}
    for row in connection.execute(counted):
        one = Evidence(row.read_as or row.speaker_id, frozenset(row.same_as), row.interviews)
        evidence.setdefault(row.speaker_id, []).append(one)
    return {one for one in several if one not in evidence or not is_stated(evidence[one])}
