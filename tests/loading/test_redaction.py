import datetime
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.errors import GoneError, MetadataError, NotFoundError, ParameterError, WithdrawnError
from app.loading import (
    LoadedInterview,
    Outcome,
    hold,
    lift_withdrawal,
    list_held,
    load_interview,
    redact,
    release,
    release_due,
    withdraw,
)
from app.models import Interview, SearchTerm, SearchWord, Speaker, Transcript, Turn, Withdrawal
from app.queries.canonical import lines
from app.queries.interviews import find_interview, find_source
from app.queries.speakers import find_speaker
from app.structure.prepare import prepare
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW

Load = Callable[..., LoadedInterview]

TALK = """Q: Who had seen the papers before the hearing?
A: My aunt had. She kept the papers of Mr Quill under the old mill.
Q: And after the hearing?
A: Yes.
Q: Would you go back there?
A: Every summer, if the road were dry.
"""
LATER = NOW + datetime.timedelta(days=2)


def _texts(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.select(col(Turn.text)).order_by(col(Turn.position))).scalars())


def _id_of(database: Database, text: str, column: Any = Turn.id) -> str:
    with database.read() as connection:
        found: str = connection.execute(sa.select(col(column)).where(col(Turn.text) == text)).scalar_one()
        return found


def _redact(database: Database, name: str, **what: Any) -> Any:
    with database.write() as connection:
        return redact(connection, name, at(NOW, "a court order"), **what)


def _dump(database: Database) -> str:
    with database.read() as connection:
        return "".join(lines(connection))


def _count(database: Database, table: Any) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize(
    ("correction", "gone"),
    [
        ("", ""),
        ("She kept the papers of Mr Quill under the old mill.", "She hid the papers of MR. QUILL under the old mill."),
        ("She kept the papers of Mr Quill under", "She kept the papers of Mister Qwill under"),
        ("Every summer, if the road were dry.", "Every summer; Mr Quill would, too."),
        ("Q: Who had seen", "Q: Good evening, Mr Quill.\nA: Good evening.\nQ: Who had seen"),
    ],
    ids=["same file", "other case and other words around", "misspelt", "in another turn", "in a new turn"],
)
def test_no_file_brings_redacted_words_back(load: Load, database: Database, correction: str, gone: str) -> None:
    loaded = load(TALK)
    _redact(database, loaded.slug, words="Mr Quill")
    assert load(TALK).outcome is Outcome.UNCHANGED
    # Read in another way, as by a later version, the same bytes are another revision.
    corrected = TALK.replace(correction, gone) if correction else TALK
    again = load(corrected, metadata='summary = "About the papers of Mr Quill"')
    assert (again.outcome, again.interview_id) == (Outcome.CHANGED, loaded.interview_id)
    text = " ".join(_texts(database)).lower()
    assert "quill" not in text
    assert "qwill" not in text
    assert "mr" not in text.split()
    assert "under the old mill" in text
    assert "quill" not in _dump(database).lower()
    with database.read() as connection, pytest.raises(GoneError, match="redacted"):
        find_source(connection, loaded.slug)


def test_a_file_without_the_words_is_given_out_again(load: Load, database: Database) -> None:
    loaded = load(TALK)
    _redact(database, loaded.slug, words="of Mr Quill")
    clean = TALK.replace(" of Mr Quill", "")
    load(clean)
    with database.read() as connection:
        assert find_source(connection, loaded.slug)[1] == clean.encode()
        with pytest.raises(GoneError):
            find_source(connection, loaded.slug, 1)
    assert "█" not in " ".join(_texts(database))


def test_a_whole_answer_goes_and_stays_away_though_its_words_are_elsewhere(load: Load, database: Database) -> None:
    loaded = load(TALK.replace("Every summer, if", "Yes. Every summer, if"))
    answer = _id_of(database, "Yes.", Turn.answer_id)
    redacted = _redact(database, answer)
    # Other places have the same word, and nobody asked to take them out.
    assert redacted.also_in == [_id_of(database, "Yes. Every summer, if the road were dry.")]
    assert [text for text in _texts(database) if "Yes" in text] == ["Yes. Every summer, if the road were dry."]
    load(TALK.replace("Every summer, if", "Yes. Every spring, if"), metadata='title = "Mills"')
    assert _texts(database)[3] == "████"
    assert _texts(database)[5] == "Yes. Every spring, if the road were dry."
    with database.read() as connection:
        assert find_interview(connection, loaded.slug)["revision"] == 3


def test_a_span_is_widened_to_words_and_counts_over_the_turns_of_an_item(load: Load, database: Database) -> None:
    load("Q: Who kept it?\nA: My aunt kept it.\nA: And Mr Quill did.\nQ: Did he?\nA: He did.\n")
    answer = _id_of(database, "And Mr Quill did.", Turn.answer_id)
    start = len("My aunt kept it.\n\nAnd Mr Qu")
    _redact(database, answer, span=(start, start + 1))
    assert _texts(database)[1:3] == ["My aunt kept it.", "And Mr █████ did."]


@pytest.mark.parametrize(
    ("name", "what", "error", "message"),
    [
        ("sample", {}, ParameterError, "quoth withdraw"),
        ("sample", {"words": "nobody said this"}, ParameterError, "are not in"),
        ("sample", {"words": "…"}, ParameterError, "no word"),
        ("sample", {"span": (0, 3)}, ParameterError, "one item"),
        ("{id}-a1", {"span": (0, 3_000)}, ParameterError, "not within its"),
        ("{id}-a1", {"span": (3, 3)}, ParameterError, "not within its"),
        ("{id}-a99", {}, NotFoundError, "no answer"),
        ("sampel", {"words": "aunt"}, NotFoundError, "Did you mean 'sample'"),
    ],
)
def test_what_cannot_be_redacted_is_refused_and_nothing_changes(
    load: Load, database: Database, name: str, what: Any, error: type[Exception], message: str
) -> None:
    loaded = load(TALK)
    before = _dump(database)
    with pytest.raises(error, match=message):
        _redact(database, name.format(id=loaded.interview_id), **what)
    assert _dump(database) == before


def test_redacting_twice_says_that_nothing_is_left(load: Load, database: Database) -> None:
    loaded = load(TALK)
    _redact(database, loaded.slug, words="Mr Quill")
    with pytest.raises(ParameterError, match="are not in"):
        _redact(database, loaded.slug, words="Mr Quill")
    _redact(database, loaded.slug, words="under the old mill")
    with database.read() as connection:
        [redactions] = connection.execute(sa.select(col(Turn.redactions)).where(col(Turn.text).contains("█"))).scalars()
    assert [(one["start"], one["end"]) for one in redactions] == [(36, 44), (45, 63)]


def test_words_of_nobody_are_not_suggested_any_more(load: Load, database: Database) -> None:
    load(TALK)
    load("Q: Who ran the mill?\nA: The papers say that an aunt did.\n", name="other.txt")
    _redact(database, "sample", words="papers of Mr Quill")
    with database.read() as connection:
        words = set(connection.execute(sa.select(col(SearchWord.word))).scalars())
        terms = set(connection.execute(sa.select(col(SearchTerm.term))).scalars())
    assert {"quill", "mr"}.isdisjoint(words | terms)
    assert {"papers", "mill"} <= words
    assert "paper" in terms


def test_number_of_statements_of_a_withdrawal_does_not_grow_with_the_words(load: Load, database: Database) -> None:
    few, many = (" ".join(f"word{number}" for number in range(count)) for count in (10, 400))
    # The same words elsewhere, so that none can be known to be gone by its stem.
    load(f"Q: What was written?\nA: {many}\n", name="other.txt")
    sent: list[int] = []
    for words in (few, many):
        slug = load(f"Q: What was there?\nA: {words} once more\n", name="talk.txt").slug
        with database.write() as connection:
            statements: list[str] = []
            sa.event.listen(connection, "before_cursor_execute", lambda *event, into=statements: into.append(event[2]))
            withdraw(connection, slug, at(NOW))
            sent.append(len(statements))
        with database.write() as connection:
            lift_withdrawal(connection, slug, at(NOW))
    assert sent[1] <= sent[0] + 5
    with database.read() as connection:
        words_left = set(connection.execute(sa.select(col(SearchWord.word))).scalars())
    assert {"word0", "word399"} <= words_left
    assert {"once", "more"}.isdisjoint(words_left)


def test_a_withdrawn_file_is_refused_until_that_is_lifted_and_is_another_interview_then(
    load: Load, database: Database
) -> None:
    loaded = load(TALK, metadata='slug = "papers"\n[[speakers]]\nlabels = ["A"]\nname = "Ann Reyes"')
    other = load("Q: Would you go?\nA: I would.\n", name="other.txt")
    with database.write() as connection:
        gone = withdraw(connection, "papers", at(NOW, "asked for"))
    assert (gone.interview_id, gone.questions, gone.answers) == (loaded.interview_id, 3, 3)
    assert "ann-reyes" in gone.speakers
    assert _count(database, Withdrawal) == 1
    with pytest.raises(WithdrawnError, match=r"'papers' was withdrawn on 2026-01-02 \(asked for\)"):
        load(TALK, name="again.txt")
    with database.read() as connection:
        with pytest.raises(GoneError, match="asked for"):
            find_interview(connection, "papers")
        with pytest.raises(NotFoundError):
            find_speaker(connection, "ann-reyes")
        assert find_interview(connection, other.slug)
    with database.write() as connection:
        with pytest.raises(NotFoundError):
            lift_withdrawal(connection, "other", at(NOW))
        assert len(lift_withdrawal(connection, "papers", at(NOW))) == 1
    again = load(TALK)
    assert again.outcome is Outcome.CREATED
    assert again.interview_id != loaded.interview_id


def test_an_embargo_leaves_no_trace_until_its_time_and_then_it_is_as_if_loaded_now(
    load: Load, database: Database
) -> None:
    person = 'series = "S"\n[[speakers]]\nlabels = ["A"]\nname = "Ann Reyes"\n'
    load("Q: Would you go?\nA: I would.\n", name="other.txt", metadata=person)
    before = _dump(database)
    words = _count(database, SearchWord), _count(database, SearchTerm)
    stated = f'embargo_until = 2026-01-04T04:04:05+01:00\n{person}aliases = ["A. Reyes"]'
    loaded = load(TALK, metadata=stated)
    assert (loaded.outcome, loaded.held_until) == (Outcome.HELD, LATER)
    assert _dump(database) == before
    assert (_count(database, SearchWord), _count(database, SearchTerm)) == words
    assert load(TALK, metadata=stated).outcome is Outcome.UNCHANGED
    # Another file of that name is another interview, and does not take its name.
    assert load("Q: Is it late?\nA: No, it is early.\nQ: So?\nA: So we go on.\n").slug == "sample-2"
    with database.write() as connection:
        assert release_due(connection, at(LATER - datetime.timedelta(seconds=1))) == []
        assert [held.slug for held in release_due(connection, at(LATER))] == ["sample"]
        assert list_held(connection) == []
    with database.read() as connection:
        interview = find_interview(connection, "sample")
        speaker = find_speaker(connection, "ann-reyes")
    assert interview["modified_at"] == LATER
    assert (interview["id"], interview["revision"]) == (loaded.interview_id, 1)
    assert speaker["aliases"] == ["A. Reyes"]
    assert load(TALK, metadata=stated).outcome is Outcome.UNCHANGED


def test_what_is_held_back_is_corrected_held_longer_or_published_by_loading(load: Load, database: Database) -> None:
    stated = "embargo_until = 2026-02-01\n"
    load(TALK, metadata=stated)
    corrected = load(TALK.replace("old mill", "new mill"), metadata=stated)
    assert corrected.outcome is Outcome.HELD
    longer = load(TALK.replace("old mill", "new mill"), metadata="embargo_until = 2026-03-01\n")
    assert longer.held_until == datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    assert _count(database, Interview) == 0
    assert (
        load(TALK.replace("old mill", "new mill"), metadata="embargo_until = 2026-01-01\n").outcome is Outcome.CREATED
    )
    assert "new mill" in " ".join(_texts(database))
    with pytest.raises(MetadataError, match="is published already"):
        load(TALK, metadata=stated)
    assert load(TALK.replace("old mill", "new mill"), metadata=stated).outcome is Outcome.UNCHANGED


def test_a_refused_correction_leaves_what_is_held_back_as_it_is(load: Load, database: Database) -> None:
    stated = "embargo_until = 2026-02-01\n"
    load(TALK, metadata=stated)
    with database.read() as connection:
        held = list_held(connection)
    before = _dump(database)
    sidecar = read_sidecar("x.toml", (stated + '[[questions]]\nbegins = "And"\ntopics = ["none"]\n').encode())
    corrected = prepare(Source("sample.txt", TALK.replace("old mill", "new mill").encode()), sidecar, "x.toml")
    with database.write() as connection:
        with pytest.raises(MetadataError, match="no topic 'none'"):
            load_interview(connection, corrected, at(NOW))
        assert list_held(connection) == held
    assert _dump(database) == before


def test_a_published_interview_is_held_back_corrected_meanwhile_and_comes_back(load: Load, database: Database) -> None:
    first = load(TALK)
    ids = _id_of(database, "Yes."), _id_of(database, "Yes.", Turn.answer_id)
    redact_before = _redact(database, first.slug, words="Mr Quill")
    with database.write() as connection:
        hold(connection, first.slug, LATER, at(NOW, "until the hearing"))
    assert _texts(database) == []
    assert _count(database, Speaker) == 0
    assert _count(database, Transcript) == 0
    held = load(TALK.replace("old mill", "new mill"))
    assert (held.outcome, held.held_until) == (Outcome.HELD, LATER)
    assert _texts(database) == []
    with database.write() as connection:
        with pytest.raises(NotFoundError):
            release(connection, "other", at(LATER))
        release(connection, first.slug, at(LATER))
    assert "Quill" not in " ".join(_texts(database))
    assert "new mill" in " ".join(_texts(database))
    assert (_id_of(database, "Yes."), _id_of(database, "Yes.", Turn.answer_id)) == ids
    with database.read() as connection:
        assert find_interview(connection, first.slug)["revision"] == redact_before.revision + 1


@pytest.mark.parametrize("value", ['"tomorrow"', "2026-12-31T06:00:00", '"2026-13-01"', "12"])
def test_an_embargo_that_is_no_time_is_refused(load: Load, value: str) -> None:
    with pytest.raises(MetadataError, match="embargo_until: write a day"):
        load(TALK, metadata=f"embargo_until = {value}")
