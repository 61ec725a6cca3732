"""The container of the Dockerfile without a registry: its base is made of this machine, and bubblewrap runs it.

buildah builds it with chroot isolation. Both come from Debian, and neither needs a daemon.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.conftest import ROOT

PROGRAMS = ("buildah", "bwrap", "setpriv")
# What the Dockerfile, its base and its command call, besides Python.
_COMMANDS = ("sh", "env", "install", "echo", "id", "touch", "cat", "ls")
# Read by pip and the resolver; a machine may have none of some.
_SETTINGS = ("/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt", "/etc/nsswitch.conf")
# Libraries that a wheel may rely on, and that are loaded by modules which are not there yet; see PEP 513.
_OF_WHEELS = (
    *("libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6", "libnsl.so.1", "libpthread.so.0", "libresolv.so.2"),
    *("librt.so.1", "libstdc++.so.6", "libutil.so.1"),
)
# Parts of the standard library that nobody here imports.
_UNUSED = ("site-packages", "dist-packages", "test", "idlelib", "tkinter", "turtledemo", "__pycache__", "config-*")


class NotPossibleError(Exception):
    """This machine cannot build or run a container; the message says what is missing."""


def check_possible() -> None:
    """Make sure that an image can be built and run here.

    Raises:
        NotPossibleError: a program is missing, or the kernel gives no namespaces.
    """
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        raise NotPossibleError(f"{' and '.join(missing)} not installed")
    if os.geteuid() != 0:
        raise NotPossibleError("buildah mounts file systems, for which the tests have to be run by root")
    tried = subprocess.run(_as_nobody([*_sandbox(Path("/")), "true"]), capture_output=True, text=True, check=False)
    if tried.returncode:
        raise NotPossibleError(f"bubblewrap gets no namespaces: {tried.stderr.strip()}")


def make_base(folder: Path) -> None:
    """Fill a folder with the Python that runs this, pip, a shell, and the libraries that these load."""
    # Debian has moved /bin and the like into /usr, and left links.
    for link in filter(Path.is_symlink, map(Path, ("/bin", "/sbin", "/lib", "/lib32", "/lib64"))):
        (folder / link.readlink()).mkdir(parents=True, exist_ok=True)
        _at(folder, link).symlink_to(link.readlink())
    python, library = Path(sys._base_executable), Path(sysconfig.get_path("stdlib"))  # type: ignore[attr-defined]
    script = "import pip, sys; print(pip.__path__[0])"
    pip = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    shutil.copytree(library, _at(folder, library), symlinks=True, ignore=shutil.ignore_patterns(*_UNUSED))
    shutil.copytree(pip, _at(folder, Path(pip)), ignore=shutil.ignore_patterns("__pycache__"))
    commands = [Path(found) for name in _COMMANDS if (found := shutil.which(name))]
    for file in [python, *commands, *filter(Path.exists, map(Path, _SETTINGS))]:
        _copy(file, folder)
    of_wheels = [path for path in _known_libraries() if path.name in _OF_WHEELS]
    for file in [*of_wheels, *_libraries([python, *commands, *of_wheels, *library.glob("lib-dynload/*.so")])]:
        _copy(file, folder)
    (folder / "usr/local/bin").mkdir(parents=True, exist_ok=True)
    for name in ("python", "python3"):
        (folder / "usr/local/bin" / name).symlink_to(python)
    for name, line in (("passwd", "root:x:0:0::/root:/bin/sh\n"), ("group", "root:x:0:\n")):
        (folder / "etc" / name).write_text(line)
    for name in ("proc", "sys", "dev", "run", "var", "tmp", "root"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "tmp").chmod(0o1777)
    # Python may be in somebody's home; the user of the container has to reach it.
    for parent in _at(folder, python).relative_to(folder).parents:
        (folder / parent).chmod(0o755)


def _at(folder: Path, path: Path) -> Path:
    return folder / path.relative_to("/")


def _copy(file: Path, folder: Path) -> None:
    target = _at(folder, file)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file.resolve(), target)


def _libraries(files: Iterable[Path]) -> set[Path]:
    """List the shared libraries that programs and modules load, and the loader itself."""
    printed = subprocess.run(["ldd", *files], capture_output=True, text=True, check=False).stdout
    return {Path(path) for path in re.findall(r"(?:=>|^)\s+(/\S+) \(0x", printed, re.MULTILINE)}


def _known_libraries() -> list[Path]:
    """List the libraries that the loader finds by their names."""
    printed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    return [Path(path) for path in re.findall(r"=> (/\S+)$", printed, re.MULTILINE)]


@dataclass(frozen=True)
class Image:
    """An image of buildah's, its root file system mounted at `folder`."""

    folder: Path
    description: dict[str, Any]

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What the Dockerfile says of how to run it: Cmd, Env, User, WorkingDir, Volumes, Healthcheck."""
        found: dict[str, Any] = self.description["config"]
        return found

    def command(
        self,
        volume: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str] = MappingProxyType({}),
        mounts: Mapping[str, Path] = MappingProxyType({}),
    ) -> list[str]:
        """Return a command that runs arguments as an engine would with --read-only, as the image's user.

        `mounts` are more folders to read, by the place where they are seen, which is there in the image.
        """
        user, group = self.settings["User"].split(":")
        variables = dict(one.split("=", 1) for one in self.settings["Env"]) | dict(environment)
        (place,) = self.settings["Volumes"]
        return _as_nobody(
            [
                *_sandbox(self.folder),
                *("--bind", str(volume), place),
                *(part for where, folder in mounts.items() for part in ("--ro-bind", str(folder), where)),
                *("--chdir", self.settings["WorkingDir"], "--clearenv"),
                *(part for name, value in variables.items() for part in ("--setenv", name, value)),
                *arguments,
            ],
            user,
            group,
        )


def _sandbox(root: Path) -> list[str]:
    """Return the beginning of a command that sees a folder as its root, and can write nothing."""
    return [
        *("bwrap", "--ro-bind", str(root), "/", "--proc", "/proc", "--dev", "/dev"),
        *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session"),
    ]


def _as_nobody(command: list[str], user: str = "65534", group: str = "65534") -> list[str]:
    """Take all rights away before a command begins."""
    rights = ("--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all")
    return ["setpriv", f"--reuid={user}", f"--regid={group}", *rights, "--", *command]


@contextmanager
def built() -> Iterator[Image]:
    """Build the Dockerfile on a base of this machine; nothing stays of either.

    Raises:
        subprocess.CalledProcessError: the image cannot be built; its output is in the error.
    """
    with tempfile.TemporaryDirectory(prefix="quoth-image.") as folder, _built(Path(folder)) as image:
        # The user that runs it has to reach it.
        for parent in image.folder.parents:
            parent.chmod(parent.stat().st_mode | 0o111)
            if parent == Path(folder):
                break
        yield image


@contextmanager
def _built(folder: Path) -> Iterator[Image]:
    base = folder / "base"
    base.mkdir()
    make_base(base)
    buildah = _Buildah(folder)
    try:
        of_base = buildah("from", "scratch")
        buildah("copy", "--quiet", of_base, str(base), "/")
        buildah("config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", of_base)
        buildah("commit", "--quiet", of_base, "quoth-base")
        shutil.rmtree(base)
        buildah(
            "build", "--isolation=chroot", "--format=docker", "--pull-never", "--build-arg=BASE=localhost/quoth-base",
            "--tag=quoth", str(ROOT),
        )  # fmt: skip
        container = buildah("from", "--pull-never", "localhost/quoth")
        description = json.loads(buildah("inspect", "--type=image", "localhost/quoth"))["Docker"]
        yield Image(Path(buildah("mount", container)), description)
    finally:
        with suppress(subprocess.CalledProcessError):
            buildah("umount", "--all")


class _Buildah:
    def __init__(self, folder: Path) -> None:
        self._storage = [f"--root={folder}/storage", f"--runroot={folder}/run", "--storage-driver=overlay"]
        self._environment = {**os.environ, "BUILDAH_ISOLATION": "chroot", "TMPDIR": str(folder)}

    def __call__(self, command: str, *arguments: str) -> str:
        """Run a command of buildah on a storage of its own, and return its last line."""
        done = subprocess.run(
            ["buildah", *self._storage, command, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment,
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, f"buildah {command}", done.stdout, done.stderr)
        return done.stdout.strip() if command == "inspect" else done.stdout.strip().rpartition("\n")[2]
