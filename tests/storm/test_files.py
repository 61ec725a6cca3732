"""A folder of files made to do harm beside a good one: each is refused by itself, in bounded memory and time, and the
good one is stored; and the same checks on a program that lacks the limits, where they have to find something.
"""

import json
import os
import resource
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from app.db import Database
from tests.server import ROOT
from tests.storm.disk import TALKS

# Bytes of memory and seconds of a processor that the process may take; at either it is ended.
_MEMORY, _SECONDS = 1_200 * 2**20, 120
_CANARY = "the canary sings"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _word(body: str) -> bytes:
    return f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'.encode()


def _zip(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def make(folder: Path) -> list[str]:
    """Write the files; return the names of the bad ones."""
    folder.mkdir()
    (folder / "good.txt").write_text(TALKS["one"])
    (folder.parent / "secret").write_text(_CANARY)
    secret = (folder.parent / "secret").as_uri()
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    texts = {
        "laughs.xml": f"<!DOCTYPE TEI [{laughs}]><TEI><text>&l11;</text></TEI>",
        "outside.xml": f'<!DOCTYPE TEI [<!ENTITY x SYSTEM "{secret}">]><TEI><text><u who="#a">&x;</u></text></TEI>',
        "deep.xml": "<TEI>" + "<div>" * 200_000,
        "wide.xml": "<TEI " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>",
        "deep.json": "[" * 200_000,
        "number.json": '{"segments": [{"start": ' + "9" * 100_000 + "}]}",
        "surrogate.json": '{"segments": [{"speaker": "A", "body": "\\ud800"}]}',
        "nothing.txt": "",
        "white.txt": " \n" * 400_000,
        "one-word.txt": "a" * 1_000_000,
        "late.vtt": "WEBVTT\n\n999999:00:00.000 --> 999999:00:01.000\n<v A>Hello?\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "not-text.txt").write_bytes(b"\xff\xfe\x00\xd8" + os.urandom(999))
    types = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    bomb = _word("".join(f"<w:p><w:r><w:t>{label}: {'ha ' * 1_000_000}</w:t></w:r></w:p>" for label in "QA"))
    _zip(folder / "bomb.docx", {"[Content_Types].xml": types, "word/document.xml": bomb})
    many = {f"word/part{n}.xml": b"" for n in range(5_000)}
    _zip(folder / "many.docx", {"[Content_Types].xml": types, **many, "word/document.xml": _word("")})
    _zip(folder / "slip.docx", {"[Content_Types].xml": types, "../../slipped.txt": b"x", "/slipped.txt": b"x"})
    os.mkfifo(folder / "pipe.txt")
    (folder / "circle.txt").symlink_to("circle.txt")
    (folder / "zero.txt").symlink_to("/dev/zero")
    return sorted(path.name for path in folder.iterdir() if path.name != "good.txt")


def load(folder: Path, database: Path, bad: list[str], *, before: str = "") -> list[str]:
    """Load the folder in a process of its own, and say what should not be so; `before` is run in it first."""
    report = folder.parent / "report"
    program = f"{before}\nfrom app.cli import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", program, "load", str(folder), "--report", str(report), "--workers", "1"],
        cwd=ROOT,
        env={**os.environ, "QUOTH_DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_limit,
    )
    found = [] if done.returncode == 65 else [f"status {done.returncode}: {done.stderr[-300:]}"]
    if "Traceback" in done.stderr:
        found.append("a traceback")
    lines = [json.loads(line) for line in report.read_text().splitlines()] if report.exists() else []
    outcome = {Path(line["file"]).name: line["outcome"] for line in lines}
    found += [f"{name}: {outcome.get(name)}" for name in bad if outcome.get(name) != "refused"]
    with closing(Database(f"sqlite:///{database}")) as opened, opened.read() as connection:
        texts = connection.exec_driver_sql("SELECT text FROM turn").scalars().all()
    if len(texts) != TALKS["one"].count("\n"):
        found.append(f"{len(texts)} turns are stored")
    if any(_CANARY in text for text in (*texts, done.stdout, done.stderr)):
        found.append("a file outside was read")
    if any((parent / "slipped.txt").exists() for parent in (folder, *folder.parents)):
        found.append("a member of an archive was written")
    return found


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "files.db"
    path.write_bytes(sqlite_template.read_bytes())
    return path


@pytest.mark.slow
def test_hostile_files_are_refused_and_the_good_one_is_stored(tmp_path: Path, database: Path) -> None:
    folder = tmp_path / "files"
    assert load(folder, database, make(folder)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "before",
    [
        "from app.transcripts import archive; archive.MAX_RATIO = archive.MAX_INFLATED_BYTES = 1 << 60",
        "from app.structure import prepare; prepare._LATEST_MS = 1 << 60",
    ],
    ids=["archives", "times"],
)
def test_hostile_files_would_show_a_program_without_limits(tmp_path: Path, database: Path, before: str) -> None:
    folder = tmp_path / "files"
    bad = make(folder)
    kept = {"bomb.docx", "late.vtt", "good.txt"}
    for name in set(bad) - kept:
        (folder / name).unlink()
    assert load(folder, database, sorted(kept - {"good.txt"}), before=before) != []
