"""RIS, as reference managers exchange it: a tag of two characters, two spaces, a hyphen, a space and a value on one
line, lines ending in CR LF, TY first and ER last.

RIS has no type for a published interview: the type is generic, and M3 says what it is. Names are written as the source
has them, although readers take what stands before a comma as the family name.
"""

from collections.abc import Iterator

from app.citations import Reference
from app.exports.format import ReferenceFormat


def render(reference: Reference) -> str:
    """Write a reference as one RIS record."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in (*_lines(reference), ("ER", "")))


def _lines(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", "GEN"
    yield "ID", reference.key
    for name in reference.authors:
        yield "AU", name
    yield "TI", reference.title
    yield "M3", "Interview"
    for tag, value in (
        ("T2", reference.series),
        ("PB", reference.publisher),
        ("PY", reference.published and reference.published[:4]),
        ("DA", reference.published and _date(reference.date_parts)),
        ("LA", reference.language),
        # A semicolon separates addresses.
        ("UR", reference.url and reference.url.replace(";", "%3B")),
        ("N1", reference.note),
    ):
        if value:
            yield tag, value


def _date(parts: list[int]) -> str:
    """Write year, month and day with a slash after each; unknown parts are empty."""
    year, month, day = (*parts, 0, 0)[:3]
    return f"{year:04}/{f'{month:02}' if month else ''}/{f'{day:02}' if day else ''}/"


FORMAT = ReferenceFormat(
    name="ris",
    media_type="application/x-research-info-systems",
    suffix=".ris",
    description="RIS",
    render=render,
)
