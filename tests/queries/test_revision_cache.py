import dataclasses
import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.db.corpus_revision import CorpusRevision
from app.queries.revision_cache import RevisionCache
from tests.conftest import NOW

FIRST = CorpusRevision(1, NOW)


def test_value_is_found_by_its_name_and_revision() -> None:
    cache = RevisionCache()
    cache.put(FIRST, ("topic", "peace"), 5)
    assert cache.get(FIRST, ("topic", "peace")) == 5
    assert cache.get(FIRST, ("topic", "war")) is None


@pytest.mark.parametrize(
    "other", [{"number": 2}, {"number": 0}, {"made_at": NOW + datetime.timedelta(microseconds=1)}], ids=str
)
def test_value_is_not_found_under_another_revision_whichever_came_first(other: dict[str, object]) -> None:
    cache, another = RevisionCache(), dataclasses.replace(FIRST, **other)  # type: ignore[arg-type]  # of either column
    cache.put(FIRST, "total", 5)
    assert cache.get(another, "total") is None
    cache.put(another, "total", 6)
    assert (cache.get(FIRST, "total"), cache.get(another, "total")) == (5, 6)


def test_nothing_is_cached_of_a_corpus_without_a_revision() -> None:
    cache = RevisionCache()
    cache.put(None, "total", 0)
    assert cache.get(None, "total") is None
    assert len(cache) == 0


def test_least_recently_used_value_makes_room() -> None:
    cache = RevisionCache(max_weight=2)
    for name in ("a", "b"):
        cache.put(FIRST, name, name)
    assert cache.get(FIRST, "a") == "a"
    cache.put(FIRST, "c", "c")
    assert [cache.get(FIRST, name) for name in "abc"] == ["a", None, "c"]
    assert len(cache) == 2


def test_all_values_together_weigh_no_more_than_they_may() -> None:
    cache = RevisionCache(max_weight=10, weigh=len)
    for name, value in (("a", "long"), ("b", "four"), ("a", "it"), ("c", "more")):
        cache.put(FIRST, name, value)
    assert cache.weight == 10
    assert cache.get(FIRST, "a") == "it"
    cache.put(FIRST, "all of it", "x" * 10)
    assert (len(cache), cache.weight) == (1, 10)
    cache.put(FIRST, "too much", "x" * 11)
    assert cache.get(FIRST, "too much") is None
    assert cache.get(FIRST, "all of it") == "x" * 10


def test_threads_share_it() -> None:
    cache = RevisionCache(max_weight=3)

    def use(number: int) -> bool:
        name = number % 7
        cache.put(FIRST, name, f"value {name}")
        return cache.get(FIRST, name) in {f"value {name}", None} and len(cache) <= 4

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(2_000)))
    assert len(cache) == 3
