"""Every page in a real browser: accessible in light and dark and at 400 %, valid HTML, nothing from elsewhere, no fault
in the console, and usable with a keyboard.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Response, sync_playwright

from tests.conftest import NO_BROWSER
from tests.server import Server, started
from tests.web.browser.corpus import write
from tests.web.browser.pages import pages

# All tests share one server and one browser.
pytestmark = pytest.mark.xdist_group("browser")
CHROMIUM = Path("/usr/bin/chromium")
MODULES = Path("node_modules")
AXE, HTML_VALIDATE = MODULES / "axe-core/axe.min.js", MODULES / ".bin/html-validate"
# 1,280 pixels at 400 %.
NARROW, WIDE = 320, 1280
# Exchanges of the long record: two parts.
EXCHANGES = 800
# What the standard of HTML says, and not what is a matter of style.
_RULES = {
    "extends": ["html-validate:standard"],
    # Data for search engines, and headings of cards that a page may have none above.
    "rules": {"require-csp-nonce": "off", "prefer-native-element": "off"},
}
_AXE = """async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {runOnly: rules});
  const where = one => one.nodes.map(node => node.target.join(" ")).slice(0, 3).join("; ");
  return found.violations.map(one => `${one.id}: ${where(one)}`);
}"""
_AXE_ON_COLOURS = _AXE.replace("runOnly: rules", 'runOnly: {type: "rule", values: ["color-contrast"]}')


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    for needed in (CHROMIUM, AXE, HTML_VALIDATE):
        if not needed.exists():
            if os.environ.get("QUOTH_TEST_REQUIRE_BROWSER"):
                pytest.fail(f"Pages have to be tested in a browser here, and there is no {needed}")
            pytest.skip(NO_BROWSER)
    folder = tmp_path_factory.mktemp("corpus")
    write(folder, turns=EXCHANGES)
    with started() as running:
        running.quoth("load", str(folder))
        running.quoth("redact", "talk", "--words", "ten past four", "--reason", "they asked us to")
        yield running


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.address, viewport={"width": WIDE, "height": 900})
    yield context.new_page()
    context.close()


class Visit:
    """A page that is opened, and what the browser reports of it."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self._server = page, server
        self.requests: list[str] = []
        self.faults: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        page.on(
            "console",
            lambda message: self.faults.append(message.text) if message.type in {"error", "warning"} else None,
        )

    def open(self, path: str) -> Response:
        response = self.page.goto(path)
        assert response is not None
        return response


def _addresses(server: Server) -> dict[str, str]:
    def ask(path: str) -> Any:
        with urlopen(f"{server.address}{path}") as answer:  # noqa: S310 - the server of the test
            return json.load(answer)

    return pages(ask)


def test_every_page_is_accessible_and_loads_nothing_from_elsewhere(page: Page, server: Server) -> None:
    visit = Visit(page, server)
    wrong: dict[str, Any] = {}
    for name, path in _addresses(server).items():
        visit.requests.clear()
        visit.faults.clear()
        page.emulate_media(color_scheme="light")
        status = visit.open(path).status
        page.evaluate(AXE.read_text())
        found = page.evaluate(_AXE)
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {one}" for one in page.evaluate(_AXE_ON_COLOURS) if one not in found]
        page.set_viewport_size({"width": NARROW, "height": 640})
        if (width := page.evaluate("document.documentElement.scrollWidth")) > NARROW:
            found.append(f"{width} pixels wide at {NARROW}")
        page.set_viewport_size({"width": WIDE, "height": 900})
        elsewhere = [url for url in visit.requests if urlsplit(url).netloc != urlsplit(server.address).netloc]
        # A browser reports the status of an error page too.
        faults = [fault for fault in visit.faults if status < 400 or "status of" not in fault]
        if found or elsewhere or faults or len(visit.requests) > 4:
            wrong[name] = [*found, *elsewhere, *faults, f"{len(visit.requests)} requests"]
    assert wrong == {}


def test_every_page_is_valid_html(server: Server, page: Page, tmp_path: Path) -> None:
    names = {}
    for number, (name, path) in enumerate(_addresses(server).items()):
        response = page.request.get(path, headers={"Accept": "text/html"})
        file = tmp_path / f"{number}.html"
        file.write_text(response.text())
        names[str(file)] = name
    config = tmp_path / "rules.json"
    config.write_text(json.dumps(_RULES))
    command = [str(HTML_VALIDATE.absolute()), "--config", str(config), "--formatter", "json", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wrong = [
        f"{names[file['filePath']]}:{one['line']}: {one['ruleId']}: {one['message']}"
        for file in json.loads(done.stdout)
        for one in file["messages"]
    ]
    assert wrong == []


def test_keyboard_reaches_everything_and_shows_where_it_is(page: Page, server: Server) -> None:
    visit = Visit(page, server)
    visit.open("/interviews/talk")
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
    visit.open("/")
    page.get_by_role("searchbox").first.focus()
    page.keyboard.type("mill")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=mill")


def test_passage_is_marked_and_in_view(page: Page, server: Server) -> None:
    addresses, visit = _addresses(server), Visit(page, server)
    for name in ("passage", "interview with a turn"):
        visit.open(addresses[name])
        assert page.locator("#passage").evaluate("each => each.getBoundingClientRect().top < innerHeight")
        if name == "passage":
            assert "".join(page.locator("mark").all_inner_texts()) == "began under the mill"


def test_hostile_texts_are_shown_and_do_nothing(page: Page, server: Server) -> None:
    visit = Visit(page, server)
    for name in ("interview that is hostile", "question that is hostile", "interviews", "people"):
        visit.open(_addresses(server)[name])
        assert page.locator("main").inner_text()
        assert page.locator("main script, main img").count() == 0
    assert visit.faults == []
    visit.open("/interviews/hostile")
    assert "<script>alert(1)</script>" in page.locator("h1").inner_text()
    # What turns around ends with the name that has it.
    assert page.evaluate("getComputedStyle(document.querySelector('.speaker bdi')).unicodeBidi") == "isolate"


def test_writing_from_right_to_left_begins_at_the_right(page: Page, server: Server) -> None:
    visit = Visit(page, server)
    visit.open("/interviews/bir")
    for selector in ("h1", ".words", ".speaker"):
        assert page.locator(selector).first.evaluate("each => getComputedStyle(each).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.documentElement).direction") == "ltr"
