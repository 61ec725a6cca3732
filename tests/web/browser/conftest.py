"""One server for all tests of pages in a browser, and one browser for each module of them."""

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from app.models import Scope
from tests.cli.test_command_line import Run
from tests.conftest import NO_BROWSER
from tests.server import Server, started
from tests.web.browser.corpus import correct, write
from tests.web.browser.desk import sign_in
from tests.web.browser.looking import AXE, CHROMIUM, HTML_VALIDATE, context_of
from tests.web.browser.pages import Ask

# Exchanges of the long record: two parts.
EXCHANGES = 800


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the seed and the corpus that is hard to show."""
    for needed in (CHROMIUM, AXE, HTML_VALIDATE):
        if not needed.exists():
            if os.environ.get("QUOTH_TEST_REQUIRE_BROWSER"):
                pytest.fail(f"Pages have to be tested in a browser here, and there is no {needed}")
            # Without a browser the other tests still run; CI requires one.
            pytest.skip(NO_BROWSER)
    folder = tmp_path_factory.mktemp("corpus")
    write(folder, turns=EXCHANGES)
    with started() as running:
        run = Run(running.environment["QUOTH_DATABASE_URL"])
        run("load", folder)
        correct(folder)
        run("load", folder / "weir.txt")
        run("redact", "talk", "--words", "ten past four", "--reason", "they asked us to")
        run("withdraw", "withdrawn", "--reason", "at their wish")
        run("speakers", "merge", "bo-ray", "bo-rey")
        run("topics", "suggest")
        yield running


@pytest.fixture(scope="session")
def key(server: Server) -> str:
    """A key that allows everything."""
    scopes = [f"--scope={scope}" for scope in Scope]
    return str(Run(server.environment["QUOTH_DATABASE_URL"]).json("keys", "create", "Ada", *scopes)["key"])


@pytest.fixture(scope="session")
def ask(server: Server) -> Ask:
    """Ask the API for JSON."""

    def get(path: str) -> Any:
        with urlopen(f"{server.address}{path}") as answer:  # noqa: S310 - the server of the test
            return json.load(answer)

    return get


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[Browser]:
    """Chromium. While it is driven, its thread has a running event loop, which other tests cannot stand."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A window of a reader."""
    context = context_of(browser, server.address)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(page: Page, key: str) -> Page:
    """A window of an editor who has signed in."""
    sign_in(page, key)
    return page
