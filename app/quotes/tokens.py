"""Splits text into tokens to compare quotations by: words, numbers, and signs that are spoken, such as %.

This is the only place that ignores what a copyist may change without changing a word: case, typography, white space,
look-alike letters, markup. Accents are part of a word: año is not ano. Two tokens with the same key need not be the
same word, because some letters share a capital: see `is_same_word`.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from app.text.folding import REDACTED, latin_look_alike, replace_homoglyphs

# Invisible characters inside words: soft hyphen, joiners, direction marks, variation selectors, tatweel.
_INVISIBLE = "\u00ad\u034f\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_JOINER = "\u2060"
_APOSTROPHES = "'’‘‛ʼ´`′＇"
_DASHES = r"\-‐‑‒–−"
# Scripts written without spaces between words: each character, with its marks, is one token.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
)


def _combining_marks() -> str:
    points = [point for point in range(0x0300, 0x10000) if unicodedata.category(chr(point)).startswith("M")]
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)


_MARK = f"[{_combining_marks()}{_INVISIBLE}]"
_LETTER = rf"[^\W_{_UNSPACED}]"
_INSIDE = rf"(?:{_LETTER}+|{_MARK}+|[{_APOSTROPHES}](?={_MARK}{{0,3}}{_LETTER}))"
# Digits and the separators inside a number: 1.5, 50,000, 10:30, 1/2; and a minus sign, as in -5, but no dash.
_NUMBER = rf"(?:(?<![\w{_DASHES}])[{_DASHES}])?\d+(?:[.,:/{_APOSTROPHES}]\d+)*"
_SIGN = r"[%‰‱°§&@=±×÷\u0024\u00a2-\u00a5\u20a0-\u20cf]|(?<=[\w+#])[+#]|[+](?=\d)"
_TOKEN = re.compile(rf"{_NUMBER}{_INSIDE}*|{_LETTER}{_INSIDE}*|[{_UNSPACED}]{_MARK}*|{_SIGN}|{REDACTED}+")

# A link target, tag, entity, emphasis or escape. Repetitions are bounded to keep matching linear.
_MARKUP = re.compile(
    r"\]\([^()\s]{0,2000}(?:\s+\"[^\"]{0,500}\")?\)"
    r"|(?<=\w)\]\[[^\[\]]{0,100}\]"
    r"|</?[A-Za-z][^<>]{0,1000}>|<!--.{0,1000}?-->"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
    r"|[*`]+|~~|(?<!\w)__?(?=\w)|(?<=\w)__?(?!\w)|\\(?=[^\w\s])",
    re.DOTALL,
)
_HAS_MARKUP = re.compile(r"[\]<&*`~_\\]")
_LINE_TAG = re.compile(r"</?(?:br|p|div|li|tr|td|th|h[1-6]|blockquote)\b", re.IGNORECASE)
_GROUPED = re.compile(rf"[{_DASHES}]?\d{{1,3}}(?:[,{_APOSTROPHES}]\d{{3}})+(?!\d)", re.ASCII)
_INVISIBLE_RUN = re.compile(f"[{_INVISIBLE}]+")
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_DASH = re.compile(f"[{_DASHES}]")
# Dotted and dotless i share a capital, or nearly so.
_I = str.maketrans({"ı": "i", "\u0307": None})
# Tokens whose keys are cached: more than the distinct words of most archives, in some tens of megabytes.
_KEY_CACHE_SIZE = 200_000


class Token(NamedTuple):
    """A word, number or sign as written, and its range in the text in code points."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Split a text into tokens. Offsets count in the text as given, markup included."""
    return [Token(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(without_markup(text))]


def token_texts(text: str) -> list[str]:
    """Split a text into tokens without their offsets, which is faster."""
    return _TOKEN.findall(without_markup(text))


def without_markup(text: str) -> str:
    """Blank out the markup of Markdown and HTML, so that every other character keeps its offset."""
    return _MARKUP.sub(_blanked, text) if _HAS_MARKUP.search(text) else text


def _blanked(found: re.Match[str]) -> str:
    markup = found.group()
    if markup[0] == "&":
        character = html.unescape(markup)
        return character.ljust(len(markup), _JOINER) if len(character) < len(markup) else markup
    if markup[0] == "]" or _LINE_TAG.match(markup):
        return " " * len(markup)
    return _JOINER * len(markup)


@lru_cache(maxsize=_KEY_CACHE_SIZE)
def key_of(token: str) -> str:
    """Return the key of a token. Tokens that may be the same word have the same key."""
    if token[0] == REDACTED:
        return REDACTED
    key = token.lower() if token.isascii() else _without_typography(token).casefold().translate(_I)
    if not key.isascii():
        key = unicodedata.normalize("NFC", key)
    return re.sub("[,']", "", key) if key[-1:].isdigit() and _GROUPED.fullmatch(key) else key


def is_same_word(one: str, other: str) -> bool:
    """Whether two tokens with the same key are the same word, but for case and typography.

    Maße and Masse have the same key, as have sıkıldım and sikildim. They are the same word only if one of them is
    written in capitals, which look the same for both.
    """
    if one.isascii() and other.isascii():
        return True
    one, other = _without_typography(one), _without_typography(other)
    if _lower(one) == _lower(other) or _GROUPED.fullmatch(one) or _GROUPED.fullmatch(other):
        return True
    return (one.isupper() or other.isupper()) and _upper(one) == _upper(other)


def _without_typography(token: str) -> str:
    """Remove typography from a token, and replace letters that only look Latin by Latin ones."""
    text = _DASH.sub("-", _APOSTROPHE.sub("'", _INVISIBLE_RUN.sub("", token)))
    # NFKC would turn superscripts and fractions into plain digits: 10² is not 102.
    is_raised = any(unicodedata.category(character) == "No" for character in text)
    text = replace_homoglyphs(unicodedata.normalize("NFC" if is_raised else "NFKC", text))
    # A word entirely in look-alike letters counts as Latin, such as a Cyrillic "а".
    latin = latin_look_alike(text.lower())
    if latin is None:
        return text
    return latin.upper() if text.isupper() else latin


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", text.lower()).replace("ς", "σ").replace("i\u0307", "i")


def _upper(text: str) -> str:
    return unicodedata.normalize("NFC", text.upper()).replace("İ", "I")
