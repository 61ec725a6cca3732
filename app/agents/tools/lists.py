"""Lists as tools answer them: a page, its total, a cursor to go on, and a remark on an empty one."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.agents.api import Api
from app.agents.arguments import OwnArguments, Schema, parameters_of
from app.agents.shapes import Page
from app.agents.tools.tool import PAGE
from app.api.parameters.lists import PageParameters
from app.api.schemas.lists import PageInfo
from app.errors import EMPTY_CORPUS

# Parameters that say how a list is written, which a tool decides.
_DECIDED = frozenset({"include", "fields", "format", "csv_guard", "page", "facets"})
# Arguments that do not narrow a list.
_NOT_FILTERS = frozenset({"limit", "cursor", "sort", "mode", "as_written", "topic_scope", "topic_state"})


def list_parameters(model: type[PageParameters], *, without: frozenset[str] = frozenset()) -> dict[str, Schema]:
    """Return the parameters of a list that a tool passes on, with a page of its own length."""
    found = dict(parameters_of(model, without=_DECIDED | without))
    found["limit"] = {**found["limit"], "default": PAGE}
    found["cursor"] = {**found["cursor"], "description": "`next_cursor` of the page before, with the same arguments."}
    return found


def listing(
    path: str, shape: type[Page], empty: str = EMPTY_CORPUS
) -> Callable[[Api, OwnArguments, dict[str, Any]], Awaitable[Page]]:
    """Return what answers with a page of a list of the API; `empty` is said of a list that has nothing at all."""

    async def run(api: Api, _own: OwnArguments, query: dict[str, Any]) -> Page:
        answer = await api.get(path, {"limit": PAGE, **query})
        return shape.model_validate({**answer, **page_of(answer, query, empty)})

    return run


def page_of(answer: dict[str, Any], query: dict[str, Any], empty: str) -> dict[str, Any]:
    """Return where a page lies in its list, and what there is to say of an empty one."""
    info = PageInfo.model_validate(answer["page"])
    following = parse_qs(urlsplit(info.next or "").query).get("cursor")
    note = None
    if not answer["items"]:
        filters = sorted(set(query) - _NOT_FILTERS)
        note = _nothing(filters) if filters else empty
        if "cursor" in query:
            note = "There are no more pages."
    return {
        "total": info.total,
        "total_is_exact": info.total_is_exact,
        "next_cursor": following[0] if following else None,
        "note": note,
    }


def _nothing(filters: list[str]) -> str:
    if len(filters) == 1:
        return f"Nothing meets {filters[0]}; try another value, or leave it out."
    return f"Nothing meets all of {', '.join(filters)} together; leave one of them out."
