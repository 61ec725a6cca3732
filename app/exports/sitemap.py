"""Sitemaps and their index, for search engines (sitemaps.org, protocol 0.9)."""

import datetime
import zlib
from collections.abc import Iterable, Iterator

from app.exports.format import timestamp
from app.exports.xml import DECLARATION, content

# Addresses and bytes before compression that one sitemap has at most, and sitemaps that an index has.
MAX_ADDRESSES, MAX_BYTES, MAX_SITEMAPS = 50_000, 50 * 1024 * 1024, 50_000
# Characters of XML around an address, at most; one of an address is written in five of these at most (`&amp;`).
_AROUND, _LONGEST_CHARACTER = 100, 5
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# A window and a header of gzip (RFC 1952); without a time in it, the same content is the same bytes.
_GZIP = 16 + zlib.MAX_WBITS

# An address, and when what is there last changed, where that is known.
Place = tuple[str, datetime.datetime | None]


def most_addresses(longest: int) -> int:
    """Return how many addresses a sitemap has at most, if none has more than `longest` characters."""
    return max(1, min(MAX_ADDRESSES, MAX_BYTES // (_AROUND + _LONGEST_CHARACTER * longest)))


def sitemap(places: Iterable[Place]) -> Iterator[str]:
    """Yield a sitemap piece by piece."""
    yield from _document("urlset", "url", places)


def index(places: Iterable[Place]) -> str:
    """Write an index of sitemaps."""
    return "".join(_document("sitemapindex", "sitemap", places))


def gzipped(pieces: Iterable[str]) -> Iterator[bytes]:
    """Compress pieces as they come, to a file of gzip."""
    compressor = zlib.compressobj(wbits=_GZIP)
    for piece in pieces:
        if compressed := compressor.compress(piece.encode()):
            yield compressed
    yield compressor.flush()


def _document(name: str, each: str, places: Iterable[Place]) -> Iterator[str]:
    yield f'{DECLARATION}<{name} xmlns="{_NAMESPACE}">\n'
    for address, changed in places:
        lastmod = f"<lastmod>{timestamp(changed)}</lastmod>" if changed else ""
        yield f"<{each}><loc>{content(address)}</loc>{lastmod}</{each}>\n"
    yield f"</{name}>\n"
