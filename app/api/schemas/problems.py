"""Problem documents."""

import datetime
from collections.abc import Iterable

from pydantic import Field

from app.api.schemas.shape import Revision, Shape


class ProblemError(Shape):
    """One thing wrong with a request."""

    parameter: str = Field(description="The parameter at fault, or `body`.")
    pointer: str | None = Field(
        default=None,
        description="JSON Pointer (RFC 6901) to what is at fault in the body or the metadata.",
    )
    detail: str
    suggestions: list[str] = Field(description="What may have been meant.")


def pointer_of(key: str) -> str:
    """Return a dotted key as a JSON Pointer. No key of a document has a dot of its own."""
    return pointer_to(key.split(".")) if key else ""


def pointer_to(keys: Iterable[str]) -> str:
    """Return the JSON Pointer to a place that keys and positions lead to."""
    return "".join(f"/{key.replace('~', '~0').replace('/', '~1')}" for key in keys)


class Problem(Shape):
    """An error, as in RFC 9457."""

    type: str = Field(description="Address of a page about this kind of problem.")
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    instance: str = Field(description="The path that was asked for.")
    errors: list[ProblemError]


class GoneProblem(Problem):
    """What was at an address and has been taken out."""

    replaced_by: list[str] = Field(
        description="Ids of what has its words now, such as the question that it was merged into; empty if not known."
    )
    revisions: list[Revision] = Field(description="Revisions that can still be read, with `?revision=`.")
    reason: str | None = Field(description="Why it was taken out, if somebody said so.")
    taken_out_at: datetime.datetime | None = Field(description="When, if that is known.")
