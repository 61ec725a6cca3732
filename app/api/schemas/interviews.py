"""Interviews and their records."""

import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from app.api.schemas.questions import Contributor, Identified, InterviewReference, TextIn, TopicReference, Turn
from app.api.schemas.shape import Address, CitationAddress, Count, IsCurrent, Part, Parts, Shape, SupersededBy, WebPage
from app.transcripts.transcript import ByteClass


def bytes_in_order(counts: dict[ByteClass, int]) -> dict[ByteClass, int]:
    """Sort keys: the engines return the keys of stored JSON in different orders."""
    return {kind: counts[kind] for kind in ByteClass if kind in counts}


_FROM_SOURCE = dict.fromkeys(("language_attribution", "published_evidence", "source_url_as_printed"), Part.SOURCE)


class InterviewSummary(Identified):
    """An interview in a list."""

    parts: ClassVar[Parts] = _FROM_SOURCE
    path: ClassVar[str] = "interviews/{slug}"
    columns: ClassVar[tuple[str, ...]] = (
        "id",
        "slug",
        "title",
        "published",
        "publisher",
        "series",
        "web_page",
        "question_count",
        "answer_count",
        "people.display_name",
    )

    address: Address
    web_page: WebPage
    published_evidence: str | None = Field(description="The words of the transcript that a partial date rests on.")
    source_url_as_printed: str | None = Field(description="The address exactly as the source prints it.")
    summary: str | None
    rights: str | None = Field(description="Licence or rights statement.")
    revision: int = Field(ge=1, le=2**31 - 1, description="Counts the versions of this interview, from 1.")
    modified_at: datetime.datetime = Field(description="When this revision was stored.")
    question_count: Count
    answer_count: Count
    people: list[Contributor]


class CountedTopic(TopicReference):
    """A topic and how many questions of one interview have it."""

    question_count: Count


class Remark(Shape):
    """Something that reading the source forgave or noticed."""

    code: str
    message: str
    line: int = Field(ge=0, le=2**31 - 1, description="Line in the source, from 1.")
    column: int = Field(ge=0, le=2**31 - 1, description="Column in code points, from 1.")


class TranscriptFile(Shape):
    """The source file of the current revision and how it was read."""

    format: str
    encoding: str
    file_name: str
    sha256: str = Field(min_length=64, max_length=64, description="SHA-256 of the file, in hexadecimal.")
    withheld: bool = Field(description="Whether the file is not given out, because there are redacted words in it.")
    bytes: Count
    bytes_by_class: Annotated[dict[ByteClass, Count], AfterValidator(bytes_in_order)] = Field(
        description="What each byte is; the counts add up to `bytes`."
    )
    remarks: list[Remark]


class Interview(InterviewSummary):
    """One interview."""

    parts: ClassVar[Parts] = {**_FROM_SOURCE, "transcript": Part.SOURCE}

    previous: InterviewReference | None = Field(
        description="The interview published before this one in its series, or among those without a series."
    )
    next: InterviewReference | None = Field(description="The one published after it.")
    topics: list[CountedTopic]
    transcript: TranscriptFile
    citation: CitationAddress
    is_current: IsCurrent
    superseded_by: SupersededBy


class Record(Shape):
    """The whole record of an interview."""

    parts: ClassVar[Parts] = {"transcript": Part.SOURCE}

    interview: InterviewReference
    revision: int = Field(ge=1, le=2**31 - 1)
    transcript: TranscriptFile
    text_format: TextIn
    people: list[Contributor]
    turns: list[Turn]
