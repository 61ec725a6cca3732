import gzip
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.http.compression import CODINGS, choose, is_compressible

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DECODE = {"gzip": gzip.decompress, "zstd": zstd.decompress}


@pytest.mark.parametrize(
    ("field", "coding"),
    [
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("zstd, gzip", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip; q=0.5, zstd; q=0.5", "zstd"),
        ("*", "zstd"),
        ("zstd;q=0, *", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0, *;q=0", None),
        ("identity", None),
        ("identity;q=1, gzip;q=0.5", None),
        ("br, deflate", None),
        ("", None),
        ("gzip;q=x, zstd;q=7", None),
        ("gzip;level=9", None),
        (";;;,,=", None),
    ],
)
def test_coding_is_the_one_that_the_client_likes_best(field: str, coding: str | None) -> None:
    chosen, plain_would_do = choose(field)
    assert (chosen and chosen.name) == coding
    assert plain_would_do


def test_client_that_takes_no_plain_body_is_told_apart() -> None:
    assert choose("gzip, identity;q=0")[1] is False
    assert choose("gzip, *;q=0")[1] is False
    # Nothing suits: a plain answer is better than none.
    assert choose("identity;q=0") == (None, True)


@given(st.text(max_size=60))
def test_any_field_can_be_read(field: str) -> None:
    choose(field)


@given(st.lists(st.binary(min_size=1, max_size=5000), min_size=1, max_size=8))
def test_body_is_what_was_compressed_and_does_not_depend_on_how_it_was_cut(pieces: list[bytes]) -> None:
    for coding in CODINGS:
        compressor = coding.compressor()
        coded = b"".join(compressor.compress(piece) for piece in pieces) + compressor.flush()
        assert DECODE[coding.name](coded) == b"".join(pieces)
        assert coding.encode(b"".join(pieces)) == coded


def test_text_is_compressed_and_what_is_compressed_already_is_not() -> None:
    for media_type in (
        "application/json",
        "application/problem+json",
        "text/html; charset=utf-8",
        "text/csv",
        "application/tei+xml",
        "application/atom+xml",
        "application/x-ndjson",
        "image/svg+xml",
        "Application/JSON",
    ):
        assert is_compressible(media_type)
    for media_type in ("image/png", "application/octet-stream", "application/zip", ""):
        assert not is_compressible(media_type)
