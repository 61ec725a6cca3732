"""How to install what is optional, into the environment that Quoth runs in: not every one has pip."""

import shlex
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def how_to_install(extra: str) -> str:
    """Return a command that installs an extra of Quoth beside it; a clone stays one that can be edited."""
    clone = Path(__file__).parents[1]
    is_clone = (clone / "pyproject.toml").is_file()
    wanted = f"--editable {shlex.quote(f'{clone}[{extra}]')}" if is_clone else shlex.quote(f"quoth[{extra}]")
    python, outer = shlex.quote(sys.executable), outer_python()
    if find_spec("pip") is not None:
        return f"{python} -m pip install {wanted}"
    if outer is not None and _has_pip(outer):
        return f"{shlex.quote(outer)} -m pip --python {python} install {wanted}"
    if shutil.which("uv") is not None:
        return f"uv pip install --python {python} {wanted}"
    if find_spec("ensurepip") is not None:
        # Python brings a copy of pip along, where a distribution has not taken it out.
        return f"{python} -m ensurepip && {python} -m pip install {wanted}"
    return (
        f"python3 -m pip --python {python} install {wanted} (with a pip of this machine, such as Debian's python3-pip)"
    )


def outer_python() -> str | None:
    """Return the Python that this environment was made with; None where this is no environment of another one."""
    outer = str(getattr(sys, "_base_executable", sys.executable))
    return None if outer == sys.executable else outer


def _has_pip(python: str) -> bool:
    """Tell whether another Python has a pip that installs into an environment: 22.3 or newer."""
    command = [python, "-m", "pip", "--python", sys.executable, "--version"]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0  # noqa: S603 - ours
    except (OSError, subprocess.TimeoutExpired):
        return False
