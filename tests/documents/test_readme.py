import re

from typer import Typer
from typer.core import TyperGroup
from typer.main import get_command

from app.cli.program import cli
from app.cli.topics import topics
from app.transcripts import FORMATS
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _names(program: Typer) -> set[str]:
    group = get_command(program)
    assert isinstance(group, TyperGroup)
    return set(group.commands)


def test_readme_names_every_format_and_no_other() -> None:
    table = README.partition("| format | what it reads |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`([a-z-]+)`", row.split("|")[1])}
    assert named == {known.name for known in FORMATS}


def test_readme_names_every_command() -> None:
    sentence = re.search(r"The commands are (.*?) \(", README, re.DOTALL)
    assert sentence is not None
    named = set(re.findall(r"`([a-z-]+)`", sentence.group(1)))
    assert named == _names(cli)


def test_readme_names_every_command_of_topics() -> None:
    named = set(re.findall(r"`topics ([a-z-]+)", README))
    assert named == _names(topics)


def test_readme_names_every_setting() -> None:
    from app.settings import Settings

    named = set(re.findall(r"`(QUOTH_[A-Z_]+)`", README))
    assert named == {f"QUOTH_{name.upper()}" for name in Settings.model_fields}
