"""Reads everybody who has a name, and finds those who may be one person under several."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.loading.doubles import Double, ListedSpeaker, find_doubles
from app.queries.people_to_compare import people_to_compare, stated_pairs

# The name under which they are cached for one revision of the corpus.
CACHED_AS = "likely doubles"


@dataclass(frozen=True)
class LikelyDoubles:
    """Pairs of speakers who may be one person, the likeliest first, and how many named speakers were compared."""

    found: list[Double]
    compared: int


def likely_doubles(connection: sa.Connection) -> LikelyDoubles:
    """Compare all named speakers; what editors have stated of pairs of them counts.

    It takes seconds where there are tens of thousands: cache it by the revision that is read.
    """
    people = [ListedSpeaker(**row) for row in people_to_compare(connection)]
    return LikelyDoubles(find_doubles(people, *stated_pairs(connection)), len(people))
