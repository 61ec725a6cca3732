"""What a form of the desk sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from app.api.http.guard import taken_body
from app.api.uploads import FORM, Part, read_parts
from app.errors import ParameterError

_URL_ENCODED = "application/x-www-form-urlencoded"
_MOST_FIELDS = 5_000
# Of a form with files: three for each person whose name can be said, and the others.
_MOST_PARTS = 200


@dataclass(frozen=True)
class Form:
    """The fields of a form, each with its values in order, and the files that came with it."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Sequence[Part] = ()

    def one(self, name: str) -> str:
        """Return the value of a field without white space around it; an empty one where it was not sent."""
        return next(iter(self.fields.get(name, ())), "").strip()

    def all(self, name: str) -> list[str]:
        """Return all values of a field."""
        return list(self.fields.get(name, ()))


async def read_form(request: Request) -> Form:
    """Read the form that a request sends.

    Raises:
        ParameterError: it sends none, or one that cannot be read.
        RefusedError: its parts cannot be read, or are too many.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM:
        return await _read_parts(request)
    if kind != _URL_ENCODED:
        raise ParameterError("body", f"Send the form as {_URL_ENCODED} or {FORM}.")
    try:
        body = (await request.body()).decode()
        pairs = parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise ParameterError("body", "The form cannot be read: send its fields in UTF-8, percent-encoded.") from error
    return Form(_grouped(pairs))


async def _read_parts(request: Request) -> Form:
    body = taken_body(request.scope)
    if body is None:
        raise ParameterError("body", "The form is empty.")
    parts = await run_in_threadpool(read_parts, body, request.headers["content-type"], _MOST_PARTS)
    try:
        pairs = [(part.field, part.data.decode()) for part in parts if part.name is None]
    except UnicodeDecodeError:
        raise ParameterError("body", "The form cannot be read: send its fields in UTF-8.") from None
    # Where no file was chosen, browsers send one without a name.
    return Form(_grouped(pairs), [part for part in parts if part.name])


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        # Browsers end lines with CRLF.
        fields.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\0", ""))
    return fields
