"""/docs: the explorer (Swagger UI), from vendored files alone, so that it works without the internet."""

from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from app.api.database import Open, Reading
from app.api.documentation.explorer_document import explorer_document
from app.api.http.caching import UNCHANGING
from app.api.http.read_limiter import ReadingRoute
from app.api.routers import add_routes
from app.errors import QuothError
from app.queries.corpus_names import CorpusNames, find_names

# The version is part of the address, so the files at it never change.
EXPLORER = "swagger-ui-5.35.0"
STATIC = Path(__file__).parent / "static"
DOCUMENT = "/docs/openapi.json"
GUIDE = "/docs/guide"
POSTMAN = "/docs/postman.json"
BRUNO = "/docs/bruno.zip"
# Hosts that a server listens on and that are no address to send a request to.
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - nothing listens here
# No script and no style but those of files.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_START = """\
"use strict";
SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#explorer",
  deepLinking: true,
  tryItOutEnabled: true,
  filter: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: -1,
});
"""
_PAGE = f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quoth API</title>
<link rel="icon" href="/static/{EXPLORER}/favicon-32x32.png">
<link rel="stylesheet" href="/static/{EXPLORER}/swagger-ui.css">
</head>
<body>
<div id="explorer"></div>
<noscript><p>The explorer needs JavaScript. <a href="/docs/guide">The guide</a> does not.</p></noscript>
<script src="/static/{EXPLORER}/swagger-ui-bundle.js"></script>
<script src="/docs/explorer.js"></script>
</body>
</html>
"""
_router = APIRouter(route_class=ReadingRoute, include_in_schema=False)


def install(app: FastAPI) -> None:
    """Add the explorer."""
    app.add_api_route(f"/static/{EXPLORER}/{{name}}", _file, include_in_schema=False)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.add_api_route("/docs/explorer.js", _start, include_in_schema=False)
    add_routes(app, _router)


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Read the explorer's files, once: bytes and media type by name."""
    return {
        path.name: (path.read_bytes(), guess_type(path.name)[0] or "text/plain")
        for path in (STATIC / EXPLORER).iterdir()
    }


async def _file(name: str) -> Response:
    if name not in _files():
        raise HTTPException(404)
    content, media_type = _files()[name]
    return Response(content, media_type=media_type, headers={"Cache-Control": UNCHANGING})


async def _docs(_request: Request) -> Response:
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


async def _start(_request: Request) -> Response:
    return Response(_START, media_type="text/javascript")


@_router.get(DOCUMENT)
def _document(request: Request, database: Open) -> dict[str, Any]:
    return explorer_document(request.app.openapi(), names_of_corpus(database))


def names_of_corpus(database: Reading) -> CorpusNames | None:
    """Return names that the corpus has; None where it is empty or cannot be read, since a page of help shows anyway."""
    try:
        with database.read() as connection:
            names: CorpusNames | None = database.get_cached("names of the corpus")
            if names is None:
                names = find_names(connection)
                database.cache("names of the corpus", names)
    except QuothError:
        return None
    return names


def server_of(request: Request) -> str:
    """Return what the addresses of this server begin with, to be shown to somebody."""
    settings = request.app.state.settings
    host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
    return str(settings.public_url or f"http://{host}:{settings.port}")
