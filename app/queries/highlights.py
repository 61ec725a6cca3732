"""Where a query is found in the record: in the verbatim text, by code points, and the snippets that show it."""

import html
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.queries.query import Query
from app.text.terms import Word, located_words, stem

_SNIPPET_LENGTH = 240


class Highlight(NamedTuple):
    """Part of a text, in code points."""

    start: int
    end: int


class Snippet(NamedTuple):
    """Part of a text with what is found in it. `score` counts different phrases before repeated ones."""

    start: int
    end: int
    highlights: list[Highlight]
    score: tuple[int, int]


class TextMatches(NamedTuple):
    """What of a query stands in one text."""

    highlights: list[Highlight]
    # By place of the highlight: which phrases of the query it is.
    phrases: list[set[int]]

    @property
    def score(self) -> tuple[int, int]:
        """How many different phrases, and how many highlights."""
        return len(set().union(*self.phrases)), len(self.highlights)


class Highlighter:
    """Finds a query in texts, in the way that the index does."""

    def __init__(self, query: Query) -> None:
        # By first term: the rest of the terms, whether the last one is a beginning, and which phrase it is.
        self._whole: dict[str, list[tuple[tuple[str, ...], bool, int]]] = defaultdict(list)
        self._beginnings: list[tuple[str, int]] = []
        for number, phrase in enumerate(query.phrases()):
            for terms in phrase.alternatives():
                if phrase.is_prefix and len(terms) == 1:
                    self._beginnings.append((terms[0], number))
                else:
                    self._whole[terms[0]].append((terms[1:], phrase.is_prefix, number))
            for term in phrase.also:
                self._whole[term].append(((), False, number))

    def find(self, text: str, *, stemmed: bool) -> TextMatches:
        """Find every phrase in a text; highlights that touch one another become one."""
        words = list(located_words(text))
        terms = [stem(word.text) if stemmed else word.text for word in words]
        found: list[tuple[Highlight, int]] = []
        for place, term in enumerate(terms):
            for rest, is_beginning, number in self._whole.get(term, ()):
                last = place + len(rest)
                if _follows(terms[place + 1 : last + 1], rest, is_beginning=is_beginning):
                    found.append((Highlight(words[place].start, _end(words, last, is_beginning=is_beginning)), number))
            for beginning, number in self._beginnings:
                if words[place].text.startswith(beginning) or term.startswith(beginning):
                    found.append((Highlight(words[place].start, _end(words, place, is_beginning=True)), number))
        return _merged(found)


def _follows(terms: Sequence[str], rest: Sequence[str], *, is_beginning: bool) -> bool:
    if len(terms) < len(rest):
        return False
    if is_beginning and rest:
        return list(terms[:-1]) == list(rest[:-1]) and terms[-1].startswith(rest[-1])
    return list(terms) == list(rest)


def _end(words: Sequence[Word], place: int, *, is_beginning: bool) -> int:
    """The end of a highlight. One character of unspaced writing begins a pair, and ends where the next pair begins."""
    following = words[place + 1] if place + 1 < len(words) else None
    if is_beginning and following is not None and following.start < words[place].end:
        return following.start
    return words[place].end


def _merged(found: Iterable[tuple[Highlight, int]]) -> TextMatches:
    highlights: list[Highlight] = []
    phrases: list[set[int]] = []
    for highlight, number in sorted(found):
        if highlights and highlight.start < highlights[-1].end:
            highlights[-1] = Highlight(highlights[-1].start, max(highlights[-1].end, highlight.end))
            phrases[-1].add(number)
        else:
            highlights.append(highlight)
            phrases.append({number})
    return TextMatches(highlights, phrases)


def best_snippet(text: str, found: TextMatches) -> Snippet | None:
    """Find the snippet of some length that shows most of what is found; None where nothing is."""
    best: Snippet | None = None
    last = 0
    for first, highlight in enumerate(found.highlights):
        last = max(last, first)
        while last + 1 < len(found.highlights) and found.highlights[last + 1].end - highlight.start <= _SNIPPET_LENGTH:
            last += 1
        inside = found.highlights[first : last + 1]
        score = len(set().union(*found.phrases[first : last + 1])), len(inside)
        if best is None or score > best.score:
            best = Snippet(inside[0].start, inside[-1].end, inside, score)
    return None if best is None else _widened(text, best)


def _widened(text: str, snippet: Snippet) -> Snippet:
    """Show some words on both sides, whole ones where they are of a bearable length."""
    spare = max(0, _SNIPPET_LENGTH - (snippet.end - snippet.start))
    start = max(0, snippet.start - spare // 2)
    end = min(len(text), max(start + _SNIPPET_LENGTH, snippet.end))
    start = max(0, min(start, end - _SNIPPET_LENGTH))
    start = min(start, snippet.start)
    if start > 0 and (space := text.find(" ", start - 1, snippet.start)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", snippet.end, end + 1)) >= 0:
        end = space
    return Snippet(start, end, snippet.highlights, snippet.score)


def marked(text: str, snippet: Snippet) -> str:
    """Write a snippet as HTML, with what is found in mark elements and everything else escaped."""
    parts, place = [], snippet.start
    for start, end in snippet.highlights:
        parts += [html.escape(text[place:start]), f"<mark>{html.escape(text[start:end])}</mark>"]
        place = end
    return "".join([*parts, html.escape(text[place : snippet.end])])
