"""Content codings: which one a request gets, and bodies put into it, whole or as a stream.

The libraries that compress answers for Starlette leave the entity-tag as it was, so that two codings share a strong
one, and can only compress before they know whether the client has the answer already; so the choosing is done here,
and the compressing by zlib and Zstandard.
"""

import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from app.exports import KINDS

if sys.version_info >= (3, 14):
    from compression.zstd import CompressionParameter, ZstdCompressor
else:
    from backports.zstd import CompressionParameter, ZstdCompressor

# Below this, headers and the work outweigh what is saved: the answer fits into one packet either way.
SMALLEST = 1_000
# Longer bodies are compressed beside the event loop, which others wait for.
LONG = 64 * 1024
# Levels at which a page takes about as long to compress as to render.
_GZIP_LEVEL = 5
_ZSTD_LEVEL = 3
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
# RFC 9659: no client of the coding has to keep a larger window than 8 MB.
_ZSTD_LOG_OF_WINDOW = 21
# Text that the form of its media type does not tell. All formats that are written are text.
_COMPRESSIBLE = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/xml",
        *(each.media_type for kind in KINDS for each in kind),
    }
)


class Compressor(Protocol):
    """Takes a body piece by piece, and gives its coded form piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """Take a piece; what comes back may be empty."""

    def flush(self) -> bytes:
        """End the body."""


def _gzip() -> Compressor:
    return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)


def _zstd() -> Compressor:
    return ZstdCompressor(
        options={
            CompressionParameter.compression_level: _ZSTD_LEVEL,
            CompressionParameter.window_log: _ZSTD_LOG_OF_WINDOW,
        }
    )


@dataclass(frozen=True)
class Coding:
    """A content coding: its registered name and how to compress to it.

    The same pieces always give the same bytes, so that an entity-tag of the plain body and the coding's name stand for
    the coded body.
    """

    name: str
    compressor: Callable[[], Compressor]

    def encode(self, body: bytes) -> bytes:
        """Compress a whole body."""
        compressor = self.compressor()
        return compressor.compress(body) + compressor.flush()


# The better one first: it is taken where a client likes both as much.
CODINGS = (Coding("zstd", _zstd), Coding("gzip", _gzip))


@lru_cache(maxsize=256)
def choose(accept_encoding: str) -> tuple[Coding | None, bool]:
    """Choose a coding by an Accept-Encoding field (RFC 9110, 12.5.3), and tell whether the plain body would do too.

    What cannot be read in the field is passed over: a plain answer is always better than none.
    """
    weights: dict[str, float] = {}
    for element in accept_encoding.lower().split(","):
        name, _, parameters = element.partition(";")
        weight = _weight(parameters)
        if weight is not None:
            weights[name.strip().removeprefix("x-")] = weight
    others = weights.get("*", 0.0)
    identity = weights.get("identity", weights.get("*", 1.0))
    best = max(CODINGS, key=lambda coding: weights.get(coding.name, others))
    liked = weights.get(best.name, others)
    if liked == 0 or ("identity" in weights and identity > liked):
        return None, True
    return best, identity > 0


def _weight(parameters: str) -> float | None:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return None
    return weight if name.strip() == "q" and 0 <= weight <= 1 else None


def is_compressible(content_type: str) -> bool:
    """Tell whether bodies of a media type get smaller: text does; archives, images and files as received are left."""
    essence = content_type.partition(";")[0].strip().lower()
    return essence.startswith("text/") or essence.endswith(("+json", "+xml")) or essence in _COMPRESSIBLE
