"""Lists, feeds and interviews in other formats than JSON. CSV and NDJSON are the whole list, streamed out of one read
transaction, unless a page is asked for; everything else is answered whole.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import Request, Response
from pydantic import BaseModel

from app.api.database import Open
from app.api.fields import Included, columns_of
from app.api.http.streaming import stream
from app.api.observability.request_context import request_context
from app.errors import ParameterError
from app.exports.format import Feed, FeedFormat, InterviewDocument, InterviewFormat, ListFormat
from app.queries.embedding import Item
from app.queries.paging import Listing, Page, Ranked, walk

PAGED_BY = ("limit", "cursor", "page")
# Pieces of about this many characters are sent: small enough for memory, large enough to be worth a system call.
_PIECE = 32_768
_BEFORE_ANY = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def asks_for_page(request: Request) -> bool:
    """Whether a request says which part of the list it wants."""
    return any(name in request.query_params for name in PAGED_BY)


def refuse(known_name: str, **parameters: Any) -> None:
    """Refuse parameters that a format has no place for, rather than answer as if they had not been there.

    Raises:
        ParameterError: one of them is given.
    """
    for name, value in parameters.items():
        if value is not None:
            raise ParameterError(name, f"`{name}` has no place in {known_name}; leave it out, or ask for JSON.")


def export_whole_list(
    request: Request,
    database: Open,
    known: ListFormat,
    listing: Callable[[sa.Connection], Listing | Ranked],
    shape: type[BaseModel],
    included: Included | None,
) -> Response:
    """Stream every item of a list."""

    def pieces(connection: sa.Connection) -> Iterator[str]:
        items = walk(connection, listing(connection))
        return _pieces(_rendered(known, items, shape, included))

    return stream(request, database, pieces, media_type=known.content_type, headers=_attachment(request, known))


def export_page(
    request: Request, known: ListFormat, page: Page, shape: type[BaseModel], included: Included | None
) -> Response:
    """Write one page of a list."""
    body = "".join(_rendered(known, page.items, shape, included))
    return Response(body, media_type=known.content_type, headers=_attachment(request, known))


def export_feed(request: Request, known: FeedFormat, page: Page, scope: str, about: Mapping[str, Any]) -> Response:
    """Write one page of a feed; `about` is what its JSON would have as `page`."""
    base = request.app.state.settings.public_url
    query = f"?{request.url.query}" if request.url.query else ""
    own = {"self": f"{base}{request.url.path}{query}", "next": about["next"], "previous": about["previous"]}
    if "format" not in request.query_params:
        # Who follows a link of a feed wants a feed, whatever they accept.
        stated = f"format={known.name}"
        own = {relation: to and f"{to}{'&' if '?' in to else '?'}{stated}" for relation, to in own.items()}
    corpus = request_context(request.scope).corpus
    # A feed has to say when it last changed: one without entries may have lost its last one at any revision.
    at_the_latest = corpus.made_at if corpus else _BEFORE_ANY
    feed = Feed(
        items=page.items,
        scope=scope,
        updated=max((item["modified_at"] for item in page.items), default=at_the_latest),
        links={relation: address for relation, address in own.items() if address},
        base=base,
    )
    return Response(known.render(feed), media_type=known.content_type)


def export_interview(known: InterviewFormat, interview: Item, record: Item, base: str) -> Response:
    """Write one interview.

    Raises:
        NoTimesError: the format needs times, and there are none.
    """
    body = known.render(InterviewDocument(interview, record, base))
    name = f"{interview['slug']}{known.suffix}"
    return Response(body, media_type=known.content_type, headers={"Content-Disposition": f'inline; filename="{name}"'})


def _rendered(
    known: ListFormat, items: Iterable[Item], shape: type[BaseModel], included: Included | None
) -> Iterator[str]:
    return known.render(items, columns_of(shape, included))


def _pieces(written: Iterator[str]) -> Iterator[str]:
    waiting, length = [], 0
    for each in written:
        waiting.append(each)
        length += len(each)
        if length >= _PIECE:
            yield "".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield "".join(waiting)


def _attachment(request: Request, known: ListFormat) -> dict[str, str]:
    """Name the file after the list: slugs and the words of paths need no quoting in a header."""
    last = request.url.path.rpartition("/")[2]
    name = "-".join([*request.path_params.values(), last])
    return {"Content-Disposition": f'attachment; filename="{name}{known.suffix}"'}
