"""Assembles the application; decides nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app import agents, web
from app.api import problems
from app.api.database import Corpus
from app.api.documentation import explorer, guide, openapi, problem_pages, request_collections
from app.api.http import guard
from app.api.http.access import Access
from app.api.http.caching import Caching
from app.api.http.connections import STATE, Connections
from app.api.http.envelope import Envelope, FastPath
from app.api.http.rate_limit import RateLimit
from app.api.http.response_cache import ResponseCache
from app.api.http.terms import RouteTerms
from app.api.http.writers import Writers
from app.api.observability import metrics, telemetry
from app.api.observability.observer import Observer
from app.api.resources import (
    answers,
    audit,
    changes,
    doubles,
    health,
    held,
    index,
    interviews,
    keys,
    question_topics,
    questions,
    quotes,
    search,
    sources,
    speakers,
    stated_interviews,
    statements_of_corpus,
    topics,
    uploads,
    vocabulary,
    withholding,
)
from app.api.routers import add_routes, operation_id
from app.api.uploads import FileReaders
from app.db.change_detection import change_detector
from app.db.replicas import open_servers
from app.maintenance.embargo_timer import embargo_timer
from app.settings import Settings, read_settings
from app.text.meaning import open_model
from app.version import version

# QUOTH_CACHE_BYTES divided by this is for items, of which new pages are made; the rest is for whole answers.
_PART_OF_ITEMS = 4


class _Application(FastAPI):
    """Tries the fast path before everything of the framework."""

    response_cache: ResponseCache | None = None
    fast_path: FastPath | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        fast_path = self.fast_path if scope["type"] == "http" else None
        if fast_path is None or not await fast_path.answer(scope, send):
            await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application; without settings, they are read from the environment.

    Connections are opened when the first request needs one, so that each serving process has its own.

    Raises:
        SettingsError: a setting asks for what is not installed, or the logo cannot be read.
    """
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: _Application) -> AsyncIterator[dict[str, Any]]:
        connections = Connections(settings.connections, settings.client_seconds)
        async with embargo_timer(app.state.database), connections.watched(), agents.running(app):
            yield {STATE: connections}
            await app.state.access.close()
        if app.response_cache is not None:
            app.response_cache.detector.close()
        app.state.corpus.servers.close()

    app = _Application(
        title=openapi.TITLE,
        version=version(),
        description=openapi.DESCRIPTION,
        contact=openapi.CONTACT,
        license_info=openapi.LICENSE,
        openapi_tags=openapi.TAGS,
        # A redirect to another spelling would be built from whatever Host the request names.
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        lifespan=lifespan,
        telemetry=telemetry.configuration(),
    )
    app.state.settings = settings
    app.state.meaning = open_model(settings.semantic_model, settings.semantic_languages)
    servers = open_servers(settings)
    app.state.database = servers.primary
    item_bytes = settings.cache_bytes // _PART_OF_ITEMS
    corpus = app.state.corpus = Corpus(servers, item_bytes, settings.wait_seconds, settings.streams)
    app.state.writers = Writers(servers.primary)
    app.state.file_readers = FileReaders(settings.upload_seconds)
    access = app.state.access = Access(servers, corpus.read_limiter, RouteTerms(app))
    problems.install(app)
    app.add_exception_handler(405, guard.refuse_method)
    for resource in (questions, answers, interviews, speakers, topics, search, quotes, sources, changes, index, health):
        add_routes(app, resource.router)
    # They write, or read for keys alone.
    for resource in (
        keys,
        audit,
        stated_interviews,
        uploads,
        question_topics,
        vocabulary,
        doubles,
        statements_of_corpus,
        withholding,
        held,
    ):
        add_routes(app, resource.router)
    numbers = metrics.install(app) if settings.metrics else None
    explorer.install(app)
    add_routes(app, guide.router)
    add_routes(app, request_collections.router)
    problem_pages.install(app)
    web.install(app)
    agents.install(app)
    openapi.install(app)
    rate_limit = RateLimit(settings) if settings.rates else None
    observer = Observer(app, settings, numbers)
    if settings.cache_bytes:
        detector = change_detector(servers.primary)
        app.response_cache = ResponseCache(detector, settings.cache_bytes - item_bytes)
        # Only the framework makes a span around an answer.
        if not telemetry.is_asked_for():
            app.fast_path = FastPath(app.response_cache, observer, rate_limit)
    # The last one is the outermost.
    app.add_middleware(
        Caching, max_age_seconds=settings.cache_seconds, cache=app.response_cache, limiter=corpus.read_limiter
    )
    app.add_middleware(
        Envelope, observer=observer, body_seconds=settings.client_seconds, access=access, rate_limit=rate_limit
    )
    return app
