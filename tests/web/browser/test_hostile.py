"""Hostile texts in a browser: nothing of them runs, and they are readable as they are."""

from playwright.sync_api import Page

from tests.web.browser.corpus import HOSTILE, TURNING
from tests.web.browser.desk import HOSTILE_NAME, send
from tests.web.browser.looking import Window
from tests.web.browser.pages import Ask, pages


def test_hostile_texts_are_shown_as_they_are(page: Page, ask: Ask) -> None:
    addresses, window = pages(ask), Window(page)
    for name in ("interview that is hostile", "question that is hostile", "embed that is hostile", "hostile quotation"):
        page.goto(addresses[name])
        assert "<script>alert(1)</script>" in page.locator("main").inner_text()
        assert page.locator("main").locator("script, img, svg, iframe, style").count() == 0
        assert window.ran() == []
    page.goto("/interviews/hostile")
    assert HOSTILE in page.locator("h1").inner_text()
    # What turns around ends with the name that has it.
    assert TURNING in page.locator("h1").inner_text()
    assert page.evaluate("getComputedStyle(document.querySelector('.speaker bdi')).unicodeBidi") == "isolate"


def test_markdown_neither_runs_nor_loads_nor_hides_anything(page: Page) -> None:
    window = Window(page)
    page.goto("/interviews/hostile-markdown")
    links = page.locator(".words a")
    assert [one for one in links.evaluate_all("all => all.map(each => each.protocol)") if one != "https:"] == []
    assert page.locator(".words").locator("script, img, iframe, style, [style]").count() == 0
    assert page.get_by_text("ran", exact=False).first.is_visible()
    assert not any("elsewhere.example" in one for one in window.requests)
    assert window.ran() == []


def test_hostile_name_of_a_file_is_shown_and_does_nothing_at_the_desk(desk: Page) -> None:
    window = Window(desk)
    send("/desk/new", HOSTILE_NAME, f"Host: Who built {HOSTILE}?\n\nMs Vale: My aunt.\n")(desk)
    assert window.ran() == []
    assert desk.locator("main").locator("script, img, svg").count() == 0
    assert HOSTILE in desk.locator(".desk-source").inner_text()


def test_hooks_see_what_would_run(page: Page) -> None:
    window = Window(page)
    page.goto("/")
    page.evaluate("alert(1)")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/'}))")
    page.wait_for_function("window.ran.length > 1")
    assert window.ran()[:2] == ["alert", "stopped: img-src"]
