"""What QUOTH_RATE_LIMIT costs: a cached answer with one limit, with two, and with two that processes share, against the
same answer with none.

Requests go straight to the application, without a server, so that the cost stands out; a server adds its own to both
sides. Processor time is compared.

python -m benchmarks.limiting
"""

import asyncio
import os
import statistics
import tempfile
import time
from typing import Any

from fastapi import FastAPI

_ROUNDS, _REQUESTS = 40, 500
_PATH = "/v1/topics"
_ONE, _TWO = "900000000/day", "900000000/day,900000000/hour"


def main() -> None:
    """Serve the same answer in each way, in turns, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_compare(folder))


async def _compare(folder: str) -> None:
    from app.api.http.rate_limit import shared_table
    from app.db import Database
    from app.main import create_app
    from app.settings import Settings
    from benchmarks.pages import fill

    url = f"sqlite:///{folder}/limiting.db"
    database = Database(url)
    database.migrate()
    fill(database, 200)
    database.close()
    apps = {
        "no limit": create_app(Settings(database_url=url)),
        "one limit": create_app(Settings(database_url=url, rate_limit=_ONE)),
        "two limits": create_app(Settings(database_url=url, rate_limit=_TWO)),
    }
    shared = Settings(database_url=url, rate_limit=_TWO, workers=2)
    with shared_table(shared):
        apps["two limits, shared"] = create_app(shared)
    took: dict[str, list[float]] = {name: [] for name in apps}
    for name, app in apps.items():
        # The first one is made, and kept.
        await _seconds(app, 2)
        assert app.response_cache is not None, name  # type: ignore[attr-defined]  # the application adds it
    for _ in range(_ROUNDS):
        for name, app in apps.items():
            took[name].append(await _seconds(app, _REQUESTS))
    plain = took["no limit"]
    for name, seconds in took.items():
        ratios = sorted(one / other for one, other in zip(seconds, plain, strict=True))
        spread = f"{ratios[len(ratios) // 4]:.3f} to {ratios[3 * len(ratios) // 4]:.3f}"
        more = 1e6 * (statistics.median(seconds) - statistics.median(plain))
        print(f"{name:20} x {statistics.median(ratios):.3f} ({spread}), {more:+.1f} us")


async def _seconds(app: FastAPI, requests: int) -> float:
    """Return the processor time of one request, the mean of some."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message.get("status", 200))

    scope = {"type": "http", "http_version": "1.1", "method": "GET", "query_string": b"", "headers": [(b"host", b"a")]}
    start = time.process_time()
    for _ in range(requests):
        await app({**scope, "path": _PATH, "raw_path": _PATH.encode(), "client": ("192.0.2.7", 5)}, receive, send)
    took = (time.process_time() - start) / requests
    assert set(sent) == {200}, os.environ
    return took


if __name__ == "__main__":
    main()
