"""What the fuzzer sends and checks beyond its own; `make fuzz` loads this by way of schemathesis.toml.

It has a key that allows everything, and tries what is right with `dry_run`, so that the seed stays as it is.

A value may fit its schema and yet name nothing, and this API refuses it, so that no list is emptier or fuller than it
looks. The fuzzer is therefore given names of the seed, and its own check of accepted data lets 400 and 422 pass where
the one below takes over: a refusal of valid data has to blame a parameter that was sent, for a reason that no schema
can say.
"""

import json
import re
import zlib
from typing import Any

import schemathesis

from app.api.http.guard import MAX_TARGET_BYTES
from app.api.http.headers import REVISION_HEADER
from app.text.folding import SLUG_PATTERN

_SPEAKERS = ("worldnewsam-3712-interviewee", "worldnewsam-3712-interviewer", "-worldnewsam-3712-interviewer")
# Names of the seed, some in the grammar of lists.
NAMES = {
    "topic": ("interfaith-dialogue", "peace", "tolerance", "-extremism", "peace,tolerance", "society"),
    "speaker": _SPEAKERS,
    "asked_by": _SPEAKERS,
    "answered_by": _SPEAKERS,
    "interview": ("worldnewsam-3712", "-worldnewsam-3712"),
    "language": ("en", "-en"),
    "publisher": ("worldnewsam.com",),
    "year": ("2023", "-2022"),
    "q": ("congress", "dialogue", "the people"),
    "text": ("tolerance alone is enough", "We have newspapers … so that's one part of it", "the people"),
}
# Files that can be read, by media type: no schema says what they have to be.
_TALK = b"Q: Where did the river begin?\n\nA: Under the old mill, behind our house in the valley.\n"
_FILES = {
    "application/octet-stream": _TALK,
    "text/turtle": b"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    b'<http://example.org/mills> a skos:Concept ; skos:prefLabel "Mills"@en .\n',
    "application/toml": b'[mills]\nlabel = "Mills"\n',
}
# What has no name in the seed that would do.
UNKNOWN = ("series", "cursor")
# Problems with what is stored, or with a file: no parameter is at fault.
NO_PARAMETER = frozenset({"/problems/invalid-content", "/problems/idempotency-key-reused"})
# What is blamed although it was not sent, by parameter: it was needed beside something else that was sent.
NEEDED = {
    # A part of a form has a name of its own.
    "name": r"Say what the file is called|The name of the file has no ending of a format",
    "item": r"Give the `item`, or the `words`",
    "start": r"Give both `start` and `end`",
    "end": r"Give both `start` and `end`",
    "other": r"Where `kind` is `(merged|distinct)`, say ",
    "interviews": r"Where `kind` is `parted`, say ",
    # The fuzzer takes any bytes for a file, none at all too.
    "body": r"Send the (file|vocabulary) as the body",
}
# What no schema says, by parameter: the reasons that a value of the right form can be refused for.
_NAMES_NOTHING = r"There is no {} |At most 50 values "
_RANGES = r"Give both |Ranges of an interview count within a turn|The text has \d+ characters"
REASONS = {
    "name": r"The name of (a|the) file |'.*' is no name of a file|Where `kind` is ",
    "since": r"Write a day, such as ",
    "until": r"This time is over|Write a day, such as ",
    "item": r"The interview has no turn, question or answer |Give the `item`",
    "words": r"Give `words`, or `start` and `end`; not both|There is no word in |Give the words to redact|The words ",
    "decisions": r"The topic .* is not suggested for the question |The topic .* is decided twice",
    "other": r"There is no speaker |Where `kind` is ",
    "interviews": r"There is no interview |Where `kind` is ",
    "Quoth-Reason": r"Write UTF-8, percent-encoded|Write 500 characters ",
    "cursor": r"the cursor is ",
    "page": r"A page is found by `cursor` or by `page`|Pages are found by number up to page ",
    # A list without anything in it is written as an empty text.
    "sort": r"'-?\w+' stands twice|Only what `q` finds |Nothing can be sorted by ''|This list is sorted by ",
    "turn": r"There is no turn ",
    "start": rf"{_RANGES}|There is nothing but white space",
    "end": rf"{_RANGES}|The range is empty|\d+ to \d+ is not within |Nothing is left to redact ",
    "include": r"There is no part ",
    "fields": r"There is no field |The field .* has no fields inside it",
    "facets": r"Nothing can be counted by ''",
    "q": r"Write at least one word",
    "text": r"Write at least one word|This key can stand only once",
    "role": r"At most 50 values ",
    "year": _NAMES_NOTHING.format("year"),
    "series": _NAMES_NOTHING.format("series") + r"|A value is empty",
    **{name: _NAMES_NOTHING.format(name) for name in ("topic", "interview")},
    **{name: _NAMES_NOTHING.format("speaker") for name in ("asked_by", "answered_by")},
    "speaker": _NAMES_NOTHING.format("speaker") + "|One speaker is named twice",
    "language": _NAMES_NOTHING.format("language"),
    "publisher": _NAMES_NOTHING.format("publisher") + r"|A value is empty",
    "published_from": r"\d{4}-\d\d has no day \d\d",
    "published_to": r"\d{4}-\d\d has no day \d\d",
}


@schemathesis.deserializer("application/x-ndjson")
def read_lines(_context: schemathesis.DeserializationContext, response: schemathesis.Response) -> str:
    """Read newline-delimited JSON: each line has to be an item."""
    text = response.content.decode("utf-8")
    for line in text.split("\n")[:-1]:
        assert isinstance(json.loads(line), dict)
    return text


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], _kwargs: dict[str, Any]) -> None:
    """Put names of the seed in place of made-up ones, in four of five requests that are meant to be right.

    A client that has seen a revision which the server does not have yet is asked to try again: that is no refusal, and
    every request would be answered so.
    """
    headers: dict[str, Any] = dict(case.headers or {})
    if re.fullmatch("[0-9]{1,10}", str(headers.get(REVISION_HEADER, ""))):
        case.headers[REVISION_HEADER] = "1"
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    _write_nothing(case)
    _send_a_file(case)
    if not case.query:
        return
    # The same request is always drawn alike: a run can be repeated.
    if _drawn(sorted(case.query.items(), key=str)) % 5 == 0:
        return
    if case.operation.path == "/v1/compare":
        case.query |= {"topic": "interfaith-dialogue", "speaker": list(_SPEAKERS[:2])}
        return
    for name in UNKNOWN:
        case.query.pop(name, None)
    for parameter in case.operation.definition.raw["parameters"]:
        # Every list has fields of its own.
        if parameter["name"] == "fields" and "fields" in case.query:
            case.query["fields"] = parameter["example"]
    for name, known in NAMES.items():
        value = case.query.get(name)
        if isinstance(value, list):
            case.query[name] = list(dict.fromkeys(known[_drawn(one) % len(known)] for one in value))
        elif isinstance(value, str):
            single = [one for one in known if not one.startswith("-") and "," not in one]
            case.query[name] = single[_drawn(value) % len(single)]


def _write_nothing(case: schemathesis.Case[Any]) -> None:
    """Let a request that is right be tried and rolled back: the seed stays as it is, for all others."""
    if case.operation.method.upper() != "GET" and "security" in case.operation.definition.raw:
        case.query = {**(case.query or {}), "dry_run": "true"}
        if "If-Match" in (case.headers or {}):
            case.headers["If-Match"] = "*"


def _send_a_file(case: schemathesis.Case[Any]) -> None:
    """Put a file that can be read in place of arbitrary bytes, in four of five requests."""
    if isinstance(case.body, bytes) and case.media_type in _FILES and _drawn(case.body) % 5:
        case.body = _FILES[case.media_type]
        if case.operation.path.startswith("/v1/interviews"):
            case.query = {**(case.query or {}), "name": "talk.txt"}


def _drawn(value: Any) -> int:
    return zlib.crc32(repr(value).encode("utf-8", "backslashreplace"))


@schemathesis.check
def refusal_of_valid_data_is_explained(
    _context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> bool | None:
    """Fail where data that fits the schema is refused for what the schema could have said."""
    if response.status_code == 414:
        assert len(response.request.url or "") > MAX_TARGET_BYTES, "a short address is refused as too long"
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in {400, 422}:
        return None
    problem = response.json()
    if problem["type"] in NO_PARAMETER or "The form cannot be read: it has more than " in problem["detail"]:
        return None
    sent = {*(case.query or {}), *(case.headers or {}), *(case.body if isinstance(case.body, dict) else ())}
    for error in problem["errors"]:
        parameter, detail = error["parameter"], error["detail"]
        if parameter not in sent and parameter in (case.path_parameters or {}):
            # The fuzzer follows a null in an answer as if it were an id.
            assert not re.fullmatch(SLUG_PATTERN, str(case.path_parameters[parameter])), f"{parameter}: {detail}"
            continue
        if parameter not in sent:
            assert re.match(NEEDED.get(parameter, "$"), detail), f"{parameter} is blamed and was not sent: {detail}"
            continue
        if detail.startswith(f"`{parameter}` has no place in "):
            # It means nothing in the format that was asked for.
            continue
        assert parameter in REASONS, f"{parameter} fits its schema and is refused: {detail}"
        assert re.match(REASONS[parameter], detail), f"{parameter} is refused for what its schema can say: {detail}"
    assert problem["errors"], f"no parameter is blamed: {problem['detail']}"
    return None
