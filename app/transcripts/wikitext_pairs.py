"""Finds where the templates and links of wiki text end, and their parts, in one pass."""

import re
from collections.abc import Iterator

_BRACKET = re.compile(r"\{\{\{[^{}]{0,200}\}\}\}|\{\{|\}\}|\[\[|\]\]|<!--|<nowiki>", re.IGNORECASE)
_OF = {"}}": "{{", "]]": "[["}
_CLOSING = {"<!--": "-->", "<nowiki>": "</nowiki>"}
# Brackets that are open at the same time and searched for the one that is closed, at most.
_NEAR = 20
_BAR = re.compile(r"\||\{\{\{[^{}]{0,200}\}\}\}|\{\{|\[\[")


class Closings:
    """Finds closing tags; one that is missing is searched for once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._missing: set[str] = set()

    def find(self, closing: str, at: int) -> int:
        """Return the offset of the next one, or -1."""
        if closing in self._missing:
            return -1
        found = self._text.find(closing, at)
        if found < 0:
            self._missing.add(closing)
        return found


def pairs_of(text: str) -> dict[int, int]:
    """Return the offset just past each template or link, by the offset at which it begins."""
    pairs: dict[int, int] = {}
    waiting: list[tuple[str, int]] = []
    closings, at = Closings(text), 0
    while bracket := _BRACKET.search(text, at):
        written, at = bracket.group().lower(), bracket.end()
        if written in _CLOSING:
            end = closings.find(_CLOSING[written], at)
            at = end if end >= 0 else at
        elif written in _OF.values():
            waiting.append((written, bracket.start()))
        elif written in _OF:
            # What was opened inside and never closed is text.
            reach = range(1, min(len(waiting), _NEAR) + 1)
            depth = next((back for back in reach if waiting[-back][0] == _OF[written]), 0)
            if depth:
                pairs[waiting[-depth][1]] = at
                del waiting[-depth:]
    return pairs


def parts_of(text: str, start: int, pairs: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the parts of a template or link between its bars, the name first."""
    end = pairs[start] - 2
    first = at = start + 2
    while found := _BAR.search(text, at, end):
        at = found.end()
        if found.group() == "|":
            yield first, found.start()
            first = at
        elif found.start() in pairs:
            at = min(pairs[found.start()], end)
    yield first, end
