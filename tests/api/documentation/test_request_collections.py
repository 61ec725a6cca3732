import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from app.api.documentation.explorer import BRUNO, POSTMAN
from app.db import Database
from app.loading import redact
from tests.api.documentation.test_explorer import METADATA, OTHER
from tests.authors import at
from tests.seed import NOW

Load = Callable[..., Any]
# What an address, a template or a text file of requests could take for its own.
AWKWARD = "Q: What did you {{answer}}?\n\nA: {{50%}} & more? #1: \"yes\" + 'no' \\ }\n}\nДа, конечно; 100 % = всё.\n"
SAME = "Ann Lee: What do I do?\n\nAnn Lee: I dig wells all day long.\n"


def _sent(client: TestClient) -> Iterator[tuple[str, Any]]:
    """Send each request of Postman's collection as Postman does."""
    collection = client.get(POSTMAN).json()
    for folder in collection["item"]:
        for item in folder["item"]:
            request = item["request"]
            url = request["url"]
            named = {one["key"]: one["value"] for one in url["variable"]}
            path = "/".join(named[part[1:]] if part.startswith(":") else part for part in url["path"])
            query = "&".join(f"{one['key']}={one['value']}" for one in url["query"] if not one.get("disabled"))
            assert "{{" not in path + query + request.get("body", {}).get("raw", "")
            assert url["raw"].count("{{") == 1
            headers = {one["key"]: one["value"] for one in request["header"]}
            body = request.get("body", {}).get("raw")
            address = f"/{path}{'?' if query else ''}{query}"
            yield item["name"], client.request(request["method"], address, content=body, headers=headers)


def _assert_all_succeed(client: TestClient) -> list[str]:
    names = []
    for name, response in _sent(client):
        assert response.status_code == 200, (name, response.text)
        names.append(name)
    assert names
    return names


def _operations(client: TestClient) -> set[str]:
    paths = client.get("/openapi.json").json()["paths"].values()
    every = [operation for operations in paths for operation in operations.values()]
    return {operation["summary"] for operation in every if "security" not in operation}


def test_every_operation_is_a_request_that_succeeds_on_the_seed(seed: TestClient) -> None:
    names = _assert_all_succeed(seed)
    assert set(names) == _operations(seed)
    assert len(names) == len(set(names))


def test_every_request_succeeds_on_another_corpus_and_topics_that_it_has_not_are_left_out(
    client: TestClient, load: Load
) -> None:
    load(OTHER, METADATA)
    left_out = _operations(client) - set(_assert_all_succeed(client))
    of_topics = {"Get one topic", "Get a question's topic", "List questions of a topic", "Compare speakers on a topic"}
    assert left_out == of_topics


@pytest.mark.parametrize("text", [AWKWARD, SAME, "Q: Who?\nA: 42.\n", "Q: Does nobody answer?\n\nQ: Nobody at all?\n"])
def test_every_request_succeeds_whatever_the_words_are(client: TestClient, load: Load, text: str) -> None:
    load(text)
    _assert_all_succeed(client)


def test_every_request_succeeds_where_words_were_taken_out(client: TestClient, load: Load, database: Database) -> None:
    load(OTHER)
    answer = client.get("/v1/answers").json()["items"][0]
    with database.write() as connection:
        redact(connection, answer["id"], at(NOW, "a court order"))
    names = _assert_all_succeed(client)
    assert "Get one answer" in names
    assert not [name for name in names if "source file" in name or "Cite" in name]
    load("Q: Who keeps bees?\n\nA: My aunt keeps bees in the orchard.\n")
    assert "Cite an answer" in _assert_all_succeed(client)


def test_every_request_succeeds_on_an_empty_corpus(client: TestClient) -> None:
    assert "List questions with answers" in _assert_all_succeed(client)


def test_nothing_optional_is_sent(seed: TestClient) -> None:
    for folder in seed.get(POSTMAN).json()["item"]:
        for item in folder["item"]:
            for one in item["request"]["url"]["query"]:
                assert one.get("disabled") or one["value"]


def _archived(client: TestClient) -> dict[str, str]:
    response = client.get(BRUNO)
    assert response.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    return {name: archive.read(name).decode() for name in archive.namelist()}


def test_bruno_has_the_same_requests(seed: TestClient) -> None:
    collection = seed.get(POSTMAN).json()
    raw = [item["request"]["url"]["raw"] for folder in collection["item"] for item in folder["item"]]
    files = _archived(seed)
    urls = [match[1] for text in files.values() if (match := re.search(r"^  url: (.+)$", text, re.MULTILINE))]
    assert sorted(urls) == sorted(raw)
    assert json.loads(files["quoth/bruno.json"])["type"] == "collection"


def test_words_do_not_end_a_block_of_bruno(client: TestClient, load: Load) -> None:
    load(AWKWARD)
    for name, text in _archived(client).items():
        if name.endswith(".bru"):
            blocks = re.sub(r"^[a-z:-]+ \{\n(?: .*\n|\n)*\}\n", "", text, flags=re.MULTILINE)
            assert not blocks.strip(), name
    [posted] = [text for name, text in _archived(client).items() if "post {" in text]
    body = re.search(r"body:json \{\n(.+?)\n\}\n", posted, re.DOTALL)
    assert body is not None
    quoted = json.loads(body[1])["text"]
    [address] = [
        one["value"]
        for folder in client.get(POSTMAN).json()["item"]
        for item in folder["item"]
        if item["name"] == "Verify a short quotation"
        for one in item["request"]["url"]["query"]
        if one["key"] == "text"
    ]
    assert unquote(address) == quoted
    assert "{{50%}}" in quoted


def test_same_requests_are_the_same_bytes(seed: TestClient) -> None:
    assert seed.get(BRUNO).content == seed.get(BRUNO).content
    assert seed.get(BRUNO).headers["Content-Disposition"] == 'attachment; filename="quoth-bruno.zip"'
    assert seed.get(POSTMAN).headers["Content-Disposition"] == 'attachment; filename="quoth-postman.json"'
