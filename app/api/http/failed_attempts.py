"""Counts requests with wrong keys, for each address and for all together, in bounded memory.

A right key is never counted and never refused, from whichever address it comes: nobody can lock another one out.
"""

import math
from collections.abc import Callable
from time import monotonic

from cachetools import LRUCache

from app.api.http.rate_limit import network_of

# Attempts that are answered at once, and how many more of them each second: from one address, and from all.
ADDRESS_BURST, ADDRESS_RATE = 300.0, 1.0
TOTAL_BURST, TOTAL_RATE = 3_000.0, 10.0
# Addresses that are remembered, at most. An attacker with more of them meets the bound of all.
_MOST_ADDRESSES = 10_000


class _Bucket:
    """Attempts that are left; they come back with time."""

    def __init__(self, burst: float, rate: float, now: float) -> None:
        self._burst, self._rate = burst, rate
        self._left, self._at = burst, now

    def wait(self, now: float) -> float:
        """Return the seconds until an attempt is left; 0 where one is."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        return 0.0 if self._left >= 1 else (1 - self._left) / self._rate

    def take(self) -> None:
        """Take an attempt."""
        self._left -= 1


class FailedAttempts:
    """The failed attempts of one serving process. `clock` gives seconds."""

    def __init__(
        self,
        address_burst: float = ADDRESS_BURST,
        total_burst: float = TOTAL_BURST,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._clock = clock
        self._address_burst = address_burst
        self._total = _Bucket(total_burst, TOTAL_RATE, clock())
        self.addresses: LRUCache[str, _Bucket] = LRUCache(_MOST_ADDRESSES)

    def note(self, address: str) -> int:
        """Note a failed attempt; return 0, or the whole seconds to wait where there were too many already."""
        now, network = self._clock(), network_of(address)
        own = self.addresses.get(network)
        if own is None:
            own = self.addresses[network] = _Bucket(self._address_burst, ADDRESS_RATE, now)
        wait = max(own.wait(now), self._total.wait(now))
        if wait:
            return math.ceil(wait)
        own.take()
        self._total.take()
        return 0
