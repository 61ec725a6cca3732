"""All that is stated of each interview, as the metadata file that belongs beside its source file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.loading.embargoes import list_held
from app.loading.held_documents import held_document
from app.loading.reviewed import and_reviewed, reviewed_in_rows, with_reviewed
from app.loading.stated import read_statements
from app.loading.stored_files import hosts_told
from app.models import Interview, Transcript


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
        yield slug, file_name, _whole(slug, document, report)


def held_to_write(connection: sa.Connection) -> Iterator[HeldFiles]:
    """Yield the files of each interview that is held back; the metadata says until when."""
    for held in sorted(list_held(connection), key=lambda one: one.slug):
        kept = held_document(connection, held)
        stated = kept.versions[-1].document if kept.versions else {}
        document = and_reviewed(stated, reviewed_in_rows(kept.turns, kept.topics, stated))
        whole = {**_whole(held.slug, document, kept.file.report), "embargo_until": held.until.isoformat()}
        yield HeldFiles(held.slug, kept.file.file_name, kept.file.withheld, kept.file.content, whole)


def _whole(slug: str, document: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    hosts = sorted(hosts_told(report).names)
    return {"slug": slug, **document, **({"series_hosts": hosts} if hosts else {})}
