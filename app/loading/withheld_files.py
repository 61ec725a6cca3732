"""Withholds the source files of an interview, of which words were redacted, and keeps how they were read."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import QuothError
from app.models import Contribution, Speaker, Transcript, table_of
from app.queries.embedding import Item
from app.quotes.redactions import RedactedWords, blank
from app.structure.kept_reading import blank_reading, keep_reading
from app.structure.participants import Attribution, Participant, Role, RolesBefore, roles_of
from app.structure.turns_as_read import without_labels
from app.transcripts import read as read_source
from app.transcripts.source import Source


def withhold_files(
    connection: sa.Connection, interview: Any, transcript_id: str, revision: int, phrases: Sequence[RedactedWords]
) -> int:
    """Withhold every source file of an interview, given by its row, and other files with the same bytes; the new
    revision has the file of the one before. Return how many files were not withheld before.
    """
    transcripts = table_of(Transcript)
    of_interview = transcripts.c.interview_id == interview.id
    rows = connection.execute(sa.select(transcripts).where(of_interview)).mappings().all()
    current = next(row for row in rows if row["revision"] == interview.revision)
    reading = None if current["withheld"] else _reading(connection, interview, current)
    same_bytes = transcripts.c.sha256.in_({row["sha256"] for row in rows})
    columns = (transcripts.c.id, transcripts.c.sha256, transcripts.c.report, transcripts.c.withheld)
    copies = connection.execute(sa.select(*columns).where(same_bytes)).all()
    for row in copies:
        is_same = not row.withheld and row.sha256 == current["sha256"]
        report = redacted_report(row.report, phrases, reading if is_same else None)
        here = transcripts.c.id == row.id
        connection.execute(sa.update(transcripts).where(here).values(content=b"", withheld=True, report=report))
    values = {"id": transcript_id, "revision": revision, "content": b"", "withheld": True}
    report = redacted_report(current["report"], phrases, reading)
    connection.execute(sa.insert(transcripts).values(**{**current, **values, "report": report}))
    return sum(not row.withheld for row in copies)


def redacted_report(
    report: Mapping[str, Any], phrases: Sequence[RedactedWords], reading: Mapping[str, Any] | None
) -> Item:
    """Return the report of a file without its remarks, which may quote it, and without words that are redacted; with
    how it was read, where that is not in it yet.
    """
    hosts = [name for name in report.get("series_hosts", ()) if not any(one.found_in(name) for one in phrases)]
    reading = report.get("reading", reading)
    as_read = without_labels(report.get("as_read", ()), lambda label: any(one.found_in(label) for one in phrases))
    changed = {
        "remarks": [],
        "as_read": as_read,
        "series_hosts": hosts,
        "reading": reading and blank_reading(reading, lambda text: _blanked(text, phrases)),
    }
    return {**report, **{key: value for key, value in changed.items() if value or key in report}}


def _blanked(text: str, phrases: Sequence[RedactedWords]) -> str:
    return blank(text, (span for phrase in phrases for span in phrase.found_in(text)))


def _reading(connection: sa.Connection, interview: Any, row: Mapping[Any, Any]) -> Item | None:
    """Return how a file is read; None where this version of Quoth does not read it."""
    with suppress(QuothError):
        transcript = read_source(Source(row["file_name"], row["content"]), row["format"], keep_unlabelled=True)
        language = interview.language if interview.language_attribution == Attribution.INFERRED else None
        return keep_reading(transcript, transcript.turns, _roles(connection, interview.id), language)
    return None


def _roles(connection: sa.Connection, interview_id: str) -> RolesBefore:
    columns = (col(Contribution.labels), col(Contribution.role), col(Contribution.role_attribution), col(Speaker.name))
    people: Any = sa.select(*columns).join(Speaker, col(Speaker.id) == col(Contribution.speaker_id))
    rows = connection.execute(people.where(col(Contribution.interview_id) == interview_id))
    return roles_of(
        [Participant(row.name, row.labels, Role(row.role), role_attribution=row.role_attribution) for row in rows]
    )
