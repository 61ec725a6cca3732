"""People found by name, on both engines."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli.program import cli
from app.cli.terminal import Exit
from app.db import Database
from app.loading import LoadedInterview
from app.loading.speaker_index import index_missing_speakers
from app.maintenance.integrity import names
from app.maintenance.integrity.check import ItemCounter, Problem
from app.models import Topic
from app.text.names import MAX_LETTERS, MAX_WORDS, name_key, name_words

PEOPLE: tuple[tuple[str, list[str]], ...] = (
    ("Kassym-Jomart Tokayev", ["Qasym-Jomart Toqayev"]),
    ("K. Tokayeva", []),
    ("Токаев Иван", []),
    ("Jürgen O’Brien", []),
    ("Maria Lopez", []),
    ("Mario Lopes", []),
    ("M. Okri", []),
)


@pytest.fixture
def people(load: Callable[..., LoadedInterview], client: TestClient) -> TestClient:
    """A client of a corpus in which each of PEOPLE gives one answer more than the next."""
    for number, (name, aliases) in enumerate(PEOPLE):
        answers = "".join(
            f"Q: What of {number} and {one}?\nA: It is {one} of {number}.\n" for one in range(len(PEOPLE) - number)
        )
        stated = f'slug = "talk-{number}"\nseries = "Series {number % 2}"\n[[speakers]]\nlabels = ["A"]\n'
        load(answers, f'{stated}name = "{name}"\naliases = {aliases!r}\nrole = "interviewee"\n')
    return client


def _found(client: TestClient, query: str) -> list[tuple[str, str]]:
    answer = client.get(f"/v1/speakers?{query}").json()
    assert answer["page"]["total"] == len(answer["items"])
    return [(one["name"], one["match"]) for one in answer["items"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kassym-jomart tokayev", [("Kassym-Jomart Tokayev", "name")]),
        ("TOQAYEV", [("Kassym-Jomart Tokayev", "words"), ("K. Tokayeva", "near"), ("Токаев Иван", "near")]),
        ("Qasym-Jomart Toqayev", [("Kassym-Jomart Tokayev", "name")]),
        ("jurgen obrien", [("Jürgen O’Brien", "name")]),
        ("O'Brien, Jürgen", [("Jürgen O’Brien", "words")]),
        ("ivan tokaev", [("Токаев Иван", "words")]),
        ("Mari Lop", [("Maria Lopez", "words"), ("Mario Lopes", "words")]),
        ("Mario Lopez", [("Mario Lopes", "near"), ("Maria Lopez", "near")]),
        ("Maria Okri", [("M. Okri", "words")]),
        ("Zzyzx", []),
    ],
)
def test_name_finds_whom_it_means_and_tells_near_names_apart(
    people: TestClient, asked: str, found: list[tuple[str, str]]
) -> None:
    assert sorted(_found(people, f"q={asked}")) == sorted(found)


def test_initial_stands_for_a_name_that_begins_with_it(people: TestClient) -> None:
    assert _found(people, "q=K. Tokayev") == [("Kassym-Jomart Tokayev", "words"), ("K. Tokayeva", "words")]


def test_whole_names_come_first_then_words_then_near_names(people: TestClient) -> None:
    assert [match for _name, match in _found(people, "q=tokayeva")] == ["words", "near", "near"]
    assert [match for _name, match in _found(people, "q=tokayeva&sort=-relevance")] == ["near", "near", "words"]
    assert _found(people, "q=Kassym-Jomart Tokayev")[0] == ("Kassym-Jomart Tokayev", "name")


def test_list_without_a_name_matches_nothing_in_particular(people: TestClient) -> None:
    assert {match for _name, match in _found(people, "limit=100")} == {None}


@pytest.mark.parametrize("asked", ["", " ", "...", "%2C-"])
def test_name_without_a_letter_is_refused(people: TestClient, asked: str) -> None:
    answer = people.get(f"/v1/speakers?q={asked}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "q")


def test_speakers_are_sorted_by_answers_and_by_name(people: TestClient) -> None:
    named = [name for name, _aliases in PEOPLE]
    by_answers = [name for name, _match in _found(people, "sort=-answers&role=interviewee&limit=100")]
    assert by_answers == named
    upwards = [name for name, _match in _found(people, "sort=name&limit=100") if name]
    assert upwards == sorted(named, key=name_key)
    # Those without a name come last both ways.
    assert [name for name, _match in _found(people, "sort=-name&limit=100")][: len(named)] == upwards[::-1]


def test_sort_by_relevance_needs_a_name(people: TestClient) -> None:
    answer = people.get("/v1/speakers?sort=relevance")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "sort")


def test_name_and_filters_narrow_together(people: TestClient) -> None:
    assert _found(people, "q=lopez&series=Series 0") == [("Maria Lopez", "words")]
    assert _found(people, "q=lopez&role=interviewer") == []


def test_topic_gives_those_who_answer_a_question_on_it(seed: TestClient) -> None:
    answers = seed.get("/v1/answers?topic=interfaith-dialogue&limit=100").json()["items"]
    slugs = {one["speaker"]["slug"] for one in answers}
    speakers = seed.get("/v1/speakers?topic=interfaith-dialogue").json()["items"]
    assert slugs == {one["slug"] for one in speakers} == {"worldnewsam-3712-interviewee"}
    assert seed.get("/v1/speakers?topic=interfaith-dialogue&role=interviewer").json()["items"] == []
    assert seed.get("/v1/speakers?topic=interfaith-dialog").status_code == 422


def _problems(database: Database) -> list[Problem]:
    with database.read() as connection:
        return list(names.CHECK.find_problems(connection, ItemCounter()))


def test_index_follows_a_correction_and_is_built_anew(
    load: Callable[..., LoadedInterview], people: TestClient, database: Database
) -> None:
    text = "Q: What of 4 and 0?\nA: It is 0 of 4.\n"
    load(text, 'slug = "talk-4"\n[[speakers]]\nlabels = ["A"]\nname = "Maria Lopezova"\n')
    with database.write() as connection:
        assert _problems(database) == []
        connection.execute(sa.text("DELETE FROM speaker_entry"))
        connection.execute(sa.text("DELETE FROM speaker_word"))
    assert _problems(database) != []
    with database.write() as connection:
        assert index_missing_speakers(connection) > 0
    assert _problems(database) == []
    assert ("Maria Lopezova", "words") in _found(people, "q=lopezova")


WHO_IS_MEANT = r"'\. Did you mean 'kassym-jomart-tokayev' \(Kassym-Jomart Tokayev\)"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/questions?speaker=Tokayev", 422),
        ("/v1/answers?answered_by=-Tokayev", 422),
        ("/v1/interviews?asked_by=Tokayev", 422),
        ("/v1/search?q=what&speaker=kassym-jomart-tokayev,Tokayev", 422),
        ("/v1/quotes/verify?text=It is&speaker=Tokayev", 422),
        ("/v1/compare?topic=peace&speaker=Tokayev&speaker=maria-lopez", 422),
        ("/v1/speakers/Tokayev", 422),
        ("/v1/speakers/Tokayev/answers", 422),
        ("/v1/speakers/tokayev", 404),
    ],
)
def test_name_in_place_of_a_slug_answers_with_who_is_meant(
    people: TestClient, database: Database, address: str, status: int
) -> None:
    with database.write() as connection:
        connection.execute(
            sa.insert(Topic).values(id="t-peace", slug="peace", label="Peace", labels=[], exact_match=[])
        )
    answer = people.get(address)
    assert answer.status_code == status
    assert re.search(f"There is no speaker '(?i:tokayev){WHO_IS_MEANT}", answer.json()["detail"])
    if status == 422:
        assert answer.json()["errors"][0]["suggestions"][0] == "kassym-jomart-tokayev"


@pytest.mark.parametrize("wrong", ["K. Tokayev", "tokaev", "TOKAYEV Kassym", "kassym-jomart-tokaev", "Tokayev\u00a0"])
def test_name_spelled_otherwise_answers_with_who_is_meant(people: TestClient, wrong: str) -> None:
    answer = people.get("/v1/questions", params={"speaker": wrong})
    assert "kassym-jomart-tokayev" in answer.json()["errors"][0]["suggestions"]


@pytest.mark.parametrize("path", ["%00", "a%00b", "x" * 121])
def test_what_no_slug_can_be_is_refused_in_a_path(people: TestClient, path: str) -> None:
    assert people.get(f"/v1/speakers/{path}").status_code in {400, 404, 422}


def test_command_line_says_who_is_meant_too(people: TestClient, database_url: str, tmp_path: Path) -> None:
    article = tmp_path / "article.md"
    article.write_text("“It is 0 of 0, as ever,” said Maria Lopez.\n")
    for words in (["It is 0 of 0"], ["--file", str(article)]):
        asked = ["verify", *words, "--speaker", "Tokayev"]
        refused = CliRunner().invoke(cli, asked, env={"QUOTH_DATABASE_URL": database_url})
        assert refused.exit_code == Exit.USAGE
        assert re.search(f"Tokayev{WHO_IS_MEANT}", " ".join(refused.output.split()))


@given(st.text(max_size=200))
def test_words_of_a_name_are_short_and_plain(name: str) -> None:
    words = name_words(name)
    assert len(words) <= MAX_WORDS
    assert all(0 < len(word) <= MAX_LETTERS and word.isascii() and word.isalnum() for word in words)
    assert name_words(" ".join(words)) == words
