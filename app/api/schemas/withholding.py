"""What is taken out or held back: redactions, withdrawals, embargoes and interviews that are held back."""

import datetime
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.api.parameters.values import MAX_INTEGER, Slug
from app.api.schemas.interviews import CountedTopic, InterviewSummary, TranscriptFile
from app.api.schemas.lists import PageInfo
from app.api.schemas.questions import AssignedTopic, Question, TextIn, Turn
from app.api.schemas.shape import Address, Count, Id, Offset, Parts, Shape
from app.errors import ParameterError
from app.queries.filters.grammar import Storable
from app.text.dates import read_moment


class NewRedaction(BaseModel):
    """Which words are taken out: the whole item, words wherever it has them, or a range of its characters."""

    model_config = ConfigDict(extra="forbid")

    item: Slug | None = Field(
        default=None,
        description="Id of a turn, question or answer of the interview; without it, `words` are taken out of the whole "
        "interview.",
        examples=["gky5nhbt0gvp-a1"],
    )
    words: Annotated[str, Field(min_length=1, max_length=5_000), Storable] | None = Field(
        default=None, description="Take out these words wherever they stand.", examples=["one hundred"]
    )
    start: Annotated[int, Field(ge=0, le=MAX_INTEGER)] | None = Field(
        default=None, description="Take out from this character of the item's text on, in code points from 0."
    )
    end: Annotated[int, Field(ge=1, le=MAX_INTEGER)] | None = Field(
        default=None, description="Take out up to this character, exclusive."
    )

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ParameterError("end" if self.end is None else "start", "Give both `start` and `end`.")
        if self.words is not None and self.start is not None:
            raise ParameterError("words", "Give `words`, or `start` and `end`; not both.")
        if self.item is None and self.words is None:
            raise ParameterError("item", "Give the `item`, or the `words` to take out of the whole interview.")
        return self


class RedactedPassage(Shape):
    """A part of a turn that is taken out, widened to whole words."""

    turn: Id
    start: Offset = Field(description="Where it begins in the turn's text, in code points.")
    end: Offset = Field(description="Just past the last of it.")
    words: str | None = Field(
        description="The words that would be taken out, where `dry_run` asks; null once they are out."
    )


class RedactionMade(Shape):
    """What was taken out, or would be."""

    interview: Slug
    revision: int = Field(ge=1, le=MAX_INTEGER, description="The revision of the interview without the words.")
    passages: list[RedactedPassage]
    past_wordings: Count = Field(description="Turns of past revisions in which the words were taken out too.")
    source_files: Count = Field(description="Source files that are withheld from now on.")
    also_in: list[str] = Field(
        description="Places that have the same words still, because they were not asked for: ids of turns, and what is "
        "stated of the interview and its people."
    )


class Withdrawal(Shape):
    """That an interview was withdrawn, and why."""

    path: ClassVar[str] = "interviews/{slug}/withdrawal"

    id: Id
    slug: str = Field(description="Name that the interview had in addresses.")
    address: Address
    withdrawn_at: datetime.datetime
    reason: str | None
    files: Count = Field(description="Source files that are refused until this is lifted.")


class WithdrawalMade(Withdrawal):
    """A withdrawal, and what went with the interview."""

    questions: Count
    answers: Count
    speakers: list[str] = Field(description="Slugs of the speakers who were in no other interview, and are gone too.")


class NewEmbargo(BaseModel):
    """Until when an interview is held back."""

    model_config = ConfigDict(extra="forbid")

    until: Annotated[
        datetime.datetime, BeforeValidator(read_moment, json_schema_input_type=datetime.date | datetime.datetime)
    ] = Field(
        description="A day such as 2026-12-31, from midnight UTC, or a time with its zone; in the future.",
        examples=["2031-12-31"],
    )


class Embargo(Shape):
    """That an interview is held back until a time, and why."""

    path: ClassVar[str] = "held/{slug}"

    id: Id
    slug: str = Field(description="Name in addresses.")
    address: Address
    until: datetime.datetime = Field(description="When it is published by itself.")
    reason: str | None
    was_published: bool = Field(description="Whether it could be read before; then its address says that it is gone.")


class HeldPage(Shape):
    """A page of interviews that are held back."""

    items: list[Embargo]
    page: PageInfo


class InterviewAsHeld(InterviewSummary):
    """An interview that is held back; addresses of what is in it work once it is published."""

    parts: ClassVar[Parts] = {}

    topics: list[CountedTopic]
    transcript: TranscriptFile


class TopicAsHeld(AssignedTopic):
    """A topic on a question of an interview that is held back, in any state."""

    parts: ClassVar[Parts] = {
        name: part for name, part in AssignedTopic.parts.items() if name not in {"origin", "state"}
    }


class QuestionAsHeld(Question):
    """A question of an interview that is held back, with its answers and with its topics in every state."""

    topics: list[TopicAsHeld]  # type: ignore[assignment]  # a shape is only read


class HeldInterview(Embargo):
    """An interview that is held back: the embargo, the record in order, and its questions with answers and topics."""

    interview: InterviewAsHeld
    text_format: TextIn
    turns: list[Turn]
    questions: list[QuestionAsHeld]
