"""Query parameters of pages. They are called and checked as those of the API are."""

from pydantic import Field

from app.api.parameters.items import NoParameters
from app.api.parameters.values import RangeEnd, RangeStart, RevisionNumber, Slug, WholeNumber


class PassagePageParameters(NoParameters):
    """Which revision of an item is shown, and which of its characters are marked: those that the API's citation of the
    same parameters cites.
    """

    revision: RevisionNumber | None = Field(default=None, description="The revision that is shown, from 1.")
    turn: Slug | None = Field(default=None, description="The turn that is marked, or in whose text the range counts.")
    start: RangeStart | None = Field(default=None, description="Where the marked range begins, in code points.")
    end: RangeEnd | None = Field(default=None, description="Where it ends.")

    @property
    def marks(self) -> bool:
        """Whether a passage is asked for."""
        return not (self.turn is None and self.start is None and self.end is None)


class InterviewPageParameters(PassagePageParameters):
    """The same of an interview, and which part of a long one is shown."""

    part: WholeNumber | None = Field(default=None, ge=1, description="The part that is shown, from 1.")
