"""A really running server with the seed, as an operator would start it: `python -m tests.server -- COMMAND URL...`."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from app.models import Scope

ROOT = Path(__file__).parent.parent
_START_SECONDS = 120.0


@dataclass(frozen=True)
class Server:
    """A server of the command line: where it answers, its process, and the environment that it was started in."""

    address: str
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    def quoth(self, *arguments: str) -> None:
        """Run another command on the same database."""
        subprocess.run(quoth(*arguments), check=True, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL)

    def make_key(self) -> str:
        """Make a key that allows everything."""
        scopes = [f"--scope={scope}" for scope in Scope]
        command = quoth("keys", "create", "tests", "--json", *scopes)
        done = subprocess.run(command, check=True, cwd=ROOT, env=self.environment, capture_output=True)
        return str(json.loads(done.stdout)["key"])


@contextmanager
def running(**environment: str) -> Iterator[str]:
    """Load data/ into a database of its own, serve it on a free port of this machine, and give its address.

    Raises:
        RuntimeError: the server ends, or does not answer within two minutes.
    """
    with started(**environment) as server:
        yield server.address


@contextmanager
def started(*arguments: str, **environment: str) -> Iterator[Server]:
    """Do as `running` does with more arguments for `serve`, and give all of the server. It is stopped at the end.

    Raises:
        RuntimeError: the server ends, or does not answer within two minutes.
    """
    with tempfile.TemporaryDirectory(prefix="quoth-server.") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        variables = {
            **os.environ,
            "QUOTH_DATABASE_URL": f"sqlite:///{folder}/quoth.db",
            "QUOTH_HOST": "127.0.0.1",
            "QUOTH_PORT": str(port),
            **environment,
        }
        for command in (quoth("migrate"), quoth("load", str(ROOT / "data"))):
            subprocess.run(command, check=True, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL)
        with subprocess.Popen(
            quoth("serve", *arguments), cwd=ROOT, env=variables, stdout=subprocess.DEVNULL
        ) as process:
            try:
                address = f"http://127.0.0.1:{port}"
                _wait_for(process, f"{address}/readyz")
                yield Server(address, process, variables)
            finally:
                process.terminate()


def quoth(*arguments: str) -> list[str]:
    """Write a command of the command line, to be run in the folder of the project."""
    return [sys.executable, "-m", "app", *arguments]


def _wait_for(server: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        try:
            with urlopen(address, timeout=1):  # noqa: S310 - the address is our own
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the server does not answer at {address}")


def main() -> int:
    """Run a command against the server; `{}` in its arguments stands for the address."""
    with started() as server:
        # The command finds it there: everybody can read arguments.
        environment = {**server.environment, "QUOTH_TEST_KEY": server.make_key()}
        command = [argument.replace("{}", server.address) for argument in sys.argv[1:]]
        return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
