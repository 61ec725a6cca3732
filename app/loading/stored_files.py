"""Finds the file that an interview was read from, and reads it again: from its bytes or, where these are withheld
because words of it were redacted, from what was kept of how it was read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.errors import StatementError
from app.loading.held_documents import held_document, held_named
from app.models import Transcript, Turn, table_of
from app.structure.hosts import StatedHosts
from app.structure.kept_reading import WithheldSource, roles_in, transcript_of
from app.structure.prepare import PreparedTranscript, prepare, prepare_read
from app.structure.turns_as_read import turns_as_read
from app.transcripts import read as read_source
from app.transcripts.source import Source
from app.transcripts.transcript import Transcript as ReadTranscript


@dataclass(frozen=True)
class StoredFile:
    """The file that an interview was read from: the row of its transcript, and its bytes. Where these are withheld,
    `turns` are the rows of the interview's turns.
    """

    interview_id: str
    slug: str
    row: Any
    content: bytes
    turns: Sequence[Any] = ()

    @property
    def hosts(self) -> StatedHosts:
        """Who interviews in the series, as other files told when this one was read."""
        return hosts_told(self.row.report)

    def transcript(self) -> ReadTranscript | None:
        """Read it again; None where it is withheld and too little was kept of it."""
        row = self.row
        if not row.withheld:
            return read_source(Source(row.file_name, self.content), row.format, keep_unlabelled=True)
        reading = row.report.get("reading")
        if reading is None:
            return None
        texts, labels = [one.text for one in self.turns], [one.speaker_label for one in self.turns]
        read = turns_as_read(texts, labels, row.report.get("as_read", ()))
        source = WithheldSource(row.file_name, b"", row.sha256, row.encoding)
        return transcript_of(reading, [turn.text for turn in read], source, row.format, row.report["bytes"])

    def read(self, sidecar_name: str) -> PreparedTranscript:
        """Read it again, with nothing stated of it.

        Raises:
            StatementError: it is withheld, and too little was kept of it.
        """
        row = self.row
        options: Any = {"sidecar_name": sidecar_name, "slug": self.slug, "series_hosts": self.hosts}
        if not row.withheld:
            source = Source(row.file_name, self.content)
            return prepare(source, format_name=row.format, keep_unlabelled=True, **options)
        transcript = self.transcript()
        if transcript is None:
            raise StatementError(
                f"the file of {self.slug!r} is withheld, because words of it were redacted, and an earlier version of "
                "Quoth kept nothing else of it; load a file without these words, with the statements in a metadata "
                "file beside it"
            )
        return prepare_read(transcript, roles=roles_in(row.report["reading"]), **options)


def file_of(connection: sa.Connection, interview_id: str, slug: str = "") -> StoredFile:
    """Find the file of an interview in the tables, given by id, and by slug for messages."""
    transcripts, turns = table_of(Transcript), table_of(Turn)
    newest = sa.select(transcripts).where(transcripts.c.interview_id == interview_id)
    row = connection.execute(newest.order_by(transcripts.c.revision.desc()).limit(1)).one()
    of_interview = sa.select(turns.c.text, turns.c.speaker_label).where(turns.c.interview_id == interview_id)
    left = connection.execute(of_interview.order_by(turns.c.position)).all() if row.withheld else []
    return StoredFile(interview_id, slug, row, row.content, left)


def hosts_told(report: Mapping[str, Any]) -> StatedHosts:
    """Return who interviews in the series of a file, as others told when it was read, given its report."""
    return StatedHosts(frozenset(report.get("series_hosts", ())))


def stored_hosts(connection: sa.Connection, interview_id: str) -> StatedHosts:
    """Return who interviews in the series of an interview, published or held back, as other files told when its file
    was read.
    """
    kept = held_named(connection, interview_id)
    row = file_of(connection, interview_id).row if kept is None else held_document(connection, kept).file
    return hosts_told(row.report)
