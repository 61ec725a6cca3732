"""Errors as pages, for requests that prefer HTML to a problem document.

The catalogue has a title and advice for each kind of problem, `problem-KIND` and `problem-KIND-advice`. What the API
says of the very request is English, and stands below them.
"""

from collections.abc import Collection
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from app.api import problem_kinds as kinds
from app.api.addresses import INDEX
from app.api.observability.request_context import request_context
from app.api.schemas.problems import GoneProblem, Problem
from app.web.site import POLICY, Site

# What the API says of them tells a reader nothing that the page does not.
_SAID_BY_TITLE = frozenset(
    kind.name
    for kind in (
        kinds.GONE,
        kinds.INTERNAL_ERROR,
        kinds.UNAVAILABLE,
        kinds.REVISION_AWAITED,
        kinds.TOO_EXPENSIVE,
        kinds.OVERLOADED,
        kinds.METHOD_NOT_ALLOWED,
    )
)
# Problems of a moment: the same request may be answered later.
_PASSING = frozenset({408, 429, 500, 503})
# Characters of an address that a page links to, at most.
_LONGEST = 2_000
_READS = frozenset({"GET", "HEAD"})
_DESK = "/desk"


def problem_page(scope: Scope, problem: Problem) -> Response:
    """Show a problem to a person: what is wrong, what may have been meant, and where to go on."""
    app: FastAPI = scope["app"]
    site: Site = app.state.site
    kind = problem.type.rpartition("/")[2]
    path = scope["path"]
    mistaken = {error.parameter for error in problem.errors}
    given = {name for name, _value in _query(scope)}
    body = site.render(
        "problem.html",
        scope,
        problem=problem,
        kind=kind,
        detail=None if problem.errors or kind in _SAID_BY_TITLE else problem.detail,
        mistakes=[error for error in problem.errors if error.parameter != "path"],
        elsewhere=[
            site.here(address)
            for error in problem.errors
            for address in error.suggestions
            if error.parameter == "path" and not address.endswith(INDEX)
        ],
        gone=problem if isinstance(problem, GoneProblem) else None,
        again=_link(scope, frozenset()) if problem.status in _PASSING else None,
        without=_link(scope, mistaken) if mistaken & given else None,
        is_at_desk=path == _DESK or path.startswith(f"{_DESK}/"),
        request_id=request_context(scope).request_id,
    )
    return HTMLResponse(body, status_code=problem.status, headers={"Content-Security-Policy": POLICY})


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _link(scope: Scope, left_out: Collection[str]) -> str | None:
    """Return the path and query of a request that only reads, without some of its parameters, for a link."""
    query = urlencode([pair for pair in _query(scope) if pair[0] not in left_out])
    address = f"{quote(scope['path'], safe='/:@')}{'?' if query else ''}{query}"
    # Two slashes would lead to another host.
    is_safe = not address.startswith("//") and len(address) <= _LONGEST
    return address if scope["method"] in _READS and is_safe else None
