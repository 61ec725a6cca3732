"""NDJSON: one item a line, as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic_core import to_json

from app.exports.format import Item, ListFormat, Tree, tree_of


def render(items: Iterable[Item], columns: Sequence[str]) -> Iterator[str]:
    """Yield a line for each item with these columns in this order; databases return JSON keys in any order."""
    tree = tree_of(columns)
    for item in items:
        yield to_json(_part(item, tree)).decode() + "\n"


def _part(value: Any, tree: Tree | int) -> Any:
    if isinstance(tree, int) or value is None:
        return value
    if isinstance(value, list):
        return [_part(each, tree) for each in value]
    return {key: _part(value[key], branch) for key, branch in tree.items()}


FORMAT = ListFormat(
    name="ndjson",
    media_type="application/x-ndjson",
    suffix=".ndjson",
    description="newline-delimited JSON, an item a line",
    render=render,
)
