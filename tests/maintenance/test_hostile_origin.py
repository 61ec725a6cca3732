"""A server that is no Quoth, or a bad one: it writes nothing that a file could not, and takes bounded time and room."""

import gzip
import json
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database
from app.errors import MirrorError, OriginUnavailableError
from app.loading import LoadedInterview, feed_item, load_vocabulary
from app.maintenance import mirroring
from app.maintenance.integrity import CHECKS
from app.maintenance.integrity.check import ItemCounter, run_check
from app.maintenance.mirroring import Origin, follow
from app.queries.canonical import lines
from app.topics.vocabulary import read_vocabulary
from tests.authors import at
from tests.conftest import NOW

TALK = "Q: Where did the river begin?\nA: It began under the old mill.\nQ: And then?\nA: Then it went south.\n"
DEEP: Any = []
for _ in range(60):
    DEEP = [DEEP]


@pytest.fixture
def mirror(make_database: Callable[[str], str]) -> Iterator[Database]:
    opened = Database(make_database("sqlite"))
    yield opened
    opened.close()


def _tampering(client: TestClient, change: Callable[[dict[str, Any]], None]) -> Origin:
    """The application as an origin, whose pages are changed on the way."""

    def handle(request: httpx2.Request) -> httpx2.Response:
        got = client.get(request.url.raw_path.decode(), headers={"Accept": request.headers["Accept"]})
        if request.url.path != "/v1/changes":
            return httpx2.Response(got.status_code, content=got.content)
        page = got.json()
        change(page)
        return httpx2.Response(200, content=json.dumps(page))

    return Origin("http://origin.test", httpx2.Client(transport=httpx2.MockTransport(handle)))


def _row(table: str, column: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(page: dict[str, Any]) -> None:
        for item in page["items"]:
            for row in (item["data"] or {}).get(table, [])[:1]:
                row[column] = value

    return change


_BAD_VALUES: list[tuple[str, str, object]] = [
    ("interview", "slug", "../../etc/cron.d/x"),
    ("interview", "slug", "a/b"),
    ("interview", "slug", "x" * 5000),
    ("interview", "title", "x" * 501),
    ("interview", "title", "a\ud800b"),
    ("interview", "source_url", "javascript:alert(1)"),
    ("interview", "language", "<script>"),
    ("interview", "published", "soon"),
    ("interview", "published", "2024-02-31"),
    ("interview", "revision", 2**31),
    ("interview", "undated", "yes"),
    ("speaker", "slug", "..\\..\\x"),
    ("speaker", "name", "a\0b"),
    ("speaker", "aliases", {"0": "Jo"}),
    ("speaker", "aliases", [1]),
    ("speaker", "same_as", "https://example.org"),
    ("contribution", "labels", [["A"]]),
    ("turn", "segments", [["0", "1", "0", "1"]]),
    ("turn", "segments", [[0, 2**60, 0, 1]]),
    ("turn", "redactions", ["all"]),
    ("turn", "source_start", -(2**40)),
    ("transcript", "report", [1]),
    ("transcript", "report", {"deep": DEEP}),
    ("transcript", "report", {"a": math.inf}),
    ("transcript", "report", {"a\0b": 1}),
    ("topic", "slug", "Über/uns"),
    ("topic", "labels", ["label"]),
    ("topic", "exact_match", [None]),
]


@pytest.mark.parametrize(("table", "column", "value"), _BAD_VALUES, ids=lambda value: repr(value)[:24])
def test_value_that_no_file_could_bring_is_refused(
    client: TestClient,
    database: Database,
    mirror: Database,
    load: Callable[..., LoadedInterview],
    table: str,
    column: str,
    value: object,
) -> None:
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", b'[water]\nlabel = "Water"\n'), at(NOW))
    load(TALK, 'title = "T"\n')
    with pytest.raises(MirrorError):
        list(follow(mirror, _tampering(client, _row(table, column, value))))
    with mirror.read() as connection:
        assert not [line for line in lines(connection) if json.loads(line)["table"] == table]


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE interview SET source_url = 'javascript:alert(1)'", "interview.source_url"),
        ("UPDATE interview SET published = 'soon'", "interview.published"),
        ("UPDATE speaker SET aliases = '{}'", "speaker.aliases"),
        ("UPDATE interview SET series = '<long>'", "interview.series"),
        ("UPDATE turn SET redactions = '[1]'", "turn.redactions"),
        ("UPDATE contribution SET labels = '[[1]]'", "contribution.labels"),
        ("UPDATE transcript SET report = '[]'", "transcript.report"),
    ],
)
def test_value_that_no_file_could_bring_is_found(
    database: Database, load: Callable[..., LoadedInterview], statement: str, finding: str
) -> None:
    load(TALK)
    [values] = [check for check in CHECKS if check.name == "values"]
    assert list(run_check(database, values, ItemCounter())) == []
    with database.write() as connection:
        connection.execute(sa.text(statement.replace("<long>", "x" * 501)))
    problems = [one.problem for one in run_check(database, values, ItemCounter())]
    assert problems
    assert all(finding in problem for problem in problems)


def test_type_that_only_sqlite_stores_is_found(make_database: Callable[[str], str]) -> None:
    opened = Database(make_database("sqlite"))
    with opened.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", b'[water]\nlabel = "Water"\n'), at(NOW))
        connection.execute(sa.text("UPDATE topic SET label = x'00ff'"))
    [values] = [check for check in CHECKS if check.name == "values"]
    assert [one.problem for one in run_check(opened, values, ItemCounter())]
    opened.close()


def test_feed_that_goes_back_or_beyond_its_end_is_refused(
    client: TestClient, mirror: Database, load: Callable[..., LoadedInterview]
) -> None:
    load(TALK)

    def beyond(page: dict[str, Any]) -> None:
        page["page"]["revision"] = 0

    with pytest.raises(MirrorError, match="order of its revisions"):
        list(follow(mirror, _tampering(client, beyond)))

    pages = iter(range(10_000))

    def again(page: dict[str, Any]) -> None:
        """The same revision again and again, each time at a new place of the feed."""
        first = client.get("/v1/changes?data=true").json()
        page.update(first)
        page["page"]["next"] = f"/v1/changes?cursor={next(pages)}"

    origin = _tampering(client, again)
    # The cursors are its own: this application knows none of them.
    with pytest.raises(MirrorError, match="order of its revisions"):
        list(follow(mirror, origin))
    assert next(pages) < 5


def test_revision_without_an_end_is_refused(
    client: TestClient, mirror: Database, load: Callable[..., LoadedInterview], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirroring, "_MAX_REVISION_BYTES", 100_000)
    load(TALK)
    pages = iter(range(10_000))

    def endless(page: dict[str, Any]) -> None:
        page.update(client.get("/v1/changes?data=true").json())
        page["page"] |= {"next": f"/v1/changes?cursor={next(pages)}", "is_whole": False}

    with pytest.raises(MirrorError, match="larger than 100000 bytes"):
        list(follow(mirror, _tampering(client, endless)))


def test_cursor_without_bounds_is_refused(
    client: TestClient, mirror: Database, load: Callable[..., LoadedInterview]
) -> None:
    load(TALK)

    def long_cursor(page: dict[str, Any]) -> None:
        page["page"]["next"] = f"/v1/changes?cursor={'x' * 5000}"

    with pytest.raises(MirrorError, match="cursor has 5000 characters"):
        list(follow(mirror, _tampering(client, long_cursor)))


class _Raw(threading.Thread):
    """A server that answers each connection with bytes of the test's own, piece by piece."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        super().__init__(daemon=True)
        self._listener, self._pieces = socket.create_server(("127.0.0.1", 0)), pieces
        self.asked: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            with connection:
                self.asked.append(connection.recv(65_536))
                try:
                    for piece in self._pieces():
                        connection.sendall(piece)
                except OSError:
                    continue

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def _serving(pieces: Callable[[], Iterator[bytes]]) -> Iterator[tuple[_Raw, Origin]]:
    server = _Raw(pieces)
    server.start()
    origin = Origin(server.url)
    try:
        yield server, origin
    finally:
        origin.close()
        server.close()
        server.join(5)


def _drip_head() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX: "
    for _ in range(200):
        time.sleep(0.05)
        yield b"x"


def _drip_body() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    for _ in range(200):
        time.sleep(0.05)
        yield b" "


@pytest.mark.parametrize("pieces", [_drip_head, _drip_body], ids=["head", "body"])
def test_origin_that_answers_byte_by_byte_is_left(
    pieces: Callable[[], Iterator[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirroring, "_RESPONSE_SECONDS", 0.4)
    with _serving(pieces) as (_server, origin), pytest.raises(OriginUnavailableError, match="takes longer than"):
        origin.changes(None)


def _answer(body: bytes, *head: str) -> Callable[[], Iterator[bytes]]:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *head, "", ""]
    return lambda: iter(["\r\n".join(lines).encode() + body])


@pytest.mark.parametrize("coding", ["gzip, gzip", "zstd", "br", "deflate"])
def test_coding_that_nobody_asked_for_is_refused_before_it_inflates(coding: str) -> None:
    bomb = gzip.compress(gzip.compress(b" " * 50_000_000))
    with (
        _serving(_answer(bomb, f"Content-Encoding: {coding}")) as (_server, origin),
        pytest.raises(MirrorError, match="which nobody asked for"),
    ):
        origin.changes(None)


def test_compressed_answer_is_cut_where_it_has_inflated_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirroring, "_MAX_BYTES", 100_000)
    inflating = _answer(gzip.compress(b" " * 50_000_000), "Content-Encoding: gzip")
    with _serving(inflating) as (_server, origin), pytest.raises(MirrorError, match="larger than 100000 bytes"):
        origin.changes(None)


def test_deep_json_is_refused() -> None:
    for body in (b"[" * 200_000, b'{"items":' * 100_000, b'{"items": [], "page": ' + b"9" * 100_000 + b"}"):
        with _serving(_answer(body)) as (_server, origin), pytest.raises(MirrorError, match="is not a Quoth"):
            origin.changes(None)


def test_nobody_else_is_asked_because_an_origin_says_so() -> None:
    with _serving(lambda: iter(())) as (elsewhere, _origin):
        moved = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere.url}/v1/changes\r\nContent-Length: 0\r\n\r\n".encode()
        with _serving(lambda: iter([moved])) as (_server, origin), pytest.raises(MirrorError, match="has moved"):
            origin.changes(None)
        assert elsewhere.asked == []


def test_checks_would_show_a_mirror_without_them(
    client: TestClient,
    make_database: Callable[[str], str],
    load: Callable[..., LoadedInterview],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is refused above is stored by a mirror that lacks the check, and found there by `values` or `slugs`."""
    load(TALK, 'title = "T"\n')
    monkeypatch.setattr(feed_item, "is_storable", lambda *_value: True)
    chosen = [bad for bad in _BAD_VALUES if bad[1] in {"source_url", "published"} or bad[2] == "a/b"]
    for bad in chosen:
        with closing(Database(make_database("sqlite"))) as opened:
            list(follow(opened, _tampering(client, _row(*bad))))
            wanted = [check for check in CHECKS if check.name in {"values", "slugs"}]
            assert [one for check in wanted for one in run_check(opened, check, ItemCounter())], bad


def test_slow_answers_would_show_a_mirror_without_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirroring, "_RESPONSE_SECONDS", 600)
    pieces = iter(range(1_000_000))

    def drip() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nX: "
        while next(pieces) < 40:
            time.sleep(0.05)
            yield b"x"

    with _serving(drip) as (_server, origin), pytest.raises(OriginUnavailableError) as left:
        origin.changes(None)
    assert "takes longer" not in str(left.value)
    # It stayed to the end.
    assert next(pieces) >= 40
