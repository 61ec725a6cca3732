"""Values that follow from one revision of the corpus alone, such as the length of a list: each is worked out once."""

from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Lock
from typing import Any

from cachetools import LRUCache

from app.db.corpus_revision import CorpusRevision

# Values of weight 1: a list takes some tens of kilobytes with its statements.
DEFAULT_MAX_WEIGHT = 256


class RevisionCache:
    """Caches values by name and by the revision of the transaction that read them; threads may share it.

    A value is found under its own revision only, so none outlives a write, whichever process made it. The least
    recently used values go when all of them together weigh more than `max_weight`; each weighs 1 unless `weigh` says
    otherwise.
    """

    def __init__(self, max_weight: int = DEFAULT_MAX_WEIGHT, weigh: Callable[[Any], int] | None = None) -> None:
        self._lock = Lock()
        self._values: LRUCache[tuple[CorpusRevision, Hashable], Any] = LRUCache(max_weight, weigh)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def weight(self) -> float:
        """What all values together weigh."""
        return self._values.currsize

    def get(self, revision: CorpusRevision | None, name: Hashable) -> Any | None:
        """Return the value of this name and revision; None where there is none."""
        if revision is None:
            return None
        with self._lock:
            return self._values.get((revision, name))

    def put(self, revision: CorpusRevision | None, name: Hashable, value: Any) -> None:
        """Store a value, which nobody may change from now on. A corpus without a revision stores none."""
        # ValueError: the value alone weighs more than all of them may.
        if revision is not None:
            with self._lock, suppress(ValueError):
                self._values[revision, name] = value
