"""What the name of a file states."""

import pytest

from app.text.dates import PartialDate
from app.transcripts.file_names import date_in_name, title_in_file_name, with_file_name
from app.transcripts.transcript import Metadata


@pytest.mark.parametrize(
    ("name", "date", "title"),
    [
        ("2018-11-08 The last miller", "2018-11-08", "The last miller"),
        ("20181108_the_last_miller", "2018-11-08", "the last miller"),
        ("1962-03-29__Oskar Venn", "1962-03-29", "Oskar Venn"),
        ("GMT20240512-080000_Recording.transcript", "2024-05-12", "Recording.transcript"),
        ("venn (08.11.2018)", "2018-11-08", "venn"),
        ("talk-2018_11_08", "2018-11-08", "talk"),
        ("Tor Vik - 8 November 2018", "2018-11-08", "Tor Vik"),
        ("Nov_8,_2018_the_last_miller", "2018-11-08", "the last miller"),
        ("Harbour 12 Boats 2018", None, "Harbour 12 Boats 2018"),
        ("2018-11-08", "2018-11-08", "2018-11-08"),
        ("2018-13-45 talk", None, "2018-13-45 talk"),
        ("ID 120181108 talk", None, "ID 120181108 talk"),
        ("2018-11-08 and 2019-11-08", None, "2018-11-08 and 2019-11-08"),
        ("2018-02-30 talk", None, "2018-02-30 talk"),
        ("the_last_miller", None, "the_last_miller"),
    ],
)
def test_one_day_and_the_rest_are_read_from_a_name(name: str, date: str | None, title: str) -> None:
    assert date_in_name(name) == (PartialDate.parse(date) if date else None)
    assert title_in_file_name(f"folder/{name}.txt") == title


def test_stated_date_counts_before_the_title_and_the_title_before_the_file() -> None:
    stated = Metadata(published=PartialDate.parse("2020"))
    assert with_file_name(stated, "2018-11-08.txt") == stated
    titled = with_file_name(Metadata(title="20170302 Meeting on bread"), "2018-11-08.txt")
    assert (titled.published, titled.published_evidence) == (PartialDate.parse("2017-03-02"), titled.title)
    assert with_file_name(Metadata(), "a/2018-11-08 talk.txt").published_evidence == "2018-11-08 talk"
