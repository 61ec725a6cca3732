"""Refusal of parameters and keys that stand twice and mean one thing: which of the two is meant would be a guess."""

import json
from collections import Counter
from contextlib import suppress
from typing import Any

from fastapi import Request

from app.errors import ParameterError
from app.queries.filters import FILTERS

# Lists of names, of which each can also stand by itself.
_LISTS = ("facets", "fields", "include", "sort")
_REPEATABLE = frozenset((*_LISTS, *(each.name for each in FILTERS if each.grammar.repeats)))


async def single_values(request: Request) -> None:
    """Refuse a query parameter that stands twice, but for filters, where repeating means both, and for lists of names.

    Raises:
        ParameterError: one does.
    """
    occurrences = Counter(name for name, _value in request.query_params.multi_items())
    for name, number in occurrences.items():
        if name not in _REPEATABLE and number > 1:
            raise ParameterError(name[:120], "This parameter can stand only once.")


async def single_keys(request: Request) -> None:
    """Refuse a key that stands twice in the JSON body.

    Raises:
        ParameterError: one does, or the body is nested too deeply.
    """

    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for name, number in Counter(name for name, _value in pairs).items():
            if number > 1:
                raise ParameterError(name[:120], "This key can stand only once.")
        return dict(pairs)

    try:
        # A body that is no JSON is refused where it is read.
        with suppress(ValueError):
            json.loads(await request.body(), object_pairs_hook=without_repeats)
    except RecursionError as error:
        raise ParameterError("body", "The body is nested too deeply.") from error
