"""What an editor states of a stored interview: versions, undo, files that come later, redaction, export."""

import datetime
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.errors import MetadataError, NotFoundError, StatementError
from app.loading import (
    Author,
    LoadedInterview,
    Outcome,
    documents_to_write,
    find_stated,
    hold,
    load_interview,
    redact,
    release,
    state,
    state_by_ids,
    undo_statements,
    withdraw,
)
from app.structure.prepare import prepare
from app.transcripts.sidecar import read_sidecar, sidecar_of, write_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW
from tests.maintenance.test_integrity import findings_of

Load = Callable[..., LoadedInterview]
LATER = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
EDITOR = at(LATER, "heard it again", "ida")

TALK = """Q: Where did the river begin? And who kept the mill?
A: Under the old mill, behind our house.
Q: Did anybody keep it?
A: My aunt kept it.
Q: Would you go back there?
A: Every summer.
"""
NOTE = {"begins": "My aunt kept", "kind": "note"}
ANOTHER = {"begins": "Every summer", "kind": "note"}


def edit(database: Database, name: str, document: dict[str, Any], author: Author = EDITOR) -> LoadedInterview:
    with database.write() as connection:
        return state(connection, name, sidecar_of("edit", document), author)


def undo(database: Database, name: str) -> LoadedInterview:
    with database.write() as connection:
        return undo_statements(connection, name, EDITOR)


def stated(database: Database, name: str) -> list[dict[str, Any]]:
    with database.read() as connection:
        return [row.document for row in find_stated(connection, name).versions]


def content(database: Database) -> list[Any]:
    """What is read of all interviews now."""
    turns = "SELECT id, kind, text, speaker_id, question_id, answer_id FROM turn ORDER BY interview_id, position"
    titles = "SELECT id, slug, title FROM interview ORDER BY id"
    with database.read() as connection:
        return [tuple(row) for text in (turns, titles) for row in connection.execute(sa.text(text))]


def notes(database: Database) -> list[str]:
    with database.read() as connection:
        return list(
            connection.execute(sa.text("SELECT text FROM turn WHERE kind = 'note' ORDER BY position")).scalars()
        )


def test_edit_is_a_version_with_who_when_and_why(load: Load, database: Database) -> None:
    name = load(TALK, 'title = "The mill"').slug
    done = edit(database, name, {"title": "The old mill", "turns": [NOTE]})
    assert (done.outcome, done.revision, notes(database)) == (Outcome.CHANGED, 2, ["My aunt kept it."])
    assert stated(database, name) == [{"title": "The mill"}, {"title": "The old mill", "turns": [NOTE]}]
    with database.read() as connection:
        row = find_stated(connection, name).versions[-1]
    assert (row.version, row.made_at, row.made_by, row.reason) == (2, LATER, "ida", "heard it again")
    assert edit(database, name, {"title": "The old mill", "turns": [NOTE]}).outcome is Outcome.UNCHANGED
    assert len(stated(database, name)) == 2
    assert findings_of(database) == []


def test_undo_states_the_version_before_and_undoing_that_brings_it_back(load: Load, database: Database) -> None:
    name = load(TALK).slug
    before = content(database)
    edit(database, name, {"turns": [NOTE]})
    after = content(database)
    undo(database, name)
    assert content(database) == before
    undo(database, name)
    assert content(database) == after
    assert stated(database, name) == [{"turns": [NOTE]}, {}, {"turns": [NOTE]}]


def test_nothing_to_undo_says_so(load: Load, database: Database) -> None:
    with pytest.raises(NotFoundError):
        undo(database, load(TALK).slug)


def test_file_loaded_again_leaves_what_an_editor_has_stated_since(load: Load, database: Database) -> None:
    first = 'title = "The mill"\nseries = "Mills"\n[[turns]]\nbegins = "Every summer"\nkind = "note"\n'
    name = load(TALK, first).slug
    edit(database, name, {"title": "The old mill", "series": "Mills", "turns": [ANOTHER, NOTE]})
    after = content(database)
    again = load(TALK, first)
    assert (again.outcome, again.overruled_metadata) == (Outcome.UNCHANGED, ("title", "turns"))
    assert content(database) == after


def test_file_loaded_again_does_not_bring_back_what_an_editor_took_out(load: Load, database: Database) -> None:
    first = 'title = "The mill"\npublished = "1987"\npublished_evidence = "Every summer"\n'
    name = load(TALK, f'{first}[[turns]]\nbegins = "Every summer"\nkind = "note"\n').slug
    edit(database, name, {"published": "1987"})
    again = load(TALK, f'{first}[[turns]]\nbegins = "Every summer"\nkind = "note"\n')
    assert (again.outcome, notes(database)) == (Outcome.UNCHANGED, [])
    assert again.overruled_metadata == ("title", "published_evidence", "turns")
    # The same evidence for another date is stated anew.
    load(TALK, first.replace('"1987"', '"1988"'))
    assert stated(database, name)[-1] == {"published": "1988", "published_evidence": "Every summer"}


def test_what_a_file_states_anew_is_later_than_the_edit(load: Load, database: Database) -> None:
    name = load(TALK, 'title = "The mill"').slug
    edit(database, name, {"title": "The old mill", "turns": [NOTE]})
    load(TALK, 'title = "A mill"\n[[turns]]\nbegins = "Every summer"\nkind = "note"\n')
    assert stated(database, name)[-1] == {"title": "A mill", "turns": [NOTE, ANOTHER]}
    assert notes(database) == ["My aunt kept it.", "Every summer."]


def test_table_that_a_file_has_no_more_is_gone_and_those_of_an_editor_stay(load: Load, database: Database) -> None:
    name = load(TALK, '[[turns]]\nbegins = "Every summer"\nkind = "note"\n').slug
    edit(database, name, {"turns": [ANOTHER, NOTE]})
    load(TALK, "turns = []")
    assert stated(database, name)[-1] == {"turns": [NOTE]}


def test_corrected_file_keeps_what_an_editor_stated(load: Load, database: Database) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [NOTE]})
    corrected = load(TALK.replace("our house", "the house"))
    assert (corrected.outcome, corrected.kept_metadata, notes(database)) == (
        Outcome.CHANGED,
        ("turns",),
        ["My aunt kept it."],
    )


def test_statement_that_fits_nowhere_any_more_is_kept_open_and_applied_again_when_it_fits(
    load: Load, database: Database
) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [NOTE]})
    gone = load(TALK.replace("My aunt kept it.", "Nobody did, I believe."))
    [unfit] = gone.open_statements
    assert (unfit.key, unfit.reason) == ("turns.0", "no turn begins with 'My aunt kept'")
    assert stated(database, name)[-1] == {"turns": [{**NOTE, "open": True}]}
    back = load(TALK.replace("Every summer", "Each summer"))
    assert (back.open_statements, notes(database)) == ((), ["My aunt kept it."])
    assert stated(database, name)[-1] == {"turns": [NOTE]}


def test_new_statement_that_fits_nowhere_is_refused_and_nothing_changes(load: Load, database: Database) -> None:
    name = load(TALK).slug
    before = content(database)
    with pytest.raises(MetadataError, match=r"turns\.0: no turn begins with 'Nobody'"):
        edit(database, name, {"turns": [{"begins": "Nobody", "kind": "note"}]})
    with pytest.raises(MetadataError, match="no turn begins with 'Nobody'"):
        load(TALK, '[[turns]]\nbegins = "Nobody"\nkind = "note"\n')
    assert (content(database), stated(database, name)) == (before, [])


def test_slug_of_another_interview_is_refused(load: Load, database: Database) -> None:
    load(TALK, name="one.txt")
    load(
        TALK.replace("river", "canal").replace("aunt", "uncle").replace("summer", "year"), 'slug = "two"', name="b.txt"
    )
    with pytest.raises(MetadataError, match="slug: another interview is called 'two'"):
        edit(database, "one", {"slug": "two"})
    assert edit(database, "one", {"slug": "three"}).slug == "three"


def test_redacted_words_are_in_no_version_and_statements_still_apply(load: Load, database: Database) -> None:
    name = load(TALK, 'title = "Under the old mill"\n[[turns]]\nbegins = "Under the old mill"\nkind = "note"\n').slug
    edit(
        database, name, {"title": "Under the old mill", "turns": [{"begins": "Under the old mill, b", "kind": "note"}]}
    )
    with database.write() as connection:
        redact(connection, name, at(NOW), words="old mill")
        everything = connection.execute(sa.text("SELECT document, in_file FROM interview_statements")).all()
    assert "mill" not in str([tuple(row) for row in everything])
    again = load(TALK.replace("Every summer", "Each summer"))
    assert again.open_statements == ()
    assert notes(database) == ["Under the ████████, behind our house."]
    assert "mill" not in str(stated(database, name))


def test_statements_go_with_an_interview_that_is_held_back_or_withdrawn(load: Load, database: Database) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [NOTE]})
    before = content(database)
    with database.write() as connection:
        hold(connection, name, LATER, at(NOW))
        assert connection.execute(sa.text("SELECT count(*) FROM interview_statements")).scalar() == 0
    assert load(TALK).kept_metadata == ("turns",)
    with database.write() as connection:
        release(connection, name, at(LATER))
    assert (content(database), stated(database, name)) == (before, [{"turns": [NOTE]}])
    with database.write() as connection:
        withdraw(connection, name, at(LATER))
        assert connection.execute(sa.text("SELECT count(*) FROM interview_statements")).scalar() == 0


def test_interviewer_who_is_known_from_the_folder_stays_one(database: Database) -> None:
    talk = "Ida Brandt: The river rose.\n\nTor Venn: It did.\n\nIda Brandt: And fell.\n\nTor Venn: Later.\n"
    with database.write() as connection:
        read = prepare(Source("talk.txt", talk.encode()), series_hosts=lambda _series: {"ida brandt"})
        name = load_interview(connection, read, at(NOW)).slug
    questions = "SELECT count(*) FROM question"
    with database.read() as connection:
        asked = connection.execute(sa.text(questions)).scalar()
    edit(database, name, {"title": "The river"})
    with database.read() as connection:
        assert connection.execute(sa.text(questions)).scalar() == asked == 2


SERIES = "Ida Brandt: The river rose.\n\nTor Venn: It did.\n\nIda Brandt: And fell.\n\nTor Venn: Later.\n"


def asked(database: Database) -> list[tuple[str, str]]:
    roles = (
        "SELECT speaker.name, role FROM contribution JOIN speaker ON speaker.id = speaker_id "
        "WHERE role_attribution = 'inferred' ORDER BY name"
    )
    with database.read() as connection:
        return [(row[0], row[1]) for row in connection.execute(sa.text(roles))]


def test_who_asks_is_written_out_where_other_files_told_so(load: Load, database: Database) -> None:
    with database.write() as connection:
        read = prepare(Source("talk.txt", SERIES.encode()), series_hosts=lambda _series: {"ida brandt"})
        name = load_interview(connection, read, at(NOW)).slug
    known = [("Ida Brandt", "interviewer"), ("Tor Venn", "interviewee")]
    assert asked(database) == known
    with database.write() as connection:
        hold(connection, name, LATER, at(NOW))
        state(connection, name, sidecar_of("edit", {"title": "The river"}), at(NOW), held=True)
        release(connection, name, at(LATER))
    assert asked(database) == known
    with database.read() as connection:
        [(_slug, file_name, document)] = list(documents_to_write(connection))
    assert document == {"slug": "talk", "title": "The river", "series_hosts": ["ida brandt"]}
    with database.write() as connection:
        withdraw(connection, name, at(NOW))
        connection.execute(sa.text("DELETE FROM withdrawal"))
    load(SERIES, write_sidecar(document).decode(), name=file_name)
    assert asked(database) == known
    assert stated(database, "talk") == [{"slug": "talk", "title": "The river"}]
    with pytest.raises(StatementError, match="state the role of each speaker"):
        edit(database, "talk", {"series_hosts": ["Tor Venn"]})


def test_redaction_takes_a_name_out_of_what_other_files_told(database: Database) -> None:
    with database.write() as connection:
        read = prepare(Source("talk.txt", f"{SERIES}Ida Brandt: I am Ida Brandt.\n".encode()), series_hosts=_hosts)
        name = load_interview(connection, read, at(NOW)).slug
        redact(connection, name, at(NOW), words="Ida Brandt")
        reports = "SELECT report FROM transcript"
        assert "ida brandt" not in str(connection.execute(sa.text(reports)).all())
        load_interview(connection, read, at(LATER), replaces=True)
        assert "ida brandt" not in str(connection.execute(sa.text(reports)).all())


def _hosts(_series: str | None) -> set[str]:
    return {"ida brandt"}


def test_what_is_written_out_and_loaded_into_an_empty_database_is_the_same(load: Load, database: Database) -> None:
    name = load(TALK, 'slug = "mill-talk"\ntitle = "The mill"').slug
    edit(
        database,
        name,
        {
            "slug": "mill-talk",
            "title": 'The "old" mill\n2',
            "speakers": [{"labels": ["A"], "name": "Una Holt", "role": "interviewee"}],
            "turns": [{"begins": "Where did", "part_at": "And who"}, NOTE],
            "exchanges": [{"question": ["And who"], "answers": ["Every summer"]}],
        },
    )
    before = content(database)
    with database.read() as connection:
        [(slug, file_name, document)] = list(documents_to_write(connection))
    written = write_sidecar(document)
    assert tomllib.loads(written.decode()) == document
    with database.write() as connection:
        withdraw(connection, name, at(NOW))
        connection.execute(sa.text("DELETE FROM withdrawal"))
    load(TALK, written.decode(), name=file_name)
    now = content(database)
    assert [row[1:3] for row in now] == [row[1:3] for row in before]
    assert stated(database, slug) == [document]


def test_document_reads_as_it_was_written() -> None:
    document = read_sidecar("x.toml", b'published = 2023-11-05\nembargo_until = 2031-01-01\nrights = "None"').document
    assert document == {"published": "2023-11-05", "rights": "None"}
    assert read_sidecar("y.toml", write_sidecar(document)).document == document


def by_ids(database: Database, name: str) -> dict[str, Any]:
    """What is stated, with ids in place of words."""
    with database.read() as connection:
        stated = find_stated(connection, name)
        return stated.by_ids(stated.versions[-1].document)[0]


def state_ids(database: Database, name: str, document: dict[str, Any]) -> LoadedInterview:
    with database.write() as connection:
        return state_by_ids(connection, name, document, EDITOR)


def test_turns_are_stated_by_their_ids_and_shown_by_them(load: Load, database: Database) -> None:
    done = load(TALK)
    name, turn = done.slug, f"{done.interview_id}-t".__add__
    document = {
        "turns": [{"turn": turn("4"), "kind": "note"}, {"turn": turn("1"), "part_at": "And who kept"}],
        "exchanges": [{"question": [turn("5")], "answers": [f"{done.interview_id}-a1", turn("6")]}],
    }
    assert state_ids(database, name, document).outcome is Outcome.CHANGED
    assert notes(database) == ["My aunt kept it."]
    assert by_ids(database, name) == {
        **document,
        "exchanges": [{"question": [turn("5")], "answers": [turn("2"), turn("6")]}],
    }
    again = state_ids(database, name, by_ids(database, name))
    assert (again.outcome, len(stated(database, name))) == (Outcome.UNCHANGED, 1)
    assert findings_of(database) == []


def test_ids_of_another_interview_are_refused(load: Load, database: Database) -> None:
    done = load(TALK)
    with pytest.raises(MetadataError, match=r"turns\.0\.turn: the interview has no turn"):
        state_ids(database, done.slug, {"turns": [{"turn": "0000-t1", "kind": "note"}]})
    with pytest.raises(MetadataError, match="no turn begins with 'nobody says this'") as refused:
        state_ids(database, done.slug, {"turns": [{"begins": "nobody says this", "kind": "note"}]})
    assert refused.value.key == "turns.0"
    assert stated(database, done.slug) == []
