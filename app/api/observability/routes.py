"""Maps paths to the templates of their routes, by which requests are counted and named: there are few templates, and
clients can ask for any number of addresses.
"""

import re
from functools import cached_property

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

# Stands for all addresses at which there is nothing.
UNMATCHED = "unmatched"
# Machines ask for these every few seconds.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_GROUP_NAME = re.compile(r"\(\?P<\w+>")


class Routes:
    """The templates of an application's routes. They are collected at the first use: routes may be added until then.

    The path alone decides, so that requests which never reach a handler have a route too.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def template(self, path: str) -> str:
        """Return the template of the route that a path belongs to, or UNMATCHED."""
        match = self._pattern.fullmatch(path)
        return UNMATCHED if match is None else self.templates[(match.lastindex or 1) - 1]

    @cached_property
    def templates(self) -> list[str]:
        """Every template once, in the order in which they are tried."""
        return list(dict.fromkeys(one.path for one in iter_route_contexts(self._app.routes) if one.path))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """One pattern of all templates, each a group of its own."""
        each = (_GROUP_NAME.sub("(?:", compile_path(one)[0].pattern).strip("^$") for one in self.templates)
        return re.compile("|".join(f"({one})" for one in each))
