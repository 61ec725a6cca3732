"""What counts as a word when labels are looked for and texts are compared: folded, whole, and singular in English.

Only plurals are brought to one form. Stemming proper turns different words into one, such as `human` and `Humanism`.
"""

import re
from dataclasses import dataclass

from app.text.folding import fold
from app.text.terms import JOINERS, MARKS, UNSPACED

_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
_IRREGULAR = {"women": "woman", "men": "man", "children": "child", "lives": "life"}
# They end in s and are no plurals, or not of what is left without it.
_NO_PLURALS = frozenset(
    (  # noqa: SIM905 - words are easier to read without quotes
        "always besides news ourselves perhaps series species themselves acoustics aesthetics athletics dynamics "
        "economics electronics ergonomics ethics genetics gymnastics linguistics logistics mathematics mechanics "
        "optics physics politics robotics semantics statistics tactics"
    ).split()
)
_NO_PLURAL_ENDINGS = ("ss", "us", "is")
_SIBILANTS = ("che", "she", "xe", "ze", "sse")
_SHORTEST_PLURAL = 4


@dataclass(frozen=True, slots=True)
class WordSequence:
    """The words of a text in order: what each is compared by, and where it starts and ends, in code points."""

    keys: list[str]
    spans: list[tuple[int, int]]


# A word is letters and digits with the marks on them; `C++` and `C#` are words too. Where words are not set apart by
# spaces, each character is one, so that a label is found by its characters in a row.
_ASCII = re.compile(r"[a-z0-9]+(?:\+\+|#(?!\w))?")
_WORD = re.compile(rf"[{UNSPACED}][{MARKS}]*|(?:(?![{UNSPACED}])[^\W_][{MARKS}{JOINERS}]*)+(?:\+\+|#(?!\w))?")
# Accents are folded away, and what nobody sees; the vowel signs of other scripts are letters.
_FOLDED_AWAY = re.compile(f"[\u0300-\u036f{JOINERS}]")


def split_words(text: str, language: str | None) -> WordSequence:
    """Split a text into words. Plurals are told in English, and in a text whose language (BCP 47) is not known."""
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
    """Bring a folded English noun and its regular plural to one form, which need not be a word itself."""
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
    """Return the primary language of a tag: `en` of `en-GB`."""
    return language.partition("-")[0].lower()


def is_unspaced(text: str) -> bool:
    """Whether a text has characters of scripts in which each character is taken for a word."""
    return _IS_UNSPACED.search(text) is not None
