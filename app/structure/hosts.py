"""Who interviews elsewhere in the series of a transcript, where its reading needs to know: as stated, or as asked."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.structure.roles import SeriesHosts, nobody_known
from app.text.folding import fold


@dataclass(frozen=True)
class StatedHosts:
    """The folded names of those who ask in a series, whatever it is called. Processes can hand it to one another."""

    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str]) -> "StatedHosts":
        """Return the hosts of these names, as they may be written."""
        return cls(frozenset(map(fold, names)))

    def __call__(self, _series: str | None) -> frozenset[str]:
        """Return the names."""
        return self.names


@dataclass
class AskedHosts:
    """Asks others, such as the other files of a folder, and notes what they say.

    What is noted is stored with the reading: they may not be at hand when the file is read again.
    """

    ask: SeriesHosts = nobody_known
    names: frozenset[str] = frozenset()

    def __call__(self, series: str | None) -> frozenset[str]:
        """Return the names."""
        self.names = frozenset(self.ask(series))
        return self.names


KnownHosts = StatedHosts | AskedHosts
