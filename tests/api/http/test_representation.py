import datetime

import pytest

from app.api.http.compression import CODINGS
from app.api.http.representation import Preconditions, coded_tag, entity_tag, format_date, parse_date

TAG = '"abc"'
MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
DATE = "Fri, 02 Jan 2026 03:04:05 GMT"


def _status(may_date: bool = True, modified: datetime.datetime | None = MOMENT, **conditions: str) -> int:
    return Preconditions(**conditions).status(TAG, modified, may_date=may_date)


@pytest.mark.parametrize(
    "field", ['"abc"', 'W/"abc"', '"x", "abc"', '"x",W/"abc" , "y"', "*", ' "abc" ', '"a,b","abc"']
)
def test_tag_that_is_named_in_any_form_is_current(field: str) -> None:
    assert _status(if_none_match=field) == 304


@pytest.mark.parametrize("field", ['"ABC"', '"abcd"', "abc", "", '"a*"', '"abc', '"abc-gzip"', "W/*", '"x", "y"'])
def test_tag_that_is_not_named_is_not_current(field: str) -> None:
    assert _status(if_none_match=field) == 200


def test_date_counts_only_where_no_tag_is_named() -> None:
    assert _status(if_modified_since=DATE) == 304
    assert _status(if_modified_since=DATE, if_none_match='"x"') == 200
    assert _status(if_modified_since="Thu, 01 Jan 1970 00:00:00 GMT", if_none_match=TAG) == 304


@pytest.mark.parametrize(
    "date", ["Fri, 02 Jan 2026 03:04:04 GMT", "Fri, 02 Jan 2026 03:04:06 GMT", "yesterday", "", "2026-01-02", "0"]
)
def test_other_date_than_the_one_given_out_and_what_is_no_date_get_the_whole_answer(date: str) -> None:
    assert _status(if_modified_since=date) == 200


def test_date_that_cannot_tell_two_states_apart_is_ignored() -> None:
    assert _status(if_modified_since=DATE, may_date=False) == 200
    assert _status(if_modified_since=DATE, modified=None) == 200


def test_condition_that_the_current_state_does_not_meet_is_refused() -> None:
    assert _status(if_match='"x"') == 412
    assert _status(if_match='W/"abc"') == 412
    assert _status(if_match="*") == 200
    assert _status(if_match='"x", "abc"') == 200
    assert _status(if_unmodified_since="Thu, 01 Jan 2026 00:00:00 GMT") == 412
    assert _status(if_unmodified_since=DATE) == 200
    assert _status(if_unmodified_since="never") == 200
    assert _status(if_unmodified_since="Thu, 01 Jan 2026 00:00:00 GMT", if_match=TAG) == 200
    assert _status(if_match="*", if_none_match=TAG) == 304


def test_dates_are_written_as_http_does_and_read_back() -> None:
    assert format_date(MOMENT.replace(microsecond=999_999)) == DATE
    assert parse_date(DATE) == MOMENT
    assert format_date(datetime.datetime(2039, 2, 1, tzinfo=datetime.UTC)) == "Tue, 01 Feb 2039 00:00:00 GMT"


def test_tag_depends_on_every_part_and_on_where_parts_end() -> None:
    assert entity_tag(b"a", b"b") == entity_tag(b"a", b"b")
    assert len({entity_tag(b"a", b"b"), entity_tag(b"ab", b""), entity_tag(b"a", b"c"), entity_tag(b"ab")}) == 4
    assert [coded_tag(TAG, coding) for coding in (None, *CODINGS)] == [TAG, '"abc-zstd"', '"abc-gzip"']
