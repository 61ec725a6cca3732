"""What a route asks of a request before its handler runs: a key with a scope, and a body of a bounded size."""

import re
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Scope as Request

from app.models import Scope

# Of a request to a route that says nothing else.
MAX_BODY_BYTES = 64 * 1024
_GROUP_NAME = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class Terms:
    """The scope that a key needs, or None where no key is asked for, and `and_scope` that it needs beside; or another
    one, which is enough to be heard, and with which the handler decides; and the bytes that a body may have. A body
    that is `slow` may take its time, as long as it goes on. `existing` says that the request changes what is there;
    None, that it may also make it. `admits` refuses a request in another way than by a key, before its body is read.
    """

    scope: Scope | None = None
    body_bytes: int = MAX_BODY_BYTES
    slow: bool = False
    existing: bool | None = False
    admits: Callable[[Request], Awaitable[Response | None]] | None = None
    other_scope: Scope | None = None
    and_scope: Scope | None = None

    @property
    def needed(self) -> tuple[Scope, ...]:
        """The scopes that a key needs, all of them."""
        return tuple(one for one in (self.scope, self.and_scope) if one is not None)

    def heard(self, scopes: Collection[Scope]) -> bool:
        """Tell whether a key with these scopes is heard."""
        return all(one in scopes for one in self.needed) or self.other_scope in scopes


_USUAL = Terms()


class Needs:
    """A dependency that stands for a scope. `Access` has checked the key before it is called."""

    def __init__(
        self,
        scope: Scope,
        *,
        existing: bool | None = False,
        other_scope: Scope | None = None,
        and_scope: Scope | None = None,
    ) -> None:
        self.scope = scope
        self.existing = existing
        self.other_scope = other_scope
        self.and_scope = and_scope


class RouteTerms:
    """The terms of an application's routes. They are collected at the first use: routes may be added until then."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def of(self, scope: Request) -> Terms:
        """Return the terms of the route that a request is meant for; the usual ones where there is none."""
        path = scope["path"]
        if self._any.match(path) is None:
            return _USUAL
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        # The router, too, takes the first route that has the method.
        found = (terms[method] for pattern, terms in self._patterns if method in terms and pattern.match(path))
        return next(found, _USUAL)

    @cached_property
    def by_path(self) -> dict[str, dict[str, Terms]]:
        """Terms by path and method, of the routes that have their own."""
        found: dict[str, dict[str, Terms]] = {}
        most: int = self._app.state.settings.upload_bytes
        for each in iter_route_contexts(self._app.routes):
            route = each.original_route
            if isinstance(route, APIRoute) and each.path and (terms := terms_of(route, most)) != _USUAL:
                found.setdefault(each.path, {}).update(dict.fromkeys(each.methods or (), terms))
        return found

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], dict[str, Terms]]]:
        """The patterns by which the router finds routes, with the terms of each."""
        return [(compile_path(path)[0], terms) for path, terms in self.by_path.items()]

    @cached_property
    def _any(self) -> re.Pattern[str]:
        """One pattern of them all: most requests are meant for none."""
        return re.compile("|".join(_GROUP_NAME.sub("(?:", one.pattern) for one, _terms in self._patterns) or r"(?!)")


def terms_of(route: APIRoute, upload_bytes: int) -> Terms:
    """Return the terms of a route: its class bounds its body, and a dependency says which scope it needs."""
    needed = next((one for one in _called(route.dependant) if isinstance(one, Needs)), None)
    is_upload = getattr(route, "is_upload", False)
    body_bytes = upload_bytes if is_upload else getattr(route, "body_bytes", MAX_BODY_BYTES)
    if needed is None:
        return Terms(None, body_bytes, slow=is_upload, admits=getattr(route, "admits", None))
    return Terms(
        needed.scope,
        body_bytes,
        slow=is_upload,
        existing=needed.existing,
        other_scope=needed.other_scope,
        and_scope=needed.and_scope,
    )


def _called(dependant: Any) -> Iterator[Any]:
    """Yield what FastAPI calls for a handler: its class for that is private."""
    for one in dependant.dependencies:
        yield one.call
        yield from _called(one)
