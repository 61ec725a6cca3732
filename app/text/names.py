"""Names of people as they are compared: words of Latin letters, without case, accents, typography and script."""

import re
import unicodedata

from anyascii import anyascii

# Words of a name, and letters of a word, that are compared at most.
MAX_WORDS, MAX_LETTERS = 12, 60
# Marks within a word, which people leave out or write in many ways: O'Brien, Sa‘id.
_WITHIN = re.compile("['`\"]")
_WORD = re.compile(r"[a-z0-9]+")


def name_words(name: str) -> list[str]:
    """Return the words of a name in Latin letters: `k` and `tokayev` for `K. Tokayev`."""
    latin = anyascii(unicodedata.normalize("NFC", name)).lower()
    return [word[:MAX_LETTERS] for word in _WORD.findall(_WITHIN.sub("", latin))[:MAX_WORDS]]


def name_key(name: str) -> str:
    """Return the words of a name with spaces between them, by which names are sorted and found whole."""
    return " ".join(name_words(name))
