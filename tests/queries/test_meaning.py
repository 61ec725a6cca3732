from hypothesis import given
from hypothesis import strategies as st

from app.queries.meaning import DEPTH, reranked

_scores = st.sampled_from([0.0, 0.25, 0.5, 1.0, 7.5]) | st.floats(0, 30)
_ranks = st.lists(
    st.tuples(st.integers(0, 2), _scores, st.integers(1, 500)), unique_by=lambda rank: rank[2], max_size=DEPTH + 40
).map(lambda ranks: sorted(ranks, reverse=True))


def test_half_of_the_rank_is_meaning() -> None:
    ranks = [(1, 9.0, 4), (1, 8.0, 3), (1, 7.0, 2), (1, 6.0, 1)]
    assert [number for _tier, _score, number in reranked(ranks, {4: 0.1, 3: 0.9, 2: 0.2, 1: 0.85})] == [3, 4, 1, 2]


def test_what_has_no_vector_keeps_its_place_and_scores_belong_to_places() -> None:
    ranks = [(1, 9.0, 4), (1, 8.0, 3), (1, 7.0, 2), (0, 30.0, 1)]
    assert reranked(ranks, {4: 0.1, 2: 0.9, 1: 1.0}) == [(1, 9.0, 4), (1, 8.0, 3), (1, 7.0, 2), (0, 30.0, 1)]
    assert reranked(ranks, {4: 0.1, 3: 0.8, 1: 1.0}) == [(1, 9.0, 4), (1, 8.0, 3), (1, 7.0, 2), (0, 30.0, 1)]
    ranks[0] = (1, 8.1, 4)
    assert [number for _tier, _score, number in reranked(ranks, {4: 0.1, 3: 0.8, 2: 0.2})] == [3, 4, 2, 1]


@given(_ranks, st.dictionaries(st.integers(1, 500), st.floats(-1, 1)))
def test_order_is_one_that_cursors_can_name(ranks: list[tuple[int, float, int]], near: dict[int, float]) -> None:
    found = reranked(ranks, near)
    assert sorted(found, reverse=True) == found
    assert sorted(number for _tier, _score, number in found) == sorted(number for _tier, _score, number in ranks)
    assert [tier for tier, _score, _number in found] == [tier for tier, _score, _number in ranks]
    places = zip(found, ranks, strict=True)
    assert all(one[2] == other[2] for one, other in places if other[2] not in near)
