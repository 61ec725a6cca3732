"""A prepared transcript into the tables: found again, aligned with what is there, and replaced whole."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.alignment import align
from app.dates import EARLIEST, LATEST
from app.errors import MetadataError, did_you_mean
from app.loading.documents import Documents, Said
from app.loading.history import new_revision, record_changes, retire_name
from app.loading.numbers import Numbers
from app.loading.preparing import Prepared
from app.loading.speakers import Speakers
from app.models import (
    Answer,
    ChangeAction,
    Contribution,
    Interview,
    Question,
    QuestionTopic,
    Speaker,
    Topic,
    TopicOrigin,
    TopicState,
    Transcript,
    Turn,
    table_of,
)
from app.pairing import Attribution
from app.text import nearest
from app.topics.evidence import that_holds
from app.transcripts import transcript as reading

_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 12
# Of its longest turns, one in this many has to be stored already for a file to be a correction of an interview.
_TURNS_TO_COMPARE = 100
_ALIKE = 5


class Outcome(StrEnum):
    """What loading one file did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Loaded:
    """What became of one file."""

    slug: str
    interview_id: str
    outcome: Outcome
    revision: int
    turns: int
    questions: int
    answers: int
    speakers: int


def load_interview(
    connection: sa.Connection,
    prepared: Prepared,
    now: datetime.datetime,
    reason: str | None = None,
    documents: Documents | None = None,
) -> Loaded:
    """Store a transcript as a new interview, as a new revision of the one it corrects, or not at all if unchanged.

    A caller who stores several in one transaction hands over the `documents` of that transaction.

    Raises:
        MetadataError: the metadata file names a topic that is not in the vocabulary.
    """
    topic_ids = _topic_ids(connection, prepared)
    stored, slug = _stored_interview(connection, prepared)
    digest = prepared.digest
    if stored is not None and _is_current(connection, stored, prepared, digest):
        return _loaded(prepared, stored.slug, stored.id, Outcome.UNCHANGED, stored.revision)
    importing = _Import(connection, prepared, stored, slug, topic_ids, now)
    if documents is not None:
        return importing.store(digest, reason, documents)
    with Documents(connection) as own:
        return importing.store(digest, reason, own)


def _is_current(connection: sa.Connection, stored: Any, prepared: Prepared, digest: str) -> bool:
    current = connection.execute(
        sa.select(col(Transcript.sha256), col(Transcript.reading_sha256)).where(
            col(Transcript.interview_id) == stored.id, col(Transcript.revision) == stored.revision
        )
    ).one()
    return bool(current.sha256 == prepared.transcript.source.sha256 and current.reading_sha256 == digest)


def _stored_interview(connection: sa.Connection, prepared: Prepared) -> tuple[Any, str]:
    """Find the interview that this file is, or None; and the slug that it has or gets.

    A stated slug decides. Otherwise the same bytes do, now or in a revision before; and then the name of the file,
    if what is stored under it is like this one: two shows may both have an `episode-1.txt`.
    """
    interviews = sa.select(table_of(Interview))
    same_bytes = (
        interviews.join(Transcript, col(Transcript.interview_id) == col(Interview.id))
        .where(col(Transcript.sha256) == prepared.transcript.source.sha256)
        .order_by((col(Transcript.revision) == col(Interview.revision)).desc(), col(Interview.id))
    )
    if prepared.slug_is_stated:
        same_slug = connection.execute(interviews.where(col(Interview.slug) == prepared.slug)).first()
        return same_slug or connection.execute(same_bytes).first(), prepared.slug
    if (stored := connection.execute(same_bytes).first()) is not None:
        return stored, stored.slug
    number, slug = 1, prepared.slug
    while (stored := connection.execute(interviews.where(col(Interview.slug) == slug)).first()) is not None:
        if _is_alike(connection, stored.id, prepared):
            return stored, slug
        number += 1
        slug = f"{prepared.slug}-{number}"
    return None, slug


def _is_alike(connection: sa.Connection, interview_id: str, prepared: Prepared) -> bool:
    """Whether a transcript could be a corrected version of what is stored: some of its longest turns are there."""
    stored = connection.execute(sa.select(col(Turn.text)).where(col(Turn.interview_id) == interview_id)).scalars()
    texts = sorted((turn.text for turn in prepared.transcript.turns), key=len, reverse=True)[:_TURNS_TO_COMPARE]
    found = align(sorted(stored, key=len, reverse=True)[: 2 * _TURNS_TO_COMPARE], texts)
    return sum(index is not None for index in found) * _ALIKE >= len(texts)


def _topic_ids(connection: sa.Connection, prepared: Prepared) -> dict[str, str]:
    if not prepared.topics:
        return {}
    known = {row.slug: row.id for row in connection.execute(sa.select(col(Topic.slug), col(Topic.id)))}
    for slug in (slug for slugs in prepared.topics.values() for slug in slugs):
        if slug not in known:
            hint = did_you_mean(nearest(slug, known))
            raise MetadataError(prepared.metadata_file, "questions.topics", f"there is no topic {slug!r}.{hint}")
    return known


def _loaded(prepared: Prepared, slug: str, interview_id: str, outcome: Outcome, revision: int) -> Loaded:
    structure = prepared.structure
    return Loaded(
        slug=slug,
        interview_id=interview_id,
        outcome=outcome,
        revision=revision,
        turns=len(prepared.transcript.turns),
        questions=len(structure.exchanges),
        answers=sum(len(exchange.answers) for exchange in structure.exchanges),
        speakers=len(structure.parts),
    )


@dataclass
class _Stored:
    """What the interview holds before the import: rows that still may lend their ids."""

    turns: list[Any] = field(default_factory=list)
    questions: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    parts: list[Any] = field(default_factory=list)
    topics: list[Any] = field(default_factory=list)


class _Import:
    """One transcript on its way into the tables."""

    def __init__(
        self,
        connection: sa.Connection,
        prepared: Prepared,
        stored: Any,
        slug: str,
        topic_ids: Mapping[str, str],
        now: datetime.datetime,
    ) -> None:
        self.connection, self.prepared, self.stored, self.now = connection, prepared, stored, now
        self.topic_ids = topic_ids
        self.id: str = stored.id if stored else _interview_id(prepared.transcript.source.sha256)
        self.slug = slug
        self.revision: int = stored.revision + 1 if stored else 1
        self.turn_numbers = Numbers(self.id, "t", stored.turns_numbered if stored else 0)
        self.question_numbers = Numbers(self.id, "q", stored.questions_numbered if stored else 0)
        self.answer_numbers = Numbers(self.id, "a", stored.answers_numbered if stored else 0)
        self.speaker_numbers = Numbers(self.id, "s", stored.speakers_numbered if stored else 0)
        self.before = self._read_stored() if stored else _Stored()

    def store(self, digest: str, reason: str | None, documents: Documents) -> Loaded:
        """Write everything, in an order that foreign keys allow."""
        turns = self.prepared.transcript.turns
        same = align([row.text for row in self.before.turns], [turn.text for turn in turns])
        turn_ids = [self.turn_numbers.next() if old is None else str(self.before.turns[old].id) for old in same]
        questions, answers, owners = self._structure_rows(same)
        self._clear(documents)
        transcript_id = f"{self.id}-r{self.revision}"
        number = new_revision(self.connection, self.now, self.id, transcript_id, reason)
        speakers = Speakers(self.connection, self.id, self.slug, self.prepared.metadata.series, self.before.parts)
        parts = self.prepared.structure.parts
        speaker_ids = speakers.settle(parts, self.speaker_numbers)
        self._write_interview()
        speakers.contribute(parts, speaker_ids)
        self._write_transcript(transcript_id, digest)
        who = [None if part is None else speaker_ids[part] for part in self.prepared.structure.part_of]
        for row in (*questions, *answers):
            key = "asked_by" if "asked_by" in row else "speaker_id"
            row[key] = None if row[key] is None else speaker_ids[row[key]]
        speakers.forget()
        self._insert(Question, questions)
        self._insert(Answer, answers)
        rows = [self._turn_row(index, turn_ids[index], who[index], owners.get(index)) for index in range(len(turns))]
        self._insert(Turn, rows)
        said = (Said(row["id"], row["kind"], row["text"], row["question_id"], row["answer_id"]) for row in rows)
        documents.add(self.id, self.prepared.title, self.prepared.metadata.language, said)
        self._insert(QuestionTopic, self._topics(questions, turn_ids))
        self._record(number, questions, answers, owners)
        outcome = Outcome.CHANGED if self.stored else Outcome.CREATED
        return _loaded(self.prepared, self.slug, self.id, outcome, self.revision)

    def _read_stored(self) -> _Stored:
        def rows(table: type[SQLModel], *order: Any) -> list[Any]:
            columns = table_of(table)
            return list(
                self.connection.execute(sa.select(columns).where(columns.c.interview_id == self.id).order_by(*order))
            )

        parts = sa.select(col(Contribution.speaker_id), col(Contribution.labels), col(Speaker.name)).join(
            Speaker, col(Speaker.id) == col(Contribution.speaker_id)
        )
        topics = (
            sa.select(table_of(QuestionTopic))
            .join(Question, col(Question.id) == col(QuestionTopic.question_id))
            .where(col(Question.interview_id) == self.id, col(QuestionTopic.origin) != TopicOrigin.EDITOR)
        )
        return _Stored(
            turns=rows(Turn, col(Turn.position)),
            questions={row.id for row in rows(Question)},
            answers={row.id for row in rows(Answer)},
            parts=list(self.connection.execute(parts.where(col(Contribution.interview_id) == self.id))),
            topics=list(self.connection.execute(topics)),
        )

    def _structure_rows(
        self, same: Sequence[int | None]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[int, tuple[str, str | None]]]:
        """Make question and answer rows; an item keeps the id of the one whose turn it continues."""
        questions, answers = [], []
        owners: dict[int, tuple[str, str | None]] = {}
        free_questions, free_answers = set(self.before.questions), set(self.before.answers)
        for position, exchange in enumerate(self.prepared.structure.exchanges, start=1):
            held = [self.before.turns[old] for turn in exchange.question_turns if (old := same[turn]) is not None]
            question_id = _take([row.question_id for row in held if row.answer_id is None], free_questions)
            question_id = question_id or self.question_numbers.next()
            questions.append(
                {"id": question_id, "interview_id": self.id, "position": position, "asked_by": exchange.asked_by}
            )
            owners.update((turn, (question_id, None)) for turn in exchange.question_turns)
            for place, answer in enumerate(exchange.answers, start=1):
                held = [self.before.turns[old] for turn in answer.turns if (old := same[turn]) is not None]
                answer_id = _take([row.answer_id for row in held], free_answers) or self.answer_numbers.next()
                answers.append(
                    {
                        "id": answer_id,
                        "interview_id": self.id,
                        "question_id": question_id,
                        "position": place,
                        "speaker_id": answer.part,
                    }
                )
                owners.update((turn, (question_id, answer_id)) for turn in answer.turns)
        return questions, answers, owners

    def _clear(self, documents: Documents) -> None:
        """Take out the rows that the new revision replaces; history stays."""
        if not self.stored:
            return
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
            "modified_at": self.now,
            "turns_numbered": self.turn_numbers.given,
            "questions_numbered": self.question_numbers.given,
            "answers_numbered": self.answer_numbers.given,
            "speakers_numbered": self.speaker_numbers.given,
        }
        if self.stored:
            if self.stored.slug != self.slug:
                retire_name(self.connection, "interview", self.stored.slug, self.id)
            self.connection.execute(sa.update(Interview).where(col(Interview.id) == self.id).values(**values))
        else:
            self.connection.execute(sa.insert(Interview).values(id=self.id, **values))

    def _write_transcript(self, transcript_id: str, digest: str) -> None:
        transcript = self.prepared.transcript
        self._insert(
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
                    "content": transcript.source.data,
                    "report": {
                        "bytes": {kind.value: count for kind, count in transcript.bytes_by_class.items()},
                        "remarks": [asdict(remark) for remark in transcript.remarks],
                        "tags": list(self.prepared.metadata.topics),
                    },
                }
            ],
        )

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
            "question_id": owner[0] if owner else None,
            "answer_id": owner[1] if owner else None,
        }

    def _topics(self, questions: Sequence[Mapping[str, Any]], turn_ids: Sequence[str]) -> list[dict[str, Any]]:
        """The editor's topics of the metadata file, and what was decided elsewhere on questions that live on."""
        decided: dict[tuple[str, str], dict[str, Any]] = {
            (questions[index]["id"], self.topic_ids[slug]): {
                "origin": TopicOrigin.EDITOR,
                "state": TopicState.CONFIRMED,
                "method": None,
                "vocabulary": None,
                "confidence": None,
                "evidence": [],
            }
            for index, slugs in self.prepared.topics.items()
            for slug in slugs
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
                        "evidence": that_holds(row.evidence, before, now),
                    },
                )
        return [{"question_id": key[0], "topic_id": key[1], **values} for key, values in decided.items()]

    def _record(
        self,
        number: int,
        questions: Sequence[Mapping[str, Any]],
        answers: Sequence[Mapping[str, Any]],
        owners: Mapping[int, tuple[str, str | None]],
    ) -> None:
        """Write down what changed. What an interview is created with is created with it and not listed again."""
        if not self.stored:
            record_changes(self.connection, number, [("interview", self.id, ChangeAction.CREATED)])
            return
        changes = [("interview", self.id, ChangeAction.CHANGED)]
        turns = self.prepared.transcript.turns
        words_before = _words_by_item((row.question_id, row.answer_id, row.text) for row in self.before.turns)
        words_now = _words_by_item((*owners[index], turns[index].text) for index in sorted(owners))
        for noun, rows, old in (
            ("question", questions, self.before.questions),
            ("answer", answers, self.before.answers),
        ):
            now = {row["id"] for row in rows}
            changes += [(noun, gone, ChangeAction.DELETED) for gone in sorted(old - now)]
            changes += [(noun, new, ChangeAction.CREATED) for new in sorted(now - old)]
            changed = (same for same in sorted(now & old) if words_now[same] != words_before[same])
            changes += [(noun, same, ChangeAction.CHANGED) for same in changed]
        record_changes(self.connection, number, changes)

    def _insert(self, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
        if rows:
            self.connection.execute(sa.insert(table), rows)


def _words_by_item(turns: Iterable[tuple[str | None, str | None, str]]) -> dict[str, list[tuple[bool, str]]]:
    """Collect the words of each answer, and of each question together with those of its answers."""
    words: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for question_id, answer_id, text in turns:
        for item in (question_id, answer_id):
            if item is not None:
                words[item].append((answer_id is not None, text))
    return words


def _interview_id(sha256: str) -> str:
    """Sixty bits of the first file's digest, in letters and digits that are not mistaken for one another."""
    number = int(sha256[:15], 16)
    return "".join(_ID_ALPHABET[number >> shift & 31] for shift in range(5 * (_ID_LENGTH - 1), -1, -5))


def _language_attribution(metadata: reading.Metadata) -> Attribution:
    if metadata.language is None:
        return Attribution.UNKNOWN
    return Attribution.INFERRED if metadata.language_is_inferred else Attribution.STATED


def _take(wanted: Sequence[str | None], free: set[str]) -> str | None:
    found = next((item for item in wanted if item in free), None)
    if found is not None:
        free.discard(found)
    return found
