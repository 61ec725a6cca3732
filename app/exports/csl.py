"""CSL-JSON (https://docs.citationstyles.org/en/stable/specification.html), type `interview`.

In CSL, the author of an interview is the interviewee. Names are literal, because splitting off a family name would be a
guess.
"""

import json
from collections.abc import Iterable
from typing import Any

from app.citations import Reference
from app.exports.format import ReferenceFormat


def item(reference: Reference) -> dict[str, Any]:
    """Make the CSL-JSON item of a reference; the schema requires variables without a value to be left out."""
    variables = {
        "id": reference.key,
        "type": "interview",
        "title": reference.title,
        "author": _literal(reference.authors),
        "interviewer": _literal(reference.interviewers),
        "container-title": reference.series,
        "publisher": reference.publisher,
        "issued": {"date-parts": [reference.date_parts]} if reference.date_parts else None,
        "language": reference.language,
        "URL": reference.url,
        "note": reference.note,
    }
    return {name: value for name, value in variables.items() if value}


def render(reference: Reference) -> str:
    """Write a reference as CSL-JSON: a list of one item."""
    return json.dumps([item(reference)], ensure_ascii=False, indent=2) + "\n"


def _literal(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"literal": name} for name in names]


FORMAT = ReferenceFormat(
    name="csl",
    media_type="application/vnd.citationstyles.csl+json",
    suffix=".json",
    description="CSL-JSON",
    render=render,
)
