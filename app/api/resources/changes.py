"""/v1/changes: the change feed, for mirrors, indexes and caches of others."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.lists import ChangesParameters
from app.api.routers import resource_router
from app.api.schemas.changes import ChangePage
from app.models import ChangeAction
from app.queries.changes import list_changes as find_changes
from app.queries.embedding import Item

router = resource_router("/v1/changes", "changes", ReadingRoute)
# A client of the feed asks for what is new, and an unchanged page costs a 304.
_ASK_EVERY_TIME = "public, no-cache"


@router.get("", response_model=ChangePage, summary="List changes since a cursor")
def list_changes(
    request: Request, response: Response, database: Open, parameters: Annotated[ChangesParameters, Query()]
) -> Any:
    """List what was created, changed and taken out, in the order in which it was done.

    Each item is listed once, with its newest change: one that changes again moves to the end. Follow `page.next` until
    a page is empty, keep that address, and ask it again for what has changed since. What was taken out stays listed
    as deleted.
    """
    with database.read() as connection:
        found = find_changes(connection, parameters.cursor, parameters.limit, with_data=parameters.data)
    base = request.app.state.settings.public_url
    kept = {name: value for name, value in request.query_params.items() if name != "cursor"}
    following = f"{base}{request.url.path}?{urlencode({**kept, 'cursor': found.next})}"
    response.headers["Link"] = f'<{following}>; rel="next"'
    response.headers["Cache-Control"] = _ASK_EVERY_TIME
    about = {"limit": parameters.limit, "next": following, "is_whole": found.is_whole, "revision": found.revision}
    items = [{**item, "address": _address(base, item)} for item in found.items]
    return ChangePage.model_validate({"items": items, "page": about})


def _address(base: str, item: Item) -> str | None:
    if item["action"] is ChangeAction.DELETED:
        return None
    return f"{base}/v1/{item['noun']}s/{item['slug'] or item['id']}"
