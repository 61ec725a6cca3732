"""The commands `quoth statements`, and statements exported and loaded into an empty database."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.db import Database
from tests.cli.test_command_line import Run

TALK = "Q: Where did the river begin?\nA: Under the old mill.\nQ: Who kept it?\nA: My aunt.\n"


@pytest.fixture
def run(database_url: str) -> Run:
    return Run(database_url)


@pytest.fixture
def talk(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "talk.txt"
    path.write_text(TALK)
    run("load", path)
    return path


def test_what_is_stated_is_shown_replaced_compared_and_undone(run: Run, talk: Path, tmp_path: Path) -> None:
    stated = tmp_path / "stated.toml"
    stated.write_text('title = "The mill"\n[[turns]]\nbegins = "My aunt"\nkind = "note"\n')
    printed = run("statements", "replace", "talk", stated, "--by", "Ed", "--reason", "heard it again")
    assert printed == "changed talk (revision 2): 2 questions, 1 answers, 4 turns, 2 speakers\n"
    shown = (
        '# version 1 of what is stated of talk\ntitle = "The mill"\n\n[[turns]]\nbegins = "My aunt"\nkind = "note"\n'
    )
    assert run("statements", "show", "talk") == shown
    assert "by Ed: heard it again  title, 1 turns\n1 version\n" in run("statements", "versions", "talk")
    assert '+title = "The mill"' in run("statements", "diff", "talk")
    assert run("statements", "undo", "talk").startswith("changed talk (revision 3): 2 questions, 2 answers")
    assert run("statements", "show", "talk", "--version", "2") == "# version 2 of what is stated of talk\n"
    assert run.json("statements", "show", "talk", "--version", "1")["title"] == "The mill"
    assert len(run.json("statements", "versions", "talk")["versions"]) == 2
    newest = run.json("statements", "versions", "talk", "--limit", "1")
    assert ([one["version"] for one in newest["versions"]], newest["total"]) == ([2], 2)
    assert "2 versions; the newest 1 are shown" in run("statements", "versions", "talk", "--limit", "1")
    assert '-title = "The mill"' in run("statements", "diff", "talk")
    assert '+title = "The mill"' in run("statements", "diff", "talk", "0", "1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "tolk"), "There is no interview 'tolk'"),
        (("show", "talk", "--version", "7"), "version"),
        (("undo", "talk"), "statement about the interview"),
    ],
)
@pytest.mark.usefixtures("talk")
def test_what_is_not_there_is_said(run: Run, arguments: tuple[str, ...], message: str) -> None:
    assert message in run("statements", *arguments, code=65)


@pytest.mark.usefixtures("talk")
def test_statement_that_means_nothing_is_refused_with_its_key(run: Run, tmp_path: Path) -> None:
    stated = tmp_path / "stated.toml"
    stated.write_text('[[turns]]\nbegins = "Nobody"\nkind = "note"\n')
    assert "turns.0: no turn begins with 'Nobody'" in run("statements", "replace", "talk", stated, code=65)
    stated.write_text('[[turns]]\nbegin = "Under"\n')
    assert f"{stated}:2: turns.0.begin" in run("statements", "replace", "talk", stated, code=65)
    assert "none.toml" in run("statements", "replace", "talk", tmp_path / "none.toml", code=66)
    assert run("statements", "versions", "talk") == "0 versions\n"


def test_file_of_an_older_version_is_refused_with_what_is_newer(run: Run, talk: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text(run("statements", "show", "talk") + 'title = "The mill"\n')
    other.write_text(run("statements", "show", "talk") + 'summary = "Of a mill"\n')
    assert one.read_text().startswith("# version 0 of what is stated of talk\n")
    run("statements", "replace", "talk", one, "--if-version", "0", "--by", "Ed", "--reason", "heard it again")
    refused = run("statements", "replace", "talk", other, "--if-version", "0", code=65)
    assert re.search(r"version 1 was stated on \d{4}-\d\d-\d\d at \d\d:\d\d UTC by Ed \(heard it again\)", refused)
    assert "'quoth statements diff talk 0', write it into your file, and replace with --if-version 1" in refused
    assert "there is no version 2" in run("statements", "replace", "talk", other, "--if-version", "2", code=65)
    assert run.json("statements", "show", "talk") == {"title": "The mill"}
    run("statements", "replace", "talk", other, "--if-version", "1")
    assert run.json("statements", "show", "talk") == {"summary": "Of a mill"}


TWICE = '[[turns]]\nbegins = "My aunt"\nkind = "note"\n\n[[turns]]\nbegins = "My"\nkind = "question"\n'
BOTH = (
    "turns.1.kind: the turn 'My aunt.' has the kind 'note' in turns.0.kind (line 1) and 'question' in turns.1.kind "
    "(line 5); leave one of them out"
)


def test_two_tables_that_state_one_turn_are_refused_with_both_lines(run: Run, talk: Path, tmp_path: Path) -> None:
    stated = tmp_path / "stated.toml"
    stated.write_text(TWICE)
    assert f"{stated}:5: {BOTH}" in run("statements", "replace", "talk", stated, code=65)
    assert run("statements", "versions", "talk") == "0 versions\n"
    stated.rename(talk.with_suffix(".toml"))
    for command in ("check", "load"):
        assert f"talk.toml:5: {BOTH}" in run(command, talk, code=65)
    talk.with_suffix(".toml").write_text(f"later_stands = true\n{TWICE}")
    assert run("load", talk).startswith("changed talk")


def test_file_over_an_edit_stands_and_comes_back_from_an_export(
    run: Run, talk: Path, tmp_path: Path, make_database: Callable[[str], str], engine: str
) -> None:
    stated = tmp_path / "stated.toml"
    stated.write_text('[[turns]]\nbegins = "My aunt"\nkind = "note"\n')
    run("statements", "replace", "talk", stated)
    talk.with_suffix(".toml").write_text('[[turns]]\nbegins = "My"\nkind = "answer"\n')
    assert "2 questions, 2 answers" in run("load", talk)
    # What stands twice already is stated again with something new.
    stated.write_text(run("statements", "show", "talk") + '[[turns]]\nbegins = "Under"\nkind = "note"\n')
    assert "1 questions, 1 answers" in run("statements", "replace", "talk", stated)
    run("statements", "undo", "talk")
    run("export", tmp_path / "out", "--source", "--statements")
    assert (tmp_path / "out" / "talk" / "talk.toml").read_text().startswith('slug = "talk"\nlater_stands = true\n')
    other = Run(make_database(engine))
    other("load", tmp_path / "out")
    assert other.json("statements", "show", "talk") == {"slug": "talk", **run.json("statements", "show", "talk")}


def test_check_refuses_what_means_nothing_and_load_keeps_open_what_did(run: Run, talk: Path) -> None:
    beside = talk.with_suffix(".toml")
    beside.write_text('[[turns]]\nbegins = "My aunt"\nkind = "note"\n')
    run("load", talk)
    talk.write_text(TALK.replace("My aunt.", "Nobody did."))
    assert "turns.0: no turn begins with 'My aunt'" in run("check", talk, code=65)
    printed = run("load", talk)
    assert "open, kept until it fits again: turns.0: no turn begins with 'My aunt'" in printed
    assert "open = true" in run("statements", "show", "talk")


def test_what_is_exported_is_read_the_same_from_an_empty_database(
    run: Run, talk: Path, tmp_path: Path, database: Database
) -> None:
    stated = tmp_path / "stated.toml"
    stated.write_text('title = "The mill"\n[[turns]]\nbegins = "My aunt"\nkind = "note"\n')
    run("statements", "replace", "talk", stated)
    folder = tmp_path / "out"
    run("export", folder, "--source", "--statements")
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.t*")) == ["talk/talk.toml", "talk/talk.txt"]
    before = run.json("check", folder / "talk" / "talk.txt")
    assert before["title"] == "The mill"
    assert [turn["kind"] for turn in before["turns"]] == ["question", "answer", "question", "note"]
    run("load", folder)
    again = tmp_path / "again"
    run("export", again, "--source", "--statements")
    assert (again / "talk" / "talk.toml").read_text() == (folder / "talk" / "talk.toml").read_text()


def test_what_is_held_back_is_exported_with_its_embargo_where_that_is_asked_for(
    run: Run, talk: Path, tmp_path: Path, database: Database, make_database: Callable[[str], str], engine: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Q: Who kept it?\nA: Quixel did.\n")
    run("load", secret, "--embargo-until", "2999-12-31", "--reason", "until the hearing")
    stated = tmp_path / "stated.toml"
    stated.write_text('title = "The secret"\n[[turns]]\nbegins = "Quixel"\nkind = "note"\n')
    run("statements", "replace", "secret", stated)
    run("embargo", "talk", "--until", "2998-12-31", "--reason", "she asked for it")
    assert 'embargo_reason = "she asked for it"' in run("statements", "show", "talk")
    folder = tmp_path / "out"
    run("export", folder, "--source", "--statements")
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert "--held needs --statements" in run("export", folder, "--source", "--held", code=64)
    run("export", folder, "--source", "--statements", "--held")
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.t*"))
    assert names == ["secret/secret.toml", "secret/secret.txt", "talk/talk.toml", "talk/talk.txt"]
    other = Run(make_database(engine))
    other("load", folder)
    embargoes = [[(one["slug"], one["until"], one["reason"]) for one in each.json("embargo")] for each in (run, other)]
    assert embargoes[0] == embargoes[1]
    assert [reason for _slug, _until, reason in embargoes[1]] == ["she asked for it", "until the hearing"]
    again = tmp_path / "again"
    other("export", again, "--source", "--statements", "--held")
    for name in names:
        assert (again / name).read_bytes() == (folder / name).read_bytes()
    for each in (run, other):
        each("embargo", "secret", "--lift")
    contents = []
    for number, each in enumerate((run, other)):
        each("export", tmp_path / str(number), "--format", "markdown")
        contents.append({path.name: path.read_bytes() for path in (tmp_path / str(number)).iterdir()})
    assert list(contents[0]) == ["secret.md"]
    assert contents[0] == contents[1]
