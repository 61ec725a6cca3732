"""Each check finds its problems: a database is damaged in one place, and the check names it."""

import datetime
import importlib
import json
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from app.cli.program import cli
from app.db import Database
from app.loading import LoadedInterview, hold, redact, release_due, withdraw
from app.maintenance import integrity
from app.maintenance.integrity import CHECKS
from app.maintenance.integrity.check import Finding, ItemCounter, run_check
from app.maintenance.integrity.schema import SQLITE_TRIGGERS, TRIGGERS
from tests.authors import at
from tests.conftest import NOW
from tests.transcripts.test_docx import document as word_document
from tests.transcripts.test_docx import lines

TALK = "Q: What is a river?\nA: Rivers are water.\nQ: And mills?\nA: Mills grind.\nB: They do."
OTHER = "Q: Who goes there?\nA: Only me."


@pytest.fixture
def corpus(seeded: Database, load: Callable[..., LoadedInterview]) -> Database:
    """A database with the seed, a talk that was corrected twice, and another one."""
    load(TALK, 'slug = "talk"\nlanguage = "en"')
    load(TALK.replace("Mills grind", "Mills turn"), 'slug = "talk"\nlanguage = "en"')
    load(TALK.replace("Q: And mills?\nA: Mills grind.\n", ""), 'slug = "talk"\nlanguage = "en"')
    load(OTHER, 'slug = "other"\nlanguage = "en"')
    return seeded


def damage(database: Database, statement: str, **values: Any) -> None:
    """Write without foreign keys, check constraints and, on PostgreSQL, triggers."""
    if database.is_sqlite:
        connection = sqlite3.connect(str(database.url.database))
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement, values)
        connection.commit()
        connection.close()
        return
    with database.write() as opened:
        opened.exec_driver_sql("SET LOCAL session_replication_role = replica")
        opened.execute(sa.text(statement), values)


def content_findings(database: Database) -> list[Finding]:
    """What the checks find but for that of the schema, which takes long and which no editor changes."""
    return findings_of(database, *(check.name for check in CHECKS if check.name != "schema"))


def findings_of(database: Database, *names: str) -> list[Finding]:
    checks = [check for check in CHECKS if not names or check.name in names]
    return [finding for check in checks for finding in run_check(database, check, ItemCounter())]


def test_sound_database_has_no_findings_and_every_check_reads_something(corpus: Database) -> None:
    for check in CHECKS:
        counter = ItemCounter()
        assert list(run_check(corpus, check, counter)) == [], check.name
        assert counter.total > 0, check.name


def test_redacted_withdrawn_and_released_is_sound_and_words_that_are_left_are_found(corpus: Database) -> None:
    later = NOW + datetime.timedelta(days=1)
    with corpus.write() as connection:
        redact(connection, "talk", at(NOW, "a court order"), words="Rivers are")
        withdraw(connection, "other", at(NOW))
        hold(connection, "talk", later, at(NOW))
    assert findings_of(corpus) == []
    with corpus.write() as connection:
        release_due(connection, at(later))
    assert findings_of(corpus) == []
    damage(corpus, "UPDATE transcript SET content = :content WHERE withheld", content=b"Rivers are")
    assert "its bytes are still stored" in findings_of(corpus, "files")[0].problem
    damage(corpus, "UPDATE turn SET text = 'Rivers are water.' WHERE redactions IS NOT NULL")
    assert [one.problem for one in findings_of(corpus, "record")] == ["has words in a passage marked as redacted"]


def test_empty_database_is_sound(database: Database) -> None:
    assert findings_of(database) == []


def test_database_with_a_word_document_is_sound(database: Database, load: Callable[..., LoadedInterview]) -> None:
    """Its offsets refer to a text extracted from an archive."""
    load(word_document(lines("Q: Who goes there?", "A: Only me.")).data, 'slug = "word"', "word.docx")
    assert findings_of(database) == []
    damage(database, "UPDATE turn SET text = 'Only you.' WHERE text = 'Only me.'")
    assert [one.check for one in findings_of(database, "record")] == ["record"]


def test_database_of_segments_is_sound(database: Database, load: Callable[..., LoadedInterview]) -> None:
    load("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Salt &amp; bread, what\n\n00:02.000 --> 00:03.000\n<v Ann>else?\n\n"
         "00:03.000 --> 00:04.000\n<v Ben>Nothing.\n", 'slug = "captions"', "captions.vtt")  # fmt: skip
    assert findings_of(database) == []
    # A segment that stands before the place of its turn.
    damage(database, "UPDATE turn SET segments = '[[0, 5, 0, 5]]' WHERE position = 1")
    assert {one.problem for one in findings_of(database, "record")} == {
        "its segments are out of order, or not within its text and its place"
    }


def test_words_that_a_run_does_not_have_in_the_source_are_found(
    database: Database, load: Callable[..., LoadedInterview]
) -> None:
    load("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Salt &amp; bread, what\n\n00:02.000 --> 00:03.000\n<v Ann>else?\n",
         'slug = "captions"', "captions.vtt")  # fmt: skip
    damage(database, "UPDATE turn SET text = replace(text, 'bread', 'broad')")
    assert [one.check for one in findings_of(database, "record")] == ["record"]


@pytest.mark.parametrize(
    ("check", "problem", "statement"),
    [
        (
            "references",
            "asked_by is 'nobody'",
            "UPDATE question SET asked_by = 'nobody'",
        ),
        (
            "slugs",
            "for a slug, which is none",
            "UPDATE topic SET slug = '../../x' WHERE id = (SELECT min(id) FROM topic)",
        ),
        ("files", "were received with", "UPDATE transcript SET sha256 = reading_sha256"),
        ("record", "its text is not what stands", "UPDATE turn SET text = text || '!' WHERE id = <first turn>"),
        ("record", "not within the source", "UPDATE turn SET source_end = 99999999 WHERE id = <first turn>"),
        ("record", "no source file of its revision 3", "DELETE FROM transcript WHERE revision = 3"),
        (
            "structure",
            "belongs to a question of another interview",
            "UPDATE turn SET question_id = <question of talk>, answer_id = NULL WHERE id = <turn of other>",
        ),
        (
            "structure",
            "belongs to an answer of another interview",
            "UPDATE turn SET answer_id = <answer of talk> WHERE id = <turn of other>",
        ),
        (
            "structure",
            "belongs to an answer of another interview or to another question",
            "UPDATE turn SET question_id = <question of other> WHERE answer_id = <answer of talk>",
        ),
        (
            "structure",
            "belongs to an answer of another interview",
            "UPDATE answer SET interview_id = (SELECT min(id) FROM interview) WHERE id = <answer of talk>",
        ),
        (
            "structure",
            "answers a question of another interview",
            "UPDATE answer SET position = 9, question_id = <question of talk> WHERE id = <answer of other>",
        ),
        ("structure", "no turn in which it is asked", "UPDATE turn SET kind = 'note' WHERE kind = 'question'"),
        ("structure", "no turn in which it is given", "UPDATE turn SET answer_id = NULL"),
        ("structure", "is spoken by somebody", "DELETE FROM contribution"),
        ("structure", "is asked by somebody", "DELETE FROM contribution"),
        ("structure", "is given by somebody", "DELETE FROM contribution"),
        ("structure", "its turns are not numbered", "DELETE FROM turn WHERE id = <first turn>"),
        ("structure", "its questions are not numbered", "UPDATE question SET position = position + 1000"),
        ("numbers", "turns_numbered is 1", "UPDATE interview SET turns_numbered = 1"),
        ("numbers", "questions_numbered is 0", "UPDATE interview SET questions_numbered = 0"),
        ("numbers", "answers_numbered is 0", "UPDATE interview SET answers_numbered = 0"),
        ("numbers", "speakers_numbered is 0", "UPDATE interview SET speakers_numbered = 0"),
        (
            "numbers",
            "or existed",
            """UPDATE past_item SET item_id = interview_id || '-q99' WHERE item_id =
            (SELECT min(item_id) FROM past_item WHERE noun = 'question')""",
        ),
        ("changes", "should be its newest one", "UPDATE change SET superseded_by = 99 WHERE superseded_by IS NULL"),
        ("changes", "should lead on to", "UPDATE change SET superseded_by = NULL"),
        ("changes", "there is no change of", "DELETE FROM change WHERE noun = 'interview'"),
        ("changes", "deleted by its newest", "UPDATE change SET action = 'deleted' WHERE superseded_by IS NULL"),
        ("changes", "created by its newest", "UPDATE change SET action = 'created' WHERE action = 'deleted'"),
        ("past", "cannot be read", "UPDATE past_interview SET content = '[]' WHERE revision = 1"),
        ("past", "is not in", "UPDATE past_item SET item_id = item_id || '77'"),
        ("past", "interview as it was then is missing", "DELETE FROM past_interview"),
        ("past", "its source file is missing", "DELETE FROM transcript WHERE revision = 1"),
        ("topics", "topics that find it are not", "DELETE FROM topic_question WHERE own"),
        ("topics", "topics that find it are not", "DELETE FROM topic_question"),
        ("topics", "topics that find it are not", "UPDATE topic_question SET undated = NOT undated"),
        ("topics", "topics that find it are not", "UPDATE topic_question SET published_earliest = '1900-01-01'"),
        ("topics", "topics that find it are not", "UPDATE topic_question SET interview_id = 'else'"),
        ("topics", "topics that find it are not", "UPDATE topic_question SET own = NOT own"),
        (
            "topics",
            "rows, instead of",
            """INSERT INTO topic_question (question_id, topic_id, own, undated, published_earliest, interview_id)
            SELECT 'gone', topic_id, own, undated, published_earliest, interview_id FROM topic_question LIMIT 1""",
        ),
        ("topics", "questions are counted", "UPDATE topic_count SET questions = questions + 1"),
        ("topics", "questions are counted", "DELETE FROM topic_count"),
        (
            "topics",
            "form a circle",
            """UPDATE topic SET broader_id = (SELECT min(id) FROM topic WHERE broader_id IS NOT NULL) WHERE id =
            (SELECT broader_id FROM topic WHERE id = (SELECT min(id) FROM topic WHERE broader_id IS NOT NULL))""",
        ),
        ("documents", "not the words that it says", "UPDATE search_document SET answers = 'else'"),
        ("documents", "not the words that it says", "DELETE FROM search_document"),
        ("documents", "are missing in search_word", "DELETE FROM search_word WHERE word = 'rivers'"),
        ("terms", "documents are counted", "UPDATE search_term SET documents = documents + 1 WHERE term = ''"),
        ("terms", "as many documents", "UPDATE search_term SET documents = documents + 1 WHERE term = 'river'"),
        ("terms", "as many documents", "DELETE FROM search_term WHERE term = 'river'"),
        ("schema", "add_index", "DROP INDEX ix_question_asked_by"),
    ],
)
def test_damage_is_found(corpus: Database, check: str, problem: str, statement: str) -> None:
    of_slug = r"(SELECT min(id) FROM \1 WHERE interview_id = (SELECT id FROM interview WHERE slug = '\2'))"
    statement = re.sub(r"<first (\w+)>", r"(SELECT min(id) FROM \1)", statement)
    damage(corpus, re.sub(r"<(\w+) of (\w+)>", of_slug, statement))
    findings = findings_of(corpus, check)
    assert [one for one in findings if problem in one.problem], findings
    assert all(one.item and one.remedy for one in findings)


def test_bytes_that_are_not_accounted_for_are_found(corpus: Database) -> None:
    damage(corpus, "UPDATE transcript SET content = :data WHERE revision = 1", data=b"Q: else?\nA: no.")
    problems = [one.problem for one in findings_of(corpus, "files")]
    assert any("bytes are accounted for" in one for one in problems)
    assert any("SHA-256" in one for one in problems)


@pytest.mark.parametrize(("name", "revision", "least"), [("record", 3, 6), ("past", 1, 2)])
def test_source_file_that_is_not_text_is_found_and_other_files_are_checked(
    corpus: Database, name: str, revision: int, least: int
) -> None:
    statement = (
        "UPDATE transcript SET content = :data WHERE revision = :revision "
        "AND interview_id = (SELECT id FROM interview WHERE slug = 'talk')"
    )
    damage(corpus, statement, data=b"\xff\xfe\xfd", revision=revision)
    counter = ItemCounter()
    problems = [one.problem for one in run_check(corpus, next(one for one in CHECKS if one.name == name), counter)]
    assert len(problems) == 1
    assert "source file" in problems[0]
    assert "cannot be read: " in problems[0]
    assert counter.total >= least


def test_words_that_are_left_in_the_past_are_found(corpus: Database) -> None:
    with corpus.write() as connection:
        redact(connection, "talk", at(NOW), words="Rivers are")
    assert findings_of(corpus) == []
    with corpus.read() as connection:
        [text] = connection.execute(
            sa.text("SELECT text FROM turn WHERE redactions IS NOT NULL AND redactions <> 'null'")
            if corpus.is_sqlite
            else sa.text("SELECT text FROM turn WHERE redactions IS NOT NULL")
        ).scalars()
    blanks = text[: text.index(" water")]
    statement = "UPDATE past_interview SET content = replace(content, :blanks, 'Rivers are') WHERE revision = 1"
    if not corpus.is_sqlite:
        statement = statement.replace("(content,", "(content::text,").replace("'Rivers are')", "'Rivers are')::jsonb")
    else:
        # It is written with escapes there.
        blanks = json.dumps(blanks)[1:-1]
    damage(corpus, statement, blanks=blanks)
    assert [(one.check, one.problem) for one in findings_of(corpus, "past")] == [
        ("past", "has words in a passage marked as redacted")
    ]


def test_words_of_the_past_are_compared_with_their_file(corpus: Database) -> None:
    statement = "UPDATE past_interview SET content = replace(content, 'Rivers are', 'Rivers aren''t')"
    if not corpus.is_sqlite:
        statement = statement.replace("(content,", "(content::text,") + "::jsonb"
    damage(corpus, statement)
    findings = findings_of(corpus, "past")
    assert {one.problem for one in findings} == {"its text is not what stands at its place in the source"}
    assert len(findings) == 2


def test_index_that_does_not_hold_a_document_is_found(corpus: Database) -> None:
    if corpus.is_sqlite:
        damage(
            corpus,
            "INSERT INTO search_index (search_index, rowid, title, question, answers) "
            "SELECT 'delete', number, title, question, answers FROM search_document WHERE number = 1",
        )
    else:
        damage(corpus, "UPDATE search_index SET vector = ''::tsvector WHERE number = 1")
    assert findings_of(corpus, "index")
    assert findings_of(corpus, "documents", "terms") == []


def test_index_that_holds_more_than_the_documents_is_found(corpus: Database) -> None:
    if corpus.is_sqlite:
        damage(corpus, "INSERT INTO search_index (rowid, title, question, answers) VALUES (1, '', 'river', '')")
    else:
        damage(corpus, "UPDATE search_index SET vector = vector || 'zebra:9'::tsvector WHERE number = 1")
    assert findings_of(corpus, "index")


@pytest.mark.parametrize(
    ("trigger", "table"),
    [
        ("search_document_inserted", "search_document"),
        ("search_document_updated", "search_document"),
        ("search_document_deleted", "search_document"),
        ("question_topic_inserted", "question_topic"),
        ("question_topic_updated", "question_topic"),
        ("question_topic_deleted", "question_topic"),
        ("topic_moved", "topic"),
        ("interview_redated", "interview"),
    ],
)
def test_trigger_that_is_gone_is_found(corpus: Database, trigger: str, table: str) -> None:
    if corpus.is_sqlite:
        damage(corpus, f"DROP TRIGGER {trigger}")
    elif trigger == "search_document_deleted":
        pytest.skip("PostgreSQL has a foreign key for that")
    else:
        damage(corpus, f"DROP TRIGGER {trigger} ON {table}")
    assert [one.item for one in findings_of(corpus, "schema")] == [trigger]


def test_every_trigger_is_listed_in_the_check(corpus: Database) -> None:
    """A migration that adds a trigger adds it there."""
    names = {
        True: "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        False: "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with corpus.read() as connection:
        present = set(connection.exec_driver_sql(names[corpus.is_sqlite]).scalars())
    assert present == TRIGGERS.keys() | (SQLITE_TRIGGERS.keys() if corpus.is_sqlite else set())


def test_remedies_rebuild_derived_tables(corpus: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def remedy_of(check: str) -> str:
        return {one.remedy for one in findings_of(corpus, check)}.pop()

    damage(corpus, "UPDATE topic_count SET questions = questions + 1")
    damage(corpus, "UPDATE topic_question SET own = NOT own, undated = NOT undated")
    anew = re.fullmatch("run (DELETE .*); (DELETE .*); (UPDATE .*): triggers build both anew", remedy_of("topics"))
    assert anew
    with corpus.write() as connection:
        for statement in anew.groups():
            connection.exec_driver_sql(statement)
    assert findings_of(corpus) == []
    damage(corpus, "UPDATE search_document SET answers = 'else'")
    assert "empty search_document, search_term and search_word; 'quoth migrate'" in remedy_of("documents")
    with corpus.write() as connection:
        for table in ("search_document", "search_term", "search_word"):
            connection.execute(sa.delete(sa.table(table)))
    monkeypatch.setenv("QUOTH_DATABASE_URL", corpus.url.render_as_string(hide_password=False))
    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0
    assert findings_of(corpus) == []


def test_findings_of_the_engine_are_reported(corpus: Database) -> None:
    if corpus.is_sqlite:
        # An index whose entries are those of another.
        connection = sqlite3.connect(str(corpus.url.database))
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master "
                           "WHERE name = 'ix_turn_speaker_id') WHERE name = 'ix_question_asked_by'")  # fmt: skip
        connection.commit()
        connection.close()
    else:
        damage(corpus, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_question_asked_by'::regclass")
    assert findings_of(corpus, "engine")


def test_damaged_pages_are_findings_and_not_errors(corpus: Database) -> None:
    if not corpus.is_sqlite:
        pytest.skip("PostgreSQL's files are its own")
    path = Path(str(corpus.url.database))
    corpus.close()
    size = path.stat().st_size
    with path.open("r+b") as opened:
        for at in range(8192, size, 3 * 4096):
            opened.seek(at)
            opened.write(os.urandom(4096))
    findings = findings_of(corpus)
    assert "engine" in {one.check for one in findings}
    assert all(one.remedy for one in findings)


def _verify(database: Database, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    monkeypatch.setenv("QUOTH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    return CliRunner().invoke(cli, ["verify-database", *arguments])


def test_command_reports_that_everything_holds(corpus: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    result = _verify(corpus, monkeypatch)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("holds") == len(CHECKS)
    report = json.loads(_verify(corpus, monkeypatch, "--json").stdout)
    assert (report["sound"], report["findings"]) == (True, [])
    assert [one["check"] for one in report["checks"]] == [one.name for one in CHECKS]


def test_command_reports_findings_with_remedies(corpus: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    damage(corpus, "UPDATE turn SET text = text || :words", words="\n\x1b[31mforged")
    result = _verify(corpus, monkeypatch, "--only", "record", "--only", "structure")
    assert result.exit_code == 3
    lines = result.stderr.splitlines()
    assert len(lines) > 5
    assert all(line.startswith("record: ") and "restore the newest backup" in line for line in lines)
    assert result.stdout.count("\n") == 2
    report = json.loads(_verify(corpus, monkeypatch, "--only", "record", "--json").stdout)
    assert (report["sound"], report["checks"][0]["found"]) == (False, len(lines))
    assert report["findings"][0].keys() == {"check", "item", "problem", "remedy"}


def test_command_shows_a_hundred_of_each_and_counts_all(
    database: Database, load: Callable[..., LoadedInterview], monkeypatch: pytest.MonkeyPatch
) -> None:
    load("\n".join(f"Q: What is {number}?\nA: A number." for number in range(100)))
    damage(database, "UPDATE turn SET text = 'else'")
    result = _verify(database, monkeypatch, "--only", "record")
    assert len(result.stderr.splitlines()) == 100
    assert "200 found (the first 100 are shown)" in result.stdout


def test_command_distinguishes_a_damaged_file_from_a_missing_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.db"
    database = Database(f"sqlite:///{file}")
    assert _verify(database, monkeypatch).exit_code == 69
    file.write_bytes(b"This is a letter and no database. " * 50)
    result = _verify(database, monkeypatch)
    assert result.exit_code == 3
    assert "restore the newest backup" in result.stderr
    database.close()


def test_command_refuses_another_schema(corpus: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    damage(corpus, "UPDATE alembic_version SET version_num = '9999'")
    assert _verify(corpus, monkeypatch).exit_code == 69


def test_checks_write_nothing_and_do_not_wait_for_a_writer(corpus: Database) -> None:
    """A writer may hold the database meanwhile."""
    with corpus.write() as writer:
        writer.execute(sa.text("UPDATE turn SET text = 'not yet'"))
        assert findings_of(corpus) == []
    assert findings_of(corpus, "record")
    before = None
    if corpus.is_sqlite:
        path = Path(str(corpus.url.database))
        before = path.read_bytes(), Path(f"{path}-wal").read_bytes()
        findings_of(corpus)
        assert (path.read_bytes(), Path(f"{path}-wal").read_bytes()) == before


def test_every_module_with_a_check_is_listed() -> None:
    modules = [importlib.import_module(f"{integrity.__name__}.{one.name}") for one in iter_modules(integrity.__path__)]
    checks = [module.CHECK for module in modules if hasattr(module, "CHECK")]
    assert sorted(check.name for check in checks) == sorted(check.name for check in CHECKS)
