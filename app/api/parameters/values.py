"""Forms of single values: numbers, names in paths and positions."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import Path
from pydantic import BeforeValidator, Field, WithJsonSchema

from app.queries.filters.grammar import Storable, described_as
from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN

_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
# Offsets, revisions and positions are 32-bit columns.
MAX_INTEGER = 2**31 - 1


def _whole_number(value: Any) -> Any:
    """Take plain digits only: pydantic would also take 1_0, a sign, and digits of other scripts."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("write a whole number")
    return value


# Marks the schema of a list that is one text in an address, with commas between its values.
COMMAS = "x-commas"
# What generators call the values of an enum.
CONSTANTS = "x-enum-varnames"
# Names with commas between them; clients that know no commas repeat the parameter, which is the same. All fields of an
# item fit into the characters, and into the number.
Names = Annotated[list[Annotated[str, Field(max_length=8000), Storable]], Field(max_length=200)]
# A name may stand there again, which means nothing more: only the length of an address bounds how often.
_NAMES_OF_AN_ADDRESS = 8000
Digits = BeforeValidator(_whole_number)
WholeNumber = Annotated[int, Digits]
# The bounds stand before the validator: a validator before them would hide them from the schema.
RevisionNumber = Annotated[int, Field(ge=1, le=MAX_INTEGER), Digits]
RangeStart = Annotated[int, Field(ge=0, le=MAX_INTEGER), Digits]
RangeEnd = Annotated[int, Field(ge=1, le=MAX_INTEGER), Digits]
Slug = Annotated[str, Field(max_length=SLUG_MAX_LENGTH, pattern=SLUG_PATTERN)]


def described_as_some_of(names: Iterable[str], constants: Iterable[str] = (), *, once: bool = False) -> Any:
    """Describe a list of names without checking them: the look-up of a name explains better what is wrong. With `once`,
    a name may stand there once; else it may be repeated, and is taken once.

    `constants` are what generated clients call the names, where these are no names of a programming language.
    """
    known = list(names)
    items = {"type": "string", "enum": known} | ({CONSTANTS: list(constants)} if constants else {})
    bounds = {"uniqueItems": True, "maxItems": len(known)} if once else {"maxItems": _NAMES_OF_AN_ADDRESS}
    return WithJsonSchema({"type": "array", "items": items, **bounds, COMMAS: True})


def joined(occurrences: Sequence[str] | None) -> str | None:
    """Return the names of all occurrences of a parameter as one text, with commas between them."""
    return None if occurrences is None else ",".join(occurrences)


def _named(description: str, example: str) -> Any:
    return Path(
        min_length=1, max_length=SLUG_MAX_LENGTH, pattern=SLUG_PATTERN, description=description, examples=[example]
    )


QuestionId = Annotated[str, _named("Stable id of a question.", "gky5nhbt0gvp-q1")]
AnswerId = Annotated[str, _named("Stable id of an answer.", "gky5nhbt0gvp-a1")]
InterviewName = Annotated[str, _named("Slug or id of an interview.", "worldnewsam-3712")]
# A name in place of a slug is looked up, so that the answer says who is meant: its form is described, and not checked.
SpeakerSlug = Annotated[str, Field(max_length=SLUG_MAX_LENGTH), Storable, described_as(SLUG_PATTERN)]
SpeakerName = Annotated[
    str,
    Path(
        min_length=1,
        max_length=SLUG_MAX_LENGTH,
        description="Slug of a speaker.",
        examples=["worldnewsam-3712-interviewee"],
        json_schema_extra={"pattern": SLUG_PATTERN},
    ),
    Storable,
]
TopicName = Annotated[str, _named("Slug of a topic.", "interfaith-dialogue")]
Sha256 = Annotated[
    str,
    Path(
        min_length=64,
        max_length=64,
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of a source file, in lower-case hexadecimal digits.",
        examples=["84fc5ac57a04376ca06a80d4f0bf23af86b9941cf7f0cb35f787d5c9fd9636f9"],
    ),
]
