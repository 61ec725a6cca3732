"""Dates, languages and addresses as metadata states them."""

import pytest

from app.transcripts.stated import stated_address, stated_date, stated_language


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("2020-04-08+02:00", "2020-04-08"),
        (" 2011-06 ", "2011-06"),
        ("1998", "1998"),
        ("2001-01-30T10:03:00Z", "2001-01-30"),
        ("2020-01-14 Interview", "2020-01-14"),
    ],
)
def test_dates_are_read_at_the_beginning(printed: str, read: str) -> None:
    date = stated_date(printed)
    assert date is not None
    assert date.text == read


@pytest.mark.parametrize("printed", [None, "", "5 May", "2021-02-31", "99999", "0000", "2021-1", "２０２１"])
def test_other_dates_are_not_guessed(printed: str | None) -> None:
    assert stated_date(printed) is None


@pytest.mark.parametrize(
    ("printed", "tag"),
    [
        ("eng", "en"),
        ("EN_gb", "en-GB"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("Slovenian", "sl"),
        ("English ", "en"),
        ("haw", "haw"),
        ("Klingon", None),
        ("English; Spanish", None),
        ("", None),
        (None, None),
    ],
)
def test_languages_become_tags(printed: str | None, tag: str | None) -> None:
    assert stated_language(printed) == tag


def test_addresses_are_freed_of_tracking() -> None:
    assert stated_address(" HTTPS://A.example/x?utm_source=y&id=1 ") == "https://a.example/x?id=1"


@pytest.mark.parametrize("printed", [None, "", "a.example", "ftp://a.example", "http://[", "https://a.example/x y"])
def test_what_is_no_address_is_left_out(printed: str | None) -> None:
    assert stated_address(printed) is None
