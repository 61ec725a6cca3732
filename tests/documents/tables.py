"""Writes the tables of the documents that follow from the code: `make tables`.

A table stands between `<!-- table: NAME -->` and `<!-- end -->` in a page of docs/.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from typer import Typer
from typer.core import TyperGroup
from typer.main import get_command

from app.agents.tools import TOOLS
from app.cli.program import cli
from app.cli.speakers import speakers
from app.cli.statements import statements
from app.cli.topics import topics
from app.exports import FEEDS, INTERVIEWS, LISTS, REFERENCES
from app.main import create_app
from app.queries.filters import FILTERS, Filter
from app.settings import Settings
from tests.seed import ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# The lists that `Filter.lists` names, in the order in which the table names them.
_LISTS = ("questions", "answers", "interviews", "search", "speakers")


def filled(page: str) -> str:
    """Return the text of a page with every table made anew."""
    return _TABLE.sub(lambda table: "\n".join([table[1], *TABLES[table[2]](), "", table[3]]), page)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    head = list(head)
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;').replace('<', '&lt;') for cell in row)} |"


def _filters() -> Iterator[str]:
    yield from _table(
        ("filter", "what it does", "lists", "repeats", "facet", "example"), (_filter_row(each) for each in FILTERS)
    )


def _filter_row(each: Filter) -> tuple[str, ...]:
    lists = [name for name in _LISTS if name in each.lists]
    where = {5: "everywhere", 4: "all but speakers"}.get(len(lists), ", ".join(lists))
    if each.example is None:
        example = ""
    else:
        shown = str(each.example).lower() if isinstance(each.example, bool) else str(each.example)
        example = f"`{each.name}={shown}`"
    return (
        f"`{each.name}`",
        each.description,
        where,
        "yes" if each.grammar.repeats else "",
        "yes" if each.facet is not None else "",
        example,
    )


def _settings() -> Iterator[str]:
    rows = (
        (
            f"`QUOTH_{name.upper()}`",
            f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"
            if field.default != ""
            else "none",
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    )
    yield from _table(("variable", "default", "what it is"), rows)


def _formats() -> Iterator[str]:
    kinds = (
        ("every list", LISTS),
        ("the list of interviews", FEEDS),
        ("one interview, or its transcript", INTERVIEWS),
        ("a citation", REFERENCES),
    )
    rows = (
        (of, f"`{each.name}`", f"`{each.media_type}`", each.description) for of, formats in kinds for each in formats
    )
    yield from _table(("of", "`format=`", "`Accept:`", "what it is"), rows)


def _tools() -> Iterator[str]:
    rows = ((f"`{tool.name}`", tool.description.partition(". ")[0].rstrip(".") + ".") for tool in TOOLS)
    yield from _table(("tool", "what it does"), rows)


def _commands_of(program: Typer, prefix: str = "") -> Iterator[str]:
    group = get_command(program)
    assert isinstance(group, TyperGroup)
    rows = ((f"`{prefix}{name}`", _first_sentence(command.help or "")) for name, command in group.commands.items())
    yield from _table(("command", "what it does"), rows)


def _first_sentence(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def operations_with_a_key() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the method, the path and the description of each operation that takes a key."""
    document = create_app(Settings(database_url="sqlite:///nowhere/quoth.db")).openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "security" in operation:
                yield method.upper(), path, operation


def _operations() -> Iterator[str]:
    rows = sorted(operations_with_a_key(), key=lambda one: one[1])
    yield from _table(("request", "what it does", "scope", "headers"), map(_operation_row, rows))


def _operation_row(described: tuple[str, str, dict[str, Any]]) -> tuple[str, ...]:
    method, path, operation = described
    enough = [" and ".join(f"`{scope}`" for scope in one.get("key", ("none",))) for one in operation["security"]]
    scopes = " or ".join(enough)
    named = {one["name"]: one["required"] for one in operation["parameters"]}
    headers = [
        f"`{name}`" if named[name] or name == "Idempotency-Key" else f"`{name}` where it is there"
        for name in ("If-Match", "Idempotency-Key")
        if name in named
    ]
    return f"`{method} {path}`", f"{operation['summary']}.", scopes, ", ".join(headers)


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "filters": _filters,
    "settings": _settings,
    "operations": _operations,
    "formats": _formats,
    "tools": _tools,
    "commands": lambda: _commands_of(cli),
    "topics": lambda: _commands_of(topics, "topics "),
    "speakers": lambda: _commands_of(speakers, "speakers "),
    "statements": lambda: _commands_of(statements, "statements "),
}


def write(path: Path) -> None:
    """Make the tables of a page anew."""
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    for page in PAGES:
        write(page)
