"""/docs: the explorer (Swagger UI), from vendored files alone, so that it works without the internet."""

from functools import cache
from mimetypes import guess_type
from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.api.http.caching import UNCHANGING

# The version is part of the address, so the files at it never change.
EXPLORER = "swagger-ui-5.35.0"
STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    """Add the explorer, and a redirect from / to it."""
    app.add_api_route(f"/static/{EXPLORER}/{{name}}", _file, include_in_schema=False)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.add_api_route("/", _root, include_in_schema=False)


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
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Quoth API",
        swagger_js_url=f"/static/{EXPLORER}/swagger-ui-bundle.js",
        swagger_css_url=f"/static/{EXPLORER}/swagger-ui.css",
        swagger_favicon_url=f"/static/{EXPLORER}/favicon-32x32.png",
        swagger_ui_parameters={
            "tryItOutEnabled": True,
            "filter": True,
            "displayRequestDuration": True,
            "defaultModelsExpandDepth": -1,
        },
    )
    page.headers["Content-Security-Policy"] = _POLICY
    return page


async def _root(_request: Request) -> Response:
    return RedirectResponse("/docs", status_code=307)
