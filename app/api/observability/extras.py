"""How to install what is optional, into the environment that Quoth runs in: not every one has pip."""

import shlex
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path


def how_to_install(extra: str) -> str:
    """Return the command that installs an extra of Quoth beside it; a clone is installed from where it is."""
    clone = Path(__file__).parents[3]
    wanted = f"{clone}[{extra}]" if (clone / "pyproject.toml").is_file() else f"quoth[{extra}]"
    python, what = shlex.quote(sys.executable), shlex.quote(wanted)
    if find_spec("pip") is not None:
        return f"{python} -m pip install {what}"
    if shutil.which("uv") is not None:
        return f"uv pip install --python {python} {what}"
    # Python brings a copy of pip along, where a distribution has not taken it out.
    return f"{python} -m ensurepip && {python} -m pip install {what}"
