"""/docs: the explorer, from vendored files alone, so that it works without the internet."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# The version is part of the address, so what stands there never changes.
EXPLORER = "swagger-ui-5.35.0"
STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class _Unchanging(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def install(app: FastAPI) -> None:
    """Add the explorer and the way to it."""
    app.mount(f"/static/{EXPLORER}", _Unchanging(directory=STATIC / EXPLORER), name="explorer")
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.add_api_route("/", _root, include_in_schema=False)


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
    page.headers["X-Content-Type-Options"] = "nosniff"
    return page


async def _root(_request: Request) -> Response:
    return RedirectResponse("/docs", status_code=307)
