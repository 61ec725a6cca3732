"""A second Quoth kept in step with a first over HTTP: by a server and a mirror that really run, killed where it hurts,
and by answers that no Quoth would give.
"""

import datetime
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx2
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.cli.topics import suggest_topics
from app.db import Database
from app.errors import MirrorError, OriginUnavailableError
from app.loading import LoadedInterview, hold, load_interview, load_vocabulary, redact, release, withdraw
from app.main import create_app
from app.maintenance import mirroring
from app.maintenance.mirroring import Origin, Progress, follow
from app.queries.canonical import lines
from app.settings import Settings
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.cli.test_command_line import Run
from tests.conftest import NOW, ROOT
from tests.differences import assert_same
from tests.server import running

Load = Callable[..., LoadedInterview]
ORIGIN = "http://origin.test"
TALK = "Q: Where did the river begin?\nA: It began under the old mill.\nQ: And then?\nA: Then it went south.\n"
VOCABULARY = '[water]\nlabel = "Water"\n[rivers]\nlabel = "River"\nbroader = "water"\n[mills]\nlabel = "Mill"\n'


def _dump(database: Database) -> str:
    with database.read() as connection:
        return "".join(lines(connection))


def _fill(database: Database, interviews: int) -> None:
    """Some interviews of a series, of which some are corrected, renamed and reviewed."""
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
        for number in range(interviews):
            _load(connection, number, "")
        for number in range(0, interviews, 7):
            _load(connection, number, " So they say.")
            _load(connection, number, " So they say.", slug=f"renamed-{number}", guest="Di Falk")
    suggest_topics(database, min_confidence=0)
    with database.write() as connection:
        later = VOCABULARY.replace("[mills]", "[water-mills]\nreplaces = ['mills']")
        load_vocabulary(connection, read_vocabulary("topics.toml", later.encode()), at(NOW))


def _load(connection: object, number: int, more: str, slug: str = "", guest: str = "Cy Holm") -> None:
    text = f"Q: Where did river {number} begin?\nA: Under mill {number}, “Öl”.{more}\n"
    stated = f'slug = "{slug or f"talk-{number}"}"\nseries = "Rivers"\n[[speakers]]\nlabels = ["A"]\nname = "{guest}"\n'
    sidecar = read_sidecar("talk.toml", stated.encode())
    prepared = prepare(Source(f"talk-{number}.txt", text.encode()), sidecar, "talk.toml")
    load_interview(connection, prepared, at(NOW, "a test"))  # type: ignore[arg-type]  # a connection


@pytest.fixture
def mirror(make_database: Callable[[str], str]) -> Iterator[Database]:
    opened = Database(make_database("sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def origin(client: TestClient) -> Origin:
    """The application of the test, as if it were elsewhere."""
    return Origin(ORIGIN, client)


def _follow(database: Database, origin: Origin) -> Progress:
    *_, last = follow(database, origin)
    return last


class Deadly(ThreadingHTTPServer):
    """A proxy before a server, which kills the mirror at one of its requests: when half of the answer has been sent, or
    as soon as all of it has.
    """

    daemon_threads = True

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = behind
        self.victim: subprocess.Popen[bytes] | None = None
        self.path, self.countdown, self.half = "", 0, False
        self.asked = 0

    def aim(self, path: str, at: int, *, half: bool) -> None:
        """Kill at the request to this path that is the `at`-th from now."""
        self.path, self.countdown, self.half = path, at, half


class _Handler(BaseHTTPRequestHandler):
    server: Deadly
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        server.asked += 1
        request = Request(server.behind + self.path, headers={"Accept": self.headers["Accept"]})  # noqa: S310 - the server is our own
        try:
            with urlopen(request, timeout=30) as response:  # noqa: S310 - as above
                status, body = response.status, response.read()
        except HTTPError as error:
            status, body = error.code, error.read()
        kills = False
        if server.path and self.path.startswith(server.path):
            server.countdown -= 1
            kills = server.countdown == 0
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if kills and server.half:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
        else:
            self.wfile.write(body)
            self.wfile.flush()
        if kills:
            assert server.victim is not None
            os.kill(server.victim.pid, signal.SIGKILL)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def deadly(behind: str) -> Iterator[tuple[Deadly, str]]:
    with Deadly(behind) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield proxy, f"http://127.0.0.1:{proxy.server_address[1]}"
        finally:
            proxy.shutdown()
            thread.join()


def test_a_mirror_loses_what_its_origin_has_redacted_withdrawn_or_holds_back(
    client: TestClient, mirror: Database, load: Load, database: Database, origin: Origin
) -> None:
    first = load(TALK.replace("old mill", "Quixel mill"))
    load(TALK)
    second = load(TALK.replace("south", "to Zembla"), name="second.txt")
    third = load(TALK.replace("south", "to Ruritania"), name="third.txt")
    _follow(mirror, origin)
    assert all(word in _dump(mirror) for word in ("Quixel", "Zembla", "Ruritania"))
    with database.write() as connection:
        redact(connection, first.slug, at(NOW, "a court order"), words="began under the old mill")
        redact(connection, second.slug, at(NOW), words="to Zembla")
        withdraw(connection, second.slug, at(NOW, "asked for"))
        hold(connection, third.slug, datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC), at(NOW))
    _follow(mirror, origin)
    assert _dump(mirror) == _dump(database)
    with mirror.read() as connection:
        for name in ("transcript", "search_word", "search_term", "search_document", "past_interview", "turn"):
            message = str(connection.execute(sa.text(f"SELECT * FROM {name}")).all()).lower()  # noqa: S608 - names of the schema
            assert not any(word in message for word in ("quixel", "zembla", "ruritania", "began under")), name
    with database.write() as connection:
        release(connection, third.slug, at(NOW))
    _follow(mirror, origin)
    assert _dump(mirror) == _dump(database)
    assert "Ruritania" in _dump(mirror)


@pytest.mark.parametrize(
    ("origin_engine", "mirror_engine"),
    [("sqlite", "postgresql"), pytest.param("postgresql", "sqlite", marks=pytest.mark.exhaustive)],
)
def test_killed_mirror_goes_on_and_ends_with_the_same_bytes(
    make_database: Callable[[str], str], origin_engine: str, mirror_engine: str
) -> None:
    origin_url, mirror_url = make_database(origin_engine), make_database(mirror_engine)
    with closing(Database(origin_url)) as origin, closing(Database(mirror_url)) as mirror:
        _fill(origin, 130)
        with running(QUOTH_DATABASE_URL=origin_url) as address, deadly(address) as (proxy, url):
            stored = []
            # In the middle of a file, of the second page, and after it.
            for path, at, half in (("/v1/sources", 30, True), ("/v1/changes", 2, True), ("/v1/changes", 1, False)):
                proxy.aim(path, at, half=half)
                assert _run(proxy, mirror_url, url) == -signal.SIGKILL
                stored.append(_dump(mirror).count('"table":"interview"'))
            assert stored == sorted(stored)
            assert stored[0] == 0 < stored[-1] < 130
            proxy.aim("", 0, half=False)
            assert _run(proxy, mirror_url, url) == 0
            assert _dump(mirror) == _dump(origin)
            # Once more, with what has changed since and nothing else.
            with origin.write() as connection:
                _load(connection, 3, " And more.")
            proxy.asked = 0
            assert _run(proxy, mirror_url, url) == 0
            assert _dump(mirror) == _dump(origin)
            assert proxy.asked == 3


def _run(proxy: Deadly, mirror_url: str, url: str) -> int:
    environment = {**os.environ, "QUOTH_DATABASE_URL": mirror_url}
    command = [sys.executable, "-m", "app", "mirror", url, "--once"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        proxy.victim = process
        return process.wait(timeout=120)


def test_mirror_answers_as_its_origin_does(
    own_seed: TestClient, load: Load, database: Database, make_database: Callable[[str], str]
) -> None:
    load(TALK, name="river.txt")
    load(TALK.partition("Q: And")[0], 'slug = "brook"\n', name="river.txt")
    url = make_database("sqlite")
    with closing(Database(url)) as mirror, TestClient(create_app(Settings(database_url=url))) as copy:
        done = _follow(mirror, Origin(ORIGIN, own_seed))
        assert done.revision == done.newest
        for path in (
            "/v1/questions?limit=100&topic_state=proposed",
            "/v1/answers?format=csv",
            "/v1/interviews",
            "/v1/interviews?format=atom",
            "/v1/questions?format=atom&limit=100",
            "/v1/answers?format=jsonfeed&limit=100",
            "/v1/interviews/worldnewsam-3712",
            "/v1/interviews/brook/transcript",
            "/v1/interviews/brook/source",
            "/v1/speakers",
            "/v1/topics?limit=100",
            "/v1/changes?limit=100",
        ):
            of_origin, of_mirror = own_seed.get(path), copy.get(path)
            assert of_origin.status_code == 200
            assert_same(of_mirror.content, of_origin.content, path)
        for path in ("/v1/interviews/river", "/v1/questions/none"):
            statuses = [one.get(path, follow_redirects=False).status_code for one in (own_seed, copy)]
            assert statuses[0] == statuses[1]
        # Scores are the engine's own.
        found = [one.get("/v1/search?q=river").json()["items"] for one in (own_seed, copy)]
        assert [hit["id"] for hit in found[0]] == [hit["id"] for hit in found[1]] != []


def test_mirror_of_a_mirror_goes_on_at_the_origin(
    origin: Origin, client: TestClient, database: Database, load: Load, make_database: Callable[[str], str]
) -> None:
    load(TALK)
    first_url, second_url = make_database("sqlite"), make_database("sqlite")
    with closing(Database(first_url)) as first, closing(Database(second_url)) as second:
        _follow(first, origin)
        with TestClient(create_app(Settings(database_url=first_url))) as of_first:
            _follow(second, Origin(ORIGIN, of_first))
        load(TALK.replace("south", "north"))
        done = _follow(second, origin)
        assert done.changes == 3
        assert _dump(second) == _dump(database)


def test_nothing_is_written_into_a_mirror_but_by_mirroring(
    origin: Origin, mirror: Database, load: Load, tmp_path: Path
) -> None:
    load(TALK)
    _follow(mirror, origin)
    file = tmp_path / "other.txt"
    file.write_text("Q: Why?\nA: Because.\n")
    before = _dump(mirror)
    run = Run(mirror.url.render_as_string(hide_password=False))
    assert f"mirrors {ORIGIN}" in run("load", file, code=65)
    assert _dump(mirror) == before


def test_mirror_begins_in_an_empty_database_and_stays_with_its_origin(
    origin: Origin, client: TestClient, database: Database, mirror: Database, load: Load
) -> None:
    load(TALK)
    with pytest.raises(MirrorError, match="content of its own"):
        _follow(database, origin)
    _follow(mirror, origin)
    with pytest.raises(MirrorError, match=f"mirrors {ORIGIN}, not http://other.test"):
        _follow(mirror, Origin("http://other.test", client))


def test_origin_that_was_put_back_is_told(origin: Origin, database: Database, mirror: Database, load: Load) -> None:
    load(TALK)
    _follow(mirror, origin)
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM change")
        connection.exec_driver_sql("DELETE FROM revision")
    with pytest.raises(MirrorError, match="restored from an older state"):
        _follow(mirror, origin)


def _answering(handler: Callable[[httpx2.Request], httpx2.Response]) -> Origin:
    return Origin(ORIGIN, httpx2.Client(transport=httpx2.MockTransport(handler)))


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, text="<html>Welcome</html>"),
        httpx2.Response(200, json={"items": []}),
        httpx2.Response(200, json={"items": [], "page": {"limit": 1, "next": "/x", "is_whole": True, "revision": 0}}),
        httpx2.Response(404, text="Not Found"),
        httpx2.Response(308, headers={"Location": "https://elsewhere.test/"}),
        httpx2.Response(200, headers={"Content-Encoding": "gzip"}, content=iter([b"this is not gzip"])),
    ],
    ids=["page", "other-json", "no-cursor", "not-found", "redirect", "damaged"],
)
def test_address_that_is_no_quoth_is_refused_and_nothing_stored(mirror: Database, answer: httpx2.Response) -> None:
    with pytest.raises(MirrorError, match=ORIGIN):
        _follow(mirror, _answering(lambda _request: answer))
    with mirror.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM mirror").scalar() == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_origin_that_cannot_answer_now_is_unavailable(mirror: Database, status: int) -> None:
    problem = httpx2.Response(status, json={"detail": "The database cannot be read now."})
    with pytest.raises(OriginUnavailableError, match=r"503|500|429"):
        _follow(mirror, _answering(lambda _request: problem))


def test_answer_that_does_not_end_is_cut_off(mirror: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirroring, "_MAX_BYTES", 1000)
    with pytest.raises(MirrorError, match="larger than 1000 bytes"):
        _follow(mirror, _answering(lambda _request: httpx2.Response(200, content=b" " * 5000)))


def _tampered(client: TestClient, change: Callable[[str, httpx2.Response], httpx2.Response]) -> Origin:
    """The origin, with some answers changed on the way."""

    def handle(request: httpx2.Request) -> httpx2.Response:
        got = client.get(request.url.raw_path.decode(), headers={"Accept": request.headers["Accept"]})
        return change(request.url.path, httpx2.Response(got.status_code, content=got.content))

    return _answering(handle)


def _in_feed(change: Callable[[dict[str, object]], None]) -> Callable[[str, httpx2.Response], httpx2.Response]:
    def changed(path: str, response: httpx2.Response) -> httpx2.Response:
        if path != "/v1/changes":
            return response
        page = response.json()
        for item in page["items"]:
            change(item)
        return httpx2.Response(200, json=page)

    return changed


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (lambda item: item["data"].pop("turn"), "without 'turn'"),
        (lambda item: item.update(data=None), "without 'transcript'"),
        (lambda item: item.update(noun="poem"), "'poem', which this version does not know"),
        (lambda item: item["data"]["turn"][0].update(mood="gay"), "mood"),
        (lambda item: item["data"]["turn"][0].update(position="first"), r"'first' as turn\.position"),
        (lambda item: item["data"]["turn"][0].update(position=2**40), r"as turn\.position"),
        (lambda item: item["data"]["turn"][0].update(text="a\0b"), r"as turn\.text"),
        (lambda item: item["data"]["interview"][0].update(slug="../../etc/x"), r"as interview\.slug"),
        (lambda item: item["data"]["turn"][0].update(kind="song"), r"'song' as turn\.kind"),
        (lambda item: item["data"]["turn"][0].update(interview_id="other"), "row of 'other'"),
        (lambda item: item["data"]["turn"][0].update(speaker_id="nobody"), "cannot be stored"),
        (lambda item: item.update(id="other"), "are those of"),
        (lambda item: item.pop("reason"), "not a change feed"),
        (lambda item: item.update(revision="first"), "not a change feed"),
        (lambda item: item.update(revision=0), "not a change feed"),
        (lambda item: item.update(action="sung"), "not a change feed"),
    ],
)
def test_what_no_quoth_would_tell_is_refused_whole(
    client: TestClient, mirror: Database, load: Load, what: Callable[[dict[str, object]], None], message: str
) -> None:
    load(TALK)
    with pytest.raises(MirrorError, match=message):
        _follow(mirror, _tampered(client, _in_feed(what)))
    assert _dump(mirror) == ""


def test_feed_without_an_end_is_refused(client: TestClient, mirror: Database, load: Load) -> None:
    load(TALK)

    def endless(path: str, response: httpx2.Response) -> httpx2.Response:
        page = response.json()
        page["page"]["is_whole"] = False
        return httpx2.Response(200, json=page) if path == "/v1/changes" else response

    with pytest.raises(MirrorError, match="does not end"):
        _follow(mirror, _tampered(client, endless))
    assert _dump(mirror) == ""


def test_keys_of_a_later_version_are_ignored(
    client: TestClient, database: Database, mirror: Database, load: Load
) -> None:
    load(TALK)
    _follow(mirror, _tampered(client, _in_feed(lambda item: item.update(mood="gay"))))
    assert _dump(mirror) == _dump(database)


def test_source_file_with_other_bytes_is_refused(client: TestClient, mirror: Database, load: Load) -> None:
    load(TALK)

    def change(path: str, response: httpx2.Response) -> httpx2.Response:
        is_file = path.startswith("/v1/sources/")
        return httpx2.Response(200, content=response.content.replace(b"south", b"north")) if is_file else response

    digest = hashlib.sha256(TALK.encode()).hexdigest()
    with pytest.raises(MirrorError, match=f"{digest} arrived with other content"):
        _follow(mirror, _tampered(client, change))
    assert _dump(mirror) == ""


def test_item_that_changes_between_its_page_and_its_file_is_asked_for_again(
    client: TestClient, database: Database, mirror: Database, load: Load
) -> None:
    load(TALK)
    missing = [True, True]

    def change(path: str, response: httpx2.Response) -> httpx2.Response:
        is_file = path.startswith("/v1/sources/")
        return httpx2.Response(410) if is_file and missing and missing.pop() else response

    _follow(mirror, _tampered(client, change))
    assert _dump(mirror) == _dump(database)
    always = _tampered(client, lambda path, response: httpx2.Response(404) if "sources" in path else response)
    load("Q: Why?\nA: Because.\n", name="second.txt")
    with pytest.raises(OriginUnavailableError, match="does not have the source file"):
        _follow(mirror, always)


def test_file_that_is_stored_already_is_not_fetched(client: TestClient, mirror: Database, load: Load) -> None:
    load(TALK)
    asked: list[str] = []

    def note(path: str, response: httpx2.Response) -> httpx2.Response:
        asked.append(path)
        return response

    origin = _tampered(client, note)
    _follow(mirror, origin)
    load(TALK, 'title = "The river"\n')
    asked.clear()
    assert _follow(mirror, origin).sources == 0
    assert not [path for path in asked if path.startswith("/v1/sources/")]


@pytest.mark.parametrize(
    "url",
    ["", "quoth.example.org", "ftp://quoth.test", "file:///etc/passwd", "http://", "http://a.test/?b", "http://a:b:c"],
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(MirrorError, match="not the address of a server"):
        Origin(url)


def test_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(MirrorError) as refused:
        Origin("https://editor:secret@quoth.test")
    assert "secret" not in str(refused.value)


def test_command_tells_what_it_did_and_ends_with_telling_statuses(database: Database, database_url: str) -> None:
    run = Run(database_url)
    # Port 9 discards what it gets, if anything listens there at all.
    assert "cannot be reached" in run("mirror", "http://127.0.0.1:9", code=75)
    assert "not the address" in run("mirror", "nowhere", code=65)
    assert "not both" in run("mirror", "http://127.0.0.1:9", "--once", "--every", 5, code=64)


def test_canonical_export_is_the_dump(seeded: Database, database_url: str, tmp_path: Path) -> None:
    run = Run(database_url)
    run("export", tmp_path / "out", "--format", "canonical")
    text = (tmp_path / "out" / "corpus.jsonl").read_text(encoding="utf-8")
    assert text == _dump(seeded)
    rows = [json.loads(line) for line in text.splitlines()]
    assert {row["table"] for row in rows} >= {"interview", "transcript", "turn", "topic", "question_topic", "change"}
