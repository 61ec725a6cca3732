"""Writes well-formed XML 1.0 of any text. Characters that XML cannot represent are left out, all others are kept."""

import re
from collections.abc import Mapping

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

# Characters outside production 2 of XML 1.0: they cannot be written, not even as references.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Parsers turn a CR into LF, and white space in attributes into spaces, unless they are written as references.
_CONTENT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


def representable(text: str) -> str:
    """Return text without the characters that XML cannot represent."""
    return _NO_CHARACTER.sub("", text)


def content(text: str) -> str:
    """Write text as the content of an element."""
    return representable(text).translate(_CONTENT)


def element(name: str, *inside: str, attributes: Mapping[str, str | None] | None = None) -> str:
    """Write an element with XML inside. Attributes that are None are left out."""
    written = "".join(
        f' {key}="{representable(value).translate(_ATTRIBUTE)}"'
        for key, value in (attributes or {}).items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def text_element(name: str, text: str | None, attributes: Mapping[str, str | None] | None = None) -> str:
    """Write an element with text inside, or nothing if the text is None."""
    return "" if text is None else element(name, content(text), attributes=attributes)
