"""No list scans a table or sorts all of it, whatever it is narrowed to and sorted by: asked of the planners of both
engines, and, on SQLite, of the work that is done.
"""

import dataclasses
import itertools
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.queries import answers, interviews, limits, paging, questions
from app.queries.conditions import Condition, Rows
from app.queries.counting import choose_driving
from app.queries.facets import FacetName, count_facets
from app.queries.filters import FILTERS, Clause, Filters
from app.queries.filters.topic_scope import TopicScope
from app.queries.filters.topic_state import TopicStates
from app.queries.paging import Listing, Page, PageRequest, list_page, walk
from app.queries.plans import Order, Strategy, choose_strategy
from benchmarks.corpus import fill
from tests.clusters import administer
from tests.conftest import ENGINES, NO_POSTGRESQL

QUESTIONS, FEWER = 3_600, 1_200
# Instructions of SQLite, in tens: enough to examine as many rows as the limits of these tests allow, in a page, its
# total and a facet. To examine all of the larger corpus takes five times as many.
WORK_OF_EXAMINED_ROWS = 5_000


LISTS: dict[str, tuple[Callable[[sa.Connection, Filters, str], Listing], tuple[str, ...]]] = {
    "questions": (questions.listing, tuple(questions.SORTABLE)),
    "answers": (answers.listing, tuple(questions.SORTABLE)),
    "interviews": (interviews.listing, tuple(interviews.SORTABLE)),
}
# Tables that grow with the corpus; a vocabulary does not.
GROWING = {
    "interview",
    "question",
    "answer",
    "turn",
    "question_topic",
    "topic_question",
    "contribution",
    "search_document",
}
# The full-text index has plans of its own; see benchmarks.searching.
UNTRIED = {"q"}


@pytest.fixture(scope="module")
def corpora(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[[str, int], Database]]:
    """A corpus of some size on an engine, built once; with statistics, as after an import."""
    built: dict[tuple[str, int], Database] = {}

    def corpus(engine: str, size: int) -> Database:
        if (engine, size) not in built:
            if engine == "sqlite":
                url = f"sqlite:///{tmp_path_factory.mktemp('plans')}/{size}.db"
            else:
                server = request.getfixturevalue("postgresql")
                if server is None:
                    pytest.skip(NO_POSTGRESQL)
                name = f"quoth_plans_{os.getpid()}_{size}"
                administer(server, f"CREATE DATABASE {name}")
                url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
            built[engine, size] = Database(url)
            built[engine, size].migrate()
            fill(built[engine, size], size, search=engine == "sqlite" and size == FEWER)
            with built[engine, size].write() as connection:
                connection.execute(sa.text("ANALYZE"))
        return built[engine, size]

    yield corpus
    for (engine, _size), database in built.items():
        database.close()
        if engine == "postgresql":
            administer(request.getfixturevalue("postgresql"), f"DROP DATABASE {database.url.database} WITH (FORCE)")


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the line between rare and common where the corpus has both."""
    monkeypatch.setattr(limits, "FEW_INTERVIEWS", 4)
    monkeypatch.setattr(limits, "RARE_QUESTIONS", 20)
    monkeypatch.setattr(limits, "TOTAL_CAP", 100)
    monkeypatch.setattr(limits, "EXAMINED_ROWS", 200)


def narrowings(connection: sa.Connection) -> dict[str, Filters]:
    """Each filter by itself: with its commonest or rarest value, with either of them, and without the commonest."""
    single: dict[str, Filters] = {"nothing": Filters()}
    for each in FILTERS:
        if each.narrow is None or each.name in UNTRIED:
            continue
        values = each.values(connection)
        assert values, f"{each.name}: the corpus has no value to try"
        written = {"common": values[0], "rare": values[-1]}
        if each.grammar.repeats:
            written |= {"either": f"{values[0]},{values[-1]}", "not": f"-{values[0]}"}
        single |= {f"{each.name} {kind}": Filters(**{each.name: each.parse(text)}) for kind, text in written.items()}
    for kind in ("common", "rare"):
        topic = single[f"topic {kind}"]
        single[f"topic exact {kind}"] = topic.replacing(topic_scope=TopicScope.EXACT)
        single[f"topic proposed {kind}"] = topic.replacing(topic_state=TopicStates.PROPOSED)
    return single


def _pairs(single: dict[str, Filters]) -> dict[str, Filters]:
    """Two filters at once, each with one value."""
    plain = [
        (name.split()[0], filters) for name, filters in single.items() if name.split()[1:] in (["common"], ["rare"])
    ]
    return {
        f"{name} {place}, {other_name}": one.replacing(**{other_name: other.get(other_name)})
        for place, ((name, one), (other_name, other)) in enumerate(itertools.combinations(plain, 2))
        if name != other_name
    }


class _Statements:
    """What a connection is asked, with what bound."""

    def __init__(self, connection: sa.Connection) -> None:
        self.asked: list[tuple[str, Any]] = []
        sa.event.listen(connection, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.asked.append((statement, parameters))


def _pages(connection: sa.Connection, listing: Listing) -> Iterator[Page]:
    """The first page, the next by its cursor, the one before that, and one by its number."""
    first = list_page(connection, listing, PageRequest("list", limit=5))
    yield first
    if first.next:
        second = list_page(connection, listing, PageRequest("list", limit=5, cursor=first.next))
        yield second
        if second.previous:
            yield list_page(connection, listing, PageRequest("list", limit=5, cursor=second.previous))
    yield list_page(connection, listing, PageRequest("list", limit=5, number=3))


def _explained(connection: sa.Connection, statement: str, parameters: Any) -> list[str]:
    if connection.dialect.name == "sqlite":
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    found: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        if node["Node Type"] == "Seq Scan":
            found.append(f"SCAN {node['Relation Name']}")
        # What cannot be true is known before anything is read, and nothing is sorted then.
        is_nothing = any(below.get("One-Time Filter") == "false" for below in node.get("Plans", ()))
        if node["Node Type"] == "Sort" and not is_nothing:
            found.append("USE TEMP B-TREE FOR ORDER BY")
        for below in node.get("Plans", ()):
            walk(below)

    walk((json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"])
    return found


def faults(plan: list[str], *, is_looked_up: bool) -> list[str]:
    """What a plan has that costs what the corpus holds: a scan of a growing table, or a sort of all that is found."""
    scans = [line for line in plan if line.startswith("SCAN ") and line.split()[1] in GROWING and "INDEX" not in line]
    sorts = [] if is_looked_up else [line for line in plan if line == "USE TEMP B-TREE FOR ORDER BY"]
    return scans + sorts


def test_faults_are_seen() -> None:
    assert faults(["SCAN question"], is_looked_up=True)
    assert faults(["SEARCH turn USING INDEX x", "USE TEMP B-TREE FOR ORDER BY"], is_looked_up=False)
    assert not faults(["SCAN interview USING INDEX x", "SCAN topic", "SCAN anon_1"], is_looked_up=False)
    assert not faults(["USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"], is_looked_up=False)


SCAN, LOOK_UP, TOPIC_RANGE = Strategy.SCAN, Strategy.LOOK_UP, Strategy.TOPIC_RANGE
DATE, COLUMN, COMPUTED = Order.DATE, Order.COLUMN, Order.COMPUTED
# Rows, order, and which of these hold: the candidates are known, a topic is asked for, it is rare, another one is rare.
STRATEGIES: list[tuple[Rows, Order, str, Strategy]] = [
    ("questions", DATE, "", SCAN),
    ("questions", COLUMN, "", SCAN),
    ("questions", COMPUTED, "", LOOK_UP),
    ("questions", DATE, "candidates", LOOK_UP),
    ("questions", COLUMN, "candidates topic", LOOK_UP),
    ("questions", DATE, "topic", TOPIC_RANGE),
    ("answers", DATE, "topic", TOPIC_RANGE),
    ("questions", COLUMN, "topic", SCAN),
    ("questions", COMPUTED, "topic", LOOK_UP),
    ("questions", DATE, "topic rare_topic", TOPIC_RANGE),
    ("questions", COLUMN, "topic rare_topic", LOOK_UP),
    ("questions", DATE, "topic rare_topic other_rare", LOOK_UP),
    ("questions", DATE, "topic other_rare", LOOK_UP),
    ("answers", COLUMN, "other_rare", LOOK_UP),
    ("interviews", DATE, "", SCAN),
    ("interviews", DATE, "topic", SCAN),
    ("interviews", DATE, "topic rare_topic", SCAN),
    ("interviews", COLUMN, "topic rare_topic", LOOK_UP),
    ("interviews", DATE, "topic other_rare", LOOK_UP),
]


@pytest.mark.parametrize(("rows", "order", "facts", "strategy"), STRATEGIES)
def test_strategy_follows_from_what_is_rare_and_what_has_an_order(
    rows: Rows, order: Order, facts: str, strategy: Strategy
) -> None:
    given = facts.split()
    chosen = choose_strategy(
        rows,
        order,
        has_candidates="candidates" in given,
        has_topic="topic" in given,
        has_rare_topic="rare_topic" in given,
        has_other_rare="other_rare" in given,
    )
    assert chosen is strategy


def _sized(size: int | None, *, is_rare: bool = False, is_of_people: bool = False) -> Condition:
    return Condition(sa.true(), sa.true(), size=size, is_rare=is_rare, is_of_people=is_of_people)


def test_count_starts_from_the_condition_that_fewest_rows_meet() -> None:
    rare, common, people, unknown = _sized(3, is_rare=True), _sized(900), _sized(None, is_of_people=True), _sized(None)
    assert choose_driving([unknown, common, rare, people], interviews_drive=False) is rare
    assert choose_driving([common, people], interviews_drive=False) is common
    assert choose_driving([common, people], interviews_drive=True) is people
    assert choose_driving([common, rare], interviews_drive=True) is rare
    assert choose_driving([unknown], interviews_drive=False) is None


@pytest.mark.parametrize("rows", LISTS)
@pytest.mark.parametrize("engine", ENGINES)
def test_no_list_scans_a_table_or_sorts_all_of_it(
    corpora: Callable[[str, int], Database], engine: str, rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lister, names = LISTS[rows]
    found: dict[str, list[str]] = {}
    with corpora(engine, QUESTIONS).read() as connection:
        single = narrowings(connection)
        if engine == "postgresql":
            # Where a table is small, reading all of it is right; asked is whether there is another way.
            for way in ("seqscan", "hashjoin", "mergejoin", "sort", "bitmapscan", "hashagg"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        # What is counted is bounded, and asked of the work that is done.
        monkeypatch.setattr(paging, "_count", lambda _connection, _listing: (0, True))
        pairs = _pairs(single) if (engine, rows) == ("sqlite", "questions") else {}
        statements = _Statements(connection)
        for name, filters, sort in _tried(single, pairs, _directions(names)):
            listing = dataclasses.replace(lister(connection, filters, sort), embed=lambda _connection, _rows: [])
            met = listing.conditions
            assert met is not None
            is_looked_up = met.candidates is not None or bool(met.rare)
            if engine == "postgresql":
                # What is looked up is sorted; to avoid that would take the slowest of plans.
                connection.exec_driver_sql(f"SET LOCAL enable_sort = {'on' if is_looked_up else 'off'}")
            statements.asked.clear()
            assert list(_pages(connection, listing))
            keyed = [asked for asked in statements.asked if "AS key_0" in asked[0]]
            assert keyed
            for statement, parameters in keyed:
                if bad := faults(_explained(connection, statement, parameters), is_looked_up=is_looked_up):
                    found[f"{name} by {sort}"] = bad
    assert not found


@pytest.mark.parametrize("few", [20, 4_000])
@pytest.mark.parametrize("rows", ["questions", "answers"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_topic_by_itself_is_walked_in_the_order_of_dates_where_few_are_under_it(
    corpora: Callable[[str, int], Database], engine: str, rows: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RARE_QUESTIONS", few)
    filters = Filters(topic=(Clause(("topic-5",)),), topic_scope=TopicScope.EXACT)
    found = {}
    with corpora(engine, FEWER).read() as connection:
        for sort in ("-published", "published", "title"):
            listing = LISTS[rows][0](connection, filters, sort)
            is_walked = "JOIN topic_question" in str(listing.select)
            assert is_walked == (few == 4_000 and sort != "title")
            found[sort] = {item["id"] for item in walk(connection, listing)}
            topics = [
                {topic["slug"] for topic in item.get("topics", item.get("question", {}).get("topics", ()))}
                for item in walk(connection, listing)
            ]
            assert topics
            assert all("topic-5" in each for each in topics)
    assert found["-published"] == found["published"] == found["title"]


def _tried(
    single: dict[str, Filters], pairs: dict[str, Filters], sorts: list[str]
) -> Iterator[tuple[str, Filters, str]]:
    """Each filter with one value in every order; several values, and pairs of filters, in one order after the other."""
    of_one_value = {name: filters for name, filters in single.items() if name.split()[-1] not in {"either", "not"}}
    for (name, filters), sort in itertools.product(of_one_value.items(), sorts):
        yield name, filters, sort
    others = {name: filters for name, filters in (single | pairs).items() if name not in of_one_value}
    for (name, filters), sort in zip(others.items(), itertools.cycle(sorts), strict=False):
        yield name, filters, sort


def _directions(names: tuple[str, ...]) -> list[str]:
    return [f"{sign}{name}" for name in names for sign in ("", "-")]


@pytest.mark.parametrize("sort", _directions(tuple(questions.SORTABLE)))
def test_a_page_far_down_is_found_by_its_place(corpora: Callable[[str, int], Database], sort: str) -> None:
    """On PostgreSQL, in rows that are read. SQLite's work is compared below."""
    with corpora("postgresql", QUESTIONS).read() as connection:
        for way in ("seqscan", "hashjoin", "mergejoin", "sort", "bitmapscan"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        listing = dataclasses.replace(
            questions.listing(connection, Filters(), sort), embed=lambda _connection, _rows: []
        )
        statements, cursor = _Statements(connection), None
        for _page in range(30):
            statements.asked.clear()
            cursor = list_page(connection, listing, PageRequest("list", limit=100, cursor=cursor)).next
        [(statement, parameters)] = [asked for asked in statements.asked if "AS key_0" in asked[0]]
        explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
    nodes = [(json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"]]
    read = 0.0
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", ())
        if "Relation Name" in node:
            read += (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    assert read < 600


class _Work:
    """How many instructions SQLite's machine has gone through, in tens."""

    def __init__(self, connection: sa.Connection) -> None:
        self.tens = 0
        raw: Any = connection.connection.driver_connection
        raw.set_progress_handler(self._count, 10)

    def _count(self) -> int:
        self.tens += 1
        return 0


def _work(database: Database, rows: str) -> dict[str, int]:
    lister, names = LISTS[rows]
    spent = {}
    with database.read() as connection:
        single = narrowings(connection)
        work = _Work(connection)
        try:
            for name, filters, sort in _tried(single, {}, _directions(names)):
                if (sort.endswith("position") and name != "nothing") or name.endswith(" not"):
                    continue
                work.tens = 0
                listing = lister(connection, filters, sort)
                page = list_page(connection, listing, PageRequest("list", limit=5))
                spent[f"{name} by {sort}"] = work.tens
                if sort == "-published" and rows != "interviews":
                    work.tens = 0
                    assert listing.conditions is not None
                    count_facets(
                        connection,
                        listing.conditions,
                        list(FacetName),
                        total=page.total,
                        total_is_exact=page.total_is_exact,
                    )
                    spent[f"facets of {name}"] = work.tens
        finally:
            connection.connection.driver_connection.set_progress_handler(None, 0)  # type: ignore[union-attr]  # sqlite3's own
    return spent


@pytest.mark.parametrize("rows", ["questions", "answers"])
def test_three_times_as_many_questions_cost_no_more(corpora: Callable[[str, int], Database], rows: str) -> None:
    """Of each list: a page, its total and its facets, in instructions and not on a clock.

    By position, a list begins with the first question of every interview: a narrowed one costs a walk of interviews.
    Where nearly every row has a value that is negated, a list is scanned; the limit of statements bounds that.
    """
    small, large = _work(corpora("sqlite", FEWER), rows), _work(corpora("sqlite", QUESTIONS), rows)
    assert small.keys() == large.keys()
    grown = {
        name: (small[name], large[name])
        for name in small
        if large[name] > max(2 * small[name] + 600, WORK_OF_EXAMINED_ROWS)
    }
    assert not grown
