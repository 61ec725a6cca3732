"""Runs every example of docs/writing.md; and sees that each request that writes has an example that is run."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlmodel import col
from starlette.testclient import TestClient

from app.db import Database
from app.models import Key, Scope
from tests.api.keyed import key_for
from tests.conftest import ROOT
from tests.documents.tables import operations_with_a_key
from tests.documents.test_guide import ADDRESS, Shell, examples_in, first_unmatched, is_shown

# Of each of them, another test or that below runs every example.
PAGES = ("api.md", "curation.md", "editing.md", "writing.md")
_ADDRESS = re.compile(rf"{re.escape(ADDRESS)}([^\s'?]+)")
_METHOD = re.compile(r" -X ([A-Z]+) ")


def _requests() -> Iterator[tuple[str, str]]:
    for name in PAGES:
        for example in examples_in((ROOT / "docs" / name).read_text(encoding="utf-8")):
            if address := _ADDRESS.search(example.command):
                sends = re.search(r" (-d|-F|--data-binary) ", example.command)
                stated = _METHOD.search(example.command)
                yield stated[1] if stated else "POST" if sends else "GET", address[1]


def test_each_request_that_writes_has_an_example() -> None:
    shown = set(_requests())
    assert len(shown) > 40
    for method, path, _operation in operations_with_a_key():
        pattern = re.sub(r"\{\w+\}", "[^/]+", path)
        is_shown_there = any(one == method and re.fullmatch(pattern, address) for one, address in shown)
        assert method == "GET" or is_shown_there, f"no page of {PAGES} shows {method} {path}"


def test_every_example_is_answered_as_shown(client: TestClient, database: Database) -> None:
    shell = Shell(client, variables={"KEY": key_for(database).key})
    other = key_for(database, Scope.WRITE, Scope.REDACT, name="Ada at the archive")
    with database.write() as connection:
        shown = sa.update(Key).where(col(Key.prefix) == other.prefix).values(prefix="3f9a1c02")
        connection.execute(shown)
    text = (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")
    examples = [one for one in examples_in(text) if one.command.startswith("curl")]
    assert len(examples) >= 2
    for example in examples:
        printed = shell.run(example.command)
        if not is_shown(example.shown, printed):
            pytest.fail(f"$ {example.command}\n{first_unmatched(example.shown, printed)}", pytrace=False)
