"""Assembles the application; decides nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata

from fastapi import Depends, FastAPI

from app.api import (
    answers,
    changes,
    docs,
    health,
    interviews,
    metrics,
    openapi,
    problem_pages,
    problems,
    questions,
    quotes,
    search,
    sources,
    speakers,
    telemetry,
    topics,
)
from app.api.caching import Caching
from app.api.database import Corpus
from app.api.envelope import Envelope
from app.api.parameters import single_values
from app.api.observing import Observer
from app.releasing import releasing
from app.replicas import open_servers
from app.settings import Settings, read_settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application; without settings, they are read from the environment.

    Connections are opened when the first request needs one, so that each serving process has its own.

    Raises:
        SettingsError: a setting asks for what is not installed.
    """
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with releasing(app.state.database):
            yield
        app.state.corpus.servers.close()

    app = FastAPI(
        title=openapi.TITLE,
        version=_version(),
        description=openapi.DESCRIPTION,
        contact=openapi.CONTACT,
        license_info=openapi.LICENSE,
        openapi_tags=openapi.TAGS,
        # A redirect to another spelling would be built from whatever Host the request names.
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=openapi.operation_id,
        lifespan=lifespan,
        telemetry=telemetry.CONFIGURATION,
    )
    app.state.settings = settings
    servers = open_servers(settings)
    app.state.database = servers.primary
    app.state.corpus = Corpus(servers)
    problems.install(app)
    for resource in (questions, answers, interviews, speakers, topics, search, quotes, sources, changes, health):
        app.include_router(resource.router, dependencies=[Depends(single_values)])
    numbers = metrics.install(app) if settings.metrics else None
    docs.install(app)
    problem_pages.install(app)
    openapi.install(app)
    # The last one is the outermost.
    app.add_middleware(Caching, max_age_seconds=settings.cache_seconds)
    app.add_middleware(Envelope, observer=Observer(app, settings, numbers))
    return app


def _version() -> str:
    try:
        return metadata.version("quoth")
    except metadata.PackageNotFoundError:
        return "0.1.0"
