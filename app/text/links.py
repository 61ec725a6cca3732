"""Finds the addresses in a text, which nobody says: targets of links, tags of HTML and bare addresses. Pure."""

import re

# What may begin one; a text without any of these is read no further.
_SIGNS = ("](", "://", "www.", "<", "]:")
# Each part is bounded and cannot begin inside itself, so that the scan stays linear.
_ADDRESS = re.compile(
    # The target of a Markdown link, with one level of parentheses, up to its title or its end.
    r"(?<=\]\()[ \t]{0,8}(?:<[^<>\n]{0,2000}>|(?:[^\s()<>]|\([^\s()<>]{0,200}\)){1,2000})"
    # The definition of a link that stands elsewhere: `[1]: https://...`
    r"|(?<=\]:)[ \t]{1,8}(?=\S{0,20}[:/#])\S{1,2000}"
    # An address by itself, in angle brackets or not; a bracket or a sign at its end belongs to the sentence.
    r"|(?<![^\W_])(?:[A-Za-z][A-Za-z0-9+.-]{1,15}://|www\.)[^\s<>\"'«»“”—]{1,2000}"
    # A tag of HTML with its attributes.
    r"|</?[A-Za-z][A-Za-z0-9-]{0,20}(?:[\s/][^<>]{0,2000})?>"
)
_AT_THE_END = ".,;:!?)]}*_…"


def without_addresses(text: str) -> str:
    """Return a text of the same length with spaces in place of addresses, so that offsets stay."""
    if not any(sign in text for sign in _SIGNS):
        return text
    return _ADDRESS.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    address = match.group()
    said = address.rstrip(_AT_THE_END) if address[:1] not in "<( \t" else address
    return " " * len(said) + address[len(said) :]
