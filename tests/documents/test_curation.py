"""Runs every example of docs/curation.md against a copy of the seed; `python -m tests.documents.test_curation` prints
them with whole answers.
"""

import sys

import pytest
from starlette.testclient import TestClient

from app.cli.topics import suggest_topics
from app.db import Database
from app.models import Scope
from tests.api.examples import seed_client
from tests.api.keyed import key_for
from tests.conftest import ROOT
from tests.documents.test_guide import Shell, examples_in, first_unmatched, is_shown
from tests.loading.test_statements import Talk, store

PAGE = (ROOT / "docs" / "curation.md").read_text(encoding="utf-8")


def _shell(client: TestClient, database: Database) -> Shell:
    store(database, Talk("one", ("Ida Brandt",)), Talk("two", ("Ida Brant",)))
    suggest_topics(database, min_confidence=0)
    key = key_for(database, Scope.WRITE, Scope.REDACT, Scope.READ_HELD)
    return Shell(client, variables={"KEY": key.key})


def test_every_example_is_answered_as_shown(own_seed: TestClient, seeded: Database) -> None:
    examples = list(examples_in(PAGE))
    assert len(examples) >= 12
    shell = _shell(own_seed, seeded)
    for example in examples:
        printed = shell.run(example.command)
        if not is_shown(example.shown, printed):
            pytest.fail(f"$ {example.command}\n{first_unmatched(example.shown, printed)}", pytrace=False)


def main() -> None:
    """Print every example with its whole answer."""
    with seed_client() as client:
        database = Database(client.app.state.settings.database_url)  # type: ignore[attr-defined]  # it is the application
        shell = _shell(client, database)
        for example in examples_in(PAGE):
            sys.stdout.write(f"$ {example.command}\n{shell.run(example.command)}\n\n")
        database.close()


if __name__ == "__main__":
    main()
