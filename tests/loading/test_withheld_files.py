"""Interviews whose file is withheld, because words of it were redacted, are edited as all others, and the words stay
out.
"""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.errors import StatementError
from app.loading import (
    LoadedInterview,
    hold,
    load_interview,
    load_vocabulary,
    redact,
    release,
    state,
    state_by_ids,
    undo_statements,
)
from app.queries.canonical import lines
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar, sidecar_of
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW
from tests.loading.corrections import VOCABULARY, Drawing, is_read_as_written, prepare_text
from tests.loading.test_editing import EDITOR, LATER, NOTE, TALK, edit, notes, stated
from tests.maintenance.test_integrity import findings_of
from tests.profiles import examples

Load = Callable[..., LoadedInterview]
OUT = "behind our house"
TURNS = (
    "SELECT text, kind, speaker_label, speaker_id, start_ms, source_start, source_end, segments, redactions FROM turn "
    "ORDER BY position"
)


def take_out(database: Database, name: str, words: str, why: str = "a court order") -> None:
    with database.write() as connection:
        redact(connection, name, at(NOW, why), words=words)


def turns(connection: sa.Connection) -> list[Any]:
    return [tuple(row) for row in connection.execute(sa.text(TURNS))]


def texts(database: Database) -> list[str]:
    with database.read() as connection:
        return [row[0] for row in turns(connection)]


def who(database: Database) -> list[tuple[str | None, str, str]]:
    people = (
        "SELECT name, role, role_attribution FROM contribution JOIN speaker ON speaker.id = speaker_id ORDER BY 2, 1"
    )
    with database.read() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(sa.text(people))]


def test_who_speaks_and_what_answers_is_put_right_without_the_words(load: Load, database: Database) -> None:
    name = load(TALK).slug
    take_out(database, name, OUT)
    changed = edit(
        database,
        name,
        {
            "speakers": [{"labels": ["A"], "name": "Una Holt"}],
            "turns": [{"begins": "Where did", "part_at": "And who"}, NOTE],
            "exchanges": [{"question": ["And who"], "answers": ["Every summer"]}],
        },
    )
    assert (changed.revision, changed.open_statements) == (3, ())
    assert texts(database)[:3] == [
        "Where did the river begin?",
        "And who kept the mill?",
        f"Under the old mill, {'█' * len(OUT)}.",
    ]
    assert (notes(database), who(database)[0][0]) == (["My aunt kept it."], "Una Holt")
    with database.read() as connection:
        assert OUT not in "".join(lines(connection))
        withheld = "SELECT withheld, length(content) FROM transcript ORDER BY revision"
        assert [tuple(row) for row in connection.execute(sa.text(withheld))] == [(True, 0)] * 3
        said = connection.execute(sa.text("SELECT redactions FROM turn WHERE text LIKE '%█%'")).scalar_one()
    assert "a court order" in str(said)
    assert findings_of(database) == []


def test_taking_back_what_was_stated_brings_back_how_the_file_was_read(load: Load, database: Database) -> None:
    name = load(TALK).slug
    take_out(database, name, OUT)
    with database.read() as connection:
        before = turns(connection)
    edit(database, name, {"turns": [{"begins": "Under the old", "join_next": True}, {"label": "Q", "speaker": "Ida"}]})
    edit(database, name, {"turns": [NOTE, {"begins": "Under the old", "part_at": f"{'█' * len(OUT)}."}]})
    assert texts(database)[1:3] == ["Under the old mill,", f"{'█' * len(OUT)}."]
    with database.write() as connection:
        undo_statements(connection, name, EDITOR)
    assert len(texts(database)) == 5
    edit(database, name, {})
    with database.read() as connection:
        assert turns(connection) == before
    assert edit(database, name, {}).revision == 6
    assert findings_of(database) == []


def test_roles_rest_on_the_words_that_were_there(load: Load, database: Database) -> None:
    talk = (
        "Ida Brandt: What happened to the old mill by the river?\n\nTor Venn: It burned in the winter of the war.\n\n"
        "Ida Brandt: And who had kept it until then?\n\nTor Venn: My aunt.\n\nIda Brandt: Is she alive?\n\n"
        "Tor Venn: She is not, I am sorry to say.\n"
    )
    name = load(talk).slug
    known = who(database)
    assert known == [("Tor Venn", "interviewee", "inferred"), ("Ida Brandt", "interviewer", "inferred")]
    for words in ("What happened to the old mill by the river?", "And who had kept it until then?", "Is she alive?"):
        take_out(database, name, words)
    edit(database, name, {"title": "The mill"})
    assert who(database) == known
    edit(database, name, {"speakers": [{"labels": ["Ida Brandt"], "role": "interviewee"}]})
    assert ("Ida Brandt", "interviewee", "stated") in who(database)
    edit(database, name, {})
    assert who(database) == known


def test_statements_mean_the_same_once_redacted_words_make_turns_equal(load: Load, database: Database) -> None:
    name = load("Q: Tor?\n\nA: It was.\n\nQ: Ida?\n\nA: It was.\n\nQ: And after the war?\n\nA: Nobody.\n").slug
    document = {
        "turns": [{"begins": "It was.", "after": "Ida?", "kind": "note"}],
        "questions": [{"begins": "Ida?", "topics": ["mills"]}],
        "exchanges": [{"question": ["Ida?"], "answers": ["Nobody."]}],
    }
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("t.toml", VOCABULARY.encode()), at(NOW))
    edit(database, name, document)
    take_out(database, name, "Tor")
    take_out(database, name, "Ida")
    with database.read() as connection:
        before = [turns(connection), *structure(connection)]
    [now] = stated(database, name)
    assert now["questions"][0] == {
        "begins": "███?",
        "after": "It was.",
        "topics": ["mills"],
        "stated_as": {"begins": "███?"},
    }
    edit(database, name, {})
    with database.write() as connection:
        assert undo_statements(connection, name, EDITOR).open_statements == ()
        assert [turns(connection), *structure(connection)] == before
    assert findings_of(database) == []


def test_place_at_which_a_turn_is_parted_is_found_once_its_words_are_redacted(load: Load, database: Database) -> None:
    name = load("Q: Who kept it?\n\nA: Tor. It was Ida.\n\nQ: And then?\n\nA: Nobody.\n").slug
    edit(database, name, {"turns": [{"begins": "Tor.", "part_at": "Ida."}]})
    take_out(database, name, "Tor")
    take_out(database, name, "Ida")
    parted = texts(database)
    assert parted[1:3] == ["███. It was", "███."]
    edit(database, name, {})
    with database.write() as connection:
        undo_statements(connection, name, EDITOR)
    assert texts(database) == parted


def test_label_of_a_joined_turn_is_not_kept_once_it_is_redacted(load: Load, database: Database) -> None:
    name = load("Ida: Who kept it?\n\nTor: My aunt.\n\nIda: You, Tor?\n\nIda: After her, I mean.\n").slug
    edit(database, name, {"turns": [{"begins": "Who kept", "join_next": True}]})
    reports = "SELECT report FROM transcript ORDER BY revision DESC LIMIT 1"
    with database.read() as connection:
        assert "Tor" in str(connection.execute(sa.text(reports)).scalar())
    take_out(database, name, "Tor")
    with database.read() as connection:
        report = connection.execute(sa.text(reports)).scalar_one()
    kept = report if isinstance(report, dict) else json.loads(report)
    assert "Tor" not in str(kept["as_read"])
    edit(database, name, {})
    assert texts(database)[:2] == ["Who kept it?", "My aunt."]


def test_words_that_are_taken_out_later_are_out_of_what_was_kept(load: Load, database: Database) -> None:
    front = f"---\ntitle: Under the old mill\nlanguage: en\n---\n{TALK}"
    name = load(front, name="talk.md").slug
    take_out(database, name, OUT, "first")
    edit(database, name, {"turns": [{"begins": "Under the old", "part_at": "old mill"}]})
    take_out(database, name, "old mill", "second")
    edit(database, name, {"summary": "Of an old mill", "turns": [NOTE]})
    with database.read() as connection:
        everything = "".join(lines(connection))
        reasons = connection.execute(sa.text("SELECT redactions FROM turn WHERE position = 2")).scalar_one()
    assert OUT not in everything
    assert "old mill" not in everything
    assert "first" in str(reasons)
    assert "second" in str(reasons)
    assert texts(database)[1] == f"Under the {'█' * 8}, {'█' * len(OUT)}."


def test_file_that_still_has_the_words_is_edited_too(load: Load, database: Database) -> None:
    name = load(TALK).slug
    take_out(database, name, OUT)
    load(TALK.replace("Every summer", "Each summer"))
    edit(database, name, {"turns": [NOTE]})
    assert (texts(database)[-1], notes(database)) == ("Each summer.", ["My aunt kept it."])
    # The file as it was first sent states nothing against it.
    load(TALK.replace("Every summer", "Each summer"))
    assert notes(database) == ["My aunt kept it."]
    whole = load(TALK.replace(OUT, "where it was dry"))
    assert (whole.open_statements, notes(database)) == ((), ["My aunt kept it."])


def test_interview_that_is_held_back_after_a_redaction_is_edited_too(load: Load, database: Database) -> None:
    name = load(TALK).slug
    take_out(database, name, OUT)
    with database.write() as connection:
        hold(connection, name, LATER, at(NOW))
        state(connection, name, sidecar_of("edit", {"turns": [NOTE]}), at(NOW), held=True)
        release(connection, name, at(NOW))
    assert (notes(database), stated(database, name)[-1]) == (["My aunt kept it."], {"turns": [NOTE]})
    assert findings_of(database) == []


def test_turns_of_an_interview_with_redacted_words_are_named_by_their_ids(load: Load, database: Database) -> None:
    talk = load(TALK)
    take_out(database, talk.slug, OUT)
    with database.write() as connection:
        state_by_ids(connection, talk.slug, {"turns": [{"turn": f"{talk.interview_id}-t2", "kind": "note"}]}, EDITOR)
    assert notes(database) == [f"Under the old mill, {'█' * len(OUT)}."]


def test_interview_of_which_nothing_was_kept_says_what_to_do(load: Load, database: Database) -> None:
    name = load(TALK).slug
    take_out(database, name, OUT)
    with database.write() as connection:
        connection.execute(sa.text('UPDATE transcript SET report = \'{"bytes": {}, "remarks": []}\''))
    with pytest.raises(StatementError, match="load a file without these words"):
        edit(database, name, {})


def test_captions_keep_their_times(database: Database) -> None:
    captions = (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Ida Brandt>Who kept the mill?\n\n"
        "00:00:03.000 --> 00:00:04.000\n<v Tor Venn>My aunt &amp; nobody else.\n"
    )
    with database.write() as connection:
        read = prepare(Source("talk.vtt", captions.encode()), read_sidecar("x.toml", b""))
        name = load_interview(connection, read, at(NOW)).slug
        redact(connection, name, at(NOW), words="nobody")
        before = turns(connection)
        state(connection, name, sidecar_of("edit", {"title": "The mill"}), EDITOR)
        assert turns(connection) == before
        state(
            connection, name, sidecar_of("edit", {"turns": [{"begins": "My aunt", "part_at": "██████ else"}]}), EDITOR
        )
        state(connection, name, sidecar_of("edit", {"title": "The mill"}), EDITOR)
        assert turns(connection) == before


def compare(database: Database, seed: int) -> list[Any]:
    """State something at random, take it back and state it again: before words are redacted, and after. Return what
    differs.
    """
    draw = random.Random(seed)  # noqa: S311 - nothing is kept secret
    drawing = Drawing(draw)
    said = drawing.transcript()
    if not is_read_as_written(said):
        return []
    # What is drawn states different things of one turn at times.
    document = {**drawing.statements(said, more=True), "later_stands": True}
    words = [word.text for word in draw.choice(said).words]
    first = draw.randrange(len(words))
    out = " ".join(words[first : first + draw.randint(1, 4)])
    found: list[Any] = []
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("t.toml", VOCABULARY.encode()), at(NOW))
        for is_edited_after in (True, False):
            point = connection.begin_nested()
            name = load_interview(connection, prepare_text(said, {"slug": "talk", "language": "en"}), at(NOW)).slug
            state(connection, name, sidecar_of("drawn", {"slug": "talk", **document}), EDITOR)
            if is_edited_after:
                redact(connection, name, at(NOW), words=out)
            state(connection, name, sidecar_of("drawn", {"slug": "talk", "language": "en"}), EDITOR)
            undo_statements(connection, name, EDITOR)
            if not is_edited_after:
                redact(connection, name, at(NOW), words=out)
            found.append([turns(connection), *structure(connection)])
            point.rollback()
    return [(one, other) for one, other in zip(*found, strict=True) if one != other]


def structure(connection: sa.Connection) -> list[Any]:
    tables = (
        "SELECT question.position, speaker.name FROM question LEFT JOIN speaker ON speaker.id = asked_by ORDER BY 1",
        "SELECT answer.id, position, speaker.name FROM answer LEFT JOIN speaker ON speaker.id = speaker_id ORDER BY 1",
        "SELECT name, role, role_attribution FROM contribution JOIN speaker ON speaker.id = speaker_id ORDER BY 1, 2",
    )
    return [[tuple(row) for row in connection.execute(sa.text(each))] for each in tables]


# Redacted words make two questions or turns equal; in 210 they stood in a turn that a statement parts.
@pytest.mark.parametrize("seed", [69, 210, 222, 386])
def test_what_is_stated_of_turns_that_are_equal_now_is_brought_back(database: Database, seed: int) -> None:
    assert compare(database, seed) == []


@pytest.mark.exhaustive_on_postgresql
def test_edits_come_to_the_same_before_and_after_a_redaction(database: Database) -> None:
    assert [(seed, differing) for seed in range(examples(30)) if (differing := compare(database, seed))] == []
