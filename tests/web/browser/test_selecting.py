"""Words that are selected in the text, by mouse and by keyboard, are those that go, and no others."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from app.text.folding import REDACTED
from tests.cli.test_command_line import Run
from tests.server import Server
from tests.web.browser.desk import CHECK
from tests.web.browser.looking import answer_to
from tests.web.browser.pages import Ask

# Each emoji takes two units of a script, and some of these signs take several.
_SAID = "\U0001f600 A red barn, \U0001f469\u200d\U0001f33e 红色 and a red barn \U0001f600, 红色 and red."
_PLACE = """(each, words) => {
  const found = document.createRange();
  const start = each.textContent.lastIndexOf(words);
  found.setStart(each.firstChild, start);
  found.setEnd(each.firstChild, start + words.length);
  const box = found.getBoundingClientRect();
  return [box.left, box.right, box.top + box.height / 2];
}"""


@pytest.fixture
def slug(server: Server, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An interview of this test alone."""
    name: str = request.node.name.removeprefix("test_").replace("_", "-")
    # Words of its own, so that it is not taken for the interview of another test.
    asked = f"{name.replace('-', ' ')}, and {name.replace('-', ' ')}?"
    (tmp_path / f"{name}.txt").write_text(f"Host: What of {asked}\n\nGuest: {_SAID}\n", "utf-8")
    Run(server.environment["QUOTH_DATABASE_URL"])("load", tmp_path)
    return name


def answer_of(page: Page, slug: str) -> Locator:
    page.goto(f"/desk/interviews/{slug}/redact")
    return page.locator(".verbatim").nth(1)


def would_go(page: Page) -> list[str]:
    return page.locator("li mark").all_inner_texts()


def take_out(page: Page, ask: Ask, slug: str) -> str:
    answer_to(page, page.locator('button[value="redact"]').click)
    return str(ask(f"/v1/interviews/{slug}/questions")["items"][0]["answers"][0]["text"])


def test_word_that_is_selected_by_mouse_goes_alone(desk: Page, ask: Ask, slug: str) -> None:
    answer = answer_of(desk, slug)
    assert desk.locator(CHECK).is_disabled()
    left, right, top = answer.evaluate(_PLACE, "red barn")
    desk.mouse.move(left + 1, top)
    desk.mouse.down()
    desk.mouse.move(right - 1, top)
    desk.mouse.up()
    expect(desk.locator(".selected")).to_have_text("red barn")
    answer_to(desk, desk.locator(CHECK).click)
    assert would_go(desk) == ["red barn"]
    assert take_out(desk, ask, slug) == _SAID.replace("a red barn", f"a {8 * REDACTED}")


def test_words_in_chinese_are_selected_by_keyboard(desk: Page, ask: Ask, slug: str) -> None:
    answer = answer_of(desk, slug)
    answer.focus()
    desk.keyboard.press("End")
    for _ in range(2):
        desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("Shift+ArrowRight")
    expect(desk.locator(".selected")).to_have_text("红色 and")
    desk.keyboard.press("Enter")
    answer_to(desk, lambda: desk.keyboard.press("Enter"))
    assert would_go(desk) == ["红色 and"]
    before, after = _SAID.rsplit("红色 and", 1)
    assert take_out(desk, ask, slug) == f"{before}{6 * REDACTED}{after}"


def test_equal_words_go_everywhere_once_that_is_ticked(desk: Page, slug: str) -> None:
    answer = answer_of(desk, slug)
    left, right, top = answer.evaluate(_PLACE, "red")
    desk.mouse.dblclick((left + right) / 2, top)
    desk.get_by_label("Everywhere in the interview").check()
    answer_to(desk, desk.locator(CHECK).click)
    assert would_go(desk) == ["red"] * 3


def test_words_of_two_turns_cannot_be_selected(desk: Page, slug: str) -> None:
    answer_of(desk, slug)
    desk.keyboard.press("Control+a")
    expect(desk.locator(".selected")).to_have_text("Select words within one turn.")
    assert desk.locator(CHECK).is_disabled()
