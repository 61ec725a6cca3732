"""Streams answers that may be as long as the corpus, in bounded memory and out of one read transaction. Its revision is
their validator, so that a client that has the answer already costs one statement.
"""

from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import anyio
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.api.http.caching import stated
from app.api.observability.request_context import request_context


def stream(
    request: Request,
    reading: AbstractContextManager[Any],
    pieces: Iterable[bytes | str],
    *,
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with pieces that are read from the corpus while they are sent.

    `reading` is the open transaction that they are read in; it is closed when the answer has been sent, has broken off,
    or is not needed. No piece is taken where the client has the answer already, or sent HEAD. An error in pieces can
    only break the answer off. Pieces of 10 to 60 KB are best.
    """
    return stated(_Streamed(pieces, reading, media_type, headers), request, request_context(request.scope).corpus)


class _Streamed(StreamingResponse):
    """Closes the transaction when the answer has been sent, has broken off, or is not needed."""

    def __init__(
        self,
        pieces: Iterable[bytes | str],
        reading: AbstractContextManager[Any],
        media_type: str,
        headers: Mapping[str, str] | None,
    ) -> None:
        self._iterator = iter(pieces)
        super().__init__(self._iterator, media_type=media_type, headers=headers)
        self._reading = reading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Also when the server cancels the request.
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._close)

    def _close(self) -> None:
        if isinstance(self._iterator, Generator):
            self._iterator.close()
        self._reading.__exit__(None, None, None)
