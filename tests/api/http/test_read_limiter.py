"""Handlers that read the database: as many at a time as help, and none that waits for the end of a long one."""

import asyncio
import threading
import time
from collections.abc import Callable
from inspect import signature
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from app.api.http.read_limiter import ReadingRoute, ReadLimiter
from app.db import Database
from app.main import create_app
from app.queries import questions
from app.settings import DEFAULT_CONNECTIONS, Settings

# Seconds. No test takes this long unless it waits for a slot for ever.
FOR_EVER = 60.0


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
def test_as_many_as_the_lane_is_wide_work_at_a_time_in_the_order_in_which_they_came(width: int) -> None:
    crowd = Crowd()

    async def crowded() -> list[int]:
        limiter = ReadLimiter(width, FOR_EVER)
        return await asyncio.gather(*(limiter.run(crowd.member(number)) for number in range(12)))

    assert asyncio.run(crowded()) == list(range(12))
    assert crowd.most == width
    if width == 1:
        assert crowd.order == list(range(12))


def test_what_takes_long_lets_the_next_one_go() -> None:
    may_end = threading.Event()

    async def long_and_short() -> str:
        limiter = ReadLimiter(1, grace_seconds=0.01)
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
        limiter = ReadLimiter(1, grace_seconds=0.001)
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
        limiter = ReadLimiter(1, FOR_EVER)
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


def test_a_lane_serves_one_event_loop_after_another() -> None:
    limiter, crowd = ReadLimiter(1, FOR_EVER), Crowd()

    async def crowded() -> None:
        await asyncio.gather(*(limiter.run(crowd.member(number)) for number in range(3)))

    asyncio.run(crowded())
    asyncio.run(crowded())
    assert crowd.most == 1


def test_every_handler_that_reads_runs_in_the_lane_but_the_one_that_tells_how_the_database_is() -> None:
    app = create_app(Settings(database_url="sqlite:////nowhere.db"))
    routes = [found for each in iter_route_contexts(app.routes) if isinstance(found := each.original_route, APIRoute)]
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
    assert app.state.corpus.read_limiter.width == (1 if database.is_sqlite else DEFAULT_CONNECTIONS)
    app.state.corpus.read_limiter = ReadLimiter(1, FOR_EVER)

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
