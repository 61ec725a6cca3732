"""What statements make of people: who is whom, and what is then known of them. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.text.names import name_key

# A name, aliases and pages.
StatedNames = tuple[str | None, Sequence[str], Sequence[str]]


@dataclass(frozen=True)
class Composed:
    """What is shown of a speaker with whom others are merged."""

    name: str | None
    aliases: list[str]
    same_as: list[str]


def connected(parents: Mapping[str, str], ids: Iterable[str]) -> set[str]:
    """Return everybody who is connected with some people by statements. `parents` maps those who were merged to
    those with whom they are one.
    """
    neighbours: dict[str, set[str]] = {}
    for one, parent in parents.items():
        neighbours.setdefault(one, set()).add(parent)
        neighbours.setdefault(parent, set()).add(one)
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += neighbours.get(one, ())
    return found


def root_of(parents: Mapping[str, str], one: str, present: Collection[str]) -> str:
    """Return who somebody is by statements: the last in the line of those merged into one another who is present."""
    root, seen = one, {one}
    while (parent := parents.get(one)) is not None and parent not in seen:
        seen.add(parent)
        one = parent
        if one in present:
            root = one
    return root


def compose_names(
    own_name: str | None, aliases: Sequence[str], same_as: Sequence[str], others: Sequence[StatedNames]
) -> Composed:
    """Return the aliases and pages of somebody and of `others`, whose names are aliases too; and a name of theirs for
    somebody whom the files do not name.

    A name that differs from one there only in case, accents or script is an alias all the same: it is printed so.
    """
    names, pages = list(aliases), list(same_as)
    for name, more, their_pages in others:
        names += [*([name] if name is not None and name_key(name) else []), *more]
        pages += their_pages
    given = own_name if own_name is not None else next((name for name, *_rest in others if name is not None), None)
    return Composed(given, [one for one in dict.fromkeys(names) if one != given], list(dict.fromkeys(pages)))
