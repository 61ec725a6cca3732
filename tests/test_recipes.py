"""The recipes of ARCHITECTURE.md, each carried out on a copy of the program: one new file, one new line."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


class Copy:
    """A copy of the program that can be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("app", "migrations", "data"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)

    def add_file(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def add_line(self, name: str, before: str, *lines: str) -> None:
        path = self.folder / name
        text = path.read_text()
        assert text.count(before) == 1, f"{name} has {before!r} {text.count(before)} times"
        path.write_text(text.replace(before, "\n".join([*lines, before])))

    def run(self, program: str) -> list[str]:
        """Run a program that is given `client`, a client of the API over the seed; return the lines that it prints."""
        whole = _WITH_CLIENT.format(folder=self.folder) + program
        ended = subprocess.run(
            [sys.executable, "-c", whole], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr[-2_000:]
        return ended.stdout.splitlines()


_WITH_CLIENT = """
from pathlib import Path
from starlette.testclient import TestClient
from app.cli.program import cli
from app.main import create_app
from app.settings import Settings
import os, typer.testing

os.environ["QUOTH_DATABASE_URL"] = "sqlite:///{folder}/copy.db"
quoth = lambda *given: typer.testing.CliRunner().invoke(cli, given, catch_exceptions=False)
assert quoth("migrate").exit_code == 0
sidecar = Path("data/interviews/worldnewsam-3712.toml")
sidecar.write_text('rights = "All rights reserved"\\n' + sidecar.read_text())
assert quoth("load", "data").exit_code == 0
client = TestClient(create_app(Settings(database_url=os.environ["QUOTH_DATABASE_URL"])))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_a_filter_is_one_file_and_one_line(copy: Copy) -> None:
    copy.add_file(
        "app/queries/filters/rights.py",
        '"""The filter `rights`."""\n\n'
        "from app.models import Interview\n"
        "from app.queries.filters.columns import column_filter\n"
        "from app.queries.filters.grammar import TEXTS\n\n"
        'FILTER = column_filter("rights", Interview.rights, TEXTS, "Rights.", example="CC BY 4.0")\n',
    )
    copy.add_line("app/queries/filters/__init__.py", "    role,\n", "    rights,")
    copy.add_line("app/queries/filters/__init__.py", "    role.FILTER,\n", "    rights.FILTER,")
    printed = copy.run(
        """
total = lambda query: client.get(f"/v1/questions?{query}").json()["page"]["total"]
print(total("rights=All rights reserved") == total("") > 0)
print(total("rights=-All rights reserved"))
# Repeating a filter means both, and an unknown value is refused.
print(client.get("/v1/questions?rights=All rights reserved&rights=-All rights reserved").status_code)
print(client.get("/v1/questions?rights=None").json()["errors"][0]["parameter"])
print([value["value"] for value in client.get("/v1/interviews?facets=rights").json()["facets"]["rights"]])
paths = client.get("/openapi.json").json()["paths"]
names = [one["name"] for one in paths["/v1/questions"]["get"]["parameters"]]
print(names[names.index("rights") - 1], names[names.index("rights") + 1])
[described] = [one for one in paths["/v1/speakers"]["get"]["parameters"] if one["name"] == "rights"]
print(described["example"], "Commas mean either" in described["description"])
"""
    )
    assert printed == [
        "True",
        "0",
        "200",
        "rights",
        "['All rights reserved']",
        "published_to role",
        "['CC BY 4.0'] True",
    ]


def test_a_format_that_is_read_is_one_file_and_one_line(copy: Copy) -> None:
    copy.add_file(
        "app/transcripts/shouted.py",
        '''"""Lines that begin with `!Name!`."""

import re

from app.transcripts.source import Source
from app.transcripts.transcript import (
    NO, ByteClass, Guess, Ledger, Metadata, Segment, Transcript, TranscriptFormat, Turn
)

_LINE = re.compile(r"!(\\w+)! (.+)")


def sniff(source: Source) -> Guess:
    return Guess(0.99, "shouted") if source.text.startswith("!") else NO


def parse(source: Source) -> Transcript:
    ledger, turns = Ledger(source), []
    for line in _LINE.finditer(source.text):
        ledger.mark(line.start(), line.start(2), ByteClass.LABEL)
        ledger.mark(line.start(2), line.end(2), ByteClass.TEXT)
        segment = Segment(0, len(line[2]), line.start(2), line.end(2))
        turns.append(Turn(line[2], (segment,), line[1]))
    return Transcript(source, "shouted", tuple(turns), Metadata(), *ledger.close())


FORMAT = TranscriptFormat("shouted", "lines of `!Name!`", (".sho",), sniff, parse)
''',
    )
    copy.add_line("app/transcripts/__init__.py", "    speech_recognition,\n", "    shouted,")
    copy.add_line("app/transcripts/__init__.py", "    webvtt.FORMAT,\n", "    shouted.FORMAT,")
    printed = copy.run(
        """
Path("talk.sho").write_text("!Ada! Where is the mill?\\n!Bo! By the river.\\n")
import json
report = json.loads(quoth("check", "--json", "talk.sho").output)
print(report["format"], [turn["text"] for turn in report["turns"]])
print(quoth("check", "--format", "shouted", "talk.sho").exit_code)
"""
    )
    assert printed == ["shouted ['Where is the mill?', 'By the river.']", "0"]


def test_a_format_that_is_written_is_one_file_and_one_line(copy: Copy) -> None:
    copy.add_file(
        "app/exports/words.py",
        '"""The words alone."""\n\n'
        "from app.exports.format import InterviewDocument, InterviewFormat\n\n\n"
        "def render(document: InterviewDocument) -> str:\n"
        '    return " ".join(turn["text"] for turn in document.record["turns"])\n\n\n'
        'FORMAT = InterviewFormat("words", "text/x-words", ".words", "the words alone", render)\n',
    )
    copy.add_line("app/exports/__init__.py", "    webvtt,\n", "    words,")
    copy.add_line("app/exports/__init__.py", "    webvtt.FORMAT,\n", "    words.FORMAT,")
    printed = copy.run(
        """
print(client.get("/v1/interviews/worldnewsam-3712?format=words").headers["Content-Type"])
print(client.get("/v1/interviews/worldnewsam-3712", headers={"Accept": "text/x-words"}).status_code)
operation = client.get("/openapi.json").json()["paths"]["/v1/interviews/{interview}"]["get"]
print("text/x-words" in operation["responses"]["200"]["content"])
print(quoth("export", "out", "--format", "words").exit_code, [path.name for path in Path("out").iterdir()])
"""
    )
    assert printed == ["text/x-words; charset=utf-8", "200", "True", "0 ['worldnewsam-3712.words']"]


def test_a_check_of_integrity_is_one_file_and_one_line(copy: Copy) -> None:
    copy.add_file(
        "app/maintenance/integrity/titles.py",
        '"""Titles end without a full stop."""\n\n'
        "from app.maintenance.integrity.check import Check\n\n\n"
        "def _find_problems(connection, counter):\n"
        "    counter.add()\n"
        '    yield "interview x", "its title ends with a full stop"\n\n\n'
        'CHECK = Check("titles", "titles end without a full stop", "correct the title", _find_problems)\n',
    )
    copy.add_line("app/maintenance/integrity/__init__.py", "    values,\n)", "    titles,")
    copy.add_line("app/maintenance/integrity/__init__.py", "    topics.CHECK,\n", "    titles.CHECK,")
    printed = copy.run(
        """
verified = quoth("verify-database")
print(verified.exit_code != 0, *(said in verified.output for said in ("ends with a full stop", "correct the title")))
"""
    )
    assert printed == ["True True True"]


def test_a_command_is_one_file_and_one_line(copy: Copy) -> None:
    copy.add_file(
        "app/cli/greet.py",
        '"""The command `quoth greet`."""\n\n\n'
        'def greet() -> None:\n    """Greet whoever asks."""\n    print("hello")\n',
    )
    copy.add_line("app/cli/program.py", '    "Get started": (', '    "Greet": ("greet",),')
    printed = copy.run('print(quoth("greet").output.strip(), "Greet whoever asks" in quoth("--help").output)')
    assert printed == ["hello True"]
