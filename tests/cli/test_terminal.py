"""What a file, a server or an argument says reaches no terminal as a command, in whatever way it is printed."""

import json

import pytest
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from app.cli import terminal

# Colours, a title of the window, C1 forms of both, a bell, and marks that turn a line round.
EVIL = "a\x1b[31mb\x1b]0;owned\x07c\x9b2Jd\x9d0;e\x08f\x7f\u202eg\u2066h"
BAD = frozenset(EVIL) - frozenset("[]:;abcdefgh0123;Jownm")


@pytest.fixture(params=["say", "warn", "string", "markup", "text", "table", "json"])
def printed(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> str:
    """What is printed of a text, at something that is no terminal: there the console adds no codes of its own."""
    table = Table(EVIL, box=None)
    table.add_row(EVIL)
    table.add_row(Text(EVIL))
    {
        "say": lambda: terminal.say(EVIL),
        "warn": lambda: terminal.warn(EVIL),
        "string": lambda: terminal.out.print(EVIL, markup=False),
        "markup": lambda: terminal.out.print(f"[bold]{escape(EVIL)}[/]"),
        "text": lambda: terminal.out.print(Text.assemble("x", (EVIL, "red"))),
        "table": lambda: terminal.err.print(table),
        "json": lambda: terminal.print_json({EVIL: [EVIL]}),
    }[request.param]()
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_control_characters_are_escaped(printed: str) -> None:
    assert "owned" in printed
    assert not BAD & set(printed)


def test_json_stays_the_same_value(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_json([EVIL, "é 彼 😀"])
    output = capsys.readouterr().out
    assert json.loads(output) == [EVIL, "é 彼 😀"]
    assert "é 彼 😀" in output
