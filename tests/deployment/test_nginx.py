"""docs/operation/nginx.conf, run as it stands before a real server, on ports and in folders of the tests' own."""

import gzip
import http.client
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.models import Scope
from tests.conftest import NO_NGINX, ROOT
from tests.server import running

NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)
CONFIGURATION = ROOT / "docs" / "operation" / "nginx.conf"
PURGE = ROOT / "docs" / "operation" / "quoth-purge.conf"
# Seconds that a test waits for what happens sooner or later.
PATIENCE = 60.0
LIST = "/v1/questions"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def cache(self) -> str | None:
        return self.headers["X-Cache-Status"]


def get(address: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """Ask once, with no header but those given."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


@dataclass
class Front:
    """nginx with its cache, and the server behind it."""

    nginx: str
    quoth: str
    folder: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    loaded: int = field(default=0)

    def forwarded(self) -> Counter[str]:
        """Count what came to the server by status; its own numbers are asked for past nginx."""
        text = get(self.quoth, "/metrics").body.decode()
        found = re.findall(r'quoth_http_requests_total\{method="GET",route="/v1[^"]*",status="(\d+)"\} (\d+)', text)
        counted: Counter[str] = Counter()
        for status, number in found:
            counted[status] += int(float(number))
        return counted

    def load(self) -> str:
        """Load one more interview, and return the words of its question."""
        self.loaded += 1
        words = f"Question number {self.loaded} of the tests?"
        file = self.folder / f"more-{self.loaded}.txt"
        file.write_text(f"Q: {words}\nA: Yes.\n")
        self.run("load", str(file))
        return words

    def run(self, *arguments: str) -> bytes:
        """Run a command on the database of the server."""
        command, environment = [sys.executable, "-m", "app", *arguments], {**os.environ, **self.environment}
        return subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True).stdout

    def make_key(self, *scopes: str) -> str:
        """Make a key; without scopes, one that allows everything."""
        asked = [f"--scope={scope}" for scope in scopes or Scope]
        return str(json.loads(self.run("keys", "create", "Ada", "--json", *asked))["key"])

    def purge(self) -> None:
        """Do what docs/operations.md says: another word in the key."""
        purge = self.folder / "quoth-purge.conf"
        purge.write_text(f"set $quoth_purge {time.time_ns()};\n")
        subprocess.run(self._command("-s", "reload"), check=True, capture_output=True)

    def _command(self, *arguments: str) -> list[str]:
        return [str(NGINX), "-e", "stderr", "-p", str(self.folder), "-c", str(self.folder / "main.conf"), *arguments]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def fronted(folder: Path, cache_seconds: int) -> Iterator[Front]:
    if NGINX is None:
        if os.environ.get("QUOTH_TEST_REQUIRE_NGINX"):
            pytest.fail("nginx has to be tested here, and is not installed")
        pytest.skip(NO_NGINX)
    environment = {
        "QUOTH_DATABASE_URL": f"sqlite:///{folder}/quoth.db",
        "QUOTH_CACHE_SECONDS": str(cache_seconds),
        "QUOTH_METRICS": "true",
    }
    with running(**environment) as quoth:
        port = _free_port()
        text = CONFIGURATION.read_text()
        for documented, here in (
            ("listen 80;", f"listen 127.0.0.1:{port};"),
            ("server 127.0.0.1:8000;", f"server {urlsplit(quoth).netloc};"),
            ("/var/cache/nginx/quoth ", f"{folder}/cache "),
            ("/etc/nginx/quoth-purge.conf", f"{folder}/quoth-purge.conf"),
        ):
            assert text.count(documented) == 1
            text = text.replace(documented, here)
        shutil.copy(PURGE, folder)
        (folder / "quoth.conf").write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = "".join(
            f"{one}_temp_path {folder}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "main.conf").write_text(
            f"{user} daemon off; pid {folder}/pid; worker_processes 1; events {{}}\n"
            f"http {{ access_log off; {temporary} include {folder}/quoth.conf; }}\n"
        )
        with (folder / "nginx.log").open("wb") as log:
            command = [NGINX, "-e", "stderr", "-p", str(folder), "-c", str(folder / "main.conf")]
            with subprocess.Popen(command, stderr=log) as process:
                front = Front(f"http://127.0.0.1:{port}", quoth, folder, environment, process)
                try:
                    eventually(lambda: _answers(port) or process.poll() is not None)
                    assert process.poll() is None, (folder / "nginx.log").read_text()
                    yield front
                finally:
                    process.terminate()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """What is kept stays fresh for longer than the tests take."""
    with fronted(tmp_path_factory.mktemp("patient"), 3600) as front:
        yield front


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """What is kept is fresh for a second."""
    with fronted(tmp_path_factory.mktemp("brief"), 1) as front:
        yield front


def test_each_address_is_asked_for_once_however_often_it_is_read(patient: Front) -> None:
    """A replay with a skew: few addresses are read often, many rarely, by clients of three kinds."""
    questions = re.findall(r'"id":"([a-z0-9-]+-q\d+)"', get(patient.quoth, f"{LIST}?fields=id").body.decode())
    addresses = [LIST, "/v1/topics", "/v1/speakers", "/v1/interviews", "/", "/docs"]
    addresses += [f"{LIST}/{one}" for one in questions] + [f"{LIST}?limit={number}" for number in range(1, 60)]
    weights = [1 / (place + 1) for place in range(len(addresses))]
    draw = random.Random(1)  # noqa: S311 - a replay, the same each time
    asked = [
        (draw.choices(addresses, weights)[0], draw.choices(["", "gzip", "gzip, deflate, br, zstd"], [1, 3, 6])[0])
        for _ in range(1_500)
    ]
    before = patient.forwarded()
    counted: Counter[str | None] = Counter()
    for path, coding in asked:
        answer = get(patient.nginx, path, **({"Accept_Encoding": coding} if coding else {}))
        assert answer.status == 200
        counted[answer.cache] += 1
    distinct = set(asked)
    assert counted["HIT"] == len(asked) - len(distinct)
    assert counted["HIT"] / len(asked) > 0.85
    api = {(path, coding) for path, coding in distinct if path.startswith("/v1")}
    assert (patient.forwarded() - before)["200"] == len(api)


def test_clients_get_the_coding_that_they_ask_for(patient: Front) -> None:
    path = f"{LIST}?limit=99"
    plain = get(patient.quoth, path)
    tags = set()
    for _ in range(2):
        for accepted, coding in (
            (None, None),
            ("gzip", "gzip"),
            ("zstd", "zstd"),
            ("GZIP, deflate", "gzip"),
            ("deflate, gzip, br, zstd", "zstd"),
            ("identity", None),
            ("br", None),
            ("gzip;q=0", None),
            ("gzip;q=0.5, zstd;q=0", None),
            ("xgzip, zstdx", None),
            ("*", None),
        ):
            answer = get(patient.nginx, path, **({} if accepted is None else {"Accept_Encoding": accepted}))
            assert answer.headers["Content-Encoding"] == coding, accepted
            assert {"Accept", "Accept-Encoding"} <= set(answer.headers["Vary"].split(", "))
            body = gzip.decompress(answer.body) if coding == "gzip" else answer.body
            assert coding == "zstd" or body == plain.body
            assert not answer.headers["ETag"].startswith("W/")
            tags.add((coding, answer.headers["ETag"]))
    assert len(tags) == 3


def test_representations_are_not_mixed_up(patient: Front) -> None:
    path = f"{LIST}?limit=98"
    for _ in range(2):
        assert get(patient.nginx, path, Accept="text/csv").headers["Content-Type"].startswith("text/csv")
        assert get(patient.nginx, path, Accept="application/json").headers["Content-Type"] == "application/json"
        assert get(patient.nginx, path).headers["Content-Type"] == "application/json"
        assert get(patient.nginx, f"{path}&format=csv").headers["Content-Type"].startswith("text/csv")


def test_client_that_has_the_answer_costs_the_server_nothing(patient: Front) -> None:
    first = get(patient.nginx, f"{LIST}?limit=97")
    before = patient.forwarded()
    answer = get(patient.nginx, f"{LIST}?limit=97", If_None_Match=first.headers["ETag"])
    assert (answer.status, answer.body, answer.cache) == (304, b"", "HIT")
    assert answer.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert get(patient.nginx, f"{LIST}?limit=97", If_None_Match='"else"').status == 200
    assert patient.forwarded() == before


def test_errors_are_not_kept(patient: Front) -> None:
    before = patient.forwarded()
    for _ in range(3):
        answer = get(patient.nginx, f"{LIST}?limit=0")
        assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert (patient.forwarded() - before)["422"] == 3


def test_request_id_is_that_of_the_request_and_not_of_the_one_that_filled_the_cache(patient: Front) -> None:
    answers = [get(patient.nginx, f"{LIST}?limit=96") for _ in range(3)]
    assert len({one.headers["X-Request-ID"] for one in answers}) == 3
    assert all(one.headers.get_all("X-Request-ID", []) == [one.headers["X-Request-ID"]] for one in answers)
    assert all(one.headers["Server-Timing"] is None for one in answers)


def test_what_a_key_opens_is_for_nobody_else(patient: Front) -> None:
    """Nor is a request with a key answered from what was kept for the public."""
    key = {"Authorization": f"Bearer {patient.make_key()}"}
    for first_with_key, path in ((True, f"{LIST}?limit=91"), (False, f"{LIST}?limit=90")):
        for _ in range(3):
            if not first_with_key:
                assert get(patient.nginx, path).headers["Cache-Control"].startswith("public")
            answer = get(patient.nginx, path, **key)
            assert (answer.status, answer.cache) == (200, "BYPASS")
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert "Authorization" in answer.headers["Vary"]
        public = get(patient.nginx, path)
        assert public.cache == ("MISS" if first_with_key else "HIT")
        assert public.headers["Cache-Control"].startswith("public")
        # What is kept answers nobody whose key is wrong, either.
        wrong = get(patient.nginx, path, Authorization=f"{key['Authorization'][:-1]}x")
        assert (wrong.status, wrong.headers["WWW-Authenticate"][:6]) == (401, "Bearer")
        assert get(patient.nginx, path).cache == "HIT"
    for sent, status in ((key, 200), ({}, 401), (key, 200), ({}, 401)):
        assert get(patient.nginx, "/v1/keys", **sent).status == status


def test_what_is_held_back_comes_out_of_no_cache(patient: Front) -> None:
    """It does not matter who asks first: with a key that may read it, with another one, or with none."""
    file = patient.folder / "quixel.txt"
    file.write_text("Q: Who kept the Quixelbrandt ledger?\nA: My aunt did.\n")
    file.with_suffix(".toml").write_text('title = "On the Quixelbrandt ledger"')
    patient.run("load", str(file), "--embargo-until", "2199-12-31")
    reader, writer = ({"Authorization": f"Bearer {patient.make_key(*scopes)}"} for scopes in ((), ("write", "redact")))
    held, stated = "/v1/held/quixel", "/v1/interviews/quixel/statements"
    never = ("/v1/interviews/quixel", "/v1/interviews/quixel/transcript", "/v1/search?q=Quixelbrandt")
    for path in (held, stated, f"{stated}/versions", f"{stated}/versions/1", "/v1/held"):
        for sent in (reader, {}, writer, {}, reader, {}):
            answer = get(patient.nginx, path, **sent)
            assert (answer.status == 200, b"uixel" in answer.body and answer.status == 200) == (sent is reader,) * 2
            assert answer.cache in {"MISS", "BYPASS", "EXPIRED"}
            assert sent is not reader or answer.headers["Cache-Control"] == "private, no-store"
    for path in never:
        for sent in (reader, {}, {}):
            assert b"ledger" not in get(patient.nginx, path, **sent).body
    # Neither what is written nor what is refused stays in a cache.
    for sent, status in ((writer, 404), (reader, 428), ({**reader, "If_Match": "*"}, 201), (reader, 404)):
        assert get(patient.nginx, "/v1/interviews/quixel/withdrawal", "PUT", **sent).status == status
    for path in (held, stated, *never):
        for sent in (reader, writer, {}):
            assert b"ledger" not in get(patient.nginx, path, **sent).body


def test_conditions_of_writes_come_to_the_server(patient: Front) -> None:
    key, other = (patient.make_key() for _ in range(2))
    path, bearer = f"/v1/keys/{other.split('_')[1]}", {"Authorization": f"Bearer {key}"}
    tag = get(patient.nginx, path, **bearer).headers["ETag"]
    for sent, status in (({}, 428), ({"If_Match": '"stale"'}, 412), ({"If_Match": tag}, 200)):
        assert get(patient.nginx, path, "DELETE", **bearer, **sent).status == status


def test_who_has_seen_a_revision_is_answered_with_nothing_older(patient: Front) -> None:
    path = f"{LIST}?limit=89"
    before = int(get(patient.nginx, path).headers["Quoth-Revision"])
    words = patient.load().encode()
    assert words not in get(patient.nginx, path).body
    assert words in get(patient.nginx, path, Quoth_Revision=str(before + 1)).body


def test_numbers_are_not_shown_to_everybody(patient: Front) -> None:
    assert get(patient.quoth, "/metrics").status == 200
    for path in ("/metrics", "/readyz", "/metrics?x=1"):
        assert get(patient.nginx, path).status == 404
    assert get(patient.nginx, "/healthz").status == 200


def test_purge_forgets_everything_at_once(patient: Front) -> None:
    """Without it, what is fresh is answered without asking, as Cache-Control allows."""
    path = f"{LIST}?limit=95"
    get(patient.nginx, path)
    words = patient.load().encode()
    assert words in get(patient.quoth, path).body
    kept = get(patient.nginx, path)
    assert kept.cache == "HIT"
    assert words not in kept.body
    patient.purge()
    eventually(lambda: words in get(patient.nginx, path).body)
    assert get(patient.nginx, path).cache == "HIT"


def test_what_is_no_longer_fresh_is_asked_after_by_its_tag(brief: Front) -> None:
    path = f"{LIST}?limit=94"
    first = get(brief.nginx, path)
    before = brief.forwarded()
    seen: Counter[str | None] = Counter()

    def asked_after() -> bool:
        answer = get(brief.nginx, path)
        assert (answer.status, answer.headers["ETag"]) == (200, first.headers["ETag"])
        seen[answer.cache] += 1
        return (brief.forwarded() - before)["304"] > 0

    eventually(asked_after)
    # It is answered at once, and refreshed behind the client's back.
    assert seen["STALE"] or seen["UPDATING"]
    assert not seen["MISS"]
    assert (brief.forwarded() - before)["200"] == 0


def test_change_is_seen_without_a_purge(brief: Front) -> None:
    path = f"{LIST}?limit=93"
    get(brief.nginx, path)
    words = brief.load().encode()
    eventually(lambda: words in get(brief.nginx, path).body)


def test_what_is_kept_is_answered_while_the_server_is_away(tmp_path: Path) -> None:
    with fronted(tmp_path, 1) as front:
        path = f"{LIST}?limit=92"
        kept = get(front.nginx, path)
        text = (tmp_path / "quoth.conf").read_text()
        away = text.replace(urlsplit(front.quoth).netloc, f"127.0.0.1:{_free_port()}")
        (tmp_path / "quoth.conf").write_text(away)
        subprocess.run(front._command("-s", "reload"), check=True, capture_output=True)
        eventually(lambda: get(front.nginx, f"{LIST}/nothing").status == 502)
        for _ in range(3):
            assert get(front.nginx, path).body == kept.body
            time.sleep(0.5)
