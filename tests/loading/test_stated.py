"""What was stated of an interview stays stated, however little a later load states."""

import datetime
import itertools
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.loading import LoadedInterview, Outcome, hold, load_interview, load_vocabulary, plan_import, redact, release
from app.queries.interviews import find_interview
from app.queries.speakers import find_speaker
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW

Load = Callable[..., LoadedInterview]

TALK = """Ida: Where did the river begin?
Oskar: It began under the old mill, behind our house.
Ida: Who kept the mill in those years?
Oskar: My aunt kept it, and after her nobody did.
"""
# One line for each key; what stands in a file without them is none of it.
SCALARS = {
    "slug": '"mill-talk"',
    "title": '"The old mill"',
    "language": '"en-GB"',
    "published": '"2023-11"',
    "publisher": '"Mill Notes"',
    "series": '"Rivers"',
    "source_url": '"https://mill.example/1"',
    "summary": '"Of a mill."',
    "rights": '"All of them."',
}
SPEAKERS = """
[[speakers]]
labels = ["Oskar"]
name = "Oskar Venn"
role = "interviewee"
aliases = ["O. Venn"]
affiliation = "The mill"
same_as = ["https://people.example/oskar"]
"""
QUESTIONS = '\n[[questions]]\nbegins = "Where"\ntopics = ["rivers", "mills"]\n'
LATER = datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC)


def _scalars(*left_out: str) -> str:
    return "".join(f"{key} = {value}\n" for key, value in SCALARS.items() if key not in left_out)


@pytest.fixture
def topics(database: Database) -> None:
    with database.write() as connection:
        load_vocabulary(
            connection, read_vocabulary("t.toml", b'[rivers]\nlabel = "Rivers"\n[mills]\nlabel = "Mills"\n'), at(NOW)
        )


def _content(database: Database, slug: str = "mill-talk") -> tuple[Any, ...]:
    """Everything that a statement may say, as it is stored."""
    with database.read() as connection:
        interview = find_interview(connection, slug)
        people = connection.execute(
            sa.text(
                "SELECT s.name, s.aliases, s.same_as, c.role, c.role_attribution, c.affiliation FROM speaker s "
                "JOIN contribution c ON c.speaker_id = s.id ORDER BY c.position"
            )
        ).all()
        topics = connection.execute(
            sa.text(
                "SELECT q.position, t.topic_id, t.origin FROM question_topic t JOIN question q ON q.id = t.question_id"
            )
        ).all()
    keys = (*SCALARS, "published_evidence")
    return [interview[key] for key in keys], [tuple(map(str, row)) for row in people], sorted(map(tuple, topics))


@pytest.mark.parametrize("left_out", [*SCALARS, "speakers", "questions", "everything"])
@pytest.mark.usefixtures("topics")
def test_what_is_not_stated_again_stays_and_nothing_changes(load: Load, database: Database, left_out: str) -> None:
    parts = {"speakers": SPEAKERS, "questions": QUESTIONS}
    first = load(TALK, metadata=_scalars() + "".join(parts.values()))
    before = _content(database)
    less = "" if left_out == "everything" else _scalars(left_out)
    less += "".join(part for key, part in parts.items() if left_out not in (key, "everything"))
    again = load(TALK, metadata=less)
    assert (again.outcome, again.revision) == (Outcome.UNCHANGED, first.revision)
    assert again.kept_metadata == ((*SCALARS, *parts) if left_out == "everything" else (left_out,))
    assert _content(database) == before


@pytest.mark.usefixtures("topics")
def test_corrected_file_without_its_metadata_keeps_it(load: Load, database: Database) -> None:
    load(TALK, metadata=_scalars() + SPEAKERS + QUESTIONS)
    before = _content(database)
    for number in range(2):
        corrected = load(TALK.replace("our house", f"house {number}"), name="mill-talk.txt")
        assert corrected.outcome is Outcome.CHANGED
        assert corrected.kept_metadata == (*SCALARS, "speakers", "questions")
        assert _content(database) == before


def test_what_a_file_itself_says_is_its_own_to_change(load: Load, database: Database) -> None:
    load(f"---\ntitle: Before\n---\n{TALK}", name="talk.md")
    changed = load(f"---\ntitle: After\n---\n{TALK}", name="talk.md")
    assert changed.kept_metadata == ()
    with database.read() as connection:
        assert find_interview(connection, changed.slug)["title"] == "After"


def test_what_is_stated_anew_wins_key_by_key(load: Load, database: Database) -> None:
    load(TALK, metadata=_scalars())
    changed = load(TALK, metadata='title = "Another"\n')
    assert changed.kept_metadata == tuple(key for key in SCALARS if key != "title")
    stored = dict(zip(SCALARS, _content(database)[0], strict=False))
    assert (stored["title"], stored["publisher"]) == ("Another", "Mill Notes")


def test_evidence_of_a_date_goes_with_the_date(load: Load, database: Database) -> None:
    load(TALK, metadata='slug = "mill-talk"\npublished = "2023"\npublished_evidence = "old mill"\n')
    assert load(TALK).kept_metadata == ("slug", "published", "published_evidence")
    assert _content(database)[0][-1] == "old mill"
    load(TALK, metadata='published = "2024"\n')
    assert _content(database)[0][-1] is None


@pytest.mark.usefixtures("topics")
def test_restating_drops_what_is_not_stated(load: Load, database: Database) -> None:
    load(TALK, metadata=_scalars() + SPEAKERS + QUESTIONS)
    with database.write() as connection:
        bare = load_interview(connection, prepare(Source("talk.txt", TALK.encode())), at(NOW), keeps_metadata=False)
    assert bare.kept_metadata == ()
    with database.read() as connection:
        interview = find_interview(connection, bare.slug)
    assert (interview["title"], interview["publisher"], interview["published"]) == ("talk", None, None)
    people, topics = _content(database, bare.slug)[1:]
    assert [person[0] for person in people] == ["Ida", "Oskar"]
    assert topics == []


def test_empty_lists_state_that_there_is_none(load: Load, database: Database) -> None:
    load(TALK, metadata=SPEAKERS)
    assert load(TALK, metadata="speakers = []\n").kept_metadata == ()
    with database.read() as connection:
        names = connection.execute(sa.text("SELECT name FROM speaker ORDER BY name")).scalars().all()
    assert names == ["Ida", "Oskar"]


@pytest.mark.usefixtures("topics")
def test_redacted_words_do_not_come_back_with_what_was_stated(load: Load, database: Database) -> None:
    first = load(TALK, metadata=_scalars() + QUESTIONS)
    with database.write() as connection:
        redact(connection, first.slug, at(NOW), words="old mill")
    again = load(TALK.replace("My aunt", "Our aunt"), name="mill-talk.txt")
    assert again.kept_metadata == (*SCALARS, "questions")
    with database.read() as connection:
        title = find_interview(connection, "mill-talk")["title"]
        reports = connection.execute(sa.text("SELECT report FROM transcript")).scalars().all()
        past = connection.execute(sa.text("SELECT content FROM past_interview")).scalars().all()
    assert "mill" not in title
    assert "old mill" not in str([*map(str, reports), *map(str, past)])


@pytest.mark.usefixtures("topics")
def test_interview_that_is_held_back_keeps_what_was_stated(load: Load, database: Database) -> None:
    stated = _scalars() + f'embargo_until = "{LATER:%Y-%m-%d}"\n' + SPEAKERS + QUESTIONS
    assert load(TALK, metadata=stated).outcome is Outcome.HELD
    again = load(TALK)
    assert (again.outcome, again.held_until) == (Outcome.UNCHANGED, LATER)
    assert again.kept_metadata == (*SCALARS, "speakers", "questions")
    corrected = load(TALK.replace("our house", "a house"), name="mill-talk.txt")
    assert (corrected.outcome, corrected.held_until) == (Outcome.HELD, LATER)
    with database.write() as connection:
        release(connection, "mill-talk", at(LATER))
    scalars, people, topics = _content(database)
    assert scalars[:2] == ["mill-talk", "The old mill"]
    assert [person[0] for person in people] == ["Ida", "Oskar Venn"]
    assert [row[1] for row in topics] == ["mills", "rivers"]


def test_published_interview_that_is_held_back_keeps_what_was_stated(load: Load, database: Database) -> None:
    load(TALK, metadata=_scalars() + SPEAKERS)
    before = _content(database)
    with database.write() as connection:
        hold(connection, "mill-talk", LATER, at(NOW))
    assert load(TALK).kept_metadata == (*SCALARS, "speakers")
    with database.write() as connection:
        release(connection, "mill-talk", at(LATER))
    assert _content(database) == before


def test_check_says_what_would_stay(load: Load, database: Database) -> None:
    load(TALK, metadata=_scalars())
    with database.read() as connection:
        plan = plan_import(connection, prepare(Source("talk.txt", TALK.encode())))
    assert (plan.is_unchanged, plan.prepared.kept_metadata) == (True, tuple(SCALARS))


def test_order_of_partial_metadata_does_not_matter(load: Load, database: Database) -> None:
    first, second = _scalars(*list(SCALARS)[::2]), _scalars(*list(SCALARS)[1::2])
    ends = set()
    for number, (one, other) in enumerate(itertools.permutations((first, second + SPEAKERS))):
        talk = TALK.replace("river", f"river {number}")
        for metadata in (one, other, ""):
            done = load(talk, metadata=metadata.replace('"mill-talk"', f'"mill-talk-{number}"'), name=f"{number}.txt")
        with database.read() as connection:
            interview = find_interview(connection, done.slug)
            assert find_speaker(connection, "oskar-venn")["name"] == "Oskar Venn"
        ends.add(tuple(interview[key] for key in SCALARS if key != "slug"))
    assert len(ends) == 1
    assert None not in ends.pop()


def test_a_speaker_who_is_labelled_no_more_stays_out_quietly(load: Load, database: Database) -> None:
    load(TALK, metadata=SPEAKERS, name="talk.txt")
    again = load(TALK.replace("Oskar:", "Venn:"), name="talk.txt")
    assert again.kept_metadata == ("speakers",)
    back = load(TALK.replace("aunt", "uncle"), name="talk.txt")
    assert back.kept_metadata == ("speakers",)
    with database.read() as connection:
        assert find_speaker(connection, "oskar-venn")["aliases"] == ["O. Venn"]


def test_sidecar_that_states_nothing_is_read_as_such() -> None:
    assert prepare(Source("talk.txt", TALK.encode()), read_sidecar("x.toml", b"")).sidecar.model_fields_set == set()
