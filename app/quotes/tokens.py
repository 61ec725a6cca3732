"""Text as a quotation is compared: words, numbers and the signs that are spoken with them. What a copyist may change
without changing a word (case, typography, white space, look-alike letters, markup) is left out here and nowhere else.

Accents are part of a word: año is not ano. Words that differ are never made one; see `is_same_word` for the letters
whose capitals coincide.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from app.text.folding import REDACTED, look_alike, unmask

# Invisible characters that stand inside words: soft hyphen, joiners, marks of direction, variation selectors, tatweel.
_INVISIBLE = "\u00ad\u034f\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_JOINER = "\u2060"
_APOSTROPHES = "'’‘‛ʼ´`′＇"
_DASHES = r"\-‐‑‒–−"
# Scripts that are written without spaces between words: each character, with its marks, is compared by itself.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
)


def _marks() -> str:
    points = [point for point in range(0x0300, 0x10000) if unicodedata.category(chr(point)).startswith("M")]
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)


_MARK = f"[{_marks()}{_INVISIBLE}]"
_LETTER = rf"[^\W_{_UNSPACED}]"
_INSIDE = rf"(?:{_LETTER}+|{_MARK}+|[{_APOSTROPHES}](?={_MARK}{{0,3}}{_LETTER}))"
# Digits with what stands inside a number: 1.5, 50,000, 10:30, 1/2; and a minus that is no dash, as in -5.
_NUMBER = rf"(?:(?<![\w{_DASHES}])[{_DASHES}])?\d+(?:[.,:/{_APOSTROPHES}]\d+)*"
_SIGN = r"[%‰‱°§&@=±×÷\u0024\u00a2-\u00a5\u20a0-\u20cf]|(?<=[\w+#])[+#]|[+](?=\d)"
_TOKEN = re.compile(rf"{_NUMBER}{_INSIDE}*|{_LETTER}{_INSIDE}*|[{_UNSPACED}]{_MARK}*|{_SIGN}|{REDACTED}+")

# A link's target, a tag, an entity, emphasis, an escape. Bounded, so that reading stays linear.
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
# The dotted and the dotless i have the same capital, or nearly so.
_I = str.maketrans({"ı": "i", "\u0307": None})
_MAX_KEYS_KEPT = 200_000


class Token(NamedTuple):
    """A word, number or sign of a text as it is written, and where it stands, in code points."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Cut a text into tokens. Offsets are of the text as given, markup included."""
    return [Token(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(without_markup(text))]


def token_texts(text: str) -> list[str]:
    """The same without places, which is faster."""
    return _TOKEN.findall(without_markup(text))


def without_markup(text: str) -> str:
    """Blank the markup of Markdown and HTML out, so that every other character keeps its place."""
    return _MARKUP.sub(_blanked, text) if _HAS_MARKUP.search(text) else text


def _blanked(found: re.Match[str]) -> str:
    markup = found.group()
    if markup[0] == "&":
        character = html.unescape(markup)
        return character.ljust(len(markup), _JOINER) if len(character) < len(markup) else markup
    if markup[0] == "]" or _LINE_TAG.match(markup):
        return " " * len(markup)
    return _JOINER * len(markup)


@lru_cache(maxsize=_MAX_KEYS_KEPT)
def key_of(token: str) -> str:
    """What two tokens have in common that may be the same word."""
    if token[0] == REDACTED:
        return REDACTED
    key = token.lower() if token.isascii() else _plain(token).casefold().translate(_I)
    if not key.isascii():
        key = unicodedata.normalize("NFC", key)
    return re.sub("[,']", "", key) if key[-1:].isdigit() and _GROUPED.fullmatch(key) else key


def is_same_word(one: str, other: str) -> bool:
    """Whether two tokens of one key are the same word and differ at most in case and typography.

    Maße and Masse have one key, and so have sıkıldım and sikildim: they are the same only where one of them is
    written in capitals, which do not tell the two apart.
    """
    if one.isascii() and other.isascii():
        return True
    one, other = _plain(one), _plain(other)
    if _small(one) == _small(other) or _GROUPED.fullmatch(one) or _GROUPED.fullmatch(other):
        return True
    return (one.isupper() or other.isupper()) and _capital(one) == _capital(other)


def _plain(token: str) -> str:
    """Write a token without what typography adds to it, and with Latin letters where others only look like them."""
    text = _DASH.sub("-", _APOSTROPHE.sub("'", _INVISIBLE_RUN.sub("", token)))
    # A raised or a vulgar number is not the plain one: 10² is not 102.
    is_raised = any(unicodedata.category(character) == "No" for character in text)
    text = unmask(unicodedata.normalize("NFC" if is_raised else "NFKC", text))
    # A word in another script alone may be Latin all the same, such as a Cyrillic "а".
    latin = look_alike(text.lower())
    if latin is None:
        return text
    return latin.upper() if text.isupper() else latin


def _small(text: str) -> str:
    return unicodedata.normalize("NFC", text.lower()).replace("ς", "σ").replace("i\u0307", "i")


def _capital(text: str) -> str:
    return unicodedata.normalize("NFC", text.upper()).replace("İ", "I")
