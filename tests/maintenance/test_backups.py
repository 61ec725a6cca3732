import errno
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.program import cli
from app.db import Database
from app.errors import BackupError, SchemaVersionError
from app.loading import LoadedInterview
from app.main import create_app
from app.maintenance import backups
from app.maintenance.backups import OnProgress, UnsoundError, dump_command, write_backup
from app.maintenance.integrity import CHECKS
from app.maintenance.integrity.check import ItemCounter, run_check
from app.queries import canonical
from app.settings import Settings
from tests.conftest import ROOT
from tests.maintenance.test_integrity import damage
from tests.older import FIRST, make_older

TALK = "Q: What is a river?\nA: Rivers are water."


def silent(_what: str, _done: int, _of: int) -> None:
    pass


def everything(database: Database) -> list[str]:
    with database.read() as connection:
        return list(canonical.lines(connection))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "quoth.backup"


@pytest.fixture
def restore(make_database: Callable[..., str], tmp_path: Path) -> Callable[[Path, bool], Database]:
    """Do what docs/operations.md says, to a database of another name."""

    def put_in_place(backup: Path, is_sqlite: bool) -> Database:
        if is_sqlite:
            place = tmp_path / "restored.db"
            shutil.copy(backup, place)
            return Database(f"sqlite:///{place}")
        address = make_database("postgresql", "template0")
        command = ["pg_restore", "--no-owner", "--single-transaction", f"--dbname={address}"]
        subprocess.run([*command, str(backup)], check=True, capture_output=True)
        return Database(address)

    return put_in_place


@pytest.fixture
def big(seeded: Database, load: Callable[..., LoadedInterview]) -> Database:
    """A database of some hundred pages."""
    text = "\n".join(f"Q: What is {number}?\nA: {'word ' * 200}{number}." for number in range(150))
    load(text, 'slug = "big"', "big.txt")
    return seeded


def make(database: Database, target: Path, on_progress: OnProgress = silent, **options: Any) -> backups.Backup:
    return write_backup(database, target, **{"replace": False, "verify": True, "on_progress": on_progress, **options})


def test_what_was_backed_up_is_restored_whole(
    big: Database, target: Path, restore: Callable[[Path, bool], Database]
) -> None:
    made = make(big, target)
    assert [one.name for one in target.parent.iterdir()] == [target.name]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert made.bytes == target.stat().st_size
    assert (made.revision, made.rows["interview"], made.rows["question"]) == (3, 2, 155)
    restored = restore(target, big.is_sqlite)
    assert everything(restored) == everything(big)
    for check in CHECKS:
        assert list(run_check(restored, check, ItemCounter())) == []
    # It can be served, and written to.
    with TestClient(create_app(Settings(database_url=restored.url.render_as_string(hide_password=False)))) as client:
        assert client.get("/readyz").status_code == 200
        assert client.get("/v1/search?q=tolerance").json()["items"]
    with restored.write() as connection:
        connection.execute(sa.text("UPDATE interview SET title = title"))
    restored.close()


def test_backup_is_one_state_however_much_is_written_meanwhile(
    big: Database, target: Path, load: Callable[..., LoadedInterview], monkeypatch: pytest.MonkeyPatch,
    restore: Callable[[Path, bool], Database],
) -> None:  # fmt: skip
    """An import commits after every few pages; it does not wait, and the copy neither sees it nor begins again."""
    monkeypatch.setattr(backups, "_PAGES_PER_STEP", 40)
    before = everything(big)
    steps: list[tuple[int, int]] = []

    def on_progress(what: str, done: int, of: int) -> None:
        if what in {"copying", "dumping"}:
            steps.append((done, of))
            load(f"Q: Number {len(steps)}?\nA: Yes.", f'slug = "more-{len(steps)}"', f"more-{len(steps)}.txt")

    made = make(big, target, on_progress)
    assert len(steps) > (3 if big.is_sqlite else 0)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert made.revision == 3
    restored = restore(target, big.is_sqlite)
    if big.is_sqlite:
        assert everything(restored) == before
    else:
        assert len(everything(restored)) >= len(before)
    restored.close()
    assert len(everything(big)) > len(before)


def test_backup_does_not_wait_for_a_writer(big: Database, target: Path) -> None:
    with big.write() as connection:
        connection.execute(sa.text("UPDATE interview SET title = 'not yet'"))
        make(big, target)
    assert target.exists()


def test_file_that_is_there_stays_unless_it_is_to_be_replaced(big: Database, target: Path) -> None:
    target.write_text("somebody's")
    steps: list[str] = []
    with pytest.raises(FileExistsError):
        make(big, target, lambda what, _done, _of: steps.append(what))
    # Nothing is copied to no purpose.
    assert (target.read_text(), steps) == ("somebody's", [])
    make(big, target, replace=True)
    assert target.stat().st_size > 100_000 or not big.is_sqlite
    assert [one.name for one in target.parent.iterdir()] == [target.name]


def test_file_that_appears_meanwhile_is_not_replaced(big: Database, target: Path) -> None:
    def on_progress(_what: str, _done: int, _of: int) -> None:
        target.write_text("somebody's")

    with pytest.raises(FileExistsError):
        make(big, target, on_progress)
    assert target.read_text() == "somebody's"
    assert [one.name for one in target.parent.iterdir()] == [target.name]


def test_damaged_database_replaces_no_backup_of_a_sound_one(big: Database, target: Path) -> None:
    make(big, target)
    good = target.read_bytes()
    damage(big, "UPDATE turn SET text = 'else'")
    with pytest.raises(UnsoundError) as caught:
        make(big, target, replace=True)
    assert {one.check for one in caught.value.findings} == {"record"}
    assert target.read_bytes() == good
    assert [one.name for one in target.parent.iterdir()] == [target.name]
    make(big, target, replace=True, verify=False)
    assert target.read_bytes() != good


def test_copy_itself_is_verified_and_not_what_was_copied(
    big: Database, target: Path, make_database: Callable[[str], str]
) -> None:
    if not big.is_sqlite:
        pytest.skip("of PostgreSQL, what was dumped is verified")

    def on_progress(what: str, _done: int, _of: int) -> None:
        if what == "verifying engine":
            (part,) = target.parent.glob(".*.part")
            with part.open("r+b") as opened:
                opened.seek(5 * 4096)
                opened.write(os.urandom(40 * 4096))

    with pytest.raises((BackupError, sa.exc.DatabaseError)):
        make(big, target, on_progress)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        ("files", "UPDATE transcript SET content = replace(content, 'word', 'ward')"),
        ("record", "UPDATE turn SET text = replace(text, 'word', 'ward')"),
        ("references", "DELETE FROM interview WHERE slug = 'big'"),
        ("structure", "UPDATE question SET position = position + 1000"),
        ("numbers", "UPDATE interview SET questions_numbered = 1"),
        ("changes", "DELETE FROM change"),
        ("schema", "DROP INDEX ix_question_asked_by"),
    ],
)
def test_copy_that_an_engine_takes_for_whole_does_not_pass(
    big: Database, target: Path, check: str, statement: str
) -> None:
    if not big.is_sqlite:
        pytest.skip("of PostgreSQL, what was dumped is verified")

    def on_progress(what: str, _done: int, _of: int) -> None:
        if what == "verifying engine":
            (part,) = target.parent.glob(".*.part")
            copy = Database(f"sqlite:///{part}")
            damage(copy, statement)
            copy.close()

    with pytest.raises(UnsoundError) as caught:
        make(big, target, on_progress)
    assert check in {one.check for one in caught.value.findings}
    assert list(target.parent.iterdir()) == []
    assert [finding for one in CHECKS for finding in run_check(big, one, ItemCounter())] == []


def test_dump_that_is_damaged_does_not_pass(big: Database, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if big.is_sqlite:
        pytest.skip("SQLite has no dump")
    run = backups._run

    def run_and_damage(command: Sequence[str], environment: dict[str, str]) -> None:
        run(command, environment)
        if command[0] == "pg_dump":
            (part,) = target.parent.glob(".*.part")
            part.write_bytes(part.read_bytes()[:-200])

    monkeypatch.setattr(backups, "_run", run_and_damage)
    with pytest.raises(BackupError, match="pg_restore failed"):
        make(big, target)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("is_there", [False, True])
def test_file_system_without_links_is_no_reason_to_replace_a_file(
    big: Database, target: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    def refuse(_self: Path, _other: Path) -> None:
        if is_there:
            target.write_text("somebody's")
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    if is_there:
        with pytest.raises(FileExistsError):
            make(big, target)
        assert target.read_text() == "somebody's"
    else:
        assert make(big, target).bytes == target.stat().st_size
    assert [one.name for one in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize(
    ("options", "reason"), [("ro", "Read-only file system"), ("size=64k", "No space left on device")]
)
def test_disk_that_cannot_be_written_is_told_and_keeps_what_it_has(
    big: Database, target: Path, options: str, reason: str
) -> None:
    """A file system of its own, which nobody else sees."""
    mounted = f"mount -t tmpfs -o {options} none {target.parent}"
    if subprocess.run(["unshare", "-m", "sh", "-c", mounted], check=False, capture_output=True).returncode:
        pytest.skip("mounting takes rights that these tests do not have")
    script = f"{mounted} && {sys.executable} -m app backup {target}; echo $?; ls -A {target.parent}"
    environment = {**os.environ, "QUOTH_DATABASE_URL": big.url.render_as_string(hide_password=False)}
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == ("74\n" if big.is_sqlite or options == "ro" else "69\n")
    assert reason in done.stderr
    # Of a full disk pg_dump tells in words of its own.
    assert str(target) in done.stderr or "pg_dump failed" in done.stderr


def test_rows_that_are_missing_are_noticed(big: Database, target: Path) -> None:
    if not big.is_sqlite:
        pytest.skip("of PostgreSQL, what was dumped is verified")

    def on_progress(what: str, _done: int, _of: int) -> None:
        if what == "verifying past":
            (part,) = target.parent.glob(".*.part")
            copy = Database(f"sqlite:///{part}")
            damage(copy, "DELETE FROM search_word")
            copy.close()

    with pytest.raises(BackupError, match="not have as many rows"):
        make(big, target, on_progress)
    assert list(target.parent.iterdir()) == []


def test_nothing_stays_of_a_backup_that_is_interrupted(big: Database, target: Path) -> None:
    def on_progress(_what: str, _done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(big, target, on_progress)
    assert list(target.parent.iterdir()) == []


def test_full_disk_leaves_nothing_and_the_database_as_it_was(big: Database, target: Path) -> None:
    """A limit on the size of files stands for the disk."""
    before = everything(big)
    environment = {**os.environ, "QUOTH_DATABASE_URL": big.url.render_as_string(hide_password=False)}
    done = subprocess.run(
        [sys.executable, "-m", "app", "backup", str(target)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert done.returncode == (74 if big.is_sqlite else 69)
    assert "Traceback" not in done.stderr
    assert list(target.parent.iterdir()) == []
    assert everything(big) == before


def test_older_schema_is_backed_up_as_it_is_restored_and_migrated(
    big: Database, target: Path, restore: Callable[[Path, bool], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(big)
    make_older(big)
    made = make(big, target)
    assert (made.schema, made.revision, made.rows["question"]) == (FIRST, 3, 155)
    assert [one.name for one in target.parent.iterdir()] == [target.name]
    restored = restore(target, big.is_sqlite)
    assert restored.schema().present == FIRST
    monkeypatch.setenv("QUOTH_DATABASE_URL", restored.url.render_as_string(hide_password=False))
    # The command also writes anew what search is made of.
    assert CliRunner().invoke(cli, ["migrate", "--no-backup"]).exit_code == 0
    # Older schemas have no versions of statements.
    assert everything(restored) == [line for line in before if '"table":"interview_statements"' not in line]
    assert [finding for check in CHECKS for finding in run_check(restored, check, ItemCounter())] == []
    restored.close()


def test_older_schema_is_checked_as_it_will_be_once_migrated(big: Database, target: Path) -> None:
    make_older(big)
    damage(big, "UPDATE turn SET text = 'else'")
    if not big.is_sqlite:
        assert make(big, target).checks == ["engine"]
        return
    with pytest.raises(UnsoundError) as caught:
        make(big, target)
    assert {one.check for one in caught.value.findings} == {"record"}
    assert list(target.parent.iterdir()) == []
    assert make(big, target, verify=False).checks == []


def test_copy_that_cannot_be_migrated_is_no_verified_backup(big: Database, target: Path) -> None:
    if not big.is_sqlite:
        pytest.skip("of PostgreSQL there is no copy to migrate")
    make_older(big)
    damage(big, "CREATE TABLE speaker_word (stray TEXT)")
    with pytest.raises(BackupError, match="could not be migrated"):
        make(big, target)
    assert list(target.parent.iterdir()) == []
    make(big, target, verify=False)


@pytest.mark.parametrize("schema", ["9999", None])
def test_schema_that_nobody_here_knows_is_not_backed_up(big: Database, target: Path, schema: str | None) -> None:
    with big.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :schema"), {"schema": schema or "0"})
        if schema is None:
            connection.execute(sa.text("DELETE FROM alembic_version"))
    with pytest.raises(SchemaVersionError, match=schema or "no tables"):
        make(big, target)
    assert list(target.parent.iterdir()) == []


def test_command_says_what_of_an_older_schema_was_verified(
    big: Database, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_older(big)
    verified = "verified;" if big.is_sqlite else "read to its end, its content not verified before migrating;"
    result = _backup(big, monkeypatch, str(target))
    assert f"bytes, {verified} 2 interviews" in result.stdout
    assert f"schema {FIRST}" in result.stdout


def _backup(database: Database, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    monkeypatch.setenv("QUOTH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    return CliRunner().invoke(cli, ["backup", *arguments])


def test_command_tells_what_it_wrote(big: Database, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = _backup(big, monkeypatch, str(target))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "verified; 2 interviews, 155 questions, revision 3" in result.stdout
    again = _backup(big, monkeypatch, str(target))
    assert again.exit_code == 73
    assert "--force" in again.stderr
    report = json.loads(_backup(big, monkeypatch, str(target), "--force", "--json").stdout)
    assert (report["file"], report["verified"], report["rows"]["turn"]) == (str(target), True, 310)
    assert _backup(big, monkeypatch, str(target.parent / "no" / "x")).exit_code == 66
    damage(big, "UPDATE turn SET text = 'else'")
    unsound = _backup(big, monkeypatch, str(target), "--force")
    assert unsound.exit_code == 3
    assert "record: " in unsound.stderr
    assert "NOT verified" in _backup(big, monkeypatch, str(target), "--force", "--unverified").stdout


def test_command_without_pg_dump_says_what_to_run(target: Path, monkeypatch: pytest.MonkeyPatch, big: Database) -> None:
    if big.is_sqlite:
        pytest.skip("SQLite needs no program")
    monkeypatch.setenv("PATH", str(target.parent))
    result = _backup(big, monkeypatch, str(target))
    assert result.exit_code == 69
    assert "pg_dump --format=custom --no-owner --no-privileges --file=FILE --dbname=postgresql://" in result.stderr
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://reader:secret@db.example.org:5433/quoth?sslmode=require",
        "postgresql://reader@db.example.org:5433/quoth?sslmode=require&password=secret",
        "postgresql://reader:other@db.example.org:5433/quoth?sslmode=require&password=secret",
    ],
)
def test_password_is_in_the_environment_of_pg_dump_and_in_nothing_that_is_shown(
    target: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Programs of ours stand for those of PostgreSQL."""
    programs = target.parent
    for name in ("pg_dump", "pg_restore"):
        script = programs / name
        script.write_text(
            f'#!/bin/sh\necho "{name} $PGPASSWORD" "$@" >> {programs}/log; exit {int(name == "pg_dump")}\n'
        )
        script.chmod(0o700)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    database = Database(address)
    with pytest.raises(BackupError):
        backups._dump(database, target, silent)
    assert (programs / "log").read_text() == (
        f"pg_dump secret --format=custom --no-owner --no-privileges --file={target} "
        "--dbname=postgresql://reader@db.example.org:5433/quoth?sslmode=require\n"
    )
    command = dump_command(database, Path("x"))
    assert not {word for word in ("secret", "other") if word in f"{' '.join(command)} {database}"}
    database.close()


def test_secret_that_pg_dump_takes_as_an_argument_only_is_not_given_to_it(target: Path) -> None:
    database = Database("postgresql://reader@db.example.org/quoth?sslpassword=pa55")
    with pytest.raises(BackupError, match="service file") as caught:
        backups._dump(database, target, silent)
    assert "pa55" not in f"{caught.value} {database} {dump_command(database, target)}"
    database.close()
