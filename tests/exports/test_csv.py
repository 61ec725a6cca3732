import csv
import io
from typing import Any

import clevercsv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.csv import FORMAT, render, without_formula
from tests.exports.documents import MODIFIED, texts

COLUMNS = ("id", "text", "asked_by.slug", "answers.text", "answers.speaker.labels", "topics.slug", "turns.source_start")


def _question(text: str, *answers: str) -> dict[str, Any]:
    return {
        "id": "1x-q1",
        "text": text,
        "asked_by": None,
        "answers": [{"text": answer, "speaker": {"labels": ["A", "B"]} if answer else None} for answer in answers],
        "topics": [{"slug": "rivers"}, {"slug": "mills"}],
        "turns": [{"source_start": 3}, {"source_start": 40}],
    }


def _rows(written: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written, newline=""), strict=True))


def test_columns_are_paths_and_lists_stand_in_one_cell() -> None:
    written = "".join(render([_question("Why?", "Because.", "")], COLUMNS))
    assert _rows(written) == [
        list(COLUMNS),
        ["1x-q1", "Why?", "", "Because.\n\n", "A, B; ", "rivers; mills", "3; 40"],
    ]
    assert written.endswith("\r\n")


def test_values_are_written_as_json_writes_them() -> None:
    item = {"yes": True, "no": False, "count": 3, "half": 0.5, "at": MODIFIED, "none": None, "empty": []}
    [_, row] = _rows("".join(render([item], list(item))))
    assert row == ["true", "false", "3", "0.5", "2026-01-02T03:04:05Z", "", ""]


def test_list_without_items_has_a_header() -> None:
    assert "".join(render([], ("id", "text"))) == '"id","text"\r\n'


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        " =1",
        "\u200b=1",
        "\ufeff=cmd|' /C calc'!A0",
        "＝1",
        "\x01=1",
    ],
)
def test_formula_is_made_harmless(cell: str) -> None:
    assert without_formula(cell) == f"'{cell}"
    [_, row] = _rows("".join(render([{"text": cell, "list": [{"slug": cell}]}], ("text", "list.slug"))))
    assert row == [f"'{cell}", f"'{cell}"]


@pytest.mark.parametrize("cell", ["a=1", "Why?", "1-2", "", "'=1", "é"])
def test_other_text_is_left_as_it_is(cell: str) -> None:
    assert without_formula(cell) == cell


@given(st.lists(st.tuples(texts(), texts()), max_size=4))
def test_any_text_comes_back_from_two_readers(said: list[tuple[str, str]]) -> None:
    written = "".join(render([_question(*each) for each in said], COLUMNS))
    expected = [[without_formula(question), without_formula(answer)] for question, answer in said]
    assert [[row[1], row[3]] for row in _rows(written)[1:]] == expected
    dialect = clevercsv.dialect.SimpleDialect(",", chr(34), "")
    other = list(clevercsv.reader(io.StringIO(written, newline=""), dialect))
    assert [[row[1], row[3]] for row in other[1:]] == expected


def test_rows_are_written_one_at_a_time() -> None:
    taken = []

    def items() -> Any:
        for number in range(3):
            taken.append(number)
            yield _question(str(number))

    stream = render(items(), COLUMNS)
    next(stream)
    next(stream)
    assert taken == [0]


def test_type_says_that_it_is_utf_8() -> None:
    assert FORMAT.content_type == "text/csv; charset=utf-8"
