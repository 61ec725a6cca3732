"""Connections of clients: uvicorn's protocol with what it lacks. A head, the time between two requests, and taking in
an answer have deadlines; the number of connections has a bound; what the parser refuses is a problem document.

One look a second at all connections costs less than a timer for each request. The deadline of a body is in `guard`.
"""

import asyncio
import errno
import logging
import resource
import socket
import struct
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any

import httptools
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from app.api import problem_kinds, problems
from app.api.http.guard import MAX_HEADER_BYTES, MAX_TARGET_BYTES
from app.api.http.headers import request_headers, request_id, with_common_headers
from app.api.http.read_limiter import HAS_LEFT
from app.logs import Seldom

# The name of the connections in the state that the application gives the server.
STATE = "connections"
# Bytes of a head that are taken in before it is whole; `guard` refuses less, with a better reason.
_MOST_HEAD_BYTES = MAX_TARGET_BYTES + 2 * MAX_HEADER_BYTES
# Descriptors that are left for databases, files and connections that are being refused.
_FOR_WORK = 200
# Bytes of an answer that have to be taken in within the time that a client has.
_LEAST_TAKEN_BYTES = 16_384
# A tenth of that time, at most this many seconds, lies between two looks at all connections.
_MOST_SECONDS_BETWEEN_LOOKS = 1.0
_VERSIONS = frozenset({"1.0", "1.1"})
_NO_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_log = logging.getLogger("quoth.connections")


def raise_descriptor_limit(connections: int) -> None:
    """Let this process open as many files as its connections and its work need, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _FOR_WORK
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Connections:
    """All connections of a serving process: `most` at most, or what its descriptors allow. Each step of a client may
    take `seconds`.
    """

    def __init__(self, most: int, seconds: float) -> None:
        descriptors, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if descriptors != resource.RLIM_INFINITY:
            most = min(most, max(descriptors - _FOR_WORK, descriptors // 2))
        self.most = most
        self.seconds = seconds
        self.open: set[BoundedProtocol] = set()
        # Those that have no request under way, the longest waiting first.
        self.waiting: dict[BoundedProtocol, None] = {}
        self._full = Seldom(_log)
        self._no_descriptors = Seldom(_log)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Keep the deadlines while the block is entered."""
        loop = asyncio.get_running_loop()
        before = loop.get_exception_handler()
        loop.set_exception_handler(self._handle)
        looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            looking.cancel()
            loop.set_exception_handler(before)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(_MOST_SECONDS_BETWEEN_LOOKS, self.seconds / 10))
            now = loop.time()
            for each in list(self.open):
                each.look(now)

    def make_room(self) -> bool:
        """Close the connection that has waited longest, if there are too many; return whether there is room."""
        if len(self.open) <= self.most:
            return True
        self._full.warn("all %d connections are in use", self.most)
        longest = next(iter(self.waiting), None)
        if longest is not None:
            longest.transport.abort()
            self.remove(longest)
        return longest is not None

    def remove(self, connection: "BoundedProtocol") -> None:
        """Forget a connection that is closed."""
        self.open.discard(connection)
        self.waiting.pop(connection, None)

    def _handle(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in _NO_DESCRIPTORS:
            # The loop tries to accept once for each connection that waits, and tells of each time.
            self._no_descriptors.warn("no connection can be accepted: %s", error.strerror)
        else:
            loop.default_exception_handler(context)


class BoundedProtocol(HttpToolsProtocol):
    """One connection, for uvicorn's setting `http`."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._connections: Connections = app_state[STATE]
        # When the present wait began: for a request, or for the rest of its head.
        self._since = 0.0
        self._is_in_head = False
        self._head_bytes = 0
        # What is read is not looked at any more, after a refusal.
        self._is_refused = False
        # Bytes that were still to be sent at a time, from which progress is measured.
        self._unsent, self._unsent_at = 0, 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn itself
        """Take a connection in, if there is room for it."""
        super().connection_made(transport)
        connections = self._connections
        connections.open.add(self)
        if connections.make_room():
            self._wait()
        else:
            self._refuse(problem_kinds.OVERLOADED, "All connections are in use.", {"Retry-After": "1"})

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._connections.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; refuse what it does not understand."""
        if self._is_refused:
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Nothing is offered to change to: the request is answered as it stands.
            pass
        except httptools.HttpParserError:
            self._refuse_badly_formed()
            return
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _MOST_HEAD_BYTES:
                self._refuse_head()

    def on_message_begin(self) -> None:
        """Begin the head of a request."""
        super().on_message_begin()
        self._is_in_head, self._head_bytes = True, 0
        self._since = self.loop.time()

    def on_headers_complete(self) -> None:
        """Begin to answer a request whose head is whole."""
        self._is_in_head = False
        version = self.parser.get_http_version()
        if version not in _VERSIONS:
            raise ValueError(f"there is no HTTP/{version} here")
        self._connections.waiting.pop(self, None)
        super().on_headers_complete()
        cycle = self.cycle
        scope: MutableMapping[str, Any] = cycle.scope  # type: ignore[assignment]  # with an addition of ours
        scope[HAS_LEFT] = lambda: cycle.disconnected

    def on_response_complete(self) -> None:
        """Go on to the next request, or wait for one: as uvicorn does, but with no timer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._wait()

    def resume_writing(self) -> None:
        """Note that much of an answer was taken in."""
        super().resume_writing()
        self._unsent = 0

    def look(self, now: float) -> None:
        """Close the connection if its client has had its time."""
        seconds = self._connections.seconds
        unsent = self.transport.get_write_buffer_size()
        if unsent:
            if not self._unsent or unsent > self._unsent or unsent <= self._unsent - _LEAST_TAKEN_BYTES:
                self._unsent, self._unsent_at = unsent, now
            elif now - self._unsent_at > seconds:
                self._break_off()
            return
        if self._unsent:
            self._unsent, self._since = 0, now
        if self not in self._connections.waiting or now - self._since <= seconds:
            return
        if self._is_in_head:
            self._refuse(problem_kinds.REQUEST_TIMEOUT, f"The head did not arrive within {seconds:g} seconds.")
        self.transport.close()

    def _break_off(self) -> None:
        """Close the connection at once, and let the kernel forget what it still has to send."""
        opened = self.transport.get_extra_info("socket")
        with suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _wait(self) -> None:
        self._since = self.loop.time()
        self._connections.waiting[self] = None

    def _refuse_head(self) -> None:
        is_url = len(self.url) > MAX_TARGET_BYTES
        kind = problem_kinds.URI_TOO_LONG if is_url else problem_kinds.HEADERS_TOO_LARGE
        self._refuse(kind, f"{'An address' if is_url else 'Headers'} of this size cannot be taken.")

    def _refuse_badly_formed(self) -> None:
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and (cycle.response_started or not cycle.more_body):
            # It follows a request that is being answered. Nothing more is read, and the connection ends with that.
            self._is_refused = True
            self.pipeline.clear()
            cycle.keep_alive = False
            self.flow.pause_reading()
            return
        if cycle is not None and not cycle.response_complete:
            # It is in the body of a request whose handler waits for it.
            cycle.disconnected = True
            cycle.message_event.set()
        if len(self.url) > MAX_TARGET_BYTES:
            # The parser takes addresses of 64 KiB at most.
            self._refuse_head()
        else:
            self._refuse(problem_kinds.BAD_REQUEST, "This is no request of HTTP/1.1, or an ambiguous one.")

    def _refuse(self, kind: problem_kinds.Kind, detail: str, headers: dict[str, str] | None = None) -> None:
        """Answer with a problem, then only wait for the client to close: what it still sends would break the answer."""
        _log.info("a request was refused before it was read: %s", detail)
        self._is_refused, self._is_in_head = True, False
        answer = problems.problem(kind, "/", detail, headers={**(headers or {}), "Connection": "close"})
        fields = [
            *self.server_state.default_headers,
            *with_common_headers(answer.raw_headers),
            *request_headers(request_id(None), perf_counter()),
        ]
        head = [STATUS_LINE[answer.status_code], *(b"%b: %b\r\n" % field for field in fields), b"\r\n"]
        self.transport.write(b"".join([*head, answer.body]))
        with suppress(OSError):
            self.transport.write_eof()
        self._wait()
