"""An interview that is held back, asked for over HTTP by those who may see it and by those who may not."""

from collections.abc import Callable, Sequence
from typing import Any

from app.loading import LoadedInterview

Load = Callable[..., LoadedInterview]
# What differs from answer to answer, or with the length of a name.
_CHANGING = {"x-request-id", "server-timing", "date", "content-length"}


def load_held(load: Load, text: str, metadata: str) -> LoadedInterview:
    """Load an interview that is held back beside one that is published, `ferry`."""
    load("Q: And the ferry?\nA: It still runs.\n", 'slug = "ferry"\ntitle = "The ferry"', "ferry.txt")
    held = load(text, f'{metadata}\nembargo_until = "2199-12-31"', "held.txt")
    assert held.held_until is not None
    return held


def answered_as_unknown(held: LoadedInterview, ask: Callable[[str], Sequence[Any]]) -> set[int]:
    """Make sure that what is asked of an interview that is held back, by slug and by id, is answered as of a name that
    nothing has: status, headers and body. Returns the statuses.
    """
    statuses: set[int] = set()
    for name, unknown in ((held.slug, "nope"), (held.interview_id, "0000000000ab")):
        answers = [_shown(one, name) for one in ask(name)]
        assert answers == [_shown(one, unknown) for one in ask(unknown)]
        statuses |= {status for status, _headers, _text in answers}
    return statuses


def _shown(response: Any, name: str) -> tuple[int, dict[str, str], str]:
    headers = {header: value for header, value in response.headers.items() if header not in _CHANGING}
    return response.status_code, headers, response.text.replace(name, "...")
