"""Content negotiation (RFC 9110, section 12.5.1): a request gets the format that `?format=` names, else the one that
its Accept header prefers, and of several that it prefers equally the first one here.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import chain

from fastapi import Request
from starlette.types import Scope

from app.api.schemas.lists import SPARSE_MEDIA_TYPE
from app.exports import FEEDS, INTERVIEWS, ITEMS, KINDS, LISTS, REFERENCES, VOCABULARIES, Format

JSON = Format(name="json", media_type="application/json", suffix=".json", description="JSON")
# Pages have addresses of their own: who prefers one to JSON is led there.
PAGE = Format(name="html", media_type="text/html", suffix=".html", description="a page")

LIST_FORMATS: tuple[Format, ...] = (JSON, *LISTS)
FEED_LIST_FORMATS: tuple[Format, ...] = (*LIST_FORMATS, *FEEDS)
INTERVIEW_FORMATS: tuple[Format, ...] = (JSON, *INTERVIEWS)
ITEM_FORMATS: tuple[Format, ...] = (JSON, *ITEMS)
CITATION_FORMATS: tuple[Format, ...] = (JSON, *REFERENCES)
_EVERY_FORMAT = tuple({each.name: each for each in (JSON, PAGE, *chain(*KINDS))}.values())


ListFormatName = StrEnum("ListFormatName", {each.name.upper(): each.name for each in LIST_FORMATS})  # type: ignore[misc]  # the formats are known at run time only
FeedListFormatName = StrEnum("FeedListFormatName", {each.name.upper(): each.name for each in FEED_LIST_FORMATS})  # type: ignore[misc]  # as above
InterviewFormatName = StrEnum("InterviewFormatName", {each.name.upper(): each.name for each in INTERVIEW_FORMATS})  # type: ignore[misc]  # as above
ItemFormatName = StrEnum("ItemFormatName", {each.name.upper(): each.name for each in ITEM_FORMATS})  # type: ignore[misc]  # as above
CitationFormatName = StrEnum("CitationFormatName", {each.name.upper(): each.name for each in CITATION_FORMATS})  # type: ignore[misc]  # as above
VocabularyFormatName = StrEnum("VocabularyFormatName", {each.name.upper(): each.name for each in VOCABULARIES})  # type: ignore[misc]  # as above

# Sparse items have a media type of their own, and are also JSON to a client that accepts JSON.
_ALSO = {JSON.name: (SPARSE_MEDIA_TYPE,)}
# Where there is no page, who asks for one alone gets JSON, as with */*, and any other format that is asked for first.
_PAGES = ("text/html", "application/xhtml+xml")
# Less than the least preference that a request can state.
_LAST_RESORT = 0.0001
_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,127}"
_RANGE = re.compile(rf"[ \t]*({_NAME})/({_NAME})[ \t]*(?:;|$)", re.ASCII)
_QUALITY = re.compile(r";[ \t]*[qQ]=([01](?:\.[0-9]{0,3})?)[ \t]*(?:;|$)", re.ASCII)
# Media ranges of an Accept header that are read, at most: more than any client sends.
_MOST_RANGES = 100

# Characters of an Accept header whose preferences are cached, at most: browsers send shorter ones, and the cache stays
# small.
_LONGEST_CACHED = 512


class NotAcceptableError(Exception):
    """The request accepts none of the available formats."""

    def __init__(self, formats: Sequence[Format], reason: str = "") -> None:
        offered = ", ".join(f"{each.media_type} (format={each.name})" for each in formats)
        super().__init__(f"{reason}{' ' if reason else ''}There are {offered}.")


def choose(request: Request, formats: Sequence[Format], requested: str | None) -> list[Format]:
    """Return the acceptable formats, the best first: the one that `requested` names, else those that Accept takes.

    Raises:
        NotAcceptableError: Accept takes none of them.
    """
    if requested is not None:
        return [each for each in formats if each.name == requested]
    preference = {each.name: quality(each, request.headers.getlist("Accept")) for each in formats}
    # Sorting keeps the order of formats that are preferred equally.
    found = sorted((each for each in formats if preference[each.name]), key=lambda each: -preference[each.name])
    if not found and JSON not in formats and prefers_page(request.scope):
        # Here too: a browser shows the first format, or saves it.
        return list(formats)
    if not found:
        raise NotAcceptableError(formats)
    return found


def prefers_page(scope: Scope) -> bool:
    """Tell whether a request prefers a page to JSON; */* does not."""
    accept = [value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"]
    return bool(accept) and quality(PAGE, accept) > quality(JSON, accept)


def preference_key(accept: str) -> bytes:
    """Return a key of the preferences that an Accept header states: requests with the same key get the same format."""
    return _cached_key(accept) if len(accept) <= _LONGEST_CACHED else _preference_key(accept)


def _preference_key(accept: str) -> bytes:
    return repr([quality(each, [accept] if accept else []) for each in _EVERY_FORMAT]).encode()


_cached_key = lru_cache(maxsize=1024)(_preference_key)


def quality(offered: Format, accept: Sequence[str]) -> float:
    """Return the preference of Accept header lines for a format, from 0 (not acceptable) to 1.

    Only the parameter `q` counts. Invalid media ranges are ignored; without any valid one, every format is acceptable.
    """
    exactly = {offered.media_type, *_ALSO.get(offered.name, ())}
    main_type = offered.media_type.partition("/")[0]
    best = (-1, 0.0)
    any_range = is_page_accepted = False
    for one in ",".join(accept).split(",", _MOST_RANGES)[:_MOST_RANGES]:
        match = _RANGE.match(one)
        if match is None:
            continue
        any_range = True
        wanted = f"{match.group(1)}/{match.group(2)}".lower()
        precision = {"*/*": 0, f"{main_type}/*": 1}.get(wanted, 2 if wanted in exactly else -1)
        weight = _QUALITY.search(one)
        preference = min(1.0, float(weight.group(1))) if weight else 1.0
        # The most precise range decides, and of two that are equally precise the one with the higher preference.
        best = max(best, (precision, preference if precision >= 0 else 0.0))
        is_page_accepted = is_page_accepted or (wanted in _PAGES and preference > 0)
    if is_page_accepted and offered.name == JSON.name and best[0] < 0:
        return _LAST_RESORT
    return best[1] if any_range else 1.0
