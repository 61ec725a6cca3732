"""Links to words on a publisher's page: text directives of URL Fragment Text Directives
(https://wicg.github.io/scroll-to-text-fragment/, section 3).

A link is made from the record and its source; whether the page still has these words is not checked. Browsers compare
whole words, ignore case, and match no term across paragraphs.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from app.citations.subject import CitedSpan

# Code points of a text that is linked as one term; of a longer one, browsers too link only the first and last words.
_LONGEST_TERM = 300
# Code points of the first or last words: less than half of the above, so that the two never overlap.
_LONGEST_PART = 140
# Words that a part has at first, and at most if it is not unique.
_FEWEST_WORDS, _MOST_WORDS = 4, 12
# Code points within which white space is looked for to make a word whole, before the next punctuation will do.
_WIDEST = 40


@dataclass(frozen=True, slots=True)
class _Directive:
    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        prefix = f"{_encoded(self.prefix)}-" if self.prefix else ""
        suffix = f"-{_encoded(self.suffix)}" if self.suffix else ""
        return ",".join(filter(None, (prefix, _encoded(self.start), _encoded(self.end), suffix)))


def text_fragment(address: str, spans: Sequence[CitedSpan], page: str) -> str | None:
    """Make a link to cited spans on the page at an address. `page` is the text that the page is assumed to have.

    Returns None where the spans have no letter and no digit to search for.
    """
    spans = [span for span in spans if span.turn["text"][span.start : span.end].strip()]
    if not spans:
        return None
    opening, closing = spans[0].turn["text"], spans[-1].turn["text"]
    start, end = _widened_start(opening, spans[0].start), _widened_end(closing, spans[-1].end)
    if len(spans) == 1:
        parts = [opening[start:end]]
    else:
        parts = [opening[start:], *(span.turn["text"] for span in spans[1:-1]), closing[:end]]
    lines = [" ".join(line.split()) for part in parts for line in part.splitlines() if line.strip()]
    if not any(map(str.isalnum, "".join(lines))):
        return None
    before = _nearest_words(reversed(opening[max(0, start - _LONGEST_TERM) : start].splitlines()))
    after = _nearest_words(closing[end : end + _LONGEST_TERM].splitlines())
    folded = _folded(page)
    if len(lines) == 1 and len(lines[0]) <= _LONGEST_TERM:
        directive = _one_term(lines[0], before, after, folded)
    else:
        directive = _two_terms(lines, before, after, folded)
    place = address.partition(":~:")[0]
    return f"{place}{'' if '#' in place else '#'}:~:text={directive}"


def _nearest_words(lines: Iterable[str]) -> list[str]:
    """Return the words of the first line that has any: browsers match context within one paragraph."""
    return next((words for line in lines if (words := line.split())), [])


def _one_term(line: str, before: Sequence[str], after: Sequence[str], page: str) -> _Directive:
    """Link the text itself, with as many words of context as make it unique."""
    found = _Directive(line)
    if _count(page, line) <= 1:
        return found
    for words in range(1, _MOST_WORDS + 1):
        prefix, suffix = _tail(before, words), _head(after, words)
        found = _Directive(line, prefix=prefix, suffix=suffix)
        if _count(page, " ".join(filter(None, (prefix, line, suffix)))) == 1:
            break
    return found


def _two_terms(lines: Sequence[str], before: Sequence[str], after: Sequence[str], page: str) -> _Directive:
    """Link the first and the last words of the text, as many as make each unique."""
    # A part is shorter than these slices, so it never has the word that a slice cuts.
    opening, closing = lines[0][:_LONGEST_TERM].split(), lines[-1][-_LONGEST_TERM:].split()
    start = next((term for term in _growing(opening, _head) if _count(page, term) <= 1), None)
    prefix = suffix = ""
    if start is None:
        start, prefix = _head(opening, _MOST_WORDS), _tail(before, _FEWEST_WORDS)
    whole = _folded(" ".join(lines))
    is_last = (
        term
        for term in _growing(closing, _tail)
        if whole.find(_folded(term), len(_folded(start))) == len(whole) - len(_folded(term))
    )
    end = next(is_last, None)
    if end is None:
        end, suffix = _tail(closing, _MOST_WORDS), _head(after, _FEWEST_WORDS)
    return _Directive(start, end, prefix, suffix)


def _growing(words: Sequence[str], cut: Callable[[Sequence[str], int], str]) -> Iterator[str]:
    return (cut(words, count) for count in range(_FEWEST_WORDS, _MOST_WORDS + 1))


def _head(words: Sequence[str], count: int) -> str:
    """Join the first words that fit; if the first word does not, cut it at a punctuation mark."""
    fitting = _fitting(words[:count])
    if fitting or not words:
        return " ".join(fitting)
    piece = words[0][:_LONGEST_PART]
    sign = next((at for at in range(len(piece) - 1, 0, -1) if not _in_word(piece[at])), len(piece))
    return piece[:sign]


def _tail(words: Sequence[str], count: int) -> str:
    fitting = _fitting(words[: -count - 1 : -1])
    if fitting or not words:
        return " ".join(reversed(fitting))
    piece = words[-1][-_LONGEST_PART:]
    sign = next((at for at in range(len(piece) - 1) if not _in_word(piece[at])), -1)
    return piece[sign + 1 :]


def _fitting(words: Sequence[str]) -> list[str]:
    fitting: list[str] = []
    length = 0
    for word in words:
        length += len(word) + 1
        if length > _LONGEST_PART:
            break
        fitting.append(word)
    return fitting


def _widened_start(text: str, start: int) -> int:
    """Return where the word at an offset begins."""
    while text[start].isspace():
        start += 1
    for at in range(start, max(start - _WIDEST, 0) - 1, -1):
        if at == 0 or text[at - 1].isspace():
            return at
    for at in range(start, max(start - _LONGEST_TERM, 0) - 1, -1):
        if at == 0 or not _in_word(text[at - 1]):
            return at
    return start


def _widened_end(text: str, end: int) -> int:
    """Return where the word at an offset ends."""
    while text[end - 1].isspace():
        end -= 1
    for at in range(end, min(end + _WIDEST, len(text)) + 1):
        if at == len(text) or text[at].isspace():
            return at
    for at in range(end, min(end + _LONGEST_TERM, len(text)) + 1):
        if at == len(text) or not _in_word(text[at]):
            return at
    return end


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _count(page: str, term: str) -> int:
    return page.count(_folded(term))


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _encoded(term: str) -> str:
    """Percent-encode a term, with `-`, which the grammar of directives uses."""
    return quote(term, safe="").replace("-", "%2D")
