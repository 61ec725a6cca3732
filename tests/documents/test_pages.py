"""The pages of the documents: they are linked and complete, and the commands and tables that they show are real."""

import re
import shlex
import urllib.parse
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from app.cli.program import cli
from app.cli.terminal import Exit
from app.transcripts import FORMATS
from tests.documents import pictures, tables
from tests.seed import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("benchmarks/*.md")])
# Characters of a cell of a table, at most: what is longer is text.
_MAX_CELL = 200
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _id(page: Path) -> str:
    # The name of an engine in an id chooses tests of that engine.
    return str(page.relative_to(ROOT)).replace("postgresql", "postgres")


of_page = pytest.mark.parametrize("page", PAGES, ids=_id)


@cache
def text_of(page: Path) -> str:
    """Read a page."""
    return page.read_text(encoding="utf-8")


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of the headings of a page, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", _BLOCK.sub("", text_of(page)), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


@of_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(_BLOCK.sub("", text_of(page))):
        address = urllib.parse.urlsplit(target)
        if address.scheme:
            continue
        linked = page if not address.path else (page.parent / address.path).resolve()
        assert linked.exists(), target
        if address.fragment:
            assert address.fragment in anchors(linked), target


@of_page
def test_page_has_one_title_and_short_cells(page: Path) -> None:
    text = _BLOCK.sub("", text_of(page))
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
    if "benchmarks" not in page.parts:
        by_hand = re.sub(r"<!-- table.*?<!-- end -->", "", text, flags=re.DOTALL)
        cells = [cell for line in by_hand.splitlines() if line.startswith("|") for cell in line.split("|")]
        assert [cell for cell in cells if len(cell) > _MAX_CELL] == []


@of_page
def test_lines_are_short_and_code_stands_on_one(page: Path) -> None:
    if "benchmarks" in page.parts:
        return
    prose = [line for line in _BLOCK.sub("", text_of(page)).splitlines() if not line.startswith(("|", "!"))]
    assert [line for line in prose if len(line) > 120 or line.count("`") % 2] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=_id)
def test_contents_list_every_section(page: Path) -> None:
    if page.name == "README.md":
        return
    sections = re.findall(r"^## (.+)$", _BLOCK.sub("", text_of(page)), re.MULTILINE)
    contents = text_of(page).partition("\n## ")[0]
    assert re.findall(r"^- \[(.+)\]\(#", contents, re.MULTILINE) == sections


def test_index_lists_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link).resolve() for link in _LINK.findall(text_of(index))}
    there = {path for path in (ROOT / "docs").rglob("*") if path.is_file() and path != index}
    of_decisions = {path for path in there if "decisions" in path.parts and path.name != "README.md"}
    assert there - of_decisions - set(pictures.PICTURES.iterdir()) - linked == set()
    decisions = ROOT / "docs" / "decisions" / "README.md"
    assert {(decisions.parent / link).resolve() for link in _LINK.findall(text_of(decisions))} == of_decisions


def _shown_commands(page: Path) -> list[list[str]]:
    """Return the commands of `quoth` in the code blocks of a page."""
    lines = "\n".join(block for _, block in _BLOCK.findall(text_of(page))).replace("\\\n", " ").splitlines()
    parts = [part.partition("  #")[0].replace("$(", "(") for line in lines for part in re.split(r"&&|;|\|", line)]
    commands = [re.search(r"(?:^| |/bin/)quoth ([a-z-].*)", part) for part in parts]
    return [shlex.split(command[1], comments=True) for command in commands if command]


@of_page
def test_every_command_that_is_shown_exists_with_its_options(page: Path) -> None:
    for words in _shown_commands(page):
        command: Any = get_command(cli)
        rest = list(words)
        while isinstance(command, TyperGroup) and rest and not rest[0].startswith("-"):
            assert rest[0] in command.commands, words
            command = command.commands[rest.pop(0)]
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        given = {word.partition("=")[0] for word in rest if word.startswith("--")}
        assert given <= options | {"--help"}, words


def test_pages_show_commands_in_plenty() -> None:
    assert sum(len(_shown_commands(page)) for page in PAGES) > 40


@pytest.mark.parametrize("page", tables.PAGES, ids=_id)
def test_tables_are_those_of_the_code(page: Path) -> None:
    assert text_of(page) == tables.filled(text_of(page)), "run make tables"


def test_every_table_of_the_code_is_in_a_page() -> None:
    there = {name for page in tables.PAGES for name in re.findall(r"<!-- table: (\w+) -->", text_of(page))}
    assert there == set(tables.TABLES)


def test_every_format_that_is_read_has_a_row_and_no_other() -> None:
    page = text_of(ROOT / "docs" / "reading-transcripts.md")
    table = page.partition("| format | what it reads |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`([a-z-]+)`", row.split("|")[1])}
    assert named == {format_.name for format_ in FORMATS}
    assert f"reads {len(FORMATS)} formats" in " ".join(text_of(ROOT / "README.md").split())


def test_every_exit_status_has_a_row_and_no_other() -> None:
    section = text_of(ROOT / "docs" / "commands.md").partition("## Exit statuses")[2]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == [0, 2, *Exit]


def test_pages_name_no_setting_that_does_not_exist() -> None:
    settings = set(re.findall(r"`(QUOTH_[A-Z_]+)`", text_of(ROOT / "docs" / "settings.md")))
    for page in PAGES:
        named = {name for name in re.findall(r"QUOTH_[A-Z_]*[A-Z]", text_of(page)) if "_TEST_" not in name}
        assert named <= settings, page


def test_readme_is_short() -> None:
    assert len(text_of(ROOT / "README.md").splitlines()) <= 120


def test_picture_shows_what_check_prints_today() -> None:
    assert text_of(pictures.PICTURES / "check.svg") == pictures.check_picture(), "run make pictures"


def test_pages_are_shown_in_small_pictures() -> None:
    for name in pictures.PAGES:
        assert (pictures.PICTURES / name).stat().st_size < 150_000, name


def _named_paths(page: Path) -> set[str]:
    paths = re.findall(r"`((?:app|tests|migrations|docs|data|benchmarks)/[\w./-]*)`", text_of(page))
    return {path.rstrip("/") for path in paths if "NAME" not in path}


@of_page
def test_every_path_that_is_named_exists(page: Path) -> None:
    assert [path for path in _named_paths(page) if not (ROOT / path).exists()] == []


def test_architecture_names_every_room() -> None:
    rooms = {f"app/{path.name}" for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()}
    assert rooms - _named_paths(ROOT / "ARCHITECTURE.md") == set()


def test_architecture_names_things_that_exist() -> None:
    text = text_of(ROOT / "ARCHITECTURE.md")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    for name in set(re.findall(r"`([A-Z][A-Za-z]+|[a-z]+_[a-z_]+)`", text)) - {"NAME"}:
        assert re.search(rf"\b{name}\b", code), name
