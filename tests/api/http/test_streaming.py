import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI, Request
from sqlmodel import col
from starlette.responses import Response
from starlette.testclient import TestClient

from app.api.database import Open
from app.api.http.streaming import stream
from app.db import Database
from app.errors import ParameterError
from app.loading import LoadedInterview
from app.main import create_app
from app.models import Turn
from app.settings import Settings

PIECES = 40


@dataclass
class Export:
    """An application with a long answer, and how much of it has been produced."""

    client: TestClient
    produced: list[int] = field(default_factory=list)
    closed: int = 0


@pytest.fixture
def export(database: Database, database_url: str) -> Iterator[Export]:
    app = create_app(Settings(database_url=database_url))
    with TestClient(app, raise_server_exceptions=False) as client:
        made = Export(client)
        _add_routes(app, made)
        yield made


def _add_routes(app: FastAPI, made: Export) -> None:
    def pieces(connection: sa.Connection) -> Iterator[bytes]:
        try:
            for number in range(PIECES):
                texts = list(connection.scalars(sa.select(col(Turn.text)).order_by(col(Turn.id))))
                made.produced.append(number)
                yield (json.dumps({"number": number, "texts": texts}) + "\n").encode() * 20
        finally:
            made.closed += 1

    @app.get("/v1/export")
    def export_turns(request: Request, database: Open) -> Response:
        with ExitStack() as reading:
            connection = reading.enter_context(database.read())
            return stream(request, reading.pop_all(), pieces(connection), media_type="application/x-ndjson")

    @app.get("/v1/refused")
    def export_nothing(request: Request, database: Open) -> Response:
        with database.read():
            raise ParameterError("topic", "there is no topic 'nothing'")


def _ask(export: Export, method: str = "GET", **headers: str) -> Response:
    export.produced.clear()
    given = {name.replace("_", "-"): value for name, value in {"Accept_Encoding": "", **headers}.items()}
    answer: Response = export.client.request(method, "/v1/export?topic=all", headers=given)  # type: ignore[assignment]
    return answer


def test_stream_is_sent_piece_by_piece_with_a_tag_and_a_date(
    load: Callable[..., LoadedInterview], export: Export
) -> None:
    load("Q: Why?\nA: Because.\n")
    response = export.client.get("/v1/export", headers={"Accept-Encoding": ""})
    assert [json.loads(line)["number"] for line in response.text.splitlines()][::20] == list(range(PIECES))
    assert "Content-Length" not in response.headers
    assert response.headers["ETag"].startswith('"')
    assert response.headers["Vary"] == "Accept, Accept-Encoding, Authorization, Quoth-Revision"
    assert response.headers["Last-Modified"]
    assert response.headers["Cache-Control"].startswith("public, max-age=60")
    assert (len(export.produced), export.closed) == (PIECES, 1)


def test_client_that_has_it_costs_no_piece(load: Callable[..., LoadedInterview], export: Export) -> None:
    load("Q: Why?\nA: Because.\n")
    for coding in ("", "gzip", "zstd"):
        first = _ask(export, Accept_Encoding=coding)
        assert len(export.produced) == PIECES
        confirmed = _ask(export, Accept_Encoding=coding, If_None_Match=first.headers["ETag"])
        assert (confirmed.status_code, export.produced) == (304, [])
        assert confirmed.headers["ETag"] == first.headers["ETag"]
        assert "Content-Type" not in confirmed.headers


def test_head_costs_no_piece_and_has_the_same_headers(load: Callable[..., LoadedInterview], export: Export) -> None:
    load("Q: Why?\nA: Because.\n")
    for coding in ("", "gzip", "zstd"):
        asked = _ask(export, Accept_Encoding=coding)
        headed = _ask(export, "HEAD", Accept_Encoding=coding)
        assert export.produced == []
        for response in (asked, headed):
            for name in ("X-Request-ID", "Server-Timing"):
                del response.headers[name]
        assert dict(headed.headers) == dict(asked.headers)


def test_stream_is_compressed_as_it_goes(load: Callable[..., LoadedInterview], export: Export) -> None:
    load("Q: Why?\nA: Because.\n")
    plain = export.client.get("/v1/export", headers={"Accept-Encoding": ""})
    tags = {plain.headers["ETag"]}
    for coding in ("gzip", "zstd"):
        coded = export.client.get("/v1/export", headers={"Accept-Encoding": coding})
        assert (coded.headers["Content-Encoding"], coded.text) == (coding, plain.text)
        tags.add(coded.headers["ETag"])
    assert len(tags) == 3


def test_tag_moves_with_the_corpus_and_with_the_address(load: Callable[..., LoadedInterview], export: Export) -> None:
    load("Q: Why?\nA: Because.\n", name="one.txt")
    first = _ask(export)
    other = export.client.get("/v1/export?topic=other", headers={"Accept-Encoding": ""})
    assert other.headers["ETag"] != first.headers["ETag"]
    load("Q: Where?\nA: Here.\n", name="two.txt")
    again = _ask(export, If_None_Match=first.headers["ETag"])
    assert (again.status_code, len(export.produced)) == (200, PIECES)


def test_what_is_refused_at_the_start_is_a_problem(export: Export) -> None:
    response = export.client.get("/v1/refused")
    assert (response.status_code, response.headers["Content-Type"]) == (422, "application/problem+json")


def test_every_way_to_end_gives_the_connection_back(load: Callable[..., LoadedInterview], export: Export) -> None:
    """More answers than there are connections."""
    load("Q: Why?\nA: Because.\n")
    tag = _ask(export).headers["ETag"]
    for _ in range(30):
        assert _ask(export, "HEAD").status_code == 200
        assert _ask(export, If_None_Match=tag).status_code == 304
        assert export.client.get("/v1/refused").status_code == 422
    pool = export.client.app.state.database._reader.pool  # type: ignore[attr-defined]
    assert pool.checkedout() == 0


class Reader:
    """A client that asks for a whole list, and takes nothing of it in until it may."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.has_begun, self.may_read = asyncio.Event(), asyncio.Event()
        self.messages: list[Any] = []
        self._asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def __call__(self) -> int:
        """Ask, and return the status."""
        scope = {"type": "http", "method": "GET", "path": "/v1/questions", "raw_path": b"/v1/questions"}
        asked = {"query_string": b"format=ndjson", "headers": [(b"host", b"a")], "http_version": "1.1"}
        await self.app({**scope, **asked}, self._receive, self._send)
        return int(self.messages[0]["status"])

    async def _receive(self) -> Any:
        for message in self._asked:
            return message
        # It stays.
        return await asyncio.get_running_loop().create_future()

    async def _send(self, message: Any) -> None:
        self.messages.append(message)
        if message["type"] == "http.response.body" and message.get("more_body"):
            self.has_begun.set()
            await self.may_read.wait()

    @property
    def is_whole(self) -> bool:
        """Whether the end was sent."""
        return bool(self.messages) and not self.messages[-1].get("more_body", False)


async def _begun(reader: Reader) -> "asyncio.Task[int]":
    task = asyncio.create_task(reader())
    async with asyncio.timeout(60):
        await reader.has_begun.wait()
    return task


@pytest.mark.parametrize("streams", [1, 3])
def test_no_more_streams_run_than_may_and_pages_go_on(
    load: Callable[..., LoadedInterview], database_url: str, streams: int
) -> None:
    load("Q: Why?\nA: Because.\n")
    # On PostgreSQL, few enough connections for three streams to leave one.
    app = create_app(Settings(database_url=database_url, streams=streams, database_connections=12, cache_bytes=0))

    async def ask() -> None:
        readers = [Reader(app) for _number in range(streams)]
        tasks = [await _begun(reader) for reader in readers]
        refused = Reader(app)
        assert await refused() == 503
        assert b"/problems/overloaded" in refused.messages[1]["body"]
        assert b"retry-after" in dict(refused.messages[0]["headers"])
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://quoth") as client:
            for address in ("/v1/questions", "/v1/questions?limit=1&format=ndjson", "/readyz"):
                assert (await client.get(address)).status_code == 200
        for reader in readers:
            reader.may_read.set()
        assert await asyncio.gather(*tasks) == [200] * streams
        assert all(reader.is_whole for reader in readers)
        last = Reader(app)
        last.may_read.set()
        assert await last() == 200

    try:
        asyncio.run(ask())
        assert app.state.database._reader.pool.checkedout() == 0
    finally:
        app.state.corpus.servers.close()


@pytest.mark.postgresql
def test_streams_never_hold_the_last_connection(load: Callable[..., LoadedInterview], make_database: Any) -> None:
    url = make_database("postgresql")
    app = create_app(Settings(database_url=url, streams=32, database_connections=2, database_wait_seconds=0.1))
    assert app.state.corpus.streams.acquire(blocking=False)
    assert not app.state.corpus.streams.acquire(blocking=False)
    app.state.corpus.servers.close()


def test_stream_that_takes_too_long_is_broken_off_and_holds_nothing(
    load: Callable[..., LoadedInterview], database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    load("Q: Why?\nA: Because.\n")
    app = create_app(Settings(database_url=database_url, streams=1, stream_seconds=0.2))

    async def ask() -> None:
        stuck = Reader(app)
        async with asyncio.timeout(60):
            assert await stuck() == 200
        assert not stuck.is_whole
        after = Reader(app)
        after.may_read.set()
        assert await after() == 200

    try:
        asyncio.run(ask())
        assert app.state.database._reader.pool.checkedout() == 0
    finally:
        app.state.corpus.servers.close()
    assert [each.getMessage() for each in caplog.records if "broken off" in each.getMessage()]
