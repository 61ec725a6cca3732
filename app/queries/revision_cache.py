"""What follows from a revision of the corpus alone, such as how long a list is, worked out once for each revision."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any

from app.db.corpus_revision import CorpusRevision

# Values of weight 1: a list takes some tens of kilobytes with its statements.
DEFAULT_MAX_WEIGHT = 256


class RevisionCache:
    """Values, by the revision that they were read at and by name; those not asked for the longest go first. All of them
    together weigh `max_weight` at most, in whatever unit they are weighed.

    The revision has to be the one of the transaction that reads: a value is found by no other revision than its own, so
    that none outlives a write, whoever made it. To be used by several threads at once.
    """

    def __init__(self, max_weight: int = DEFAULT_MAX_WEIGHT) -> None:
        self._max_weight = max_weight
        self._lock = Lock()
        self._values: OrderedDict[tuple[CorpusRevision, Hashable], tuple[Any, int]] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._values)

    def get(self, revision: CorpusRevision | None, name: Hashable) -> Any | None:
        """Return what is known by this name of a revision; None where nothing is."""
        if revision is None:
            return None
        with self._lock:
            found = self._values.get((revision, name))
            if found is None:
                return None
            self._values.move_to_end((revision, name))
            return found[0]

    def put(self, revision: CorpusRevision | None, name: Hashable, value: Any, weight: int = 1) -> None:
        """Keep a value, which nobody may change from now on; of a corpus without a revision nothing is kept, nor what
        would leave no room for anything else.
        """
        if revision is None or weight > self._max_weight:
            return
        with self._lock:
            _value, before = self._values.pop((revision, name), (None, 0))
            self._values[revision, name] = value, weight
            self.weight += weight - before
            while self.weight > self._max_weight:
                _name, (_value, freed) = self._values.popitem(last=False)
                self.weight -= freed
