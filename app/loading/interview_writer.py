"""Writes one transcript into the tables, as its import was planned."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.author import Author
from app.loading.bulk_insert import insert_rows
from app.loading.documents import DocumentTurn, DocumentWriter
from app.loading.earlier_redactions import blanking
from app.loading.history import new_revision, reclaim_names, record_changes, retire_name, store_past, transcript_id_of
from app.loading.identity import Row
from app.loading.import_plan import ImportPlan
from app.loading.item_updates import ItemUpdate
from app.loading.speaker_index import index_speakers
from app.loading.stated import store_statements
from app.models import (
    Answer,
    ChangeAction,
    Contribution,
    Interview,
    Question,
    QuestionTopic,
    TopicOrigin,
    TopicState,
    Transcript,
    Turn,
    table_of,
)
from app.structure.kept_reading import blank_reading, keep_reading
from app.structure.participants import Attribution, roles_of
from app.structure.prepare import PreparedTranscript
from app.structure.stated_turns import Unfit
from app.structure.turns_as_read import parts_as_read
from app.text.dates import EARLIEST, LATEST
from app.topics.evidence import still_valid
from app.transcripts import transcript as reading


class Outcome(StrEnum):
    """What loading one file did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    HELD = "held"


@dataclass(frozen=True)
class LoadedInterview:
    """The interview that one file was loaded as, and how many items it has."""

    slug: str
    interview_id: str
    outcome: Outcome
    revision: int
    turns: int
    questions: int
    answers: int
    speakers: int
    # When its embargo ends; None for a published interview.
    held_until: datetime.datetime | None = None
    # Keys of the metadata that were stated before and not now: they stay as they were.
    kept_metadata: tuple[str, ...] = ()
    # The share of its words before that the file does not have, 0 to 1; None where nothing was replaced.
    share_replaced: float | None = None
    # Keys that the file states otherwise than an editor has since.
    overruled_metadata: tuple[str, ...] = ()
    # Statements that mean nothing in the transcript as it is now, and why; they are kept.
    open_statements: tuple[Unfit, ...] = ()

    @property
    def is_correction(self) -> bool:
        """Whether it took the place of what was there."""
        return self.share_replaced is not None


def loaded_as(
    prepared: PreparedTranscript, slug: str, interview_id: str, outcome: Outcome, revision: int
) -> LoadedInterview:
    """Say what a transcript was loaded as."""
    structure = prepared.structure
    return LoadedInterview(
        slug=slug,
        interview_id=interview_id,
        outcome=outcome,
        revision=revision,
        turns=len(prepared.transcript.turns),
        questions=len(structure.exchanges),
        answers=sum(len(exchange.answers) for exchange in structure.exchanges),
        speakers=len(structure.participants),
        kept_metadata=prepared.kept_metadata,
        overruled_metadata=prepared.overruled_metadata,
        open_statements=prepared.unfit,
    )


class InterviewWriter:
    """Writes one transcript into the tables."""

    def __init__(self, connection: sa.Connection, plan: ImportPlan, author: Author) -> None:
        self.connection, self.plan, self.author = connection, plan, author
        self.prepared, self.stored, self.before = plan.prepared, plan.stored, plan.before
        self.id, self.slug, self.revision = plan.id, plan.slug, plan.revision

    def store(self, digest: str, documents: DocumentWriter, *, is_edited: bool) -> LoadedInterview:
        """Write everything, in an order that foreign keys allow. `is_edited` as in `load_interview`."""
        identities, item_updates = self.plan.identities, list[ItemUpdate]()
        turns, structure = self.prepared.transcript.turns, self.prepared.structure
        if self.stored is None:
            self.plan.comparison.set_first_revisions()
        else:
            # The changes are worked out from the stored rows, so before these are replaced.
            item_updates = self.plan.item_updates
            store_past(self.connection, self.stored, self.before, item_updates)
            self._clear(documents)
        transcript_id = transcript_id_of(self.id, self.revision)
        number = new_revision(self.connection, self.author, self.id, transcript_id)
        speaker_ids = self.plan.speakers.store(structure.participants, self.plan.known_speakers, self.plan.speaker_ids)
        self._write_interview()
        self.plan.speakers.store_contributions(structure.participants, speaker_ids)
        self._write_transcript(transcript_id, digest)
        who = [None if participant is None else speaker_ids[participant] for participant in structure.participant_of]
        self.plan.speakers.delete_absent()
        insert_rows(self.connection, Question, self._rows(identities.questions, "asked_by", speaker_ids))
        insert_rows(self.connection, Answer, self._rows(identities.answers, "speaker_id", speaker_ids))
        rows = [
            self._turn_row(index, identities.turn_ids[index], who[index], identities.owners.get(index))
            for index in range(len(turns))
        ]
        insert_rows(self.connection, Turn, rows)
        index_speakers(self.connection, {*speaker_ids, *self.plan.speakers.known_before})
        language = self.prepared.metadata.language
        documents.add(self.id, self.prepared.title, language, map(DocumentTurn.of, rows), self.prepared.indexed)
        insert_rows(self.connection, QuestionTopic, self._topics(identities.questions, identities.turn_ids))
        self._record(number, item_updates)
        plan, in_file = self.plan, None if is_edited else self.plan.in_file
        document = self.prepared.document
        store_statements(self.connection, self.id, plan.statements, document, in_file, self.author, plan.move)
        outcome = Outcome.CHANGED if self.stored else Outcome.CREATED
        loaded = loaded_as(self.prepared, self.slug, self.id, outcome, self.revision)
        return replace(loaded, share_replaced=self.plan.share_replaced)

    def _rows(self, rows: Sequence[Row], who: str, speaker_ids: Sequence[str]) -> list[Row]:
        """Replace indexes of participants by ids of speakers."""
        return [
            {**row, "interview_id": self.id, who: None if row[who] is None else speaker_ids[row[who]]} for row in rows
        ]

    def _clear(self, documents: DocumentWriter) -> None:
        """Delete the rows that the new revision replaces; history stays."""
        documents.remove(self.id)
        mine = sa.select(col(Question.id)).where(col(Question.interview_id) == self.id)
        self.connection.execute(sa.delete(QuestionTopic).where(col(QuestionTopic.question_id).in_(mine)))
        for table in (Turn, Answer, Question, Contribution):
            self.connection.execute(sa.delete(table).where(table_of(table).c.interview_id == self.id))

    def _write_interview(self) -> None:
        metadata = self.prepared.metadata
        values: dict[str, Any] = {
            "slug": self.slug,
            "title": self.prepared.title,
            "language": metadata.language,
            "language_attribution": _language_attribution(metadata),
            "published": metadata.published.text if metadata.published else None,
            "undated": metadata.published is None,
            "published_earliest": metadata.published.earliest if metadata.published else EARLIEST,
            "published_latest": metadata.published.latest if metadata.published else LATEST,
            "published_evidence": metadata.published_evidence,
            "publisher": metadata.publisher,
            "series": metadata.series,
            "source_url": metadata.source_url,
            "source_url_as_printed": metadata.source_url_as_printed,
            "summary": metadata.summary,
            "rights": metadata.rights,
            "revision": self.revision,
            "modified_at": self.author.when,
            "turns_numbered": self.plan.turn_ids.given,
            "questions_numbered": self.plan.question_ids.given,
            "answers_numbered": self.plan.answer_ids.given,
            "speakers_numbered": self.plan.speaker_ids.given,
        }
        reclaim_names(self.connection, "interview", [self.slug])
        if self.stored:
            if self.stored.slug != self.slug:
                retire_name(self.connection, "interview", self.stored.slug, self.id)
            self.connection.execute(sa.update(Interview).where(col(Interview.id) == self.id).values(**values))
        else:
            insert_rows(self.connection, Interview, [{"id": self.id, **values}])

    def _write_transcript(self, transcript_id: str, digest: str) -> None:
        transcript, is_withheld = self.prepared.transcript, self.plan.redacted.is_withheld
        parts = parts_as_read(self.prepared.turns_as_read, self.prepared.sidecar.turns)
        hosts = sorted(self.prepared.series_hosts.names)
        insert_rows(
            self.connection,
            Transcript,
            [
                {
                    "id": transcript_id,
                    "interview_id": self.id,
                    "revision": self.revision,
                    "format": transcript.format,
                    "encoding": transcript.source.encoding,
                    "file_name": PurePath(transcript.source.name).name,
                    "sha256": transcript.source.sha256,
                    "reading_sha256": digest,
                    "content": b"" if is_withheld else transcript.source.data,
                    "withheld": is_withheld,
                    "report": {
                        "bytes": {kind.value: count for kind, count in transcript.bytes_by_class.items()},
                        # Remarks may quote the file.
                        "remarks": [] if is_withheld else [asdict(remark) for remark in transcript.remarks],
                        "tags": list(self.prepared.metadata.topics),
                        **({"as_read": parts} if parts else {}),
                        **({"series_hosts": hosts} if hosts else {}),
                        **({"reading": self._reading_to_keep()} if is_withheld else {}),
                    },
                }
            ],
        )

    def _reading_to_keep(self) -> dict[str, Any]:
        """Return what is kept of how a file was read that is withheld."""
        prepared = self.prepared
        language = prepared.metadata.language if prepared.metadata.language_is_inferred else None
        # Of a file that was withheld before, those of when all the words were there.
        roles = prepared.roles or roles_of(prepared.structure.participants)
        kept = keep_reading(prepared.transcript, prepared.turns_as_read, roles, language)
        return blank_reading(kept, blanking(self.connection, self.id))

    def _turn_row(
        self, index: int, turn_id: str, speaker_id: str | None, owner: tuple[str, str | None] | None
    ) -> dict[str, Any]:
        turn = self.prepared.transcript.turns[index]
        one_slice = len(turn.segments) == 1 and turn.segments[0].is_copy and turn.segments[0].text_end == len(turn.text)
        return {
            "id": turn_id,
            "interview_id": self.id,
            "position": index + 1,
            "kind": self.prepared.structure.kinds[index],
            "speaker_id": speaker_id,
            "speaker_label": turn.label,
            "text": turn.text,
            "start_ms": turn.start_ms,
            "end_ms": turn.end_ms,
            "source_start": turn.source_start,
            "source_end": turn.source_end,
            "segments": None if one_slice else [list(run) for run in turn.segments],
            "redactions": self.plan.redacted.redactions.get(index),
            "question_id": owner[0] if owner else None,
            "answer_id": owner[1] if owner else None,
        }

    def _topics(self, questions: Sequence[Mapping[str, Any]], turn_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the editor's topics from the metadata file, and the other topics of questions that keep their ids."""
        decided: dict[tuple[str, str], dict[str, Any]] = {
            (questions[index]["id"], self.plan.topic_ids[slug]): {
                "origin": TopicOrigin.EDITOR,
                "state": TopicState.CONFIRMED if has_topic else TopicState.REJECTED,
                "method": None,
                "vocabulary": None,
                "confidence": None,
                "evidence": [],
            }
            for index, stated in self.prepared.topics.items()
            for slug, has_topic in stated.items()
            # A topic may have been taken out of the vocabulary since it was stated.
            if slug in self.plan.topic_ids
        }
        alive = {row["id"] for row in questions}
        before = {row.id: row.text for row in self.before.turns}
        now = {turn_id: turn.text for turn_id, turn in zip(turn_ids, self.prepared.transcript.turns, strict=True)}
        for row in self.before.topics:
            if row.question_id in alive:
                decided.setdefault(
                    (row.question_id, row.topic_id),
                    {
                        **{
                            name: getattr(row, name)
                            for name in ("origin", "state", "method", "vocabulary", "confidence")
                        },
                        "evidence": still_valid(row.evidence, before, now),
                    },
                )
        return [{"question_id": key[0], "topic_id": key[1], **values} for key, values in decided.items()]

    def _record(self, number: int, item_updates: Sequence[ItemUpdate]) -> None:
        """Record what changed. The items of a new interview are not listed: they are created with it."""
        plan, of_speakers = self.plan, self.plan.speakers.changes
        if plan.stored is None:
            speaker_changes = [change for change in of_speakers if change[2] is not ChangeAction.CREATED]
            created = ("interview", plan.id, ChangeAction.CREATED, ())
            # The id of a new interview has no older change: see `import_plan`.
            record_changes(self.connection, number, [created, *speaker_changes], new={plan.id})
            return
        changes = [
            (update.noun, update.id, update.action, update.replaced_by) for update in item_updates if update.action
        ]
        whole = ("interview", plan.id, ChangeAction.CHANGED, ())
        record_changes(self.connection, number, [whole, *of_speakers, *changes])


def _language_attribution(metadata: reading.Metadata) -> Attribution:
    if metadata.language is None:
        return Attribution.UNKNOWN
    return Attribution.INFERRED if metadata.language_is_inferred else Attribution.STATED
