"""Errors as pages, for requests that prefer HTML to a problem document."""

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from app.api import problem_kinds as kinds
from app.api.addresses import INDEX
from app.api.schemas.problems import GoneProblem, Problem
from app.web.site import POLICY, Site

# What the catalogue says of a kind of problem; of all others it says that the request was refused.
_EXPLAINED = {
    **{
        kind.name: kind.name
        for kind in (
            kinds.NOT_FOUND,
            kinds.GONE,
            kinds.INVALID_PARAMETER,
            kinds.UNKNOWN_PARAMETER,
            kinds.INVALID_CURSOR,
            kinds.INTERNAL_ERROR,
        )
    },
    **dict.fromkeys(
        (kinds.UNAVAILABLE.name, kinds.REVISION_AWAITED.name, kinds.TOO_EXPENSIVE.name, kinds.OVERLOADED.name), "busy"
    ),
}


def problem_page(scope: Scope, problem: Problem) -> Response:
    """Show a problem to a person: what is wrong, what may have been meant, and where to go on."""
    app: FastAPI = scope["app"]
    site: Site = app.state.site
    body = site.render(
        "problem.html",
        scope,
        problem=problem,
        kind=_EXPLAINED.get(problem.type.rpartition("/")[2], "http-error"),
        elsewhere=[
            site.here(address)
            for error in problem.errors
            for address in error.suggestions
            if error.parameter == "path" and not address.endswith(INDEX)
        ],
        gone=problem if isinstance(problem, GoneProblem) else None,
    )
    return HTMLResponse(body, status_code=problem.status, headers={"Content-Security-Policy": POLICY})
