"""Reads and writes what editors state of speakers as TOML, to be edited by hand: speakers.toml beside the transcripts.

Each [[merged]] table says that two speakers are one person, each [[distinct]] table that they are two, each [[parted]]
table that one is somebody else in some interviews. Speakers and interviews are named by their slugs as the files alone
give them.
"""

import datetime
import tomllib
from collections.abc import Sequence
from typing import Annotated

import tomli_w
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from app.errors import MetadataError
from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN
from app.transcripts.sidecar import line_in

_HEAD = b"# Who is one person, and who is not. 'quoth load' reads this file; 'quoth export --source' writes it.\n"
Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=SLUG_MAX_LENGTH)]
# TOML can write NUL, which a database cannot store in text.
Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Text | None = None
    at: AwareDatetime | None = None
    why: Text | None = None


class StatedMerge(_Stated):
    """That two speakers are one person: `keep`. Their names, where given, have to be those of the corpus."""

    keep: Slug
    other: Slug
    keep_name: Text | None = None
    other_name: Text | None = None


class StatedPart(_Stated):
    """That a speaker is somebody else in some interviews, and what that somebody is called, if not the same."""

    speaker: Slug
    interviews: Annotated[list[Slug], Field(min_length=1)]
    name: Text | None = None


class StatedDistinct(_Stated):
    """That two speakers are two people. Their names, where given, have to be those of the corpus."""

    speaker: Slug
    other: Slug
    speaker_name: Text | None = None
    other_name: Text | None = None


AnyStatement = StatedMerge | StatedPart | StatedDistinct


class StatedSpeakers(BaseModel):
    """All statements of one file."""

    model_config = ConfigDict(extra="forbid")

    parted: list[StatedPart] = []
    distinct: list[StatedDistinct] = []
    merged: list[StatedMerge] = []


def read_statements(name: str, data: bytes) -> StatedSpeakers:
    """Read a file of statements.

    Raises:
        MetadataError: it is not TOML in UTF-8, or a statement is not complete.
    """
    try:
        return StatedSpeakers.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise MetadataError(name, "", f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MetadataError(name, "", f"not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = [str(part) for part in first["loc"]]
        line = line_in(data.decode("utf-8"), key)
        raise MetadataError(f"{name}:{line}" if line else name, ".".join(key), _what_to_write(first)) from None


def _what_to_write(error: ErrorDetails) -> str:
    """Say what to write in place of a value that does not fit, or of a key that there is not."""
    place, kind = error["loc"], error["type"]
    if kind == "extra_forbidden":
        shape = _SHAPES.get(str(place[0])) if len(place) > 1 else None
        return f"there is no such key; there are {', '.join(shape.model_fields if shape else _SHAPES)}"
    if kind == "missing":
        return f"write {place[-1]!r} too: it has to be there"
    if kind in {"list_type", "model_type"} and len(place) < 3:
        return f"begin each of them with a line [[{place[0]}]], in two brackets"
    if kind.startswith(("datetime", "timezone")):
        return "write a time with its zone, such as 2026-12-31T06:00:00+01:00"
    if kind == "string_pattern_mismatch" and error["ctx"]["pattern"] == SLUG_PATTERN:
        return "write the slug, which is the last part of the address, such as 'jane-roe'"
    return error["msg"]


_SHAPES: dict[str, type[_Stated]] = {"parted": StatedPart, "distinct": StatedDistinct, "merged": StatedMerge}


def write_statements(statements: Sequence[AnyStatement]) -> bytes:
    """Write statements as TOML in UTF-8 from which `read_statements` reads the same."""
    tables = {
        key: [one.model_dump(exclude_none=True) for one in statements if isinstance(one, shape)]
        for key, shape in _SHAPES.items()
    }
    return _HEAD + tomli_w.dumps({key: some for key, some in tables.items() if some}).encode()


def made_before(statement: AnyStatement, when: datetime.datetime) -> bool:
    """Whether a statement of a file is older than a time; one that does not say when it was made is."""
    return statement.at is None or statement.at <= when
