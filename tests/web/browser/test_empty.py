"""Pages of a corpus that has nothing in it yet. The browser is given the answers of an application in this process."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.web.browser.looking import Window, address, context_of, invalid_in, look_at_all, wrong_in

_BASE = "http://empty.example"
_PAGES = {
    "home": "/",
    "interviews": "/interviews",
    "questions": "/questions",
    "people": "/speakers",
    "topics": "/topics",
    "compare": "/compare",
    "search": "/search?q=mill",
    "quotation": "/quotes?q=It+began+under+the+mill",
    "desk without keys": "/desk/sign-in",
}


@pytest.fixture
def empty(browser: Browser, sqlite_template: Path, tmp_path: Path) -> Iterator[Page]:
    """A window on an application without any interview."""
    file = shutil.copy(sqlite_template, tmp_path / "empty.db")
    with TestClient(create_app(Settings(database_url=f"sqlite:///{file}")), base_url=_BASE) as client:

        def answer(route: Route) -> None:
            url = urlsplit(route.request.url)
            got = client.get(f"{url.path}?{url.query}" if url.query else url.path, headers=route.request.headers)
            headers = {name: value for name, value in got.headers.items() if name != "content-encoding"}
            route.fulfill(status=got.status_code, headers=headers, body=got.content)

        context = context_of(browser, _BASE)
        context.route("**/*", answer)
        yield context.new_page()
        context.close()


def test_pages_of_an_empty_corpus_are_whole_and_say_that_there_is_nothing(empty: Page, tmp_path: Path) -> None:
    looked = look_at_all(Window(empty), {name: address(path) for name, path in _PAGES.items()})
    assert {name: one.status for name, one in looked.items()} == dict.fromkeys(_PAGES, 200)
    assert wrong_in(looked) == {}
    assert invalid_in(looked, tmp_path) == []
