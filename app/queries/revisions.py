"""Revisions of questions, answers and interviews: their wordings, when and why they changed, and past items."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.citations import Noun
from app.errors import UnknownRevisionError
from app.models import (
    Answer,
    Change,
    Interview,
    PastInterview,
    PastItem,
    Question,
    Revision,
    TopicState,
    Transcript,
    table_of,
)
from app.queries import answers, interviews, questions
from app.queries.embedding import CONFIRMED, Item
from app.queries.names import absent, absent_id, replacements
from app.queries.paging import Rank, Ranked
from app.queries.past import Past
from app.text.differences import differences

_CURRENT = {"is_current": True, "superseded_by": None}


class Version(NamedTuple):
    """One revision of a question or an answer: which revisions of its interview have it, as far as now, and whether it
    is the current one.
    """

    revision: int
    interview_id: str
    first_in: int
    last_in: int
    is_current: bool


def find_question(
    connection: sa.Connection,
    question_id: str,
    revision: int | None = None,
    context: int = 0,
    states: Sequence[TopicState] = CONFIRMED,
) -> Item:
    """Find a question as it is, or as it was last shown in one of its revisions.

    Raises:
        NotFoundError: there is none with this id.
        GoneError: it was taken out, and no revision is asked for.
        UnknownRevisionError: it never had this revision.
    """
    version = None if revision is None else find_version(connection, Noun.QUESTION, question_id, revision)
    if version is None or version.is_current:
        return {**questions.find_question(connection, question_id, context, states), **_CURRENT}
    past = find_past(connection, version.interview_id, version.last_in)
    return {
        **past.question(question_id, context, states),
        **_superseded(connection, Noun.QUESTION, question_id, version),
    }


def find_answer(
    connection: sa.Connection,
    answer_id: str,
    revision: int | None = None,
    context: int = 0,
    states: Sequence[TopicState] = CONFIRMED,
) -> Item:
    """Find an answer as it is, or as it was last shown in one of its revisions.

    Raises:
        NotFoundError, GoneError, UnknownRevisionError: as in find_question().
    """
    version = None if revision is None else find_version(connection, Noun.ANSWER, answer_id, revision)
    if version is None or version.is_current:
        return {**answers.find_answer(connection, answer_id, context, states), **_CURRENT}
    past = find_past(connection, version.interview_id, version.last_in)
    item = past.answer(answer_id, context, states)
    return {**item, **_superseded(connection, Noun.ANSWER, answer_id, version)}


def find_interview(connection: sa.Connection, name: str, revision: int | None = None) -> Item:
    """Find an interview as it is, or the whole of it as it was in a revision.

    Raises:
        NotFoundError: there is none of this name.
        MovedError: it has another name now.
        GoneError: it was taken out.
        UnknownRevisionError: it never had this revision, or none that was kept.
    """
    past = _past_of(connection, name, revision)
    if past is None:
        return {**interviews.find_interview(connection, name), **_CURRENT}
    return {**past.interview, "is_current": False, "superseded_by": past.interview["revision"] + 1}


def find_record(connection: sa.Connection, name: str, revision: int | None = None) -> Item:
    """Find the whole record of an interview as it is, or as it was in a revision.

    Raises:
        NotFoundError, MovedError, GoneError, UnknownRevisionError: as in find_interview().
    """
    past = _past_of(connection, name, revision)
    return interviews.find_record(connection, name) if past is None else past.record


def list_revisions(connection: sa.Connection, noun: Noun, item_id: str) -> Ranked:
    """List the revisions of a question or an answer, the newest first, each with its words and what brought it.

    Of an item that has been taken out there are those that it had.

    Raises:
        NotFoundError: there never was one with this id.
    """
    versions = {version.revision: version for version in _versions(connection, noun, item_id)}
    if not versions:
        raise absent_id(connection, noun, item_id)
    ranks: list[Rank] = [(0, float(revision), revision) for revision in sorted(versions, reverse=True)]
    embed = partial(_embed_versions, noun=noun, item_id=item_id, versions=versions)
    return Ranked(ranks, embed, len(ranks), total_is_exact=True)


def list_interview_revisions(connection: sa.Connection, name: str) -> Ranked:
    """List the revisions of an interview, the newest first, each with what it changed.

    Raises:
        NotFoundError, MovedError, GoneError: as in find_interview().
    """
    interview_id, current = _find(connection, name)
    numbers = connection.execute(
        sa.select(col(Transcript.revision)).where(col(Transcript.interview_id) == interview_id)
    ).scalars()
    ranks: list[Rank] = [(0, float(number), number) for number in sorted(numbers, reverse=True)]
    embed = partial(_embed_interview_revisions, interview_id=interview_id, current=current)
    return Ranked(ranks, embed, len(ranks), total_is_exact=True)


def compare_revisions(
    connection: sa.Connection, noun: Noun, item_id: str, before: int | None = None, after: int | None = None
) -> Item:
    """Compare the words of two revisions of a question or an answer; without more, the last two.

    Raises:
        NotFoundError: there never was one with this id.
        UnknownRevisionError: it never had one of these revisions.
    """
    versions = {version.revision: version for version in _versions(connection, noun, item_id)}
    if not versions:
        raise absent_id(connection, noun, item_id)
    after = max(versions) if after is None else after
    # The first revision has none before it; it is compared with itself.
    before = max((revision for revision in versions if revision < after), default=after) if before is None else before
    for revision in (before, after):
        if revision not in versions:
            raise UnknownRevisionError(noun, item_id, revision, sorted(versions))
    sides = {
        side: {"revision": revision, **_words(connection, noun, item_id, versions[revision])}
        for side, revision in (("before", before), ("after", after))
    }
    texts = sides["before"]["text"], sides["after"]["text"]
    return {
        "noun": noun,
        "id": item_id,
        **sides,
        "differences": [
            {
                **asdict(one),
                "text_before": texts[0][one.start_before : one.end_before],
                "text_after": texts[1][one.start_after : one.end_after],
            }
            for one in differences(*texts)
        ],
    }


def find_version(connection: sa.Connection, noun: Noun, item_id: str, revision: int) -> Version:
    """Find one revision of a question or an answer.

    Raises:
        NotFoundError: there never was an item with this id.
        UnknownRevisionError: it never had this revision.
    """
    versions = _versions(connection, noun, item_id)
    if not versions:
        raise absent_id(connection, noun, item_id)
    for version in versions:
        if version.revision == revision:
            return version
    raise UnknownRevisionError(noun, item_id, revision, [version.revision for version in versions])


def find_past(connection: sa.Connection, interview_id: str, revision: int) -> Past:
    """Read an interview as it was in a revision that is stored."""
    kept = sa.select(col(PastInterview.content)).where(
        col(PastInterview.interview_id) == interview_id, col(PastInterview.revision) == revision
    )
    return Past(connection.execute(kept).scalar_one())


def _versions(connection: sa.Connection, noun: Noun, item_id: str) -> list[Version]:
    """Return every revision of an item, the oldest first."""
    past = connection.execute(
        sa.select(col(PastItem.revision), col(PastItem.interview_id), col(PastItem.first_in), col(PastItem.last_in))
        .where(col(PastItem.item_id) == item_id, col(PastItem.noun) == noun)
        .order_by(col(PastItem.revision))
    )
    found = [Version(row.revision, row.interview_id, row.first_in, row.last_in, is_current=False) for row in past]
    table = Question if noun is Noun.QUESTION else Answer
    columns: tuple[Any, ...] = (table.revision, table.interview_id, table.revised_in, Interview.revision)
    current = connection.execute(
        sa.select(*map(col, columns))
        .join(Interview, col(Interview.id) == col(table.interview_id))
        .where(col(table.id) == item_id)
    ).first()
    if current is not None:
        revision, interview_id, first_in, last_in = current
        found.append(Version(revision, interview_id, first_in, last_in, is_current=True))
    return found


def _superseded(connection: sa.Connection, noun: Noun, item_id: str, version: Version) -> Item:
    known = {one.revision for one in _versions(connection, noun, item_id)}
    following = version.revision + 1
    return {"is_current": False, "superseded_by": following if following in known else None}


def _find(connection: sa.Connection, name: str) -> tuple[str, int]:
    called = sa.or_(col(Interview.slug) == name, col(Interview.id) == name)
    row = connection.execute(sa.select(col(Interview.id), col(Interview.revision)).where(called)).first()
    if row is None:
        raise absent(connection, Interview, name)
    return row.id, row.revision


def _past_of(connection: sa.Connection, name: str, revision: int | None) -> Past | None:
    """Read an interview as it was in a revision; None for the current one."""
    if revision is None:
        return None
    interview_id, current = _find(connection, name)
    if revision == current:
        return None
    kept = connection.execute(
        sa.select(col(PastInterview.revision)).where(col(PastInterview.interview_id) == interview_id)
    ).scalars()
    known = [*sorted(kept), current]
    if revision not in known:
        raise UnknownRevisionError(Noun.INTERVIEW, name, revision, known)
    return find_past(connection, interview_id, revision)


def _words(connection: sa.Connection, noun: Noun, item_id: str, version: Version) -> Item:
    if not version.is_current:
        past = find_past(connection, version.interview_id, version.last_in)
        return {"text": past.text_of(item_id), "speaker": past.speaker_of(item_id)}
    if noun is Noun.QUESTION:
        question = questions.find_question(connection, item_id)
        return {"text": question["text"], "speaker": question["asked_by"]}
    answer = answers.find_answer(connection, item_id)
    return {"text": answer["text"], "speaker": answer["speaker"]}


def _embed_versions(
    connection: sa.Connection,
    ranks: Sequence[Rank],
    noun: Noun,
    item_id: str,
    versions: Mapping[int, Version],
) -> list[Item]:
    shown = [versions[revision] for _tier, _score, revision in ranks]
    if not shown:
        return []
    made = _made(connection, shown[0].interview_id)
    # One that was taken out says so with its last revision.
    gone = replacements(connection, item_id) if not versions[max(versions)].is_current else []
    return [
        {
            "revision": version.revision,
            **made[version.first_in],
            "interview_revision": version.first_in,
            "last_interview_revision": version.last_in,
            "is_current": version.is_current,
            "superseded_by": version.revision + 1 if version.revision + 1 in versions else None,
            "replaced_by": [] if version.is_current or version.revision + 1 in versions else gone,
            **_words(connection, noun, item_id, version),
        }
        for version in shown
    ]


def _embed_interview_revisions(
    connection: sa.Connection, ranks: Sequence[Rank], interview_id: str, current: int
) -> list[Item]:
    made = _made(connection, interview_id)
    kept = set(
        connection.execute(
            sa.select(col(PastInterview.revision)).where(col(PastInterview.interview_id) == interview_id)
        ).scalars()
    )
    shown = [number for _tier, _score, number in ranks]
    changes: dict[int, list[Item]] = defaultdict(list)
    numbers = [made[number]["corpus_revision"] for number in shown]
    rows = connection.execute(
        sa.select(table_of(Change))
        .where(col(Change.revision).in_(numbers), col(Change.noun) != Noun.INTERVIEW)
        .order_by(col(Change.noun), col(Change.item_id))
    )
    for row in rows:
        changes[row.revision].append(
            {"noun": row.noun, "id": row.item_id, "action": row.action, "replaced_by": row.replaced_by or []}
        )
    return [
        {
            "revision": number,
            **made[number],
            "is_current": number == current,
            "is_kept": number == current or number in kept,
            "superseded_by": None if number == current else number + 1,
            "changes": changes[made[number]["corpus_revision"]],
        }
        for number in shown
    ]


def _made(connection: sa.Connection, interview_id: str) -> dict[int, Item]:
    """Say when, why and from which file each revision of an interview was made."""
    columns: tuple[Any, ...] = (
        col(Transcript.revision),
        col(Revision.number).label("corpus_revision"),
        col(Revision.made_at),
        col(Revision.reason),
        col(Transcript.file_name),
        col(Transcript.format),
        col(Transcript.sha256),
    )
    rows = connection.execute(
        sa.select(*columns)
        .join(Revision, col(Revision.transcript_id) == col(Transcript.id))
        .where(col(Transcript.interview_id) == interview_id, col(Revision.interview_id) == interview_id)
    )
    return {
        row.revision: {
            "corpus_revision": row.corpus_revision,
            "made_at": row.made_at,
            "reason": row.reason,
            "transcript": {"file_name": row.file_name, "format": row.format, "sha256": row.sha256},
        }
        for row in rows
    }
