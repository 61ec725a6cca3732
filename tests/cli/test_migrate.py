"""`quoth migrate` before a database that has something in it: the backup that it writes, asks for or mentions."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from app.cli.program import cli
from app.db import Database
from tests.conftest import ROOT
from tests.maintenance.test_integrity import damage
from tests.older import FIRST, make_older

Migrate = Callable[..., Result]


@pytest.fixture
def older(seeded: Database) -> Database:
    make_older(seeded)
    return seeded


@pytest.fixture
def migrate(database: Database, monkeypatch: pytest.MonkeyPatch) -> Migrate:
    monkeypatch.setenv("QUOTH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    return lambda *options: CliRunner().invoke(cli, ["migrate", *map(str, options)])


def schema_of(database: Database) -> str | None:
    return database.schema().present


def test_backup_is_written_before_the_schema_changes(older: Database, migrate: Migrate, tmp_path: Path) -> None:
    target = tmp_path / "before"
    result = migrate("--backup", target)
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"1 interviews, 5 questions, revision 2, schema {FIRST}" in result.stdout
    assert f"Migrated the schema from {FIRST} to " in result.stdout
    older.check_schema()
    if older.is_sqlite:
        assert schema_of(Database(f"sqlite:///{target}")) == FIRST


def test_backup_that_cannot_be_written_leaves_the_database_as_it_was(
    older: Database, migrate: Migrate, tmp_path: Path
) -> None:
    target = tmp_path / "before"
    target.write_text("somebody's")
    taken = migrate("--backup", target)
    assert (taken.exit_code, target.read_text()) == (73, "somebody's")
    assert "another name" in taken.stderr
    assert migrate("--backup", tmp_path / "nowhere" / "x").exit_code == 66
    assert schema_of(older) == FIRST


def test_damaged_database_is_not_migrated_with_a_backup(older: Database, migrate: Migrate, tmp_path: Path) -> None:
    if not older.is_sqlite:
        # A dump cannot be migrated without a second server.
        pytest.skip("of an older schema, only the storage of PostgreSQL is verified")
    damage(older, "UPDATE turn SET text = 'else'")
    result = migrate("--backup", tmp_path / "before")
    assert (result.exit_code, schema_of(older)) == (3, FIRST)
    assert "record: " in result.stderr
    assert not (tmp_path / "before").exists()


def test_where_nobody_can_be_asked_it_says_how_and_goes_on(older: Database, migrate: Migrate) -> None:
    result = migrate()
    assert result.exit_code == 0
    assert "no backup is written: 'quoth migrate --backup FILE' writes one first" in result.stderr
    older.check_schema()


def test_who_wants_no_backup_hears_nothing_of_one(older: Database, migrate: Migrate) -> None:
    assert (migrate("--no-backup").stderr, schema_of(older) == FIRST) == ("", False)
    assert migrate("--no-backup", "--backup", "x").exit_code == 64


def test_database_without_content_is_not_worth_a_backup(database: Database, migrate: Migrate, tmp_path: Path) -> None:
    make_older(database)
    assert migrate().stderr == ""
    make_older(database)
    assert "none was written" in migrate("--backup", tmp_path / "x").stdout
    assert list(tmp_path.glob("x*")) == []


def test_schema_that_is_up_to_date_needs_no_backup(seeded: Database, migrate: Migrate, tmp_path: Path) -> None:
    result = migrate("--backup", tmp_path / "x")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "none was written" in result.stdout
    assert list(tmp_path.glob("x*")) == []


def test_newer_schema_is_left_alone_and_the_message_says_by_what_to_use(seeded: Database, migrate: Migrate) -> None:
    with seeded.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    result = migrate()
    assert result.exit_code == 69
    assert "has schema 9999, which this version of Quoth does not know" in result.stderr
    assert "a newer version made it" in result.stderr


def _at_a_terminal(database: Database, folder: Path, answer: str) -> str:
    """Run `quoth migrate` at a terminal of its own, answer its question, and return all that it shows."""
    environment = {**os.environ, "QUOTH_DATABASE_URL": database.url.render_as_string(hide_password=False)}
    environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    terminal, its_end = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-m", "app", "migrate"], cwd=folder, env=environment, stdin=its_end, stdout=its_end,
        stderr=its_end,
    ) as process:  # fmt: skip
        os.close(its_end)
        while process.poll() is None or select.select([terminal], [], [], 0.1)[0]:
            if not select.select([terminal], [], [], 0.1)[0]:
                continue
            try:
                shown += os.read(terminal, 4096)
            except OSError:
                break
            if answer and b"[Y/n]" in shown:
                os.write(terminal, answer.encode())
                answer = ""
    os.close(terminal)
    assert process.returncode == 0, shown
    return shown.decode()


def test_terminal_is_asked_and_a_backup_is_the_default(older: Database, tmp_path: Path) -> None:
    folder = Path(str(older.url.database)).parent if older.is_sqlite else tmp_path
    name = Path(str(older.url.database)).stem + f"-schema-{FIRST}"
    (taken := folder / f"{name}{'.backup' if older.is_sqlite else '.dump'}").write_text("somebody's")
    shown = _at_a_terminal(older, tmp_path, "\n")
    made = folder / f"{name}-2{taken.suffix}"
    assert "has something in it" in shown
    assert (made.stat().st_size > 10_000, taken.read_text()) == (True, "somebody's")
    older.check_schema()


def test_terminal_may_decline(older: Database, tmp_path: Path) -> None:
    _at_a_terminal(older, tmp_path, "n\n")
    assert list(tmp_path.rglob("*-schema-*")) == []
    older.check_schema()
