"""CSV (RFC 4180) that opens in a spreadsheet without doing anything there.

A column is named by the path of its value in the JSON item: `interview.title`, `answers.text`. Values from a list of
things stand in one cell: texts apart by an empty line, everything else by a semicolon, with an empty place for null.
"""

import csv
import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.exports.format import Item, ListFormat, timestamp

# A spreadsheet computes a cell that begins like this, and some forgive white space or marks in front of it. The wide
# forms count in East Asian versions.
_FORMULA = re.compile(r"[\t\r\n]|[\s\ufeff\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\x00-\x1f]*[=+\-@＝＋－＠]")
_BETWEEN, _WITHIN, _PARAGRAPH = "; ", ", ", "\n\n"


class _Line:
    """A file that hands back what is written to it: the csv module builds a line, and the line goes on its way."""

    def write(self, line: str) -> str:
        return line


def render(items: Iterable[Item], columns: Sequence[str]) -> Iterator[str]:
    """Yield the header row and then a row for each item; `columns` are paths into the items."""
    # Text is quoted throughout, so that no spreadsheet splits a cell at some other separator of its own.
    write = csv.writer(_Line(), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow
    paths = [(column.split("."), _PARAGRAPH if column.endswith("text") else _BETWEEN) for column in columns]
    yield write(columns)
    for item in items:
        yield write([_cell(_value(item, path), apart) for path, apart in paths])


def _value(value: Any, path: Sequence[str]) -> Any:
    """Follow a path; a list on the way becomes the list of what its elements have there."""
    for depth, key in enumerate(path):
        if value is None:
            return None
        if isinstance(value, list):
            return [_value(each, path[depth:]) for each in value]
        value = value.get(key)
    return value


def _cell(value: Any, apart: str) -> str | int | float:
    if isinstance(value, list):
        inner = _WITHIN if apart is _BETWEEN else apart
        value = apart.join(str(_cell(each, inner)) for each in value)
    elif value is None:
        return ""
    elif isinstance(value, bool):
        return "true" if value else "false"
    elif isinstance(value, int | float):
        return value
    elif isinstance(value, datetime.datetime):
        return timestamp(value)
    return safe(str(value))


def safe(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


FORMAT = ListFormat(
    name="csv",
    media_type="text/csv",
    suffix=".csv",
    description="CSV (RFC 4180) for spreadsheets, with formulas made harmless",
    render=render,
)
