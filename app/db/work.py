"""The reading work of one request, as the database sees it: how much of the processor it has used, whether it may go on
now, and why it is to end.

What runs in `doing` is its work; statements ask it while they run. What runs without any is never stopped.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Lock

from app.errors import ClientLeftError, QuothError, StatementTimeError

# Seconds that work waits at a time before it looks whether it is still wanted.
_LOOK_SECONDS = 0.25
# Work that gives way does so for this many seconds at a time, and goes on for this many before it does so again.
_GIVING_WAY_SECONDS, _GOING_ON_SECONDS = 0.02, 0.005
_current: ContextVar["Work | None"] = ContextVar("work", default=None)


class Work:
    """The work of one request. `has_left` tells, in any thread, whether nobody waits for its result any more."""

    def __init__(self, has_left: Callable[[], bool] = lambda: False) -> None:
        self._has_left = has_left
        self._may_go_on = Event()
        self._may_go_on.set()
        self._way: Event | None = None
        self._gives_way_at = 0.0
        self._outlasted: Callable[[], object] | None = None
        self._outlasts_at = math.inf
        self._used = 0.0
        self._taken_up: float | None = None
        self._lock = Lock()
        self._stop: Callable[[], None] | None = None

    @property
    def is_unwanted(self) -> bool:
        """Whether the client has left."""
        return self._has_left()

    @property
    def is_paused(self) -> bool:
        """Whether it waits at its next check."""
        return not self._may_go_on.is_set()

    def pause(self) -> None:
        """Let it wait from its next check on."""
        self._may_go_on.clear()

    def resume(self) -> None:
        """Let it go on."""
        self._may_go_on.set()

    def give_way(self, way: Event) -> None:
        """Let it wait for a moment now and then, from now on, while `way` is not set."""
        self._way = way

    def when_outlasted(self, seconds: float, call: Callable[[], object]) -> None:
        """Let it call a function, in its thread, when it has kept the processor busy for `seconds`."""
        self._outlasted, self._outlasts_at = call, seconds

    def interruptible(self, stop: Callable[[], None] | None) -> None:
        """Say how to stop the statement that a server works at for this, or None when it has been answered."""
        # Not while it is being stopped: the connection may be used for something else afterwards.
        with self._lock:
            self._stop = stop

    def interrupt(self) -> None:
        """Stop the statement that a server works at for this, if there is any."""
        with self._lock:
            if self._stop is not None:
                self._stop()
                self._stop = None

    def seconds(self) -> float:
        """Return how long it has kept the processor busy in this process, in seconds: waiting does not count."""
        return self._used + (0.0 if self._taken_up is None else time.thread_time() - self._taken_up)

    def check(self) -> QuothError | None:
        """Wait while it is paused or has to give way; return why it is to end, or None."""
        used, way = self.seconds(), self._way
        if used > self._outlasts_at and self._outlasted is not None:
            self._outlasts_at = math.inf
            self._outlasted()
        if way is not None and used >= self._gives_way_at and not way.is_set():
            way.wait(_GIVING_WAY_SECONDS)
            self._gives_way_at = used + _GOING_ON_SECONDS
        while not self._may_go_on.is_set() and not self._has_left():
            self._may_go_on.wait(_LOOK_SECONDS)
        return ClientLeftError("the client has left") if self._has_left() else None

    @contextmanager
    def doing(self) -> Iterator[None]:
        """Do a part of it in this thread."""
        token = _current.set(self)
        self._taken_up = time.thread_time()
        try:
            yield
        finally:
            self._used, self._taken_up = self.seconds(), None
            _current.reset(token)


def current_work() -> Work | None:
    """Return the work that is done in this thread; None where nobody has said."""
    return _current.get()


def check_current() -> None:
    """Wait while the current work is paused.

    Raises:
        ClientLeftError: nobody waits for its result any more.
    """
    work = _current.get()
    reason = None if work is None else work.check()
    if reason is not None:
        raise reason


def own_seconds() -> float:
    """Return the processor time of the current work, or else of this thread, in seconds; for differences."""
    work = _current.get()
    return time.thread_time() if work is None else work.seconds()


def bounded(seconds: float, too_long: str) -> Callable[[], None]:
    """Return what long work calls between its parts, from now on. Work that no request asks for has no bound.

    The function raises ClientLeftError where nobody waits for the result any more, and StatementTimeError, which says
    `too_long`, where the current work has kept the processor busy for more than `seconds` since.
    """
    begun = own_seconds()

    def go_on() -> None:
        check_current()
        if current_work() is not None and own_seconds() - begun > seconds:
            raise StatementTimeError(too_long)

    return go_on
