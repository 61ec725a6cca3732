import dataclasses
import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.db.corpus_revision import CorpusRevision
from app.queries.known import Known
from tests.conftest import NOW

FIRST = CorpusRevision(1, NOW)


def test_value_is_known_by_its_name_and_revision() -> None:
    known = Known()
    known.keep(FIRST, ("topic", "peace"), 5)
    assert known.find(FIRST, ("topic", "peace")) == 5
    assert known.find(FIRST, ("topic", "war")) is None


@pytest.mark.parametrize(
    "other", [{"number": 2}, {"number": 0}, {"made_at": NOW + datetime.timedelta(microseconds=1)}], ids=str
)
def test_value_is_not_known_of_another_revision_whichever_came_first(other: dict[str, object]) -> None:
    known, another = Known(), dataclasses.replace(FIRST, **other)  # type: ignore[arg-type]  # of either column
    known.keep(FIRST, "total", 5)
    assert known.find(another, "total") is None
    known.keep(another, "total", 6)
    assert (known.find(FIRST, "total"), known.find(another, "total")) == (5, 6)


def test_nothing_is_known_of_a_corpus_without_a_revision() -> None:
    known = Known()
    known.keep(None, "total", 0)
    assert known.find(None, "total") is None
    assert len(known) == 0


def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    known = Known(most=2)
    for name in ("a", "b"):
        known.keep(FIRST, name, name)
    assert known.find(FIRST, "a") == "a"
    known.keep(FIRST, "c", "c")
    assert [known.find(FIRST, name) for name in "abc"] == ["a", None, "c"]
    assert len(known) == 2


def test_all_values_together_weigh_no_more_than_they_may() -> None:
    known = Known(most=10)
    for name, weight in (("a", 4), ("b", 4), ("a", 2), ("c", 4)):
        known.keep(FIRST, name, (name, weight), weight)
    assert known.weight == 10
    assert known.find(FIRST, "a") == ("a", 2)
    known.keep(FIRST, "whole", "whole", 10)
    assert (len(known), known.weight) == (1, 10)
    known.keep(FIRST, "more", "more", 11)
    assert known.find(FIRST, "more") is None
    assert known.find(FIRST, "whole") == "whole"


def test_threads_share_it() -> None:
    known = Known(most=3)

    def use(number: int) -> bool:
        name = number % 7
        known.keep(FIRST, name, f"value {name}")
        return known.find(FIRST, name) in {f"value {name}", None} and len(known) <= 4

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(use, range(2_000)))
    assert len(known) == 3
