"""Withdraws interviews: deletes every row of one except that it existed, when it was withdrawn and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.errors import NotFoundError, TakenError, WithdrawnError
from app.loading.as_read import READ_AS
from app.loading.author import Author
from app.loading.documents import DocumentWriter
from app.loading.held_documents import HeldDocument, held_document, held_named, is_published
from app.loading.history import all_texts, new_revision, record_changes, retire_name
from app.loading.kept_answers import drop_kept_bodies
from app.loading.merging import ItemChange, forget_absent
from app.loading.speaker_index import index_speakers
from app.loading.stated import read_statements
from app.loading.stated_names import stated_in, stated_only_here, take_back
from app.loading.which_interview import forget_files
from app.models import (
    Answer,
    ChangeAction,
    Contribution,
    Embargo,
    FormerName,
    Interview,
    Question,
    QuestionTopic,
    Revision,
    Speaker,
    SpeakerReading,
    Transcript,
    Withdrawal,
    table_of,
)
from app.queries.change_data import OF_INTERVIEW, PAST_OF_INTERVIEW
from app.queries.names import absent
from app.structure.prepare import PreparedTranscript

_LIFTED = "the withdrawal was lifted"
_FORMER_SLUGS = sa.select(col(FormerName.name)).where(
    col(FormerName.noun) == "interview", col(FormerName.item_id) == col(Withdrawal.interview_id)
)
_FORMER_SLUG = _FORMER_SLUGS.order_by(col(FormerName.name)).limit(1).scalar_subquery()
_WITHDRAWN = (
    sa.select(
        col(Withdrawal.interview_id),
        col(Withdrawal.revision),
        sa.func.coalesce(col(Revision.made_at), col(Withdrawal.made_at)).label("made_at"),
        sa.func.coalesce(col(Revision.reason), col(Withdrawal.reason)).label("reason"),
        sa.func.coalesce(_FORMER_SLUG, col(Withdrawal.slug)).label("slug"),
    )
    .outerjoin(Revision, col(Revision.number) == col(Withdrawal.revision))
    .where(col(Withdrawal.sha256) == sa.bindparam("sha256"))
)


@dataclass(frozen=True)
class WithdrawnInterview:
    """A withdrawn interview: numbers of its questions and answers, and slugs of the speakers who were in no other."""

    interview_id: str
    slug: str
    questions: int
    answers: int
    speakers: list[str]


def withdraw(connection: sa.Connection, name: str, author: Author, *, held: bool = False) -> WithdrawnInterview:
    """Delete an interview, given by slug or id, for good, and refuse its source files from now on; `held` says whether
    interviews that are held back are found.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
    """
    kept = held_named(connection, name) if held else None
    if kept is not None:
        return _withdraw_held(connection, held_document(connection, kept), author)
    interview = find_named(connection, name)
    files = connection.execute(
        sa.select(col(Transcript.sha256)).where(col(Transcript.interview_id) == interview.id).distinct()
    ).scalars()
    sha256s = sorted(files)
    number, withdrawn = delete_interview(connection, interview, author)
    _refuse_files(connection, interview.id, sha256s, {"revision": number})
    return withdrawn


def _withdraw_held(connection: sa.Connection, document: HeldDocument, author: Author) -> WithdrawnInterview:
    """Delete an interview that is held back. If it was never published, nothing public tells of that."""
    interview, people = document.interview, {row["id"]: row["slug"] for row in document.rows(Speaker)}
    connection.execute(sa.delete(Embargo).where(col(Embargo.interview_id) == interview.id))
    signed: dict[str, Any] = {
        "slug": interview.slug,
        "made_at": author.when,
        "made_by": author.who,
        "reason": author.why,
    }
    if is_published(connection, interview.id):
        number = new_revision(connection, author, interview.id)
        record_changes(connection, number, [("interview", interview.id, ChangeAction.DELETED, ())])
        signed = {"revision": number}
    sha256s = sorted({row["sha256"] for row in document.rows(Transcript)})
    _refuse_files(connection, interview.id, sha256s, signed)
    stored = sa.select(col(Speaker.id)).where(col(Speaker.id).in_(people))
    gone = people.keys() - set(connection.execute(stored).scalars())
    questions, answers = (len(document.rows(table)) for table in (Question, Answer))
    slugs = sorted(people[one] for one in gone)
    return WithdrawnInterview(interview.id, interview.slug, questions, answers, slugs)


def _refuse_files(
    connection: sa.Connection, interview_id: str, sha256s: Sequence[str], signed: Mapping[str, Any]
) -> None:
    """Refuse the files of a withdrawn interview from now on. `signed` says when it was withdrawn, by whom and why, or
    which revision says so.
    """
    forget_files(connection, interview_id)
    drop_kept_bodies(connection)
    connection.execute(sa.delete(Withdrawal).where(col(Withdrawal.sha256).in_(sha256s)))
    rows = [{"sha256": sha256, "interview_id": interview_id, **signed} for sha256 in sha256s]
    connection.execute(sa.insert(Withdrawal), rows)


def lift_withdrawal(connection: sa.Connection, name: str, author: Author, *, held: bool = False) -> list[str]:
    """Allow the source files of a withdrawn interview to be loaded again, as a new interview; return their SHA-256.
    `held` says whether interviews that were held back and never published are found, too.

    Raises:
        NotFoundError: no interview of this name was withdrawn.
    """
    named = sa.select(col(FormerName.item_id)).where(col(FormerName.noun) == "interview", col(FormerName.name) == name)
    called = sa.or_(
        col(Withdrawal.interview_id) == name, col(Withdrawal.interview_id).in_(named), col(Withdrawal.slug) == name
    )
    if not held:
        called = sa.and_(called, col(Withdrawal.revision).is_not(None))
    columns = (col(Withdrawal.sha256), col(Withdrawal.interview_id), col(Withdrawal.revision))
    rows = connection.execute(sa.select(*columns).where(called)).all()
    if not rows:
        raise NotFoundError("withdrawn interview", name)
    interview_id = rows[0].interview_id
    connection.execute(sa.delete(Withdrawal).where(col(Withdrawal.interview_id) == interview_id))
    if rows[0].revision is None:
        return sorted(row.sha256 for row in rows if row.interview_id == interview_id)
    # The same change again, so that mirrors learn of it from the feed.
    number = new_revision(connection, replace(author, why=author.why or _LIFTED), interview_id)
    record_changes(connection, number, [("interview", interview_id, ChangeAction.DELETED, ())])
    return sorted(row.sha256 for row in rows)


def refuse_withdrawn(connection: sa.Connection, prepared: PreparedTranscript, *, held: bool = True) -> None:
    """Refuse a file of a withdrawn interview; `held` says whether interviews that are held back are found.

    Raises:
        WithdrawnError: an interview with this file was withdrawn.
        TakenError: it was, and it was never published, nor is it found.
    """
    withdrawn = connection.execute(_WITHDRAWN, {"sha256": prepared.transcript.source.sha256}).first()
    if withdrawn is not None:
        if withdrawn.revision is None and not held:
            raise TakenError(prepared.transcript.source.name)
        name = withdrawn.slug or withdrawn.interview_id
        raise WithdrawnError(prepared.transcript.source.name, name, withdrawn.made_at, withdrawn.reason)


def find_named(connection: sa.Connection, name: str) -> Any:
    """Find the row of an interview by slug or id.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
    """
    called = sa.or_(col(Interview.slug) == name, col(Interview.id) == name)
    interview = connection.execute(sa.select(table_of(Interview)).where(called)).first()
    if interview is None:
        raise absent(connection, Interview, name)
    return interview


def delete_interview(connection: sa.Connection, interview: Any, author: Author) -> tuple[int, WithdrawnInterview]:
    """Delete every row of an interview, and record it; return the number of the revision too."""
    items = [
        (noun, item_id)
        for noun, of in (("question", Question), ("answer", Answer))
        for item_id in connection.execute(
            sa.select(col(of.id)).where(col(of.interview_id) == interview.id).order_by(col(of.id))
        ).scalars()
    ]
    people = connection.execute(
        sa.select(col(Contribution.speaker_id), READ_AS.label("read_id"), col(Contribution.labels)).where(
            col(Contribution.interview_id) == interview.id
        )
    ).all()
    speaker_ids = sorted(row.speaker_id for row in people)
    stated = read_statements(connection, interview.id).document
    here = {row.read_id: stated_in(stated, row.labels) for row in people}
    only_here = stated_only_here(connection, interview.id, {one: names for one, names in here.items() if names})
    with DocumentWriter(connection) as documents:
        documents.remove(interview.id, forget=all_texts(connection, interview.id))
        mine = sa.select(col(Question.id)).where(col(Question.interview_id) == interview.id)
        connection.execute(sa.delete(QuestionTopic).where(col(QuestionTopic.question_id).in_(mine)))
        tables: tuple[type[SQLModel], ...] = (*reversed(OF_INTERVIEW), *PAST_OF_INTERVIEW, Transcript)
        for table in tables:
            connection.execute(sa.delete(table).where(table_of(table).c.interview_id == interview.id))
        connection.execute(sa.delete(Interview).where(col(Interview.id) == interview.id))
    retire_name(connection, "interview", interview.slug, interview.id)
    deleted, merged_ids = _delete_speakers(connection, speaker_ids)
    renamed = take_back(connection, only_here)
    index_speakers(connection, speaker_ids)
    forgotten = forget_absent(connection, speaker_ids)
    number = new_revision(connection, author, interview.id)
    changes = [
        *items,
        ("interview", interview.id),
        *(("speaker", one) for one in (*(row.id for row in deleted), *merged_ids)),
    ]
    deletions: list[ItemChange] = [(noun, item_id, ChangeAction.DELETED, ()) for noun, item_id in changes]
    changed: list[ItemChange] = [("speaker", one, ChangeAction.CHANGED, ()) for one in renamed]
    changes_of_people = {change[:2]: change for change in (*changed, *forgotten)}
    record_changes(connection, number, [*deletions, *changes_of_people.values()])
    count = {noun: sum(one == noun for one, _id in items) for noun in ("question", "answer")}
    slugs = [row.slug for row in deleted]
    return number, WithdrawnInterview(interview.id, interview.slug, count["question"], count["answer"], slugs)


def _delete_speakers(connection: sa.Connection, speaker_ids: Sequence[str]) -> tuple[Sequence[Any], list[str]]:
    """Delete speakers who take part nowhere now, and their former slugs, which are people's names; return them, and the
    ids of those merged into them.
    """
    nowhere = ~sa.exists().where(col(Contribution.speaker_id) == col(Speaker.id))
    columns = (col(Speaker.id), col(Speaker.slug))
    deleted = connection.execute(
        sa.select(*columns).where(col(Speaker.id).in_(speaker_ids), nowhere).order_by(col(Speaker.id))
    ).all()
    ids = [row.id for row in deleted]
    merged = sa.select(col(SpeakerReading.id)).where(
        col(SpeakerReading.speaker_id).in_(ids), col(SpeakerReading.id).not_in(ids)
    )
    merged_ids = list(connection.execute(merged.order_by(col(SpeakerReading.id))).scalars())
    named = col(FormerName.item_id).in_([*ids, *merged_ids])
    connection.execute(sa.delete(FormerName).where(col(FormerName.noun) == "speaker", named))
    connection.execute(sa.delete(Speaker).where(col(Speaker.id).in_(ids)))
    return deleted, merged_ids
