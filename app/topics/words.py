"""Splits texts into words to match labels and compare texts by: folded, and in English singular.

Words are not stemmed, because stemming maps different words to one, such as `human` and `Humanism`.
"""

import re
from dataclasses import dataclass

from app.text.folding import fold
from app.text.terms import JOINERS, MARKS, UNSPACED

_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
_IRREGULAR = {"women": "woman", "men": "man", "children": "child", "lives": "life"}
# Words that end in s and are no plurals, or not of what is left without it.
_NO_PLURALS = frozenset(
    (  # noqa: SIM905 - words are easier to read without quotes
        "always besides news ourselves perhaps series species themselves acoustics aesthetics athletics dynamics "
        "economics electronics ergonomics ethics genetics gymnastics linguistics logistics mathematics mechanics "
        "optics physics politics robotics semantics statistics tactics"
    ).split()
)
_NO_PLURAL_ENDINGS = ("ss", "us", "is")
_SIBILANTS = ("che", "she", "xe", "ze", "sse")
# Letters of a plural at least: "gas" and "bus" are none.
_SHORTEST_PLURAL = 4


@dataclass(frozen=True, slots=True)
class WordSequence:
    """The words of a text in order: the keys to compare them by, and their ranges in code points."""

    keys: list[str]
    spans: list[tuple[int, int]]


# A word consists of letters and digits with their marks; `C++` and `C#` are words too. In scripts without spaces, each
# character is a word, and a label matches as a sequence of them.
_ASCII = re.compile(r"[a-z0-9]+(?:\+\+|#(?!\w))?")
_WORD = re.compile(rf"[{UNSPACED}][{MARKS}]*|(?:(?![{UNSPACED}])[^\W_][{MARKS}{JOINERS}]*)+(?:\+\+|#(?!\w))?")
# Accents and invisible characters are removed; vowel signs of other scripts stay.
_FOLDED_AWAY = re.compile(f"[\u0300-\u036f{JOINERS}]")


def split_words(text: str, language: str | None) -> WordSequence:
    """Split a text into words. Plurals become singular if the language (a BCP 47 tag) is English or None."""
    folded = fold(text)
    pattern = _ASCII if folded.isascii() else _WORD
    keys, spans = [], []
    singular_too = language is None or primary(language) == "en"
    for match in pattern.finditer(folded):
        word = match.group()
        if not word.isascii():
            word = _FOLDED_AWAY.sub("", word)
        keys.append(singular(word) if singular_too else word)
        spans.append(match.span())
    return WordSequence(keys, spans)


def singular(word: str) -> str:
    """Map a folded English noun and its regular plural to the same form, which need not be a word itself."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < _SHORTEST_PLURAL or word in _NO_PLURALS or not word.isascii():
        return word
    if word[-1] == "s" and not word.endswith(_NO_PLURAL_ENDINGS):
        word = word[:-1]
    if word.endswith("ie"):
        return f"{word[:-2]}y"
    return word[:-1] if word.endswith(_SIBILANTS) else word


def primary(language: str) -> str:
    """Return the primary language of a tag: `en` for `en-GB`."""
    return language.partition("-")[0].lower()


def is_unspaced(text: str) -> bool:
    """Whether a text has characters of a script without spaces between words."""
    return _IS_UNSPACED.search(text) is not None
