"""Query parameters, each described once. A list's model refuses what it does not know."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any, Self

from fastapi import Path, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from app.api.formats import JSON, CitationFormatName, InterviewFormatName, InterviewListFormatName, ListFormatName
from app.errors import ParameterError
from app.models import TopicState
from app.queries import interviews, questions, speakers, topics
from app.queries.facets import FacetName
from app.queries.filters import MAX_VALUES, Clauses, Filters, clauses
from app.queries.paging import DEEPEST_NUMBERED, DEFAULT_LIMIT, MAX_CURSOR_LENGTH, MAX_LIMIT, RELEVANCE
from app.queries.query import Mode
from app.quotes import MAX_QUOTATION_LENGTH, read_quotation
from app.structure.pairing import Role
from app.text.dates import PartialDate
from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN, nearest

MAX_VALUE_LENGTH = 500
MAX_CONTEXT = 20
_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
_MAX_OFFSET = 2**31 - 1
# There is no year 0000; not every dialect of regular expressions can say that with a look ahead.
_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"


def _whole_number(value: Any) -> Any:
    """Take plain digits only: pydantic would also take 1_0, a sign, and digits of other scripts."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("write a whole number")
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


def _years(value: str) -> str:
    for year in value.removeprefix("-").split(","):
        if not re.fullmatch(_YEAR, year):
            raise ValueError("write a year as YYYY, or several with commas between them")
    return value


def _roles(value: str) -> str:
    for role in value.removeprefix("-").split(","):
        if role not in set(Role):
            raise ValueError(f"write one of {', '.join(Role)}, or several with commas between them")
    return value


def _words(value: str) -> str:
    if not value.strip():
        raise ValueError("write at least one word")
    return value


def _form(pattern: str) -> Any:
    """Tell in the description which form a value has.

    The value is not held against it: who looks the value up says more of what is wrong, and what may have been meant.
    """
    return Field(json_schema_extra={"pattern": pattern})


def _comma_list(one: str, sign: str = "") -> str:
    return f"^{sign}(?:{one})(?:,(?:{one}))*$"


# Text without NUL.
_TEXT = r"^[^\x00]+$"
_SLUG = SLUG_PATTERN.removeprefix("^").removesuffix("$")
_LANGUAGE = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_ESCAPED = r"(?:[^,\\\x00]|\\[^\x00])+"
Value = Annotated[str, Field(max_length=MAX_VALUE_LENGTH), AfterValidator(_storable)]
Slugs = Annotated[list[Annotated[Value, _form(_comma_list(_SLUG, "-?"))]], Field(max_length=MAX_VALUES)]
Languages = Annotated[list[Annotated[Value, _form(_comma_list(_LANGUAGE, "-?"))]], Field(max_length=MAX_VALUES)]
Names = Annotated[list[Annotated[Value, _form(_comma_list(_ESCAPED, "-?"))]], Field(max_length=MAX_VALUES)]
Years = Annotated[
    list[Annotated[Value, AfterValidator(_years), _form(_comma_list(_YEAR, "-?"))]], Field(max_length=MAX_VALUES)
]
Roles = Annotated[
    list[Annotated[Value, AfterValidator(_roles), _form(_comma_list("|".join(Role), "-?"))]],
    Field(max_length=MAX_VALUES),
]
DateText = Annotated[
    str,
    AfterValidator(_partial_date),
    Field(max_length=10),
    WithJsonSchema(
        {"type": "string", "maxLength": 10, "pattern": f"^{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"}
    ),
]


WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
# A validator before the bounds would hide them from the schema.
RevisionNumber = Annotated[int, Field(ge=1, le=2**31 - 1), BeforeValidator(_whole_number)]
SortText = Annotated[str, Field(max_length=100)]


def _named(description: str, example: str) -> Any:
    return Path(
        min_length=1, max_length=SLUG_MAX_LENGTH, pattern=SLUG_PATTERN, description=description, examples=[example]
    )


_GRAMMAR = (
    "Commas mean either, repeating the parameter means both, a leading minus means not; a backslash takes a comma or "
    "a minus as part of a value."
)
_SLUG_GRAMMAR = "Commas mean either, repeating the parameter means both, a leading minus means not."
_REPEATABLE = frozenset(
    {"topic", "speaker", "asked_by", "answered_by", "role", "interview", "language", "publisher", "series", "year"}
)


QuestionId = Annotated[str, _named("Stable id of a question.", "gky5nhbt0gvp-q1")]
AnswerId = Annotated[str, _named("Stable id of an answer.", "gky5nhbt0gvp-a1")]
InterviewName = Annotated[str, _named("Slug or id of an interview.", "worldnewsam-3712")]
SpeakerName = Annotated[str, _named("Slug of a speaker.", "worldnewsam-3712-interviewee")]
Sha256 = Annotated[
    str,
    Path(
        min_length=64,
        max_length=64,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of a source file, in lower-case hexadecimal digits.",
        examples=["84fc5ac57a04376ca06a80d4f0bf23af86b9941cf7f0cb35f787d5c9fd9636f9"],
    ),
]
TopicName = Annotated[str, _named("Slug of a topic.", "interfaith-dialogue")]


_FORMAT = "The representation; it wins over the Accept header."


class TopicScope(StrEnum):
    """How far a topic reaches."""

    NARROWER = "narrower"
    EXACT = "exact"


class TopicStates(StrEnum):
    """Which topics on a question count."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"

    @property
    def states(self) -> tuple[TopicState, ...]:
        """The states that count. What was rejected never does."""
        confirmed = (TopicState.CONFIRMED,)
        return confirmed if self is TopicStates.CONFIRMED else (*confirmed, TopicState.PROPOSED)


def _topic_state(does: str) -> Any:
    return Field(
        default=TopicStates.CONFIRMED,
        description=f"`confirmed` {does} topics that an editor or a reviewer has agreed to, `proposed` also those that "
        "are only suggested; each says which it is, and why.",
        examples=[TopicStates.PROPOSED],
    )


class NoParameters(BaseModel):
    """What an address without parameters takes: none, so that a misspelled one is told."""

    model_config = ConfigDict(extra="forbid")


class Sparse(NoParameters):
    """What of an item is shown."""

    fields: Annotated[Value, _form(_comma_list(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*"))] | None = Field(
        default=None,
        description="Show these fields of each item and leave the others out: names with commas between them, and "
        "dots for what is inside, such as `id,answers.text`. The answer then is `application/vnd.quoth.sparse+json`.",
    )


def _revision(shows: str) -> Any:
    return Field(default=None, description=f"{shows} this revision, from 1; without it, as it is now.", examples=[1])


class OfSource(NoParameters):
    """Which source file of an interview."""

    revision: RevisionNumber | None = _revision("The file of")


class OfRecord(Sparse):
    """Which revision of an interview or its record, and how it is represented."""

    revision: RevisionNumber | None = _revision("The whole interview as it was in")

    format: InterviewFormatName | None = Field(
        default=None,
        description=f"{_FORMAT} All but JSON are the whole record; `vtt` is there where the source has times.",
        examples=[JSON.name],
    )


TurnId = Annotated[str, Field(max_length=SLUG_MAX_LENGTH, pattern=SLUG_PATTERN)]
RangeStart = Annotated[int, Field(ge=0, le=_MAX_OFFSET), BeforeValidator(_whole_number)]
RangeEnd = Annotated[int, Field(ge=1, le=_MAX_OFFSET), BeforeValidator(_whole_number)]
_IN_ITEM = "in code points of the item's `text`, or of the turn's where `turn` names one"
_IN_TURN = "in code points of the `text` of the turn that `turn` names"


class OfPassage(Sparse):
    """Which characters of an item are cited, and how the citation is represented."""

    revision: RevisionNumber | None = _revision("Cite")
    format: CitationFormatName | None = Field(
        default=None,
        description=f"{_FORMAT} All but JSON are one reference: CSL-JSON, BibTeX, RIS or a sentence.",
        examples=[JSON.name],
    )
    turn: TurnId | None = Field(default=None, description="Cite this turn of the item, or a range of it.")
    start: RangeStart | None = Field(
        default=None, description=f"Where the cited range begins, {_IN_ITEM}; 0 without it.", examples=[10]
    )
    end: RangeEnd | None = Field(
        default=None,
        description=f"Where the cited range ends, {_IN_ITEM}; without it, where the text does.",
        examples=[40],
    )


class OfInterviewPassage(OfPassage):
    """The same for an interview, where ranges count within a turn."""

    turn: TurnId | None = Field(
        default=None, description="Cite this turn of the interview, or a range of it.", examples=["gky5nhbt0gvp-t2"]
    )
    start: RangeStart | None = Field(
        default=None, description=f"Where the cited range begins, {_IN_TURN}; 0 without it."
    )
    end: RangeEnd | None = Field(
        default=None, description=f"Where the cited range ends, {_IN_TURN}; without it, where the text does."
    )


class InContext(Sparse):
    """How an item by itself is shown."""

    revision: RevisionNumber | None = _revision("The item as it was in")
    context: WholeNumber = Field(
        default=0,
        ge=0,
        le=MAX_CONTEXT,
        description="Turns of the record to show before and after the item, in `context`.",
        examples=[2],
    )
    topic_state: TopicStates = _topic_state("shows")


class OfComparison(NoParameters):
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


class PageParameters(Sparse):
    """Which page of a list, in which order and representation."""

    sort: SortText
    format: ListFormatName | None = Field(
        default=None,
        description=f"{_FORMAT} CSV and NDJSON are the whole list unless `limit`, `cursor` or `page` asks for a page; "
        "a column of CSV is named by the path of its value, such as `interview.title`.",
        examples=[JSON.name],
    )
    limit: WholeNumber = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Items on a page.")
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_LENGTH), _form("^[A-Za-z0-9_-]+$")] | None = Field(
        default=None, description="Where the page begins: opaque, from the links of another page of the same list."
    )
    # The bounds stand before the validator: after it they would be checked and not described.
    page: Annotated[int, Field(ge=1, le=DEEPEST_NUMBERED), BeforeValidator(_whole_number)] | None = Field(
        default=None,
        description=f"Number of the page, from 1, as far as {DEEPEST_NUMBERED:,} items; a cursor goes to any depth. "
        "One of the two.",
        examples=[1],
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.cursor is not None and self.page is not None:
            raise ParameterError("page", "A page is found by `cursor` or by `page`; give one of them.")
        return self


class ChangesParameters(NoParameters):
    """Where in the change feed to go on, and how much is told."""

    limit: WholeNumber = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Changes on a page, at most.")
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_LENGTH), _form("^[A-Za-z0-9_-]+$")] | None = Field(
        default=None, description="Where to go on: opaque, from `page.next`. Without it, the feed begins at its start."
    )
    data: Annotated[bool, BeforeValidator(_true_or_false)] = Field(
        default=False, description="Also tell what another Quoth has to store of each item, in `data`."
    )


class ByInterview(NoParameters):
    """Which interviews."""

    interview: Slugs = Field(default=[], description=f"Interview slugs. {_SLUG_GRAMMAR}", examples=["worldnewsam-3712"])


class InterviewFilters(PageParameters):
    """What is known of an interview as a whole, and the roles of those who take part."""

    language: Languages = Field(
        default=[], description=f"Languages, BCP 47 tags as stored. {_GRAMMAR}", examples=["en"]
    )
    publisher: Names = Field(default=[], description=f"Publishers. {_GRAMMAR}", examples=["worldnewsam.com"])
    series: Names = Field(default=[], description=f"Series. {_GRAMMAR}")
    year: Years = Field(default=[], description=f"Years of publication. {_SLUG_GRAMMAR}", examples=["2023"])
    published_from: DateText | None = Field(
        default=None,
        description="Published in or after this year, month or day. A date that is known in part is a range and is "
        "met where the ranges share a day; an unknown date is never met.",
        examples=["2023"],
    )
    published_to: DateText | None = Field(
        default=None, description="Published in or before this year, month or day.", examples=["2023-12-31"]
    )
    role: Roles = Field(
        default=[],
        description=f"Role ({', '.join(Role)}) that somebody who asks or answers has in the interview. {_SLUG_GRAMMAR}",
        examples=["interviewee"],
    )

    def filters(self, **within: Clauses) -> Filters:
        """Read the grammar of every parameter; `within` adds clauses that the address states.

        Raises:
            ParameterError: a parameter does not follow it.
        """
        read: dict[str, Any] = {
            name: clauses(name, value)
            for name in Filters.__dataclass_fields__
            if isinstance(value := getattr(self, name, None), list)
        }
        for name in ("published_from", "published_to"):
            value = getattr(self, name)
            read[name] = None if value is None else PartialDate.parse(value)
        for name, stated in within.items():
            read[name] = (*read.get(name, ()), *stated)
        return Filters(**read)


class Faceted(InterviewFilters):
    """What narrows lists of questions, of answers and of interviews, and what they are counted by."""

    topic: Slugs = Field(
        default=[],
        description=f"Topic slugs; topics below them are included. {_SLUG_GRAMMAR}",
        examples=["interfaith-dialogue"],
    )
    topic_scope: TopicScope = Field(
        default=TopicScope.NARROWER,
        description="`narrower` includes the topics below those asked for, `exact` does not.",
        examples=[TopicScope.EXACT],
    )
    topic_state: TopicStates = _topic_state("finds, counts and shows")
    speaker: Slugs = Field(
        default=[],
        description=f"Speaker slugs: who asks or answers. {_SLUG_GRAMMAR}",
        examples=["worldnewsam-3712-interviewee"],
    )
    asked_by: Slugs = Field(
        default=[], description=f"Speaker slugs: who asks. {_SLUG_GRAMMAR}", examples=["worldnewsam-3712-interviewer"]
    )
    answered_by: Slugs = Field(
        default=[],
        description=f"Speaker slugs: who answers. {_SLUG_GRAMMAR}",
        examples=["worldnewsam-3712-interviewee"],
    )
    answered: Annotated[bool, BeforeValidator(_true_or_false)] | None = Field(
        default=None, description="Whether the question has an answer.", examples=[True]
    )
    q: Annotated[Value, AfterValidator(_words), _form(_TEXT)] | None = Field(
        default=None,
        description='Words that all stand in the question or its answers; "phrases", beginnings*, -without and one '
        "OR another as in a search. Case, accents, typography, look-alike letters and the endings of English words do "
        "not matter.",
        examples=["congress"],
    )
    facets: Annotated[str, Field(max_length=100), _form(_comma_list("|".join(FacetName)))] | None = Field(
        default=None,
        description=f"Count the whole list by these, with commas between them: {', '.join(FacetName)}. Each count is "
        "the total of the list once its value is added.",
        examples=["topic,speaker"],
    )

    def filters(self, **within: Clauses) -> Filters:
        """Read the grammar of every parameter; `within` adds clauses that the address states.

        Raises:
            ParameterError: a parameter does not follow it.
        """
        return replace(
            super().filters(**within),
            topic_is_exact=self.topic_scope is TopicScope.EXACT,
            topic_states=self.topic_state.states,
            answered=self.answered,
            q=self.q,
        )

    def facet_names(self) -> list[FacetName]:
        """Read which facets are asked for.

        Raises:
            ParameterError: one of them is not known.
        """
        names = [] if self.facets is None else self.facets.split(",")
        for name in names:
            if name not in set(FacetName):
                raise ParameterError(
                    "facets",
                    f"Nothing can be counted by {name[:80]!r}. Count by {', '.join(FacetName)}.",
                    nearest(name, FacetName, limit=1),
                )
        return [FacetName(name) for name in names]


_BY_INTERVIEW = (
    "`published`, `title` or `modified` (when it was last stored); a minus sorts downwards; several with commas "
    "between them. Interviews without a date come last both ways."
)
_BY_QUESTION = (
    "`published`, `title`, `position` (in the interview) or, with `q`, `relevance` (the best first); a minus sorts "
    "downwards; several with commas between them. Interviews without a date come last both ways. Questions of an "
    "interview keep their order."
)


def _sort(names: Iterable[str]) -> Any:
    return _form(_comma_list("|".join(f"-?{name}" for name in names)))


ByInterviewText = Annotated[SortText, _sort(interviews.SORTABLE)]
ByQuestionText = Annotated[SortText, _sort([*questions.SORTABLE, RELEVANCE])]


class InterviewParameters(Faceted, ByInterview):
    """Parameters of the list of interviews."""

    format: InterviewListFormatName | None = Field(  # type: ignore[assignment]  # of this list there are feeds too
        default=None,
        description=f"{_FORMAT} CSV and NDJSON are the whole list unless `limit`, `cursor` or `page` asks for a page. "
        "Feeds come in pages, the latest change first unless `sort` says otherwise.",
        examples=[JSON.name],
    )
    sort: ByInterviewText = Field(default="-published", description=_BY_INTERVIEW, examples=["-published"])


class QuestionParameters(Faceted, ByInterview):
    """Parameters of lists of questions and answers."""

    sort: ByQuestionText = Field(default="-published", description=_BY_QUESTION, examples=["-published"])


class WithinInterviewParameters(Faceted):
    """Parameters of lists within one interview."""

    sort: ByQuestionText = Field(default="position", description=_BY_QUESTION, examples=["position"])


class SpeakerParameters(InterviewFilters, ByInterview):
    """Parameters of the list of speakers: who takes part in an interview that meets the filters."""

    sort: Annotated[SortText, _sort(speakers.SORTABLE)] = Field(
        default="slug", description="`slug`; a minus sorts downwards.", examples=["slug"]
    )


class TopicParameters(PageParameters):
    """Parameters of the list of topics."""

    sort: Annotated[SortText, _sort(topics.SORTABLE)] = Field(
        default="label", description="`label` or `slug`; a minus sorts downwards.", examples=["label"]
    )


def _relevance(value: str) -> str:
    if value != RELEVANCE:
        raise ValueError(f"this list is sorted by {RELEVANCE}, the best first, and by nothing else")
    return value


ByRelevanceText = Annotated[SortText, AfterValidator(_relevance), _form(f"^{RELEVANCE}$")]
_BY_RELEVANCE = "`relevance`: the best first."


class RankedParameters(PageParameters):
    """Parameters of lists that are ranked and not filtered."""

    sort: ByRelevanceText = Field(default=RELEVANCE, description=_BY_RELEVANCE, examples=[RELEVANCE])


def _latest(value: str) -> str:
    if value != "-revision":
        raise ValueError("this list is sorted by -revision, the newest first, and by nothing else")
    return value


class RevisionParameters(PageParameters):
    """Parameters of lists of revisions."""

    sort: Annotated[SortText, AfterValidator(_latest), _form("^-revision$")] = Field(
        default="-revision", description="`-revision`: the newest first.", examples=["-revision"]
    )


class SearchParameters(Faceted, ByInterview):
    """Parameters of the search: its query, and the filters of lists."""

    sort: ByRelevanceText = Field(default=RELEVANCE, description=_BY_RELEVANCE, examples=[RELEVANCE])
    q: Annotated[Value, _form(r"^[^\x00]*$")] = Field(
        description='What to search for: words, "phrases", beginnings*, -without and one OR another. Any text is a '
        "query; an operator out of place is taken as a word. Case, accents, typography and look-alike letters do not "
        "matter, nor do the endings of English words.",
        examples=["congress"],
    )
    mode: Mode = Field(
        default=Mode.SEARCH,
        description="`search` finds what has all words, and, where hardly anything does, what has some of them; `ask` "
        "takes a question in natural language and finds what has any of its telling words.",
        examples=[Mode.SEARCH],
    )

    def filters(self, **within: Clauses) -> Filters:
        """Read the grammar of every parameter; the query is no filter here.

        Raises:
            ParameterError: a parameter does not follow it.
        """
        return replace(super().filters(**within), q=None)


SpeakerSlug = Annotated[str, Field(max_length=SLUG_MAX_LENGTH, pattern=SLUG_PATTERN)]


class CompareParameters(NoParameters):
    """Parameters of a comparison of speakers."""

    topic: SpeakerSlug = Field(
        description="Slug of a topic; topics below it are included.", examples=["interfaith-dialogue"]
    )
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

    text: Annotated[str, AfterValidator(_storable), AfterValidator(_quotation), _form(_TEXT)] = Field(
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
    interview: SpeakerSlug | None = Field(
        default=None, description="Slug of the interview that it is from.", examples=["worldnewsam-3712"]
    )
    topic: SpeakerSlug | None = Field(
        default=None,
        description="Slug of a topic that the question has to have; topics below it are included.",
        examples=["interfaith-dialogue"],
    )


async def single_keys(request: Request) -> None:
    """Refuse a key that stands twice in the body: which of the two is meant would be a guess."""

    def told_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for name, count in Counter(name for name, _value in pairs).items():
            if count > 1:
                raise ParameterError(name[:120], "This key can stand only once.")
        return dict(pairs)

    try:
        # What is no JSON is told of where the body is read.
        with suppress(ValueError):
            json.loads(await request.body(), object_pairs_hook=told_once)
    except RecursionError as error:
        raise ParameterError("body", "The body is nested too deeply.") from error


async def single_values(request: Request) -> None:
    """Refuse a parameter that stands twice and means one thing: which of the two would be a guess."""
    times = Counter(name for name, _value in request.query_params.multi_items())
    for name, count in times.items():
        if name not in _REPEATABLE and count > 1:
            raise ParameterError(name[:120], "This parameter can stand only once.")
