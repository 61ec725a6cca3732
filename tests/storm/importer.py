"""Imports files in processes that meet a fault: started once with faults.c before it, it forks for each attempt.

Reads one JSON object a line: what to do, and where. Answers with one: how the process ended, and which files it said
were stored. A `variant` is a program without one defence, on which the checks have to fail.
"""

import ctypes
import gc
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from typer.testing import CliRunner

from app.cli.program import cli
from app.db import sqlite

FAULTS = ctypes.CDLL(None)
FAULTS.faults_calls.restype = ctypes.c_long
FAULTS.faults_arm.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.c_int]
# Long enough for all that a usual file needs, such as its language.
WARM = "Q: Where did the river begin?\nA: It began under the old mill, behind our house, as far as I know.\n" * 4
# A process that is stuck is ended after this many seconds.
_MOST_SECONDS = 60


def _commit_each_statement() -> None:
    """Without a transaction around an import."""
    make = sqlite.writer

    def writer(file: str) -> sa.Engine:
        engine = make(file)

        def commit(_connection: object, cursor: Any, *_rest: object) -> None:
            if cursor.connection.in_transaction:
                cursor.connection.execute("COMMIT")
                cursor.connection.execute("BEGIN IMMEDIATE")

        sa.event.listen(engine, "after_cursor_execute", commit)
        return engine

    sqlite.writer = writer


def _sync_nothing() -> None:
    """Without waiting for the disk."""
    make = sqlite.writer

    def writer(file: str) -> sa.Engine:
        engine = make(file)
        sa.event.listen(engine, "connect", _do_not_wait)
        return engine

    sqlite.writer = writer


def _do_not_wait(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


_VARIANTS: dict[str, Callable[[], None]] = {
    "": lambda: None,
    "no transaction": _commit_each_statement,
    "no sync": _sync_nothing,
    "deaf": lambda: None,
}


def _attempt(task: dict[str, Any], answers: int) -> None:
    """Import the files one after another, and tell of each that is stored."""
    trace = os.open(task["trace"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) if task.get("trace") else -1
    _VARIANTS[task.get("variant", "")]()
    os.environ["QUOTH_DATABASE_URL"] = f"sqlite:///{task['database']}"
    below = os.path.dirname(task["database"]).encode()  # noqa: PTH120 - as the files are named to SQLite
    FAULTS.faults_arm(
        below, task.get("action", 0), task.get("kinds", 0), task.get("at", 0), task.get("error", 0), trace
    )

    for name in task["files"]:
        result = CliRunner().invoke(cli, ["load", name])
        crash = result.exception if not isinstance(result.exception, SystemExit | None) else None
        os.write(
            answers, f"{json.dumps([name, result.exit_code, result.stderr, repr(crash) if crash else ''])}\n".encode()
        )
        if result.exit_code == 0 or task.get("variant") == "deaf":
            FAULTS.faults_mark(name.encode())
            _tell(answers, "stored", name)
    _tell(answers, "calls", FAULTS.faults_calls())


def _tell(answers: int, *values: object) -> None:
    os.write(answers, f"{json.dumps(values)}\n".encode())


def _run(task: dict[str, Any]) -> dict[str, Any]:
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        signal.alarm(_MOST_SECONDS)
        try:
            _attempt(task, write_end)
        except Exception:  # noqa: BLE001 - any of them is a finding
            _tell(write_end, "crash", traceback.format_exc())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answers:
        lines = [json.loads(line) for line in answers.read().splitlines()]
    _pid, status = os.waitpid(child, 0)
    return {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "stored": [line[1] for line in lines if line[0] == "stored"],
        "calls": next((line[1] for line in lines if line[0] == "calls"), None),
        "runs": [line for line in lines if len(line) == 4],
        "crashes": [line[1] for line in lines if line[0] == "crash"]
        + [line[3] for line in lines if len(line) == 4 and line[3]],
    }


def _tasks() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        yield json.loads(line)


if __name__ == "__main__":
    # One import before any process is forked, so that each attempt finds everything loaded and compiled.
    with tempfile.TemporaryDirectory(prefix="quoth-storm.") as folder:
        talk = Path(folder) / "warm.txt"
        talk.write_text(WARM)
        os.environ["QUOTH_DATABASE_URL"] = f"sqlite:///{folder}/warm.db"
        for arguments in (["migrate"], ["load", str(talk)]):
            assert CliRunner().invoke(cli, arguments).exit_code == 0
    # Memory that is shared with each attempt, and not copied because the collector looks at it.
    gc.collect()
    gc.freeze()
    for one in _tasks():
        print(json.dumps(_run(one)), flush=True)
