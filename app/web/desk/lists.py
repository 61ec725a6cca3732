"""Lists of the desk, a page at a time."""

from starlette.responses import Response

from app.api.parameters.items import NoParameters
from app.api.parameters.lists import Cursor
from app.queries.paging import Listing, PageRequest, read_page
from app.web.desk.session import Desk, DoneName

_ON_A_PAGE = 50


class ListParameters(NoParameters):
    """Where the page begins, and what was done before."""

    cursor: Cursor | None = None
    done: DoneName | None = None


def show_list(desk: Desk, name: str, listing: Listing, asked: ListParameters) -> Response:
    """Show a page of a list, in the template of this name."""
    with desk.read() as connection:
        listed = read_page(connection, listing, PageRequest(f"desk {name}", _ON_A_PAGE, asked.cursor))
        items = listing.embed(connection, listed.items)
    return desk.page(f"desk/{name}.html", items=items, listed=listed, done=asked.done)
