"""Finds the sentences of a text that ask, by their question marks and, where speech was written down without them, by
the words with which questions begin and end. Pure; what it finds is inferred.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from app.text.asking_words import BY_LANGUAGE, BY_SCRIPT, FILLERS
from app.text.sentences import asks_by_sign, sentences

# Characters of a sentence that are examined for words, at each end. Nobody asks later than this after beginning.
_REACH = 300
# Characters of the short form of a question, at most.
SHORT_LENGTH = 160
# Words of a sentence that says little by itself: `Right?`, `Why so?`
_FEW_WORDS = 3
_FILLER = re.compile(rf"(?:{FILLERS})[\s,.…–—-]{{1,4}}", re.IGNORECASE)
# `Mara, how did you ...`, `When you came back, what did ...`: whatever stands before a comma.
_BEFORE_COMMA = re.compile(r"[^,;:!?]{1,100},\s{1,3}")
# Words with which somebody is addressed, at most: `Dr. Mara Quill, did you ...`
_ADDRESSED_WORDS = 3
_OPENING = re.compile(r"[\s\"'“”‘’„«»‹›「『（(\[*_>#–—-]{1,20}")
_QUOTED_END = re.compile(r"[?？؟][\"”»」』’]{1,2}[.)\]*_]{0,4}$")
_QUOTES = {"”": "“„", '"': '"', "»": "«", "」": "「", "』": "『", "’": "‘"}
_LETTER = re.compile(r"[^\W\d_]")
_LAST_SPACE = re.compile(r"\s+\S*$")


class Asking(NamedTuple):
    """Which words of a text ask: (start, end) of each sentence that does, in code points; and a short form of it, if it
    is not short itself.
    """

    ranges: tuple[tuple[int, int], ...]
    short_text: str | None

    @property
    def interrogative(self) -> bool:
        """Whether any sentence asks."""
        return bool(self.ranges)


# A question is shown, indexed and written more than once.
@lru_cache(maxsize=2048)
def asking(text: str, language: str | None = None) -> Asking:
    """Find the sentences of a text that ask; `language` is a BCP 47 tag, or None where it is not known."""
    spans = list(sentences(text))
    places = [place for place, (start, end) in enumerate(spans) if asks(text[start:end], language)]
    return Asking(tuple(spans[place] for place in places), _short(text, spans, places))


def asks(sentence: str, language: str | None = None) -> bool:
    """Whether one sentence asks."""
    if asks_by_sign(sentence) and not _is_reported(sentence):
        return True
    return _asks_by_words(sentence, language)


def _is_reported(sentence: str) -> bool:
    """Whether the question mark belongs to words that the sentence quotes: `He only said: "Why?"`"""
    match = _QUOTED_END.search(sentence[-12:])
    if match is None:
        return False
    closing = match.group().lstrip("?？؟")[0]
    body = sentence.rstrip(".)]*_")[:-1].rstrip(closing)
    opened = max(body.rfind(sign) for sign in _QUOTES[closing])
    return bool(_LETTER.search(sentence, 0, max(opened, 0)))


def _asks_by_words(sentence: str, language: str | None) -> bool:
    if not sentence.isascii() and any(script.search(sentence[-_REACH:]) for script in _scripts()):
        return True
    begins = _begins((language or "en").partition("-")[0].lower())
    if begins is None:
        return False
    head = sentence[:_REACH]
    at = 0
    skipped_clause = False
    # `Okay, so, Mara, how did you ...`: a few words before the question itself.
    for _ in range(6):
        if opening := _OPENING.match(head, at):
            at = opening.end()
        found = begins.match(head, at)
        # After a clause, verb and subject change places in many statements too.
        if found and not (skipped_clause and found.lastgroup):
            return True
        skipped = _FILLER.match(head, at)
        if skipped is None:
            skipped = _BEFORE_COMMA.match(head, at)
            if skipped is None:
                return False
            skipped_clause = skipped_clause or len(skipped.group().split()) > _ADDRESSED_WORDS
        at = skipped.end()
    return False


@cache
def _begins(language: str) -> re.Pattern[str] | None:
    words = BY_LANGUAGE.get(language)
    return re.compile(rf"(?:{words})", re.IGNORECASE) if words else None


@cache
def _scripts() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in BY_SCRIPT)


def _short(text: str, spans: list[tuple[int, int]], places: list[int]) -> str | None:
    """Return the last question that says something, with what is asked right before it as far as there is room; else
    the beginning.
    """
    if len(text) <= SHORT_LENGTH:
        return None
    if not places:
        return _cut(" ".join(text[: 4 * SHORT_LENGTH].split()))
    telling = [place for place in places if _words(text, spans[place]) > _FEW_WORDS]
    last = telling[-1] if telling else places[-1]
    first = last
    asking_places = set(places)
    # Few words alone say nothing, so the sentence before them is shown too.
    while first > 0 and (first - 1 in asking_places or not telling):
        if spans[last][1] - spans[first - 1][0] > SHORT_LENGTH:
            break
        first -= 1
    return _cut(" ".join(text[spans[first][0] : spans[last][1]].split()))


def _words(text: str, span: tuple[int, int]) -> int:
    sentence = text[span[0] : span[1]]
    return max(len(sentence.split()), 0 if sentence.isascii() else len(sentence) // 4)


def _cut(text: str) -> str:
    if len(text) <= SHORT_LENGTH:
        return text
    part = text[:SHORT_LENGTH]
    whole = _LAST_SPACE.sub("", part)
    return f"{(whole if len(whole) > SHORT_LENGTH // 2 else part[:-1]).rstrip(' ,;:–—-')}…"
