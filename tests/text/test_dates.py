import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.dates import PartialDate


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2023-11-05", "2023-11-05", "2023-11-05"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
    ],
)
def test_partial_date_is_the_range_of_days_that_it_may_be(text: str, earliest: str, latest: str) -> None:
    date = PartialDate.parse(text)
    assert (date.text, date.earliest.isoformat(), date.latest.isoformat()) == (text, earliest, latest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "23",
        "0000",
        "99999",
        "2023-13",
        "2023-00",
        "2023-02-29",
        "2024-02-31",
        "2023-04-31",
        "2023-11-00",
        "2023-1",
        "2023-11-5",
        "2023/11/05",
        "20231105",
        "2023-11-05T00:00:00",
        " 2023",
        "2023\n",
        "-2023",
        "+2023",
        "２０２３",
        "2023~",
        "2023?",
        "NaN",
    ],
)
def test_date_of_another_form_or_of_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write a date|there is no|has no day"):
        PartialDate.parse(text)


@given(st.dates())
def test_every_day_of_the_calendar_is_read_as_itself(day: datetime.date) -> None:
    date = PartialDate.parse(day.isoformat())
    assert date.earliest == date.latest == day


@given(st.dates())
def test_a_day_lies_in_its_month_and_its_year(day: datetime.date) -> None:
    for length in (4, 7):
        date = PartialDate.parse(day.isoformat()[:length])
        assert date.earliest <= day <= date.latest
        assert date.earliest.day == 1
        assert (date.latest.year, date.earliest.year) == (day.year, day.year)
