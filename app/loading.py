"""The only writer: transcripts and the vocabulary into the database, in the caller's one transaction, idempotent,
aligned with what is there.
"""

import datetime
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.alignment import align
from app.dates import EARLIEST, LATEST
from app.errors import MetadataError, did_you_mean
from app.models import (
    Answer,
    Change,
    ChangeAction,
    Contribution,
    Interview,
    Question,
    QuestionTopic,
    Revision,
    SearchDocument,
    Speaker,
    Topic,
    TopicOrigin,
    TopicState,
    Transcript,
    Turn,
)
from app.pairing import Attribution, Part, Role, Structure, pair
from app.text import fold, nearest, slugify
from app.topics.vocabulary import Concept
from app.transcripts import read
from app.transcripts import transcript as reading
from app.transcripts.language import with_language
from app.transcripts.sidecar import Sidecar
from app.transcripts.source import Source

_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 12
_MAX_NAME = 500
PARAGRAPH = "\n\n"
# Of its longest turns, one in this many has to be stored already for a file to be a correction of an interview.
_TURNS_TO_COMPARE = 100
_ALIKE = 5


class Outcome(StrEnum):
    """What loading one file did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Prepared:
    """A transcript read, paired and joined with its metadata file: all that loading needs, and no database yet."""

    transcript: reading.Transcript
    structure: Structure
    metadata: reading.Metadata
    slug: str
    slug_is_stated: bool
    # Topic slugs by index of the question.
    topics: dict[int, list[str]]
    metadata_file: str
    sidecar: Sidecar

    @property
    def title(self) -> str:
        """The stated title, or the file's name where there is none."""
        return self.metadata.title or PurePath(self.transcript.source.name).stem

    def text_of(self, turns: Sequence[int]) -> str:
        """Join turns as paragraphs."""
        return PARAGRAPH.join(self.transcript.turns[index].text for index in turns)

    def digest(self) -> str:
        """SHA-256 of everything that would be stored, so that storing it twice can be told.

        The file's own name is left out: a title or slug made from it does not make the same bytes another reading.
        """
        digest = hashlib.sha256()
        stated = self.slug if self.slug_is_stated else None
        structure = (
            [asdict(part) for part in self.structure.parts],
            self.structure.part_of,
            self.structure.kinds,
            [
                (
                    exchange.asked_by,
                    exchange.question_turns,
                    [(answer.part, answer.turns) for answer in exchange.answers],
                )
                for exchange in self.structure.exchanges
            ],
        )
        head = (asdict(self.metadata), structure, self.topics, self.transcript.format, stated)
        digest.update(json.dumps(head, sort_keys=True, default=str).encode())
        for turn in self.transcript.turns:
            runs = [tuple(run) for run in turn.segments]
            told = (
                turn.text,
                turn.label,
                turn.speaker,
                turn.kind and turn.kind.value,
                turn.start_ms,
                turn.end_ms,
                runs,
            )
            digest.update(repr(told).encode("utf-8"))
        return digest.hexdigest()


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


@dataclass
class VocabularyLoaded:
    """What became of a vocabulary file: slugs by outcome, and topics that are stored but not in the file."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    not_in_file: list[str] = field(default_factory=list)


def prepare(
    source: Source,
    sidecar: Sidecar | None = None,
    sidecar_name: str = "",
    *,
    format_name: str | None = None,
    keep_unlabelled: bool = False,
    slug: str | None = None,
) -> Prepared:
    """Read and pair a transcript, and check its metadata file against it. Touches nothing.

    With `keep_unlabelled`, a text in which nobody is told apart is kept as turns of nobody instead of refused.
    `slug` names the interview where nothing states another; without it, the file's name does.

    Raises:
        TranscriptError: the transcript cannot be read.
        MetadataError: the metadata file says something that the transcript contradicts.
    """
    sidecar = sidecar or Sidecar()
    transcript = read(source, format_name, keep_unlabelled=keep_unlabelled)
    metadata = with_language(sidecar.over(transcript.metadata), transcript.turns)
    evidence = sidecar.published_evidence
    if evidence is not None and evidence not in source.text:
        raise MetadataError(sidecar_name, "published_evidence", "these words are not in the transcript")
    for key in ("title", "publisher", "series", "language"):
        if len(getattr(metadata, key) or "") > _MAX_NAME:
            raise MetadataError(sidecar_name or source.name, key, f"longer than {_MAX_NAME} characters")
    _check_speakers(sidecar, sidecar_name)
    structure = pair(transcript.turns, metadata)
    unused = {label for speaker in metadata.speakers for label in speaker.labels}
    unused -= {label for part in structure.parts for label in part.labels}
    if unused and sidecar.speakers:
        raise MetadataError(
            sidecar_name, "speakers.labels", f"no turn is labelled {', '.join(map(repr, sorted(unused)))}"
        )
    name = sidecar.slug or slug or slugify(PurePath(source.name).stem)
    return _with_topics(
        Prepared(transcript, structure, metadata, name, sidecar.slug is not None, {}, sidecar_name, sidecar)
    )


def pair_again(prepared: Prepared, known_hosts: Collection[str]) -> Prepared:
    """Pair a transcript once more, knowing who interviews elsewhere in its series.

    A metadata file that names questions keeps to the first pairing if the second would take one away.
    """
    if all(part.role_attribution is Attribution.STATED for part in prepared.structure.parts):
        return prepared
    structure = pair(prepared.transcript.turns, prepared.metadata, known_hosts)
    if structure == prepared.structure:
        return prepared
    try:
        return _with_topics(replace(prepared, structure=structure, topics={}))
    except MetadataError:
        return prepared


def without_spans(prepared: Prepared) -> Prepared:
    """Leave out the account of every character; the count of bytes by class stays."""
    account = replace(prepared.transcript.account, spans=())
    return replace(prepared, transcript=replace(prepared.transcript, account=account))


def _with_topics(prepared: Prepared) -> Prepared:
    if not prepared.sidecar.questions:
        return prepared
    texts = [prepared.text_of(exchange.question_turns) for exchange in prepared.structure.exchanges]
    for number, table in enumerate(prepared.sidecar.questions):
        found = [index for index, text in enumerate(texts) if text.startswith(table.begins)]
        if len(found) != 1:
            how_many = "no question begins" if not found else f"{len(found)} questions begin"
            reason = f"{how_many} with {table.begins!r}"
            raise MetadataError(prepared.metadata_file, f"questions.{number}.begins", reason)
        prepared.topics.setdefault(found[0], []).extend(table.topics)
    return prepared


def _check_speakers(sidecar: Sidecar, sidecar_name: str) -> None:
    seen: set[str] = set()
    for number, speaker in enumerate(sidecar.speakers):
        if speaker.role is not None and speaker.role not in set(Role):
            roles = [role.value for role in Role]
            hint = did_you_mean(nearest(speaker.role, roles, limit=1))
            reason = f"there is no role {speaker.role!r}; the roles are {', '.join(roles)}.{hint}"
            raise MetadataError(sidecar_name, f"speakers.{number}.role", reason)
        if len(speaker.name or "") > _MAX_NAME:
            raise MetadataError(sidecar_name, f"speakers.{number}.name", f"longer than {_MAX_NAME} characters")
        if twice := seen & set(speaker.labels):
            reason = f"the label {min(twice)!r} already stands for another speaker"
            raise MetadataError(sidecar_name, f"speakers.{number}.labels", reason)
        seen |= set(speaker.labels)


def load_vocabulary(
    connection: sa.Connection, concepts: Mapping[str, Concept], now: datetime.datetime
) -> VocabularyLoaded:
    """Store concepts, each after the one above it. A topic that the file leaves out stays, and is reported."""
    stored = {row.slug: row for row in connection.execute(sa.select(_table(Topic))).all()}
    ids = {slug: row.id for slug, row in stored.items()}
    report = VocabularyLoaded(not_in_file=sorted(set(stored) - set(concepts)))
    for slug, concept in concepts.items():
        values: dict[str, Any] = {
            "label": concept.label,
            "definition": concept.definition,
            "broader_id": ids[concept.broader] if concept.broader else None,
            "alternative_labels": concept.alternative,
            "exact_match": concept.exact_match,
        }
        if slug not in stored:
            ids[slug] = slug
            connection.execute(sa.insert(Topic).values(id=slug, slug=slug, **values))
            report.created.append(slug)
        elif any(getattr(stored[slug], name) != value for name, value in values.items()):
            connection.execute(sa.update(Topic).where(col(Topic.id) == ids[slug]).values(**values))
            report.changed.append(slug)
        else:
            report.unchanged.append(slug)
    if report.created or report.changed:
        number = _new_revision(connection, now, None, None, None)
        changes = [(slug, ChangeAction.CREATED) for slug in report.created]
        changes += [(slug, ChangeAction.CHANGED) for slug in report.changed]
        _record_changes(connection, number, [("topic", ids[slug], action) for slug, action in changes])
    return report


def load_interview(
    connection: sa.Connection, prepared: Prepared, now: datetime.datetime, reason: str | None = None
) -> Loaded:
    """Store a transcript as a new interview, as a new revision of the one it corrects, or not at all if unchanged.

    Raises:
        MetadataError: the metadata file names a topic that is not in the vocabulary.
    """
    topic_ids = _topic_ids(connection, prepared)
    stored, slug = _stored_interview(connection, prepared)
    digest = prepared.digest()
    if stored is not None and _is_current(connection, stored, prepared, digest):
        return _loaded(prepared, stored.slug, stored.id, Outcome.UNCHANGED, stored.revision)
    return _Import(connection, prepared, stored, slug, topic_ids, now).store(digest, reason)


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
    interviews = sa.select(_table(Interview))
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


class _Numbers:
    """Gives out the numbers in ids, for one kind of item of one interview."""

    def __init__(self, interview_id: str, letter: str, given: int) -> None:
        self._prefix, self.given = f"{interview_id}-{letter}", given

    def next(self) -> str:
        self.given += 1
        return f"{self._prefix}{self.given}"


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
        self.turn_numbers = _Numbers(self.id, "t", stored.turns_numbered if stored else 0)
        self.question_numbers = _Numbers(self.id, "q", stored.questions_numbered if stored else 0)
        self.answer_numbers = _Numbers(self.id, "a", stored.answers_numbered if stored else 0)
        self.speaker_numbers = _Numbers(self.id, "s", stored.speakers_numbered if stored else 0)
        self.before = self._read_stored() if stored else _Stored()

    def store(self, digest: str, reason: str | None) -> Loaded:
        """Write everything, in an order that foreign keys allow."""
        turns = self.prepared.transcript.turns
        same = align([row.text for row in self.before.turns], [turn.text for turn in turns])
        turn_ids = [self.turn_numbers.next() if old is None else str(self.before.turns[old].id) for old in same]
        questions, answers, owners = self._structure_rows(same)
        self._clear()
        transcript_id = f"{self.id}-r{self.revision}"
        number = _new_revision(self.connection, self.now, self.id, transcript_id, reason)
        speaker_ids = self._write_speakers()
        self._write_interview()
        self._write_contributions(speaker_ids)
        self._write_transcript(transcript_id, digest)
        who = [None if part is None else speaker_ids[part] for part in self.prepared.structure.part_of]
        for row in (*questions, *answers):
            key = "asked_by" if "asked_by" in row else "speaker_id"
            row[key] = None if row[key] is None else speaker_ids[row[key]]
        self._forget_speakers()
        self._insert(Question, questions)
        self._insert(Answer, answers)
        self._insert(
            Turn, [self._turn_row(index, turn_ids[index], who[index], owners.get(index)) for index in range(len(turns))]
        )
        self._insert(SearchDocument, self._documents(questions))
        self._insert(QuestionTopic, self._topics(questions))
        self._record(number, questions, answers, owners)
        outcome = Outcome.CHANGED if self.stored else Outcome.CREATED
        return _loaded(self.prepared, self.slug, self.id, outcome, self.revision)

    def _read_stored(self) -> _Stored:
        def rows(table: type[SQLModel], *order: Any) -> list[Any]:
            columns = _table(table)
            return list(
                self.connection.execute(sa.select(columns).where(columns.c.interview_id == self.id).order_by(*order))
            )

        parts = sa.select(col(Contribution.speaker_id), col(Contribution.labels), col(Speaker.name)).join(
            Speaker, col(Speaker.id) == col(Contribution.speaker_id)
        )
        topics = (
            sa.select(_table(QuestionTopic))
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

    def _clear(self) -> None:
        """Take out the rows that the new revision replaces; history stays."""
        if not self.stored:
            return
        mine = sa.select(col(Question.id)).where(col(Question.interview_id) == self.id)
        for dependent in (SearchDocument, QuestionTopic):
            self.connection.execute(sa.delete(dependent).where(_table(dependent).c.question_id.in_(mine)))
        for table in (Turn, Answer, Question, Contribution):
            self.connection.execute(sa.delete(table).where(_table(table).c.interview_id == self.id))

    def _write_interview(self) -> None:
        metadata = self.prepared.metadata
        values: dict[str, Any] = {
            "slug": self.slug,
            "title": self.prepared.title,
            "language": metadata.language,
            "language_attribution": _language_attribution(metadata),
            "published": metadata.published.text if metadata.published else None,
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
                    },
                }
            ],
        )

    def _write_speakers(self) -> list[str]:
        """Find or store the speaker of each part."""
        speaker_ids: list[str] = []
        for part in self.prepared.structure.parts:
            speaker_id = self._known_speaker(part, set(speaker_ids))
            stated = {"name": part.name, "aliases": list(part.aliases), "same_as": list(part.same_as)}
            if speaker_id is None:
                speaker_id = self.speaker_numbers.next()
                self._insert(Speaker, [{"id": speaker_id, "slug": self._speaker_slug(part), **stated}])
            else:
                self._restate(speaker_id, part)
            speaker_ids.append(speaker_id)
        return speaker_ids

    def _forget_speakers(self) -> None:
        """Take out who took part in the revision before and takes part nowhere now, such as a name put right."""
        left = [row.speaker_id for row in self.before.parts]
        if left:
            nowhere = ~sa.exists().where(col(Contribution.speaker_id) == col(Speaker.id))
            self.connection.execute(sa.delete(Speaker).where(col(Speaker.id).in_(left), nowhere))

    def _write_contributions(self, speaker_ids: Sequence[str]) -> None:
        self._insert(
            Contribution,
            [
                {
                    "interview_id": self.id,
                    "speaker_id": speaker_id,
                    "position": position,
                    "role": part.role,
                    "role_attribution": part.role_attribution,
                    "attribution": part.attribution,
                    "affiliation": part.affiliation,
                    "labels": part.labels,
                }
                for position, (speaker_id, part) in enumerate(
                    zip(speaker_ids, self.prepared.structure.parts, strict=True), start=1
                )
            ],
        )

    def _restate(self, speaker_id: str, part: Part) -> None:
        """Take over what is stated now; of somebody who takes part elsewhere, what is stated there stays too."""
        elsewhere = sa.exists().where(
            col(Contribution.speaker_id) == col(Speaker.id), col(Contribution.interview_id) != self.id
        )
        columns: tuple[Any, ...] = (col(Speaker.aliases), col(Speaker.same_as), elsewhere.label("elsewhere"))
        row = self.connection.execute(sa.select(*columns).where(col(Speaker.id) == speaker_id)).one()
        values = {
            name: list(dict.fromkeys([*(getattr(row, name) if row.elsewhere else ()), *getattr(part, name)]))
            for name in ("aliases", "same_as")
        }
        if any(getattr(row, name) != value for name, value in values.items()):
            self.connection.execute(sa.update(Speaker).where(col(Speaker.id) == speaker_id).values(**values))

    def _known_speaker(self, part: Part, taken: set[str]) -> str | None:
        """The same part of the revision before; or a full name printed the same way in the same series."""
        for row in self.before.parts:
            same_unnamed = part.name is None and row.name is None and set(row.labels) & set(part.labels)
            if row.speaker_id not in taken and (same_unnamed or (part.name is not None and row.name == part.name)):
                return str(row.speaker_id)
        series = self.prepared.metadata.series
        if part.name is None or series is None or not _is_full_name(part.name):
            return None
        in_series = (
            sa.exists()
            .where(col(Contribution.speaker_id) == col(Speaker.id))
            .where(col(Interview.id) == col(Contribution.interview_id), col(Interview.series) == series)
        )
        found = self.connection.execute(
            sa.select(col(Speaker.id)).where(col(Speaker.name) == part.name, in_series).order_by(col(Speaker.id))
        ).scalars()
        return next((str(speaker_id) for speaker_id in found if speaker_id not in taken), None)

    def _speaker_slug(self, part: Part) -> str:
        """A full name makes a slug by itself; anybody else is somebody of this interview."""
        if part.name is not None and _is_full_name(part.name):
            wanted = slugify(part.name, fallback="speaker")
        else:
            who = part.name or (part.role.value if part.role.value != "unknown" else (part.labels or ["speaker"])[0])
            wanted = f"{self.slug[:80]}-{slugify(who, fallback='speaker')[:39]}".strip("-")
        # A range, because an index answers it: a full stop follows the hyphen in the order of code points.
        numbered = sa.and_(col(Speaker.slug) > f"{wanted}-", col(Speaker.slug) < f"{wanted}.")
        taken = set(
            self.connection.execute(
                sa.select(col(Speaker.slug)).where(sa.or_(col(Speaker.slug) == wanted, numbered))
            ).scalars()
        )
        number, slug = 1, wanted
        while slug in taken:
            number += 1
            slug = f"{wanted}-{number}"
        return slug

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

    def _documents(self, questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                "question_id": row["id"],
                "question": fold(self.prepared.text_of(exchange.question_turns)),
                "answers": fold(PARAGRAPH.join(self.prepared.text_of(answer.turns) for answer in exchange.answers)),
            }
            for row, exchange in zip(questions, self.prepared.structure.exchanges, strict=True)
        ]

    def _topics(self, questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The editor's topics of the metadata file, and what was decided elsewhere on questions that live on."""
        decided: dict[tuple[str, str], dict[str, Any]] = {
            (questions[index]["id"], self.topic_ids[slug]): {
                "origin": TopicOrigin.EDITOR,
                "state": TopicState.CONFIRMED,
                "confidence": None,
                "evidence": [],
            }
            for index, slugs in self.prepared.topics.items()
            for slug in slugs
        }
        alive = {row["id"] for row in questions}
        for row in self.before.topics:
            if row.question_id in alive:
                decided.setdefault(
                    (row.question_id, row.topic_id),
                    {name: getattr(row, name) for name in ("origin", "state", "confidence", "evidence")},
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
            _record_changes(self.connection, number, [("interview", self.id, ChangeAction.CREATED)])
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
        _record_changes(self.connection, number, changes)

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


def _is_full_name(name: str) -> bool:
    return len([word for word in name.split() if len(word.rstrip(".")) > 1]) > 1


def _take(wanted: Sequence[str | None], free: set[str]) -> str | None:
    found = next((item for item in wanted if item in free), None)
    if found is not None:
        free.discard(found)
    return found


def _table(model: type[SQLModel]) -> sa.Table:
    table: sa.Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes at run time
    return table


def _new_revision(
    connection: sa.Connection,
    now: datetime.datetime,
    interview_id: str | None,
    transcript_id: str | None,
    reason: str | None,
) -> int:
    last = connection.execute(sa.select(sa.func.max(col(Revision.number)))).scalar()
    number = int(last or 0) + 1
    connection.execute(
        sa.insert(Revision).values(
            number=number, made_at=now, interview_id=interview_id, transcript_id=transcript_id, reason=reason
        )
    )
    return number


def _record_changes(connection: sa.Connection, number: int, changes: Sequence[tuple[str, str, ChangeAction]]) -> None:
    rows = [{"revision": number, "item_id": item, "noun": noun, "action": action} for noun, item, action in changes]
    if rows:
        connection.execute(sa.insert(Change), rows)
