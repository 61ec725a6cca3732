"""For crawlers and browsers: /robots.txt, the icon, and /sitemap.xml, which lists sitemaps of all pages, gzipped.

Addresses in them have to be absolute. Without QUOTH_PUBLIC_URL they begin with the address that the server listens on.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import sqlalchemy as sa
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.api.database import Open
from app.api.documentation.explorer import server_of
from app.api.http.read_limiter import ReadingRoute
from app.api.http.streaming import stream
from app.exports.sitemap import MAX_SITEMAPS, Place, gzipped, index, most_addresses, sitemap
from app.queries.site_pages import Block, find_blocks, read_block
from app.text.folding import SLUG_MAX_LENGTH
from app.web.site import Site

SITEMAP = "/sitemap.xml"
# Pages that are of no noun.
_OTHER_PAGES = ("/", "/interviews", "/speakers", "/topics", "/quotes")
# Characters of a path in a sitemap, at most: a noun and a slug, which may have a number behind it.
_LONGEST_PATH = SLUG_MAX_LENGTH + 40
_NAME = re.compile(r"([a-z]+)-([1-9][0-9]{0,8})", re.ASCII)
_ROBOTS = """\
User-agent: *
# What has a query is another view of what has an address of its own.
Disallow: /*?
Disallow: /v1/
Disallow: /desk
Allow: /oembed?

Sitemap: {base}{sitemap}
"""
_PIECE_BYTES = 32_768

router = APIRouter(route_class=ReadingRoute, include_in_schema=False)


@router.get("/robots.txt")
def get_robots_txt(request: Request) -> Response:
    """Say which addresses are worth visiting (RFC 9309)."""
    return Response(_ROBOTS.format(base=server_of(request), sitemap=SITEMAP), media_type="text/plain")


@router.get("/favicon.ico")
def get_favicon(request: Request) -> Response:
    """Lead browsers that show no page, such as a document of the API, to the icon."""
    site: Site = request.app.state.site
    return Response(status_code=308, headers={"Location": site.asset("icon.svg")})


@router.get(SITEMAP)
def get_sitemap_index(request: Request, database: Open) -> Response:
    """List the sitemaps; each has as many addresses as one may have."""
    base = server_of(request)
    with database.read() as connection:
        blocks = _blocks(connection, database, base)
    places: list[Place] = [(f"{base}/sitemaps/pages-1.xml.gz", None)]
    places += [(f"{base}/sitemaps/{one.noun}-{one.number}.xml.gz", one.changed) for one in blocks]
    return Response(index(places[:MAX_SITEMAPS]), media_type="application/xml")


@router.get("/sitemaps/{name}.xml.gz")
def get_sitemap(name: str, request: Request, database: Open) -> Response:
    """Stream one sitemap as it is read."""
    base = server_of(request)
    asked = _NAME.fullmatch(name)
    noun, number = (asked[1], int(asked[2])) if asked else ("", 0)
    headers = {"Content-Disposition": f'inline; filename="{name}.xml.gz"'} if asked else {}
    if (noun, number) == ("pages", 1):
        body = b"".join(gzipped(sitemap((f"{base}{path}", None) for path in _OTHER_PAGES)))
        return Response(body, media_type="application/gzip", headers=headers)
    with ExitStack() as opened:
        connection = opened.enter_context(database.stream())
        blocks = {(one.noun, one.number): one for one in _blocks(connection, database, base)}
        if (noun, number) not in blocks:
            raise HTTPException(404)
        pieces = _pieces(gzipped(sitemap(_places(connection, blocks[noun, number], base))))
        # The transaction is handed on, and closed when the last piece is sent.
        return stream(request, opened.pop_all(), pieces, media_type="application/gzip", headers=headers)


def _blocks(connection: sa.Connection, database: Open, base: str) -> list[Block]:
    size = most_addresses(len(base) + _LONGEST_PATH)
    name = ("blocks of sitemaps", size)
    blocks: list[Block] | None = database.get_cached(name)
    if blocks is None:
        blocks = find_blocks(connection, size)
        database.cache(name, blocks)
    return blocks


def _places(connection: sa.Connection, block: Block, base: str) -> Iterator[Place]:
    for name, changed in read_block(connection, block):
        yield f"{base}/{block.noun}/{name}", changed


def _pieces(compressed: Iterator[bytes]) -> Iterator[bytes]:
    waiting = b""
    for piece in compressed:
        waiting += piece
        if len(waiting) >= _PIECE_BYTES:
            yield waiting
            waiting = b""
    yield waiting
