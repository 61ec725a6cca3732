"""Lists as pages show them: the same lists as the API's, with facets, filters and neighbours as links."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel

from app.api.database import Open
from app.api.exporting import refuse
from app.api.formats import JSON
from app.api.lists import ListRequest, ReadPage
from app.api.parameters.lists import PageParameters
from app.queries.facets import FacetName
from app.web.site import Site

# Parameters that say which page is shown, and in which order; all others narrow the list.
_OF_PLACE = frozenset({"cursor", "page"})
_NOT_FILTERS = frozenset({*_OF_PLACE, "limit", "sort", "topic_scope", "topic_state"})
# Values of a facet that are shown at first, and in all.
SHOWN_VALUES, MOST_VALUES = 8, 60


class ListPage(ListRequest):
    """A request for a page that shows a list; it is used as ListRequest is, but for `read` in place of `answer`.

    Raises:
        ParameterError: a parameter has no place in a page, such as `fields`.
        OverloadedError, CursorError: as in ListRequest.
    """

    def __init__(
        self,
        request: Request,
        database: Open,
        parameters: PageParameters,
        shape: type[BaseModel],
        facets: Sequence[str] = (),
    ) -> None:
        refuse(
            "a page",
            **{
                name: getattr(parameters, name, None)
                for name in ("include", "fields", "format", "csv_guard", "facets")
                if name in request.query_params
            },
        )
        super().__init__(request, database, parameters.model_copy(update={"format": JSON.name}), shape)
        self._facet_names = [FacetName(name) for name in facets]


class Choice(NamedTuple):
    """A link that changes what a list shows: to add or take away a value of a filter, or to sort otherwise.

    `rows` is how many there would be, of which `is_exact` says whether it is all.
    """

    label: str
    address: str
    rows: int | None = None
    is_exact: bool = True
    is_chosen: bool = False


class Shown(NamedTuple):
    """What a template needs of a list."""

    items: Sequence[Any]
    total: tuple[int, bool]
    previous: str | None
    next: str | None
    # By the name of the filter, those that would narrow the list further.
    facets: dict[str, list[Choice]]
    # Filters in force, each with the link that takes it away.
    filters: list[tuple[str, Choice]]
    sorts: list[tuple[str, Choice]]
    is_bounded: bool
    everything: str


def shown_list(
    request: Request,
    read: ReadPage,
    *,
    sorts: Iterable[str] = (),
    sort: Sequence[str] = (),
    kept: Collection[str] = (),
) -> Shown:
    """Arrange a page of a list for its template. `sorts` are offered, and `sort` is the one in force.

    `kept` are parameters that say what the list is of, such as a query, and are no filters that can be taken away.
    """
    site: Site = request.app.state.site
    given = [pair for pair in request.query_params.multi_items() if pair[0] not in _OF_PLACE]

    def link(pairs: Sequence[tuple[str, str]]) -> str:
        return f"{site.root}{request.url.path}{'?' if pairs else ''}{urlencode(pairs)}"

    facets = {}
    for name, values in (read.facets or {}).items():
        if name != "cut" and values:
            facets[name] = [
                Choice(one["label"], link([*given, (name, one["value"])]), one["count"], one["count_is_exact"])
                for one in values[:MOST_VALUES]
                # What all have in common, or what is chosen already, narrows nothing.
                if (name, one["value"]) not in given
                and not (one["count"] == read.about["total"] and one["count_is_exact"])
            ]
    labels = {
        (name, one["value"]): one["label"]
        for name, values in (read.facets or {}).items()
        if name != "cut"
        for one in values or ()
    }
    filters = [
        (name, Choice(labels.get((name, value), value), link([pair for pair in given if pair != (name, value)])))
        for name, value in given
        if name not in _NOT_FILTERS and name not in kept
    ]
    others = [pair for pair in given if pair[0] != "sort"]
    ordered = [(one, Choice(one, link([*others, ("sort", one)]), is_chosen=[one] == list(sort))) for one in sorts]
    total = read.about["total"], read.about["total_is_exact"]
    previous, following = (read.about[name] and site.here(read.about[name]) for name in ("previous", "next"))
    return Shown(
        read.items,
        total,
        previous,
        following,
        {name: choices for name, choices in facets.items() if choices},
        filters,
        ordered,
        read.about["is_bounded"],
        link([pair for pair in given if pair[0] in {"limit", "sort", *kept}]),
    )
