"""Folds text for comparison, finds homoglyphs, and makes slugs and suggestions for misspelled names."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz import fuzz, process

# Cyrillic and Greek letters that look like Latin ones. They are folded only in words that also have Latin letters.
_CONFUSABLES = str.maketrans(
    "АВЕКМНОРСТУХЅІЈԚԜаеорсухѕіјԛԝһѵԁԍΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυχ",
    "ABEKMHOPCTYXSIJQWaeopcyxsijqwhvdgABEZHIKMNOPTYXavopux",
)
# Words are found first and then examined one by one, which keeps the scan linear.
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00C0-\u024F]")
_GREEK_OR_CYRILLIC = re.compile(r"[\u0370-\u03FF\u0400-\u052F]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Accents of Latin, Greek and Cyrillic letters, and Hebrew and Arabic points, which people leave out when they search.
DIACRITIC = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_TYPOGRAPHY: dict[int, str] = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f\t\n\r\u2028\u2029", " "),
    }
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
# Stands for each character of redacted words.
REDACTED = "█"
SLUG_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
SLUG_MAX_LENGTH = 120
_SLUG = re.compile(SLUG_PATTERN)
# Characters of a number behind a slug that somebody else has already, at most.
_SLUG_NUMBER = 10


def is_slug(text: str) -> bool:
    """Whether a text is a slug, with or without a number that tells it from the same slug of another."""
    return len(text) <= SLUG_MAX_LENGTH + _SLUG_NUMBER and _SLUG.fullmatch(text) is not None


def mixed_script_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, word) for each word that mixes Latin with Cyrillic or Greek letters."""
    if text.isascii() or not _GREEK_OR_CYRILLIC.search(text):
        return
    for match in _WORD.finditer(text):
        if _is_mixed(match.group()):
            yield match.start(), match.group()


def _is_mixed(word: str) -> bool:
    return not word.isascii() and bool(_GREEK_OR_CYRILLIC.search(word)) and bool(_LATIN.search(word))


def fold(text: str) -> str:
    """Fold for comparison: homoglyphs in mixed-script words, typography, case and diacritics.

    Keeps the number of characters, so that offsets in the folded text are offsets in the record.
    """
    if not text.isascii():
        if _GREEK_OR_CYRILLIC.search(text):
            text = _WORD.sub(lambda word: replace_homoglyphs(word.group()), text)
        text = _NOT_ASCII.sub(lambda run: "".join(map(_fold_character, run.group())), text)
    return text.translate(_TYPOGRAPHY).lower()


def replace_homoglyphs(word: str) -> str:
    """Replace homoglyphs by Latin letters in a word that also has Latin letters."""
    return word.translate(_CONFUSABLES) if _is_mixed(word) else word


def latin_look_alike(word: str) -> str | None:
    """Return the Latin word that a word in another script looks like, or None."""
    latin = word.translate(_CONFUSABLES)
    return latin if latin != word and latin.isascii() and latin.isalpha() else None


@lru_cache(maxsize=10_000)
def _fold_character(character: str) -> str:
    if (typed := _TYPOGRAPHY.get(ord(character))) is not None:
        return typed
    parts = unicodedata.normalize("NFD", character)
    # Marks other than accents make another letter: Korean vowels, Japanese voicing marks.
    lower = (parts[0] if all(map(DIACRITIC.match, parts[1:])) else character).lower()
    return lower if len(lower) == 1 else character


def slugify(text: str, fallback: str = "untitled") -> str:
    """Make an ASCII slug of [a-z0-9-]; names in other scripts are transliterated."""
    slug = _NOT_SLUG.sub("-", anyascii(unicodedata.normalize("NFC", text)).lower()).strip("-")
    return slug[:SLUG_MAX_LENGTH].strip("-") or fallback


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return the known words most similar to a misspelled one, best first."""
    folded = fold(name[:SLUG_MAX_LENGTH])
    matches = process.extract(folded, list(known), scorer=fuzz.ratio, score_cutoff=60, limit=limit)
    return [word for word, _score, _index in matches]
