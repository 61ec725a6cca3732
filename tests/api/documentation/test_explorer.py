import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from app.api.documentation.explorer import DOCUMENT, EXPLORER, STATIC

Load = Callable[..., Any]
# Of a series, and without topics.
OTHER = "Q: Who digs wells now?\n\nA: Nobody digs wells, since pumps came to the valley.\n"
METADATA = 'series = "The Long Walk"'


def _document(client: TestClient) -> dict[str, Any]:
    response = client.get(DOCUMENT)
    assert response.status_code == 200
    document: dict[str, Any] = response.json()
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            # Nobody has filled in a key.
            if "security" not in operation:
                yield method, path, operation


def _execute(client: TestClient, method: str, path: str, operation: dict[str, Any]) -> Any:
    """Send what an explorer has filled in when somebody presses the button."""
    query = {}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
        elif "example" in parameter:
            query[parameter["name"]] = parameter["example"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    return client.request(method, path, params=query, json=body)


def _assert_all_succeed(client: TestClient) -> None:
    for method, path, operation in _operations(_document(client)):
        response = _execute(client, method, path, operation)
        assert response.status_code == 200, (path, response.text)


def _assert_first_click_shows_a_question_with_its_answer(client: TestClient) -> None:
    item = _execute(client, *next(_operations(_document(client)))).json()["items"][0]
    assert item["text"]
    assert item["answers"][0]["text"]


def test_first_click_gives_a_question_with_its_answer(seed: TestClient) -> None:
    _assert_first_click_shows_a_question_with_its_answer(seed)


def test_first_click_gives_a_question_with_its_answer_on_another_corpus(client: TestClient, load: Load) -> None:
    load(OTHER, METADATA)
    _assert_first_click_shows_a_question_with_its_answer(client)


def test_every_operation_succeeds_as_it_is_filled_in_on_the_seed(seed: TestClient) -> None:
    _assert_all_succeed(seed)


def test_every_operation_succeeds_as_it_is_filled_in_on_another_corpus(client: TestClient, load: Load) -> None:
    load(OTHER, METADATA)
    document = _document(client)
    assert "worldnewsam" not in json.dumps([one.get("parameters") for _, _, one in _operations(document)])
    topicless = {path for path in document["paths"] if "{topic}" in path} | {"/v1/compare"}
    for method, path, operation in _operations(document):
        if path not in topicless:
            response = _execute(client, method, path, operation)
            assert response.status_code == 200, (path, response.text)


def test_nothing_optional_is_filled_in(seed: TestClient) -> None:
    for _, path, operation in _operations(_document(seed)):
        for parameter in operation.get("parameters", []):
            filled_in = {"example", "examples"} & set(parameter) | {"default", "example", "examples"} & set(
                parameter["schema"]
            )
            assert parameter["required"] or not filled_in, (path, parameter["name"])


def test_optional_parameters_tell_their_default_and_a_value_of_the_corpus(client: TestClient, load: Load) -> None:
    load(OTHER, METADATA)
    parameters = {
        one["name"]: one["description"] for one in _document(client)["paths"]["/v1/questions"]["get"]["parameters"]
    }
    assert "Without it, `20`." in parameters["limit"]
    assert "Such as `The Long Walk`." in parameters["series"]
    assert "Such as" not in parameters["topic"]


def test_document_is_valid_and_has_nothing_that_takes_long_to_show(seed: TestClient) -> None:
    document = _document(seed)
    validate(document)
    assert document["openapi"].startswith("3.0")
    assert '"pattern"' not in json.dumps(document["paths"])
    assert len(json.dumps(document)) < 600_000


@pytest.mark.parametrize("path", [DOCUMENT, "/docs"])
def test_explorer_opens_on_an_empty_corpus(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_explorer_of_an_empty_corpus_says_that_nothing_is_loaded(client: TestClient) -> None:
    assert _document(client)["info"]["description"].startswith("**Nothing is loaded yet**")


def test_no_script_or_style_is_in_the_page_itself(client: TestClient) -> None:
    page = client.get("/docs")
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.findall(r"<script>|<style|style=|onclick", page.text)


def test_vendored_files_are_those_that_were_summed() -> None:
    lines = (STATIC / EXPLORER / "SHA256SUMS").read_text().splitlines()
    listed = {name.lstrip("*"): digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    present = {path.name for path in (STATIC / EXPLORER).iterdir()} - {"SHA256SUMS"}
    assert set(listed) >= {name for name in present if name.endswith((".js", ".css", ".png"))}
    for name, digest in listed.items():
        assert hashlib.sha256((STATIC / EXPLORER / name).read_bytes()).hexdigest() == digest
    assert "LICENSE" in present


def test_page_asks_no_other_server(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert not re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]+", page.text)
    for address in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text):
        assert client.get(address).status_code == 200
    assert "'self'" in page.headers["Content-Security-Policy"]
    assert "http" not in page.headers["Content-Security-Policy"]


def test_vendored_files_never_change_at_their_address(client: TestClient) -> None:
    assert "immutable" in client.get(f"/static/{EXPLORER}/swagger-ui.css").headers["Cache-Control"]
