"""What commands that write refuse: one message that says what is wrong and what to do, and nothing is written."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.program import cli
from app.db import Database
from app.queries.canonical import lines
from tests.cli.test_command_line import Run
from tests.loading.test_statements import ONE, THREE, TWO, store

NOT_UTF8 = os.fsdecode(b"\xff")
FILES = {
    "broken.toml": b'title = "x\n',
    "binary.toml": b"\xff\xfe\x00t",
    "key.toml": b'titel = "x"\n',
    "role.toml": b'title = "The mill"\n[[speakers]]\nlabels = ["P0"]\nrole = "boss"\n',
    "topic.toml": b'[[questions]]\nbegins = "What"\ntopics = ["nope"]\n',
    "slug.toml": b'slug = "two"\n',
    "ok.toml": b'title = "The mill"\n',
    "table.csv": b"question,topic\n",
}


@pytest.fixture
def run(database_url: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    store(database, ONE, TWO, THREE)
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    return Run(database_url)


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("statements replace one none.toml", 66, "none.toml: No such file or directory"),
        ("statements replace one broken.toml", 65, "broken.toml: not valid TOML"),
        ("statements replace one binary.toml", 65, "binary.toml: byte 0 is not UTF-8; save the file as UTF-8"),
        ("statements replace one key.toml", 65, "key.toml:1: titel: a metadata file has no key 'titel'. Did you mean"),
        ("statements replace one role.toml", 65, "role.toml:2: speakers.0.role: there is no role 'boss'"),
        ("statements replace one topic.toml", 65, "topic.toml: questions.0.topics"),
        ("statements replace one slug.toml", 65, "slug.toml: slug: another interview is called 'two'"),
        ("statements replace one ok.toml --reason ", 64, "--reason is empty: write something, or leave it out"),
        ("statements replace one ok.toml --by ", 64, "--by is empty"),
        (f"statements replace one ok.toml --reason {'x' * 501}", 64, "--reason has 501 characters; write 500 at most"),
        (f"statements replace one ok.toml --reason {NOT_UTF8}", 64, "is not UTF-8: type it at a terminal"),
        ("statements show one --version 9", 65, "there is no version 9 of what is stated of 'one': the newest is 1"),
        (f"speakers merge jane-roe {NOT_UTF8}", 64, "is not UTF-8: type it at a terminal"),
        ("speakers part jane-rowe --interview two --as ", 64, "--as is empty: write the name of the other one"),
        ("speakers distinct jane-roe jane-roe", 65, "are one speaker"),
        ("speakers undo 7", 65, "no statement in force '7'"),
        ("redact one --words zebra", 64, "The words 'zebra' are not in 'one'"),
        ("withdraw one --lift", 65, "There is no withdrawn interview 'one'"),
        ("embargo one --until soon", 64, "--until: write a day, such as 2026-12-31"),
        ("embargo one --until 2001-01-01", 64, "2001-01-01 is in the past; an embargo ends in the future"),
        ("embargo one --lift", 65, "'one'"),
        ("keys create X --scope write --expires 2999-02-30", 64, "--expires: write a day"),
        ("keys create X --scope write --expires 2001-01-01", 64, "is in the past"),
        ("keys revoke deadbeef", 65, "There is no key 'deadbeef'"),
        ("topics import broken.toml", 65, "broken.toml: not valid TOML"),
        ("topics csv-import table.csv", 65, "table.csv: line 1: there is no column"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_written(
    run: Run, database: Database, command: str, code: int, message: str
) -> None:
    with database.read() as connection:
        before = list(lines(connection))
    assert message in run(*command.split(" "), code=code)
    with database.read() as connection:
        assert list(lines(connection)) == before


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[[merged]]\nkeep = 'A B'\nother = 'b'\n", "2: merged.0.keep: write the slug"),
        ("[[merged]]\nkeep = 'a'\n", "1: merged.0.other: write 'other' too"),
        ("[[joined]]\nkeep = 'a'\n", " joined: there is no such key; there are parted, distinct, merged"),
        ("[[distinct]]\nspeaker = 'a'\nwith = 'b'\n", "1: distinct.0.other: write 'other' too"),
        ("[merged]\nkeep = 'a'\n", " merged: begin each of them with a line [[merged]]"),
        ("[[merged]]\nkeep = 'a'\nother = 'b'\nat = 2026-01-01\n", "4: merged.0.at: write a time with its zone"),
        ("[[merged]]\nkeep = 'a'\nother = 'b'\nat = 'now'\n", "4: merged.0.at: write a time with its zone"),
    ],
)
def test_file_of_speakers_is_refused_with_the_line(run: Run, table: str, message: str) -> None:
    Path("speakers.toml").write_text(table)
    assert f"speakers.toml:{message}" in run("load", "speakers.toml", code=65)


@pytest.mark.parametrize(
    "command",
    [
        "speakers undo 99999999999999999999",
        "speakers undo 0",
        "statements replace one folder",
        "statements replace one ok.toml --if-version -1",
        "topics import folder",
        "topics csv-import folder",
        "keys create X --scope admin",
        "keys create X",
        "speakers part jane-rowe",
    ],
)
def test_argument_that_cannot_be_is_refused_as_usage(run: Run, database: Database, command: str) -> None:
    with database.read() as connection:
        before = list(lines(connection))
    refused = CliRunner().invoke(cli, command.split(" "), env={"QUOTH_DATABASE_URL": run.url})
    assert (refused.exit_code, refused.stdout, "Error" in refused.stderr) == (2, "", True)
    with database.read() as connection:
        assert list(lines(connection)) == before
