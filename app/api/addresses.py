"""What somebody may have meant by an address where nothing is: the same one without a slash, or one spelled alike."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile
from urllib.parse import quote

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from app.text.folding import nearest

# What other interfaces put before their resources: /api/v1/questions, /rest/questions, /v2/questions.
_BEFORE = re.compile(r"api|rest|public|v[0-9]{1,3}", re.ASCII | re.IGNORECASE)
# What other interfaces call the resources of this one.
_ELSEWHERE = {
    "people": "speakers",
    "persons": "speakers",
    "person": "speakers",
    "authors": "speakers",
    "guests": "speakers",
    "tags": "topics",
    "subjects": "topics",
    "categories": "topics",
    "concepts": "topics",
    "transcripts": "interviews",
    "episodes": "interviews",
    "documents": "interviews",
    "query": "search",
    "find": "search",
    "quotations": "quotes",
    "quote": "quotes",
    "files": "sources",
    "feed": "changes",
    "updates": "changes",
    "health": "healthz",
    "status": "healthz",
    "ping": "healthz",
    "ready": "readyz",
    "swagger": "docs",
    "redoc": "docs",
    "documentation": "docs",
    "help": "docs",
    "openapi": "openapi.json",
    "openapi.yaml": "openapi.json",
    "swagger.json": "openapi.json",
}
# Characters of an address and addresses told for it, at most: spelling is compared with that of every route.
_LONGEST, _MOST = 300, 3
INDEX = "/v1"


def without_slash(scope: Scope, routes: Sequence[BaseRoute]) -> str | None:
    """Return the path of a request without the slashes at its end, if something is there.

    Only a path that a route takes is returned: one that begins with two slashes would lead to another host.
    """
    path: str = scope["path"]
    shorter = path.rstrip("/")
    if not shorter or shorter == path:
        return None
    asked = {**scope, "path": shorter, "raw_path": None}
    is_there = any(route.matches(asked)[0] is not Match.NONE for route in routes)
    return quote(shorter, safe="/:@!$&'()*+,;=~") if is_there else None


def meant_by(path: str, templates: Iterable[str]) -> list[str]:
    """Return addresses that may have been meant by a path where nothing is: of `templates`, those that need the fewest
    changes to its segments, filled in with them; else the index.
    """
    given = [segment for segment in path[:_LONGEST].split("/") if segment]
    guess = list(dropwhile(_BEFORE.fullmatch, given))
    if not guess or len(path) > _LONGEST:
        return [INDEX]
    found = sorted(set(_filled(guess, templates)))
    if len(guess) < len(given):
        # Who writes /v1 or the like means no page for people.
        found = [one for one in found if one[1].startswith(f"{INDEX}/")] or found
    return [address for changes, address in found if changes == found[0][0]][:_MOST] or [INDEX]


def _filled(guess: Sequence[str], templates: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the templates that a guess fits, filled with its segments, and how many changes that took."""
    templates = list(templates)
    # A word is a misspelling of one segment only, the nearest of all that there are.
    known = {segment for template in templates for segment in template.split("/") if segment and "{" not in segment}
    near = {word: nearest(word.lower(), sorted(known), limit=1) for word in guess}
    for template in templates:
        before = INDEX if template.startswith(f"{INDEX}/") else ""
        own = template.removeprefix(before).strip("/").split("/")
        missing = own[len(guess) :]
        if len(own) < len(guess) or any(segment.startswith("{") for segment in missing):
            continue
        mended = [_mended(given, segment, near[given]) for given, segment in zip(guess, own, strict=False)]
        if None not in mended:
            address = "/".join(quote(str(one), safe="") for one in [*mended, *missing])
            changes = sum(given != one for given, one in zip(guess, mended, strict=True)) + len(missing)
            yield changes, f"{before}/{address}"


def _mended(given: str, segment: str, near: Sequence[str]) -> str | None:
    """Return a segment of a template as it may have been meant by a given one; None if that is another one."""
    if segment.startswith("{"):
        return given
    folded = given.lower()
    return segment if _ELSEWHERE.get(folded, folded) == segment or segment in near else None
