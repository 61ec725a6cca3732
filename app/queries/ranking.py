"""The order of hits, once each has a score. Pure: each function takes hits in one order and returns them in another."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from app.queries.paging import Rank
from app.queries.scoring import Document, Tier, overlap, telling_terms

# Hits that a second opinion may reorder, and those of which near doubles are looked for: the first pages.
MAX_REORDERED = 100
MAX_SPREAD = 100
# The share of its terms that a hit has in common with a better one of its interview from which it is a double of it.
_DOUBLE = 0.8
# What a double counts, and each further hit of one interview against the one before, down to a least share.
_OF_DOUBLE, _OF_FURTHER, _LEAST = 0.4, 0.95, 0.6


def reordered(hits: Sequence[Rank], second: Mapping[int, float], share: float) -> list[Rank]:
    """Reorder the first MAX_REORDERED hits by a second score of each, by number and on any scale; the rest stay behind.

    The two scores are each scaled to 0 to 1 and combined; `share` is that of the second one. A hit without a second
    score has 0. Hits keep their tiers.
    """
    first, rest = hits[:MAX_REORDERED], hits[MAX_REORDERED:]
    combined = fused({number: score for _tier, score, number in first}, second, share)
    lowest = max((score for _tier, score, _number in rest), default=0.0)
    # Above what stays behind, so that scores fall from hit to hit.
    moved = [(tier, lowest + (1 - lowest) * combined[number], number) for tier, _score, number in first]
    return [*sorted(moved, reverse=True), *rest]


def fused(first: Mapping[int, float], second: Mapping[int, float], share: float) -> dict[int, float]:
    """Combine two scorings of the same documents, each scaled to 0 to 1, as a convex combination.

    A document without a second score gets 0 as its second.
    """
    one, other = _normalized(first), _normalized(second)
    return {number: (1 - share) * score + share * other.get(number, 0.0) for number, score in one.items()}


def _normalized(scores: Mapping[int, float]) -> dict[int, float]:
    lowest, highest = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    return {number: (score - lowest) / (highest - lowest or 1.0) for number, score in scores.items()}


def spread(hits: Sequence[Rank], interviews: Mapping[int, str], documents: Mapping[int, Document]) -> list[Rank]:
    """Move hits of an interview down that has better ones before them, and near doubles of these further.

    `interviews` are those of the hits, and `documents` the terms of the first ones, of which doubles are looked for. A
    double also loses its tier, so that it comes after everything that says something else. Other hits of one interview
    keep their order.
    """
    before: Counter[str] = Counter()
    seen: dict[str, list[frozenset[str]]] = defaultdict(list)
    moved: list[Rank] = []
    for tier, score, number in hits:
        interview_id = interviews.get(number, "")
        counts = max(_LEAST, _OF_FURTHER ** before[interview_id])
        if number in documents:
            terms = telling_terms(documents[number])
            if any(overlap(terms, other) >= _DOUBLE for other in seen[interview_id]):
                moved.append((Tier.SOME, score * counts * _OF_DOUBLE, number))
                continue
            seen[interview_id].append(terms)
        before[interview_id] += 1
        moved.append((tier, score * counts, number))
    return sorted(moved, reverse=True)
