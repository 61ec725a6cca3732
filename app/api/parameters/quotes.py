"""Parameters that name people and words: a comparison of speakers, and a quotation to verify."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.api.parameters.items import FieldsParameters, NoParameters
from app.api.parameters.values import Slug, SpeakerSlug, WholeNumber
from app.queries.filters.grammar import AnyText, Storable
from app.queries.paging import DEFAULT_LIMIT, MAX_LIMIT
from app.quotes import MAX_QUOTATION_LENGTH, read_quotation


class CompareParameters(FieldsParameters):
    """Parameters of a comparison of speakers."""

    topic: Slug = Field(description="Slug of a topic; topics below it are included.", examples=["interfaith-dialogue"])
    speaker: Annotated[
        list[SpeakerSlug], Field(min_length=2, max_length=4, json_schema_extra={"uniqueItems": True})
    ] = Field(
        description="Slugs of two to four speakers, the parameter once for each.",
        examples=[["worldnewsam-3712-interviewee", "worldnewsam-3712-interviewer"]],
    )
    limit: WholeNumber = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Answers of each speaker.")


def _quotation(value: str) -> str:
    if not read_quotation(value).words:
        raise ValueError("write at least one word")
    return value


class QuoteParameters(NoParameters):
    """A quotation to be verified, in an address or in the body of a request."""

    text: Annotated[str, Storable, AfterValidator(_quotation), AnyText] = Field(
        max_length=MAX_QUOTATION_LENGTH,
        description="The quotation, as it is printed: an ellipsis marks an omission, brackets an insertion. Quotation "
        "marks around it are left out.",
        examples=["We have newspapers … so that’s one part of it"],
    )
    speaker: SpeakerSlug | None = Field(
        default=None,
        description="Slug of the speaker to whom it is attributed.",
        examples=["worldnewsam-3712-interviewee"],
    )
    interview: Slug | None = Field(
        default=None, description="Slug of the interview that it is from.", examples=["worldnewsam-3712"]
    )
    topic: Slug | None = Field(
        default=None,
        description="Slug of a topic that the question has to have; topics below it are included.",
        examples=["interfaith-dialogue"],
    )
