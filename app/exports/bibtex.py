"""BibTeX, also as biblatex reads it: a @misc entry in UTF-8 whose text is escaped for LaTeX.

Names stand in braces, which keeps them whole. Only macros that LaTeX has by itself are used, and none that is written
with a brace: BibTeX counts these even behind a backslash.
"""

import re

from app.citations import Reference
from app.exports.format import ReferenceFormat

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ESCAPES = {
    **{character: f"\\{character}" for character in "$&%#_"},
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "-": "-{}",
    "'": "'{}",
}
# LaTeX would draw two hyphens as one dash, and two apostrophes as a quotation mark.
_SPECIAL = re.compile(r"[$&%#_\\{}~^<>|`]|-(?=-)|'(?=')")


def render(reference: Reference) -> str:
    """Write a reference as one BibTeX entry."""
    year, month, *_day = (*reference.date_parts, 0, 0)
    fields = {
        "author": _braced(" and ".join(f"{{{_text(name)}}}" for name in reference.authors)),
        # The inner braces keep capitals as they are.
        "title": f"{{{{{_text(reference.title)}}}}}",
        "howpublished": "{Interview}",
        "series": _braced(_text(reference.series)),
        "publisher": _braced(_text(reference.publisher)),
        "date": _braced(reference.published),
        "year": _braced(f"{year:04}" if year else None),
        # Styles define macros for the months.
        "month": _MONTHS[month - 1] if month else None,
        # Styles take addresses as they stand.
        "url": _braced(reference.url),
        "language": _braced(_text(reference.language)),
        "note": _braced(_text(reference.note)),
    }
    lines = [f"  {name} = {value}" for name, value in fields.items() if value]
    return f"@misc{{{reference.key},\n" + ",\n".join(lines) + "\n}\n"


def _text(text: str | None) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES[found.group()], text or "")


def _braced(value: str | None) -> str | None:
    return f"{{{value}}}" if value else None


FORMAT = ReferenceFormat(
    name="bibtex",
    media_type="application/x-bibtex",
    suffix=".bib",
    description="BibTeX",
    render=render,
)
