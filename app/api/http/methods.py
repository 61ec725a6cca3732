"""Methods: which ones an address takes, and what OPTIONS answers, to browsers' preflights too."""

from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

_ROUTED = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PREFLIGHT_SECONDS = "86400"


def allowed(scope: Scope) -> list[str]:
    """List the methods that the address of a request takes, for Allow; none where there is nothing at the address."""
    routes: list[BaseRoute] = scope["app"].routes
    taken = []
    for method in _ROUTED:
        asked = {**scope, "method": method}
        if any(route.matches(asked)[0] is Match.FULL for route in routes):
            taken += ["GET", "HEAD"] if method == "GET" else [method]
    return [*taken, "OPTIONS"] if taken else []


def options(scope: Scope) -> Response | None:
    """Answer an OPTIONS request; None where there is nothing at the address.

    Pages of every origin may read, and send what headers they like: nobody is known by a cookie here, so nothing can
    be read that the page's server could not read itself. A method that is not listed is refused by the browser.
    """
    whole_server = scope.get("raw_path") == b"*" or scope["path"] == "*"
    methods = ["GET", "HEAD", "OPTIONS"] if whole_server else allowed(scope)
    if not methods:
        return None
    headers = {"Allow": ", ".join(methods)}
    names = {name for name, _ in scope["headers"]}
    if b"origin" in names and b"access-control-request-method" in names:
        headers["Access-Control-Allow-Methods"] = ", ".join(methods)
        headers["Access-Control-Allow-Headers"] = "*"
        headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
    return Response(status_code=204, headers={**headers, "Cache-Control": "no-store"})
