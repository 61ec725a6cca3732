"""Text as it is compared, never as it is stored: folding, mixed scripts, slugs and near names."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

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
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f\t\n\r\u2028\u2029", " "),
    }
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
SLUG_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
SLUG_MAX_LENGTH = 120


def mixed_script_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, word) for each word that mixes Latin with Cyrillic or Greek letters."""
    if text.isascii():
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
    if text.isascii():
        return text.translate(_TYPOGRAPHY).lower()
    if _GREEK_OR_CYRILLIC.search(text):
        text = _WORD.sub(lambda word: _unmask(word.group()), text)
    return "".join(map(_fold_character, text.translate(_TYPOGRAPHY)))


def _unmask(word: str) -> str:
    return word.translate(_CONFUSABLES) if _is_mixed(word) else word


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


def slugify(text: str, fallback: str = "untitled") -> str:
    """Make an ASCII slug of [a-z0-9-] that keeps something of names in any script."""
    slug = _NOT_SLUG.sub("-", anyascii(unicodedata.normalize("NFC", text)).lower()).strip("-")
    return slug[:SLUG_MAX_LENGTH].strip("-") or fallback


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Name the known words that a misspelled one may have meant, best first."""
    folded = fold(name[:SLUG_MAX_LENGTH])
    found = process.extract(folded, list(known), scorer=fuzz.ratio, score_cutoff=60, limit=limit)
    return [word for word, _score, _index in found]
