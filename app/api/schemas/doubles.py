"""Speakers who may be one person."""

from typing import Annotated, ClassVar

from pydantic import Field

from app.api.schemas.lists import PageInfo
from app.api.schemas.shape import Address, Count, Shape


class DoubleSpeaker(Shape):
    """One of two speakers who may be one person."""

    path: ClassVar[str] = "speakers/{slug}"

    slug: str
    name: str
    address: Address
    interview_count: Count
    answer_count: Count


class Double(Shape):
    """Two speakers who may be one person."""

    columns: ClassVar[tuple[str, ...]] = (
        "score",
        "speakers.slug",
        "speakers.name",
        "speakers.interview_count",
        "speakers.answer_count",
        "reasons",
        "against",
    )

    score: Annotated[int, Field(ge=0, le=100, description="How likely it is: from 0 to 100.")]
    speakers: Annotated[
        list[DoubleSpeaker], Field(min_length=2, max_length=2, description="The one who answers more is the first.")
    ]
    reasons: list[str] = Field(description="What speaks for it, in words.")
    against: list[str] = Field(description="What speaks against it.")


class DoublePage(Shape):
    """A page of likely doubles, the likeliest first."""

    items: list[Double]
    page: PageInfo
