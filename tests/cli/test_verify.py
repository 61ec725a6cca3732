import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.program import cli
from app.db import Database
from tests.cli.test_command_line import Run

ARTICLE = """# On harmony

“We have for example theaters in their languages,” the interviewee said, “we have newspapers in their languages.”

“Tolerance alone is enough.”

«Our Congress … consists of those who make decisions», said Tokayev. "A thing that nobody ever said at all."
"""


class Verifying(Run):
    """The command line, whose output counts whatever its status."""

    def output(self, *arguments: object, code: int) -> str:
        """Run a command that ends with this status, and return its output."""
        asked = [str(one) for one in arguments]
        result = CliRunner().invoke(cli, asked, env={"QUOTH_DATABASE_URL": self.url})
        assert (result.exit_code, result.stderr) == (code, "")
        return result.stdout


@pytest.fixture
def run(database_url: str) -> Verifying:
    return Verifying(database_url)


def test_a_quotation_is_verified(run: Verifying, seeded: Database) -> None:
    shown = run("verify", "tolerance is only the first step")
    assert shown.startswith("exact: ")
    assert "said by worldnewsam-3712-interviewee in “" in shown
    assert "” (2023), worldnewsam-3712, /answers/" in shown
    verdict = run.json("verify", "our Congress is doing the same thing")
    assert verdict["verdict"] == "folded"


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        (["tolerance alone is enough"], "altered"),
        (["nobody ever said this of the moon"], "not_found"),
        (["tolerance alone is not enough", "--speaker", "worldnewsam-3712-interviewer"], "misattributed"),
    ],
)
def test_the_exit_status_tells_a_wrong_quotation(
    run: Verifying, seeded: Database, arguments: list[str], verdict: str
) -> None:
    assert run.output("verify", *arguments, code=3).startswith(verdict)


def test_an_article_is_verified(run: Verifying, seeded: Database, tmp_path: Path) -> None:
    file = tmp_path / "article.md"
    file.write_text(ARTICLE)
    lines = run.output("verify", "--file", file, code=3).splitlines()
    assert [line.split(": ")[:2] for line in lines if line.startswith(str(file))] == [
        [f"{file}:3:2", "folded"],
        [f"{file}:5:2", "altered"],
        [f"{file}:7:2", "elided"],
        [f"{file}:7:71", "not_found"],
    ]
    assert "    leaves out “not” [negation]" in lines
    assert lines[-1] == "4 quotations: 1 folded, 1 elided, 1 altered, 1 not_found"
    file.write_text("It is so: “tolerance is only the first step”.")
    [item] = run.json("verify", "--file", file)
    assert (item["line"], item["column"], item["verdict"], item["attribution"]) == (1, 12, "exact", None)


def test_an_attribution_is_a_claim_where_the_record_knows_the_name(run: Verifying, load: Any, tmp_path: Path) -> None:
    for number, name in enumerate(("Ada Berg", "Bo van Lind")):
        load(
            f"Q: What of item {number}?\nA: It rose in the night of year {number}.\n",
            metadata=f'slug = "talk-{number}"\n[[speakers]]\nlabels = ["A"]\nname = "{name}"\n',
            name=f"talk-{number}.txt",
        )
    file = tmp_path / "article.md"
    file.write_text(
        "“It rose in the night of year 0,” Dr. Ada Berg said.\n\n“It rose in the night of year 1,” said Berg.\n\n"
        "Yesterday van Lind said: “It rose in the night of year 1.”\n\n“It rose in the night of year 0,” he added.\n"
    )
    items = json.loads(run.output("verify", "--file", file, "--json", code=3))
    assert [(item["verdict"], item["attribution"]["speakers"]) for item in items] == [
        ("folded", ["ada-berg"]),
        ("misattributed", ["ada-berg"]),
        ("exact", ["bo-van-lind"]),
        ("misattributed", ["bo-van-lind"]),
    ]
    assert [item["attribution"]["is_inferred"] for item in items] == [False, False, False, True]


def test_bad_requests_end_with_one_line(run: Verifying, seeded: Database, tmp_path: Path) -> None:
    assert "one of the two" in run("verify", code=64)
    assert "at least one word" in run("verify", "…", code=64)
    assert "interviewee" in run("verify", "any words", "--speaker", "worldnewsam-3712-interviewe", code=64)
    assert "No such file" in run("verify", "--file", tmp_path / "nothing.md", code=66)
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    assert "latin.md" in run("verify", "--file", tmp_path / "latin.md", code=65)
