import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.program import cli
from app.db import Database
from tests.cli.test_command_line import Run
from tests.conftest import ROOT
from tests.topics.thesauri import JSON_LD, MEDIA_TOPICS, THESAURUS

VOCABULARY = '[rivers]\nlabel = "River"\n[mills]\nlabel = "Mill"\n[choirs]\nlabel = "Choir"\n'
TALK = "Q: Where did the rivers begin?\nA: They began under the old mill.\nQ: And who sang?\nA: The choir sang.\n"


@pytest.fixture
def run(database_url: str) -> Run:
    return Run(database_url)


@pytest.fixture
def suggested(run: Run, tmp_path: Path) -> Run:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "valley.txt").write_text(TALK)
    (folder / "topics.toml").write_text(VOCABULARY)
    run("load", folder)
    assert "2 questions: 3 topics proposed" in run("topics", "suggest", "--min-confidence", "0")
    return run


def _review(run: Run, keys: str, *options: str) -> str:
    result = CliRunner().invoke(
        cli, ["topics", "review", *options], input=keys, env={"QUOTH_DATABASE_URL": run.url, "COLUMNS": "200"}
    )
    assert result.exit_code == 0
    return result.stdout


def _states(run: Run, tmp_path: Path) -> dict[str, str]:
    table = tmp_path / "states.csv"
    run("topics", "csv-export", table, "--all", "--overwrite")
    with table.open(encoding="utf-8-sig", newline="") as opened:
        return {row["topic"]: row["state"] for row in csv.DictReader(opened)}


@pytest.mark.parametrize(
    ("name", "text", "topic"),
    [
        ("v.ttl", MEDIA_TOPICS, "arts-and-culture"),
        ("v.rdf", THESAURUS, "oral-tradition"),
        ("v.jsonld", JSON_LD, "river"),
        ("v.toml", VOCABULARY, "mills"),
    ],
)
def test_vocabulary_is_imported_and_a_second_time_unchanged(
    run: Run, tmp_path: Path, name: str, text: str, topic: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    first = run.json("topics", "import", file)
    assert topic in first["created"]
    second = run.json("topics", "import", file)
    assert (second["created"], second["changed"]) == ([], [])
    assert sorted(second["unchanged"]) == sorted(first["created"])


@pytest.mark.parametrize("suffix", [".toml", ".ttl", ".rdf", ".jsonld"])
def test_exported_vocabulary_is_imported_unchanged(run: Run, tmp_path: Path, suffix: str) -> None:
    run("load", ROOT / "data")
    thesaurus = tmp_path / "v.ttl"
    thesaurus.write_text(MEDIA_TOPICS)
    run("topics", "import", thesaurus)
    file = tmp_path / f"out{suffix}"
    assert "20 topics written" in run("topics", "export", file)
    again = run.json("topics", "import", file)
    assert (again["created"], again["changed"], again["not_in_file"]) == ([], [], [])
    assert len(again["unchanged"]) == 20
    before = file.read_bytes()
    run("topics", "export", file)
    assert file.read_bytes() == before


def test_export_overwrites_only_if_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "v.toml"
    file.write_text("mine")
    assert "--overwrite" in run("topics", "export", file, code=73)
    assert file.read_text() == "mine"
    run("topics", "export", file, "--overwrite")
    assert "suffix" in run("topics", "export", tmp_path / "v.docx", code=64)


def test_bad_vocabulary_is_told_and_changes_nothing(run: Run, tmp_path: Path, database: Database) -> None:
    file = tmp_path / "v.ttl"
    file.write_text(MEDIA_TOPICS.replace("mt:100 a skos:Concept", "mt:100 a skos:Nothing"))
    assert "below http://cv.example.org/mediatopic/100" in run("topics", "import", file, code=65)
    file.write_text("<oops")
    assert f"{file}: line 1" in run("topics", "import", file, code=65)
    assert "No such file" in run("topics", "import", tmp_path / "none.ttl", code=66)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM topic").scalar() == 0


def test_review_shows_the_words_and_stores_each_decision(suggested: Run, tmp_path: Path) -> None:
    shown = _review(suggested, "a\nr\nx\ns\n")
    assert "Where did the [rivers] begin?" in shown
    assert "under the old [mill]." in shown
    assert "Press one of these keys" in shown
    assert "1 accepted, 1 rejected, 1 skipped; 0 left" in shown
    assert _states(suggested, tmp_path) == {"rivers": "confirmed", "mills": "rejected", "choirs": "proposed"}
    assert "1 of 1" in _review(suggested, "q\n")
    suggested("topics", "suggest", "--all", "--min-confidence", "0")
    assert _states(suggested, tmp_path)["mills"] == "rejected"


def test_review_is_undone_and_left(suggested: Run, tmp_path: Path) -> None:
    shown = _review(suggested, "u\na\nu\nr\na\nu\nq\n")
    assert "There is nothing to undo." in shown
    assert "0 accepted, 1 rejected, 0 skipped; 2 left" in shown
    assert _states(suggested, tmp_path) == {"rivers": "rejected", "mills": "proposed", "choirs": "proposed"}


def test_end_of_the_input_is_taken_for_quit(suggested: Run) -> None:
    assert "1 accepted, 0 rejected, 0 skipped; 2 left" in _review(suggested, "a\n")
    assert "1 of 2" in _review(suggested, "", "--interview", "valley")
    assert "No suggestion waits" in _review(suggested, "", "--min-confidence", "1")


def test_terminal_obeys_nothing_that_a_transcript_says(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "x.txt").write_text("Q: Where did\x1b[2J the rivers begin [bold]?\nA: There.\n")
    (folder / "topics.toml").write_text('[rivers]\nlabel = "River"\n')
    run("load", folder)
    run("topics", "suggest", "--min-confidence", "0")
    shown = _review(run, "q\n")
    assert "\x1b" not in shown
    assert "did\\x1b[2J the [rivers] begin [bold]?" in shown


def test_accepting_says_what_it_does(suggested: Run, tmp_path: Path) -> None:
    surest = max(_confidences(suggested, tmp_path).values())
    output = suggested("topics", "accept", "--min-confidence", surest, "--dry-run")
    assert "would be accepted" in output
    assert set(_states(suggested, tmp_path).values()) == {"proposed"}
    output = suggested("topics", "accept", "--min-confidence", 0)
    assert "3 suggestions on 2 questions accepted" in output
    assert "River (rivers)" in output
    assert set(_states(suggested, tmp_path).values()) == {"confirmed"}
    assert "0 suggestions on 0 questions accepted" in suggested("topics", "accept", "--min-confidence", 0)


def _confidences(run: Run, tmp_path: Path) -> dict[str, float]:
    table = tmp_path / "confidences.csv"
    run("topics", "csv-export", table, "--overwrite")
    with table.open(encoding="utf-8-sig", newline="") as opened:
        return {row["topic"]: float(row["confidence"]) for row in csv.DictReader(opened)}


def test_table_goes_out_and_decisions_come_back(suggested: Run, tmp_path: Path) -> None:
    table = tmp_path / "review.csv"
    assert "3 suggestions written" in suggested("topics", "csv-export", table)
    assert "--overwrite" in suggested("topics", "csv-export", table, code=73)
    with table.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row, decision in zip(rows, ("accept", "reject", ""), strict=True):
        row["decision"] = decision
    with table.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert "2 decisions read: 1 confirmed, 1 rejected" in suggested("topics", "csv-import", table)
    assert "2 decisions read: nothing changed" in suggested("topics", "csv-import", table)
    assert sorted(_states(suggested, tmp_path).values()) == ["confirmed", "proposed", "rejected"]


def test_table_with_a_wrong_line_changes_nothing(suggested: Run, tmp_path: Path) -> None:
    table = tmp_path / "review.csv"
    suggested("topics", "csv-export", table)
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    lines[1] = lines[1].replace(",,", ",accept,", 1)
    lines[3] = lines[3].replace(",,", ",aye,", 1)
    table.write_text("\n".join(lines))
    assert f"{table}: line 4: 'aye' is not a decision" in suggested("topics", "csv-import", table, code=65)
    assert set(_states(suggested, tmp_path).values()) == {"proposed"}


def test_unknown_interview_is_told(suggested: Run) -> None:
    assert "There is no interview 'rivver'" in suggested("topics", "suggest", "--interview", "rivver", code=65)
    assert "0 questions" in suggested("topics", "suggest", "--interview", "valley")


@pytest.mark.slow
def test_review_works_through_a_pipe(suggested: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "topics", "review"],
        input="a\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"QUOTH_DATABASE_URL": suggested.url, "PATH": ""},
    )
    assert "1 accepted" in done.stdout


def test_other_commands_start_without_what_only_one_needs() -> None:
    program = "import sys, app.cli.program; print([name for name in ('pyoxigraph', 'uvicorn') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(done.stdout.replace("'", '"')) == []
