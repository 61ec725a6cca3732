from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from app.cli.program import cli
from app.db import Database
from app.loading import copying
from app.loading.copying import Copied, compare, copy, count_rows
from app.main import create_app
from app.models import SearchDocument, Turn
from app.queries import canonical
from app.settings import Settings
from tests import awkward

ADDRESSES = (
    "/v1/questions?limit=100&facets=topic,speaker,year&sort=title",
    "/v1/answers?limit=100&q=river",
    "/v1/interviews?limit=100&sort=-modified",
    "/v1/interviews/talk-0?revision=1",
    "/v1/interviews/talk-0/transcript",
    "/v1/interviews/talk-0/revisions",
    "/v1/interviews/talk-5/source",
    "/v1/topics?limit=100",
    "/v1/speakers?limit=100",
    "/v1/changes?limit=100&data=true",
)
Make = Callable[[str], str]
WAYS = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite"), ("postgresql", "postgresql")]


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["migrate-data", *arguments])


def _dump(url: str) -> str:
    database = Database(url)
    with database.read() as connection:
        lines = "".join(canonical.lines(connection))
    database.close()
    return lines


def _answers(url: str) -> list[tuple[int, bytes, str | None]]:
    with TestClient(create_app(Settings(database_url=url))) as client:
        answers = [client.get(address) for address in ADDRESSES]
    return [(one.status_code, one.content, one.headers.get("ETag")) for one in answers]


@pytest.mark.parametrize(("here", "there"), WAYS, ids=lambda way: str(way))
def test_whole_corpus_moves_and_goes_on_as_the_original(
    here: str, there: str, make_database: Make, make_awkward: Make
) -> None:
    source, target = make_awkward(here), make_database(there)
    result = _run(source, target)
    assert result.exit_code == 0, result.output
    assert "rows copied" in result.output
    assert _dump(target) == _dump(source)
    before = _answers(source)
    assert {status for status, _content, _etag in before} == {200}
    assert _answers(target) == before
    for url in (source, target):
        database = Database(url)
        awkward.next_talk(database)
        with database.read() as connection:
            counted = count_rows(connection)
            assert counted["search_document"] == len(set(connection.scalars(sa.select(col(SearchDocument.number)))))
        database.close()
    assert _dump(target) == _dump(source)
    assert _answers(target) == _answers(source)
    assert _answers(target) != before


def test_target_without_tables_gets_them(make_database: Make, make_awkward: Make) -> None:
    source, target = make_awkward("sqlite"), make_database("postgresql")
    empty = Database(target)
    empty.migrate("base")
    with empty.write() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
    empty.close()
    assert _run(source, target).exit_code == 0
    assert _dump(target) == _dump(source)


def test_file_that_is_not_there_is_made(make_awkward: Make, tmp_path: Path) -> None:
    source, target = make_awkward("sqlite"), f"sqlite:///{tmp_path}/new/made.db"
    assert _run(source, target).exit_code == 0
    assert _dump(target) == _dump(source)


@pytest.mark.parametrize("there", ["sqlite", "postgresql"])
def test_target_that_holds_anything_is_refused_and_stays_as_it_is(
    there: str, make_database: Make, make_awkward: Make
) -> None:
    source, target = make_awkward("sqlite"), make_database(there)
    database = Database(target)
    with database.write() as connection:
        connection.execute(sa.text("INSERT INTO search_word (word) VALUES ('one')"))
    result = _run(source, target)
    assert (result.exit_code, "search_word" in result.output) == (73, True)
    with database.write() as connection:
        assert {name: rows for name, rows in count_rows(connection).items() if rows} == {"search_word": 1}
    database.close()


def test_database_of_somebody_else_is_refused(make_awkward: Make, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/other.db"
    database = Database(target)
    with database.write() as connection:
        connection.execute(sa.text("CREATE TABLE orders (number integer)"))
    database.close()
    result = _run(make_awkward("sqlite"), target)
    assert (result.exit_code, "orders" in result.output) == (73, True)


@pytest.mark.parametrize("which", [0, 1])
def test_schema_of_another_version_is_refused(which: int, make_database: Make, make_awkward: Make) -> None:
    both = make_awkward("sqlite"), make_database("postgresql")
    database = Database(both[which])
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    result = _run(*both)
    assert (result.exit_code, "9999" in result.output) == (69, True)


@pytest.mark.parametrize(
    ("source", "target", "status", "said"),
    [
        ("quoth.db", "sqlite:///x.db", 64, "quoth.db"),
        ("sqlite:///x.db", "mysql://host/name", 64, "mysql"),
        ("sqlite://", "sqlite:///x.db", 64, "name a file"),
        ("sqlite:///x.db", "sqlite:///x.db", 64, "the same database"),
        ("sqlite:///missing.db", "sqlite:///x.db", 69, "there is no database"),
    ],
)
def test_what_is_no_database_is_refused(
    source: str, target: str, status: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = _run(source, target)
    assert (result.exit_code, said in result.output) == (status, True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("there", ["sqlite", "postgresql"])
@pytest.mark.parametrize("step", [1, 8, 14])
def test_interruption_leaves_the_target_empty_and_the_next_try_moves_all(
    there: str,
    step: int,
    make_database: Make,
    make_awkward: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, target = make_awkward("sqlite"), make_database(there)

    def interrupted(reading: sa.Connection, writing: sa.Connection):  # type: ignore[no-untyped-def]  # as copy
        for number, one in enumerate(copy(reading, writing), start=1):
            if number == step:
                raise KeyboardInterrupt
            yield one

    with monkeypatch.context() as patch:
        patch.setattr("app.cli.migrate_data.copy", interrupted)
        assert _run(source, target).exit_code != 0
    database = Database(target)
    with database.read() as connection:
        assert not any(count_rows(connection).values())
    database.close()
    assert _run(source, target).exit_code == 0
    assert _dump(target) == _dump(source)


@pytest.mark.parametrize("how", ["a row less", "a letter"])
def test_copy_that_is_not_the_same_is_not_kept(
    how: str, make_database: Make, make_awkward: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = make_awkward("sqlite"), make_database("postgresql")

    def spoilt(reading: sa.Connection, writing: sa.Connection):  # type: ignore[no-untyped-def]  # as copy
        yield from copy(reading, writing)
        if how == "a row less":
            writing.execute(sa.text("DELETE FROM past_item WHERE item_id = (SELECT min(item_id) FROM past_item)"))
        else:
            writing.execute(sa.update(Turn).where(col(Turn.position) == 2).values(text=Turn.text + "!"))

    monkeypatch.setattr("app.cli.migrate_data.copy", spoilt)
    result = _run(source, target)
    assert (result.exit_code, ("past_item" if how == "a row less" else '-t2"') in result.output) == (70, True)
    database = Database(target)
    with database.read() as connection:
        assert not any(count_rows(connection).values())
    database.close()


def test_what_the_target_cannot_hold_is_told(make_database: Make, make_awkward: Make) -> None:
    source, target = make_awkward("sqlite"), make_database("postgresql")
    database = Database(source)
    with database.write() as connection:
        connection.execute(sa.update(Turn).where(col(Turn.position) == 1).values(start_ms=2**40))
    database.close()
    result = _run(source, target)
    assert (result.exit_code, "turn" in result.output, "integer" in result.output) == (65, True, True)


def test_rows_are_copied_some_at_a_time(
    make_database: Make, make_awkward: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_ROWS", 7)
    monkeypatch.setattr(copying, "_LARGE_ROWS", 2)
    old, new = Database(make_awkward("sqlite")), Database(make_database("postgresql"))
    with old.read() as reading, new.write() as writing:
        steps = list(copy(reading, writing))
        done: dict[str, int] = {}
        for table, rows in steps:
            at_most = 2 if table in {"transcript", "past_interview"} else 7
            assert 0 < rows - done.get(table, 0) <= at_most
            done[table] = rows
        # What triggers write is not copied.
        kept = {name: rows for name, rows in count_rows(reading).items() if rows and name != "topic_question"}
        assert done == kept
        assert all(isinstance(one, Copied) for one in compare(reading, writing))
    old.close()
    new.close()
