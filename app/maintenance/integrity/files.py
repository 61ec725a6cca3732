"""Source files are the bytes that were received."""

import hashlib
from collections.abc import Generator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.maintenance.integrity.check import RESTORE, Check, ItemCounter, Problem, stream
from app.models import Transcript


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    columns: Sequence[Any] = (
        Transcript.id,
        Transcript.sha256,
        Transcript.content,
        Transcript.report,
        Transcript.withheld,
    )
    for row in stream(connection, sa.select(*map(col, columns)), chunk=1):
        counter.add()
        content = bytes(row.content)
        if row.withheld:
            if content:
                yield row.id, "is withheld, because it contains redacted words, but its bytes are still stored"
            continue
        digest = hashlib.sha256(content).hexdigest()
        if digest != row.sha256:
            yield row.id, f"the bytes have SHA-256 {digest}, but were received with {row.sha256}"
        if (accounted := sum(row.report["bytes"].values())) != len(content):
            yield row.id, f"{accounted} bytes are accounted for, of {len(content)}"


CHECK = Check("files", "source files have the SHA-256 that they were received with", RESTORE, _find_problems)
