"""The image of the Dockerfile: built, and run without rights on a file system that cannot be written."""

import json
import os
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from app.errors import EMPTY_CORPUS
from tests.conftest import NO_CONTAINER
from tests.deployment.container import Image, NotPossibleError, built, check_possible

Done = subprocess.CompletedProcess[str]
# Seconds that a container may take to start or to stop.
PATIENCE = 60.0
# A folder in the image, over which one's own is mounted.
OWN = "/srv/quoth/data"


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    try:
        check_possible()
    except NotPossibleError as error:
        if os.environ.get("QUOTH_TEST_REQUIRE_CONTAINER"):
            pytest.fail(f"the container has to be tested here: {error}")
        # Not every machine lets a user mount; CI requires it.
        pytest.skip(f"{NO_CONTAINER} {error}")
    with built() as made:
        yield made


@contextmanager
def new_volume(image: Image) -> Iterator[Path]:
    """An empty volume, as an engine makes it: it belongs to the user of the image."""
    with tempfile.TemporaryDirectory(prefix="quoth-volume.") as folder:
        user, group = map(int, image.settings["User"].split(":"))
        os.chown(folder, user, group)
        yield Path(folder)


@pytest.fixture
def own() -> Iterator[Path]:
    """Transcripts of one's own, more than one process reads."""
    with tempfile.TemporaryDirectory(prefix="quoth-own.") as folder:
        for number in range(12):
            (Path(folder) / f"talk-{number}.txt").write_text(f"Q: What is river {number}?\nA: Water, says {number}.\n")
        Path(folder).chmod(0o755)
        yield Path(folder)


@dataclass(frozen=True)
class Running:
    """A container that serves: its image, its volume, its port, and what it has printed."""

    image: Image
    volume: Path
    port: int
    log: Path

    def get(self, path: str) -> Any:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
            text = answer.read().decode()
        return json.loads(text) if text.startswith("{") else text

    def run(self, *arguments: str, mounts: Mapping[str, Path] = MappingProxyType({}), **environment: str) -> Done:
        """Run one more command on the same volume, as `docker exec` does."""
        settings = {"QUOTH_PORT": str(self.port), **environment}
        command = self.image.command(self.volume, arguments, settings, mounts)
        return subprocess.run(command, capture_output=True, text=True, check=False)


@contextmanager
def started(image: Image, volume: Path, **environment: str) -> Iterator[Running]:
    """Run the image's own command on a free port, until it has to stop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    settings = {"QUOTH_HOST": "127.0.0.1", "QUOTH_PORT": str(port), **environment}
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        command = image.command(volume, image.settings["Cmd"], settings)
        with subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as process:
            running = Running(image, volume, port, Path(log.name))
            try:
                until = time.monotonic() + PATIENCE
                while not _is_ready(running):
                    assert process.poll() is None, running.log.read_text()
                    assert time.monotonic() < until, running.log.read_text()
                    time.sleep(0.1)
                yield running
            finally:
                process.terminate()


def _is_ready(running: Running) -> bool:
    try:
        running.get("/readyz")
    except (HTTPError, URLError, OSError):
        return False
    return True


@pytest.fixture(scope="module")
def running(image: Image) -> Iterator[Running]:
    """One container for all tests, which only add to its corpus."""
    with new_volume(image) as volume, started(image, volume) as container:
        yield container


def test_new_container_serves_an_empty_corpus_and_says_what_to_do(running: Running) -> None:
    assert running.get("/healthz")["status"] == "ok"
    assert EMPTY_CORPUS in running.log.read_text()
    index = running.get("/v1")
    assert index["notice"] == EMPTY_CORPUS
    assert "questions" in {one["name"] for one in index["resources"]}
    assert running.get("/v1/interviews")["items"] == []
    # What is not Python travels with the program.
    assert "<h1" in running.get("/docs/guide")
    assert "<title" in running.get("/docs")


def test_health_check_follows_the_port(running: Running) -> None:
    kind, *command = running.image.settings["Healthcheck"]["Test"]
    assert kind == "CMD"
    # A proxy that requests elsewhere go through has no part in this.
    assert running.run(*command, http_proxy="http://127.0.0.1:9").returncode == 0
    assert running.run(*command, QUOTH_PORT=str(running.port + 1)).returncode != 0


def test_it_runs_without_root_and_its_volume_is_the_only_place_to_write_to(running: Running) -> None:
    user, group = running.image.settings["User"].split(":")
    assert "0" not in (user, group)
    (volume,) = running.image.settings["Volumes"]
    places = ("/", "/tmp", "/srv/quoth", "/opt/quoth", "/run", "/var", volume)  # noqa: S108 - of the image
    script = f"id -u; id -G; for place in {' '.join(places)}; do touch $place/x && echo $place; done"
    done = running.run("sh", "-c", script)
    assert done.stdout.split() == [user, group, volume]
    assert done.stderr.count("Read-only file system") == len(places) - 1


def test_folder_of_ones_own_is_loaded_and_shown_at_once(running: Running, own: Path) -> None:
    done = running.run("quoth", "load", OWN, mounts={OWN: own})
    assert (done.returncode, done.stderr) == (0, "")
    assert {one["text"] for one in running.get("/v1/questions?limit=100")["items"]} == {
        f"What is river {number}?" for number in range(12)
    }


def test_sample_comes_when_it_is_asked_for_and_all_of_it_is_there_after_a_restart(image: Image) -> None:
    with new_volume(image) as volume:
        command = image.command(volume, ["sh", "-c", "quoth migrate && quoth load data && quoth backup $HOME/before"])
        subprocess.run(command, check=True, capture_output=True)
        with started(image, volume, QUOTH_WORKERS="2") as again:
            assert len(again.get("/v1/questions")["items"]) == 5
            log = again.log.read_text()
        assert EMPTY_CORPUS not in log
        assert "Traceback" not in log
        assert {one.name for one in volume.iterdir()} >= {"quoth.db", "before"}


def test_image_has_the_program_and_neither_tools_nor_tests(image: Image) -> None:
    assert (image.folder / "opt/quoth/bin/quoth").is_file()
    for tool in ("hatchling", "pip", "pytest"):
        assert not list(image.folder.glob(f"opt/quoth/lib/python*/site-packages/{tool}"))
    assert not (image.folder / "build").exists()
    assert {one.name for one in (image.folder / "srv/quoth").iterdir()} == {"LICENSE", "data"}
    volume = (image.folder / "var/lib/quoth").stat()
    assert (str(volume.st_uid), stat.S_IMODE(volume.st_mode)) == (image.settings["User"].split(":")[0], 0o750)
