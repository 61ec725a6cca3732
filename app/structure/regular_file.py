"""Reads files that are given by name, without waiting for a pipe or filling the memory."""

import os
import stat
from pathlib import Path

from app.errors import TranscriptError
from app.transcripts.source import MAX_SOURCE_BYTES


def read_file(path: Path) -> bytes:
    """Read a regular file of at most MAX_SOURCE_BYTES bytes.

    Raises:
        OSError: the file does not exist or cannot be read.
        TranscriptError: the path is a pipe, a device or a folder, or the file is larger than that.
    """
    # Without O_NONBLOCK, opening a pipe waits for a writer.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise TranscriptError(str(path), "this is not a regular file")
        if status.st_size > MAX_SOURCE_BYTES:
            raise TranscriptError(str(path), f"larger than {MAX_SOURCE_BYTES // 2**20} MiB")
        data = opened.read(MAX_SOURCE_BYTES + 1)
    if len(data) > MAX_SOURCE_BYTES:
        raise TranscriptError(str(path), f"larger than {MAX_SOURCE_BYTES // 2**20} MiB")
    return data
