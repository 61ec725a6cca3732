"""/llms.txt has the form of https://llmstxt.org, and every address in it leads somewhere."""

import re

from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings

LINK = re.compile(r"- \[([^\]]+)\]\(([^)]+)\)(?:: .+)?")


def test_document_has_its_form(seed: TestClient) -> None:
    answer = seed.get("/llms.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "# Quoth"
    assert lines[2].startswith("> ")
    headings = [line for line in lines if line.startswith("#")]
    # One title, then sections of links alone.
    assert [heading.partition(" ")[0] for heading in headings] == ["#", "##", "##", "##"]
    sections = answer.text.split("\n## ")[1:]
    for section in sections:
        assert all(LINK.fullmatch(line) for line in section.splitlines()[1:] if line), section
    assert "There are 1 interview, 5 questions, 2 speakers, 16 topics." in answer.text


def test_every_address_leads_somewhere(seed: TestClient) -> None:
    text = seed.get("/llms.txt").text
    addresses = [match[2] for match in LINK.finditer(text)]
    assert {"/v1/questions", "/mcp", "/openapi.json"} <= set(addresses)
    for address in addresses:
        # Some need parameters, and the tools another method.
        assert seed.get(address).status_code in {200, 405, 422}, address
    assert seed.get("/v1/answers/gky5nhbt0gvp-a1?revision=1").status_code == 200


def test_addresses_are_public_ones(seeded: object, database_url: str) -> None:
    with TestClient(create_app(Settings(database_url=database_url, public_url="https://quotes.example"))) as client:
        addresses = [match[2] for match in LINK.finditer(client.get("/llms.txt").text)]
    assert all(address.startswith("https://quotes.example/") for address in addresses)


def test_empty_corpus_says_so(client: TestClient) -> None:
    assert "quoth load" in client.get("/llms.txt").text
