"""Words that were redacted or withdrawn are looked for wherever the API says anything."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.cli.topics import suggest_topics
from app.db import Database
from app.exports import KINDS, VOCABULARIES
from app.loading import LoadedInterview, hold, load_vocabulary, redact, release_due, withdraw
from app.main import create_app
from app.settings import Settings
from app.topics.vocabulary import read_vocabulary
from tests.api.everywhere import Everywhere
from tests.authors import at
from tests.conftest import NOW

Load = Callable[..., LoadedInterview]

PHRASE = "the Quixelbrandt dossier"
WORD = "Quixelbrandt"
# As an editor copies it, as an index has it, and with a slip.
FORMS = (PHRASE, WORD, "quixelbrandt", "Qixelbrandt")
TALK = f"""WEBVTT

00:00.000 --> 00:04.000
<v Ann Reyes>Who had seen {PHRASE} before the hearing?

00:04.000 --> 00:09.000
<v Bo Lind>My aunt had. She kept {PHRASE} under the old mill, behind our house.

00:09.000 --> 00:12.000
<v Ann Reyes>And after the hearing?

00:12.000 --> 00:16.000
<v Bo Lind>Nobody asked for it, and the mill has burnt down since.
"""
FIRST = TALK.replace("My aunt had. She kept the Quixelbrandt", "Her aunt had. She hid the Qixelbrandt")
METADATA = f"""
title = "On {PHRASE}"
summary = "Two people speak of {PHRASE}."
series = "Mills"
published = "2024-05-06"
slug = "on-a-dossier"
[[speakers]]
labels = ["Ann Reyes"]
name = "Ann Reyes"
role = "interviewer"
[[speakers]]
labels = ["Bo Lind"]
name = "Bo Lind"
role = "interviewee"
[[questions]]
begins = "And after the hearing?"
topics = ["mills"]
"""
# Parts of addresses that say the phrase before it is redacted.
_KINDS = (
    "/v1/questions?",
    "/v1/answers?",
    "/v1/interviews?",
    "/v1/search?",
    "/v1/compare?",
    "/v1/changes?",
    "/v1/sources/",
    "/citation",
    "/difference",
    "/related",
    "/revisions",
    "/source",
    "revision=1",
    # A vocabulary has no words of interviews.
    *(f"format={each.name}" for kind in KINDS if kind is not VOCABULARIES for each in kind),
)
OTHER = """Q: Who had seen the papers of the old mill before the hearing?
A: My aunt had. She kept the papers in our house, and nobody asked before the mill had burnt down.
"""
VOCABULARY = '[mills]\nlabel = "Mill"\n[papers]\nlabel = "Dossier"\n'


@pytest.fixture
def talk(load: Load, database: Database) -> LoadedInterview:
    """An interview at its second revision, whose first one has a slip in the phrase."""
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    load(OTHER, name="other.txt", metadata='series = "Mills"\n[[questions]]\nbegins = "Who"\ntopics = ["papers"]\n')
    load(FIRST, METADATA.replace(PHRASE, "the Qixelbrandt dossier"), name="dossier.vtt")
    loaded = load(TALK, METADATA, name="dossier.vtt")
    suggest_topics(database, min_confidence=0)
    return loaded


@pytest.fixture
def opened(database_url: str, talk: LoadedInterview) -> Iterator[TestClient]:
    settings = Settings(database_url=database_url)
    with TestClient(create_app(settings), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def _saying(answers: dict[str, str], *forms: str) -> list[str]:
    """The addresses whose answers say what was not asked with them."""
    found = []
    for address, answer in answers.items():
        # What somebody asks for is said back.
        asked = [form for form in forms if form in address]
        shown = answer
        for form in sorted({*asked, *map(str.lower, asked)}, key=len, reverse=True):
            shown = shown.replace(form, "").replace(quote(form), "")
        if any(form.lower() in shown.lower() for form in forms):
            found.append(address)
    return found


@pytest.mark.slow
def test_redacted_words_are_in_no_answer_of_any_route_format_or_revision(
    opened: TestClient, talk: LoadedInterview, database: Database
) -> None:
    searches = ("mill", "Quixel*")
    before = Everywhere(opened, searches)
    saying = _saying(before.answers(), *FORMS)
    # Routes of every kind said it, or the search below would prove nothing.
    for part in _KINDS:
        assert any(part in address for address in saying), part
    with database.write() as connection:
        redacted = redact(connection, talk.slug, at(NOW, "a court order"), words=PHRASE)
    assert len(redacted.passages) == 2
    answers = Everywhere(opened, searches, before.names).answers()
    assert len(answers) > 300
    assert _saying(answers, *FORMS) == []
    assert any("a court order" in answer for answer in answers.values())
    for words in (PHRASE, f"She kept {PHRASE} under the old mill", "She hid the Qixelbrandt dossier"):
        verdict = opened.post("/v1/quotes/verify", json={"text": words}).json()
        assert verdict["verdict"] in {"not_found", "altered"}
        # What was asked is said back, in the address of its page too.
        assert WORD not in str(verdict).replace(words, "").replace(quote_plus(words), "")


def test_redacted_words_are_nowhere_in_the_rows_of_the_database(database: Database, talk: LoadedInterview) -> None:
    with database.write() as connection:
        redact(connection, talk.slug, at(NOW), words=PHRASE)
    with database.read() as connection:
        # What the index keeps of deleted documents until it is purged is its own, and cannot be asked for.
        names = [name for name in sa.inspect(connection).get_table_names() if not name.startswith("search_index")]
        for name in names:
            for row in connection.execute(sa.text(f'SELECT * FROM "{name}"')).mappings():  # noqa: S608 - names of the schema
                shown = " ".join(
                    bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
                    for value in row.values()
                ).lower()
                assert "quixel" not in shown, (name, shown[:500])
                assert "qixel" not in shown, (name, shown[:500])


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("words_go", ["redacted", "withdrawn"])
def test_purge_leaves_nothing_in_the_file_of_the_database(
    words_go: str, database: Database, talk: LoadedInterview, tmp_path: Path
) -> None:
    def said() -> int:
        files = [path.read_bytes().lower() for path in tmp_path.glob("*.db*")]
        return sum(content.count(form) for content in files for form in (b"kept the quixel", b"hid the qixel"))

    assert said() > 0
    with database.write() as connection:
        if words_go == "redacted":
            redact(connection, talk.slug, at(NOW), words="She kept the Quixelbrandt dossier")
        else:
            withdraw(connection, talk.slug, at(NOW))
    database.purge()
    assert said() == 0
    if words_go == "withdrawn":
        # The full-text index holds words one by one, without what they have in common with the one before.
        assert not any(b"ixelbrandt" in path.read_bytes().lower() for path in tmp_path.glob("*.db*"))


def test_purge_writes_every_table_of_postgresql_anew(make_database: Callable[[str], str]) -> None:
    database = Database(make_database("postgresql"))

    def files() -> dict[str, int]:
        named = "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
        with database.read() as connection:
            return dict(tuple(row) for row in connection.execute(sa.text(f"{named}'public'::regnamespace")))

    before = files()
    assert {"turn", "transcript", "past_interview", "search_index", "search_word"} <= before.keys()
    database.purge()
    after = files()
    assert [name for name, file in before.items() if after[name] == file] == []
    database.close()


def test_a_redacted_text_says_where_and_why_and_keeps_every_other_offset(
    opened: TestClient, talk: LoadedInterview, database: Database
) -> None:
    before = opened.get(f"/v1/interviews/{talk.slug}/transcript").json()["turns"][1]
    question = opened.get("/v1/questions", params={"interview": talk.slug, "limit": 1, "include": "all"}).json()[
        "items"
    ][0]
    answer = question["answers"][0]
    with database.write() as connection:
        redact(connection, answer["id"], at(NOW, "a court order"), words=PHRASE)
    record = opened.get(f"/v1/interviews/{talk.slug}/transcript?include=source").json()
    after = record["turns"][1]
    start = before["text"].index(PHRASE)
    assert after["redactions"] == [
        {"start": start, "end": start + len(PHRASE), "reason": "a court order", "redacted_at": "2026-01-02T03:04:05Z"}
    ]
    assert after["text"] == before["text"].replace(PHRASE, "█" * len(PHRASE))
    assert {**after, "text": "", "redactions": []} == {**before, "text": ""}
    assert record["revision"] == talk.revision + 1
    assert record["transcript"]["withheld"] is True
    shown = opened.get(f"/v1/answers/{answer['id']}").json()
    assert (shown["revision"], shown["redactions"][0]["start"]) == (answer["revision"] + 1, start)
    assert opened.get(f"/v1/questions/{question['id']}").json()["revision"] == question["revision"]
    revisions = opened.get(f"/v1/answers/{answer['id']}/revisions").json()["items"]
    assert revisions[0]["reason"] == "a court order"
    assert all(PHRASE not in one["text"] for one in revisions)
    source = opened.get(f"/v1/interviews/{talk.slug}/source")
    assert source.status_code == 410
    assert "redacted" in source.json()["detail"]
    # Without the file there are no places in it; all else is cited.
    citation = opened.get(f"/v1/answers/{answer['id']}/citation").json()
    assert (citation["id"], citation["selectors"]["source"]) == (answer["id"], [])
    changes = opened.get("/v1/changes", params={"limit": 100}).json()["items"]
    assert {"interview", "question", "answer"} <= {one["noun"] for one in changes if one["reason"] == "a court order"}


def test_a_quotation_over_a_gap_is_not_said_to_be_exact(
    opened: TestClient, talk: LoadedInterview, database: Database
) -> None:
    with database.write() as connection:
        redact(connection, talk.slug, at(NOW), words=PHRASE)
    over = opened.get("/v1/quotes/verify", params={"text": "She kept under the old mill, behind our house"}).json()
    assert over["verdict"] == "altered"
    as_it_stands = f"She kept {'█' * len(PHRASE)} under the old mill"
    assert opened.get("/v1/quotes/verify", params={"text": as_it_stands}).json()["verdict"] == "exact"
    assert opened.get("/v1/search", params={"q": '"kept under"'}).json()["items"] == []


@pytest.mark.slow
@pytest.mark.exhaustive_on_postgresql
def test_a_withdrawn_interview_is_in_no_answer_and_its_addresses_say_why(
    opened: TestClient, talk: LoadedInterview, database: Database
) -> None:
    searches = ("burnt", "Lind")
    before = Everywhere(opened, searches)
    said = ("Nobody asked for it", "burnt down since", "behind our house", "Bo Lind", WORD)
    assert len(_saying(before.answers(), *said)) > 50
    with database.write() as connection:
        withdraw(connection, talk.slug, at(NOW, "asked for by the interviewee"))
    answers = Everywhere(opened, searches, before.names).answers()
    assert _saying(answers, *said) == []
    gone = opened.get(f"/v1/interviews/{talk.slug}")
    assert gone.status_code == 410
    assert gone.json()["reason"] == "asked for by the interviewee"
    assert gone.json()["taken_out_at"] == "2026-01-02T03:04:05Z"
    assert opened.get(f"/v1/interviews/{talk.interview_id}").status_code == 410
    for noun in ("questions", "answers"):
        of_talk = [name for name in before.names[noun] if name.startswith(talk.interview_id)]
        assert of_talk
        for name in of_talk:
            assert opened.get(f"/v1/{noun}/{name}").json()["reason"] == "asked for by the interviewee"
    assert opened.get("/v1/speakers/bo-lind").status_code == 404
    tombstones = opened.get("/v1/changes", params={"limit": 100, "data": "true"}).json()["items"]
    assert "deleted" in {one["action"] for one in tombstones if one["id"] == talk.interview_id}


@pytest.mark.slow
@pytest.mark.exhaustive_on_postgresql
def test_an_embargo_hides_everything_until_its_time_and_ids_come_back(
    opened: TestClient, talk: LoadedInterview, database: Database
) -> None:
    searches = ("burnt", "Lind")
    before = Everywhere(opened, searches)
    said = ("Nobody asked for it", "burnt down since", "behind our house", "Bo Lind", WORD)
    shown = opened.get(f"/v1/questions?interview={talk.slug}").json()["items"]
    past = opened.get(f"/v1/interviews/{talk.slug}/transcript?revision=1").json()
    # The application of the test ends embargoes by the clock on the wall.
    until = datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)
    with database.write() as connection:
        hold(connection, talk.slug, until, at(NOW, "until the hearing"))
    assert _saying(Everywhere(opened, searches, before.names).answers(), *said) == []
    assert opened.get(f"/v1/interviews/{talk.slug}").json()["reason"] == "until the hearing"
    with database.write() as connection:
        assert release_due(connection, at(until - datetime.timedelta(seconds=1))) == []
        assert [held.slug for held in release_due(connection, at(until))] == [talk.slug]
    assert opened.get(f"/v1/questions?interview={talk.slug}").json()["items"] == shown
    assert opened.get(f"/v1/interviews/{talk.slug}/transcript?revision=1").json() == past
    assert opened.get(f"/v1/interviews/{talk.slug}/source").content == TALK.encode()
    newest = {one["id"]: one["action"] for one in opened.get("/v1/changes?limit=100").json()["items"]}
    assert {newest[name] for name in (talk.interview_id, shown[0]["id"])} == {"created"}
    assert _saying(Everywhere(opened, ("burnt",)).answers(), "burnt down since")
