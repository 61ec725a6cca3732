"""PostgreSQL servers of the tests' own, each on a socket in a temporary folder: started, stopped, copied, promoted."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

# Nothing here has to survive a power cut.
_OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=60"
# In memory a database is copied twice as fast. A container may have a few megabytes of it, and a server takes 200.
_MEMORY, _MEMORY_BYTES = Path("/dev/shm"), 2 * 2**30  # noqa: S108 - folders in it are made by tempfile


def programs() -> Path | None:
    """Find the newest PostgreSQL of this machine; None where there is none."""
    found = shutil.which("pg_ctl")
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in [*candidates, *([Path(found).resolve().parent] if found else [])]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


class Cluster:
    """One server, on a socket in its folder."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self.folder = folder
        # PostgreSQL refuses to run as root.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def url(self, database: str = "postgres", **query: str) -> str:
        """Give the address of a database of this server."""
        url = sa.URL.create("postgresql", "postgres", database=database, query={"host": str(self.folder)} | query)
        return url.render_as_string(hide_password=False)

    def create(self) -> None:
        """Make an empty one."""
        self._run(
            "initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"
        )

    def copy_of(self, primary: "Cluster") -> None:
        """Make a standby that follows another server."""
        self._run(
            "pg_basebackup", "-D", self._data, "-h", str(primary.folder), "-U", "postgres", "-R", "-X", "stream",
            "--checkpoint=fast", "--no-sync",
        )  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"{_OPTIONS} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def stop(self) -> None:
        """Stop it as a crash would."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def promote(self) -> None:
        """Make a primary of a standby."""
        self._run("pg_ctl", "-D", self._data, "-w", "promote")

    @property
    def is_running(self) -> bool:
        """Whether it has been started and not stopped."""
        return (self.folder / "data" / "postmaster.pid").exists()

    def administer(self, *statements: str) -> None:
        """Run statements outside of any transaction."""
        administer(self.url(), *statements)

    @property
    def _data(self) -> str:
        return f"{self.folder}/data"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._programs / program), *arguments]
        # Its output is not taken by a pipe: the server that stays behind would hold that open.
        with (self.folder / "output").open("wb") as output:
            subprocess.run(command, check=True, stdout=output, stderr=output, cwd=self.folder)


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """Make room for one server, and remove it and whatever runs there afterwards."""
    in_memory = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _MEMORY_BYTES
    folder = Path(tempfile.mkdtemp(prefix="quoth-pg.", dir=_MEMORY if in_memory else None))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    made = Cluster(programs, folder)
    try:
        yield made
    finally:
        if made.is_running:
            made.stop()
        shutil.rmtree(folder)


@contextmanager
def administration(url: str) -> Iterator[Callable[..., None]]:
    """Connect to a server; what is yielded runs statements outside of any transaction."""
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            # From version 15 on another way is the default, which takes three times as long for a small template.
            has_strategies = (connection.dialect.server_version_info or (0,)) >= (15,)

            def run(*statements: str) -> None:
                for statement in statements:
                    is_copy = has_strategies and " TEMPLATE " in statement
                    connection.exec_driver_sql(f"{statement} STRATEGY FILE_COPY" if is_copy else statement)

            yield run
    finally:
        engine.dispose()


def administer(url: str, *statements: str) -> None:
    """Run statements outside of any transaction."""
    with administration(url) as run:
        run(*statements)
