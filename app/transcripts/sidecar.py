"""The metadata file beside a transcript (same name, .toml). It overrides what the source states."""

import dataclasses
import datetime
import json
import re
import tomllib
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import tomli_w
from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError
from pydantic_core import ErrorDetails

from app.errors import MetadataError, did_you_mean
from app.text.dates import PartialDate, read_moment
from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN, nearest
from app.transcripts.metadata_tables import (
    ADDRESS,
    MOST_TABLES,
    NO_NUL,
    ExchangeTable,
    Place,
    QuestionTable,
    Slug,
    SpeakerTable,
    Table,
    Text,
    TurnTable,
)
from app.transcripts.transcript import Metadata, SpeakerStatement
from app.transcripts.urls import canonical

_HEADER = re.compile(r"\s*\[\[?\s*(?P<table>[\w-]+)\s*\]")
_KEY = re.compile(r"\s*(?P<key>[\w-]+|\"[^\"]*\"|'[^']*')\s*=")

# What is no part of the document that is stored.
_NOT_STORED = {"embargo_until", "embargo_reason", "series_hosts", "later_stands"}
_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def _partial_date(value: Any) -> str:
    """Read a TOML date, or a text such as 2023-11."""
    if not isinstance(value, str | datetime.date):
        raise ValueError('write a date as text, such as "2023", "2023-11" or "2023-11-05"')  # noqa: TRY004 - pydantic reports a ValueError as a fault of the file
    return PartialDate.parse(value if isinstance(value, str) else value.isoformat()).text


def _canonical_address(value: Any) -> str:
    return canonical(str(value))


# Parts of the place of a key of a table, such as turns.0.kind; more are of a table within it.
_OF_A_TABLE = 3
# What to do about keys that look right and are not, by table and key.
_ADVICE = {
    ("speakers", "slug"): "The slug of a speaker is made of the name: state `name`.",
    ("speakers", "label"): 'Write labels = ["..."], with the labels as printed.',
    ("speakers", "id"): 'Who is meant by the same name elsewhere is stated with same_as = ["https://..."].',
    ("questions", "topic"): 'Write topics = ["..."].',
}


class Sidecar(Table):
    """The keys of a metadata file."""

    slug: Slug | None = None
    title: Text | None = None
    language: Annotated[str, Field(pattern=_LANGUAGE)] | None = None
    published: Annotated[str, BeforeValidator(_partial_date)] | None = None
    published_evidence: Text | None = None
    publisher: Text | None = None
    series: Text | None = None
    source_url: Annotated[str, BeforeValidator(_canonical_address)] | None = None
    summary: Text | None = None
    rights: Text | None = None
    embargo_until: Annotated[datetime.datetime, BeforeValidator(read_moment)] | None = None
    embargo_reason: Text | None = None
    # Who interviews in the series, as other files told when this one was read.
    series_hosts: list[Text] | None = None
    # Whether, of tables that state different things of one turn or question, the later one is meant.
    later_stands: bool = False
    speakers: list[SpeakerTable] = Field(default=[])
    turns: list[TurnTable] = Field(default=[], max_length=MOST_TABLES)
    exchanges: list[ExchangeTable] = Field(default=[], max_length=MOST_TABLES)
    questions: list[QuestionTable] = Field(default=[])

    # Where each key is stated: a file, with the line of a manifest.
    _places: dict[str, str] = PrivateAttr(default_factory=dict)
    # Where each of the tables of a key begins, as a line from 1, in what is written in TOML.
    _lines: dict[str, list[int]] = PrivateAttr(default_factory=dict)

    @property
    def source(self) -> str | None:
        """The file that states something here; None if nothing is stated."""
        return next(iter(self._places.values()), None)

    def place_of(self, key: str) -> str | None:
        """Return the file that states a key, with the line of a table such as `turns.3`; None if none does."""
        place, line = self._places.get(key.partition(".")[0]), self.line_of(key)
        return f"{place}:{line}" if place and line else place

    def line_of(self, key: str) -> int | None:
        """Return the line of a table such as `turns.3`, from 1; None where that is not known."""
        name, _, rest = key.partition(".")
        number, lines = rest.partition(".")[0], self._lines.get(name, ())
        return lines[int(number)] if number.isdecimal() and int(number) < len(lines) else None

    def stated_in(self, place: str, lines: Mapping[str, list[int]] | None = None) -> "Sidecar":
        """Note the file that all of this is stated in, with the line if it has others, and the lines of its tables;
        return this.
        """
        self._places = dict.fromkeys(self.model_fields_set, place)
        self._lines = dict(lines or {})
        return self

    def over_sidecar(self, other: "Sidecar") -> "Sidecar":
        """Return the other statements, overridden by those made here."""
        both = other.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})
        both._places = {**other._places, **self._places}
        both._lines = {**other._lines, **{key: [] for key in self.model_fields_set}, **self._lines}
        return both

    @property
    def document(self) -> dict[str, Any]:
        """What is stated, in plain values, but for what is no part of it: until when and why it is held back, what
        other files told, and whether later tables stand.
        """
        return self.model_dump(mode="json", exclude_unset=True, exclude=_NOT_STORED, exclude_none=True)

    def within(self, whole: "Sidecar") -> "Sidecar":
        """Return all that is stated, of which this is a part, with the places and the embargo of this."""
        embargo = {"embargo_until": self.embargo_until, "embargo_reason": self.embargo_reason}
        both = whole.model_copy(update={key: value for key, value in embargo.items() if value is not None})
        both._places = {**whole._places, **self._places}
        return both

    def over(self, metadata: Metadata) -> Metadata:
        """Return the source's metadata, overridden by what this file states."""
        stated = {
            name: getattr(self, name)
            for name in (
                "title",
                "language",
                "published_evidence",
                "publisher",
                "series",
                "source_url",
                "summary",
                "rights",
            )
            if getattr(self, name) is not None
        }
        if self.published is not None:
            stated["published"] = PartialDate.parse(self.published)
        if self.speakers:
            stated["speakers"] = tuple(
                SpeakerStatement(
                    name=speaker.name,
                    role=speaker.role,
                    labels=tuple(speaker.labels),
                    aliases=tuple(speaker.aliases),
                    affiliation=speaker.affiliation,
                    same_as=tuple(speaker.same_as),
                )
                for speaker in self.speakers
            )
        return dataclasses.replace(metadata, **stated)


def read_sidecar(name: str, data: bytes) -> Sidecar:
    """Read a metadata file: TOML, or the same as JSON.

    Raises:
        MetadataError: it is not TOML or JSON in UTF-8, or a key is unknown or has an impossible value.
    """
    data = data.removeprefix(BOM_UTF8)
    is_json = data.lstrip().startswith(b"{")
    try:
        values = json.loads(data) if is_json else tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MetadataError(name, "", f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except (json.JSONDecodeError, RecursionError) as error:
        if not is_json:
            raise MetadataError(name, "", f"not valid TOML: {error}") from None
        raise MetadataError(name, "", f"not valid JSON: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise MetadataError(name, "", f"not valid TOML: {error}") from None
    try:
        sidecar = sidecar_of(name, values)
        return sidecar if is_json else sidecar.stated_in(name, _lines_of_tables(data.decode("utf-8"), values))
    except MetadataError as error:
        line = line_in(data.decode("utf-8"), error.key.split("."))
        raise MetadataError(f"{name}:{line}" if line else name, error.key, error.reason) from None


def write_sidecar(document: Mapping[str, Any]) -> bytes:
    """Write a document as TOML in UTF-8 from which `read_sidecar` reads the same."""
    whole = {key: document[key] for key in Sidecar.model_fields if key in document}
    parts = [tomli_w.dumps({key: value for key, value in whole.items() if key not in _TABLES})]
    for name in _TABLES:
        for stated in whole.get(name, ()):
            table = {key: stated[key] for key in _TABLES[name].model_fields if key in stated}
            written = tomli_w.dumps({name: [table]})
            # A short table would be written into one line.
            parts.append(written if written.startswith("[[") else _written_long(name, table))
    return "\n".join(filter(None, parts)).encode()


def _written_long(name: str, table: Mapping[str, Any]) -> str:
    own = {key: value for key, value in table.items() if not isinstance(value, dict)}
    inner = {key: value for key, value in table.items() if isinstance(value, dict)}
    parts = [f"[[{name}]]\n{tomli_w.dumps(own)}"]
    return "\n".join([*parts, *(f"[{name}.{key}]\n{tomli_w.dumps(value)}" for key, value in inner.items())])


def _lines_of_tables(text: str, values: Mapping[str, Any]) -> dict[str, list[int]]:
    """Return the lines on which the tables of each list begin, from 1; of a list that is written otherwise, none."""
    lines: dict[str, list[int]] = {}
    for line, written in enumerate(text.splitlines(), start=1):
        if (header := _HEADER.match(written)) and header["table"] in _TABLES:
            lines.setdefault(header["table"], []).append(line)
    return {name: some for name, some in lines.items() if len(some) == len(values.get(name, ()))}


def line_in(text: str, key: Sequence[str]) -> int | None:
    """Find the line of a key such as speakers.0.name, from 1: that of its table where the key itself has none."""
    of_table = _line_in_table(text, key[0], int(key[1]), key[2:3]) if len(key) > 1 else None
    return of_table or _line_in_table(text, "", 0, key[:1])


def _line_in_table(text: str, table: str, number: int, key: Sequence[str]) -> int | None:
    """Find the line of a key in one of the tables of a name, "" for what stands above all tables."""
    at, found = (0 if not table else -1), None
    for line, written in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(written):
            if at == number and table:
                break
            at, found = (at + 1, line) if header["table"] == table else (at if table else -1, found)
            found = found if at == number else None
        elif at == number and (match := _KEY.match(written)) and [match["key"].strip("\"'")] == [*key]:
            return line
    return found


def sidecar_of(name: str, values: Mapping[str, Any]) -> Sidecar:
    """Check statements that come from a file or a command called `name`.

    Raises:
        MetadataError: a key is unknown or has an impossible value.
    """
    try:
        return Sidecar.model_validate(values).stated_in(name)
    except ValidationError as error:
        first = _first_of(error.errors())
        place = _place_in(values, first["loc"])
        raise MetadataError(name, ".".join(map(str, place)), _what_to_write(first, place)) from None


def _first_of(errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """Return the first mistake: of what may be a text or a table, the one in the table if it is a table; of a key that
    is not known in place of one that has to be there, the one that is there.
    """
    tables = (one for one in errors if one["type"] != "string_type" or not isinstance(one["input"], Mapping))
    first = next(tables, errors[0])
    beside = (one for one in errors if one["loc"][:-1] == first["loc"][:-1] and one["type"] == "extra_forbidden")
    return next(beside, first) if first["type"] == "missing" else first


def _place_in(values: Any, loc: Sequence[int | str]) -> list[int | str]:
    """Return keys and positions that lead to a place, without names of types, which pydantic puts between them."""
    place: list[int | str] = []
    for number, part in enumerate(loc, start=1):
        if isinstance(values, Mapping) and (part in values or number == len(loc)):
            values = values.get(part)
        elif isinstance(values, Sequence) and isinstance(part, int):
            values = values[part]
        else:
            continue
        place.append(part)
    return place


def _what_to_write(error: ErrorDetails, place: Sequence[int | str]) -> str:
    """Say what to write in place of a value that does not fit, or of a key that there is not."""
    if error["type"] == "extra_forbidden":
        return _about_unknown(place)
    if error["type"] == "missing":
        return f"write {place[-1]!r} too: it has to be there"
    if place[0] in _TABLES and error["type"] in {"list_type", "model_type"} and len(place) < 3:
        return (
            f"write a list of tables: in TOML each begins with a line [[{place[0]}]], in two brackets, below the keys "
            "of the interview; in JSON they are objects in a list"
        )
    if error["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(error["ctx"]["pattern"], error["msg"])
    return _VALUES.get(error["type"], error["msg"].removeprefix("Value error, "))


def _about_unknown(place: Sequence[int | str]) -> str:
    """Say what is meant by a key that there is not: which keys its table has, and where the key belongs."""
    key, table = str(place[-1]), str(place[0]) if len(place) > 1 else ""
    shape: type[Table] = _TABLES.get(table, Sidecar)
    heading = f"a [[{table}]] table" if table else "a metadata file"
    if len(place) > _OF_A_TABLE:
        shape, heading = Place, "what says which turn is meant"
    near = nearest(key, shape.model_fields)
    mistake = f"{heading} has no key {key!r}.{did_you_mean(near)}"
    if advice := _ADVICE.get((table, key)):
        return f"{mistake} {advice}"
    if table and key in Sidecar.model_fields:
        return f"{mistake} {key!r} is of the interview: it stands above the first [[{table}]]."
    belongs = [name for name, each in _TABLES.items() if name != table and key in each.model_fields]
    if belongs:
        return f"{mistake} {key!r} is a key of [[{belongs[0]}]]."
    return mistake if near else f"{mistake} There are {', '.join(shape.model_fields)}."


# What to write, by the pattern that a text does not match, and by pydantic's name for another fault.
_PATTERNS = {
    SLUG_PATTERN: "write small letters from a to z and digits, with single hyphens between them, such as 'river-talks'",
    _LANGUAGE: "write the code of a language, such as 'en' or 'pt-BR'",
    ADDRESS: "write an address that starts with http:// or https://",
    NO_NUL: "leave out the character NUL, which no text can have",
}
_VALUES = {
    "string_type": "write a text, in quotation marks",
    "string_too_short": "write something between the quotation marks, or leave the key out",
    "string_too_long": f"write at most {SLUG_MAX_LENGTH} characters",
    "list_type": 'write a list, such as ["..."]',
    "too_short": "write at least one into the list",
}
_TABLES: dict[str, type[Table]] = {
    "speakers": SpeakerTable,
    "turns": TurnTable,
    "exchanges": ExchangeTable,
    "questions": QuestionTable,
}
