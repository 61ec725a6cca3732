"""Parameters of single items: which revision, which fields, which passage, and in which format."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.api.fields import ALL
from app.api.formats import JSON, CitationFormatName, InterviewFormatName, ItemFormatName
from app.api.parameters.values import (
    Names,
    RangeEnd,
    RangeStart,
    RevisionNumber,
    Slug,
    WholeNumber,
    described_as_some_of,
)
from app.api.schemas.shape import Part
from app.exports import INTERVIEWS
from app.queries.filters.topic_state import TopicStates, describe

# Turns of the record that can be shown on each side of an item.
MAX_CONTEXT = 20
FORMAT = "The representation; it wins over the Accept header."
_TIMED = ", ".join(f"`{each.name}`" for each in INTERVIEWS if each.needs_times)


class NoParameters(BaseModel):
    """No parameters. A misspelled one is refused."""

    model_config = ConfigDict(extra="forbid")


class FieldsParameters(NoParameters):
    """How much of an item is shown."""

    # Which parts and fields an operation has, its description says.
    include: Annotated[Names | None, described_as_some_of([*Part, ALL])] = Field(
        default=None,
        description="Show these parts too, with commas between them: what proves an item, such as `turns` with their "
        "places in the source and what was redacted, and its texts as HTML; `all` shows everything.",
    )
    fields: Annotated[Names | None, described_as_some_of([])] = Field(
        default=None,
        description="Show these fields of each item and leave the others out: names with commas between them, and "
        "dots for what is inside, such as `id,answers.text`; a minus leaves a field out, as in `-revision`. Fields of "
        "every part can be named. The answer then is `application/vnd.quoth.sparse+json`.",
    )


def _revision(shows: str) -> Any:
    return Field(default=None, description=f"{shows} this revision, from 1; without it, as it is now.", examples=[1])


class SourceParameters(NoParameters):
    """Which source file of an interview."""

    revision: RevisionNumber | None = _revision("The file of")


class RecordParameters(FieldsParameters):
    """Which revision of an interview or its record, and in which format."""

    revision: RevisionNumber | None = _revision("The whole interview as it was in")

    format: InterviewFormatName | None = Field(
        default=None,
        description=f"{FORMAT} All but JSON are the whole record; where the source has times, there are {_TIMED}.",
        examples=[JSON.name],
    )


_IN_ITEM = "in code points of the item's `text`, or of the turn's where `turn` names one"
_IN_TURN = "in code points of the `text` of the turn that `turn` names"


class PassageParameters(FieldsParameters):
    """Which characters of a question or an answer are cited, and in which format."""

    revision: RevisionNumber | None = _revision("Cite")
    format: CitationFormatName | None = Field(
        default=None,
        description=f"{FORMAT} All but JSON are one reference: CSL-JSON, BibTeX, RIS or a sentence.",
        examples=[JSON.name],
    )
    turn: Slug | None = Field(default=None, description="Cite this turn of the item, or a range of it.")
    start: RangeStart | None = Field(
        default=None, description=f"Where the cited range begins, {_IN_ITEM}; 0 without it.", examples=[10]
    )
    end: RangeEnd | None = Field(
        default=None,
        description=f"Where the cited range ends, {_IN_ITEM}; without it, where the text does.",
        examples=[40],
    )


class InterviewPassageParameters(PassageParameters):
    """Which characters of an interview are cited: ranges count within a turn."""

    turn: Slug | None = Field(
        default=None, description="Cite this turn of the interview, or a range of it.", examples=["gky5nhbt0gvp-t2"]
    )
    start: RangeStart | None = Field(
        default=None, description=f"Where the cited range begins, {_IN_TURN}; 0 without it."
    )
    end: RangeEnd | None = Field(
        default=None, description=f"Where the cited range ends, {_IN_TURN}; without it, where the text does."
    )


class ItemParameters(FieldsParameters):
    """How a question or an answer by itself is shown."""

    revision: RevisionNumber | None = _revision("The item as it was in")
    format: ItemFormatName | None = Field(
        default=None,
        description=f"{FORMAT} All but JSON are the item with its interview, without `context` and neighbours.",
        examples=[JSON.name],
    )
    context: WholeNumber = Field(
        default=0,
        ge=0,
        le=MAX_CONTEXT,
        description="Turns of the record to show before and after the item, in `context`.",
        examples=[2],
    )
    topic_state: TopicStates = Field(
        default=TopicStates.CONFIRMED, description=describe("shows"), examples=[TopicStates.PROPOSED]
    )


class DifferenceParameters(NoParameters):
    """Which two revisions of an item are compared."""

    before: RevisionNumber | None = Field(
        default=None,
        alias="from",
        description="The revision that is compared; without it, the one before the other.",
        examples=[1],
    )
    after: RevisionNumber | None = Field(
        default=None,
        alias="to",
        description="The revision that it is compared with; without it, the last one.",
        examples=[1],
    )
