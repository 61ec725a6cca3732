"""What one cold request and one import go through, counted by a profiler: `python -m benchmarks.calls`.

Only code of `app` counts: its files, its functions, and the moves between files. A move is a call of a function in
another file than the call before, in any thread.
"""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from starlette.testclient import TestClient

import app
from app.cli.program import cli
from app.main import create_app
from app.settings import Settings

_ROOT = str(Path(app.__file__).parent)
_DATA = Path(__file__).parent.parent / "data"


class Counter:
    """Counts calls while it is on."""

    def __init__(self) -> None:
        self.is_on = False
        self.files: set[str] = set()
        self.functions: set[tuple[str, str]] = set()
        self.moves = 0
        self._last = ""

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Note a call."""
        code = frame.f_code
        if not self.is_on or event != "call" or not code.co_filename.startswith(_ROOT) or code.co_name == "<module>":
            return
        self.files.add(code.co_filename)
        self.functions.add((code.co_filename, code.co_qualname))
        self.moves += bool(self._last) and self._last != code.co_filename
        self._last = code.co_filename

    def count(self, name: str, work: Callable[[], object]) -> None:
        """Do some work, and print what it went through."""
        self.is_on = True
        sys.setprofile(self)
        try:
            work()
        finally:
            sys.setprofile(None)
            self.is_on = False
        figures = f"{len(self.files)} files, {len(self.functions)} functions, {self.moves} moves between files"
        sys.stdout.write(f"{name}: {figures}\n")


def main() -> None:
    """Count an import of the seed, and a request for questions of a topic that nobody asked for before."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QUOTH_DATABASE_URL"] = url = f"sqlite:///{folder}/calls.db"
        subprocess.run([sys.executable, "-m", "app", "migrate"], check=True, stdout=subprocess.DEVNULL)
        Counter().count("one import", lambda: cli(["load", str(_DATA)], standalone_mode=False))
        counter = Counter()
        # Handlers run in threads, which are started by the first request.
        threading.setprofile(counter)
        with TestClient(create_app(Settings(database_url=url))) as client:
            client.get("/v1/topics")
            counter.count("one cold GET", lambda: client.get("/v1/questions?topic=interfaith-dialogue"))
        threading.setprofile(None)


if __name__ == "__main__":
    main()
