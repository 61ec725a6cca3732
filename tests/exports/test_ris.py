import re

import pytest
import rispy
from hypothesis import given

from app.citations import Citation, cite
from app.exports.ris import render
from tests.citations.subjects import answer, citations, turn, untimed


@untimed
@given(citations())
def test_reader_gets_back_what_was_cited(citation: Citation) -> None:
    reference = citation.reference
    [entry] = rispy.loads(render(reference))
    stated = {
        "type_of_reference": "GEN",
        "id": reference.key,
        "authors": list(reference.authors),
        "title": reference.title,
        "type_of_work": "Interview",
        "secondary_title": reference.series,
        "publisher": reference.publisher,
        "year": reference.published and reference.published[:4],
        "urls": [reference.url.replace(";", "%3B")] if reference.url else None,
        "notes": [reference.note],
    }
    entry.pop("date", None)
    assert entry == {name: value for name, value in stated.items() if value}


@untimed
@given(citations())
def test_every_line_is_a_tag_and_a_value(citation: Citation) -> None:
    written = render(citation.reference)
    lines = written.split("\r\n")
    assert lines.pop() == ""
    assert [line + "\r\n" for line in lines] == written.splitlines(keepends=True)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    tags = [line[:2] for line in lines]
    assert (tags[0], tags[-1], tags.count("TY"), tags.count("ER")) == ("TY", "ER", 1, 1)


@pytest.mark.parametrize(
    ("published", "written"),
    [("2023", "2023///"), ("2023-11", "2023/11//"), ("2023-11-05", "2023/11/05/"), (None, None)],
)
def test_date_is_as_exact_as_it_is_known(published: str | None, written: str | None) -> None:
    [entry] = rispy.loads(render(cite(answer(turn(1, "It"), published=published)).reference))
    assert entry.get("date") == written


def test_address_with_a_semicolon_stays_one_address() -> None:
    stated = answer(turn(1, "It"), source_url="https://river.example/a;b?x=1;y")
    [entry] = rispy.loads(render(cite(stated).reference))
    assert entry["urls"] == ["https://river.example/a%3Bb?x=1%3By"]
