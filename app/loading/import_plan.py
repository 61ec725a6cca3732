"""Plans an import without writing: which interview a file is, and what would change in it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.errors import MetadataError, did_you_mean
from app.loading.as_read import READ_AS, parts_off
from app.loading.earlier_redactions import (
    STATED_WORDS,
    RedactedTranscript,
    apply_earlier_redactions,
    blanking,
    left_of,
)
from app.loading.free_slugs import is_slug_of_any
from app.loading.id_counter import IdCounter
from app.loading.identity import Identities, StoredInterview
from app.loading.item_updates import ItemUpdate, ReadingComparison
from app.loading.speakers import SpeakerWriter
from app.loading.stated import (
    NOTHING_STATED,
    Document,
    StoredStatements,
    read_statements,
    redacted_document,
    stands_in,
    with_statements,
)
from app.loading.stored_reading import ReadBefore, read_before
from app.loading.which_interview import find_interview, refuse_other_words, share_replaced
from app.loading.withdrawals import refuse_withdrawn
from app.models import (
    Answer,
    Change,
    Contribution,
    PastInterview,
    Question,
    QuestionTopic,
    Speaker,
    SpeakerReading,
    Statement,
    Topic,
    TopicOrigin,
    Transcript,
    Turn,
    table_of,
)
from app.queries.names import renamed
from app.structure.prepare import PreparedTranscript
from app.text.folding import nearest

# Digits and letters without i, l, o and u, which are mistaken for others (Crockford's Base32).
_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 12
# Past revisions, at most, in which an item is looked for that comes back and gets its id again.
_PAST_REVISIONS = 20
# Statements of every import, built once: building one takes longer than running it.
# Those who take part, as the files alone tell of them: `read_id`, `name` and `slug`.
_PARTED = parts_off(READ_AS).correlate(Contribution)
_IS_MERGED = col(SpeakerReading.id).is_not(None)
_CONTRIBUTIONS: Any = (
    sa.select(
        col(Contribution.speaker_id),
        READ_AS.label("read_id"),
        col(Contribution.labels),
        sa.case((_IS_MERGED, col(SpeakerReading.name)), else_=col(Speaker.name)).label("name"),
        sa.case((_IS_MERGED, col(SpeakerReading.slug)), else_=col(Speaker.slug)).label("slug"),
        _IS_MERGED.label("is_merged"),
        _PARTED.label("is_parted"),
        _PARTED.where(col(Statement.is_named)).label("is_named"),
    )
    .join(Speaker, col(Speaker.id) == col(Contribution.speaker_id))
    .outerjoin(SpeakerReading, col(SpeakerReading.id) == READ_AS)
    .where(col(Contribution.interview_id) == sa.bindparam("interview_id"))
)
_TOPICS = sa.select(col(Topic.slug), col(Topic.id))
_CHANGES = sa.select(col(Change.item_id)).where(col(Change.item_id) == sa.bindparam("item_id")).limit(1)


@dataclass
class ImportPlan:
    """What importing one transcript would do. `stored` is the row of the interview that it corrects, or None."""

    connection: sa.Connection
    prepared: PreparedTranscript
    stored: Any
    slug: str
    topic_ids: Mapping[str, str]
    is_unchanged: bool
    redacted: RedactedTranscript
    # Whether a full name means one person in all series.
    across_series: bool = True
    # Of the transcript as it was read, with what stays stated, before earlier redactions.
    digest: str = ""
    # What was stated of the interview before, and what its file states now.
    statements: StoredStatements = NOTHING_STATED
    in_file: Mapping[str, Any] = field(default_factory=dict)
    # Describes what was stated before for the turns of now, where they are others.
    move: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    id: str = field(init=False)
    revision: int = field(init=False)

    def __post_init__(self) -> None:
        stored = self.stored
        self.id = stored.id if stored else _new_id(self.connection, self.prepared.transcript.source.sha256)
        self.revision = stored.revision + 1 if stored else 1
        self.turn_ids = IdCounter(self.id, "t", stored.turns_numbered if stored else 0)
        self.question_ids = IdCounter(self.id, "q", stored.questions_numbered if stored else 0)
        self.answer_ids = IdCounter(self.id, "a", stored.answers_numbered if stored else 0)
        self.speaker_ids = IdCounter(self.id, "s", stored.speakers_numbered if stored else 0)

    @cached_property
    def before(self) -> StoredInterview:
        """What is stored of the interview."""
        if not self.stored:
            return StoredInterview()
        return read_stored(self.connection, self.id)

    @property
    def share_replaced(self) -> float | None:
        """The share of the interview's words that the file does not have; None where it replaces nothing."""
        if self.stored is None or self.is_unchanged:
            return None
        return share_replaced([row.text for row in self.before.turns], self.prepared)

    @cached_property
    def identities(self) -> Identities:
        """The ids of turns, questions and answers."""
        return Identities(
            self.before,
            [turn.text for turn in self.prepared.transcript.turns],
            [turn.label for turn in self.prepared.transcript.turns],
            self.prepared.structure,
            (self.turn_ids, self.question_ids, self.answer_ids),
        )

    @cached_property
    def comparison(self) -> ReadingComparison:
        """The new reading compared with what is stored."""
        return ReadingComparison(self.identities, self.revision)

    @cached_property
    def speakers(self) -> SpeakerWriter:
        """The writer of the speakers."""
        series = self.prepared.metadata.series
        before, across_series = self.before.contributions, self.across_series
        stated = self.statements.document
        return SpeakerWriter(self.connection, self.id, self.slug, series, before, stated, across_series=across_series)

    @cached_property
    def known_speakers(self) -> list[str | None]:
        """The stored speaker of each participant; None for somebody new."""
        return self.speakers.find(self.prepared.structure.participants, self.identities.heirs())

    @cached_property
    def item_updates(self) -> list[ItemUpdate]:
        """What changes in each question and answer."""
        return self.comparison.item_updates(self.known_speakers)


def plan_import(
    connection: sa.Connection,
    prepared: PreparedTranscript,
    *,
    across_series: bool = True,
    keeps_metadata: bool = True,
    replaces: bool = False,
    of: str | None = None,
    held: bool = True,
) -> ImportPlan:
    """Plan the import of a transcript. The plan's transcript has the interview's earlier redactions applied, and what
    was stated before unless it is stated anew, or not `keeps_metadata`.

    `across_series` says whether a full name means one person in all series. `replaces` says that the file is meant to
    replace its interview, whatever its words; `of` is the id of that interview, where that is said. `held` is as in
    `refuse_withdrawn`.

    Raises:
        MetadataError: the metadata file names a topic that is not in the vocabulary.
        ReplacementError: it would replace most of the interview's words, or another file, and not `replaces`.
        WithdrawnError, TakenError: the file is of an interview that was withdrawn.
    """
    refuse_withdrawn(connection, prepared, held=held)
    stored, slug = find_interview(connection, prepared, replaces=replaces, of=of)
    in_file: Document = prepared.sidecar.document
    statements = NOTHING_STATED
    if stored is not None:
        statements = read_statements(connection, stored.id)
        in_file = _without_redacted(connection, stored.id, prepared)

    def reads(read: PreparedTranscript) -> ReadBefore | None:
        # Most files that are loaded again have not changed.
        is_new = stored is None or not statements.version or _is_current(connection, stored, read)
        return None if is_new else read_before(connection, stored, read)

    restated = with_statements(prepared, statements, in_file, reads, keeps=keeps_metadata)
    prepared = restated.prepared
    topic_ids = _topic_ids(connection, prepared, statements.document)
    is_unchanged = (
        stored is not None and _is_current(connection, stored, prepared) and prepared.document == statements.document
    )
    redacted = RedactedTranscript(prepared)
    if stored is not None:
        redacted = apply_earlier_redactions(connection, stored.id, prepared)
    slug = stored.slug if is_unchanged else slug
    plan = ImportPlan(
        connection,
        redacted.prepared,
        stored,
        slug,
        topic_ids,
        is_unchanged,
        redacted,
        across_series,
        prepared.digest,
        statements,
        in_file,
        restated.move,
    )
    if stored is not None and not is_unchanged and not replaces:
        refuse_other_words([row.text for row in plan.before.turns], stored.slug, plan.prepared)
    return plan


def _without_redacted(connection: sa.Connection, interview_id: str, prepared: PreparedTranscript) -> Document:
    """Return what a transcript states without what was redacted in its interview, unless it still stands in a turn."""
    blank, left = blanking(connection, interview_id), list[str]()

    def blanked(text: str, key: str) -> str:
        if (redacted := blank(text)) == text or key in STATED_WORDS:
            return redacted
        if not left:
            left.extend(left_of(connection, interview_id, prepared, prepared.turns_as_read))
        return text if stands_in(left, text, key) else redacted

    document: Document = redacted_document(prepared.sidecar.document, blanked)
    return document


def _is_current(connection: sa.Connection, stored: Any, prepared: PreparedTranscript) -> bool:
    current = connection.execute(
        sa.select(col(Transcript.sha256), col(Transcript.reading_sha256)).where(
            col(Transcript.interview_id) == stored.id, col(Transcript.revision) == stored.revision
        )
    ).one()
    return bool(current.sha256 == prepared.transcript.source.sha256 and current.reading_sha256 == prepared.digest)


def _topic_ids(connection: sa.Connection, prepared: PreparedTranscript, known: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of the topics that are stated, by slug; a former slug leads on.

    A topic that is not there any more is left out if the `known` document stated it before.
    """
    if not prepared.topics:
        return {}
    ids: dict[str, str] = dict(connection.execute(_TOPICS).all())
    wanted = dict.fromkeys(slug for slugs in prepared.topics.values() for slug in slugs)
    if missing := [slug for slug in wanted if slug not in ids]:
        tables = known.get("questions", ())
        before = {slug for table in tables for key in ("topics", "rejected") for slug in table.get(key, ())}
        now = renamed(connection, Topic, missing)
        for slug in missing:
            if slug in now:
                ids[slug] = now[slug]
            elif slug not in before:
                hint = did_you_mean(nearest(slug, ids))
                raise MetadataError(
                    prepared.metadata_file, _place_of(prepared, slug), f"there is no topic {slug!r}.{hint}"
                )
    return ids


def _place_of(prepared: PreparedTranscript, topic: str) -> str:
    """Return where a metadata file names a topic, as dotted keys."""
    for number, table in enumerate(prepared.sidecar.questions):
        for key, slugs in (("topics", table.topics), ("rejected", table.rejected)):
            if topic in slugs:
                return f"questions.{number}.{key}.{slugs.index(topic)}"
    return "questions"


def read_stored(connection: sa.Connection, interview_id: str) -> StoredInterview:
    """Read what is stored of an interview, but for the topics that are stated of its questions."""

    def rows(table: type[SQLModel], *order: Any) -> list[Any]:
        columns = table_of(table)
        return list(
            connection.execute(sa.select(columns).where(columns.c.interview_id == interview_id).order_by(*order))
        )

    topics = (
        sa.select(table_of(QuestionTopic))
        .join(Question, col(Question.id) == col(QuestionTopic.question_id))
        .where(col(Question.interview_id) == interview_id, col(QuestionTopic.origin) != TopicOrigin.EDITOR)
    )
    return StoredInterview(
        turns=rows(Turn, col(Turn.position)),
        questions={row.id: row for row in rows(Question)},
        answers={row.id: row for row in rows(Answer)},
        contributions=list(connection.execute(_CONTRIBUTIONS, {"interview_id": interview_id})),
        topics=list(connection.execute(topics)),
        past=_past(connection, interview_id),
    )


def _past(connection: sa.Connection, interview_id: str) -> Iterator[Mapping[str, Any]]:
    of_interview = col(PastInterview.interview_id) == interview_id
    newest = sa.select(col(PastInterview.revision)).where(of_interview).order_by(col(PastInterview.revision).desc())
    for revision in connection.execute(newest.limit(_PAST_REVISIONS)).scalars().all():
        content = sa.select(col(PastInterview.content)).where(of_interview, col(PastInterview.revision) == revision)
        yield connection.execute(content).scalar_one()


def _new_id(connection: sa.Connection, sha256: str) -> str:
    """Make an id from the first file. An interview that was deleted and is loaded again gets another id."""
    attempt, name = 0, interview_id_of(sha256)
    while connection.execute(_CHANGES, {"item_id": name}).first() or is_slug_of_any(connection, name):
        attempt += 1
        name = interview_id_of(hashlib.sha256(f"{sha256} {attempt}".encode()).hexdigest())
    return name


def interview_id_of(sha256: str) -> str:
    """Return sixty bits of the digest of the first file as an id."""
    number = int(sha256[:15], 16)
    return "".join(_ID_ALPHABET[number >> shift & 31] for shift in range(5 * (_ID_LENGTH - 1), -1, -5))
