"""What is settled before routing: text that is not text is refused, and HEAD is GET without its body."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

from app.api.problems import BAD_REQUEST, problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """An ASGI layer around the application."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        fault = _fault("path", scope.get("raw_path") or b"") or _fault("query", scope.get("query_string", b""))
        if fault is not None:
            await problem(BAD_REQUEST, "/", fault)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _fault(where: str, raw: bytes) -> str | None:
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return f"The {where} is not UTF-8; percent-encode text as UTF-8."
    return f"The {where} has a NUL character." if "\0" in text else None


def _without_body(send: Send) -> Send:
    async def only_headers(message: Message) -> None:
        if message["type"] == "http.response.body":
            if not message.get("more_body", False):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await send(message)

    return only_headers
