"""/metrics: what was answered and how fast, by route, and the state of the database, in the text format of Prometheus.

It is served where QUOTH_METRICS asks for it, and needs the extra quoth[metrics]. Labels are route templates, known
methods and statuses, so clients cannot make their number grow.
"""

import os
import platform
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, FastAPI, Query
from sqlmodel import col
from starlette.responses import Response

from app.api.observability.request_context import RequestContext
from app.api.parameters.items import NoParameters
from app.api.parameters.single import single_values
from app.db import Database
from app.db.corpus_revision import find_revision
from app.errors import DatabaseUnavailableError, SettingsError, StatementTimeError
from app.extras import how_to_install
from app.models import SearchTerm
from app.settings import Settings

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER = "other"
# How often files of numbers are read until they are complete, and the wait in between.
_ATTEMPTS, _RETRY_SECONDS = 20, 0.01
# Seconds. A cached answer takes a fraction of a millisecond, and a statement is cut off after one second.
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
# The folder in which the processes of one server count together; the name is the library's.
_SHARED = "PROMETHEUS_MULTIPROC_DIR"
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string", "maxLength": 10_000_000}}}}
}


def check_installed(settings: Settings) -> None:
    """Make sure that the library for metrics is installed where they are asked for.

    Raises:
        SettingsError: metrics are asked for and the library for them is not installed.
    """
    if settings.metrics and find_spec("prometheus_client") is None:
        reason = f"prometheus-client is not installed; run: {how_to_install('metrics')}; or leave the setting out"
        raise SettingsError("QUOTH_METRICS", reason)


@contextmanager
def counted_together(settings: Settings) -> Iterator[None]:
    """Let several serving processes count in one folder, so that each answers for all of them."""
    if not settings.metrics or settings.workers == 1:
        yield
        return
    with TemporaryDirectory(prefix="quoth-metrics.") as folder:
        os.environ[_SHARED] = folder
        yield


class Metrics:
    """The numbers of this process, or of all that count in the same folder."""

    def __init__(self, version: str) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

        # Otherwise each series gets a second one with the time at which it began.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it out
        self._version = version
        self._shared = os.environ.get(_SHARED)
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "quoth_http_requests", "Requests answered.", (*labels, "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "quoth_http_request_duration_seconds",
            "Time from a request's head to the last byte of its answer.",
            labels,
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._bytes = Counter(
            "quoth_http_response_bytes", "Bytes of bodies sent, as coded.", labels, registry=self._registry
        )
        self._reading = Counter(
            "quoth_database_reading_seconds", "Time in reading transactions.", labels, registry=self._registry
        )
        self._broken = Counter(
            "quoth_http_responses_broken_off", "Answers that did not reach their end.", labels, registry=self._registry
        )
        self._under_way = Gauge(
            "quoth_http_requests_in_progress",
            "Requests being answered now.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        # The children of the metrics by their labels: looking one up in the library takes longer than counting.
        self._children: dict[tuple[str, str, int], tuple[Any, ...]] = {}

    def begun(self) -> None:
        """Count a request that has begun."""
        self._under_way.inc()

    def ended(self, method: str, route: str, context: RequestContext, seconds: float) -> None:
        """Count a request that has ended."""
        key = method if method in _METHODS else _OTHER, route, context.status
        children = self._children.get(key)
        if children is None:
            labels = key[:2]
            children = self._children[key] = (
                self._requests.labels(*key),
                self._seconds.labels(*labels),
                self._bytes.labels(*labels),
                self._reading.labels(*labels),
                self._broken.labels(*labels),
            )
        answered, took, sent, reading, broken = children
        self._under_way.dec()
        answered.inc()
        took.observe(seconds)
        if context.sent_bytes:
            sent.inc(context.sent_bytes)
        spent = context.reading_seconds()
        if spent:
            reading.inc(spent)
        if not context.is_whole:
            broken.inc()

    def render(self, database: Database) -> bytes:
        """Write everything in the text format."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        scrape = CollectorRegistry()
        scrape.register(_Collected([*self._of_server(), *_of_database(database)]))
        if self._shared is None:
            scrape.register(_Collected(self._of_process()))
        else:
            _forget_dead(Path(self._shared))
            MultiProcessCollector(scrape, self._shared)  # type: ignore[no-untyped-call]  # the library leaves it out
        for _attempt in range(_ATTEMPTS - 1):
            try:
                return generate_latest(scrape)
            except struct.error:
                # A process that is just starting has created its file, and not written to it yet.
                time.sleep(_RETRY_SECONDS)
        return generate_latest(scrape)

    def _of_server(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

        info = {"version": self._version, "python": platform.python_version()}
        yield InfoMetricFamily("quoth_build", "Which Quoth this is.", info)
        processes = 1 if self._shared is None else len(_living(Path(self._shared)))
        yield GaugeMetricFamily(
            "quoth_processes_counted", "Serving processes whose requests these numbers count.", processes
        )

    def _of_process(self) -> Iterator["Metric"]:
        from prometheus_client import CollectorRegistry, ProcessCollector

        yield from self._registry.collect()
        process = CollectorRegistry()
        ProcessCollector(registry=process)
        yield from process.collect()


class _Collected:
    """Metrics that were collected already, for the registry of one scrape."""

    def __init__(self, metrics: Iterable["Metric"]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> list["Metric"]:
        return self._metrics

    def describe(self) -> list["Metric"]:
        return []


def install(app: FastAPI) -> Metrics:
    """Serve /metrics, and return the metrics that requests are counted in.

    Raises:
        SettingsError: the library for it is not installed.
    """
    check_installed(app.state.settings)
    from prometheus_client import CONTENT_TYPE_LATEST

    metrics = Metrics(app.version)

    def get_metrics(_none: Annotated[NoParameters, Query()]) -> Response:
        """Tell what was answered, how fast, and how the database is, for Prometheus."""
        content = metrics.render(app.state.database)
        return Response(content, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    app.add_api_route(
        "/metrics",
        get_metrics,
        tags=["operation"],
        dependencies=[Depends(single_values)],
        response_class=Response,
        responses=_TEXT,
    )
    return metrics


def _of_database(database: Database) -> Iterator["Metric"]:
    """Yield the metrics of a database that cost little; only that it is down, where it is."""
    from prometheus_client.core import GaugeMetricFamily

    values: dict[str, tuple[str, float]] = {}
    try:
        with database.read() as connection:
            revision = find_revision(connection)
            everything = sa.select(col(SearchTerm.documents)).where(col(SearchTerm.term) == "")
            documents = connection.execute(everything).scalar()
            size = database.size_bytes(connection)
    except (DatabaseUnavailableError, StatementTimeError):
        yield GaugeMetricFamily("quoth_database_up", "Whether the database can be read.", 0)
        return
    yield GaugeMetricFamily("quoth_database_up", "Whether the database can be read.", 1)
    values["quoth_database_bytes"] = "What the database takes on its disk.", size
    values["quoth_corpus_revision"] = "Revision of the corpus.", 0 if revision is None else revision.number
    if revision is not None:
        values["quoth_corpus_revised_timestamp_seconds"] = (
            "When the corpus was last revised.",
            revision.made_at.timestamp(),
        )
    values["quoth_corpus_search_documents"] = "Questions, and turns that belong to none.", documents or 0
    for name, (description, value) in values.items():
        yield GaugeMetricFamily(name, description, value)


def _living(folder: Path) -> set[int]:
    return {pid for pid in _counting(folder) if _is_alive(pid)}


def _forget_dead(folder: Path) -> None:
    """Keep what a process that has ended has counted, but not its requests in progress."""
    from prometheus_client.multiprocess import mark_process_dead

    for pid in _counting(folder) - _living(folder):
        mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # the library leaves it out


def _counting(folder: Path) -> set[int]:
    """Return the processes that have a file of requests in progress, which counts while they live."""
    return {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_livesum_*.db")}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
