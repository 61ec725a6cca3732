"""Sorts of lists: from `-published,title` in an address to the columns that a statement orders by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import ParameterError
from app.text.folding import nearest

RELEVANCE = "relevance"


@dataclass(frozen=True)
class Key:
    """One column to sort by. None of these is ever null."""

    # SQLModel types a mapped column as something that SQLAlchemy's own expressions do not share.
    column: Any
    descending: bool = False

    def reversed(self) -> "Key":
        """The same column in the other direction."""
        return Key(self.column, not self.descending)


@dataclass(frozen=True)
class Sort:
    """What a list can be sorted by: a column, and `unique`, a second one with which an index has a total order.

    Rows without a value come last in both directions. Their column holds the smallest value there is, which puts them
    last downwards; upwards `missing`, a column that is true for them, is sorted by first.
    """

    column: Any
    unique: Any = None
    missing: Any = None

    def keys(self, *, descending: bool, last: bool) -> list[Key]:
        """Return the keys of one direction; after the last name of a sort, the one that makes it unique."""
        keys = [Key(self.missing)] if self.missing is not None and not descending else []
        keys.append(Key(self.column, descending))
        return [*keys, Key(self.unique, descending)] if last and self.unique is not None else keys


def keys_for(sort: str, sortable: Mapping[str, Sort], tie: Sequence[Key]) -> list[Key]:
    """Turn `-published,title` into sort keys; `tie` orders rows that these leave equal.

    Raises:
        ParameterError: a name cannot be sorted by, or stands twice.
    """
    keys: list[Key] = []
    seen: set[str] = set()
    words = sort.split(",")
    for word in words:
        name = word.removeprefix("-")
        if name not in sortable or name in seen:
            allowed = [*sortable, *(f"-{allowed}" for allowed in sortable)]
            reason = f"{word!r} stands twice." if name in seen else f"Nothing can be sorted by {word[:80]!r}."
            if name == RELEVANCE and name not in seen:
                reason = "Only what `q` finds is more or less relevant."
            near = [] if name in seen else nearest(word, allowed, limit=1)
            raise ParameterError("sort", f"{reason} Sort by {', '.join(allowed)}.", near)
        seen.add(name)
        keys += sortable[name].keys(descending=word.startswith("-"), last=len(seen) == len(words))
    present = [str(key.column) for key in keys]
    return keys + [key for key in tie if str(key.column) not in present]
