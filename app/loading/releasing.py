"""Stores an interview that was held back: its rows, as its document has them. Works in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.loading.as_read import PersonAsRead, people_as_read
from app.loading.author import Author
from app.loading.documents import DocumentTurn, DocumentWriter
from app.loading.feed_item import Row
from app.loading.held_documents import HeldDocument, is_published
from app.loading.history import new_revision, reclaim_names, record_changes
from app.loading.id_counter import IdCounter
from app.loading.merging import ItemChange, compose, restate
from app.loading.speaker_index import index_speakers
from app.loading.stated_names import COLUMNS, Names, stated_in
from app.models import (
    Answer,
    Change,
    ChangeAction,
    Contribution,
    Interview,
    PastItem,
    Question,
    QuestionTopic,
    Redaction,
    Revision,
    Speaker,
    SpeakerReading,
    Topic,
    Transcript,
    Turn,
)
from app.queries.change_data import OF_INTERVIEW, PAST_OF_INTERVIEW

_ENDED = "the embargo ended"


def store_held(connection: sa.Connection, document: HeldDocument, author: Author, *, for_work: bool = False) -> None:
    """Store an interview that is held back, as a revision of the corpus; `for_work` is that it is taken out again in
    the same transaction, so that nothing of it is searched for.
    """
    _Release(connection, document, author, for_work=for_work).store()


class _Part(NamedTuple):
    """Who takes part in an interview, and whom its files tell of if that is another one."""

    speaker_id: str
    read_as: str | None


class _Release:
    """Stores an interview whose embargo ended."""

    def __init__(self, connection: sa.Connection, document: HeldDocument, author: Author, *, for_work: bool) -> None:
        self._connection, self._document, self._author = connection, document, author
        self._for_work = for_work
        [interview] = document.rows(Interview)
        self._counter = IdCounter(document.id, "s", interview["speakers_numbered"])
        self._changes: list[ItemChange] = []

    def store(self) -> None:
        """Store everything, in an order that foreign keys allow."""
        [interview] = self._document.rows(Interview)
        was_published = is_published(self._connection, self._document.id)
        transcripts = self._document.rows(Transcript)
        redacted_in = self._store_revisions()
        number = self._new_revision(
            max(transcripts, key=lambda row: int(row["revision"]))["id"], was_published=was_published
        )
        parts = self._store_people(was_published=was_published)
        reclaim_names(self._connection, "interview", [interview["slug"]])
        when = interview["modified_at"] if self._for_work else self._author.when
        self._insert(Interview, [{**interview, "modified_at": when, "speakers_numbered": self._counter.given}])
        self._insert(Transcript, self._files(transcripts))
        for table in (*OF_INTERVIEW, *PAST_OF_INTERVIEW):
            rows = self._rows_of(table, parts)
            if table is Redaction:
                rows = [{**row, "revision": redacted_in.get(row["revision"], row["revision"])} for row in rows]
            self._insert(table, rows)
        self._insert(QuestionTopic, self._topics())
        index_speakers(self._connection, [part.speaker_id for part in parts.values()])
        if not self._for_work:
            self._write_documents(interview)
        self._changes.append(("interview", self._document.id, ChangeAction.CREATED, ()))
        if was_published:
            for noun, table in (("question", Question), ("answer", Answer)):
                self._changes += [(noun, row["id"], ChangeAction.CREATED, ()) for row in self._document.rows(table)]
            self._changes += self._deleted_meanwhile()
        self._restate([part.read_as or part.speaker_id for part in parts.values()])
        record_changes(self._connection, number, self._changes)

    def _new_revision(self, newest_id: str, *, was_published: bool) -> int:
        """Make the revision that publishes it. Revisions of the interview that were published have their own already;
        if it has changed since, or was never published, this is one of the interview, too.
        """
        is_known = self._connection.execute(
            sa.select(col(Revision.number)).where(col(Revision.transcript_id) == newest_id)
        ).first()
        why = self._author.why or (_ENDED if was_published else None)
        transcript_id = None if is_known else newest_id
        return new_revision(self._connection, replace(self._author, why=why), self._document.id, transcript_id)

    def _files(self, transcripts: Sequence[Row]) -> list[Row]:
        """Return the rows of files with their bytes; of a file that other interviews have, too, and that is withheld
        there because words of it were taken out, without them.
        """
        sha256s = [row["sha256"] for row in transcripts]
        same = sa.select(col(Transcript.sha256), col(Transcript.report))
        same = same.where(col(Transcript.sha256).in_(sha256s), col(Transcript.withheld))
        withheld = {row.sha256: row.report for row in self._connection.execute(same)}
        files = []
        for row in transcripts:
            if row["sha256"] in withheld and not row["withheld"]:
                reading = {key: value for key, value in withheld[row["sha256"]].items() if key == "reading"}
                report = {**row["report"], "remarks": [], **reading}
                files.append({**row, "content": b"", "withheld": True, "report": report})
            else:
                files.append({**row, "content": self._document.content_of(row["id"])})
        return files

    def _store_revisions(self) -> dict[int, int]:
        """Store the revisions in which words were taken out while it was held back, which the corpus does not have yet;
        return their numbers by those in the document.
        """
        if self._document.since is None:
            return {}
        redacted_in = {row["revision"] for row in self._document.rows(Redaction)}
        numbers: dict[int, int] = {}
        for row in sorted(self._document.rows(Revision), key=lambda row: int(row["number"])):
            if row["number"] > self._document.since and row["number"] in redacted_in:
                signed = Author(row["made_at"], row["made_by"], row["reason"], row["made_from"])
                numbers[row["number"]] = new_revision(self._connection, signed, self._document.id)
        return numbers

    def _deleted_meanwhile(self) -> list[ItemChange]:
        """Return the deletions of questions and answers that were public and have gone while it was held back."""
        if self._document.since is None:
            return []
        were_public = {row["item_id"] for row in self._document.rows(PastItem)}
        there_now = {row["id"] for table in (Question, Answer) for row in self._document.rows(table)}
        gone: dict[str, ItemChange] = {}
        for row in sorted(self._document.rows(Change), key=lambda row: int(row["revision"])):
            if row["revision"] > self._document.since and row["action"] is ChangeAction.DELETED:
                gone[row["item_id"]] = (row["noun"], row["item_id"], ChangeAction.DELETED, row["replaced_by"] or ())
        return [change for item, change in gone.items() if item in were_public - there_now]

    def _restate(self, read_ids: Sequence[str]) -> None:
        """Make those who came back who they are by statements. Items of this interview are noted already, or new."""
        noted = {one[:2] for one in self._changes}
        of_interview = {row["id"] for table in (Question, Answer) for row in self._document.rows(table)}
        for change in restate(self._connection, read_ids) if read_ids else []:
            if change[:2] not in noted and change[1] not in of_interview:
                self._changes.append(change)

    def _store_people(self, *, was_published: bool) -> dict[str, _Part]:
        """Store new speakers; add to known speakers what is stated of them here. Returns who now takes part as those
        who did when the interview was held back: statements may have been made since.
        """
        as_read = {row["id"]: row for row in self._document.rows(Speaker)}
        as_read |= {row["id"]: row for row in self._document.rows(SpeakerReading)}
        parts: dict[str, _Part] = {}
        for row in sorted(self._document.rows(Contribution), key=lambda row: int(row["position"])):
            person = as_read[row["read_as"] or row["speaker_id"]]
            known = people_as_read(self._connection, [person["id"]]).get(person["id"])
            if known is not None:
                self._add_stated(known, person, stated_in(self._stated, row["labels"]))
            taken = {part.speaker_id for part in parts.values()}
            if known is not None and known.speaker_id not in taken:
                read_as = None if known.speaker_id == known.id else known.id
                parts[row["speaker_id"]] = _Part(known.speaker_id, read_as)
                continue
            # Two who have become one since stay two here.
            speaker_id = person["id"] if known is None else self._counter.next()
            slug = self._free_slug(person["slug"])
            reclaim_names(self._connection, "speaker", [slug])
            stated = {name: person[name] for name in ("name", "aliases", "same_as")}
            self._insert(Speaker, [{"id": speaker_id, "slug": slug, **stated}])
            # As with any new interview, its speakers are not listed as changes of their own.
            if was_published:
                self._changes.append(("speaker", speaker_id, ChangeAction.CREATED, ()))
            parts[row["speaker_id"]] = _Part(speaker_id, None)
        return parts

    @property
    def _stated(self) -> Mapping[str, Any]:
        versions = self._document.versions
        return versions[-1].document if versions else {}

    def _add_stated(self, known: PersonAsRead, person: Row, here: Names) -> None:
        """Add to somebody what is stated `here`; what others stated when it was held back may be stated no more."""
        stated = {
            name: list(
                dict.fromkeys([*getattr(known, name), *(one for one in person[name] if one in here.get(name, ()))])
            )
            for name in COLUMNS
        }
        if any(getattr(known, name) != value for name, value in stated.items()):
            table: Any = SpeakerReading if known.is_merged else Speaker
            self._connection.execute(sa.update(table).where(col(table.id) == known.id).values(**stated))
            if known.is_merged:
                compose(self._connection, [known.speaker_id])
            self._changes.append(("speaker", known.speaker_id, ChangeAction.CHANGED, ()))

    def _rows_of(self, table: type[SQLModel], parts: Mapping[str, _Part]) -> list[Row]:
        """Return the rows of a table, of those who take part now."""
        rows = self._document.rows(table)
        for row in rows:
            for name in ("speaker_id", "asked_by"):
                if row.get(name) is not None:
                    part = parts[row[name]]
                    row[name] = part.speaker_id
                    if table is Contribution:
                        row["read_as"] = part.read_as
        return rows

    def _free_slug(self, slug: str) -> str:
        number, free = 1, slug
        while any(
            self._connection.execute(sa.select(col(table.id)).where(col(table.slug) == free)).first()
            for table in (Speaker, SpeakerReading)
        ):
            number += 1
            free = f"{slug}-{number}"
        return free

    def _topics(self) -> list[Row]:
        """Return the topics of questions, without topics that no longer exist."""
        topic_ids = set(self._connection.execute(sa.select(col(Topic.id))).scalars())
        return [row for row in self._document.rows(QuestionTopic) if row["topic_id"] in topic_ids]

    def _write_documents(self, interview: Row) -> None:
        rows = sorted(self._document.rows(Turn), key=lambda row: int(row["position"]))
        with DocumentWriter(self._connection) as documents:
            turns = map(DocumentTurn.of, rows)
            documents.add(self._document.id, interview["title"], interview["language"], turns)

    def _insert(self, table: type[SQLModel], rows: Sequence[Row]) -> None:
        if rows:
            self._connection.execute(sa.insert(table), rows)
