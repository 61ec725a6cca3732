import math
import os
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from urllib.request import urlopen

import pytest
from starlette.testclient import TestClient

from app.api.observability.metrics import Metrics
from app.db import Database
from app.errors import SettingsError
from app.main import create_app
from app.settings import Settings
from tests.conftest import ROOT
from tests.server import running

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def counting(seeded: Database, database_url: str) -> Iterator[TestClient]:
    app = create_app(Settings(database_url=database_url, metrics=True))

    def broken() -> None:
        raise RuntimeError

    app.add_api_route("/broken", broken, include_in_schema=False)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def _read(text: str) -> Samples:
    """Read samples with the library's own parser of what it writes."""
    from prometheus_client.parser import text_string_to_metric_families as families

    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families(text)
        for sample in family.samples
    }


def _samples(client: TestClient) -> Samples:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    assert response.headers["Cache-Control"] == "no-store"
    return _read(response.text)


def _value(samples: Samples, name: str, **labels: str) -> float:
    """Return the value of a sample, which is no number where there is none."""
    return samples.get((name, frozenset(labels.items())), math.nan)


def test_requests_are_counted_by_template_method_and_status(counting: TestClient) -> None:
    first, second = (one["id"] for one in counting.get("/v1/questions?limit=2").json()["items"])
    sent = sum(int(counting.get(f"/v1/questions/{one}").headers["Content-Length"]) for one in (first, second))
    counting.get("/v1/questions?limit=0")
    counting.head("/v1/questions")
    counting.post("/v1/questions")
    counting.get("/broken")
    samples = _samples(counting)
    total, one, many = "quoth_http_requests_total", "/v1/questions/{id}", "/v1/questions"
    assert _value(samples, total, method="GET", route=one, status="200") == 2
    assert _value(samples, total, method="GET", route=many, status="200") == 1
    assert _value(samples, total, method="GET", route=many, status="422") == 1
    assert _value(samples, total, method="HEAD", route=many, status="200") == 1
    assert _value(samples, total, method="POST", route=many, status="405") == 1
    assert _value(samples, total, method="GET", route="/broken", status="500") == 1
    assert _value(samples, "quoth_http_response_bytes_total", method="GET", route=one) == sent
    assert _value(samples, "quoth_http_response_bytes_total", method="HEAD", route=many) == 0
    took = "quoth_http_request_duration_seconds"
    assert _value(samples, f"{took}_count", method="GET", route=one) == 2
    assert _value(samples, f"{took}_bucket", method="GET", route=one, le="+Inf") == 2
    seconds = _value(samples, f"{took}_sum", method="GET", route=one)
    reading = _value(samples, "quoth_database_reading_seconds_total", method="GET", route=one)
    assert seconds > reading > 0


def test_scrape_counts_itself_as_under_way_and_nothing_else(counting: TestClient) -> None:
    for address in ("/v1/questions", "/nothing", "/broken"):
        counting.get(address)
    assert _value(_samples(counting), "quoth_http_requests_in_progress") == 1


def test_database_is_described(counting: TestClient, seeded: Database) -> None:
    samples = _samples(counting)
    assert _value(samples, "quoth_database_up") == 1
    assert _value(samples, "quoth_corpus_revision") == 2
    assert _value(samples, "quoth_corpus_revised_timestamp_seconds") == 1767323045
    questions = counting.get("/v1/questions").json()["page"]["total"]
    documents = _value(samples, "quoth_corpus_search_documents")
    assert documents >= questions > 0
    assert _value(samples, "quoth_database_bytes") > 100_000
    assert _value(samples, "quoth_processes_counted") == 1
    assert _value(samples, "process_resident_memory_bytes")
    assert any(name == "quoth_build_info" for name, _ in samples)


def test_database_that_is_away_is_told_and_does_not_fail_the_scrape(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/nothing.db", metrics=True)
    with TestClient(create_app(settings)) as client:
        samples = _samples(client)
    assert _value(samples, "quoth_database_up") == 0
    assert _value(samples, "quoth_corpus_revision") != 0


def test_whatever_is_asked_for_there_are_only_so_many_series(counting: TestClient) -> None:
    """Hostile paths, methods and ids are counted, and name nothing."""
    hostile = ["/%00", "/v1/%ff", "/v1/questions/../x", "/metrics/", '/"}%0a', "/" + "x" * 20_000]
    counting.get("/metrics")
    before: set[object] = set()
    for round_ in range(3):
        for number in range(40):
            place = 1000 * round_ + number
            counting.get(f"/nothing/{place}")
            counting.get(f"/v1/questions/none-{place}")
            counting.get(f"/problems/none-{place}")
            counting.request(f"M{place}", f"/v1/answers/{place}")
            counting.get(f"/v1/questions?x{place}=1", headers={"X-Request-ID": f"a{place}"})
        for address in hostile:
            counting.get(address)
        now: set[object] = set(_samples(counting))
        assert round_ == 0 or now == before
        before = now
    text = counting.get("/metrics").text
    assert "none-" not in text
    assert "M1" not in text
    assert (
        _value(_read(text), "quoth_http_requests_total", method="other", route="/v1/answers/{id}", status="405") == 120
    )
    unmatched = _value(_read(text), "quoth_http_requests_total", method="GET", route="unmatched", status="404")
    assert unmatched >= 120


def test_every_template_is_told_from_an_address(counting: TestClient) -> None:
    from app.api.observability.routes import UNMATCHED, Routes

    routes = Routes(counting.app)  # type: ignore[arg-type]  # the client calls it an ASGI application
    assert len(routes.templates) > 35
    for template in routes.templates:
        example = re.sub(r"\{revision\}", "3", re.sub(r"\{(?!revision)\w+\}", "some-thing", template))
        assert routes.template(example) == template
    for other in ("/v1/questions/", "/v1/questions/a/b", "v1/questions", "/v1/questions\n", "", "*"):
        assert routes.template(other) == UNMATCHED


def test_metrics_are_there_where_they_are_asked_for_and_described_where_they_are_there(
    own_seed: TestClient, counting: TestClient
) -> None:
    assert own_seed.get("/metrics").status_code == 404
    assert "/metrics" not in own_seed.get("/openapi.json").json()["paths"]
    assert counting.get("/metrics").status_code == 200
    operation = counting.get("/openapi.json").json()["paths"]["/metrics"]["get"]
    assert "text/plain" in operation["responses"]["200"]["content"]
    assert counting.get("/metrics?x=1").status_code == 422


def test_missing_library_is_told_before_anything_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("app.api.observability.metrics.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"QUOTH_METRICS.*install .*\[metrics\]"):
        create_app(Settings(database_url=f"sqlite:///{tmp_path}/x.db", metrics=True))
    create_app(Settings(database_url=f"sqlite:///{tmp_path}/x.db"))


@pytest.mark.slow
def test_nothing_is_imported_that_is_not_asked_for(tmp_path: Path) -> None:
    script = (
        "import sys; from app.main import create_app; from app.settings import Settings; "
        f"create_app(Settings(database_url='sqlite:///{tmp_path}/x.db')); "
        "print([name for name in sys.modules if name.startswith(('prometheus_client', 'opentelemetry.sdk', "
        "'opentelemetry.exporter'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.services
def test_every_worker_answers_for_all_of_them_and_for_those_that_died() -> None:
    """Counts go on when a worker is killed, and what it was doing is forgotten."""
    with running(QUOTH_METRICS="true", QUOTH_WORKERS="2") as address:

        def scraped() -> Samples:
            with urlopen(f"{address}/metrics", timeout=10) as response:  # noqa: S310 - the address is our own
                return _read(response.read().decode())

        def listed() -> float:
            return _value(scraped(), "quoth_http_requests_total", method="GET", route="/v1/topics", status="200")

        until = time.monotonic() + 30

        asked = 0
        # Both have to have answered something before their numbers can be missing.
        while asked < 40 or (_value(scraped(), "quoth_processes_counted") != 2 and time.monotonic() < until):
            with urlopen(f"{address}/v1/topics", timeout=10) as response:  # noqa: S310 - as above
                assert response.status == 200
            asked += 1
        assert {listed() for _ in range(20)} == {asked}
        workers = _workers()
        assert len(workers) == 2
        os.kill(min(workers), signal.SIGKILL)
        until = time.monotonic() + 30
        while len(_workers() - {min(workers)}) < 2 and time.monotonic() < until:
            time.sleep(0.1)
        assert {listed() for _ in range(20)} == {asked}
        assert _value(scraped(), "quoth_http_requests_in_progress") == 1


def test_numbers_of_a_worker_that_is_just_starting_are_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = iter([struct.error, struct.error])

    def generate(_registry: object) -> bytes:
        for unready in tries:
            raise unready
        return b"all of them"

    monkeypatch.setattr("prometheus_client.generate_latest", generate)
    assert Metrics("1.0").render(database) == b"all of them"


def _workers() -> set[int]:
    """Find the living processes that count in a directory that a child of this process made."""
    found = set()
    for one in Path("/proc").glob("[0-9]*"):
        try:
            command = (one / "cmdline").read_bytes()
            parents = [int(line) for line in re.findall(r"PPid:\t(\d+)", (one / "status").read_text())]
        except OSError:
            continue
        if b"spawn_main" in command and any(_parent_of(parent) == os.getpid() for parent in parents):
            found.add(int(one.name))
    return found


def _parent_of(pid: int) -> int:
    try:
        return int(re.findall(r"PPid:\t(\d+)", Path(f"/proc/{pid}/status").read_text())[0])
    except OSError:
        return 0


def test_library_is_an_extra() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert [one for one in project["dependencies"] if one.startswith(("prometheus", "opentelemetry"))] == []
    assert set(project["optional-dependencies"]) >= {"metrics", "telemetry"}
    assert util.find_spec("prometheus_client")
