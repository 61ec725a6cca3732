"""Every page in a real browser: accessible in light and dark and at 400 %, valid HTML, nothing from elsewhere, no fault
in the console, and usable with a keyboard.
"""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.server import Server
from tests.web.browser import desk as desk_pages
from tests.web.browser.looking import Looked, Window, address, context_of, invalid_in, look_at_all, wrong_in
from tests.web.browser.pages import Ask, pages


@pytest.fixture(scope="module")
def readers(browser: Browser, server: Server, ask: Ask) -> dict[str, Looked]:
    """Every page for readers, looked at."""
    context = context_of(browser, server.address)
    looked = look_at_all(Window(context.new_page()), {name: address(path) for name, path in pages(ask).items()})
    context.close()
    return looked


@pytest.fixture(scope="module")
def editors(browser: Browser, server: Server, ask: Ask, key: str) -> dict[str, Looked]:
    """Every page of the desk, looked at."""
    context = context_of(browser, server.address)
    page = context.new_page()
    desk_pages.sign_in(page, key)
    looked = look_at_all(Window(page), desk_pages.pages(ask))
    context.close()
    return looked


def test_every_page_for_readers_is_accessible_and_loads_nothing_from_elsewhere(readers: dict[str, Looked]) -> None:
    assert wrong_in(readers) == {}


def test_every_page_for_readers_is_valid_html(readers: dict[str, Looked], tmp_path: Path) -> None:
    assert invalid_in(readers, tmp_path) == []


def test_every_page_of_the_desk_is_accessible_and_loads_nothing_from_elsewhere(editors: dict[str, Looked]) -> None:
    assert wrong_in(editors) == {}


def test_every_page_of_the_desk_is_valid_html(editors: dict[str, Looked], tmp_path: Path) -> None:
    assert invalid_in(editors, tmp_path) == []


def test_keyboard_reaches_everything_and_shows_where_it_is(page: Page) -> None:
    page.goto("/interviews/talk")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    # From the content on, every stop is seen to be one; contents open by key, and lead to their question.
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "-q1" in urlsplit(page.url).fragment
    page.goto("/")
    page.get_by_role("searchbox").first.focus()
    page.keyboard.type("mill")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=mill")


def test_passage_is_marked_and_in_view(page: Page, ask: Ask) -> None:
    addresses = pages(ask)
    for name in ("passage", "interview with a turn"):
        page.goto(addresses[name])
        assert page.locator("#passage").evaluate("each => each.getBoundingClientRect().top < innerHeight")
        if name == "passage":
            assert "".join(page.locator("mark").all_inner_texts()) == "began under the mill"


def test_turn_far_down_is_in_view(browser: Browser, server: Server, ask: Ask) -> None:
    """What stands before it is laid out only when it is seen, so its place is not known at first."""
    context = browser.new_context(base_url=server.address, reduced_motion="no-preference")
    page, interview = context.new_page(), ask("/v1/interviews/long")["id"]
    for path in (f"/interviews/long?turn={interview}-t1200#passage", f"/interviews/long#{interview}-q300"):
        page.goto(path)
        # Long enough for a page that moves slowly to move.
        page.wait_for_timeout(1000)
        top = page.locator(f"[id='{path.partition('#')[2]}']").evaluate("each => each.getBoundingClientRect().top")
        assert 0 <= top < page.evaluate("innerHeight"), path
    context.close()


def test_writing_from_right_to_left_begins_at_the_right(page: Page) -> None:
    page.goto("/interviews/bir")
    for selector in ("h1", ".words", ".speaker"):
        assert page.locator(selector).first.evaluate("each => getComputedStyle(each).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.documentElement).direction") == "ltr"
