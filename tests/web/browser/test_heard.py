"""What somebody hears who goes from turn to turn with the keyboard."""

import re

from playwright.sync_api import Page, expect

from tests.web.browser.looking import answer_to


def test_turn_is_heard_with_who_speaks_what_it_is_and_what_was_done(desk: Page) -> None:
    desk.goto("/desk/interviews/mole")
    turns = desk.locator(".desk-turn")
    for index, heard in enumerate((r"turn 1 Anne Lee . Question", r"turn 2 Bo Ray . Answer")):
        desk.keyboard.press("j")
        expect(turns.nth(index)).to_be_focused()
        expect(turns.nth(index)).to_have_accessible_name(re.compile(heard))
    answer_to(desk, lambda: desk.keyboard.press("n"))
    expect(turns.nth(1)).to_be_focused()
    expect(turns.nth(1)).to_have_accessible_name(re.compile("Note stated by an editor"))
    expect(turns.nth(1)).to_have_accessible_description(re.compile("Done"))
    answer_to(desk, lambda: desk.keyboard.press("Enter"))
    expect(turns.nth(1)).to_be_focused()
    expect(desk.locator("#open")).to_be_visible()
    answer_to(desk, lambda: desk.keyboard.press("u"))
    expect(turns.nth(1)).to_have_accessible_name(re.compile(r"turn 2 Bo Ray . Answer"))
