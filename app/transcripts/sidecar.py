"""The metadata file beside a transcript (same name, .toml). It overrides what the source states."""

import dataclasses
import datetime
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.errors import MetadataError, did_you_mean
from app.text.dates import PartialDate
from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN, nearest
from app.transcripts.transcript import Metadata, SpeakerStatement
from app.transcripts.urls import canonical

Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=SLUG_MAX_LENGTH)]
# PostgreSQL refuses NUL in text, and TOML can write it as an escape.
Text = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]*$")]


def _partial_date(value: Any) -> str:
    """Read a TOML date, or a text such as 2023-11."""
    if not isinstance(value, str | datetime.date):
        raise ValueError('write a date as text, such as "2023", "2023-11" or "2023-11-05"')  # noqa: TRY004 - pydantic reports a ValueError as a fault of the file
    return PartialDate.parse(value if isinstance(value, str) else value.isoformat()).text


def _moment(value: Any) -> datetime.datetime:
    """Read a date, which means midnight UTC, or a date and time with its zone."""
    if isinstance(value, str):
        try:
            is_date = len(value) == len("2026-12-31")
            value = datetime.date.fromisoformat(value) if is_date else datetime.datetime.fromisoformat(value)
        except ValueError:
            pass
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            return value.astimezone(datetime.UTC)
    elif isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.UTC)
    raise ValueError("write a day, such as 2026-12-31, or a time with its zone, such as 2026-12-31T06:00:00+01:00")


def _canonical_address(value: Any) -> str:
    return canonical(str(value))


class _SidecarTable(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SpeakerTable(_SidecarTable):
    """One [[speakers]] table. `labels` are the labels of this person in the transcript."""

    labels: list[Text] = Field(min_length=1)
    name: Text | None = None
    role: Text | None = None
    aliases: list[Text] = []
    affiliation: Text | None = None
    same_as: list[Annotated[str, Field(pattern=r"^https?://")]] = []


class QuestionTable(_SidecarTable):
    """One [[questions]] table: the topics of the one question whose text begins with `begins`."""

    begins: Text
    topics: list[Slug] = Field(min_length=1)


class Sidecar(_SidecarTable):
    """The keys of a metadata file."""

    slug: Slug | None = None
    title: Text | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None
    published: Annotated[str, BeforeValidator(_partial_date)] | None = None
    published_evidence: Text | None = None
    publisher: Text | None = None
    series: Text | None = None
    source_url: Annotated[str, BeforeValidator(_canonical_address)] | None = None
    summary: Text | None = None
    rights: Text | None = None
    embargo_until: Annotated[datetime.datetime, BeforeValidator(_moment)] | None = None
    speakers: list[SpeakerTable] = []
    questions: list[QuestionTable] = []

    def over_sidecar(self, other: "Sidecar") -> "Sidecar":
        """Return the other statements, overridden by those made here."""
        return other.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})

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
    """Read a metadata file.

    Raises:
        MetadataError: it is not TOML in UTF-8, or a key is unknown or has an impossible value.
    """
    try:
        values = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MetadataError(name, "", f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MetadataError(name, "", f"not valid TOML: {error}") from None
    return sidecar_of(name, values)


def sidecar_of(name: str, values: Mapping[str, Any]) -> Sidecar:
    """Check statements that come from a file or a command called `name`.

    Raises:
        MetadataError: a key is unknown or has an impossible value.
    """
    try:
        return Sidecar.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            hint = did_you_mean(nearest(str(first["loc"][-1]), Sidecar.model_fields))
            raise MetadataError(name, key, f"there is no such key.{hint}") from None
        raise MetadataError(name, key, first["msg"].removeprefix("Value error, ")) from None
