"""Text as it is compared, never as it is stored: folding, mixed scripts, slugs and near names."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz import fuzz, process

# Letters of other scripts that look like a Latin one. They are folded only inside a word that also has
# Latin letters: a word wholly in Cyrillic or Greek is what it is.
_CONFUSABLES = str.maketrans(
    "АВЕКМНОРСТУХЅІЈԚԜаеорсухѕіјԛԝһѵԁԍΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυχ",
    "ABEKMHOPCTYXSIJQWaeopcyxsijqwhvdgABEZHIKMNOPTYXavopux",
)
# Words are found first and looked into one at a time, which keeps the scan linear.
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00C0-\u024F]")
_GREEK_OR_CYRILLIC = re.compile(r"[\u0370-\u03FF\u0400-\u052F]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Accents of Latin, Greek and Cyrillic letters, and the points of Hebrew and Arabic ones, which readers leave out.
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
# Stands for each character of words that were taken out of a record.
REDACTED = "█"
SLUG_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
SLUG_MAX_LENGTH = 120


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

    One character in is one character out, so an offset into the folded text is an offset into the record.
    """
    if not text.isascii():
        if _GREEK_OR_CYRILLIC.search(text):
            text = _WORD.sub(lambda word: unmask(word.group()), text)
        text = _NOT_ASCII.sub(lambda run: "".join(map(_fold_character, run.group())), text)
    return text.translate(_TYPOGRAPHY).lower()


def unmask(word: str) -> str:
    """Replace letters of other scripts in a word that also has Latin letters by the Latin ones that they look like."""
    return word.translate(_CONFUSABLES) if _is_mixed(word) else word


def look_alike(word: str) -> str | None:
    """Return the Latin word that a word wholly in another script looks like, or None where it looks like none."""
    latin = word.translate(_CONFUSABLES)
    return latin if latin != word and latin.isascii() and latin.isalpha() else None


@lru_cache(maxsize=10_000)
def _fold_character(character: str) -> str:
    if (typed := _TYPOGRAPHY.get(ord(character))) is not None:
        return typed
    parts = unicodedata.normalize("NFD", character)
    # A mark that is no accent makes another letter: the vowel of a Korean syllable, the voicing of a Japanese one.
    lower = (parts[0] if all(map(DIACRITIC.match, parts[1:])) else character).lower()
    return lower if len(lower) == 1 else character


def slugify(text: str, fallback: str = "untitled") -> str:
    """Make an ASCII slug of [a-z0-9-] that keeps something of names in any script."""
    slug = _NOT_SLUG.sub("-", anyascii(unicodedata.normalize("NFC", text)).lower()).strip("-")
    return slug[:SLUG_MAX_LENGTH].strip("-") or fallback


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Name the known words that a misspelled one may have meant, best first."""
    folded = fold(name[:SLUG_MAX_LENGTH])
    found = process.extract(folded, list(known), scorer=fuzz.ratio, score_cutoff=60, limit=limit)
    return [word for word, _score, _index in found]
