import dataclasses
import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.db.corpus_revision import CorpusRevision
from app.queries.revision_cache import RevisionCache
from tests.conftest import NOW

FIRST = CorpusRevision(1, NOW)


def test_value_is_known_by_its_name_and_revision() -> None:
    cache = RevisionCache()
    cache.put(FIRST, ("topic", "peace"), 5)
    assert cache.get(FIRST, ("topic", "peace")) == 5
    assert cache.get(FIRST, ("topic", "war")) is None


@pytest.mark.parametrize(
    "other", [{"number": 2}, {"number": 0}, {"made_at": NOW + datetime.timedelta(microseconds=1)}], ids=str
)
def test_value_is_not_known_of_another_revision_whichever_came_first(other: dict[str, object]) -> None:
    cache, another = RevisionCache(), dataclasses.replace(FIRST, **other)  # type: ignore[arg-type]  # of either column
    cache.put(FIRST, "total", 5)
    assert cache.get(another, "total") is None
    cache.put(another, "total", 6)
    assert (cache.get(FIRST, "total"), cache.get(another, "total")) == (5, 6)


def test_nothing_is_known_of_a_corpus_without_a_revision() -> None:
    cache = RevisionCache()
    cache.put(None, "total", 0)
    assert cache.get(None, "total") is None
    assert len(cache) == 0


def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    cache = RevisionCache(max_weight=2)
    for name in ("a", "b"):
        cache.put(FIRST, name, name)
    assert cache.get(FIRST, "a") == "a"
    cache.put(FIRST, "c", "c")
    assert [cache.get(FIRST, name) for name in "abc"] == ["a", None, "c"]
    assert len(cache) == 2


def test_all_values_together_weigh_no_more_than_they_may() -> None:
    cache = RevisionCache(max_weight=10)
    for name, weight in (("a", 4), ("b", 4), ("a", 2), ("c", 4)):
        cache.put(FIRST, name, (name, weight), weight)
    assert cache.weight == 10
    assert cache.get(FIRST, "a") == ("a", 2)
    cache.put(FIRST, "whole", "whole", 10)
    assert (len(cache), cache.weight) == (1, 10)
    cache.put(FIRST, "more", "more", 11)
    assert cache.get(FIRST, "more") is None
    assert cache.get(FIRST, "whole") == "whole"


def test_threads_share_it() -> None:
    cache = RevisionCache(max_weight=3)

    def use(number: int) -> bool:
        name = number % 7
        cache.put(FIRST, name, f"value {name}")
        return cache.get(FIRST, name) in {f"value {name}", None} and len(cache) <= 4

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(2_000)))
    assert len(cache) == 3
