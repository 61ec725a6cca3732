"""All that is stated of each interview, as the metadata file that belongs beside its source file."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import StatementError
from app.loading.embargoes import list_held
from app.loading.held_documents import held_document
from app.loading.reviewed import and_reviewed, reviewed_in_rows, with_reviewed
from app.loading.stated import read_statements
from app.loading.stored_files import StoredFile, file_of, hosts_told
from app.models import Interview, Transcript
from app.structure.prepare import restate
from app.transcripts.sidecar import sidecar_of


@dataclass(frozen=True)
class HeldFiles:
    """The files of an interview that is held back: its source, unless that is withheld, and its metadata file."""

    slug: str
    file_name: str
    is_withheld: bool
    content: bytes
    document: dict[str, Any]


def documents_to_write(connection: sa.Connection) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield of each interview its slug, the name of its file, and all that is stated of it, with the slug, and with
    what other files told of who interviews in its series: they may not be at hand where it is loaded.
    """
    of_revision = sa.and_(
        col(Transcript.interview_id) == col(Interview.id), col(Transcript.revision) == col(Interview.revision)
    )
    columns = (col(Interview.id), col(Interview.slug), col(Transcript.file_name), col(Transcript.report))
    rows = connection.execute(sa.select(*columns).join(Transcript, of_revision).order_by(col(Interview.slug)))
    for interview_id, slug, file_name, report in rows.all():
        document = with_reviewed(connection, interview_id, read_statements(connection, interview_id).document)
        later = _may_contradict(document) and _contradicts(file_of(connection, interview_id), document)
        yield slug, file_name, _whole(slug, document, report, later_stands=later)


def held_to_write(connection: sa.Connection) -> Iterator[HeldFiles]:
    """Yield the files of each interview that is held back; the metadata says until when and why."""
    for held in sorted(list_held(connection), key=lambda one: one.slug):
        kept = held_document(connection, held)
        stated = kept.versions[-1].document if kept.versions else {}
        document = and_reviewed(stated, reviewed_in_rows(kept.turns, kept.topics, stated))
        file = StoredFile(held.interview_id, held.slug, kept.file, kept.file.content, kept.turns)
        later = _may_contradict(document) and _contradicts(file, document)
        whole = _whole(held.slug, document, kept.file.report, later_stands=later)
        whole |= stated_embargo(held.until, held.reason)
        yield HeldFiles(held.slug, kept.file.file_name, kept.file.withheld, kept.file.content, whole)


def stated_embargo(until: datetime.datetime, reason: str | None) -> dict[str, str]:
    """Return the keys of a metadata file that state an embargo."""
    return {"embargo_until": until.isoformat(), **({} if reason is None else {"embargo_reason": reason})}


def _whole(slug: str, document: Mapping[str, Any], report: Mapping[str, Any], *, later_stands: bool) -> dict[str, Any]:
    hosts = sorted(hosts_told(report).names)
    whole: dict[str, Any] = {"slug": slug, **document}
    if hosts:
        whole["series_hosts"] = hosts
    if later_stands:
        whole["later_stands"] = True
    return whole


def _may_contradict(document: Mapping[str, Any]) -> bool:
    """Whether there are several tables of one kind, so that two may be about one turn."""
    return any(len(document.get(key, ())) > 1 for key in ("turns", "exchanges", "questions"))


def _contradicts(file: StoredFile, document: Mapping[str, Any]) -> bool:
    """Whether tables state different things of one turn: a later edit over an earlier one, which a new file may not."""
    try:
        read = file.read(file.slug)
    except StatementError:
        # It is withheld, and too little was kept of it: it is not among the files that are written.
        return False
    return bool(restate(read, sidecar_of(file.slug, document)).contradictions)
