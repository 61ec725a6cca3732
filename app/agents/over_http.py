"""Tools over HTTP: one request a call, without sessions, so that any serving process answers any of them.

A page of another origin must not reach a server on its reader's own machine by a name that leads there (DNS
rebinding): the protocol asks servers to check Host and Origin.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from app.agents.server import make_server
from app.api import problem_kinds, problems
from app.api.http.terms import MAX_BODY_BYTES
from app.settings import Settings

# What the library answers with, as problems of this API.
_PROBLEMS = {
    400: (problem_kinds.BAD_REQUEST, "Send JSON, with Content-Type: application/json."),
    421: (problem_kinds.MISDIRECTED, "The Host header names another server than this one."),
    403: (problem_kinds.FOREIGN_ORIGIN, "The request comes from a page of another origin."),
}
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# It would log each refused request by itself, which anybody can send; the log of requests has them.
logging.getLogger("mcp.server.transport_security").setLevel(logging.ERROR)


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator["Endpoint"]:
    """Be ready to answer while the block runs."""
    manager = StreamableHTTPSessionManager(
        make_server(app), json_response=True, stateless=True, max_request_body_size=MAX_BODY_BYTES
    )
    async with manager.run():
        yield Endpoint(manager, app.state.settings)


class Endpoint:
    """Answers POST requests at the address of the tools."""

    def __init__(self, manager: StreamableHTTPSessionManager, settings: Settings) -> None:
        self._manager = manager
        self._checks = TransportSecurityMiddleware(_security(settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refused = await self._checks.validate_request(Request(scope), is_post=True)
        if refused is not None:
            kind, detail = _PROBLEMS[refused.status_code]
            await problems.problem(kind, scope["path"], detail)(scope, receive, send)
        else:
            await self._manager.handle_request(scope, receive, send)


def _security(settings: Settings) -> TransportSecuritySettings:
    """Allow this machine's own names, the host that is listened on, and the public address."""
    public = urlsplit(settings.public_url)
    own = f"[{settings.host}]" if ":" in settings.host else settings.host
    names = [*_LOOPBACK, own]
    hosts = [*names, *(f"{name}:*" for name in names), *([public.netloc] if public.netloc else [])]
    origins = [f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)
