"""Which representation of a resource is answered: the one that `?format=` names, else the one that Accept likes best
(RFC 9110, section 12.5.1), and among those that it likes equally the one that stands first here.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from fastapi import Request

from app.api.schemas.lists import SPARSE_MEDIA_TYPE
from app.exports import FEEDS, INTERVIEWS, LISTS, REFERENCES, Format

JSON = Format(name="json", media_type="application/json", suffix=".json", description="JSON")

LIST_FORMATS: tuple[Format, ...] = (JSON, *LISTS)
INTERVIEW_LIST_FORMATS: tuple[Format, ...] = (*LIST_FORMATS, *FEEDS)
INTERVIEW_FORMATS: tuple[Format, ...] = (JSON, *INTERVIEWS)
CITATION_FORMATS: tuple[Format, ...] = (JSON, *REFERENCES)
_EVERY_FORMAT = tuple({known.name: known for known in (JSON, *LISTS, *FEEDS, *INTERVIEWS, *REFERENCES)}.values())


ListFormatName = StrEnum("ListFormatName", {known.name.upper(): known.name for known in LIST_FORMATS})  # type: ignore[misc]  # the formats are known at run time only
InterviewListFormatName = StrEnum(  # type: ignore[misc]  # as above
    "InterviewListFormatName", {known.name.upper(): known.name for known in INTERVIEW_LIST_FORMATS}
)
InterviewFormatName = StrEnum("InterviewFormatName", {known.name.upper(): known.name for known in INTERVIEW_FORMATS})  # type: ignore[misc]  # as above
CitationFormatName = StrEnum("CitationFormatName", {known.name.upper(): known.name for known in CITATION_FORMATS})  # type: ignore[misc]  # as above

# Some fields of an item are a type of their own, and JSON to everybody who asks for JSON.
_ALSO = {JSON.name: (SPARSE_MEDIA_TYPE,)}
_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,127}"
_RANGE = re.compile(rf"[ \t]*({_NAME})/({_NAME})[ \t]*(?:;|$)", re.ASCII)
_QUALITY = re.compile(r";[ \t]*[qQ]=([01](?:\.[0-9]{0,3})?)[ \t]*(?:;|$)", re.ASCII)
# More ranges than any client sends; what comes after them is not looked at.
_MOST_RANGES = 100

# Longer fields than browsers send are read anew each time, so that what is remembered of them stays small.
_LONGEST_REMEMBERED = 512


class NotAcceptableError(Exception):
    """Nothing that there is would be accepted."""

    def __init__(self, formats: Sequence[Format], reason: str = "") -> None:
        known = ", ".join(f"{known.media_type} (format={known.name})" for known in formats)
        super().__init__(f"{reason}{' ' if reason else ''}There are {known}.")


def choose(request: Request, formats: Sequence[Format], asked: str | None) -> list[Format]:
    """Return the formats that will do, the best first: the one that is asked for by name, else those of Accept.

    Raises:
        NotAcceptableError: Accept takes none of them.
    """
    if asked is not None:
        return [known for known in formats if known.name == asked]
    liked = {known.name: quality(known, request.headers.getlist("Accept")) for known in formats}
    # Sorting keeps the order of those that are liked equally.
    found = sorted((known for known in formats if liked[known.name]), key=lambda known: -liked[known.name])
    if not found:
        raise NotAcceptableError(formats)
    return found


def likings(accept: str) -> tuple[float, ...]:
    """Return all that an Accept field says here: requests with the same likings are answered in the same format."""
    return _remembered_likings(accept) if len(accept) <= _LONGEST_REMEMBERED else _likings(accept)


def _likings(accept: str) -> tuple[float, ...]:
    return tuple(quality(known, [accept] if accept else []) for known in _EVERY_FORMAT)


_remembered_likings = lru_cache(maxsize=1024)(_likings)


def quality(known: Format, accept: Sequence[str]) -> float:
    """Say how much the Accept header lines of a request like a format, from 0 (not at all) to 1.

    Parameters other than `q` do not matter, and what is no media range is passed over; without any, all is welcome.
    """
    exactly = {known.media_type, *_ALSO.get(known.name, ())}
    main_type = known.media_type.partition("/")[0]
    best = (-1, 0.0)
    any_range = False
    for one in ",".join(accept).split(",", _MOST_RANGES)[:_MOST_RANGES]:
        match = _RANGE.match(one)
        if match is None:
            continue
        any_range = True
        wanted = f"{match.group(1)}/{match.group(2)}".lower()
        precision = {"*/*": 0, f"{main_type}/*": 1}.get(wanted, 2 if wanted in exactly else -1)
        weight = _QUALITY.search(one)
        worth = min(1.0, float(weight.group(1))) if weight else 1.0
        # The most precise range decides, and of two that are equally precise the kinder one.
        best = max(best, (precision, worth if precision >= 0 else 0.0))
    return best[1] if any_range else 1.0
