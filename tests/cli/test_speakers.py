"""The commands `quoth speakers`, and statements in files: exported, loaded, and loaded again."""

import json
from pathlib import Path

import pytest

from app.db import Database
from tests.cli.test_command_line import Run
from tests.loading.test_statements import ONE, THREE, TWO, Talk, check, people, store


@pytest.fixture
def run(database_url: str) -> Run:
    return Run(database_url)


def test_doubles_are_listed_merged_and_undone(run: Run, database: Database) -> None:
    store(database, ONE, TWO, THREE)
    printed = run("speakers", "doubles")
    assert "jane-rowe (Jane Rowe; 2 interviews, 2 answers)   jane-roe (Jane Roe; 1 interview, 1 answer)" in printed
    assert "+ 1 letter differs: Jane Roe, Jane Rowe" in printed
    [double] = run.json("speakers", "doubles")["doubles"]
    assert [one["slug"] for one in double["speakers"]] == ["jane-rowe", "jane-roe"]
    assert double["reasons"] == ["1 letter differs: Jane Roe, Jane Rowe"]
    printed = run("speakers", "merge", "jane-roe", "jane-rowe", "--reason", "a slip", "--by", "Ed")
    assert printed == "jane-rowe is jane-roe now (statement 1); interviews that changed: 2\n"
    assert run.json("speakers", "doubles") == {"doubles": [], "total": 0}
    assert "jane-rowe is jane-roe" in run("speakers", "statements")
    assert "by Ed: a slip" in run("speakers", "statements")
    assert "'jane-roe' now" in run("speakers", "merge", "jane-roe", "jane-rowe", code=65)
    assert "undone: merged jane-roe and jane-rowe" in run("speakers", "undo", "1", "--by", "Flo")
    assert run("speakers", "statements") == "0 statements\n"
    [row] = run.json("speakers", "statements", "--all")["statements"]
    assert (row["speaker"], row["other"], row["made_by"], row["undone_by"]) == ("jane-roe", "jane-rowe", "Ed", "Flo")
    [double] = run.json("speakers", "doubles")["doubles"]
    assert "that was undone on" in double["against"][0]


def test_two_people_are_listed_as_doubles_no_more_and_stay_so_elsewhere(
    run: Run, tmp_path: Path, make_database: object
) -> None:
    folder = tmp_path / "talks"
    _write(folder, ONE, TWO)
    run("load", folder)
    printed = run("speakers", "distinct", "jane-rowe", "jane-roe", "--reason", "sisters", "--by", "Ed")
    assert printed == "jane-rowe and jane-roe are two people (statement 1); interviews that changed: 0\n"
    assert run.json("speakers", "doubles") == {"doubles": [], "total": 0}
    assert "distinct  jane-rowe and jane-roe are two people" in run("speakers", "statements")
    assert "undo statement 1 first" in run("speakers", "merge", "jane-roe", "jane-rowe", code=65)
    run("export", tmp_path / "out", "--source")
    written = (tmp_path / "out" / "speakers.toml").read_text()
    assert '[[distinct]]\nby = "Ed"' in written
    (folder / "speakers.toml").write_text(written)
    assert "speakers: 1 unchanged" in run("load", folder)
    other = Run(make_database("sqlite"))  # type: ignore[operator]  # a fixture that makes one
    assert "speakers: 1 made" in other("load", folder)
    assert other.json("speakers", "statements")["statements"][0]["reason"] == "sisters"
    assert other.json("speakers", "doubles")["total"] == 0
    # It holds over a file that says that they are one, and once undone it is not stated again.
    (folder / "speakers.toml").write_text('[[merged]]\nkeep = "jane-roe"\nother = "jane-rowe"\n')
    assert "refused: jane-rowe is jane-roe: 'jane-roe' and 'jane-rowe' are stated to be two" in other("load", folder)
    assert "undone: distinct jane-rowe and jane-roe" in other("speakers", "undo")
    (folder / "speakers.toml").write_text(written)
    assert "speakers: 1 undone" in other("load", folder)
    assert other.json("speakers", "doubles")["total"] == 1
    assert run("verify-database")


def test_speaker_is_parted_by_interview(run: Run, database: Database) -> None:
    store(database, *(Talk(slug, ("Jane Roe",)) for slug in ("one", "two")))
    printed = run("speakers", "part", "jane-roe", "--interview", "two", "--as", "Jane Smith")
    assert printed == "jane-roe is jane-smith in two now (statement 1); interviews that changed: 1\n"
    assert people(database) == {"jane-roe": ["one"], "jane-smith": ["two"]}
    assert run("verify-database")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("merge", "jane-roe", "nobody"), 65, "There is no speaker 'nobody'"),
        (("merge", "jane-roe", "jane-roe"), 65, "are one speaker"),
        (("merge", "jane-rowe", "cy-holm"), 65, "both take part in 'three'"),
        (("part", "jane-roe", "--interview", "one"), 65, "nobody to part from"),
        (("part", "jane-roe", "--interview", "four"), 65, "There is no interview 'four'"),
        (("undo",), 65, "no statement in force"),
        (("undo", "7"), 65, "no statement in force '7'"),
    ],
)
def test_what_cannot_be_so_is_refused_in_a_sentence(
    run: Run, database: Database, arguments: tuple[str, ...], code: int, message: str
) -> None:
    store(database, ONE, TWO, THREE)
    assert message in run("speakers", *arguments, code=code)
    assert run("speakers", "statements", "--all") == "0 statements\n"


def _write(folder: Path, *talks: Talk) -> None:
    folder.mkdir(exist_ok=True)
    for talk in talks:
        (folder / f"{talk.slug}.txt").write_text(talk.text)
        (folder / f"{talk.slug}.toml").write_text(talk.metadata)


def test_statements_are_exported_and_loaded_into_another_corpus(
    run: Run, database: Database, tmp_path: Path, make_database: object
) -> None:
    folder = tmp_path / "talks"
    _write(folder, ONE, TWO, THREE, Talk("four", ("Cy Holm",)))
    run("load", folder)
    run("speakers", "merge", "jane-roe", "jane-rowe", "--reason", "a slip")
    run("speakers", "part", "cy-holm", "--interview", "four", "--as", "Cyrus Holm")
    run("speakers", "merge", "cy-holm", "cyrus-holm")
    merged = people(database)
    run("export", tmp_path / "out", "--source")
    written = (tmp_path / "out" / "speakers.toml").read_text()
    assert 'keep = "jane-roe"\nother = "jane-rowe"\nkeep_name = "Jane Roe"' in written
    (folder / "speakers.toml").write_text(written)
    assert "speakers: 3 unchanged" in run("load", folder)
    other = Run(make_database("sqlite"))  # type: ignore[operator]  # a fixture that makes one
    loaded = json.loads(other("load", folder, "--json"))["statements"]
    assert [one["outcome"] for one in loaded] == ["made", "made", "made"]
    opened = Database(other.url)
    assert people(opened) == merged
    check(opened)
    opened.close()
    assert "speakers: 3 unchanged" in other("load", folder)
    assert other.json("speakers", "statements")["statements"][1]["reason"] == "a slip"
    # The same file loaded again does not state again what was undone here.
    other("speakers", "undo", "2")
    assert "undone: jane-rowe is jane-roe: undone here on" in other("load", folder)
    assert "speakers: 2 unchanged, 1 undone" in other("load", folder)


def test_statement_about_nobody_waits_and_one_about_another_is_refused(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    _write(folder, ONE)
    stated = '[[merged]]\nkeep = "jane-roe"\nother = "jane-rowe"\nother_name = "Jane Rowe"\n'
    (folder / "speakers.toml").write_text(stated)
    assert "waiting: jane-rowe is jane-roe: there is no speaker 'jane-rowe'" in run("load", folder)
    _write(folder, TWO)
    assert "speakers: 1 made" in run("load", folder)
    _write(folder, Talk("five", ("Ann Lee",)), Talk("six", ("Anne Lee",)))
    wrong = '[[merged]]\nkeep = "ann-lee"\nother = "anne-lee"\nother_name = "Anna Lee"\n'
    (folder / "speakers.toml").write_text(wrong)
    assert "refused: anne-lee is ann-lee: 'anne-lee' is 'Anne Lee' here, not 'Anna Lee'" in run("load", folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[merged]]\nkeep = 'a'\n", "merged.0.other"),
        ("[[merged]]\nkeep = 'a'\nother = 'b'\nwho = 'me'\n", "merged.0.who: there is no such key"),
        ("[[parted]]\nspeaker = 'a'\ninterviews = []\n", "parted.0.interviews"),
        ("[[merged]", "not valid TOML"),
    ],
)
def test_file_of_statements_that_is_wrong_is_refused_with_the_place(
    run: Run, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "speakers.toml").write_text(text)
    for command in ("load", "check"):
        assert message in run(command, tmp_path / "speakers.toml", code=65)


def test_file_beside_a_transcript_of_the_same_name_is_its_metadata(run: Run, tmp_path: Path) -> None:
    (tmp_path / "speakers.txt").write_text(ONE.text)
    (tmp_path / "speakers.toml").write_text('title = "The speakers"\n')
    assert json.loads(run("load", tmp_path, "--json"))["statements"] == []
