"""Prepares one file for loading: reads it, pairs questions with answers and checks its metadata file. Pure.

The processes that read files import this and no database, so that they start fast.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from pathlib import PurePath
from typing import Any

from app.errors import MetadataError, did_you_mean
from app.structure.contradictions import Contradiction, StatedOnce
from app.structure.hosts import AskedHosts, KnownHosts, StatedHosts
from app.structure.kept_reading import WithheldSource
from app.structure.pairing import Role, RolesBefore, Structure, pair
from app.structure.places import Places, places_of_questions
from app.structure.roles import SeriesHosts, nobody_known
from app.structure.stated_turns import Unfit, shown, state_exchanges, state_turns, why_open
from app.text.folding import nearest, slugify
from app.text.paragraphs import PARAGRAPH
from app.text.terms import IndexedTexts, is_stemmed, words_of
from app.transcripts import read
from app.transcripts import transcript as reading
from app.transcripts.file_names import title_in_file_name, with_file_name
from app.transcripts.language import with_language
from app.transcripts.metadata_tables import as_stated
from app.transcripts.sidecar import Sidecar, sidecar_of
from app.transcripts.source import Source

# Characters of a title, publisher, series, language or name, at most.
MAX_NAME = 500
# Milliseconds into a recording, at most: columns and clients hold 32 bits. This is some 24 days.
_LATEST_MS, _HOUR_MS = 2**31 - 1, 3_600_000


@dataclass(frozen=True)
class PreparedTranscript:
    """A transcript that was read, paired and joined with its metadata file: all that loading needs."""

    transcript: reading.Transcript
    structure: Structure
    metadata: reading.Metadata
    slug: str
    slug_is_stated: bool
    # What is stated of the topics of each question, by its index and the slug: whether the question has the topic.
    topics: dict[int, dict[str, bool]]
    metadata_file: str
    sidecar: Sidecar
    # The turns as they were read, before anything that is stated of them.
    turns_as_read: tuple[reading.Turn, ...]
    # As given to `pair`, both.
    roles: RolesBefore | None = None
    series_hosts: KnownHosts = field(default_factory=AskedHosts)
    # Keys of the metadata that were stated of the interview before, are not stated now, and stay.
    kept_metadata: tuple[str, ...] = ()
    # Keys that the file states otherwise than an editor has since it was last loaded.
    overruled_metadata: tuple[str, ...] = ()
    # Statements that mean no turn, label or question of the transcript.
    unfit: tuple[Unfit, ...] = ()
    # What two tables state of one turn, label or question in two ways.
    contradictions: tuple[Contradiction, ...] = ()
    # Where the file stands, absolute and without symbolic links; None for what is no file on this disk.
    path: str | None = None
    # What is stated in all, to be stored; see `open_statements`.
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The stated title, or the file's name where there is none."""
        return self.metadata.title or title_in_file_name(self.transcript.source.name)

    def text_of(self, turns: Sequence[int]) -> str:
        """Return the text of turns, given by index, as paragraphs."""
        return PARAGRAPH.join(self.transcript.turns[index].text for index in turns)

    @cached_property
    def indexed(self) -> IndexedTexts:
        """The spoken turns as they are indexed."""
        kinds = self.structure.kinds
        said = (turn.text for turn, kind in zip(self.transcript.turns, kinds, strict=True) if kind in reading.SPOKEN)
        return IndexedTexts(said, stemmed=is_stemmed(self.metadata.language))

    @cached_property
    def words_sha256(self) -> str:
        """SHA-256 of the words alone, to recognize them whatever stands around them."""
        sha256 = hashlib.sha256()
        for turn in self.transcript.turns:
            sha256.update(f"{' '.join(words_of(turn.text))} ".encode())
        return sha256.hexdigest()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that would be stored, to recognize a reading that is stored already.

        The file's own name is left out, so that the same bytes under another name are the same reading.
        """
        sha256 = hashlib.sha256()
        stated = self.slug if self.slug_is_stated else None
        structure = (
            [{**asdict(one), "role_evidence": None} for one in self.structure.participants],
            self.structure.participant_of,
            self.structure.kinds,
            [
                (
                    exchange.asked_by,
                    exchange.question_turns,
                    [(answer.participant, answer.turns) for answer in exchange.answers],
                )
                for exchange in self.structure.exchanges
            ],
        )
        topics = {index: sorted(stated.items()) for index, stated in self.topics.items()}
        head = (asdict(self.metadata), structure, topics, self.transcript.format, stated)
        sha256.update(json.dumps(head, sort_keys=True, default=str).encode())
        for turn in self.transcript.turns:
            runs = [tuple(run) for run in turn.segments]
            fields = (
                turn.text,
                turn.label,
                turn.speaker,
                turn.kind and turn.kind.value,
                turn.start_ms,
                turn.end_ms,
                runs,
            )
            sha256.update(repr(fields).encode("utf-8"))
        return sha256.hexdigest()


def prepare(
    source: Source,
    sidecar: Sidecar | None = None,
    sidecar_name: str = "",
    *,
    format_name: str | None = None,
    keep_unlabelled: bool = False,
    slug: str | None = None,
    series_hosts: SeriesHosts = nobody_known,
) -> PreparedTranscript:
    """Read and pair a transcript, and check its metadata file against it.

    With `keep_unlabelled`, a text without speaker labels becomes turns without a speaker instead of being refused. The
    slug is the stated one, else `slug`, else made of the file's name. `series_hosts` is asked as `pair` says, unless
    the metadata file states who interviews in the series.

    Raises:
        TranscriptError: the transcript cannot be read.
        MetadataError: the metadata file contradicts the transcript.
    """
    transcript = read(source, format_name, keep_unlabelled=keep_unlabelled)
    _check_times(source, transcript.turns)
    return prepare_read(transcript, sidecar, sidecar_name, slug=slug, series_hosts=series_hosts)


def prepare_read(
    transcript: reading.Transcript,
    sidecar: Sidecar | None = None,
    sidecar_name: str = "",
    *,
    slug: str | None = None,
    series_hosts: SeriesHosts = nobody_known,
    roles: RolesBefore | None = None,
) -> PreparedTranscript:
    """Do as `prepare` does with a transcript that was read. `roles` are those of before
    words were redacted.

    Raises:
        MetadataError: the metadata file contradicts the transcript.
    """
    sidecar, source = sidecar or Sidecar(), transcript.source
    stated = with_file_name(sidecar.over(transcript.metadata), source.name)
    metadata = with_language(stated, transcript.turns)
    _check(source, sidecar, sidecar_name, metadata)
    name = sidecar.slug or slug or slugify(PurePath(source.name).stem)
    has_slug = sidecar.slug is not None
    read_as = Structure([], [], [], [])
    hosts = series_hosts if isinstance(series_hosts, StatedHosts) else AskedHosts(series_hosts)
    if sidecar.series_hosts is not None:
        hosts = StatedHosts.of(sidecar.series_hosts)
    return _with_statements(
        PreparedTranscript(
            transcript,
            read_as,
            metadata,
            name,
            has_slug,
            {},
            sidecar_name,
            sidecar,
            transcript.turns,
            roles=roles,
            series_hosts=hosts,
        )
    )


def restate(prepared: PreparedTranscript, sidecar: Sidecar, *, is_checked: bool = True) -> PreparedTranscript:
    """Prepare a transcript again with other metadata, which was checked against it before unless not `is_checked`.

    Raises:
        MetadataError: the metadata was not checked, and contradicts the transcript.
    """
    transcript = prepared.transcript
    stated = with_file_name(sidecar.over(transcript.metadata), transcript.source.name)
    metadata = with_language(stated, prepared.turns_as_read)
    if not is_checked:
        _check(transcript.source, sidecar, prepared.metadata_file, metadata)
    return _with_statements(
        replace(
            prepared,
            metadata=metadata,
            slug=sidecar.slug or prepared.slug,
            slug_is_stated=sidecar.slug is not None,
            sidecar=sidecar,
        )
    )


def open_statements(prepared: PreparedTranscript) -> dict[str, Any]:
    """Return all that is stated, with `open` in each table that means no turn, label or question."""
    document = prepared.sidecar.document
    unfit = {tuple(one.key.split(".")[:2]) for one in prepared.unfit}
    for name in ("speakers", "turns", "exchanges", "questions"):
        for number, table in enumerate(document.get(name, ())):
            table.pop("open", None)
            if (name, str(number)) in unfit:
                table["open"] = True
    return document


def refuse_unfit(
    prepared: PreparedTranscript, known: Mapping[str, Any] | None = None, stated: Sidecar | None = None
) -> None:
    """Refuse statements that mean no turn, label or question, unless they are known, or said to be open.

    `stated` is what is stated now, by which tables are numbered in messages, where the transcript has more.

    Raises:
        MetadataError: names the first of them.
    """
    for one in prepared.unfit:
        key, number, *rest = one.key.split(".")
        table = prepared.sidecar.document[key][int(number)]
        meant = as_stated(key, table)
        if table.get("open") or meant in (as_stated(key, each) for each in (known or {}).get(key, ())):
            continue
        stated = stated or prepared.sidecar
        tables = [as_stated(key, each) for each in stated.document.get(key, ())]
        named = ".".join([key, str(tables.index(meant)) if meant in tables else number, *rest])
        raise MetadataError(stated.place_of(named) or prepared.metadata_file, named, one.reason)


def refuse_contradictions(prepared: PreparedTranscript, known: Iterable[Mapping[str, Any]] = ()) -> None:
    """Refuse tables that state different things of one turn, label or question, unless the later one is said to stand.

    What a document states in two ways that is `known`, because it was stated before, is left as it is.

    Raises:
        MetadataError: names both places of the first of them.
    """
    sidecar = prepared.sidecar
    if sidecar.later_stands or not prepared.contradictions:
        return
    before = {
        one.about
        for document in known
        for one in restate(prepared, sidecar_of("what was stated before", document)).contradictions
    }
    for one in prepared.contradictions:
        if one.about not in before:
            first, second = one.keys
            says = one.says(*(f"{key}{_at_line(sidecar, key)}" for key in one.keys))
            raise MetadataError(sidecar.place_of(second) or prepared.metadata_file, second, says, also=(first,))


def _at_line(sidecar: Sidecar, key: str) -> str:
    line = sidecar.line_of(key)
    return f" (line {line})" if line else ""


def compute_lazy_parts(prepared: PreparedTranscript) -> PreparedTranscript:
    """Compute what is cached on first use now: several processes read, and only one stores."""
    _ = prepared.indexed, prepared.digest, prepared.words_sha256
    return prepared


def without_spans(prepared: PreparedTranscript) -> PreparedTranscript:
    """Drop the class of every character; the number of bytes by class stays."""
    account = replace(prepared.transcript.account, spans=())
    return replace(prepared, transcript=replace(prepared.transcript, account=account))


def _with_statements(prepared: PreparedTranscript) -> PreparedTranscript:
    """Pair a transcript as its metadata file states turns, exchanges and topics to be."""
    sidecar, read = prepared.sidecar, prepared.turns_as_read
    stated = state_turns(read, sidecar.turns)
    structure = pair(stated.turns, prepared.metadata, prepared.series_hosts, stated.edited, prepared.roles)
    not_paired, in_two = state_exchanges(structure, stated.turns, sidecar.exchanges)
    unfit = [*stated.unfit, *not_paired]
    known = {turn.label for turn in read} | {turn.speaker for turn in read} | set(stated.edited.speaker_of.values())
    for number, speaker in enumerate(sidecar.speakers):
        if unused := sorted(set(speaker.labels) - known):
            reason = f"no turn is labelled {', '.join(map(repr, unused))}"
            unfit.append(Unfit(f"speakers.{number}.labels", reason))
    applied = replace(
        prepared, transcript=replace(prepared.transcript, turns=stated.turns), structure=structure, topics={}
    )
    without_question, of_topics = _assign_topics(applied)
    return replace(
        applied,
        unfit=(*unfit, *without_question),
        contradictions=(*stated.contradictions, *in_two, *of_topics),
    )


def question_places(prepared: PreparedTranscript) -> Places:
    """Return the questions of a transcript, to be found by their first words."""
    asked = [exchange.question_turns for exchange in prepared.structure.exchanges]
    return places_of_questions([turn.text for turn in prepared.transcript.turns], asked)


def _assign_topics(prepared: PreparedTranscript) -> tuple[list[Unfit], list[Contradiction]]:
    """Give questions the topics that are stated of them; return the statements that mean no question, and topics that a
    question has by one of them and has not by another one.
    """
    tables, unfit, stated = prepared.sidecar.questions, [], StatedOnce()
    if not tables:
        return [], []
    places = question_places(prepared)
    for number, table in enumerate(tables):
        if table.open:
            unfit.append(Unfit(f"questions.{number}", why_open(partial(places.find, table, "question"))))
            continue
        try:
            index = places.find(table, "question")
        except LookupError as error:
            unfit.append(Unfit(f"questions.{number}", str(error)))
            continue
        topics = prepared.topics.setdefault(index, {})
        topics.update(dict.fromkeys(table.topics, True) | dict.fromkeys(table.rejected, False))
        first = prepared.transcript.turns[prepared.structure.exchanges[index].question_turns[0]]
        for name in ("topics", "rejected"):
            for slug in getattr(table, name):
                subject = f"the topic {slug!r} of {shown(first.text, 'question')}"
                stated.state_place(("topic", first.source_start, slug), f"questions.{number}.{name}", subject, name)
    return unfit, stated.found


def _check_times(source: Source, turns: Sequence[reading.Turn]) -> None:
    """Refuse times above _LATEST_MS."""
    for turn in turns:
        latest = max(turn.start_ms or 0, turn.end_ms or 0)
        if latest > _LATEST_MS:
            reason = f"this turn is {latest // _HOUR_MS} hours into the recording; {_LATEST_MS // _HOUR_MS} is the most"
            raise source.error(reason, turn.source_start)


def _check(source: Source, sidecar: Sidecar, sidecar_name: str, metadata: reading.Metadata) -> None:
    """Refuse what a metadata file cannot state of a transcript."""
    evidence = sidecar.published_evidence
    # Of a file that is withheld, nobody knows what it says besides its turns.
    if evidence is not None and not isinstance(source, WithheldSource) and evidence not in source.text:
        place = sidecar.place_of("published_evidence") or sidecar_name
        raise MetadataError(place, "published_evidence", "these words are not in the transcript")
    for key in ("title", "publisher", "series", "language"):
        if len(getattr(metadata, key) or "") > MAX_NAME:
            place = sidecar.place_of(key) or source.name
            raise MetadataError(place, key, f"longer than {MAX_NAME} characters")
    _check_speakers(sidecar, sidecar_name)


def _check_speakers(sidecar: Sidecar, sidecar_name: str) -> None:
    seen: set[str] = set()
    for number, speaker in enumerate(sidecar.speakers):
        place = sidecar.place_of(f"speakers.{number}") or sidecar_name
        if speaker.role is not None and speaker.role not in set(Role):
            roles = [role.value for role in Role]
            hint = did_you_mean(nearest(speaker.role, roles, limit=1))
            reason = f"there is no role {speaker.role!r}; the roles are {', '.join(roles)}.{hint}"
            raise MetadataError(place, f"speakers.{number}.role", reason)
        if len(speaker.name or "") > MAX_NAME:
            raise MetadataError(place, f"speakers.{number}.name", f"longer than {MAX_NAME} characters")
        if twice := seen & set(speaker.labels):
            reason = f"the label {min(twice)!r} already stands for another speaker"
            raise MetadataError(place, f"speakers.{number}.labels", reason)
        seen |= set(speaker.labels)
