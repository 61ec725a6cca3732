"""The frame of every route that writes: who may, the one writing transaction, what the client has to have seen,
requests that are repeated, dry runs, and the answer.

How such a route is written, in a module of app/api/resources:

    router = resource_router("/v1/interviews", "interviews", WritingRoute)

    @router.put("/{interview}/statements", response_model=Statements, summary="Replace what is stated")
    def put_statements(
        interview: InterviewName,
        request: Request,
        writing: Annotated[Writing, Depends(may(Scope.WRITE, existing=True))],
        body: Annotated[StatementsBody, Body()],
    ) -> Response:
        with writing.open() as connection:
            writing.match(tag_of(show(request, connection, interview)))
            loading.state(connection, interview, sidecar_of(..., body...), writing.author)
            return writing.answer(show(request, connection, interview))

- `may(scope)` asks for a key with the scope before the body is read (401, 403). With `existing=True` the route changes
  what is there: `If-Match` has to be sent (428), and `match` has to be called with the ETag that GET of the same
  address sends now (412), worked out in the transaction; None says that there is nothing. For an action on an
  interview it is the ETag of the interview. With `existing=None` it may also make what is not there: then `match` is
  called only if it is there. Without `existing`, it is not called.
- The parameter is called `writing`, the handler is an ordinary function, and it runs in a thread. What takes long and
  writes nothing, such as reading a file, is done before `open`: nobody else can write meanwhile.
- `open` gives the writing transaction. An error rolls it back; so does `dry_run=true`, after the answer was made.
- `answer` is called last within it. It takes a Response or a model, the new state; adds the ETag (of a Response, by
  itself), Quoth-Revision and Location; and stores the answer for requests that repeat an `Idempotency-Key` (POST).
- `writing.author` says who, when and why: the reason is the header `Quoth-Reason`, for every route.
- Errors of app.errors become problem documents; further query parameters are declared one by one, as the query of a
  model would not take `dry_run`. JSON bodies have 1 MiB at most. A route with `route_class=UploadRoute` gets a file of
  QUOTH_UPLOAD_BYTES at most, which has arrived whole, as `upload: Upload`.
- A route that only reads, for keys with a scope, depends on `needs(scope)`; it may stand in the same router.
"""

import datetime
import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial, wraps
from inspect import iscoroutinefunction, signature
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.api import problem_kinds
from app.api.http.access import holder_of
from app.api.http.guard import TakenBody, taken_body
from app.api.http.headers import REVISION_HEADER
from app.api.http.read_limiter import ReadingRoute
from app.api.http.representation import entity_tag, names_tag, read_preconditions
from app.api.http.terms import Needs
from app.api.http.writers import Writers
from app.api.problems import RefusedError
from app.api.write_terms import (
    DryRun,
    IdempotencyKey,
    IfMatch,
    Reason,
    check_body,
    check_headers,
    check_query,
    checked_idempotency_key,
    decoded_reason,
    why_not_matched,
)
from app.db.corpus_revision import find_revision
from app.errors import ParameterError
from app.loading import Author, Origin, find_kept_answer, keep_answer
from app.models import Scope
from app.queries.keys import KeyHolder

JSON_BYTES = 1024 * 1024
_ANOTHER_REQUEST = (
    "Another request was sent with this Idempotency-Key. Send the same again, or this one with a new Idempotency-Key."
)
# Headers of an answer that are stored with it.
_KEPT_HEADERS = ("content-type", "etag", "location", REVISION_HEADER.lower())


class _RepeatedError(Exception):
    """The request was answered before; `response` is that answer."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class Writing:
    """One request that writes."""

    def __init__(
        self,
        request: Request,
        holder: KeyHolder,
        *,
        is_dry_run: bool,
        reason: str | None,
        idempotency_key: str | None,
    ) -> None:
        self.request = request
        self.is_dry_run = is_dry_run
        self.holder = holder
        self._reason = decoded_reason(reason)
        self._idempotency_key = checked_idempotency_key(idempotency_key)
        # What makes two bodies the same: SHA-256 of the bytes, unless the handler knows better.
        body = taken_body(request.scope)
        self.body_sha256 = body.sha256 if body else ""
        self._connection: sa.Connection | None = None
        self._now = datetime.datetime.now(datetime.UTC)

    @property
    def writers(self) -> Writers:
        """What runs the handlers that write."""
        writers: Writers = self.request.app.state.writers
        return writers

    @property
    def author(self) -> Author:
        """Who writes, when and why; the time is that at which the transaction began."""
        return Author(self._now, self.holder.name, self._reason, Origin.API)

    @contextmanager
    def open(self) -> Iterator[sa.Connection]:
        """Open the writing transaction, unless the request has been answered before.

        Raises:
            RefusedError: the Idempotency-Key belongs to another request.
            OverloadedError: others write for too long.
            DatabaseUnavailableError: the database cannot be written.
        """
        with self.writers.write() as connection:
            self._now = datetime.datetime.now(datetime.UTC)
            if self._is_repeatable:
                self._repeat(connection)
            self._connection = connection
            try:
                yield connection
            finally:
                self._connection = None
            if self.is_dry_run:
                connection.rollback()

    def match(self, tag: str | None) -> None:
        """Make sure that the client has seen the state that has this entity-tag; None where there is nothing.

        Raises:
            RefusedError: it does not say what it has seen (428), or has seen another state (412).
        """
        stated = read_preconditions(self.request.scope["headers"])
        if stated.if_match is None:
            raise RefusedError(problem_kinds.PRECONDITION_REQUIRED, "Send If-Match with the ETag that you have read.")
        if not names_tag(stated.if_match, tag, strongly=True):
            raise RefusedError(problem_kinds.PRECONDITION_FAILED, why_not_matched(stated.if_match, tag))
        if stated.if_none_match is not None and names_tag(stated.if_none_match, tag, strongly=False):
            raise RefusedError(problem_kinds.PRECONDITION_FAILED, "If-None-Match names the state that it has.")

    def answer(
        self, body: Response | BaseModel, *, etag: str | None = None, status: int = 200, location: str | None = None
    ) -> Response:
        """Answer with the new state; `location` is the path of what was created.

        `etag` is the entity-tag that GET of the address sends now. A Response, which GET would have sent, has its own.
        """
        connection = self._connection
        assert connection is not None  # noqa: S101 - it is called within open()
        content, media_type = _content_of(body)
        headers = {"Content-Type": media_type}
        revision = find_revision(connection)
        if self.is_dry_run:
            # Nothing has been made, so nothing has a place, a state or a revision.
            return Response(content, 200, headers)
        if etag is not None or isinstance(body, Response):
            headers["ETag"] = etag if etag is not None else entity_tag(media_type.encode(), content)
        if location is not None:
            headers["Location"] = f"{self.request.app.state.settings.public_url}{location}"
        headers[REVISION_HEADER] = str(revision.number if revision else 0)
        response = Response(content, status, headers)
        if self._is_repeatable:
            kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
            keep_answer(connection, self._place, self._digest, status, kept, content, self._now)
        return response

    @property
    def _is_repeatable(self) -> bool:
        return self._idempotency_key is not None and self.request.method == "POST" and not self.is_dry_run

    @property
    def _place(self) -> tuple[str, str]:
        return self.holder.prefix, self._idempotency_key or ""

    @cached_property
    def _digest(self) -> str:
        """Say what makes the request, its method, address and body, so that only who sent it can tell.

        It is stored. Of a plain SHA-256 the body could be guessed, and what a redaction takes out is short. This one
        is made with the secret of the caller's key, which is stored nowhere.
        """
        scope = self.request.scope
        path = scope.get("raw_path") or scope["path"].encode()
        parts = (scope["method"].encode(), path, scope["query_string"], self.body_sha256.encode())
        _kind, _space, key = self.request.headers["authorization"].strip().rpartition(" ")
        return hmac.new(key.encode(), b"\0".join(parts), hashlib.sha256).hexdigest()

    def _repeat(self, connection: sa.Connection) -> None:
        kept = find_kept_answer(connection, self._place, self._now)
        if kept is None:
            return
        if kept.request_sha256 != self._digest:
            raise RefusedError(problem_kinds.KEY_REUSED, _ANOTHER_REQUEST)
        if kept.body is None:
            detail = (
                f"This request was done, and answered with status {kept.status}. Its answer is not kept any more, "
                "because words were taken out since."
            )
            raise RefusedError(problem_kinds.CONFLICT, detail)
        raise _RepeatedError(Response(kept.body, kept.status, kept.headers))


class May(Needs):
    """The dependency of a handler that writes."""

    async def __call__(
        self,
        request: Request,
        dry_run: DryRun = False,
        reason: Reason = None,
        _if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Writing:
        """Take what every request that writes may say.

        Raises:
            ParameterError: the reason or the Idempotency-Key cannot be right.
            RefusedError: there is no such query parameter.
        """
        check_query(request)
        check_headers(request)
        check_body(request)
        holder = require(request, self.scope)
        if self.and_scope is not None:
            require(request, self.and_scope)
        return Writing(request, holder, is_dry_run=dry_run, reason=reason, idempotency_key=idempotency_key)


class _Asks(Needs):
    """The dependency of a handler that reads for keys with a scope."""

    async def __call__(self, request: Request) -> KeyHolder:
        """Return who asks."""
        holder = holder_of(request.scope)
        if holder is not None and self.other_scope in holder.scopes:
            return holder
        return require(request, self.scope)


def may(scope: Scope, *, existing: bool | None = False, beside: Scope | None = None) -> May:
    """Make the dependency of a handler that writes: keys need this scope, and one `beside` it if given. `existing` says
    that what it changes is there already, so that `Writing.match` has to be called; None, that it is to be called if it
    is there.
    """
    return May(scope, existing=existing, and_scope=beside)


def needs(scope: Scope, *, or_else: Scope | None = None) -> Callable[..., Any]:
    """Make the dependency of a handler that reads for keys with this scope alone. With a scope `or_else`, keys with
    that one come to it too: it calls `require` for what they may not see.
    """
    return _Asks(scope, other_scope=or_else)


async def _uploaded(request: Request) -> TakenBody:
    body = taken_body(request.scope)
    if body is None or not body.size:
        raise ParameterError("body", "Send the file as the body of the request.")
    return body


Upload = Annotated[TakenBody, Depends(_uploaded)]


class WritingRoute(ReadingRoute):
    """A route whose handler writes, in a thread."""

    body_bytes = JSON_BYTES
    is_upload = False

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _in_thread(endpoint), **options)


class UploadRoute(WritingRoute):
    """A route whose handler writes what it reads from a file, which is the body of the request."""

    is_upload = True


def _in_thread(handler: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(handler) or "writing" not in signature(handler).parameters:
        return handler

    @wraps(handler)
    async def handle(**arguments: Any) -> Any:
        writing: Writing = arguments["writing"]
        try:
            return await writing.writers.run(partial(handler, **arguments))
        except _RepeatedError as repeated:
            return repeated.response

    return handle


def tag_of(response: Response) -> str:
    """Return the entity-tag with which GET sends a response."""
    return entity_tag(response.headers.get("content-type", "").encode(), bytes(response.body))


def _content_of(body: Response | BaseModel) -> tuple[bytes, str]:
    if isinstance(body, Response):
        return bytes(body.body), body.headers.get("content-type", "")
    return body.model_dump_json(by_alias=True).encode(), "application/json"


def require(request: Request, scope: Scope) -> KeyHolder:
    """Return who asks. Such a request comes here with its key checked; if ever one did not, nothing would be opened.

    Raises:
        RefusedError: the key does not have the scope.
    """
    holder = holder_of(request.scope)
    if holder is None or scope not in holder.scopes:
        raise RefusedError(problem_kinds.FORBIDDEN, f"This needs a key with the scope '{scope}'.")
    return holder
