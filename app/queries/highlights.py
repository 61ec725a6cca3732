"""Where a query is found in the record: spans of the verbatim text in code points, and the passages that show them."""

import html
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.queries.query import Query
from app.text.terms import Word, located_words, stem

_PASSAGE_LENGTH = 240


class Span(NamedTuple):
    """Part of a text, in code points."""

    start: int
    end: int


class Passage(NamedTuple):
    """Part of a text with what is found in it. `score` counts different phrases before repeated ones."""

    start: int
    end: int
    spans: list[Span]
    score: tuple[int, int]


class Found(NamedTuple):
    """What of a query stands in one text."""

    spans: list[Span]
    # By place of the span: which phrases of the query it is.
    phrases: list[set[int]]

    @property
    def score(self) -> tuple[int, int]:
        """How many different phrases, and how many spans."""
        return len(set().union(*self.phrases)), len(self.spans)


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

    def find(self, text: str, *, stemmed: bool) -> Found:
        """Find every phrase in a text; spans that touch one another become one."""
        words = list(located_words(text))
        terms = [stem(word.text) if stemmed else word.text for word in words]
        found: list[tuple[Span, int]] = []
        for place, term in enumerate(terms):
            for rest, is_beginning, number in self._whole.get(term, ()):
                last = place + len(rest)
                if _follows(terms[place + 1 : last + 1], rest, is_beginning=is_beginning):
                    found.append((Span(words[place].start, _end(words, last, is_beginning=is_beginning)), number))
            for beginning, number in self._beginnings:
                if words[place].text.startswith(beginning) or term.startswith(beginning):
                    found.append((Span(words[place].start, _end(words, place, is_beginning=True)), number))
        return _merged(found)


def _follows(terms: Sequence[str], rest: Sequence[str], *, is_beginning: bool) -> bool:
    if len(terms) < len(rest):
        return False
    if is_beginning and rest:
        return list(terms[:-1]) == list(rest[:-1]) and terms[-1].startswith(rest[-1])
    return list(terms) == list(rest)


def _end(words: Sequence[Word], place: int, *, is_beginning: bool) -> int:
    """The end of a span. One character of unspaced writing begins a pair, and ends where the next pair begins."""
    following = words[place + 1] if place + 1 < len(words) else None
    if is_beginning and following is not None and following.start < words[place].end:
        return following.start
    return words[place].end


def _merged(found: Iterable[tuple[Span, int]]) -> Found:
    spans: list[Span] = []
    phrases: list[set[int]] = []
    for span, number in sorted(found):
        if spans and span.start < spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, span.end))
            phrases[-1].add(number)
        else:
            spans.append(span)
            phrases.append({number})
    return Found(spans, phrases)


def best_passage(text: str, found: Found) -> Passage | None:
    """Find the passage of some length that shows most of what is found; None where nothing is."""
    best: Passage | None = None
    last = 0
    for first, span in enumerate(found.spans):
        last = max(last, first)
        while last + 1 < len(found.spans) and found.spans[last + 1].end - span.start <= _PASSAGE_LENGTH:
            last += 1
        inside = found.spans[first : last + 1]
        score = len(set().union(*found.phrases[first : last + 1])), len(inside)
        if best is None or score > best.score:
            best = Passage(inside[0].start, inside[-1].end, inside, score)
    return None if best is None else _widened(text, best)


def _widened(text: str, passage: Passage) -> Passage:
    """Show some words on both sides, whole ones where they are of a bearable length."""
    spare = max(0, _PASSAGE_LENGTH - (passage.end - passage.start))
    start = max(0, passage.start - spare // 2)
    end = min(len(text), max(start + _PASSAGE_LENGTH, passage.end))
    start = max(0, min(start, end - _PASSAGE_LENGTH))
    start = min(start, passage.start)
    if start > 0 and (space := text.find(" ", start - 1, passage.start)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", passage.end, end + 1)) >= 0:
        end = space
    return Passage(start, end, passage.spans, passage.score)


def marked(text: str, passage: Passage) -> str:
    """Write a passage as HTML, with what is found in mark elements and everything else escaped."""
    parts, place = [], passage.start
    for start, end in passage.spans:
        parts += [html.escape(text[place:start]), f"<mark>{html.escape(text[start:end])}</mark>"]
        place = end
    return "".join([*parts, html.escape(text[place : passage.end])])
