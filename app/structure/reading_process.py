"""Reads one file in a process of its own, within a time and within memory, so that it harms nothing but itself.

The process is started anew for each file and has nothing of the parent's: no connection, no open file, no setting.
"""

import os
import pickle
import resource
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import ceil

from app.errors import MetadataError, QuothError, TranscriptError
from app.structure.hosts import StatedHosts
from app.structure.prepare import PreparedTranscript, compute_lazy_parts, prepare, without_spans
from app.transcripts.sidecar import Sidecar, read_sidecar
from app.transcripts.source import Source

# Bytes of memory that reading one file may take, at most: a gigabyte is some thirty times the largest upload.
MEMORY_BYTES = 1024 * 1024 * 1024
# How much less this process is worth to the system than those that answer requests: 0 to 19.
_NICENESS = 5


@dataclass(frozen=True)
class FileToRead:
    """A file with its metadata files, of which the later ones go over those before, and how to read it."""

    source: Source
    metadata: Sequence[tuple[str, bytes]] = ()
    format_name: str | None = None
    keep_unlabelled: bool = False
    slug: str | None = None
    series_hosts: StatedHosts = field(default_factory=StatedHosts)
    # Keep the class of every character.
    with_spans: bool = False


def read_apart(file: FileToRead, seconds: float, memory_bytes: int = MEMORY_BYTES) -> PreparedTranscript:
    """Read a file in a process that is ended after `seconds`, and that gets no more than `memory_bytes` of memory.

    Raises:
        TranscriptError: the transcript cannot be read, or not within these bounds.
        MetadataError: a metadata file cannot be read, or contradicts the transcript.
    """
    name = file.source.name
    # Not from the parent's environment, which has the address of the database.
    environment = {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)), "PYTHONHASHSEED": "0"}
    with subprocess.Popen(  # noqa: S603 - this program itself, with numbers only
        [sys.executable, "-P", "-m", "app.structure.reading_process", str(memory_bytes), str(ceil(seconds) + 1)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            answer, _errors = process.communicate(pickle.dumps(file), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TranscriptError(name, f"reading it took longer than {seconds:g} seconds, and was ended") from None
        finally:
            # Whatever happens, it does not outlive this.
            process.kill()
    if process.returncode or not answer:
        raise TranscriptError(
            name, "the process that read it was ended: the file takes more time or memory than it may"
        )
    read: PreparedTranscript | QuothError = pickle.loads(answer)  # noqa: S301 - from the process started above
    if isinstance(read, QuothError):
        raise read
    return replace(read, transcript=replace(read.transcript, source=file.source))


def read_here(file: FileToRead) -> PreparedTranscript:
    """Read a file in this process.

    Raises:
        TranscriptError, MetadataError: as in read_apart().
    """
    sidecar, stated_in = Sidecar(), file.source.name
    for name, data in file.metadata:
        sidecar, stated_in = read_sidecar(name, data).over_sidecar(sidecar), name
    try:
        prepared = prepare(
            file.source,
            sidecar,
            stated_in,
            format_name=file.format_name,
            keep_unlabelled=file.keep_unlabelled,
            slug=file.slug,
            series_hosts=file.series_hosts,
        )
    except ValueError as error:
        # There is no format of this name.
        raise MetadataError(stated_in, "format", str(error)) from None
    return compute_lazy_parts(prepared if file.with_spans else without_spans(prepared))


def main(memory_bytes: int, cpu_seconds: int) -> None:
    """Read the file that comes on the standard input, and write what was understood, or why it was refused."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # Also if the parent has died and ends it no more.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    with suppress(OSError):
        os.nice(_NICENESS)
    # What a library prints is no answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    file: FileToRead = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the parent
    try:
        prepared = read_here(file)
        # The parent has the bytes.
        without_bytes = replace(prepared.transcript, source=Source(file.source.name, b""))
        answer = pickle.dumps(replace(prepared, transcript=without_bytes))
    except QuothError as error:
        answer = pickle.dumps(error)
    except MemoryError:
        reason = f"reading it takes more than {memory_bytes // 2**20} MiB of memory"
        answer = pickle.dumps(TranscriptError(file.source.name, reason))
    answers.write(answer)
    answers.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
