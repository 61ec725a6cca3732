"""The review of topics by keyboard: decided, left for later, undone; and no key that is meant for a field decides."""

from playwright.sync_api import Page, expect

from tests.cli.test_command_line import Run
from tests.server import Server
from tests.web.browser.looking import answer_to
from tests.web.browser.pages import Ask

_WAITING = "/v1/suggestions?interview=worldnewsam-3712&fields=topic.slug,question.id&limit=100"


def test_topics_are_reviewed_by_keyboard(desk: Page, server: Server, ask: Ask) -> None:
    Run(server.environment["QUOTH_DATABASE_URL"])("topics", "suggest")
    before = ask(_WAITING)["items"]
    desk.goto("/desk/topics?interview=worldnewsam-3712")

    def press(key: str) -> str:
        answer_to(desk, lambda: desk.keyboard.press(key))
        # Who listens hears what was done, and goes on with the next suggestion.
        assert desk.evaluate("document.activeElement.id") == "proposal"
        return desk.locator("#proposal").inner_text()

    seen = [desk.locator("#proposal").inner_text(), press("a"), press("s"), press("r")]
    expect(desk.locator(".done")).to_contain_text("Rejected.")
    # What speaks for the topic is in view, and so are its name and the buttons.
    for place in (".exchange mark", ".decide strong", "#accept", "#undo"):
        expect(desk.locator(place).first).to_be_in_viewport()
    assert len(ask(_WAITING)["items"]) == len(before) - 2
    assert [press("u"), press("u"), press("u")] == [seen[2], seen[1], seen[0]]
    assert ask(_WAITING)["items"] == before
    assert desk.locator("#undo").count() == 0
    # Letters that are written, and keys outside the suggestion, decide nothing.
    desk.locator(".decide summary").click()
    desk.locator("#reason").press_sequentially("arsu")
    desk.locator("h1").click()
    desk.keyboard.press("a")
    desk.keyboard.press("r")
    assert desk.locator("#reason").input_value() == "arsu"
    assert ask(_WAITING)["items"] == before
