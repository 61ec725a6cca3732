"""Reads everybody who has a name, and finds those who may be one person under several."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.loading.doubles import Double, ListedSpeaker, find_doubles
from app.queries.embedding import Item
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


def double_item(double: Double) -> Item:
    """Return a pair as lists show it; the one who answers more is the first of `speakers`."""
    return {
        "score": double.score,
        "speakers": [
            {"slug": one.slug, "name": one.name, "interview_count": len(one.interviews), "answer_count": one.answers}
            for one in (double.first, double.second)
        ],
        "reasons": list(double.reasons),
        "against": list(double.against),
    }
