"""What holds of every format that is written, without another line for a new one."""

import pytest

from app.api.http.compression import is_compressible
from app.exports import FEEDS, KINDS, LISTS, Format

# Formats of one kind are chosen among each other; lists are also there as feeds.
TOGETHER: tuple[tuple[Format, ...], ...] = (*KINDS, (*LISTS, *FEEDS))
EVERY = [each for kind in KINDS for each in kind]


@pytest.mark.parametrize("kind", TOGETHER)
def test_names_media_types_and_suffixes_are_each_given_once(kind: tuple[Format, ...]) -> None:
    for values in zip(*((each.name, each.media_type, each.suffix) for each in kind), strict=True):
        assert len(set(values)) == len(values)


@pytest.mark.parametrize("known", EVERY, ids=lambda known: f"{type(known).__name__}-{known.name}")
def test_what_may_be_long_is_compressed(known: Format) -> None:
    assert is_compressible(known.content_type)
