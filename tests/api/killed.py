"""A process that is killed while it answers one request: `python -m tests.api.killed URL MOMENT FILE`.

The request is in the file, as JSON: method, address, headers, and the body in hexadecimal digits. The moment is "before
the commit", when everything of the write is in the transaction, or "after the commit", when nothing has been answered
yet.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from starlette.testclient import TestClient

from app.api.http.writers import Writers
from app.loading import keep_answer
from app.main import create_app
from app.settings import Settings
from tests.api.keyed import with_small_routes
from tests.conftest import ROOT

BEFORE, AFTER = "before the commit", "after the commit"


def ask_and_be_killed(
    url: str, moment: str, file: Path, method: str, address: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Send a request to a process that is killed; `file` is one for the request."""
    file.write_text(json.dumps([method, address, dict(headers), body.hex()]))
    command = [sys.executable, "-m", "tests.api.killed", url, moment, str(file)]
    killed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()


def _main(url: str, moment: str, file: str) -> None:
    method, address, headers, body = json.loads(Path(file).read_text())
    run = Writers.run

    def keep_and_be_killed(*arguments: Any) -> None:
        keep_answer(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    async def run_and_be_killed(self: Writers, do: Callable[[], Any]) -> None:
        await run(self, do)
        os.kill(os.getpid(), signal.SIGKILL)

    replaced = (
        patch("app.api.writing.keep_answer", keep_and_be_killed)
        if moment == BEFORE
        else patch.object(Writers, "run", run_and_be_killed)
    )
    with replaced, TestClient(with_small_routes(create_app(Settings(database_url=url)))) as client:
        client.request(method, address, headers=headers, content=bytes.fromhex(body))


if __name__ == "__main__":
    _main(*sys.argv[1:])
