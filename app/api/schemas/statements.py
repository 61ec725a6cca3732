"""Statements of the corpus: who is one person, and who is not."""

import datetime
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api.parameters.values import Slug
from app.api.schemas.lists import PageInfo
from app.api.schemas.shape import Address, Count, Shape
from app.errors import ParameterError
from app.models import StatementKind
from app.queries.filters.grammar import Storable

MOST_INTERVIEWS = 1_000


class Statement(Shape):
    """That two speakers are one person or two, or that one speaker is somebody else in some interviews."""

    path: ClassVar[str] = "statements/{number}"
    columns: ClassVar[tuple[str, ...]] = (
        "number", "kind", "speaker", "other", "interviews", "made_at", "made_by", "reason", "undone_at", "undone_by",
    )  # fmt: skip

    number: int = Field(ge=1, le=2**31 - 1)
    address: Address
    kind: StatementKind
    speaker: str = Field(description="Slug of who stays; the id of somebody who takes part nowhere now.")
    other: str = Field(
        description="Slug, or id, of who is the same person, of who was parted from the speaker, or of the second one."
    )
    interviews: list[str] = Field(description="Slugs of the interviews in which a parted speaker is somebody else.")
    made_at: datetime.datetime
    made_by: str | None = Field(description="Who stated it.")
    reason: str | None = Field(description="Why.")
    undone_at: datetime.datetime | None = Field(description="Null while it is in force.")
    undone_by: str | None
    undone_reason: str | None


class StatementPage(Shape):
    """A page of statements of the corpus, the first one first."""

    items: list[Statement]
    page: PageInfo


class StatementMade(Statement):
    """A statement that was made or undone, and what that changed."""

    interviews_changed: Count = Field(description="How many interviews have other people now than before.")


class NewStatement(BaseModel):
    """States that two speakers are one person or two, or that one speaker is somebody else in some interviews."""

    model_config = ConfigDict(extra="forbid")

    kind: StatementKind = Field(
        description="`merged`: `other` is `speaker`. `distinct`: they are two people, who are not proposed as one and "
        "not merged. `parted`: `speaker` is somebody else in `interviews`.",
        examples=[StatementKind.MERGED],
    )
    speaker: Slug = Field(
        description="Slug of the speaker who stays, or who is two people.", examples=["worldnewsam-3712-interviewee"]
    )
    other: Slug | None = Field(
        default=None,
        description="Where they are merged: slug of the speaker who is the same person; it leads to the first one. "
        "Where they are distinct: slug of the second one.",
        examples=["worldnewsam-3712-interviewer"],
    )
    interviews: list[Slug] = Field(
        default=[],
        max_length=MOST_INTERVIEWS,
        description="Where they are parted: slugs or ids of the interviews with the other one.",
    )
    name: Annotated[str, Field(min_length=1, max_length=500), Storable] | None = Field(
        default=None, description="Where they are parted: name of the other one, if it is not the same."
    )

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> Self:
        names_two = self.kind is not StatementKind.PARTED
        for name, is_given, has_place in (
            ("other", self.other is not None, names_two),
            ("interviews", bool(self.interviews), not names_two),
        ):
            if is_given != has_place:
                what = "say" if has_place else "leave out"
                raise ParameterError(name, f"Where `kind` is `{self.kind}`, {what} `{name}`.")
        if names_two and self.name is not None:
            raise ParameterError("name", f"Where `kind` is `{self.kind}`, both keep their names; leave `name` out.")
        return self
