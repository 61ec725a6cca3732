"""What is exported with all that is stated, and loaded into an empty database, is the same public content."""

import json
import random
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.cli.export import files_to_load
from app.db import Database
from app.errors import QuothError
from app.loading import (
    Decision,
    SuggestionCounts,
    decide,
    link_speakers,
    load_interview,
    load_statements,
    load_vocabulary,
    merge,
    part,
    state,
    store_suggestions,
    undo_statements,
)
from app.models import TopicState
from app.queries import canonical
from app.structure.batches import ReadOptions, RefusedFile, prepare_all
from app.structure.files import find_files
from app.structure.prepare import prepare
from app.structure.statement_file import read_statements
from app.topics.concepts import Method
from app.topics.suggestion import Suggestion
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import sidecar_of
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW
from tests.loading.corrections import TOPICS, VOCABULARY, Drawing, is_read_as_written, prepare_text
from tests.profiles import examples

# What is not content: when and by whom something was made, past revisions, how ids are numbered.
_LEFT_OUT = {
    *("made_at", "made_by", "made_from", "reason", "modified_at", "number", "revision", "revised_in", "version"),
    *("turns_numbered", "questions_numbered", "answers_numbered", "speakers_numbered"),
    # Tells whether a file was read before; also whether its slug was stated.
    "reading_sha256",
    # How a topic was found that a reviewer decided on.
    *("origin", "method", "vocabulary", "confidence", "evidence"),
}
_PAST = {"former_name", "past_interview", "past_item", "redaction", "withdrawal", "revision", "change"}


def content(connection: sa.Connection) -> list[str]:
    """The canonical dump of what is public now, with names in place of ids, sorted."""
    rows = [json.loads(line) for line in canonical.lines(connection)]
    rows = [row for row in rows if row["table"] not in _PAST and row.get("state") != "proposed"]
    newest: dict[str, Any] = {}
    for row in rows:
        if row["table"] == "interview_statements":
            newest[row["interview_id"]] = row
    revision = {row["id"]: row["revision"] for row in rows if row["table"] == "interview"}
    kept = [
        row
        for row in rows
        if (row["table"] != "interview_statements" or row is newest[row["interview_id"]])
        and (row["table"] != "transcript" or row["revision"] == revision[row["interview_id"]])
    ]
    names = _names(kept)
    by_length = sorted(names, key=len, reverse=True)
    pattern = re.compile('"(' + "|".join(map(re.escape, by_length)) + ')"') if names else None
    lines = []
    for row in kept:
        if row["table"] == "interview_statements":
            # Which topics reviewers decided on is with the questions.
            row["document"] = {key: value for key, value in row["document"].items() if key not in {"slug", "questions"}}
            if not any(row["document"].values()):
                continue
        line = json.dumps({key: value for key, value in row.items() if key not in _LEFT_OUT}, sort_keys=True)
        lines.append(pattern.sub(lambda found: f'"{names[found[1]]}"', line) if pattern else line)
    return sorted(lines)


def _names(rows: Sequence[Any]) -> dict[str, str]:
    slugs = {row["id"]: row["slug"] for row in rows if row["table"] in {"interview", "speaker", "speaker_reading"}}
    names = {one: f"the {slug}" for one, slug in slugs.items()}
    questions = {row["id"]: row["position"] for row in rows if row["table"] == "question"}
    for row in rows:
        if row["table"] in {"turn", "question", "transcript"}:
            place = row.get("position", "file")
            names[row["id"]] = f"{row['table']} {place} of {slugs[row['interview_id']]}"
        elif row["table"] == "answer":
            asked = questions[row["question_id"]]
            names[row["id"]] = f"answer {row['position']} to {asked} of {slugs[row['interview_id']]}"
    return names


def fill(connection: sa.Connection, drawing: Drawing, draw: random.Random) -> int:
    """Load and edit some interviews; return how many statements were made."""
    load_vocabulary(connection, read_vocabulary("t.toml", VOCABULARY.encode()), at(NOW))
    made = 0
    for number in range(draw.randint(1, 3)):
        said = drawing.transcript()
        if not is_read_as_written(said):
            continue
        slug = f"talk-{number}"
        load_interview(connection, prepare_text(said, {"slug": slug, "language": "en"}, f"{slug}.txt"), at(NOW))
        for _edit in range(draw.randint(0, 2)):
            document = drawing.statements(said, more=True)
            # What is drawn states different things of one turn at times.
            sidecar = sidecar_of("drawn", {**document, "later_stands": True})
            state(connection, slug, sidecar, at(NOW))
            made += sum(len(value) for value in document.values() if isinstance(value, list))
        if draw.random() < 0.3:
            corrected = drawing.correction(said)
            if is_read_as_written(corrected):
                read = prepare_text(corrected, {"slug": slug}, f"{slug}.txt")
                load_interview(connection, read, at(NOW), replaces=True)
    return made + _review(connection, draw) + _restate_speakers(connection, draw)


def _review(connection: sa.Connection, draw: random.Random) -> int:
    ids = connection.execute(sa.text("SELECT id FROM question ORDER BY id")).scalars().all()
    some = {one: [Suggestion(topic, Method.PHRASE, 0.9, []) for topic in TOPICS] for one in ids if draw.random() < 0.4}
    store_suggestions(connection, "v", some, at(NOW), SuggestionCounts())
    states = (TopicState.CONFIRMED, TopicState.REJECTED)
    decisions = [Decision(one, topic, draw.choice(states)) for one in some for topic in draw.sample(TOPICS, 2)]
    return len(decide(connection, decisions, at(NOW)))


def _restate_speakers(connection: sa.Connection, draw: random.Random) -> int:
    made = 0
    for _statement in range(draw.randint(0, 2)):
        slugs = connection.execute(sa.text("SELECT slug FROM speaker ORDER BY slug")).scalars().all()
        talks = connection.execute(sa.text("SELECT slug FROM interview ORDER BY slug")).scalars().all()
        try:
            with connection.begin_nested():
                if draw.random() < 0.6 and len(slugs) > 1:
                    kept, other = draw.sample(slugs, 2)
                    merge(connection, kept, other, at(NOW))
                elif slugs and talks:
                    part(connection, draw.choice(slugs), [draw.choice(talks)], draw.choice((None, "Una Moe")), at(NOW))
                made += 1
        except QuothError:
            continue
    return made


def load_folder(connection: sa.Connection, folder: Path) -> None:
    """Load a folder as the command does."""
    found = find_files([folder])
    for path in found.vocabularies:
        load_vocabulary(connection, read_vocabulary(path.name, path.read_bytes()), at(NOW))
    for batch in prepare_all(found.transcripts, ReadOptions(keep_unlabelled=True), 1):
        for one in batch:
            assert not isinstance(one, RefusedFile), one
            load_interview(connection, one, at(NOW))
    for path in found.statements:
        load_statements(connection, read_statements(path.name, path.read_bytes()), at(NOW))
    link_speakers(connection, at(NOW))


def exported(connection: sa.Connection, folder: Path) -> dict[str, bytes]:
    """Write everything into a folder; return the files."""
    files = {str(name): b"".join(parts) for name, parts in files_to_load(connection, source=True, statements=True)}
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return files


def compare(database: Database, seed: int) -> tuple[int, list[str]]:
    """Do as `compare_what` does with interviews and statements that are drawn."""
    draw = random.Random(seed)  # noqa: S311 - nothing is kept secret
    return compare_what(database, lambda connection: fill(connection, Drawing(draw), draw))


def compare_what(database: Database, write: Callable[[sa.Connection], int]) -> tuple[int, list[str]]:
    """Return how many statements somebody writes, and the lines that differ once that is exported and loaded."""
    with (
        database.write() as connection,
        tempfile.TemporaryDirectory() as first,
        tempfile.TemporaryDirectory() as second,
    ):
        point = connection.begin_nested()
        made = write(connection)
        before, files = content(connection), exported(connection, Path(first))
        point.rollback()
        if not any(name.endswith(".txt") for name in files):
            return made, []
        point = connection.begin_nested()
        load_folder(connection, Path(first))
        after, again = content(connection), exported(connection, Path(second))
        point.rollback()
    differing = sorted({*before} ^ {*after}) + [name for name in files | again if files.get(name) != again.get(name)]
    return made, differing


def test_what_is_exported_and_loaded_is_the_same_public_content(database: Database) -> None:
    compared = [compare(database, seed) for seed in range(examples(50))]
    assert [differing for _made, differing in compared if differing] == []
    assert sum(made for made, _differing in compared) > 0


# Who asks was inferred from who asked before the edit, and not anew where the folder was loaded.
@pytest.mark.parametrize("seed", [697, 2295])
def test_who_asks_is_inferred_alike_of_an_edit_and_of_a_file(database: Database, seed: int) -> None:
    assert compare(database, seed)[1] == []


def test_speakers_without_a_name_are_called_after_what_is_stated_now(database: Database) -> None:
    def write(connection: sa.Connection) -> int:
        for slug in ("one", "two"):
            _load(connection, slug, f"Q: Who came?\nA: My aunt came, by {slug}.\n")
        said = {"slug": "talk", "speakers": [{"labels": ["Q"], "role": "moderator"}]}
        state(connection, "one", sidecar_of("edit", said), at(NOW))
        slugs = list(connection.execute(sa.text("SELECT slug FROM speaker ORDER BY slug")).scalars())
        assert slugs == ["talk-interviewee", "talk-moderator", "two-interviewee", "two-interviewer"]
        # The file of statements names them so, too.
        merge(connection, "two-interviewee", "talk-interviewee", at(NOW))
        return 1

    assert compare_what(database, write) == (1, [])


def test_what_is_not_stated_of_a_speaker_any_more_is_not_there(database: Database) -> None:
    def write(connection: sa.Connection) -> int:
        for slug, said in (("one", "My aunt came."), ("two", "Nobody left.")):
            _load(connection, slug, f"Q: And then?\nIda Brandt: {said}\n")
        about = {"labels": ["Ida Brandt"], "aliases": ["Ida B."], "same_as": ["https://www.wikidata.org/wiki/Q1"]}
        state(connection, "one", sidecar_of("edit", {"speakers": [about]}), at(NOW))
        undo_statements(connection, "one", at(NOW))
        return 1

    assert compare_what(database, write) == (1, [])


def _load(connection: sa.Connection, slug: str, text: str) -> str:
    source = Source(f"{slug}.txt", text.encode())
    return load_interview(connection, prepare(source, sidecar_of("", {"slug": slug}), ""), at(NOW)).slug


@pytest.mark.exhaustive
def test_what_is_exported_and_loaded_is_the_same_in_many_databases(database: Database) -> None:
    assert [differing for seed in range(200, 200 + examples(100)) if (differing := compare(database, seed)[1])] == []
