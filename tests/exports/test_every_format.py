"""What holds of every format that is written, without another line for a new one."""

from dataclasses import replace

import pytest

from app.api.http.compression import is_compressible
from app.exports import FEEDS, INTERVIEWS, KINDS, LISTS, Format
from app.exports.format import InterviewFormat
from app.transcripts.transcript import TurnKind
from tests.exports.documents import document, turn

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


class _LeftError(Exception):
    pass


@pytest.mark.parametrize("known", INTERVIEWS, ids=lambda known: known.name)
def test_interview_is_not_written_to_its_end_where_nobody_waits_for_it(known: InterviewFormat) -> None:
    asked = 0

    def go_on() -> None:
        nonlocal asked
        asked += 1
        if asked == 5:
            raise _LeftError

    turns = [turn(place, TurnKind.STATEMENT, f"Word {place}.", start_ms=place * 1000) for place in range(1, 20)]
    long = document(turns)
    assert "Word 19" in known.render(long)
    with pytest.raises(_LeftError):
        known.render(replace(long, go_on=go_on))
    assert asked == 5
