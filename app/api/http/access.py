"""Who asks: the key of a request is checked before its body is read, whatever the route (RFC 6750; RFC 9110, 11.6).

A key is looked up in the database at each request that has one, so that revoking it takes effect at once, in every
process. Requests without a key are not delayed, unless the route needs one.
"""

import asyncio
import datetime
import logging
from collections.abc import Sequence
from functools import partial
from time import monotonic

import sqlalchemy as sa
from fastapi import Request
from starlette.responses import Response
from starlette.types import Scope as RequestScope

from app.api import problem_kinds, problems
from app.api.http.failed_attempts import FailedAttempts
from app.api.http.guard import CLOSE, has_body
from app.api.http.read_limiter import ReadLimiter, work_of
from app.api.http.terms import RouteTerms, Terms
from app.db.replicas import Servers
from app.errors import (
    ClientLeftError,
    DatabaseUnavailableError,
    OverloadedError,
    QuothError,
    SchemaVersionError,
    StatementTimeError,
)
from app.loading.keys import USE_NOTED, note_use
from app.logs import Seldom
from app.models import Scope
from app.queries.keys import KeyHolder, find_holder, has_keys

_HOLDER = "quoth.key_holder"
_REALM = 'Bearer realm="Quoth"'
# Seconds after which noting a use is tried again where the database could not be written.
_TRY_AGAIN_SECONDS = 60.0
_HOW_TO_MAKE_ONE = (
    "No key has been made yet, so nothing can be written here over HTTP. Whoever runs the server makes one with "
    "'quoth keys create NAME {scopes}' and gives it to you."
)
_SEND_IT = "Send a key as 'Authorization: Bearer quoth_...'."
_log = logging.getLogger("quoth.keys")


class Access:
    """Checks the keys of requests, and notes that they are used."""

    def __init__(
        self, servers: Servers, limiter: ReadLimiter, terms: RouteTerms, attempts: FailedAttempts | None = None
    ) -> None:
        self._servers, self._limiter = servers, limiter
        self.terms = terms
        self.attempts = attempts or FailedAttempts()
        self._failures = Seldom(_log)
        self._tried: dict[str, float] = {}
        self._noting: set[asyncio.Future[None]] = set()

    async def refusal(self, scope: RequestScope, terms: Terms) -> Response | None:
        """Refuse a request whose key is wrong, or that has none where one is needed; None for one that may go on."""
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if not given and terms.scope is None and terms.admits is None:
            return None
        try:
            if terms.admits is not None and not given:
                return await terms.admits(scope)
            look_up = partial(self._look_up, given)
            found = await self._limiter.run(look_up, work_of(scope))
        except OverloadedError:
            return problems.overloaded(scope)
        except ClientLeftError:
            return problems.client_left(scope)
        except (DatabaseUnavailableError, SchemaVersionError, StatementTimeError) as error:
            return problems.unavailable(scope, error)
        if isinstance(found, KeyHolder):
            scope[_HOLDER] = found
            if terms.heard(found.scopes):
                return None
            return _forbidden(scope, terms.needed)
        if given:
            return self._failed(scope, found)
        return _unidentified(scope, terms.needed, any_key=bool(found))

    def _look_up(self, given: list[bytes]) -> KeyHolder | str:
        """Find the holder of a key, or say why there is none; without a key, say whether any is in force."""
        now = datetime.datetime.now(datetime.UTC)
        with self._servers.read_newest() as opened:
            if not given:
                return "keys are in force" if has_keys(opened.connection, now) else ""
            if len(given) > 1:
                return "There are several Authorization headers; send one."
            kind, _space, key = given[0].decode("latin-1").strip().partition(" ")
            if kind.lower() != "bearer":
                return f"Only keys are taken here. {_SEND_IT}"
            return find_holder(opened.connection, key.strip(), now)

    def _failed(self, scope: RequestScope, reason: str) -> Response:
        client = scope.get("client")
        wait = self.attempts.note(client[0] if client else "")
        if wait:
            self._failures.warn("too many requests have wrong keys")
            detail = "Too many requests had wrong keys. A right key is taken at any time."
            headers = _closing(scope, {"Retry-After": str(wait)})
            return problems.problem(problem_kinds.TOO_MANY_ATTEMPTS, scope["path"], detail, headers=headers)
        self._failures.warn("a request had a wrong key")
        headers = _closing(scope, {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'})
        return problems.problem(problem_kinds.UNAUTHORIZED, scope["path"], reason, headers=headers)

    def note_use(self, scope: RequestScope) -> None:
        """Note that the key of a request was used, once an hour, in a transaction of its own that nobody waits for."""
        holder = holder_of(scope)
        if holder is None:
            return
        last, now = holder.last_used_at, datetime.datetime.now(datetime.UTC)
        if last is not None and now - last < USE_NOTED:
            return
        if monotonic() - self._tried.get(holder.prefix, -_TRY_AGAIN_SECONDS) < _TRY_AGAIN_SECONDS:
            return
        # Only keys that there are come here.
        self._tried[holder.prefix] = monotonic()
        noting = asyncio.get_running_loop().run_in_executor(None, self._note, holder.prefix, now)
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)

    async def close(self) -> None:
        """Wait for what is still being noted."""
        await asyncio.gather(*self._noting)

    def _note(self, prefix: str, now: datetime.datetime) -> None:
        try:
            with self._servers.primary.write() as connection:
                note_use(connection, prefix, now)
        except (QuothError, sa.exc.SQLAlchemyError) as error:
            _log.info("the use of the key %s cannot be noted: %s", prefix, error)


def holder_of(scope: RequestScope) -> KeyHolder | None:
    """Return who asks with a key; None for the public."""
    holder: KeyHolder | None = scope.get(_HOLDER)
    return holder


def may_see_held(request: Request) -> bool:
    """Tell whether a request may see what is held back."""
    holder = holder_of(request.scope)
    return holder is not None and Scope.READ_HELD in holder.scopes


def _forbidden(scope: RequestScope, needed: Sequence[Scope]) -> Response:
    holder = holder_of(scope)
    allows = ", ".join(sorted(holder.scopes)) if holder else ""
    detail = f"This needs a key with {_in_words(needed)}; yours allows {allows or 'nothing'}."
    challenge = f'{_REALM}, error="insufficient_scope", scope="{" ".join(needed)}"'
    headers = _closing(scope, {"WWW-Authenticate": challenge})
    return problems.problem(problem_kinds.FORBIDDEN, scope["path"], detail, headers=headers)


def _unidentified(scope: RequestScope, needed: Sequence[Scope], *, any_key: bool) -> Response:
    """Ask for a key; where there is none to send, say how one is made."""
    if not any_key:
        detail = _HOW_TO_MAKE_ONE.format(scopes=" ".join(f"--scope {one}" for one in needed))
        return problems.problem(problem_kinds.NO_KEYS, scope["path"], detail, headers=_closing(scope, {}))
    detail = f"This needs a key with {_in_words(needed)}. {_SEND_IT}"
    headers = _closing(scope, {"WWW-Authenticate": f'{_REALM}, scope="{" ".join(needed)}"'})
    return problems.problem(problem_kinds.UNAUTHORIZED, scope["path"], detail, headers=headers)


def _in_words(needed: Sequence[Scope]) -> str:
    return " and ".join(f"the scope '{one}'" for one in needed)


def _closing(scope: RequestScope, headers: dict[str, str]) -> dict[str, str]:
    return {**headers, **CLOSE} if has_body(scope) else headers
