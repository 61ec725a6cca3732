"""NDJSON: the JSON of each item on a line of its own."""

from collections.abc import Iterable, Iterator, Sequence

from pydantic_core import to_json

from app.exports.format import Item, ListFormat


def render(items: Iterable[Item], _columns: Sequence[str] = ()) -> Iterator[str]:
    """Yield a line for each item; items are already narrowed to what was asked for."""
    for item in items:
        yield to_json(item).decode() + "\n"


FORMAT = ListFormat(
    name="ndjson",
    media_type="application/x-ndjson",
    suffix=".ndjson",
    description="newline-delimited JSON, an item a line",
    render=render,
)
