"""An interview that is held back is found in no answer without a key: a server that has it answers every request as one
that never had it, down to the headers and the statements that it sends to the database.
"""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.api.parameters.declared import read_routes
from app.db import Database
from app.loading import load_interview, load_vocabulary, redact, state_by_ids, undo_statements, withdraw
from app.main import create_app
from app.models import Scope
from app.queries.held import find_held
from app.settings import Settings
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.api.everywhere import Everywhere
from tests.api.keyed import bearer, key_for
from tests.api.write_cases import CASES, Case
from tests.authors import at
from tests.conftest import NOW

VOCABULARY = '[mills]\nlabel = "Mill"\n[papers]\nlabel = "Dossier"\n'
OPEN = """Q: Who had seen the papers of the old mill before the hearing?
A: My aunt had. She kept the papers in our house, and nobody asked before the mill had burnt down.
"""
PEOPLE = """[[speakers]]
labels = ["Q"]
name = "Ann Reyes"
[[speakers]]
labels = ["A"]
name = "{}"
"""
OPEN_METADATA = (
    'slug = "papers"\nseries = "Mills"\npublished = "2024-05-05"\n[[questions]]\nbegins = "Who"\ntopics = ["papers"]\n'
)
# Somebody who is known takes part, and somebody who is not.
HELD = """Q: Who had seen the Quixelbrandt dossier before the hearing?
A: My aunt had. She kept the dossier under the old mill, behind our house.
Q: And after the hearing?
A: Nobody asked for it, and the mill has burnt down since.
"""
HELD_METADATA = """slug = "on-quixelbrandt"
title = "On Quixelbrandt"
series = "Mills"
publisher = "Quixel Press"
language = "nds"
published = "2024-05-06"
embargo_until = "2199-12-31"
[[questions]]
begins = "And after"
topics = ["mills"]
"""
SECRETS = ("quixel", "zeno", "quill", "nds")
SEARCHES = ("mill", "Quixelbrandt", "Nobody asked for it", "Zeno", "dossier")
# The end of embargoes, and answers that are kept for a day.
_OF_TIMERS = re.compile(r"min\(embargo\.until\)|FROM kept_answer")
_CHANGING = re.compile(r"'(?:x-request-id|server-timing|date)': '[^']*'")


WITHDRAWN = HELD.replace("Quixelbrandt dossier", "Quixelbrandt ledger")


def _load(database: Database, text: str, metadata: str, name: str) -> None:
    people = PEOPLE.format("Bo Lind" if "Quixel" not in text else "Zeno Quill")
    sidecar = read_sidecar("x.toml", f"{metadata}{people}".encode())
    prepared = prepare(Source(name, text.encode()), sidecar, "x.toml")
    with database.write() as connection:
        load_interview(connection, prepared, at(NOW))


def _work_on_what_is_held(database: Database) -> None:
    """Edit an interview that is held back, take words out of it, and withdraw another one."""
    _load(database, WITHDRAWN, HELD_METADATA.replace("on-quix", "of-quix"), "ledger.txt")
    with database.write() as connection:
        named = find_held(connection, "on-quixelbrandt")
        turn = named["turns"][3]["id"]
        document = {"turns": [{"turn": turn, "part_at": "and the mill"}], "title": "On Quixelbrandt's papers"}
        state_by_ids(connection, named["id"], document, at(NOW, "Quixel"), held=True)
        undo_statements(connection, named["id"], at(NOW), held=True)
        redact(connection, named["id"], at(NOW, "Quixel"), words="behind our house", held=True)
        withdraw(connection, "of-quixelbrandt", at(NOW, "Quixel"), held=True)


@contextmanager
def _served(url: str, *, with_held: bool) -> Iterator[tuple[TestClient, Database]]:
    database = Database(url)
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", VOCABULARY.encode()), at(NOW))
    _load(database, OPEN, OPEN_METADATA, "papers.txt")
    if with_held:
        _load(database, HELD, HELD_METADATA, "dossier.txt")
        _work_on_what_is_held(database)
    # What is held back would be a neighbour of this one: the same people, series and words.
    _load(
        database,
        OPEN.replace("mill", "ferry"),
        'slug = "ferry"\nseries = "Mills"\npublished = "2024-05-07"\n',
        "ferry.txt",
    )
    # No answer comes out of a cache, so that every one asks the database.
    settings = Settings(database_url=url, cache_bytes=0)
    with TestClient(create_app(settings), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client, database
    database.close()


def _names(database: Database) -> dict[str, list[str]]:
    """The names of what is held back, by noun."""
    with database.read() as connection:
        item = find_held(connection, "on-quixelbrandt")
    answers = [answer for question in item["questions"] for answer in question["answers"]]
    return {
        "interviews": [item["slug"], item["id"], "of-quixelbrandt"],
        "questions": [question["id"] for question in item["questions"]],
        "answers": [answer["id"] for answer in answers],
        "speakers": [person["slug"] for person in item["interview"]["people"]],
        "topics": ["mills"],
    }


@contextmanager
def _statements() -> Iterator[list[str]]:
    """Collect the statements that are sent to any database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def _others(client: TestClient, names: dict[str, list[str]]) -> list[str]:
    """Return addresses that the description does not list, with every name that there is."""
    described = client.get("/openapi.json").json()["paths"]
    every = [name for some in names.values() for name in some]
    addresses = []
    for route in read_routes(client.app):  # type: ignore[arg-type]  # it is the application
        if route.path not in described:
            placeholders = re.findall(r"\{(\w+)(?::\w+)?\}", route.path)
            filled = every if placeholders else [""]
            addresses += [re.sub(r"\{\w+(?::\w+)?\}", name, route.path) for name in filled]
    return addresses


def _answers(client: TestClient, names: dict[str, list[str]]) -> dict[str, str]:
    """Ask for everything, without a key and with the names of what is held back."""
    answers = Everywhere(client, SEARCHES, names).answers()
    for address in _others(client, names):
        response = client.get(address)
        answers[address] = f"{response.status_code}\n{response.headers}\n{response.text}"
    for text in SEARCHES:
        posted = client.post("/v1/quotes/verify", json={"text": text})
        answers[f"POST {text}"] = f"{posted.status_code}\n{posted.headers}\n{posted.text}"
    return {address: _CHANGING.sub("", answer) for address, answer in answers.items()}


@pytest.mark.slow
def test_a_server_that_holds_an_interview_back_answers_as_one_that_never_had_it(
    engine: str, make_database: Callable[[str], str]
) -> None:
    with (
        _served(make_database(engine), with_held=True) as (holding, its_database),
        _served(make_database(engine), with_held=False) as (other, other_database),
    ):
        for database in (its_database, other_database):
            key_for(database, Scope.READ_HELD)
        names = _names(its_database)
        with _statements() as sent:
            answers = _answers(holding, names)
        with _statements() as sent_by_other:
            others = _answers(other, names)
    assert len(answers) > 300
    assert answers.keys() == others.keys()
    assert {address for address, answer in answers.items() if answer != others[address]} == set()
    # What takes other statements takes another time. Timers ask in the background, for both alike.
    of_answers, of_others = (
        [one for one in some if one.startswith("SELECT") and not _OF_TIMERS.search(one)]
        for some in (sent, sent_by_other)
    )
    assert of_answers == of_others
    assert not any("embargo" in one for one in of_answers)
    # The requests are right: what is public was answered, and what is held back was asked for by name.
    assert any("papers" in answer for answer in answers.values())
    assert any("on-quixelbrandt" in address for address in answers)


def _asked_with(client: TestClient, names: dict[str, list[str]], headers: dict[str, str]) -> dict[str, str]:
    """Ask each operation that takes a key, about what is held back, and have nothing written."""
    answers = {}
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        nouns = {"interview": "interviews", "id": "questions", "question": "questions"}
        [noun, *_more] = [*(nouns[one] for one in re.findall(r"\{(\w+)\}", path) if one in nouns), ""]
        for method, operation in operations.items():
            if "security" not in operation or not noun:
                continue
            case = CASES.get(operation["operationId"], Case())
            is_json = isinstance(case.body, dict)
            body = json.dumps(case.body).encode() if is_json else case.body or b""
            typed = {**headers, **({"Content-Type": "application/json"} if is_json else {}), **case.headers}
            query = "" if method == "get" else f"?dry_run=true&{case.query}"
            for name, if_match in itertools.product(names[noun], (None, "*", '"seen"')):
                filled = re.sub(r"\{(?:interview|id|question)\}", name, path).replace("{topic}", "mills")
                address = re.sub(r"\{version\}", "1", filled) + query
                sent = typed if if_match is None else {**typed, "If-Match": if_match}
                response = client.request(method, address, content=body, headers=sent)
                shown = f"{response.status_code}\n{response.headers}\n{response.text}"
                answers[f"{method} {address} {if_match}"] = _CHANGING.sub("", shown)
    for question in names["questions"]:
        decisions = {"decisions": [{"question": question, "topic": "mills", "state": "rejected"}]}
        response = client.post("/v1/decisions?dry_run=true", json=decisions, headers=headers)
        shown = f"{response.status_code}\n{response.headers}\n{response.text}"
        answers[f"post /v1/decisions {question}"] = _CHANGING.sub("", shown)
    return answers


@pytest.mark.exhaustive_on_postgresql
@pytest.mark.parametrize("scopes", [(), (Scope.WRITE, Scope.REDACT, Scope.KEYS)], ids=["no key", "another scope"])
def test_what_takes_a_key_answers_as_if_there_were_none_without_the_scope(
    engine: str, make_database: Callable[[str], str], scopes: tuple[Scope, ...]
) -> None:
    with (
        _served(make_database(engine), with_held=True) as (holding, its_database),
        _served(make_database(engine), with_held=False) as (other, other_database),
    ):
        names, found = _names(its_database), []
        for client, database in ((holding, its_database), (other, other_database)):
            key = key_for(database, *(scopes or (Scope.READ_HELD,)))
            with _statements() as sent:
                answers = _asked_with(client, names, bearer(key) if scopes else {})
            asked = [one for one in sent if one.startswith("SELECT") and not _OF_TIMERS.search(one)]
            # That a key was used is noted in the background, with a lock of its own.
            found.append((answers, sorted(one for one in asked if "pg_advisory_xact_lock" not in one)))
        (answers, of_answers), (others, of_others) = found
        # The same with a key that may read it: the requests are right.
        with_key = _asked_with(holding, names, bearer(key_for(its_database)))
    assert len(answers) > 60
    assert answers == others
    assert of_answers == of_others
    assert not any("embargo" in one for one in of_answers)
    assert sum(with_key[one] != answer for one, answer in answers.items()) > 20
    assert not any(secret in str(answers).lower().replace("quixelbrandt", "") for secret in ("quixel", "zeno", "quill"))


def test_what_a_key_may_read_is_in_no_cache(engine: str, make_database: Callable[[str], str]) -> None:
    with _served(make_database(engine), with_held=True) as (client, database):
        reader = bearer(key_for(database, Scope.READ_HELD))
        held = "/v1/interviews/on-quixelbrandt"
        stated = (f"{held}/statements", f"{held}/statements/versions", f"{held}/statements/versions/1")
        for address in ("/v1/held", "/v1/held/on-quixelbrandt", f"{held}/embargo", *stated):
            with_key = client.get(address, headers=reader)
            assert (with_key.status_code, "quixel" in with_key.text) == (200, True)
            assert with_key.headers["Cache-Control"] == "private, no-store"
            assert "Authorization" in with_key.headers["Vary"]
            for headers in ({}, bearer("quoth_00000000_0"), bearer(key_for(database, Scope.WRITE))):
                without = client.get(address, headers=headers)
                # To a key that may write, it is as if nothing had this name.
                assert without.status_code in ({401, 404} if address in stated else {401, 403})
                shown = f"{without.headers} {without.text}".lower().replace(address, "").replace("on-quixelbrandt", "")
                assert not any(secret in shown for secret in SECRETS), address
