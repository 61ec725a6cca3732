"""What the checks of present and past turns share: a turn's text compared with the source file it came from."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Transcript
from app.quotes.redactions import is_blank
from app.transcripts import text_of
from app.transcripts.source import Source
from app.transcripts.transcript import Segment

UNREDACTED = "has words in a passage marked as redacted"


def find_file(connection: sa.Connection, interview_id: str, revision: int) -> sa.Row[Any] | None:
    """Return the source file of a revision; None if there is none."""
    columns: Sequence[Any] = (Transcript.file_name, Transcript.format, Transcript.content, Transcript.withheld)
    file = sa.select(*map(col, columns)).where(
        col(Transcript.interview_id) == interview_id, col(Transcript.revision) == revision
    )
    return connection.execute(file).first()


def read_text(file: sa.Row[Any]) -> str | None:
    """Return the text in which offsets into a source file count; None where it is withheld.

    Raises:
        TranscriptError: the bytes are neither text nor an archive that contains one.
    """
    if file.withheld:
        return None
    return text_of(Source(file.file_name, bytes(file.content)), file.format)


def is_redacted(text: str, redactions: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether every redacted passage of a turn is blank."""
    return all(is_blank(text[one["start"] : one["end"]]) for one in redactions)


def segments_of(stored: Sequence[Sequence[int]] | None) -> list[Segment] | None:
    """Read the segments of a turn as they are stored."""
    return None if stored is None else [Segment(*one) for one in stored]


def misplaced(text: str, source: str, start: int, end: int, segments: Sequence[Segment] | None) -> str | None:
    """Say in which way the text of a turn differs from its place in the source; None where it does not.

    A segment that the source writes differently, as an escape or an entity, corresponds as a whole; between segments
    there is only white space.
    """
    if not 0 <= start <= end <= len(source):
        return f"its place, {start} to {end}, is not within the source, which has {len(source)} characters"
    if segments is None:
        return None if source[start:end] == text else "its text is not what stands at its place in the source"
    at = 0
    for one in segments:
        if not (
            at <= one.text_start <= one.text_end <= len(text) and start <= one.source_start <= one.source_end <= end
        ):
            return "its segments are out of order, or not within its text and its place"
        if one.is_copy and text[one.text_start : one.text_end] != source[one.source_start : one.source_end]:
            return f"its characters {one.text_start} to {one.text_end} are not those at their place in the source"
        at = one.text_end
    return None
