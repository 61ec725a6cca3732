"""The desk in a browser: a wrong pairing put right from the file to what is published, by mouse, by keyboard, and
without scripts.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from app.db import Database
from tests.cli.test_command_line import Run
from tests.loading.test_round_trip import content
from tests.server import Server
from tests.web.browser.desk import CHECK, LOAD, sign_in
from tests.web.browser.looking import NARROW, WIDE, answer_to, context_of
from tests.web.browser.pages import Ask

# Turn 3 is taken for a question, and turn 6 for an answer to the question before it.
_ASKED, _NO_QUESTION, _ELSEWHERE = "How did you come to the mill?", "t3", "t6"
_TALK = """\
HOST: How did you come to the mill?

GUEST: My father rented it. Then the flood came.

HOST: Do go on, would you?

GUEST: We lost the wheel, and all of the flour.

HOST: And your brothers?

GUEST: First the flood: it took the dog, too.

HOST: And after that, your brothers?

GUEST: They were at sea.
"""
_RIGHT = [
    (_ASKED, ["My father rented it. Then the flood came.", "We lost the wheel, and all of the flour.",
              "First the flood: it took the dog, too."]),
    ("And your brothers?", []),
    ("And after that, your brothers?", ["They were at sea."]),
]  # fmt: skip
# From dropping the file to what is published: drop, see, load; "no question"; "more", the list and one of it, "move".
CLICKS_TO_LOAD, CLICKS_FOR_NO_QUESTION, CLICKS_TO_MOVE = 3, 1, 4
# Keys at the interview, for both corrections.
MOST_KEYS = 40
# Stops of a page before what is looked for is given up.
_MOST_STOPS = 80


class Mouse:
    """Does things with a mouse, and counts clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, place: Locator) -> None:
        self.clicks += 1
        answer_to(self.page, place.click)

    def drop(self, place: Locator, file: Path) -> None:
        self.clicks += 1
        place.set_input_files(file)

    def choose(self, place: Locator, label: str) -> None:
        """Open a list, and choose one of it."""
        self.clicks += 2
        place.select_option(label=label)


class Keyboard:
    """Does things with a keyboard, and counts keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.keys += 1
            self.page.keyboard.press(key)

    def go_to(self, place: Locator, key: str = "Tab") -> None:
        """Go from stop to stop until one is reached."""
        for _ in range(_MOST_STOPS):
            if place.evaluate("each => each === document.activeElement"):
                return
            self.press(key)
        pytest.fail(f"{place} is not reached with {key}")

    def press_there(self, place: Locator) -> None:
        self.go_to(place)
        answer_to(self.page, lambda: self.press("Enter"))


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A file with a wrong pairing, of people who are in no other."""
    name = request.node.name.replace("test_wrong_pairing_is_put_right_", "").replace("_", "-")
    path = tmp_path / f"{name}.txt"
    path.write_text(_TALK.replace("HOST", f"Host {name.title()}").replace("GUEST", f"Guest {name.title()}"))
    return path


def turn(page: Page, number: str) -> Locator:
    return page.locator(f'.desk-turn[id$="-{number}"]')


def no_question(page: Page) -> Locator:
    group = page.locator(".exchange", has=turn(page, _NO_QUESTION))
    return group.locator('.desk-tools button[value^="no-question:"]').first


def pairs(ask: Ask, slug: str) -> list[tuple[str, list[str]]]:
    items = ask(f"/v1/interviews/{slug}/questions")["items"]
    return [(one["text"], [part for each in one["answers"] for part in each["text"].split("\n\n")]) for one in items]


def put_right_by_mouse(page: Page, file: Path, ask: Ask) -> None:
    hand = Mouse(page)
    page.goto("/desk/new")
    hand.drop(page.locator("#file"), file)
    hand.click(page.locator(CHECK))
    assert "4 questions" in page.locator(".desk-understood").inner_text()
    hand.click(page.locator(LOAD))
    assert hand.clicks == CLICKS_TO_LOAD
    assert len(pairs(ask, file.stem)) == len(_RIGHT) + 1
    hand.click(no_question(page))
    assert hand.clicks == CLICKS_TO_LOAD + CLICKS_FOR_NO_QUESTION
    hand.click(turn(page, _ELSEWHERE).locator("a.open"))
    hand.choose(page.locator("#question"), f"1. {_ASKED}")
    hand.click(page.locator('button[value^="move:"]'))
    assert hand.clicks == CLICKS_TO_LOAD + CLICKS_FOR_NO_QUESTION + CLICKS_TO_MOVE
    assert pairs(ask, file.stem) == _RIGHT


def test_wrong_pairing_is_put_right_by_mouse(desk: Page, server: Server, ask: Ask, file: Path, tmp_path: Path) -> None:
    put_right_by_mouse(desk, file, ask)
    # What was stated goes along with the file, and means the same in an empty database.
    out = tmp_path / "out"
    here, there = Run(server.environment["QUOTH_DATABASE_URL"]), Run(f"sqlite:///{tmp_path}/empty.db")
    here("export", out, "--source", "--statements")
    there("migrate")
    there("load", out / file.stem)
    before, after = (public_content(one.url, file.stem) for one in (here, there))
    assert before == after
    assert any('"text": "They were at sea."' in line for line in after)


def public_content(url: str, name: str) -> list[str]:
    database = Database(url)
    with database.read() as connection:
        lines = content(connection)
    database.close()
    return [line for line in lines if name in line]


def test_wrong_pairing_is_put_right_without_scripts(
    browser: Browser, server: Server, key: str, ask: Ask, file: Path
) -> None:
    context = context_of(browser, server.address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, key)
    put_right_by_mouse(page, file, ask)
    context.close()


def test_wrong_pairing_is_put_right_by_keyboard(desk: Page, ask: Ask, file: Path) -> None:
    hand = Keyboard(desk)
    # From now on: a window for files that opens before the browser knows that somebody waits for it is lost.
    desk.on("filechooser", lambda _chooser: None)
    desk.goto("/desk/new")
    hand.go_to(desk.locator("#file"))
    with desk.expect_file_chooser() as chooser:
        hand.press("Enter")
    chooser.value.set_files(file)
    hand.press_there(desk.locator(CHECK))
    hand.press_there(desk.locator(LOAD))
    hand.keys = 0
    hand.press("j", 3)
    hand.go_to(no_question(desk), "Shift+Tab")
    answer_to(desk, lambda: hand.press("Enter"))
    # It goes on where the step was taken.
    assert turn(desk, _NO_QUESTION).evaluate("each => each === document.activeElement")
    hand.press("j", 3)
    answer_to(desk, lambda: hand.press("Enter"))
    hand.go_to(desk.locator("#question"))
    hand.press("1")
    hand.press_there(desk.locator('button[value^="move:"]'))
    assert pairs(ask, file.stem) == _RIGHT
    assert hand.keys <= MOST_KEYS
    # Each step is undone with a key, and brought back with the same.
    answer_to(desk, lambda: hand.press("u"))
    assert pairs(ask, file.stem) != _RIGHT
    answer_to(desk, lambda: hand.press("u"))
    assert pairs(ask, file.stem) == _RIGHT


@pytest.mark.parametrize(("width", "height"), [(WIDE, 900), (NARROW, 256)])
def test_stops_of_a_page_come_in_order_and_nothing_hides_them(desk: Page, width: int, height: int) -> None:
    desk.set_viewport_size({"width": width, "height": height})
    desk.goto("/desk/interviews/weir")
    stops = desk.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, summary, textarea, [tabindex='0']")]
        .filter(one => !one.disabled && one.type !== "hidden" && one.checkVisibility()).length"""
    )
    reached = []
    for _ in range(stops):
        desk.keyboard.press("Tab")
        reached.append(desk.evaluate(_STOP))
    assert [one["place"] for one in reached] == sorted(one["place"] for one in reached)
    assert len({one["place"] for one in reached}) == stops
    # Backwards, what stays at the top of the window could lie over them.
    for _ in range(stops - 1):
        desk.keyboard.press("Shift+Tab")
        reached.append(desk.evaluate(_STOP))
    assert [one["html"] for one in reached if one["is_hidden"] or not one["is_marked"]] == []


_STOP = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    html: one.outerHTML.slice(0, 120),
    place: [...document.querySelectorAll("*")].indexOf(one),
    is_hidden: !(one === seen || one.contains(seen) || seen?.contains(one)),
    is_marked: getComputedStyle(one).outlineStyle !== "none",
  };
}"""


def test_words_that_are_marked_are_those_at_which_a_turn_is_parted(desk: Page, ask: Ask) -> None:
    turn_id = f"{ask('/v1/interviews/day')['id']}-t2"
    desk.goto(f"/desk/interviews/day?turn={turn_id}")
    desk.locator(".is-open .words p").first.evaluate(
        """each => {
          const found = document.createRange();
          found.setStart(each.firstChild, each.textContent.indexOf("all of it"));
          found.setEnd(each.firstChild, each.textContent.length);
          getSelection().addRange(found);
        }"""
    )
    desk.wait_for_function("document.getElementById('words').value === 'all of it.'")


def test_session_is_of_the_desk_alone_and_ends_everywhere(browser: Browser, server: Server, key: str) -> None:
    contexts = [context_of(browser, server.address) for _ in range(2)]
    first, second = (one.new_page() for one in contexts)
    for page in (first, second):
        sign_in(page, key)
        page.goto("/interviews")
        assert page.evaluate("document.cookie") == ""
    (cookie,) = contexts[0].cookies()
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Strict", "/desk")
    first.goto("/desk")
    answer_to(first, first.get_by_role("button", name="Sign out everywhere").click)
    second.goto("/desk")
    assert "/desk/sign-in" in second.url
    for context in contexts:
        context.close()
