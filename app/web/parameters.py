"""Query parameters of pages. They are called and checked as those of the API are."""

from pydantic import Field

from app.api.parameters.items import NoParameters
from app.api.parameters.values import RangeEnd, RangeStart, RevisionNumber, Slug


class RevisionPageParameters(NoParameters):
    """Which revision is shown."""

    revision: RevisionNumber | None = Field(default=None, description="The revision that is shown, from 1.")


class PassagePageParameters(RevisionPageParameters):
    """Which characters of an item are marked: those that the API's citation of the same parameters cites."""

    turn: Slug | None = Field(default=None, description="The turn that is marked, or in whose text the range counts.")
    start: RangeStart | None = Field(default=None, description="Where the marked range begins, in code points.")
    end: RangeEnd | None = Field(default=None, description="Where it ends.")
