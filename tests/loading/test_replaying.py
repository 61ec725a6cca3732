"""A change feed replayed into an empty database gives the same public content, byte for byte, wherever it stops.

Both sides are transactions that are undone, so that every example begins with two empty databases.
"""

import datetime
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlmodel import col

from app.api.schemas.changes import Change as ChangeShape
from app.db import Database
from app.errors import MetadataError, MirrorError
from app.loading import (
    Decision,
    DocumentWriter,
    LoadedInterview,
    decide,
    load_interview,
    load_vocabulary,
    store_suggestions,
)
from app.loading.feed_item import FeedItem
from app.loading.history import new_revision, record_changes, retire_name
from app.loading.replaying import begin_mirror, mirrored_to, missing_sources, replay
from app.loading.suggestions import SuggestionCounts
from app.models import (
    ChangeAction,
    Interview,
    Question,
    QuestionTopic,
    SearchDocument,
    SearchTerm,
    Topic,
    TopicState,
    table_of,
)
from app.queries.canonical import lines
from app.queries.changes import list_changes
from app.queries.interviews import find_file, find_source
from app.structure.prepare import prepare
from app.topics.concepts import Method
from app.topics.suggestion import Suggestion
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import ENGINES, NOW
from tests.profiles import examples
from tests.queries.corpus import TOPICS, Talk, talks

ORIGIN = "http://origin.test"
SLUGS = ("talk-0", "talk-1", "talk-2", "tale-0", "tale-1")
CONCEPTS = (*TOPICS, "streams", "brooks")


class _UndoneError(Exception):
    pass


@contextmanager
def undone(database: Database) -> Iterator[sa.Connection]:
    try:
        with database.write() as connection:
            yield connection
            raise _UndoneError  # noqa: TRY301 - how a transaction of the application is undone
    except _UndoneError:
        pass


class Corpus:
    """An origin that is written to; every write has a time of its own."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.now = NOW

    def tick(self) -> datetime.datetime:
        self.now += datetime.timedelta(seconds=7, microseconds=13)
        return self.now

    def choose(self, column: Any, number: int) -> Any:
        found = self.connection.execute(sa.select(column).order_by(column)).scalars().all()
        return found[number % len(found)] if found else None


@dataclass(frozen=True)
class Load:
    """A file that is new, or corrects what has its slug or its bytes."""

    talk: Talk
    slug: str
    keeps_topics: bool

    def __call__(self, corpus: Corpus) -> None:
        metadata = self.talk.metadata().replace(f'"{self.talk.slug}"', f'"{self.slug}"', 1)
        metadata = metadata if self.keeps_topics else metadata.partition("[[questions]]")[0]
        source = Source(f"{self.talk.slug}.txt", self.talk.text().encode())
        prepared = prepare(source, read_sidecar("talk.toml", metadata.encode()), "talk.toml")
        try:
            # Whatever its words: those that are drawn may be quite others than those of the interview with its slug.
            load_interview(corpus.connection, prepared, at(corpus.tick(), "a file"), replaces=True)
        except MetadataError:
            # A topic that it names has been replaced.
            return


@dataclass(frozen=True)
class Vocabulary:
    """A file of topics, with what each is called, what it stands below and what it replaces."""

    topics: dict[str, tuple[str, str | None, list[str]]]

    def __call__(self, corpus: Corpus) -> None:
        text = ""
        for slug, (label, above, replaced) in self.topics.items():
            text += f'[{slug}]\nlabel = "{label}"\nreplaces = {json.dumps(replaced)}\n'
            text += f'broader = "{above}"\n' if above in self.topics and above != slug else ""
        try:
            concepts = read_vocabulary("topics.toml", text.encode())
            load_vocabulary(corpus.connection, concepts, at(corpus.tick()))
        except MetadataError:
            # A circle, or a topic that would be two.
            return


@dataclass(frozen=True)
class Suggest:
    question: int
    topics: list[int]
    confidence: float

    def __call__(self, corpus: Corpus) -> None:
        question = corpus.choose(col(Question.id), self.question)
        chosen = dict.fromkeys(corpus.choose(col(Topic.slug), number) for number in self.topics)
        if question is None or None in chosen:
            return
        evidence = [{"kind": "tag", "tag": "Öl", "similarity": self.confidence / 3}]
        found = [Suggestion(slug, Method.PHRASE, self.confidence, evidence) for slug in chosen]
        store_suggestions(corpus.connection, "v1", {question: found}, at(corpus.tick()), SuggestionCounts())


@dataclass(frozen=True)
class Decide:
    """A decision on one of the suggestions that there are."""

    suggestion: int
    state: TopicState

    def __call__(self, corpus: Corpus) -> None:
        pairs = sa.select(col(QuestionTopic.question_id), col(Topic.slug)).join(
            Topic, col(Topic.id) == col(QuestionTopic.topic_id)
        )
        stored = corpus.connection.execute(
            pairs.where(col(QuestionTopic.method).is_not(None)).order_by(
                col(QuestionTopic.question_id), col(Topic.slug)
            )
        ).all()
        if stored:
            question, topic = stored[self.suggestion % len(stored)]
            decide(corpus.connection, [Decision(question, topic, self.state)], at(corpus.tick()))


@dataclass(frozen=True)
class Rename:
    """A file that is stored, under another slug."""

    interview: int
    slug: str

    def __call__(self, corpus: Corpus) -> None:
        interview_id = corpus.choose(col(Interview.id), self.interview)
        if interview_id is not None:
            name, content, _digest = find_source(corpus.connection, interview_id)
            stated = read_sidecar("talk.toml", f'slug = "{self.slug}"'.encode())
            prepared = prepare(Source(name, content), stated, "talk.toml")
            load_interview(corpus.connection, prepared, at(corpus.tick()), replaces=True)


@dataclass(frozen=True)
class Catch:
    """The mirror takes some pages, and stops."""

    pages: int
    limit: int


_small = st.integers(0, 30)
_topics = st.dictionaries(
    st.sampled_from(CONCEPTS),
    st.tuples(
        st.sampled_from(["Water", "Wörk", "Stone"]),
        st.none() | st.sampled_from(CONCEPTS),
        st.lists(st.sampled_from([*CONCEPTS, "older-name"]), max_size=1),
    ),
    min_size=1,
    max_size=5,
)
steps = st.one_of(
    st.builds(Load, st.integers(0, 2).flatmap(talks), st.sampled_from(SLUGS), st.booleans()),
    st.builds(Vocabulary, _topics),
    st.builds(Suggest, _small, st.lists(_small, max_size=3), st.floats(0, 1)),
    st.builds(Decide, _small, st.sampled_from(TopicState)),
    st.builds(Rename, _small, st.sampled_from(SLUGS)),
    st.builds(Catch, st.integers(1, 3), st.integers(1, 4)),
)


def received(items: list[dict[str, Any]]) -> list[FeedItem]:
    """What arrives over HTTP."""
    written = [ChangeShape.model_validate({**item, "address": None}).model_dump_json() for item in items]
    return [TypeAdapter(FeedItem).validate_json(text) for text in written]


def follow(origin: sa.Connection, mirror: sa.Connection, limit: int, pages: int | None = None) -> None:
    """Take a number of pages, or all of them, as app.maintenance.mirroring does over HTTP."""
    begin_mirror(mirror, ORIGIN)
    done = 0
    while pages is None or done < pages:
        at = mirrored_to(mirror, ORIGIN)
        found = list_changes(origin, at, limit, with_data=True)
        items = list(found.items)
        while not found.is_whole:
            found = list_changes(origin, found.next, limit, with_data=True)
            items += found.items
        if not items:
            return
        arrived = received(items)
        files = {sha256: find_file(origin, sha256)[1] for sha256 in missing_sources(mirror, arrived)}
        replay(mirror, ORIGIN, arrived, files, at, found.next)
        done += 1


def whole_feed(connection: sa.Connection) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = None
    while (found := list_changes(connection, cursor, 7, with_data=True)).items:
        items += found.items
        cursor = found.next
    return items


def index(connection: sa.Connection) -> tuple[list[Any], list[Any]]:
    """What is searched; it is made anew by the mirror."""
    columns = [column for column in table_of(SearchDocument).columns if column.name != "number"]
    documents = [tuple(row) for row in connection.execute(sa.select(*columns))]
    terms = [tuple(row) for row in connection.execute(sa.select(table_of(SearchTerm)))]
    return sorted(documents, key=repr), sorted(terms)


@pytest.mark.parametrize(("origin_engine", "mirror_engine"), list(product(ENGINES, ENGINES)))
@pytest.mark.slow
def test_replay_gives_the_same_content_byte_for_byte(
    make_database: Callable[[str], str], origin_engine: str, mirror_engine: str
) -> None:
    origin_database, mirror_database = Database(make_database(origin_engine)), Database(make_database(mirror_engine))

    @settings(
        max_examples=examples(40),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        # Making a failing sequence shorter takes minutes on two databases.
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    @given(st.lists(steps, min_size=4, max_size=14), st.integers(1, 100))
    def check(sequence: list[Any], limit: int) -> None:
        with undone(origin_database) as origin, undone(mirror_database) as mirror:
            corpus = Corpus(origin)
            Vocabulary({slug: (slug.title(), above, []) for slug, above in TOPICS.items()})(corpus)
            for step in sequence:
                if isinstance(step, Catch):
                    follow(origin, mirror, step.limit, step.pages)
                else:
                    step(corpus)
            follow(origin, mirror, limit)
            expected, found = list(lines(origin)), list(lines(mirror))
            for line in sorted(set(expected) ^ set(found)):
                note(("origin " if line in expected else "mirror ") + line)
            assert found == expected
            assert index(mirror) == index(origin)
            # A mirror of the mirror gets the same.
            assert whole_feed(mirror) == whole_feed(origin)

    try:
        check()
    finally:
        origin_database.close()
        mirror_database.close()


@pytest.fixture
def mirror(make_database: Callable[[str], str]) -> Iterator[Database]:
    opened = Database(make_database("sqlite"))
    yield opened
    opened.close()


def _take_out(connection: sa.Connection, interview_id: str, speaker_ids: list[str]) -> None:
    """Take an interview out of an origin by hand."""
    with DocumentWriter(connection) as documents:
        documents.remove(interview_id)
    mine = {"id": interview_id}
    of_questions = "question_id IN (SELECT id FROM question WHERE interview_id = :id)"
    for statement in (
        f"DELETE FROM question_topic WHERE {of_questions}",  # noqa: S608 - words of this page
        *(
            f"DELETE FROM {table} WHERE interview_id = :id"  # noqa: S608 - as above
            for table in ("turn", "answer", "question", "contribution", "transcript", "past_interview", "past_item")
        ),
        "DELETE FROM interview WHERE id = :id",
    ):
        connection.execute(sa.text(statement), mine)
    for speaker_id in speaker_ids:
        connection.execute(sa.text("DELETE FROM speaker WHERE id = :id"), {"id": speaker_id})
    number = new_revision(connection, at(NOW, "withdrawn"), interview_id)
    gone = [("interview", interview_id), *(("speaker", speaker_id) for speaker_id in speaker_ids)]
    retire_name(connection, "interview", "sample", interview_id)
    record_changes(connection, number, [(noun, item, ChangeAction.DELETED, ()) for noun, item in gone])


@pytest.mark.parametrize("is_late", [False, True], ids=["mirror-had-it", "mirror-never-had-it"])
def test_interview_that_is_taken_out_is_taken_out_of_the_mirror(
    database: Database, mirror: Database, load: Callable[..., LoadedInterview], is_late: bool
) -> None:
    done = load("Q: Where did the river begin?\nA: Under the mill.\n")
    load("Q: Why?\nA: Because.\n", name="second.txt")
    with database.read() as origin, mirror.write() as copy:
        if not is_late:
            follow(origin, copy, 10)
    with database.write() as connection:
        _take_out(connection, done.interview_id, [f"{done.interview_id}-s1", f"{done.interview_id}-s2"])
    with database.read() as origin, mirror.write() as copy:
        follow(origin, copy, 10)
        assert list(lines(copy)) == list(lines(origin))
        assert index(copy) == index(origin)
        assert "river" not in "".join(lines(copy))


def test_file_that_is_missing_stops_a_replay(
    database: Database, mirror: Database, load: Callable[..., LoadedInterview]
) -> None:
    load("Q: Why?\nA: Because.\n")
    with database.read() as origin:
        page = list_changes(origin, None, 10, with_data=True)
    with mirror.write() as copy:
        begin_mirror(copy, ORIGIN)
        with pytest.raises(MirrorError, match="is missing"):
            replay(copy, ORIGIN, received(page.items), {}, None, page.next)


def test_two_that_mirror_into_one_database_do_not_store_twice(
    database: Database, mirror: Database, load: Callable[..., LoadedInterview]
) -> None:
    load("Q: Why?\nA: Because.\n")
    with database.read() as origin, mirror.write() as copy:
        page = list_changes(origin, None, 10, with_data=True)
        follow(origin, copy, 10)
        with pytest.raises(MirrorError, match="another process"):
            replay(copy, ORIGIN, received(page.items), {}, None, page.next)


def test_name_that_passed_on_is_stored_in_whatever_order_it_is_told(
    database: Database, mirror: Database, load: Callable[..., LoadedInterview]
) -> None:
    text = "Q: Where did the river begin?\nA: Under the mill.\n"
    load(text, 'slug = "river"\n', name="first.txt")
    with database.read() as origin, mirror.write() as copy:
        follow(origin, copy, 10)
    load(text, 'slug = "brook"\n', name="first.txt")
    load("Q: Why?\nA: Because.\n", 'slug = "river"\n', name="second.txt")
    # The first one moves to the end of the feed, behind the one that has its name now.
    load(text, 'slug = "brook"\ntitle = "The brook"\n', name="first.txt")
    with database.read() as origin, mirror.write() as copy:
        # The first page has its speakers, who are called after it.
        follow(origin, copy, 1, pages=2)
        assert [row.slug.rstrip("~") == row.id for row in copy.execute(sa.select(table_of(Interview)))].count(True) == 1
        follow(origin, copy, 1)
        assert list(lines(copy)) == list(lines(origin))


def test_decision_on_a_suggestion_is_told(
    database: Database, mirror: Database, load: Callable[..., LoadedInterview]
) -> None:
    done = load("Q: Where did the river begin?\nA: Under the mill.\n")
    question = f"{done.interview_id}-q1"
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", b'[rivers]\nlabel = "River"\n'), at(NOW))
        found = {question: [Suggestion("rivers", Method.PHRASE, 0.5, [])]}
        store_suggestions(connection, "v1", found, at(NOW), SuggestionCounts())
    with database.read() as origin, mirror.write() as copy:
        follow(origin, copy, 10)
    with database.write() as connection:
        assert decide(connection, [Decision(question, "rivers", TopicState.REJECTED)], at(NOW))
    with database.read() as origin, mirror.write() as copy:
        follow(origin, copy, 10)
        assert '"state":"rejected"' in "".join(lines(copy))
        assert list(lines(copy)) == list(lines(origin))
