"""Finds the matches of a query in verbatim texts, and chooses snippets that show them. Offsets are code points."""

import html
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.queries.query import Query
from app.text.links import without_addresses
from app.text.terms import Word, located_words, stem

# Code points of a snippet: about three lines.
_SNIPPET_LENGTH = 240


class Highlight(NamedTuple):
    """A match in a text, in code points."""

    start: int
    end: int


class SnippetRange(NamedTuple):
    """A part of a text with its matches. `score` is the number of different phrases, then of matches."""

    start: int
    end: int
    highlights: list[Highlight]
    score: tuple[int, int]


class TextMatches(NamedTuple):
    """The matches of a query in one text. `phrases` are the numbers of the query's phrases that each match is of."""

    highlights: list[Highlight]
    phrases: list[set[int]]

    @property
    def score(self) -> tuple[int, int]:
        """The number of different phrases, and of matches."""
        return len(set().union(*self.phrases)), len(self.highlights)


class Highlighter:
    """Finds a query in texts by the same rules as the index."""

    def __init__(self, query: Query) -> None:
        # By first term: the remaining terms, whether the last one is a prefix, and the number of the phrase.
        self._whole: dict[str, list[tuple[tuple[str, ...], bool, int]]] = defaultdict(list)
        self._prefixes: list[tuple[str, int]] = []
        for number, phrase in enumerate(query.phrases()):
            for terms in phrase.alternatives():
                if phrase.is_prefix and len(terms) == 1:
                    self._prefixes.append((terms[0], number))
                else:
                    self._whole[terms[0]].append((terms[1:], phrase.is_prefix, number))
            for term in phrase.also:
                self._whole[term].append(((), False, number))

    def find(self, text: str, *, stemmed: bool) -> TextMatches:
        """Find all phrases in a text. Overlapping matches are merged."""
        words = list(located_words(without_addresses(text)))
        terms = [stem(word.text) if stemmed else word.text for word in words]
        found: list[tuple[Highlight, int]] = []
        for place, term in enumerate(terms):
            for rest, is_prefix, number in self._whole.get(term, ()):
                last = place + len(rest)
                if _follows(terms[place + 1 : last + 1], rest, is_prefix=is_prefix):
                    found.append((Highlight(words[place].start, _end(words, last, is_prefix=is_prefix)), number))
            for prefix, number in self._prefixes:
                if words[place].text.startswith(prefix) or term.startswith(prefix):
                    found.append((Highlight(words[place].start, _end(words, place, is_prefix=True)), number))
        return _merged(found)


def _follows(terms: Sequence[str], rest: Sequence[str], *, is_prefix: bool) -> bool:
    if len(terms) < len(rest):
        return False
    if is_prefix and rest:
        return list(terms[:-1]) == list(rest[:-1]) and terms[-1].startswith(rest[-1])
    return list(terms) == list(rest)


def _end(words: Sequence[Word], place: int, *, is_prefix: bool) -> int:
    """Return where a match ends. A one-character prefix in a script without spaces ends where the next pair begins."""
    following = words[place + 1] if place + 1 < len(words) else None
    if is_prefix and following is not None and following.start < words[place].end:
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


def best_snippet(text: str, matches: TextMatches) -> SnippetRange | None:
    """Return the snippet with the best score, or None if there are no matches."""
    best: SnippetRange | None = None
    last = 0
    for first, highlight in enumerate(matches.highlights):
        last = max(last, first)
        while (
            last + 1 < len(matches.highlights) and matches.highlights[last + 1].end - highlight.start <= _SNIPPET_LENGTH
        ):
            last += 1
        shown = matches.highlights[first : last + 1]
        score = len(set().union(*matches.phrases[first : last + 1])), len(shown)
        if best is None or score > best.score:
            best = SnippetRange(shown[0].start, shown[-1].end, shown, score)
    return None if best is None else _widened(text, best)


def opening_snippet(text: str) -> SnippetRange:
    """Return the beginning of a text that has no match."""
    return _widened(text, SnippetRange(0, 0, [], (0, 0)))


def _widened(text: str, snippet: SnippetRange) -> SnippetRange:
    """Extend a snippet to its full length, at word boundaries where there are any."""
    spare = max(0, _SNIPPET_LENGTH - (snippet.end - snippet.start))
    start = max(0, snippet.start - spare // 2)
    end = min(len(text), max(start + _SNIPPET_LENGTH, snippet.end))
    start = max(0, min(start, end - _SNIPPET_LENGTH))
    start = min(start, snippet.start)
    if start > 0 and (space := text.find(" ", start - 1, snippet.start)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", snippet.end, end + 1)) >= 0:
        end = space
    return SnippetRange(start, end, snippet.highlights, snippet.score)


def marked(text: str, snippet: SnippetRange) -> str:
    """Write a snippet as escaped HTML with the matches in mark elements."""
    parts, place = [], snippet.start
    for start, end in snippet.highlights:
        parts += [html.escape(text[place:start]), f"<mark>{html.escape(text[start:end])}</mark>"]
        place = end
    return "".join([*parts, html.escape(text[place : snippet.end])])
