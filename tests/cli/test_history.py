"""The command `quoth history`."""

import re
from pathlib import Path

import pytest

from tests.cli.test_command_line import Run

TALK = "Q: Where did the river begin?\nA: Under the old mill.\nQ: Who kept it?\nA: My aunt.\n"


@pytest.fixture
def run(database_url: str) -> Run:
    return Run(database_url)


def test_history_says_who_when_from_where_why_and_how_much(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "talk.txt"
    file.write_text(TALK)
    run("load", file, "--by", "Ida")
    file.write_text(TALK.replace("My aunt", "My aunt Ada"))
    run("load", file, "--by", "Bo\x1b[31m", "--reason", "a slip")
    run("embargo", "talk", "--until", "2999-01-01", "--by", "Cy", "--reason", "until the hearing")
    printed = re.sub(r"[0-9]{4}-[0-9-]{5} [0-9:]{8} UTC", "THEN", run("history", "talk"))
    [interview] = re.findall(r"\((\w+)\)", printed)[:1]
    assert printed == (
        f"talk ({interview}): held\n"
        "  held back until THEN  THEN  Cy, command: until the hearing\n"
        "     3  THEN  Cy, command: until the hearing\n"
        "        2 answers deleted, 1 interview deleted, 2 questions deleted, 2 speakers deleted\n"
        "     2 (revision 2 of it)  THEN  Bo\\x1b[31m, command: a slip\n"
        "        1 answer changed, 1 interview changed, 1 question changed\n"
        "     1 (revision 1 of it)  THEN  Ida, command\n"
        "        1 interview created\n"
        "3 revisions\n"
    )
    shown = run.json("history", "talk")
    assert shown["interview"] == {"id": interview, "slug": "talk", "state": "held"}
    assert shown["embargo"]["who"] == "Cy"
    assert [one["who"] for one in shown["revisions"]] == ["Cy", "Bo\x1b[31m", "Ida"]


def test_nothing_to_tell_is_said_in_a_sentence(run: Run) -> None:
    assert "There is no interview 'talk'" in run("history", "talk", code=65)
