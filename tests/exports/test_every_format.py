"""What holds of every format that is written, without another line for a new one."""

import pytest

from app.api.http.compression import is_compressible
from app.exports import FEEDS, INTERVIEWS, LISTS, REFERENCES, Format

# Formats of one kind are chosen among each other; lists of interviews are also there as feeds.
KINDS: tuple[tuple[Format, ...], ...] = ((*LISTS, *FEEDS), INTERVIEWS, REFERENCES)


@pytest.mark.parametrize("kind", KINDS)
def test_names_media_types_and_suffixes_are_each_given_once(kind: tuple[Format, ...]) -> None:
    for values in zip(*((each.name, each.media_type, each.suffix) for each in kind), strict=True):
        assert len(set(values)) == len(values)


@pytest.mark.parametrize("known", [*LISTS, *FEEDS, *INTERVIEWS], ids=lambda known: str(known.name))
def test_what_may_be_long_is_compressed(known: Format) -> None:
    assert is_compressible(known.content_type)
