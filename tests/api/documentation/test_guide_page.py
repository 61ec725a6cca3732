import re
from collections.abc import Callable
from html import unescape
from typing import Any

from starlette.testclient import TestClient

from app.api.documentation.guide import render
from tests.api.documentation.test_explorer import METADATA, OTHER
from tests.documents.test_guide import GUIDE

Load = Callable[..., Any]
LINK = re.compile(r'href="([^"]+)">Open ')
# Examples of refusals are refused on any corpus; that of captions is 404 where the source has no times.
REFUSED = re.compile(r"topics=|interfaith-dialog$|per_page|format=vtt")


def _page(client: TestClient) -> str:
    response = client.get("/docs/guide")
    assert response.status_code == 200
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    return response.text


def _assert_requests_succeed(client: TestClient) -> list[str]:
    addresses = [unescape(one) for one in LINK.findall(_page(client))]
    for address in addresses:
        status = client.get(address).status_code
        assert (status != 200) == bool(REFUSED.search(address)), (address, status)
    return addresses


def test_every_request_of_the_guide_works_on_the_seed(seed: TestClient) -> None:
    assert len(_assert_requests_succeed(seed)) > 20


def test_every_request_of_the_guide_works_on_another_corpus(client: TestClient, load: Load) -> None:
    load(OTHER, METADATA)
    addresses = _assert_requests_succeed(client)
    assert len(addresses) > 10
    assert not [one for one in addresses if "worldnewsam" in one or "gky5nhbt0gvp" in one]
    assert "no questions on a topic yet" in _page(client)


def test_guide_of_an_empty_corpus_says_how_to_load_something(client: TestClient) -> None:
    page = _page(client)
    assert "quoth load FOLDER" in page
    assert not LINK.search(page)


def test_guide_has_all_of_the_document_and_no_link_that_leads_nowhere(seed: TestClient) -> None:
    page = _page(seed)
    for heading in re.findall(r"^## (.+)$", GUIDE, re.MULTILINE):
        assert f">{heading}</h2>" in page
    for address in re.findall(r'href="(/[^"]*)"', page):
        assert REFUSED.search(address) or seed.get(unescape(address)).status_code == 200, address
    assert 'href="clients/' not in page


def test_table_of_contents_leads_to_every_heading(seed: TestClient) -> None:
    page = seed.get("/docs/guide").text
    targets = re.findall(r'href="#([^"]+)"', page)
    assert len(targets) > 10
    assert targets == re.findall(r'<h2 id="([^"]+)"', page)


def test_markup_in_the_document_is_shown_and_not_run() -> None:
    page = render("# Title\n<script>alert(1)</script>\n\n```console\n$ curl '<b>'\n<i>\n```\n", None, "http://here")
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<i>" not in page


def test_requests_name_the_server_that_is_asked() -> None:
    page = render("# T\n```console\n$ curl 'http://127.0.0.1:8000/v1/topics'\n```\n", None, "https://quoth.example")
    assert "curl 'https://quoth.example/v1/topics'" in unescape(page)
