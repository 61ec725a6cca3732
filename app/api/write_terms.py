"""What requests that write may say beside their bodies: headers and parameters, and what is refused of them."""

import re
from typing import Annotated
from urllib.parse import unquote_to_bytes

from fastapi import Header, Query, Request

from app.api import problem_kinds
from app.api.http.guard import taken_body
from app.api.http.representation import has_strong_tag
from app.api.parameters.declared import query_names
from app.api.problems import RefusedError
from app.errors import ParameterError, did_you_mean
from app.queries.filters.grammar import TrueOrFalse
from app.text.folding import nearest

IDEMPOTENCY_HEADER, REASON_HEADER = "Idempotency-Key", "Quoth-Reason"
_MOST_REASON = 500
# Characters of If-Match, at most: one entity-tag has under a hundred.
_MOST_TAGS = 4_000
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)

DryRun = Annotated[
    TrueOrFalse, Query(description="Whether only to tell what would happen: nothing is written.", examples=[True])
]
Reason = Annotated[
    str | None,
    Header(
        alias=REASON_HEADER,
        max_length=3 * 4 * _MOST_REASON,
        json_schema_extra={"pattern": r"^[^\x00]*$"},
        description=f"Why; everybody can read it. UTF-8, percent-encoded, {_MOST_REASON} characters at most.",
        examples=["The%20first%20answer%20was%20cut%20short."],
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=_MOST_TAGS,
        json_schema_extra={"pattern": r"^[^\x00]*$"},
        description="The `ETag` of the state that you have seen, or `*` for whatever there is.",
        examples=["*"],
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=IDEMPOTENCY_HEADER,
        max_length=255,
        json_schema_extra={"pattern": "^[!-~]+$", "minLength": 1},
        description="A new word of yours for each request, such as a UUID. The request is done once, however often it "
        "is sent within a day; each time it is answered alike.",
        examples=["0f2d6c1e-5c7b-4a50-9e0c-1f4c1f7f7a55"],
    ),
]


def decoded_reason(reason: str | None) -> str | None:
    """Decode a reason.

    Raises:
        ParameterError: it is not UTF-8, too long, or has control characters.
    """
    if reason is None:
        return None
    try:
        text = unquote_to_bytes(reason.encode("latin-1")).decode("utf-8").strip()
    except UnicodeError:
        raise ParameterError(REASON_HEADER, "Write UTF-8, percent-encoded.") from None
    if len(text) > _MOST_REASON or not all(one.isprintable() or one == "\n" for one in text):
        raise ParameterError(REASON_HEADER, f"Write {_MOST_REASON} characters that can be printed, at most.")
    return text or None


def checked_idempotency_key(key: str | None) -> str | None:
    """Return an Idempotency-Key as it is.

    Raises:
        ParameterError: it is none.
    """
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise ParameterError(IDEMPOTENCY_HEADER, "Write 1 to 255 visible ASCII characters, without spaces.")
    return key


def why_not_matched(if_match: str, tag: str | None) -> str:
    """Say why If-Match does not name the state that there is."""
    if tag is None:
        return "There is nothing here to be changed."
    if not has_strong_tag(if_match):
        return "If-Match names no state: send the ETag as it came, in quotation marks and without W/ before it."
    return "It has changed since you have read it: read it again, and send the ETag that it has now."


def check_body(request: Request) -> None:
    """Refuse a body where none means anything, such as a reason that would be lost.

    Raises:
        ParameterError: there is one.
    """
    route, body = request.scope["route"], taken_body(request.scope)
    takes_one = (
        route.body_field is not None
        or getattr(route, "is_upload", False)
        or "requestBody" in (route.openapi_extra or {})
    )
    if body is not None and body.size and not takes_one:
        raise ParameterError("body", f"No body is taken here. To say why, send the header {REASON_HEADER}.")


def check_headers(request: Request) -> None:
    """Refuse headers that stand several times and mean one thing: all but one would be lost.

    Raises:
        ParameterError: there is one.
    """
    for name in (IDEMPOTENCY_HEADER, REASON_HEADER):
        if len(request.headers.getlist(name)) > 1:
            raise ParameterError(name, "This header can stand only once.")


def check_query(request: Request) -> None:
    """Refuse query parameters that the route does not take.

    Raises:
        RefusedError: there is one.
    """
    known = sorted(query_names(request.scope["route"]))
    for name in request.query_params:
        if name not in known:
            near = nearest(name[:120], known)
            detail = f"{name[:120]}: There is no such parameter here.{did_you_mean(near)}"
            raise RefusedError(problem_kinds.UNKNOWN_PARAMETER, detail, parameter=name[:120], suggestions=near)
