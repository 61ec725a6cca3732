"""/problems/: a page for each kind of problem, linked from the `type` of problem documents, and a list of them."""

import base64
import hashlib
from html import escape

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.api.problem_kinds import KINDS, Kind
from app.errors import NotFoundError
from app.text.folding import nearest

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}code{background:#eee;padding:0 .2em}pre{background:#eee;padding:.5rem;overflow:auto}"
    "pre code{padding:0}a{color:#0b57a4}dt{font-weight:bold}dd{margin:0 0 1rem}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}code,pre{background:#333}a{color:#8ab8f0}}"
)
# The style is allowed by its digest, and nothing else is.
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    """Add the pages."""
    app.add_api_route("/problems", _to_list, include_in_schema=False)
    app.add_api_route("/problems/", _list, include_in_schema=False)
    app.add_api_route("/problems/{name}", _page, include_in_schema=False)


async def _to_list(_request: Request) -> Response:
    return RedirectResponse("/problems/", status_code=308)


async def _list(_request: Request) -> Response:
    kinds = sorted(KINDS.values(), key=lambda kind: (kind.status, kind.name))
    rows = "".join(
        f'<dt><a href="/problems/{kind.name}">{escape(kind.title)}</a></dt><dd>Status {kind.status}</dd>\n'
        for kind in kinds
    )
    about = (
        "<p>Errors are documents of the media type <code>application/problem+json</code> (RFC 9457). Their "
        "<code>type</code> leads to one of these pages.</p>"
    )
    return html_page("Problems", f"{about}\n<dl>\n{rows}</dl>")


async def _page(name: str) -> Response:
    kind = KINDS.get(name)
    if kind is None:
        raise NotFoundError("problem type", name[:120], nearest(name, KINDS))
    return html_page(kind.title, _about(kind))


def _about(kind: Kind) -> str:
    # Words in backquotes are code, in Markdown and here.
    advice = "".join(
        f"<code>{escape(part)}</code>" if is_code else escape(part)
        for part, is_code in zip(kind.advice.split("`"), [False, True] * len(kind.advice), strict=False)
    )
    return (
        f"<p>Status {kind.status}, type <code>/problems/{kind.name}</code></p>\n<p>{advice}</p>\n"
        '<p><a href="/problems/">All problems</a></p>'
    )


def html_page(title: str, body: str) -> Response:
    """Make a page for people, with nothing in it that a browser would run."""
    title = escape(title)
    return HTMLResponse(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title} - Quoth</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n"
        '<footer><p><a href="/docs">API documentation</a></p></footer>\n</body>\n</html>\n',
        headers={"Content-Security-Policy": _POLICY},
    )
