"""What it costs to tell of requests: a line in the log as JSON, metrics, and spans, each against none of them.

Requests go straight to the application, without a server, so that the cost stands out; a server adds its own to both
sides. Processor time is compared, of all threads. The line is written to a file. With --shared, metrics are counted in
files, as several workers do.

python -m benchmarks.observing [--shared]
"""

import argparse
import asyncio
import logging
import logging.config
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from fastapi import FastAPI

_ROUNDS, _REQUESTS = 20, 100
_PATHS = ("/problems/not-found", "/v1/topics")
_NONE, _LOG, _METRICS, _SPANS = "nothing", "a line of JSON", "metrics", "spans, kept in memory"


def main() -> None:
    """Serve the seed in each way, in turns, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", action="store_true", help="count metrics in files")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.shared:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        asyncio.run(_compare(Path(folder)))


async def _compare(folder: Path) -> None:
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider

    from app.db import Database
    from app.logs import configuration
    from app.main import create_app
    from app.settings import Settings
    from benchmarks.pages import fill

    url = f"sqlite:///{folder}/watching.db"
    database = Database(url)
    database.migrate()
    fill(database, 200)
    database.close()
    settings = configuration("json", "info")
    settings["handlers"]["stderr"]["stream"] = (folder / "log").open("w")
    logging.config.dictConfig(settings)
    plain = create_app(Settings(database_url=url, cache_bytes=0))
    apps = {_NONE: plain, _LOG: plain, _METRICS: create_app(Settings(database_url=url, metrics=True, cache_bytes=0))}
    trace.set_tracer_provider(TracerProvider())
    apps[_SPANS] = _traced(create_app(Settings(database_url=url, cache_bytes=0)))
    for path in _PATHS:
        took: dict[str, list[float]] = {name: [] for name in apps}
        for _ in range(_ROUNDS):
            for name, app in apps.items():
                logging.getLogger("quoth.access").setLevel("INFO" if name == _LOG else "WARNING")
                took[name].append(await _seconds(app, path))
        least = {name: statistics.median(seconds) for name, seconds in took.items()}
        print(f"{path}: {1e6 * least[_NONE]:.0f} us a request with nothing")
        for name, seconds in least.items():
            ratios = sorted(one / other for one, other in zip(took[name], took[_NONE], strict=True))
            spread = f"{ratios[len(ratios) // 4]:.3f} to {ratios[3 * len(ratios) // 4]:.3f}"
            print(f"  {name:22} x {seconds / least[_NONE]:.3f} ({spread}), {1e6 * (seconds - least[_NONE]):+.1f} us")


def _traced(app: FastAPI) -> FastAPI:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(InMemorySpanExporter()))
    app._telemetry["tracer_provider"] = provider
    return app


async def _seconds(app: FastAPI, path: str) -> float:
    """Return how long one request takes, the mean of some hundred."""

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(_message: Any) -> None:
        pass

    start = time.process_time()
    for _ in range(_REQUESTS):
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "query_string": b"",
            "headers": [(b"host", b"a")],
        }
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
    return (time.process_time() - start) / _REQUESTS


if __name__ == "__main__":
    main()
