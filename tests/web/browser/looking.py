"""Opens a page in a browser and notes what is wrong with it."""

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, ViewportSize

CHROMIUM = Path("/usr/bin/chromium")
_MODULES = Path("node_modules")
AXE, HTML_VALIDATE = _MODULES / "axe-core/axe.min.js", _MODULES / ".bin/html-validate"
# 1,280 pixels at 400 %.
NARROW, WIDE = 320, 1280
# The page, the style sheet, the icon, and a script or a logo.
_MOST_REQUESTS = 4
_FIRST_ERROR = 400
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
# Whatever a script of somebody's text would do that is not a script of ours; and what the policy had to stop.
_HOOKS = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "open", "print", "fetch"])
  window[name] = () => window.ran.push(name);
document.addEventListener("securitypolicyviolation", one => window.ran.push(`stopped: ${one.effectiveDirective}`));
"""
# What a keyboard does not reach in the order in which it stands, and links that would run something.
_ODD = """() => [
  ...[...document.querySelectorAll("[tabindex]")].filter(one => one.tabIndex > 0),
  ...[...document.querySelectorAll("[href]")].filter(one => !/^https?:/.test(one.href)),
].map(one => one.outerHTML)"""

# Leads a browser to a page, and gives the answer that it shows.
Opener = Callable[[Page], Response]


def address(path: str) -> Opener:
    """Open an address."""

    def go(page: Page) -> Response:
        response = page.goto(path)
        assert response is not None
        return response

    return go


def context_of(browser: Browser, address: str, **options: Any) -> BrowserContext:
    """Open a context with cookies of its own, in which nothing moves."""
    size: ViewportSize = {"width": WIDE, "height": 900}
    return browser.new_context(base_url=address, viewport=size, reduced_motion="reduce", **options)


def answer_to(page: Page, do: Callable[[], object]) -> Response:
    """Return the answer to what leads to another page, after redirects."""
    with page.expect_navigation() as found:
        do()
    response = found.value
    assert response is not None
    return response


class Window:
    """A page of a browser, and what that reports of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # Of the page that is shown.
        self.requests: list[str] = []
        self.faults: list[str] = []
        page.add_init_script(_HOOKS)
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", self._dialog)
        page.on("console", self._console)

    def _request(self, request: Request) -> None:
        if request.is_navigation_request():
            self.requests.clear()
        self.requests.append(request.url)

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(message.text)

    def forget(self) -> None:
        """Forget what was reported until now."""
        self.requests.clear()
        self.faults.clear()

    def ran(self) -> list[str]:
        """List what ran, or was stopped, that no page of ours does."""
        return [*self.page.evaluate("window.ran"), *self.faults]


@dataclass
class Looked:
    """What is wrong with one page: by axe and in its width, in its console, and of its requests. `html` is as sent."""

    status: int
    html: str
    inaccessible: list[str]
    faults: list[str]
    elsewhere: list[str]
    requests: int


def look(window: Window, opener: Opener) -> Looked:
    """Open a page, in light, in dark and narrow, and note what is wrong."""
    page = window.page
    window.forget()
    page.emulate_media(color_scheme="light")
    response = opener(page)
    page.wait_for_load_state()
    requests = [*window.requests]
    # A session of the desk asks the page that it was at, and that is led on.
    own = urlsplit(page.url).netloc
    page.evaluate(AXE.read_text())
    found = page.evaluate(_AXE)
    found += page.evaluate(_ODD)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in page.evaluate(_AXE_ON_COLOURS) if one not in found]
    page.set_viewport_size({"width": NARROW, "height": 640})
    if (width := page.evaluate("document.documentElement.scrollWidth")) > NARROW:
        found.append(f"{width} pixels wide at {NARROW}")
    page.set_viewport_size({"width": WIDE, "height": 900})
    return Looked(
        response.status,
        response.text(),
        found,
        # A browser reports the status of an error page too.
        [one for one in window.ran() if response.status < _FIRST_ERROR or "status of" not in one],
        [url for url in requests if urlsplit(url).netloc != own],
        len(requests),
    )


def look_at_all(window: Window, openers: Mapping[str, Opener]) -> dict[str, Looked]:
    """Open each page, by what it is."""
    return {name: look(window, opener) for name, opener in openers.items()}


def wrong_in(looked: Mapping[str, Looked]) -> dict[str, list[str]]:
    """List what is wrong with pages, by what they are."""
    wrong = {
        name: [
            *one.inaccessible,
            *one.faults,
            *one.elsewhere,
            *([f"{one.requests} requests"] if one.requests > _MOST_REQUESTS else []),
        ]
        for name, one in looked.items()
    }
    return {name: found for name, found in wrong.items() if found}


def invalid_in(looked: Mapping[str, Looked], folder: Path) -> list[str]:
    """List what is not valid HTML in pages as they were sent."""
    names = {}
    for number, (name, one) in enumerate(looked.items()):
        file = folder / f"{number}.html"
        file.write_text(one.html)
        names[str(file)] = name
    config = folder / "rules.json"
    config.write_text(json.dumps(_RULES))
    command = [str(HTML_VALIDATE.absolute()), "--config", str(config), "--formatter", "json", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [
        f"{names[file['filePath']]}:{one['line']}: {one['ruleId']}: {one['message']}"
        for file in json.loads(done.stdout)
        for one in file["messages"]
    ]
