"""What an interview costs to read in a browser: how long until it is shown, what is sent, and what the browser holds.

python -m benchmarks.long_interview [--exchanges N ...] [--desk]

Interviews of each number of questions with their answers are loaded and served. Chromium opens the first, a middle and
the last part of each, with nothing kept by server or browser; with `--desk` also the page on which it is edited.
"""

import argparse
import datetime
import os
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from app.db import Database
from app.loading import load_interview, make_key
from app.models import Scope
from app.queries.record_parts import TURNS
from app.structure.prepare import prepare
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from benchmarks.authors import at
from benchmarks.serving import quoth, resident, serving

_CHROMIUM = "/usr/bin/chromium"
# A question and an answer as long as people speak, of which nearly every word is that of the others.
_EXCHANGE = """\
Ann Lee: What became of the mill after flood number {number}?

Bo Ray: In the year of flood number {number} the water came up to the second floor, and my father carried the flour up
to the loft, sack by sack. My aunt counted them: there were {number} of them, she always said, and not one was lost. The
wheel was gone in the morning. We found it a week later, below the weir, with the eels in it.
"""


class Opened(NamedTuple):
    """What a page came to: seconds until its first words are seen and until it is whole, bytes and requests that were
    sent for it, elements, and megabytes that the process of the page holds.
    """

    seen: float
    whole: float
    bytes_sent: int
    requests: int
    elements: int
    megabytes: float

    def __str__(self) -> str:
        return (
            f"words seen after {self.seen:.2f} s, whole after {self.whole:.2f} s; {self.bytes_sent / 1024:.0f} KB in "
            f"{self.requests} requests; {self.elements} elements; {self.megabytes:.0f} MB"
        )


def main() -> None:
    """Load, serve, open and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exchanges", type=int, nargs="+", default=[100, 50_000])
    parser.add_argument("--desk", action="store_true", help="open the page on which it is edited, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark.") as folder:
        file = Path(folder) / "long.db"
        key = _fill(file, arguments.exchanges)
        with serving(*quoth(file, QUOTH_CACHE_BYTES="0")) as (_process, address), sync_playwright() as playwright:
            print(f"load average {os.getloadavg()[0]:.1f}")
            browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
            for count in arguments.exchanges:
                parts = -(-2 * count // TURNS)
                for part in sorted({1, (parts + 1) // 2, parts}):
                    print(f"{count} exchanges, part {part} of {parts}: ", end="", flush=True)
                    print(_open(browser, address, f"/interviews/talk-{count}?part={part}"))
                if arguments.desk:
                    print(f"{count} exchanges, at the desk: ", end="", flush=True)
                    print(_open(browser, address, f"/desk/interviews/talk-{count}", key))
            browser.close()


def _fill(file: Path, counts: list[int]) -> str:
    """Load an interview of each number of exchanges; return a key that may edit them."""
    database, now = Database(f"sqlite:///{file}"), datetime.datetime.now(datetime.UTC)
    database.migrate()
    for count in counts:
        name, began = f"talk-{count}.txt", time.perf_counter()
        text = "\n".join(_EXCHANGE.format(number=number) for number in range(1, count + 1))
        sidecar = read_sidecar(name, f'slug = "talk-{count}"'.encode())
        with database.write() as connection:
            load_interview(connection, prepare(Source(name, text.encode()), sidecar, name), at(now))
        print(f"{count} exchanges, {len(text) / 1e6:.1f} MB: loaded in {time.perf_counter() - began:.1f} s", flush=True)
    with database.write() as connection:
        key = make_key(connection, "benchmark", [Scope.WRITE], now).key
    database.close()
    return key


def _open(browser: Browser, address: str, path: str, key: str | None = None) -> Opened:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    if key is not None:
        page.goto("/desk")
        page.locator("#key").fill(key)
        with page.expect_navigation():
            page.locator("main button").click()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sent: list[float] = []
    network.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    page.goto(path, timeout=600_000)
    page.wait_for_load_state("networkidle")
    seen, whole, elements = page.evaluate(
        """() => [
          performance.getEntriesByName("first-contentful-paint")[0].startTime,
          performance.getEntriesByType("navigation")[0].loadEventEnd,
          document.getElementsByTagName("*").length,
        ]"""
    )
    opened = Opened(seen / 1000, whole / 1000, round(sum(sent)), len(sent), elements, _megabytes(browser, page))
    context.close()
    return opened


def _megabytes(browser: Browser, page: Page) -> float:
    """Return what the process holds that shows a page: of those that show one, the largest."""
    page.evaluate("document.title")
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    return max(resident(one["id"]) for one in found["processInfo"] if one["type"] == "renderer")


if __name__ == "__main__":
    main()
