"""CSV (RFC 4180) that is safe to open in a spreadsheet.

A column is named by the path of its value in the JSON item: `interview.title`, `answers.text`. Values from a list share
a cell: texts are separated by an empty line, other values by semicolons, with nothing for null.
"""

import csv
import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.exports.format import Item, ListFormat, Tree, timestamp, tree_of
from app.text.paragraphs import PARAGRAPH

# Spreadsheets evaluate a cell that begins with one of these signs; some also after white space or invisible characters,
# and East Asian versions the full-width forms.
_FORMULA = re.compile(r"[\t\r\n]|[\s\ufeff\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\x00-\x1f]*[=+\-@＝＋－＠]")
_BETWEEN_VALUES, _BETWEEN_INNER_VALUES = "; ", ", "


class _Line:
    """A file whose `write` returns what it is given, so that `writerow` of the csv module returns the line."""

    def write(self, line: str) -> str:
        return line


def render(items: Iterable[Item], columns: Sequence[str]) -> Iterator[str]:
    """Yield the header row and then a row for each item; `columns` are paths into the items."""
    return _rows(items, columns, without_formula)


def render_bare(items: Iterable[Item], columns: Sequence[str]) -> Iterator[str]:
    """Yield the same rows with every cell as it is, for programs that evaluate nothing."""
    return _rows(items, columns, str)


def _rows(items: Iterable[Item], columns: Sequence[str], guard: Callable[[str], str]) -> Iterator[str]:
    # All text is quoted, so that no spreadsheet splits a cell at a separator of its own.
    write = csv.writer(_Line(), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow
    tree = tree_of(columns)
    yield write(columns)
    for item in items:
        row: list[Any] = [""] * len(columns)
        _fill(row, item, tree)
        yield write([guard(cell) if isinstance(cell, str) else cell for cell in row])


def _fill(row: list[Any], value: Mapping[str, Any], tree: Tree) -> None:
    for key, branch in tree.items():
        inner = value[key]
        if isinstance(branch, int):
            row[branch] = _cell(inner, _separator(key))
        elif isinstance(inner, list):
            _fill_list(row, inner, branch)
        elif inner is not None:
            _fill(row, inner, branch)


def _fill_list(row: list[Any], values: list[Any], tree: Tree) -> None:
    """Fill the columns below a list: each cell has the values of all its elements."""
    for key, branch in tree.items():
        inner = [_values_of(value, key) for value in values]
        if isinstance(branch, int):
            row[branch] = _cell(inner, _separator(key))
        else:
            _fill_list(row, inner, branch)


def _values_of(value: Any, key: str) -> Any:
    if isinstance(value, list):
        return [_values_of(each, key) for each in value]
    return None if value is None else value[key]


def _separator(key: str) -> str:
    return PARAGRAPH if key == "text" else _BETWEEN_VALUES


def _cell(value: Any, separator: str) -> str | int | float:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list):
        inner = _BETWEEN_INNER_VALUES if separator is _BETWEEN_VALUES else separator
        return separator.join(str(_cell(each, inner)) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    return timestamp(value) if isinstance(value, datetime.datetime) else str(value)


def without_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would evaluate as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


FORMAT = ListFormat(
    name="csv",
    media_type="text/csv",
    suffix=".csv",
    description="CSV (RFC 4180) for spreadsheets, with formulas made harmless",
    render=render,
    is_table=True,
    render_bare=render_bare,
)
