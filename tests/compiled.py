"""What SQLAlchemy has compiled, shared by all engines: every test has a database and so engines of its own, and to
compile the same statements for each of them took a fifth of the time of all tests.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

_MOST_STATEMENTS = 5000


class _OfAllEngines(LRUCache[Any, Any]):
    """Keeps statements by the class of their dialect, where the cache of an engine has the dialect itself."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_shared(key), default)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(_shared(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_shared(key), value)


def _shared(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (type(dialect), *rest)


def share_compiled_statements() -> None:
    """Let all engines of this process compile each statement once."""
    cache = _OfAllEngines(_MOST_STATEMENTS)

    def share(connection: sa.Connection) -> None:
        connection.execution_options(compiled_cache=cache)

    sa.event.listen(sa.Engine, "engine_connect", share)
