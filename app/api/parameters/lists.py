"""Parameters of lists: pages, sorts, formats, facets, and the filters of each list, which follow from FILTERS."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import AfterValidator, Field, create_model, model_validator

from app.api.formats import JSON, FeedListFormatName, ListFormatName
from app.api.parameters.items import FORMAT, FieldsParameters, NoParameters
from app.api.parameters.values import Digits, Names, WholeNumber, described_as_some_of
from app.errors import ParameterError
from app.queries import interviews, questions, speakers, topics
from app.queries.cursor import MAX_CURSOR_LENGTH
from app.queries.facets import FacetName
from app.queries.filters import Clauses, Filters, filters_of
from app.queries.filters.grammar import AnyText, Text, TrueOrFalse, described_as
from app.queries.paging import DEEPEST_NUMBERED, DEFAULT_LIMIT, MAX_LIMIT
from app.queries.query import Mode
from app.queries.sorting import RELEVANCE
from app.text.dates import read_moment
from app.text.folding import nearest
from app.text.names import name_words

_LIST_FORMAT = (
    f"{FORMAT} CSV and NDJSON are the whole list unless `limit`, `cursor` or `page` asks for a page; a column of CSV "
    "is named by the path of its value, such as `interview.title`, and `include` adds to the ten that there are."
)
Cursor = Annotated[str, Field(max_length=MAX_CURSOR_LENGTH), described_as("^[A-Za-z0-9_-]+$")]


class PageParameters(FieldsParameters):
    """Which page of a list, in which order and representation."""

    sort: Names
    format: ListFormatName | None = Field(default=None, description=_LIST_FORMAT, examples=[JSON.name])
    csv_guard: TrueOrFalse | None = Field(
        default=None,
        description="Of CSV: `false` writes cells that a spreadsheet would evaluate as a formula as they are, where "
        "they are read by a program; otherwise an apostrophe stands before them.",
    )
    limit: WholeNumber = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Items on a page.")
    cursor: Cursor | None = Field(
        default=None, description="Where the page begins: opaque, from the links of another page of the same list."
    )
    page: Annotated[int, Field(ge=1, le=DEEPEST_NUMBERED), Digits] | None = Field(
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
    """Where the change feed is read from, and how much of each change is shown."""

    limit: WholeNumber = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Changes on a page, at most.")
    cursor: Cursor | None = Field(
        default=None, description="Where to go on: opaque, from `page.next`. Without it, the feed begins at its start."
    )
    data: TrueOrFalse = Field(
        default=False, description="Also tell what another Quoth has to store of each item, in `data`."
    )


class FilteredParameters(PageParameters):
    """Parameters of a list that can be narrowed."""

    # Set by with_filters().
    list_name: ClassVar[str] = ""

    def filters(self, **stated: Clauses) -> Filters:
        """Read every filter; `stated` adds clauses that the path of the request states.

        Raises:
            ParameterError: a parameter does not follow its grammar.
        """
        values = {
            each.name: each.read(value)
            for each in filters_of(self.list_name)
            if (value := getattr(self, each.name, None)) not in (None, [])
        }
        for name, clauses in stated.items():
            values[name] = (*values.get(name, ()), *clauses)
        return Filters(**values)


class FacetedParameters(FilteredParameters):
    """Parameters of a list that can also be counted by facets."""

    facets: Annotated[Names | None, described_as_some_of(FacetName)] = Field(
        default=None,
        description=f"Count the whole list by these, with commas between them: {', '.join(FacetName)}. Each count is "
        "the total of the list once its value is added.",
    )

    def facet_names(self) -> list[FacetName]:
        """Read which facets are asked for.

        Raises:
            ParameterError: one of them is not known.
        """
        names = [] if self.facets is None else ",".join(self.facets).split(",")
        for name in names:
            if name not in set(FacetName):
                raise ParameterError(
                    "facets",
                    f"Nothing can be counted by {name[:80]!r}. Count by {', '.join(FacetName)}.",
                    nearest(name, FacetName, limit=1),
                )
        return [FacetName(name) for name in names]


class FeedParameters(FacetedParameters):
    """Parameters of a list that is also there as a feed."""

    format: FeedListFormatName | None = Field(  # type: ignore[assignment]  # feeds are formats too
        default=None,
        description=f"{_LIST_FORMAT} Feeds come in pages, the latest change first unless `sort` says otherwise.",
        examples=[JSON.name],
    )


_Parameters = TypeVar("_Parameters", bound=FilteredParameters)


def with_filters(list_name: str, *, without: str = "") -> Callable[[type[_Parameters]], type[_Parameters]]:
    """Add the filters of a list to the model of its parameters, but for one that the path of the request states."""

    def add(model: type[_Parameters]) -> type[_Parameters]:
        fields: dict[str, Any] = {}
        for each in filters_of(list_name):
            if each.name != without:
                field: Any = Field(
                    default=each.grammar.default,
                    description=each.full_description,
                    examples=None if each.example is None else [each.example],
                )
                fields[each.name] = (each.grammar.annotation, field)
        made = create_model(
            model.__name__, __base__=model, __doc__=model.__doc__, __module__=model.__module__, **fields
        )
        made.list_name = list_name
        return made

    return add


_SORT_OF_INTERVIEWS = (
    "`published`, `title` or `modified` (when it was last stored); a minus sorts downwards; several with commas "
    "between them. Interviews without a date come last both ways."
)
_SORT_OF_QUESTIONS = (
    "`published`, `title`, `modified` (when the interview was last stored), `position` (in the interview) or, with "
    "`q`, `relevance` (the best first); a minus sorts downwards; several with commas between them. Interviews without "
    "a date come last both ways. Questions of an interview keep their order."
)


def sort_by(names: Iterable[str]) -> Any:
    """Describe a sort by these names, upwards or downwards."""
    signed = {
        f"{sign}{name}": f"{name}{direction}" for name in names for sign, direction in (("", ""), ("-", "_descending"))
    }
    return described_as_some_of(signed, signed.values(), once=True)


_QuestionSort = Annotated[Names, sort_by([*questions.SORTABLE, RELEVANCE])]


@with_filters("interviews")
class InterviewParameters(FeedParameters):
    """Parameters of the list of interviews."""

    sort: Annotated[Names, sort_by(interviews.SORTABLE)] = Field(
        default=["-published"], description=_SORT_OF_INTERVIEWS
    )


@with_filters("questions")
class QuestionParameters(FeedParameters):
    """Parameters of lists of questions and answers."""

    sort: _QuestionSort = Field(default=["-published"], description=_SORT_OF_QUESTIONS)


@with_filters("questions", without="interview")
class WithinInterviewParameters(FeedParameters):
    """Parameters of lists within one interview."""

    sort: _QuestionSort = Field(default=["position"], description=_SORT_OF_QUESTIONS)


def _name(value: str) -> str:
    if not name_words(value):
        raise ValueError("write at least one word of a name")
    return value


@with_filters("speakers")
class SpeakerParameters(FilteredParameters):
    """Parameters of the list of speakers: who takes part in an interview that meets the filters."""

    q: Annotated[Text, AfterValidator(_name), AnyText] | None = Field(
        default=None,
        description="A name, or words or beginnings of words of one, in any order, its own or an alias: `tokayev`, "
        "`K. Tokayev`. Case, accents, typography and script do not matter; a name near to it is found too.",
        examples=["tokayev"],
    )
    sort: Annotated[Names, sort_by([*speakers.SORTABLE, RELEVANCE])] = Field(
        default=["slug"],
        description="`slug`, `name`, `answers` (how many somebody gave) or, with `q`, `relevance`, the best first, by "
        "which what `q` finds is sorted unless this says otherwise; a minus sorts downwards. Those without a name come "
        "last both ways.",
    )

    @model_validator(mode="after")
    def _best_first(self) -> Self:
        if self.q is not None and "sort" not in self.model_fields_set:
            self.sort = [RELEVANCE]
        return self


class TopicParameters(PageParameters):
    """Parameters of the list of topics."""

    sort: Annotated[Names, sort_by(topics.SORTABLE)] = Field(
        default=["label"], description="`label` or `slug`; a minus sorts downwards."
    )


def _relevance(value: list[str]) -> list[str]:
    if value != [RELEVANCE]:
        raise ValueError(f"this list is sorted by {RELEVANCE}, the best first, and by nothing else")
    return value


_RelevanceSort = Annotated[Names, AfterValidator(_relevance), described_as_some_of([RELEVANCE], once=True)]
_SORT_BY_RELEVANCE = "`relevance`: the best first."


class RankedParameters(PageParameters):
    """Parameters of lists that are ranked and not filtered."""

    sort: _RelevanceSort = Field(default=[RELEVANCE], description=_SORT_BY_RELEVANCE)


def _newest_first(value: list[str]) -> list[str]:
    if value != ["-revision"]:
        raise ValueError("this list is sorted by -revision, the newest first, and by nothing else")
    return value


class RevisionParameters(PageParameters):
    """Parameters of lists of revisions."""

    sort: Annotated[
        Names, AfterValidator(_newest_first), described_as_some_of(["-revision"], ["revision_descending"], once=True)
    ] = Field(default=["-revision"], description="`-revision`: the newest first.")


def _moment(value: str) -> str:
    read_moment(value)
    return value


_Moment = Annotated[
    str,
    Field(max_length=40),
    AfterValidator(_moment),
    described_as(
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
    ),
]


def _some_text(value: str) -> str:
    if not value:
        raise ValueError("write a name, or leave the parameter out")
    return value


_AnyText = Annotated[Text, AfterValidator(_some_text), described_as(r"^[^\x00]+$")]


class AuditParameters(RevisionParameters):
    """Parameters of the trail: whose changes, of which interview, and when."""

    interview: _AnyText | None = Field(
        default=None,
        description="Slug, former slug or id of an interview, also of one that was withdrawn: what changed anything of "
        "it.",
        examples=["worldnewsam-3712"],
    )
    who: _AnyText | None = Field(
        default=None, description="The name of a key, or of who ran a command, as it stands in `who`.", examples=["ida"]
    )
    since: _Moment | None = Field(
        default=None,
        description="From this time on: a day, from midnight UTC, or a time with its zone.",
        examples=["2026-01-31"],
    )
    until: _Moment | None = Field(
        default=None, description="Before this time, written as `since`.", examples=["2999-12-31T06:00:00Z"]
    )


@with_filters("search")
class SearchParameters(FacetedParameters):
    """Parameters of the search: its query, and the filters of lists."""

    sort: _RelevanceSort = Field(default=[RELEVANCE], description=_SORT_BY_RELEVANCE)
    q: Annotated[Text, described_as(r"^[^\x00]*$")] = Field(
        description='What to search for: words, "phrases", beginnings*, -without and one OR another. Any text is a '
        "query; an operator out of place is taken as a word. Case, accents, typography and look-alike letters do not "
        "matter, nor do the endings of English words.",
        examples=["congress"],
    )
    mode: Mode | None = Field(
        default=None,
        description="`search` finds what has all words, and, where hardly anything does, what has some of them; `ask` "
        "takes a question in natural language and finds what has any of its telling words. Without it, a text that "
        "asks is taken as a question: `who said ...` looks for the words in a row first.",
        examples=[Mode.SEARCH],
    )
    as_written: TrueOrFalse = Field(
        default=False,
        description="Search for the words as they are written. Otherwise a word that stands nowhere is replaced by the "
        "nearest ones that do, and `did_you_mean` says so.",
    )
