"""Which route an address belongs to, by its template, for whoever counts or names requests: there are few templates,
and as many addresses as somebody cares to ask for.
"""

import re
from functools import cached_property

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

# All addresses at which there is nothing.
UNMATCHED = "unmatched"
# What somebody's machine asks every few seconds.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_GROUP_NAME = re.compile(r"\(\?P<\w+>")


class Routes:
    """The templates of an application's routes, collected when first asked for: routes may be added until then.

    A route is told from the path alone, so that it is known of requests too that never come to a handler.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def template(self, path: str) -> str:
        """Return the template of the route that a path belongs to, or UNMATCHED."""
        found = self._pattern.fullmatch(path)
        return UNMATCHED if found is None else self.templates[(found.lastindex or 1) - 1]

    @cached_property
    def templates(self) -> list[str]:
        """Every template once, in the order in which they are tried."""
        return list(dict.fromkeys(one.path for one in iter_route_contexts(self._app.routes) if one.path))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """One pattern of all templates, each a group of its own."""
        each = (_GROUP_NAME.sub("(?:", compile_path(one)[0].pattern).strip("^$") for one in self.templates)
        return re.compile("|".join(f"({one})" for one in each))
