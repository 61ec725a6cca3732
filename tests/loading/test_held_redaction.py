"""Words are taken out of an interview that is held back, or all of it, before anybody could read it."""

import datetime
import zlib

import pytest
import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.errors import GoneError, NotFoundError, ParameterError, WithdrawnError
from app.loading import (
    LoadedInterview,
    Outcome,
    find_stated,
    keep_answer,
    lift_withdrawal,
    redact,
    release,
    state,
    withdraw,
)
from app.models import Change, Embargo, KeptAnswer, LoadedFile, Redaction, Revision, Turn, Withdrawal
from app.queries.audit import TrailFilters, listing
from app.queries.held import find_held
from app.queries.interviews import find_interview, find_source
from app.queries.paging import PageRequest, read_page
from app.queries.withdrawals import find_withdrawal
from app.queries.withdrawals import listing as list_withdrawals
from app.transcripts.sidecar import sidecar_of
from tests.api.keyed import key_for
from tests.authors import at
from tests.loading.held import BEFORE, FAR, Load, ids, load_held, public
from tests.loading.test_editing import TALK
from tests.maintenance.test_integrity import findings_of

WHEN = datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC)
COURT = at(WHEN, "a court order", "ida")
WORDS = "My aunt"
STATED = 'title = "My aunt"\n[[turns]]\nbegins = "My aunt kept"\nkind = "note"\n'


@pytest.fixture(params=BEFORE)
def held(request: pytest.FixtureRequest, load: Load, database: Database) -> LoadedInterview:
    # The words are in a past revision, too.
    return load_held(load, database, request.param, TALK, STATED, earlier=TALK.replace("Every summer.", "Never."))


def documents(database: Database) -> str:
    """All that is stored of what is held back."""
    with database.read() as connection:
        contents = connection.execute(sa.select(col(Embargo.content))).scalars().all()
    return "".join(zlib.decompress(one).decode() for one in contents)


def whole(database: Database) -> str:
    """All rows of all tables that have text."""
    with database.read() as connection:
        tables = ("turn", "interview", "past_interview", "interview_statements", "transcript", "search_word")
        return "".join(str(connection.execute(sa.text(f"SELECT * FROM {name}")).all()) for name in tables)  # noqa: S608 - names of tables


def test_words_are_gone_from_all_that_is_held_back_and_nothing_public_changes(
    held: LoadedInterview, database: Database
) -> None:
    prefix = key_for(database).prefix
    with database.write() as connection:
        keep_answer(connection, (prefix, "i"), "0", 200, {}, b"My aunt kept it.", WHEN)
    before, turn = public(database), ids(database, held.slug)["My aunt kept it."]
    assert WORDS in documents(database)
    with database.write() as connection:
        made = redact(connection, held.slug, COURT, words=WORDS, held=True)
        assert connection.execute(sa.select(col(KeptAnswer.body))).scalars().all() == [None]
        digests = connection.execute(sa.select(col(LoadedFile.words_sha256))).scalars().all()
        [embargo] = connection.execute(sa.select(col(Embargo.until))).all()
    assert [(one.turn_id, one.words) for one in made.passages] == [(turn, WORDS)]
    assert (made.source_files > 0, embargo.until, [one for one in digests if one is None]) == (
        True,
        FAR,
        [None] * (len(digests) - 1),
    )
    assert WORDS not in documents(database)
    assert public(database) == before
    with database.read() as connection:
        shown = find_held(connection, held.slug)
        stated = find_stated(connection, held.slug, held=True)
    assert shown["interview"]["title"] == "███████"
    [entry] = next(one["redactions"] for one in shown["turns"] if one["id"] == turn)
    assert (entry["reason"], entry["start"], entry["end"]) == ("a court order", 0, 7)
    assert {WORDS in str(row.document) for row in stated.versions} == {False}
    assert findings_of(database) == []


def test_what_was_redacted_stays_so_when_it_is_corrected_and_released(
    held: LoadedInterview, load: Load, database: Database
) -> None:
    with database.write() as connection:
        redact(connection, held.slug, COURT, words=WORDS, held=True)
    with database.write() as connection:
        # What is left of it is edited, too.
        document = {"title": "X", "turns": [{"begins": "Under the old", "kind": "note"}]}
        edited = state(connection, held.slug, sidecar_of("edit", document), COURT, held=True)
    assert (edited.outcome, WORDS in documents(database)) == (Outcome.HELD, False)
    corrected = load(TALK.replace("Every summer.", "Every winter."), 'title = "The mill"')
    assert (corrected.outcome, WORDS in documents(database)) == (Outcome.HELD, False)
    with database.write() as connection:
        redact(connection, held.slug, at(FAR, "another"), words="behind our house", held=True)
        release(connection, held.slug, at(FAR))
    assert WORDS not in whole(database)
    assert "house" not in whole(database)
    with database.read() as connection:
        with pytest.raises(GoneError, match="redacted"):
            find_source(connection, held.slug)
        of_turns = connection.execute(
            sa.select(col(Turn.redactions)).where(col(Turn.redactions).is_not(None)).order_by(col(Turn.position))
        ).scalars()
        assert [one[0]["reason"] for one in of_turns if one] == ["another", "a court order"]
        trail = listing(TrailFilters(interview_id=held.interview_id))
        listed_trail = trail.embed(connection, read_page(connection, trail, PageRequest("trail", 20)).items)
        numbers = set(connection.execute(sa.select(col(Redaction.revision))).scalars())
    assert [(one["who"], one["made_at"]) for one in listed_trail if one["reason"] == "a court order"] == [("ida", WHEN)]
    assert {one["revision"] for one in listed_trail if one["reason"] in {"a court order", "another"}} == numbers
    assert findings_of(database) == []
    load(TALK, 'title = "The mill"')
    assert WORDS not in whole(database)
    assert findings_of(database) == []


def test_what_is_not_there_cannot_be_redacted(held: LoadedInterview, database: Database) -> None:
    before, shown = public(database), documents(database)
    with database.write() as connection:
        with pytest.raises(ParameterError, match="are not in"):
            redact(connection, held.slug, COURT, words="a windmill", held=True)
        with pytest.raises((NotFoundError, GoneError)):
            redact(connection, f"{held.interview_id}-t99", COURT, held=True)
        for name in (held.slug, held.interview_id, f"{held.interview_id}-t4"):
            with pytest.raises((NotFoundError, GoneError)):
                redact(connection, name, COURT, words=WORDS)
            with pytest.raises((NotFoundError, GoneError)):
                withdraw(connection, name, COURT)
    assert (public(database), documents(database)) == (before, shown)


def test_interview_that_is_held_back_is_withdrawn(held: LoadedInterview, load: Load, database: Database) -> None:
    before, was_published = public(database), held.held_until is None
    with database.write() as connection:
        gone = withdraw(connection, held.slug, COURT, held=True)
        assert connection.execute(sa.select(Embargo)).all() == []
        # Once.
        with pytest.raises((NotFoundError, GoneError)):
            withdraw(connection, held.slug, COURT, held=True)
    assert (gone.interview_id, gone.slug, gone.questions, gone.answers) == (held.interview_id, held.slug, 2, 2)
    assert sorted(gone.speakers) == ["sample-interviewee", "sample-interviewer"]
    assert "aunt" not in whole(database)
    with database.read() as connection:
        item = find_withdrawal(connection, held.slug, held=True)
        assert (item["id"], item["slug"], item["withdrawn_at"], item["reason"]) == (
            held.interview_id,
            held.slug,
            WHEN,
            "a court order",
        )
        public_list, whole_list = list_withdrawals(held=False), list_withdrawals(held=True)
        listed = [read_page(connection, one, PageRequest("w", 5)).items for one in (public_list, whole_list)]
        assert [len(one) for one in listed] == [int(was_published), 1]
        with pytest.raises(GoneError if was_published else NotFoundError) as error:
            find_interview(connection, held.slug)
        changes = connection.execute(sa.select(col(Change.item_id)).where(col(Change.item_id) == held.interview_id))
        assert bool(changes.all()) is was_published
    if was_published:
        assert "a court order" in str(error.value)
    else:
        with database.read() as connection:
            with pytest.raises(NotFoundError):
                find_withdrawal(connection, held.slug, held=False)
            newest = connection.execute(sa.select(sa.func.max(col(Revision.number)))).scalar()
        # But for the row itself, it is as if it had never been.
        assert [one for one in public(database) if "withdrawal" not in str(one)] == before
        assert newest == 1
    for text in (TALK, TALK.replace("Every summer.", "Never.")) if was_published else (TALK,):
        with pytest.raises(WithdrawnError, match="a court order"):
            load(text)
    assert findings_of(database) == []
    with database.write() as connection:
        if not was_published:
            with pytest.raises(NotFoundError):
                lift_withdrawal(connection, held.slug, COURT)
        assert lift_withdrawal(connection, held.slug, COURT, held=True)
        assert connection.execute(sa.select(Withdrawal)).all() == []
    assert load(TALK).outcome is Outcome.CREATED
    assert findings_of(database) == []
