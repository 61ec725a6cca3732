"""Makes the pictures of the documents: `make pictures`.

check.svg is what `quoth check --show` prints of an excerpt of the seed. The others are pages over the seed, and need
Chromium; without it they stay as they are.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.terminal_theme import MONOKAI
from typer.testing import CliRunner

from app.cli.program import cli
from tests.seed import ROOT
from tests.server import running

PICTURES = ROOT / "docs" / "pictures"
_SEED = ROOT / "data" / "interviews" / "worldnewsam-3712.txt"
# Sentences of each line of the seed that are in the excerpt.
_SENTENCES = {0: 1, 1: 1, 2: 1, 3: 2, 4: 2, 5: 1, 6: 1}
# Pages that are photographed, by the name of the picture.
PAGES = {
    "explorer.png": "/docs",
    "interview.png": "/interviews/worldnewsam-3712",
    "quotation.png": "/quotes?q=tolerance+alone+is+always+enough",
}
_WIDTH = 100
_CHROMIUM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--virtual-time-budget=20000",
)  # fmt: skip


class _Terminal(Console):
    """A console that wraps long lines as a terminal would; the command leaves that to the terminal."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print to the picture."""
        super().print(*objects, **{**options, "soft_wrap": False, "overflow": "fold"})


def excerpt() -> str:
    """Cut an excerpt out of the seed: the first questions and the beginnings of their answers, and the last line."""
    lines = _SEED.read_text(encoding="utf-8").splitlines()
    parts = (" ".join(re.split(r"(?<=[.?]) ", lines[line])[:count]) for line, count in _SENTENCES.items())
    return "\n".join([*parts, lines[-1].partition("?")[0], ""])


def check_picture() -> str:
    """Draw what `quoth check --show` prints of the excerpt, as SVG."""
    # The picture is the same whatever terminal it is made in.
    terminal = _Terminal(
        record=True,
        file=io.StringIO(),
        width=_WIDTH,
        height=100,
        force_terminal=True,
        color_system="truecolor",
        _environ={},
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "interview.txt").write_text(excerpt(), encoding="utf-8")
        with (
            chdir(folder),
            patch("app.cli.reports.out", terminal),
            patch("app.cli.terminal.out", terminal),
            patch.dict("os.environ", {"QUOTH_DATABASE_URL": f"sqlite:///{folder}/none.db"}),
        ):
            CliRunner().invoke(cli, ["check", "--show", "interview.txt"], catch_exceptions=False)
    return terminal.export_svg(title="quoth check interview.txt --show", theme=MONOKAI, unique_id="check")


def photograph(program: str) -> None:
    """Take a picture of each page over the seed."""
    with running() as address, tempfile.TemporaryDirectory() as profile:
        for name, path in PAGES.items():
            options = (f"--user-data-dir={profile}", "--window-size=1200,900", f"--screenshot={PICTURES / name}")
            command = [program, *_CHROMIUM, *options, f"{address}{path}"]
            subprocess.run(command, check=True, capture_output=True, timeout=120)


def main() -> None:
    """Make all pictures."""
    (PICTURES / "check.svg").write_text(check_picture(), encoding="utf-8")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.stderr.write(f"Chromium is not installed: {', '.join(PAGES)} were left as they are.\n")
    else:
        photograph(program)


if __name__ == "__main__":
    main()
