from pathlib import Path

import pytest

from app.db import Database
from tests.cli.test_command_line import TALK, Run


@pytest.fixture
def run(database_url: str) -> Run:
    return Run(database_url)


def test_vectors_are_made_by_loading_where_it_is_on_and_by_embed(run: Run, database: Database, tmp_path: Path) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text(TALK)
    second.write_text(TALK.replace("river", "road").replace("mill", "bridge"))
    assert "vector" not in run("load", first)
    assert "QUOTH_SEMANTIC_MODEL" in run("embed", code=78)
    # What was loaded before is made too.
    assert "2 vectors made" in run("load", second, QUOTH_SEMANTIC_MODEL="minilm")
    assert run("embed", QUOTH_SEMANTIC_MODEL="minilm") == "0 vectors made\n"
    assert run("embed", "--json", QUOTH_SEMANTIC_MODEL="minilm") == '{\n  "made": 0,\n  "other_languages": 0\n}\n'
    other = run("embed", QUOTH_SEMANTIC_LANGUAGES="de", QUOTH_SEMANTIC_MODEL="minilm")
    assert other == "0 vectors made; 2 are in languages that the model does not know\n"


def test_folder_without_a_model_stops_loading_before_anything_is_stored(
    run: Run, database: Database, tmp_path: Path
) -> None:
    talk = tmp_path / "talk.txt"
    talk.write_text(TALK)
    refused = run("load", talk, code=78, QUOTH_SEMANTIC_MODEL=str(tmp_path))
    assert "there is no file" in refused
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM interview").scalar_one() == 0


def test_vectors_of_what_is_stated_are_made_where_the_model_is_and_kept_where_it_is_not(
    run: Run, database: Database, tmp_path: Path
) -> None:
    talk, stated = tmp_path / "first.txt", tmp_path / "stated.toml"
    talk.write_text(TALK)
    run("load", talk, QUOTH_SEMANTIC_MODEL="minilm")
    stated.write_text('title = "A talk about a mill"\n')
    assert "vector" not in run("statements", "replace", "first", stated)
    # The title is no part of what is said.
    assert run("embed", QUOTH_SEMANTIC_MODEL="minilm") == "0 vectors made\n"
    redacted = run("redact", "first", "--words", "mill", QUOTH_SEMANTIC_MODEL="minilm")
    assert "1 vectors made" in redacted
    missing = run("redact", "first", "--words", "river", QUOTH_SEMANTIC_MODEL=str(tmp_path))
    assert "no vectors were made of what was changed" in missing
    assert "redacted" in missing
