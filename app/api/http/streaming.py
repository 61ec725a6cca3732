"""Streams answers that may be as long as the corpus, in bounded memory and out of one read transaction. Its revision is
their validator, so that a client that has the answer already costs one statement.
"""

import asyncio
import logging
from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import anyio
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.api.http.caching import stated
from app.api.http.read_limiter import ReadLimiter, work_of
from app.api.observability.request_context import request_context

_log = logging.getLogger("quoth.api")


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
    streamed = _Streamed(request, pieces, reading, media_type, headers)
    return stated(streamed, request, request_context(request.scope).corpus)


class _Streamed(StreamingResponse):
    """Closes the transaction when the answer has been sent, has broken off, or is not needed."""

    def __init__(
        self,
        request: Request,
        pieces: Iterable[bytes | str],
        reading: AbstractContextManager[Any],
        media_type: str,
        headers: Mapping[str, str] | None,
    ) -> None:
        self._iterator = iter(pieces)
        limiter: ReadLimiter = request.app.state.corpus.read_limiter
        made = limiter.pieces(self._iterator, work_of(request.scope))
        super().__init__(made, media_type=media_type, headers=headers)
        self._reading = reading
        self._seconds: float = request.app.state.settings.stream_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            # A reader that is slower would hold a connection and an old state of the database.
            async with asyncio.timeout(self._seconds) as deadline:
                await super().__call__(scope, receive, send)
        except TimeoutError:
            if not deadline.expired():
                raise
            # The server closes the connection of an answer that is not whole.
            _log.warning("a list was broken off: it took longer than %g seconds to send", self._seconds)
        finally:
            # Also when the server cancels the request.
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._close)

    def _close(self) -> None:
        if isinstance(self._iterator, Generator):
            self._iterator.close()
        self._reading.__exit__(None, None, None)
