import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app import extras
from tests.conftest import ROOT

# What a clone is installed as.
CLONE = f"--editable '{ROOT}[metrics]'"


def has(monkeypatch: pytest.MonkeyPatch, *there: str, outer_has_pip: bool = False) -> None:
    """Pretend an environment with some of pip, ensurepip and uv."""
    extras.how_to_install.cache_clear()
    monkeypatch.setattr(extras, "find_spec", lambda name: object() if name in there else None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name in there else None)
    monkeypatch.setattr(extras, "_has_pip", lambda _python: outer_has_pip)


def test_extra_is_installed_with_what_the_environment_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "outer_python", lambda: "/usr/bin/python3")
    python = sys.executable
    has(monkeypatch, "pip", "uv", "ensurepip", outer_has_pip=True)
    assert extras.how_to_install("metrics") == f"{python} -m pip install {CLONE}"
    has(monkeypatch, "uv", "ensurepip", outer_has_pip=True)
    assert extras.how_to_install("metrics") == f"/usr/bin/python3 -m pip --python {python} install {CLONE}"
    has(monkeypatch, "uv", "ensurepip")
    assert extras.how_to_install("metrics") == f"uv pip install --python {python} {CLONE}"
    has(monkeypatch, "ensurepip")
    assert extras.how_to_install("metrics") == f"{python} -m ensurepip && {python} -m pip install {CLONE}"
    has(monkeypatch)
    assert extras.how_to_install("metrics").startswith(f"python3 -m pip --python {python} install {CLONE}")


def test_command_is_one_that_works_in_an_environment_without_pip(tmp_path: Path) -> None:
    """Such as `make run` makes; asked for its version, pip does all but install."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    script = "from app.extras import how_to_install; print(how_to_install('telemetry'))"
    command = subprocess.run([python, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    program, _install, _rest = command.partition(" install ")
    if "--python" not in program:
        # Then the command names Debian's pip, which has to be installed first.
        pytest.skip("the Python that this runs on has no pip")
    done = subprocess.run(f"{program} list", shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - ours
    assert (done.returncode, str(python) in program) == (0, True), done.stderr
