"""What is said of a file on its page before it is loaded: its format, and metadata that go over those beside it.

The page brings back what was said on it before. A field that says something else than it showed is said from then on.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.errors import ParameterError
from app.structure import editing_steps as steps
from app.structure.pairing import Role
from app.transcripts import FORMATS
from app.transcripts.sidecar import Sidecar, read_sidecar, write_sidecar
from app.web.desk.form import Form

# What messages call it.
_NAME = "what is written on this page"
# Fields with the characters that each may have, at most.
FIELDS = {"title": 500, "published": 10}
_MOST_NAME, _MOST_DOCUMENT = 300, 200_000
_FORMATS = frozenset(each.name for each in FORMATS)


@dataclass(frozen=True)
class Given:
    """A format, or None for the one that is recognized; metadata; and whether either is other than the page showed."""

    format_name: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
    is_new: bool = False

    @property
    def metadata(self) -> tuple[tuple[str, bytes], ...]:
        """The metadata as a file that goes over those before it."""
        return ((_NAME, write_sidecar(self.document)),) if self.document else ()

    @property
    def text(self) -> str:
        """The metadata for a field of the page."""
        return write_sidecar(self.document).decode()


def given_in(form: Form, metadata: Sequence[tuple[str, bytes]]) -> Given:
    """Read what a page says of a file that comes with these metadata files.

    Raises:
        MetadataError: a metadata file cannot be read.
        ParameterError: there is no such format or role, or a field did not come from the page.
    """
    format_name, shown = form.one("format"), form.one("format-shown")
    if format_name not in {"", *_FORMATS}:
        raise ParameterError("format", "Choose one of the formats.")
    before = read_sidecar(_NAME, form.one("given")[:_MOST_DOCUMENT].encode()).document
    document = _with_fields(before, form)
    people = list(zip(*(form.all(name) for name in ("person", "person-name", "person-role")), strict=False))
    if changed := [one for one in map(_person, people) if one is not None]:
        document.setdefault("speakers", _stated_beside(metadata).get("speakers", []))
        for labels, name, role in changed:
            document = steps.describe_speaker(document, labels, name, role)
    # A document that a page made is a document that can be read.
    is_new = "given" in form.fields and (document != before or format_name != shown)
    return Given(format_name or None, document, is_new)


def _with_fields(before: Mapping[str, Any], form: Form) -> dict[str, Any]:
    document = dict(before)
    for name, most in FIELDS.items():
        value = form.one(name)[:most]
        if name in form.fields and value != form.one(f"{name}-shown"):
            document.pop(name, None)
            if value:
                document[name] = value
    return document


def _person(fields: Sequence[str]) -> tuple[list[str], str | None, str | None] | None:
    """Return the labels, the name and the role of a person; None if the page showed the same."""
    shown, name, role = fields[0], fields[1].strip()[:_MOST_NAME], fields[2]
    try:
        before = json.loads(shown)
        labels = [str(label) for label in before["labels"]]
        is_same = (name, role) == (before["name"] or "", before["role"])
        is_role_said = before["role_is_stated"] or role != before["role"]
    except (ValueError, TypeError, KeyError):
        raise ParameterError("person", "The people did not come with the page. See again what is understood.") from None
    if role not in set(Role):
        raise ParameterError("role", "Choose one of the roles.")
    return (
        None
        if is_same or not labels
        else (labels, name or None, role if is_role_said and role != Role.UNKNOWN else None)
    )


def _stated_beside(metadata: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    stated = Sidecar()
    for name, data in metadata:
        stated = read_sidecar(name, data).over_sidecar(stated)
    return stated.document


def people_to_say(speakers: Sequence[Mapping[str, Any]], most: int) -> list[tuple[Mapping[str, Any], str]]:
    """Return those who take part and have labels, each with what their fields bring back."""
    return [
        (
            one,
            json.dumps(
                {
                    "labels": one["labels"],
                    "name": one["name"],
                    "role": one["role"],
                    "role_is_stated": one["role_attribution"] == "stated",
                },
                ensure_ascii=False,
            ),
        )
        for one in speakers
        if one["labels"]
    ][:most]
