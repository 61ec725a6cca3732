"""Handlers that read the database: as many at a time as help, and none that waits for the end of a long one."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from inspect import signature
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute

from app.api.http.read_limiter import ReadingRoute, ReadLimiter, takes_long
from app.db import Database, Readers
from app.db.work import Work, check_current
from app.errors import ClientLeftError, OverloadedError
from app.main import create_app
from app.queries import questions
from app.settings import Settings

# Seconds. No test takes this long unless it waits for a slot for ever.
FOR_EVER = 60.0
PAGE = {"path": "/v1/questions", "query_string": b""}


def _readers(pages: int, long: int = 1, paused: int = 8) -> Readers:
    return Readers(pages=pages, long=long, slow=1, paused=paused, streams=1)


class Crowd:
    """Work that notes how much of it was done at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0
        self.order: list[int] = []

    def member(self, number: int) -> Callable[[], int]:
        """Make a piece of work with a number."""

        def work() -> int:
            with self._lock:
                self._now += 1
                self.most = max(self.most, self._now)
                self.order.append(number)
            time.sleep(0.005)
            with self._lock:
                self._now -= 1
            return number

        return work


@pytest.mark.parametrize("width", [1, 3])
def test_as_many_as_there_are_slots_work_at_a_time_in_the_order_in_which_they_came(width: int) -> None:
    crowd = Crowd()

    async def crowded() -> list[int]:
        limiter = ReadLimiter(_readers(width), grace_seconds=FOR_EVER)
        return await asyncio.gather(*(limiter.run(crowd.member(number)) for number in range(12)))

    assert asyncio.run(crowded()) == list(range(12))
    assert crowd.most == width
    if width == 1:
        assert crowd.order == list(range(12))


def test_what_takes_long_lets_the_next_one_go() -> None:
    may_end = threading.Event()

    async def long_and_short() -> str:
        limiter = ReadLimiter(_readers(1), grace_seconds=0.01)
        long = asyncio.create_task(limiter.run(lambda: may_end.wait(FOR_EVER)))
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(FOR_EVER / 2):
                short = await limiter.run(lambda: "short")
            assert not long.done()
        finally:
            may_end.set()
        assert await long
        return short

    assert asyncio.run(long_and_short()) == "short"


def test_what_took_long_gives_its_place_back_once() -> None:
    crowd = Crowd()

    async def after_long_ones() -> None:
        limiter = ReadLimiter(_readers(1), grace_seconds=0.001)
        await asyncio.gather(*(limiter.run(lambda: time.sleep(0.02)) for _ in range(3)))
        # Places that were given back twice would let several in.
        limiter.grace_seconds = FOR_EVER
        await asyncio.gather(*(limiter.run(crowd.member(number)) for number in range(5)))

    asyncio.run(after_long_ones())
    assert crowd.most == 1


def test_what_fails_or_is_given_up_gives_its_place_back() -> None:
    def fail() -> None:
        raise LookupError("on purpose")

    async def failing() -> str:
        limiter = ReadLimiter(_readers(1), grace_seconds=FOR_EVER)
        with pytest.raises(LookupError, match="on purpose"):
            await limiter.run(fail)
        first = asyncio.create_task(limiter.run(lambda: time.sleep(0.02)))
        given_up = asyncio.create_task(limiter.run(lambda: None))
        await asyncio.sleep(0)
        given_up.cancel()
        await first
        async with asyncio.timeout(FOR_EVER / 2):
            return await limiter.run(lambda: "next")

    assert asyncio.run(failing()) == "next"


def test_a_limiter_serves_one_event_loop_after_another() -> None:
    limiter, crowd = ReadLimiter(_readers(1), grace_seconds=FOR_EVER), Crowd()

    async def crowded() -> None:
        await asyncio.gather(*(limiter.run(crowd.member(number)) for number in range(3)))

    asyncio.run(crowded())
    asyncio.run(crowded())
    assert crowd.most == 1


def test_every_handler_that_reads_runs_in_the_limiter_but_the_one_that_tells_how_the_database_is() -> None:
    app = create_app(Settings(database_url="sqlite:////nowhere.db"))
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    reading = [route for route in routes if "database" in signature(route.endpoint).parameters]
    beside = {route.path for route in reading if not isinstance(route, ReadingRoute)}
    assert beside == {"/readyz"}
    assert len(reading) > 20


def test_lists_are_made_one_after_another_where_that_is_quickest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd, listing = Crowd(), questions.listing

    def crowded(*arguments: Any) -> Any:
        crowd.member(0)()
        return listing(*arguments)

    monkeypatch.setattr(questions, "listing", crowded)
    app = create_app(Settings(database_url=str(database.url), cache_bytes=0))
    assert app.state.corpus.read_limiter.readers.pages == (1 if database.is_sqlite else 5)
    app.state.corpus.read_limiter = ReadLimiter(_readers(1), grace_seconds=FOR_EVER)

    async def ask() -> list[int]:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://quoth") as client:
            answers = await asyncio.gather(*(client.get(f"/v1/questions?limit={limit}") for limit in range(1, 7)))
        return [answer.status_code for answer in answers]

    try:
        assert asyncio.run(ask()) == [200] * 6
    finally:
        app.state.corpus.servers.close()
    assert len(crowd.order) == 6
    assert crowd.most == 1


class Gate:
    """Work that is begun and does not end before it may; it checks meanwhile whether to go on."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self) -> str:
        """Do it."""
        self.has_begun.set()
        while not self.may_end.wait(0.005):
            check_current()
        return "done"


async def _begun(gate: Gate) -> None:
    async with asyncio.timeout(FOR_EVER):
        while not gate.has_begun.is_set():
            await asyncio.sleep(0.005)


def test_what_would_wait_for_too_long_is_refused_at_once() -> None:
    async def refused() -> list[Any]:
        limiter, gate = ReadLimiter(_readers(1), wait_seconds=0.2, grace_seconds=FOR_EVER), Gate()
        for _time in range(30):
            await limiter.run(lambda: time.sleep(0.02))
        held = asyncio.create_task(limiter.run(gate))
        await _begun(gate)
        waiting = [asyncio.create_task(limiter.run(lambda: "waited")) for _number in range(20)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        at_once = sum(each.done() for each in waiting)
        gate.may_end.set()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert await held == "done"
        # There is room again.
        assert await limiter.run(lambda: "later") == "later"
        return [at_once, *outcomes]

    at_once, *outcomes = asyncio.run(refused())
    shed = [each for each in outcomes if isinstance(each, OverloadedError)]
    assert len(shed) == at_once > 0
    assert "waited" in outcomes
    assert set(map(type, outcomes)) == {str, OverloadedError}


def test_what_was_expected_to_begin_soon_and_does_not_is_refused() -> None:
    async def refused() -> None:
        limiter, gate = ReadLimiter(_readers(1), wait_seconds=0.01, grace_seconds=FOR_EVER), Gate()
        held = asyncio.create_task(limiter.run(gate))
        await _begun(gate)
        with pytest.raises(OverloadedError):
            await limiter.run(lambda: pytest.fail("it was begun"))
        gate.may_end.set()
        assert await held == "done"
        assert await limiter.run(lambda: "later") == "later"

    asyncio.run(refused())


def test_what_nobody_waits_for_is_not_begun() -> None:
    async def left() -> None:
        limiter, gate, has_left = ReadLimiter(_readers(1), grace_seconds=FOR_EVER), Gate(), threading.Event()
        held = asyncio.create_task(limiter.run(gate))
        await _begun(gate)
        given_up = asyncio.create_task(limiter.run(lambda: pytest.fail("it was begun"), Work(has_left.is_set)))
        after = asyncio.create_task(limiter.run(lambda: "after"))
        await asyncio.sleep(0)
        has_left.set()
        gate.may_end.set()
        assert await held == "done"
        with pytest.raises(ClientLeftError):
            await given_up
        assert await after == "after"

    asyncio.run(left())


def test_what_nobody_waits_for_any_more_is_stopped_where_a_server_works_at_it() -> None:
    async def left() -> None:
        limiter, has_left, stopped = ReadLimiter(_readers(1), grace_seconds=0.01), threading.Event(), threading.Event()
        work = Work(has_left.is_set)
        work.interruptible(stopped.set)
        running = asyncio.create_task(limiter.run(lambda: stopped.wait(FOR_EVER), work))
        await asyncio.sleep(0.05)
        assert not stopped.is_set()
        has_left.set()
        assert await running

    asyncio.run(left())


def test_pages_wait_for_no_search_and_searches_for_no_page() -> None:
    async def both() -> None:
        limiter, search, page = ReadLimiter(_readers(1), wait_seconds=0, grace_seconds=FOR_EVER), Gate(), Gate()
        searching = asyncio.create_task(limiter.run(search, is_long=True))
        await _begun(search)
        with pytest.raises(OverloadedError):
            await limiter.run(lambda: "search", is_long=True)
        assert await limiter.run(lambda: "page") == "page"
        search.may_end.set()
        assert await searching == "done"
        paging = asyncio.create_task(limiter.run(page))
        await _begun(page)
        with pytest.raises(OverloadedError):
            await limiter.run(lambda: "page")
        assert await limiter.run(lambda: "search", is_long=True) == "search"
        page.may_end.set()
        assert await paging == "done"

    asyncio.run(both())


def test_of_pages_that_take_long_one_goes_on_and_the_others_are_paused() -> None:
    async def slow() -> None:
        limiter = ReadLimiter(_readers(1, paused=2), wait_seconds=0, grace_seconds=0.01)
        works, gates = [Work() for _number in range(4)], [Gate() for _number in range(4)]
        running = []
        for work, gate in zip(works[:3], gates[:3], strict=True):
            running.append(asyncio.create_task(limiter.run(gate, work)))
            await _begun(gate)
            async with asyncio.timeout(FOR_EVER):
                while limiter.refuses(PAGE):
                    await asyncio.sleep(0.005)
        # Two are paused, as many as may be: the next one keeps the slot of pages.
        running.append(asyncio.create_task(limiter.run(gates[3], works[3])))
        await _begun(gates[3])
        await asyncio.sleep(0.3)
        assert limiter.refuses(PAGE)
        assert [work.is_paused for work in works] == [False, True, True, False]
        for number in (0, 1, 2, 3):
            gates[number].may_end.set()
            async with asyncio.timeout(FOR_EVER):
                assert await running[number] == "done"
        assert not limiter.refuses(PAGE)
        assert not limiter.slow.paused

    asyncio.run(slow())


def test_everything_gives_way_to_pages_while_there_are_any() -> None:
    async def giving() -> None:
        limiter, page, work = ReadLimiter(_readers(1), grace_seconds=FOR_EVER), Gate(), Work()
        assert limiter.way.is_set()
        paging = asyncio.create_task(limiter.run(page))
        await _begun(page)
        assert not limiter.way.is_set()
        assert await limiter.run(lambda: work._way, work, is_long=True) is limiter.way
        page.may_end.set()
        await paging
        assert limiter.way.is_set()

    asyncio.run(giving())


def test_addresses_that_take_long_are_known_and_there() -> None:
    app = create_app(Settings(database_url="sqlite:////nowhere.db"))
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    paths = {route.path for route in routes if isinstance(route, ReadingRoute)}
    long = {path for path in paths if takes_long({"path": path, "query_string": b""})}
    assert long == {
        "/v1/search",
        "/v1/compare",
        "/v1/doubles",
        "/v1/quotes/verify",
        "/v1/questions/{id}/related",
        "/v1/questions/{id}/asked-elsewhere",
        # And the pages that show the same.
        "/search",
        "/compare",
        "/quotes",
        "/questions/{id}/asked-elsewhere",
        "/interviews",
        "/questions",
        "/topics/{topic}",
        "/speakers/{speaker}",
    }
    assert takes_long({"path": "/v1/questions", "query_string": b"limit=1&facets=topic"})


@asynccontextmanager
async def _opened_at_the_end(*gates: Gate) -> AsyncIterator[None]:
    """Let what waits end, also where a check fails: else the loop would wait for its thread for ever."""
    try:
        yield
    finally:
        for gate in gates:
            gate.may_end.set()


def test_api_refuses_what_is_too_much_and_answers_the_rest(database: Database) -> None:
    app: Any = create_app(Settings(database_url=str(database.url), wait_seconds=0, cache_bytes=2**20))
    limiter: ReadLimiter = app.state.corpus.read_limiter
    limiter.readers, limiter.grace_seconds = _readers(1), FOR_EVER

    async def ask() -> None:
        transport = httpx2.ASGITransport(app)
        search, page = Gate(), Gate()
        async with (
            httpx2.AsyncClient(transport=transport, base_url="http://quoth") as client,
            _opened_at_the_end(search, page),
        ):
            async with asyncio.timeout(FOR_EVER):
                # Nothing is cached before the process knows the version of the corpus.
                while app.response_cache.detector.version_token() is None:
                    await asyncio.sleep(0.01)
            assert (await client.get("/v1/topics")).status_code == 200
            held = [asyncio.create_task(limiter.run(search, is_long=True))]
            await _begun(search)
            for address in ("/v1/search?q=peace", "/v1/questions?facets=topic", "/v1/quotes/verify?text=peace"):
                refused = await client.get(address)
                assert (refused.status_code, refused.json()["type"]) == (503, "/problems/overloaded")
                assert int(refused.headers["Retry-After"]) > 0
                assert refused.headers["Cache-Control"] == "no-store"
            for address in ("/search?q=peace", "/interviews", "/topics/peace", "/speakers/ann", "/quotes?q=peace"):
                refused = await client.get(address, headers={"Accept": "text/html"})
                assert (refused.status_code, refused.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
                assert "Too many people are reading" in refused.text
            # A page without facets does not wait among them.
            assert (await client.get("/questions/none-q1", headers={"Accept": "text/html"})).status_code == 404
            assert (await client.post("/v1/quotes/verify", json={"text": "peace"})).status_code == 503
            assert (await client.get("/v1/questions?limit=2")).status_code == 200
            held.append(asyncio.create_task(limiter.run(page)))
            await _begun(page)
            assert (await client.get("/v1/questions?limit=3")).status_code == 503
            for address in ("/v1/questions?limit=2", "/v1/topics", "/healthz", "/readyz", "/openapi.json", "/docs"):
                assert (await client.get(address)).status_code == 200
            for gate in (search, page):
                gate.may_end.set()
            await asyncio.gather(*held)
            for address in ("/v1/search?q=peace", "/v1/questions?limit=3"):
                assert (await client.get(address)).status_code == 200

    try:
        asyncio.run(ask())
    finally:
        app.state.corpus.servers.close()
