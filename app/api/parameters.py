"""Query parameters, each described once. A list's model refuses what it does not know."""

import re
from collections import Counter
from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from app.dates import PartialDate
from app.errors import ParameterError
from app.queries.filters import MAX_VALUES, Filters, clauses
from app.queries.paging import DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT
from app.text import SLUG_MAX_LENGTH, SLUG_PATTERN

MAX_VALUE_LENGTH = 500
_DIGITS = re.compile(r"[0-9]{1,4}", re.ASCII)


def _whole_number(value: Any) -> Any:
    """Take plain digits only: pydantic would also take 1_0, a sign, and digits of other scripts."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError(f"write a whole number from 1 to {MAX_LIMIT}")
    return value


def _true_or_false(value: Any) -> Any:
    """Take the two words only: pydantic would also take 1, yes and on."""
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError("write true or false")
    return value


def _storable(value: str) -> str:
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("the value has a character that no text can have")
    return value


def _partial_date(value: str) -> str:
    PartialDate.parse(value)
    return value


def _words(value: str) -> str:
    if not value.strip():
        raise ValueError("write at least one word")
    return value


Value = Annotated[str, Field(max_length=MAX_VALUE_LENGTH), AfterValidator(_storable)]
Values = Annotated[list[Value], Field(max_length=MAX_VALUES)]
DateText = Annotated[
    str,
    AfterValidator(_partial_date),
    Field(max_length=10),
    WithJsonSchema(
        {"type": "string", "maxLength": 10, "pattern": "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"}
    ),
]


def _named(description: str, example: str) -> Any:
    return Path(
        min_length=1, max_length=SLUG_MAX_LENGTH, pattern=SLUG_PATTERN, description=description, examples=[example]
    )


_GRAMMAR = "Commas mean either, repeating the parameter means both, a leading minus means not."
_REPEATABLE = frozenset(
    {"topic", "speaker", "asked_by", "answered_by", "interview", "language", "publisher", "series", "role"}
)


QuestionId = Annotated[str, _named("Stable id of a question.", "gky5nhbt0gvp-q1")]
AnswerId = Annotated[str, _named("Stable id of an answer.", "gky5nhbt0gvp-a1")]
InterviewName = Annotated[str, _named("Slug or id of an interview.", "worldnewsam-3712")]
SpeakerName = Annotated[str, _named("Slug of a speaker.", "worldnewsam-3712-interviewee")]
TopicName = Annotated[str, _named("Slug of a topic.", "interfaith-dialogue")]


class NoParameters(BaseModel):
    """What an address without parameters takes: none, so that a misspelled one is told."""

    model_config = ConfigDict(extra="forbid")


class PageParameters(NoParameters):
    """Which page of a list."""

    limit: Annotated[int, BeforeValidator(_whole_number)] = Field(
        default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Items on a page."
    )
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_LENGTH)] | None = Field(
        default=None, description="Where the page begins: opaque, from the links of another page of the same list."
    )


class InterviewFilters(PageParameters):
    """What narrows a list of interviews or of what is in them."""

    topic: Values = Field(
        default=[],
        description=f"Topic slugs; topics below them are included. {_GRAMMAR}",
        examples=["interfaith-dialogue"],
    )
    speaker: Values = Field(
        default=[],
        description=f"Speaker slugs: who asks or answers. {_GRAMMAR}",
        examples=["worldnewsam-3712-interviewee"],
    )
    asked_by: Values = Field(
        default=[], description=f"Speaker slugs: who asks. {_GRAMMAR}", examples=["worldnewsam-3712-interviewer"]
    )
    answered_by: Values = Field(
        default=[], description=f"Speaker slugs: who answers. {_GRAMMAR}", examples=["worldnewsam-3712-interviewee"]
    )
    language: Values = Field(default=[], description=f"Languages, BCP 47 tags as stored. {_GRAMMAR}", examples=["en"])
    publisher: Values = Field(default=[], description=f"Publishers. {_GRAMMAR}", examples=["worldnewsam.com"])
    series: Values = Field(default=[], description=f"Series. {_GRAMMAR}")
    published_from: DateText | None = Field(
        default=None,
        description="Published in or after this year, month or day. A date that is known in part is a range and is "
        "met where the ranges share a day; an unknown date is never met.",
        examples=["2023"],
    )
    published_to: DateText | None = Field(
        default=None, description="Published in or before this year, month or day.", examples=["2023-12-31"]
    )
    answered: Annotated[bool, BeforeValidator(_true_or_false)] | None = Field(
        default=None, description="Whether the question has an answer.", examples=[True]
    )
    q: Annotated[str, Field(max_length=MAX_VALUE_LENGTH), AfterValidator(_storable), AfterValidator(_words)] | None = (
        Field(
            default=None,
            description="Words that all stand in the question or its answers; case, accents, typography and "
            "look-alike letters do not matter.",
            examples=["congress"],
        )
    )

    def filters(self) -> Filters:
        """Read the grammar of every parameter.

        Raises:
            ParameterError: a parameter does not follow it.
        """
        return Filters(
            topic=clauses("topic", self.topic),
            speaker=clauses("speaker", self.speaker),
            asked_by=clauses("asked_by", self.asked_by),
            answered_by=clauses("answered_by", self.answered_by),
            interview=clauses("interview", getattr(self, "interview", [])),
            language=clauses("language", self.language),
            publisher=clauses("publisher", self.publisher),
            series=clauses("series", self.series),
            published_from=None if self.published_from is None else PartialDate.parse(self.published_from),
            published_to=None if self.published_to is None else PartialDate.parse(self.published_to),
            answered=self.answered,
            q=self.q,
        )


class Sorted(NoParameters):
    """The sort that lists of interviews and of what is in them share."""

    sort: Annotated[str, Field(max_length=100)] = Field(
        default="-published",
        description="`published` or `title`; a minus sorts downwards; several with commas between them. Interviews "
        "without a date come last downwards. Questions of an interview keep their order.",
        examples=["-published"],
    )


class InterviewParameters(InterviewFilters, Sorted):
    """Parameters of the list of interviews."""


class QuestionParameters(InterviewFilters, Sorted):
    """Parameters of lists of questions and answers."""

    interview: Values = Field(default=[], description=f"Interview slugs. {_GRAMMAR}", examples=["worldnewsam-3712"])


class SpeakerParameters(PageParameters):
    """Parameters of the list of speakers."""

    interview: Values = Field(
        default=[],
        description=f"Interview slugs: who takes part. {_GRAMMAR}",
        examples=["worldnewsam-3712"],
    )
    sort: Annotated[str, Field(max_length=100)] = Field(
        default="slug", description="`slug`; a minus sorts downwards.", examples=["slug"]
    )


class TopicParameters(PageParameters):
    """Parameters of the list of topics."""

    sort: Annotated[str, Field(max_length=100)] = Field(
        default="label", description="`label` or `slug`; a minus sorts downwards.", examples=["label"]
    )


def single_values(request: Request) -> None:
    """Refuse a parameter that stands twice and means one thing: which of the two would be a guess."""
    times = Counter(name for name, _value in request.query_params.multi_items())
    for name, count in times.items():
        if name not in _REPEATABLE and count > 1:
            raise ParameterError(name[:120], "This parameter can stand only once.")
