"""Files that are read in a process of their own, and what becomes of those that take too much."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import MetadataError, TranscriptError
from app.structure.hosts import StatedHosts
from app.structure.prepare import compute_lazy_parts, prepare
from app.structure.reading_process import MEMORY_BYTES, FileToRead, read_apart
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source

TALK = b"Q: Where did the river begin?\n\nA: Under the old mill.\n"
# For processes that are started while others run.
ENOUGH_SECONDS = 120.0


def test_file_is_read_as_in_this_process() -> None:
    source, metadata = Source("talk.txt", TALK), b'title = "The mill"\npublisher = "Coast"\n'
    file = FileToRead(source, [("one.toml", metadata), ("two.toml", b'publisher = "Hills"\n')], slug="mill")
    read = read_apart(file, ENOUGH_SECONDS)
    sidecar = read_sidecar("two.toml", b'publisher = "Hills"\n').over_sidecar(read_sidecar("one.toml", metadata))
    here = compute_lazy_parts(prepare(source, sidecar, "two.toml", slug="mill"))
    assert (read.digest, read.words_sha256, read.slug) == (here.digest, here.words_sha256, "mill")
    assert (read.transcript.source.data, read.metadata.publisher) == (TALK, "Hills")
    assert read.sidecar.document == sidecar.document


def test_refusals_come_back_with_their_place() -> None:
    with pytest.raises(TranscriptError) as unread:
        read_apart(FileToRead(Source("talk.txt", b"A: \xff\n")), ENOUGH_SECONDS)
    assert (unread.value.line, unread.value.column) == (1, 4)
    with pytest.raises(MetadataError, match=r"talk\.toml:1: titel: "):
        read_apart(FileToRead(Source("talk.txt", TALK), [("talk.toml", b'titel = "x"')]), ENOUGH_SECONDS)
    with pytest.raises(MetadataError, match="there is no format 'nope'"):
        read_apart(FileToRead(Source("talk.txt", TALK), format_name="nope"), ENOUGH_SECONDS)


def test_file_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(TranscriptError, match=r"talk\.txt: reading it took longer than 0\.01 seconds"):
        read_apart(FileToRead(Source("talk.txt", TALK)), 0.01)


def test_file_that_takes_too_much_memory_is_given_up() -> None:
    much = TALK * 200_000
    with pytest.raises(TranscriptError, match=r"memory"):
        read_apart(FileToRead(Source("talk.txt", much)), ENOUGH_SECONDS, 160 * 1024 * 1024)


def test_process_has_nothing_of_the_parents_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process that is started in its place writes down what it gets."""
    spy = tmp_path / "spy"
    seen = tmp_path / "seen"
    spy.write_text(f"#!/bin/sh\nenv > {seen}\n")
    spy.chmod(0o755)
    monkeypatch.setenv("QUOTH_DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(sys, "executable", str(spy))
    with pytest.raises(TranscriptError, match="was ended"):
        read_apart(FileToRead(Source("talk.txt", TALK)), ENOUGH_SECONDS)
    assert "PYTHONPATH=" in seen.read_text()
    assert "secret" not in seen.read_text()


def test_process_whose_parent_is_gone_ends_by_itself() -> None:
    """It is bounded in processor time, and ends when nobody sends it a file."""
    command = [sys.executable, "-P", "-m", "app.structure.reading_process", str(MEMORY_BYTES), "2"]
    environment = {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    ended = subprocess.run(
        command, input=b"", env=environment, capture_output=True, timeout=ENOUGH_SECONDS, check=False
    )
    assert ended.returncode != 0
    assert ended.stdout == b""


def test_hosts_can_be_handed_to_the_process() -> None:
    talk = b"Ida Brandt: The river began under the mill.\n\nTor Venn: And then.\n"
    file = FileToRead(Source("talk.txt", talk), series_hosts=StatedHosts(frozenset({"tor venn"})))
    read = read_apart(file, ENOUGH_SECONDS)
    assert read.series_hosts("any") == {"tor venn"}
