import csv
import errno
import gc
import io
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command
from typer.testing import CliRunner

from app.cli.program import cli
from app.db import Database
from app.exports import INTERVIEWS
from tests.conftest import ROOT, SEED

TALK = "Q: Where did the river begin?\nA: It began under the old mill.\n"
LONGER = (
    "Q: Where did the river begin?\nA: It began under the old mill, behind our house.\n"
    "Q: Who kept the mill in those years?\nA: My aunt kept it, and after her nobody did.\n"
    "Q: Would you go back there?\nA: Every summer, if the road were dry.\n"
)


class Run:
    """The command line against one database."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, *arguments: object, code: int = 0, **environment: str) -> str:
        """Run a command, and return what it printed: on success its output, else its one line of error."""
        result = CliRunner().invoke(
            cli, [str(one) for one in arguments], env={"QUOTH_DATABASE_URL": self.url, **environment}
        )
        assert (result.exit_code, result.exception is None or isinstance(result.exception, SystemExit)) == (code, True)
        assert "Traceback" not in result.output
        if code:
            assert len(result.stderr.strip().splitlines()) == 1
            return result.stderr
        return result.stdout

    def json(self, *arguments: object) -> Any:
        """Run a command with --json."""
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def run(database_url: str) -> Run:
    return Run(database_url)


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    folder = tmp_path / "talks"
    folder.mkdir()
    file = folder / "river.txt"
    file.write_text(TALK)
    return file


def _commands(group: TyperGroup, *names: str) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            assert command.help
            yield from _commands(command, *names, name)
        else:
            assert isinstance(command, TyperCommand)
            yield (*names, name), command


def test_every_command_and_every_option_has_help() -> None:
    group = get_command(cli)
    assert isinstance(group, TyperGroup)
    overview = Run("sqlite:///never.db")("--help")
    for names, command in _commands(group):
        assert command.help, names
        assert names[0] in overview
        for parameter in command.params:
            assert isinstance(parameter, TyperOption | TyperArgument)
            assert parameter.help, (names, parameter.name)


def test_version_is_that_of_the_project(run: Run) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert run("--version") == f"quoth {project['version']}\n"


def test_help_of_a_command_shows_its_options_and_those_shared_with_others() -> None:
    shown = Run("sqlite:///never.db")("load", "--help", COLUMNS="200")
    assert all(option in shown for option in ("--embargo-until", "--published", "--json"))


def test_data_is_loaded_and_a_second_time_unchanged(run: Run) -> None:
    first = run.json("load", ROOT / "data")
    [interview] = first["interviews"]
    assert (interview["outcome"], interview["questions"], interview["answers"]) == ("created", 5, 5)
    assert interview["bytes"] == len(SEED.read_bytes()) == sum(interview["bytes_by_class"].values())
    assert {"tracking-removed", "mixed-scripts"} <= {remark["code"] for remark in interview["remarks"]}
    assert first["vocabularies"][0]["created"]
    second = run.json("load", ROOT / "data")
    assert second["interviews"][0]["outcome"] == "unchanged"
    assert second["vocabularies"][0]["created"] == second["vocabularies"][0]["changed"] == []
    lines = run("load", ROOT / "data").splitlines()
    assert any(line.startswith("unchanged worldnewsam-3712 (revision 1): 5 questions") for line in lines)


def test_check_tells_what_would_be_understood_and_stores_nothing(run: Run, database: Database) -> None:
    report = run.json("check", SEED)
    assert (report["slug"], report["published"], report["question_count"], report["answer_count"]) == (
        "worldnewsam-3712",
        "2023",
        5,
        5,
    )
    assert [speaker["name"] for speaker in report["speakers"]] == [None, None]
    text, size = run("check", SEED), len(SEED.read_bytes())
    assert "mixed-scripts" in text
    assert f"{size} of {size} accounted for" in text
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM interview").scalar() == 0


def test_check_against_what_is_stored_tells_what_would_become_of_it_and_stores_nothing(
    run: Run, talk: Path, database: Database
) -> None:
    first, second, *rest = LONGER.splitlines(keepends=True)
    talk.write_text(LONGER)
    assert "is not stored; loading it creates river" in run("check", "--against-stored", talk)
    run("load", talk)
    assert "loading it changes nothing" in run("check", "--against-stored", talk)
    talk.write_text("".join([*rest, first, second.replace("old", "new"), "Q: And now?\nA: Now it is gone.\n"]))
    output = run("check", "--against-stored", talk)
    assert "is a correction of river; loading it makes revision 2 of river" in output
    assert "It began under the [-old-]{+new+} mill, behind our house." in output
    assert "+ created answer to question 4" in output
    assert "> moved question 3" in output
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT max(number) FROM revision").scalar() == 1
    correction = run.json("check", "--against-stored", talk)["against_stored"]
    assert correction["counts"]["question"] == {
        "created": 1,
        "restored": 0,
        "changed": 0,
        "moved": 1,
        "kept": 2,
        "deleted": 0,
    }
    [changed] = [item for item in correction["items"] if item["outcome"] == "changed"]
    [difference] = changed["differences"]
    assert changed["text"][difference["start_after"] : difference["end_after"]] == "new"
    of_turns = [(turn["outcome"], turn["position"], turn["position_before"]) for turn in correction["turns"]]
    assert of_turns == [("changed", 6, 2), ("created", 7, None), ("created", 8, None)]
    assert correction["counts"]["turn"]["kept"] == 5
    run("load", talk, "--reason", "a slip")
    talk.write_text("".join([first, second]))
    output = run("check", "--against-stored", "--replace", talk)
    assert f"- deleted question 2 ({correction['interview_id']}-q3)" in output
    assert "% of the words before are not in it" in output
    run("load", "--replace", talk)
    talk.write_text(LONGER)
    restored = run.json("check", "--against-stored", talk)["against_stored"]
    assert restored["counts"]["question"]["restored"] == 2


def test_check_without_a_database_asks_for_none_unless_against_what_is_stored(talk: Path) -> None:
    run = Run("sqlite:///never/quoth.db")
    assert "1 questions" in run("check", talk)
    assert "quoth" in run("check", "--against-stored", talk, code=69)


def test_migrate_makes_the_database_and_its_folder(tmp_path: Path) -> None:
    run = Run(f"sqlite:///{tmp_path}/new/folder/quoth.db")
    assert "load transcripts with 'quoth load FOLDER'" in run("migrate")
    assert "up to date" in run("migrate")
    assert (tmp_path / "new" / "folder" / "quoth.db").is_file()


def test_corpus_without_anything_says_so_where_nothing_can_be_found(tmp_path: Path) -> None:
    run = Run(f"sqlite:///{tmp_path}/quoth.db")
    run("migrate")
    assert "There are no interviews yet" in run("verify", "all rivers run", code=3)
    assert "There are no interviews yet" in run("topics", "suggest")
    (tmp_path / "talk.txt").write_text("Q: Why?\nA: All rivers run.\n")
    run("load", tmp_path / "talk.txt")
    assert "There are no topics yet" in run("topics", "suggest")
    assert "There are no" not in run("verify", "all rivers run")


def test_option_with_an_impossible_value_is_named_as_it_was_given(tmp_path: Path) -> None:
    run = Run(f"sqlite:///{tmp_path}/quoth.db")
    assert "quoth: --port: " in run("serve", "--port", "99999", code=78)
    assert "quoth: --workers: " in run("serve", "--workers", "0", code=78)


def test_bad_data_is_told_with_file_and_line(run: Run, talk: Path) -> None:
    talk.write_bytes(b"Q: Why?\nA: Tr\xe8s bien.\n")
    assert f"{talk}:2:6: " in run("load", talk, code=65)
    assert f"{talk}:2:6: " in run("check", talk, code=65)
    talk.write_text("")
    assert f"{talk}: the file is empty" in run("load", talk, code=65)
    talk.write_text("Nobody speaks here.")
    assert f"{talk}:1:1: " in run("load", talk, code=65)


def test_bad_metadata_is_told_with_file_and_key(run: Run, talk: Path) -> None:
    beside = talk.with_suffix(".toml")
    beside.write_text("published = 2023\n")
    assert f"{beside}:1: published: " in run("load", talk, code=65)
    beside.write_text('[[questions]]\nbegins = "Where"\ntopics = ["rivers"]\n')
    assert "there is no topic 'rivers'" in run("load", talk, code=65)


def test_bad_file_of_a_folder_is_named_and_stops_no_other(run: Run, talk: Path, database: Database) -> None:
    bad = talk.with_name("aaa.txt")
    bad.write_text("")
    assert str(bad) in run("load", talk.parent, code=65)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT slug FROM interview").scalars().all() == ["river"]


def test_folders_are_loaded_in_the_order_of_names(run: Run, talk: Path) -> None:
    inner = talk.parent / "deeper"
    inner.mkdir()
    (inner / "mill.TXT").write_text(TALK.replace("river", "mill race"))
    (talk.parent / "notes.png").write_text("No transcript.")
    assert [one["slug"] for one in run.json("load", talk.parent)["interviews"]] == ["mill", "river"]


def test_different_files_of_one_name_do_not_overwrite_one_another(run: Run, talk: Path) -> None:
    inner = talk.parent / "deeper"
    inner.mkdir()
    (inner / "river.txt").write_text(TALK.replace("river", "lake"))
    first = run.json("load", talk.parent)["interviews"]
    assert [one["outcome"] for one in first] == ["created", "created"]
    assert len({one["interview_id"] for one in first}) == 2
    assert [one["outcome"] for one in run.json("load", talk.parent)["interviews"]] == ["unchanged", "unchanged"]


def test_missing_file_and_folder_without_transcripts_are_told(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for command in ("load", "check"):
        assert "missing.txt" in run(command, tmp_path / "missing.txt", code=66)
    assert str(empty) in run("load", empty, code=66)
    (empty / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    assert "dangling.txt" in run("load", empty, code=65)


def test_pipe_and_device_and_folder_are_refused_without_reading(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        assert "not a regular file" in run("load", path, code=65)
        assert "not a regular file" in run("check", path, code=65)
    assert "not a regular file" in run("check", tmp_path, code=65)


def test_huge_file_is_refused_before_it_is_read(run: Run, tmp_path: Path) -> None:
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    assert "64 MiB" in run("load", huge, code=65)


def test_name_that_is_no_text_is_loaded(run: Run, tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/r\xe9cit.txt"
    with open(file, "wb") as opened:  # noqa: PTH123 - a name in bytes
        opened.write(TALK.encode())
    [one] = run.json("load", os.fsdecode(file))["interviews"]
    assert one["outcome"] == "created"


def test_bad_setting_is_told_with_its_name(run: Run) -> None:
    assert "QUOTH_DATABASE_URL" in Run("mysql://host/name")("migrate", code=78)
    assert "QUOTH_DATABASE_URL" in Run("sqlite://")("load", SEED, code=78)
    assert "QUOTH_PORT" in run("serve", code=78, QUOTH_PORT="many")
    assert "QUOTH_PORT" in run("serve", code=78, QUOTH_PORT="99999")


def test_database_that_is_away_or_of_another_version_is_told(tmp_path: Path, run: Run, database: Database) -> None:
    missing = Run(f"sqlite:///{tmp_path}/missing.db")
    assert "run 'quoth migrate'" in missing("load", SEED, code=69)
    missing("serve", code=69)
    assert not (tmp_path / "missing.db").exists()
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"no database at all " * 100)
    for command in (("migrate",), ("load", SEED), ("serve",)):
        Run(f"sqlite:///{garbage}")(*command, code=75)
    Run(f"postgresql:///quoth?host={tmp_path}")("migrate", code=75)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for command in (("migrate",), ("load", SEED), ("serve",)):
        assert "9999" in run(*command, code=69)


def test_wrong_usage_is_told() -> None:
    for arguments in ([], ["load"], ["check"], ["lod", "x"], ["load", "--jsn", "x"]):
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 2
        assert "Usage" in result.output


@pytest.mark.slow
def test_module_runs_as_a_program(tmp_path: Path) -> None:
    environment = {**os.environ, "QUOTH_DATABASE_URL": f"sqlite:///{tmp_path}/quoth.db"}
    for arguments, code in ((["migrate"], 0), (["load", str(ROOT / "data")], 0), (["load", "nowhere"], 66)):
        done = subprocess.run(
            [sys.executable, "-m", "app", *arguments], cwd=ROOT, env=environment, capture_output=True, check=False
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (code, False)


def test_export_writes_every_interview_in_a_format(run: Run, tmp_path: Path) -> None:
    run("load", ROOT / "data")
    talk = tmp_path / "timed.vtt"
    talk.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Why?\n\n00:03.000 --> 00:04.000\n<v Bob>So.\n")
    run("load", talk)
    for each in INTERVIEWS:
        folder, count = tmp_path / each.name, 1 if each.needs_times else 2
        assert f"{count} files written" in run("export", folder, "--format", each.name)
        assert f"{count} files written" in run("export", folder, "--format", each.name)
        assert len(list(folder.iterdir())) == count
        assert "Why?" in (folder / f"timed{each.suffix}").read_text(encoding="utf-8")
    result = CliRunner().invoke(
        cli, ["export", str(tmp_path / "vtt"), "--format", "vtt"], env={"QUOTH_DATABASE_URL": run.url}
    )
    assert result.stderr == "left out, because they have no times: worldnewsam-3712\n"


def test_exported_markdown_loads_as_the_same_interview(run: Run, tmp_path: Path) -> None:
    run("load", ROOT / "data")
    run("export", tmp_path / "out", "--format", "markdown")
    [first] = [run.json("check", SEED)]
    again = run.json("check", tmp_path / "out" / "worldnewsam-3712.md")
    said = [[(turn["label"], turn["text"]) for turn in each["turns"]] for each in (first, again)]
    assert said[0] == said[1]
    assert again["title"] == first["title"]


def test_export_writes_every_list_as_a_table(run: Run, tmp_path: Path) -> None:
    run("load", ROOT / "data")
    assert "5 files written" in run("export", tmp_path / "csv", "--format", "csv")
    assert "5 files written" in run("export", tmp_path / "csv", "--format", "csv")
    with (tmp_path / "csv" / "questions.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened, strict=True))
    assert len(rows) == 5
    assert {row["interview.slug"] for row in rows} == {"worldnewsam-3712"}
    run("export", tmp_path / "ndjson", "--format", "ndjson")
    names = {"answers", "interviews", "questions", "speakers", "topics"}
    assert {file.name for file in (tmp_path / "ndjson").iterdir()} == {f"{name}.ndjson" for name in names}
    for file in (tmp_path / "ndjson").iterdir():
        assert all(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("written", ["canonical", "csv", "markdown"])
def test_full_disk_is_one_line_and_leaves_nothing(
    run: Run,
    seeded: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    written: str,
) -> None:
    class Full(io.BytesIO):
        def writelines(self, lines: Iterable[Any], /) -> None:
            super().write(next(iter(lines)))
            raise OSError(errno.ENOSPC, "No space left on device")

    def opened(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if mode != "wb":
            return opened_before(path, mode, *arguments, **options)
        path.touch()
        return Full()

    opened_before = Path.open
    monkeypatch.setattr(Path, "open", opened)
    line = run("export", tmp_path / "out", "--format", written, code=73)
    assert f"{tmp_path}/out/" in line
    assert line.strip().endswith(": No space left on device")
    assert [one.name for one in (tmp_path / "out").iterdir()] == []
    gc.collect()
    # What is still being read when the database is closed is logged with a traceback.
    assert caplog.records == []


def test_export_leaves_a_file_that_differs_and_no_half_written_one(run: Run, tmp_path: Path) -> None:
    run("load", ROOT / "data")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "questions.csv").write_text("mine")
    assert "another file is there" in run("export", folder, "--format", "csv", code=73)
    assert [file.name for file in folder.iterdir()] == ["questions.csv"]
    assert (folder / "questions.csv").read_text() == "mine"


def test_export_writes_nothing_outside_its_folder_whatever_is_stored(
    run: Run, database: Database, tmp_path: Path
) -> None:
    run("load", ROOT / "data")
    with database.write() as connection:
        connection.execute(sa.text("UPDATE interview SET slug = '../../outside'"))
    for arguments in (["--source"], ["--format", "markdown"]):
        assert "is no name for a file in" in run("export", tmp_path / "a" / "out", *arguments, code=65)
    assert not list(tmp_path.rglob("outside*"))


def test_export_that_cannot_write_names_the_file_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    run("load", ROOT / "data")
    (tmp_path / "out").write_text("a file in place of the folder")
    for name in ("csv", "canonical"):
        assert f"{tmp_path / 'out'}" in run("export", tmp_path / "out", "--format", name, code=73)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_export_says_what_it_needs(run: Run, tmp_path: Path) -> None:
    for arguments in ([], ["--source", "--format", "tei"]):
        assert "--format and one of markdown" in run("export", tmp_path, *arguments, code=64)
    assert CliRunner().invoke(cli, ["export", str(tmp_path), "--format", "pdf"]).exit_code == 2


def test_a_process_that_reads_files_imports_no_more_than_it_needs() -> None:
    # It imports the installed script, which imports the entry point, and the module whose function it calls.
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    entry_point = scripts["quoth"].partition(":")[0]
    output = subprocess.run(
        [sys.executable, "-c", f"import sys, {entry_point}, app.structure.batches; print(*sys.modules)"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert not {"app.cli.program", "sqlalchemy", "fastapi", "typer"} & set(output.stdout.split())


# Prints what is imported after one command has been looked up.
_LOOKED_UP = """
import sys
from typer.testing import CliRunner
from app.cli.program import cli
assert CliRunner().invoke(cli, sys.argv[1:]).exit_code == 0
print(*sys.modules)
"""


@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        (["--version"], {"app.db", "app.settings", "sqlalchemy", "fastapi"}),
        (["keys", "--help"], {"app.cli.load", "app.cli.check", "app.agents", "fastapi", "psycopg"}),
        (["migrate", "--help"], {"app.cli.check", "app.agents", "fastapi", "psycopg"}),
    ],
)
def test_command_imports_what_it_needs_and_no_other_command(arguments: list[str], without: set[str]) -> None:
    command = [sys.executable, "-c", _LOOKED_UP, *arguments]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    imported = set(output.stdout.split())
    assert not without & imported
    own = {name for name in imported if name == f"app.cli.{arguments[0]}"}
    assert own or arguments == ["--version"]


@pytest.mark.slow
def test_the_entry_point_runs_the_command_line() -> None:
    script = "import sys; from app.cli import main; sys.argv = ['quoth', '--help']; main()"
    output = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "verify-database" in output.stdout


def test_roles_that_are_not_known_are_asked_for_as_they_are_to_be_written(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "day.txt"
    file.write_text("Ann Lee: It was a fine day.\nBob Ray: It rained at noon.\nAnn Lee: It stopped.\n" * 2)
    for command in ("check", "load"):
        shown = run(command, file)
        message, toml = shown[shown.index("Who asks is not known") :].split("\n\n", 1)
        assert str(tmp_path / "day.toml") in message
    assert [table["role"] for table in tomllib.loads(toml)["speakers"]] == ["interviewer", "interviewee"]
    file.with_suffix(".toml").write_text(toml)
    shown = run("check", file)
    assert "Who asks" not in shown
    assert "0 questions" not in shown
    (tmp_path / "other.txt").write_text(file.read_text().replace("fine", "dull"))
    assert f"who asks is not known: {tmp_path / 'other.txt'}" in run("check", tmp_path).replace("\n", "")


def test_end_of_a_long_path_is_shown(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / ("folder" * 12) / ("deep" * 20)
    folder.mkdir(parents=True)
    for name in ("one.txt", "two.txt"):
        (folder / name).write_text(TALK)
    shown = run("check", folder)
    for name in ("one.txt", "two.txt"):
        assert f"{name}  labelled" in shown


def test_passed_over_files_are_listed_and_reported(tmp_path: Path, talk: Path, run: Run) -> None:
    scan, report = talk.parent / "scan.png", tmp_path / "report.jsonl"
    scan.write_bytes(b"\x89PNG\r\n\x1a\n")
    shown = run("check", talk.parent, "--report", report)
    assert f"passed over (1):\n  {scan}: this is a PNG" in shown
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert [line["file"] for line in lines if line.get("outcome") == "passed over"] == [str(scan)]
    assert [each["file"] for each in run.json("load", talk.parent)["passed_over"]] == [str(scan)]


def test_embargo_of_a_manifest_is_refused_with_the_manifest_and_its_line(talk: Path, run: Run) -> None:
    run("load", talk)
    manifest = talk.parent / "manifest.csv"
    for stated in ("soon", "2099-01-01"):
        manifest.write_text(f"file,embargo_until\n{talk.name},{stated}\n")
        talk.write_text(TALK.replace("river", "brook"))
        refused = run("load", talk.parent, code=65)
        assert str(manifest) in refused
        assert "line 2" in refused
        assert "embargo_until" in refused
