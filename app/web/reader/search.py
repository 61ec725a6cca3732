"""/search: everything that was said, the best first, with what is found marked, and facets as links."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.lists import SearchParameters
from app.api.parameters.single import single_values
from app.api.schemas.search import SearchPage
from app.queries import hits
from app.queries.filters.grammar import Text
from app.queries.hit_items import HitKind
from app.queries.meaning import ranked_by_meaning
from app.quotes import MAX_QUOTATION_LENGTH
from app.web.lists import ListPage, shown_list
from app.web.said import in_short
from app.web.site import Site, page
from app.web.sites import about

PATH = "/search"
_FACETS = ("topic", "speaker", "year", "series", "publisher", "language")
# Parameters that say what is searched for and how, and are no filters.
_OF_QUERY = ("q", "mode", "as_written")
# What a new query in the form begins without.
_NOT_KEPT = frozenset({*_OF_QUERY, "cursor", "page"})

router = APIRouter(route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)])


class SearchPageParameters(SearchParameters):
    """The parameters of the search; without a query, the page is one to search from."""

    q: Text = Field(default="")


@router.get(PATH)
def show_search(request: Request, database: Open, asked: Annotated[SearchPageParameters, Query()]) -> Response:
    """Show what is found, with the passages that have it."""
    site: Site = request.app.state.site
    title = site.texts("search-title").unescape()
    if not asked.q.strip():
        head = about.collection(site, title, title, PATH)
        return page(request, "search.html", about=head, q="", list=None, filters=[])
    with ListPage(request, database, asked, SearchPage, _FACETS) as listed:
        found = hits.search(listed.connection, asked.q, asked.mode, asked.filters(), as_written=asked.as_written)
        model = request.app.state.meaning
        if model is not None:
            found = ranked_by_meaning(listed.connection, model, asked.q, found)
        read = listed.read(found)
    quotation = read.extra["quotation"]
    return page(
        request,
        "search.html",
        about=about.searched(site.texts("search-results-title", query=asked.q).unescape(), title),
        q=asked.q,
        filters=[pair for pair in request.query_params.multi_items() if pair[0] not in _NOT_KEPT],
        list=shown_list(request, read, kept=_OF_QUERY),
        hits=[_shown(one) for one in read.items],
        matched=read.extra["matched"].value,
        meant=_meant(request, read.extra["did_you_mean"]),
        named=read.extra["named"],
        verify=f"/quotes?{urlencode({'q': quotation})}"
        if quotation and len(quotation) <= MAX_QUOTATION_LENGTH
        else None,
    )


def _shown(hit: dict[str, Any]) -> dict[str, Any]:
    """Add to a hit what it is called, and where its page and the places of its snippets are."""
    is_question = hit["kind"] is HitKind.QUESTION
    interview = hit["interview"]
    name = (
        in_short(hit["question"]["text"], interview["language"], hit["question"]["text_format"])
        if is_question
        else None
    )
    path = f"/questions/{hit['id']}" if is_question else f"/interviews/{interview['slug']}?turn={hit['id']}#passage"
    snippets = [{**one, "path": _place(hit, one), "speaker": _speaker(hit, one)} for one in hit["snippets"]]
    return {"name": name, "path": path, "interview": interview, "snippets": snippets, "question": hit["question"]}


def _place(hit: dict[str, Any], snippet: dict[str, Any]) -> str:
    """Return the page of a snippet, where its first match is marked."""
    found = next(iter(snippet["highlights"]), snippet)
    range_ = urlencode({"turn": snippet["turn_id"], "start": found["start"], "end": found["end"]})
    if hit["kind"] is HitKind.TURN:
        return f"/interviews/{hit['interview']['slug']}?{range_}#passage"
    noun, name = ("answers", snippet["answer_id"]) if snippet["answer_id"] else ("questions", hit["id"])
    return f"/{noun}/{name}?{range_}#passage"


def _speaker(hit: dict[str, Any], snippet: dict[str, Any]) -> Any:
    """Return who says a snippet; None where nobody is known."""
    if hit["kind"] is HitKind.TURN:
        return hit["turn"]["speaker"]
    if snippet["answer_id"] is None:
        return hit["question"]["asked_by"]
    return next((one["speaker"] for one in hit["question"]["answers"] if one["id"] == snippet["answer_id"]), None)


def _meant(request: Request, meant: dict[str, Any] | None) -> dict[str, Any] | None:
    """Say what was searched for in place of the query, or what may be meant by it."""
    if meant is None:
        return None
    is_replaced = any(word["replaced"] for word in meant["words"])
    given = [(name, value) for name, value in request.query_params.multi_items() if name not in {"cursor", "page"}]
    if is_replaced:
        return {"replaced": meant["query"], "path": f"{PATH}?{urlencode([*given, ('as_written', 'true')])}"}
    other = [(name, value) for name, value in given if name != "q"]
    return {"replaced": None, "query": meant["query"], "path": f"{PATH}?{urlencode([('q', meant['query']), *other])}"}
