"""Whether it is stated, and not only inferred, that several interviews are with one person. Pure."""

from collections.abc import Sequence
from typing import NamedTuple


class Evidence(NamedTuple):
    """Interviews whose files state the same pages of somebody; `read_as` is whom they tell of, where editors merged
    several into one.
    """

    read_as: str
    pages: frozenset[str]
    interviews: int


def is_stated(evidence: Sequence[Evidence]) -> bool:
    """Whether all interviews are connected: by a page that two state, or by editors who say that those of whom two tell
    are one person. Each of these says so of at least one of their interviews.
    """
    if any(not one.pages and one.interviews > 1 for one in evidence):
        return False
    parent = list(range(len(evidence)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    first_with: dict[str, int] = {}
    first_of: dict[str, int] = {}
    for place, one in enumerate(evidence):
        for page in one.pages:
            parent[root(place)] = root(first_with.setdefault(page, place))
        first_of.setdefault(one.read_as, place)
    whole, *others = first_of.values()
    for place in others:
        parent[root(place)] = root(whole)
    return len({root(place) for place in range(len(evidence))}) == 1
