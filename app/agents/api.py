"""Asks the API from within its own process: what a tool shows is what the API answers, with the same checks, limits,
caches and log lines.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message

from app.api.http.rate_limit import uncounted
from app.api.problem_kinds import INTERNAL_ERROR, INVALID_PARAMETER, KINDS, UNKNOWN_PARAMETER
from app.logs import REQUEST_ID

# An argument is a text, a number, a truth value, or a list of such.
Arguments = Mapping[str, Any]
# Redirects that are followed: a slug that was renamed leads on once.
_MOST_REDIRECTS = 3
# Problems whose detail says what to do.
_SAY_ALL = frozenset({INVALID_PARAMETER, UNKNOWN_PARAMETER})


class RefusedError(Exception):
    """The API refused a request; the message says what is wrong and what to do about it."""


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Headers
    body: bytes


class Api:
    """The API of an application; `base` is its public address, which redirects begin with."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self.base = base

    async def get(self, path: str, query: Arguments | None = None) -> dict[str, Any]:
        """Return what the API answers in JSON.

        Raises:
            RefusedError: it refuses the request.
        """
        answer: dict[str, Any] = json.loads(await self._get(path, query or {}))
        return answer

    async def get_text(self, path: str, query: Arguments) -> str:
        """Return what the API answers in another format, which the query names.

        Raises:
            RefusedError: it refuses the request.
        """
        return (await self._get(path, query)).decode()

    async def post(self, path: str, body: Arguments) -> dict[str, Any]:
        """Return what the API answers to a body in JSON.

        Raises:
            RefusedError: it refuses the request.
        """
        answer: dict[str, Any] = json.loads(_accepted(await self._ask("POST", path, body=json.dumps(body).encode())))
        return answer

    async def _get(self, path: str, query: Arguments) -> bytes:
        answer = await self._ask("GET", path, urlencode([*_written(query)]))
        for _redirect in range(_MOST_REDIRECTS):
            if "Location" not in answer.headers:
                break
            target = urlsplit(answer.headers["Location"].removeprefix(self.base))
            answer = await self._ask("GET", target.path, target.query)
        return _accepted(answer)

    async def _ask(self, method: str, path: str, query: str = "", body: bytes = b"") -> _Answer:
        """Send one request, with the id of the call that it is part of, and take the whole answer."""
        headers = {"host": "localhost", "accept": "*/*", "x-request-id": REQUEST_ID.get() or ""}
        if body:
            headers |= {"content-type": "application/json", "content-length": str(len(body))}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
            "server": ("localhost", 80),
            # Stands for an address in the log, which has that of the call itself.
            "client": ("mcp", 0),
        }
        sent: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        taken: list[Message] = []

        async def receive() -> Message:
            if not sent:
                # Nobody leaves: the call itself waits for who has made it.
                await anyio.sleep_forever()
            return sent.pop()

        async def send(message: Message) -> None:
            taken.append(message)

        await self._app(uncounted(scope), receive, send)
        start, *rest = taken
        return _Answer(start["status"], Headers(raw=start["headers"]), b"".join(one.get("body", b"") for one in rest))


def _written(query: Arguments) -> Iterator[tuple[str, str]]:
    """Yield arguments as parameters of an address; a list repeats its parameter."""
    for name, value in query.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, bool):
                yield name, str(one).lower()
            else:
                yield name, str(int(one)) if isinstance(one, float) and one.is_integer() else str(one)


def _accepted(answer: _Answer) -> bytes:
    if answer.status == 200:
        return answer.body
    problem = json.loads(answer.body)
    kind = KINDS.get(str(problem["type"]).rpartition("/")[2], INTERNAL_ERROR)
    # The detail of a single mistake need not name its parameter.
    names = [one["parameter"] for one in problem["errors"]]
    detail = str(problem["detail"])
    if len(names) == 1 and names[0] != "path" and not detail.startswith(f"{names[0]}:"):
        detail = f"{names[0]}: {detail}"
    wait = answer.headers.get("Retry-After")
    advice = f"Try again in {wait} seconds." if wait else "" if kind in _SAY_ALL else kind.advice
    raise RefusedError(f"{detail} {advice}".rstrip())
