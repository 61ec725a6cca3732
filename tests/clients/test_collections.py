"""The collections for Postman and Bruno, run by the programs that their users run."""

import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlretrieve

import pytest

from tests.clients.test_clients import require
from tests.conftest import ROOT
from tests.server import Server, started

RUNNERS = ROOT / "tests" / "clients" / "runners" / "node_modules" / ".bin"
# Not of the seed: words that an address, a template or a text of a collection could take for its own.
OTHER = "Q: What did you {{answer}}?\n\nA: {{50%}} & more? #1: \"yes\" + 'no' \\ }\n}\nДа, конечно; 100 % = всё.\n"


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    require(RUNNERS / "newman")
    with started() as server:
        yield server


@pytest.fixture(scope="module", params=["seed", "another corpus"])
def server(request: pytest.FixtureRequest, served: Server, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The server with the seed, and later, when the tests of the seed are done, with something else."""
    if request.param != "seed":
        other = tmp_path_factory.mktemp("other") / "talk.txt"
        other.write_text(OTHER)
        served.quoth("withdraw", "worldnewsam-3712", "--reason", "replaced")
        served.quoth("load", str(other))
    return served


def test_newman_gets_every_request_answered(server: Server, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    where = ("--reporters", "json", "--reporter-json-export", str(report))
    done = subprocess.run(
        [str(RUNNERS / "newman"), "run", f"{server.address}/docs/postman.json", *where],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(report.read_text())["run"]["stats"]
    assert counts["requests"]["failed"] == counts["assertions"]["failed"] == 0
    assert counts["assertions"]["total"] == counts["requests"]["total"] > 25


def test_bruno_gets_every_request_answered(server: Server, tmp_path: Path) -> None:
    archive, _headers = urlretrieve(f"{server.address}/docs/bruno.zip", tmp_path / "bruno.zip")  # noqa: S310 - our own
    with zipfile.ZipFile(archive) as files:
        files.extractall(tmp_path)
    done = subprocess.run(
        [str(RUNNERS / "bru"), "run", "-r", "--reporter-json", str(tmp_path / "report.json")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path / "quoth",
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [run] = json.loads((tmp_path / "report.json").read_text())
    counts = run["summary"]
    assert counts["failedRequests"] == counts["failedAssertions"] == 0
    assert counts["totalAssertions"] == counts["totalRequests"] > 25
