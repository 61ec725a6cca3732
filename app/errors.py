"""Domain errors. They carry data about what is wrong and what to do, and know nothing of HTTP or exit codes."""

from dataclasses import dataclass, field


class QuothError(Exception):
    """Anything that Quoth refuses; the message is a sentence fit to show to the person who asked."""


@dataclass
class TranscriptError(QuothError):
    """A file that cannot be read as a transcript. Line and column count from 1; 0 where there is no position."""

    file: str
    reason: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{place}: {self.reason}"


@dataclass
class MetadataError(QuothError):
    """A metadata or vocabulary file that says something impossible. `key` is the dotted key at fault."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


@dataclass
class NotFoundError(QuothError):
    """No such thing: `noun` is what was looked for, `name` the id or slug that was given."""

    noun: str
    name: str
    suggestions: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"There is no {self.noun} {self.name!r}.{did_you_mean(self.suggestions)}"


@dataclass
class MovedError(QuothError):
    """A name that was changed: `name` was given, `to` is what the thing is called now."""

    noun: str
    name: str
    to: str

    def __str__(self) -> str:
        return f"The {self.noun} {self.name!r} is called {self.to!r} now."


@dataclass
class GoneError(QuothError):
    """Something that was here and was taken out; its id or name is given to nothing else."""

    noun: str
    name: str

    def __str__(self) -> str:
        return f"The {self.noun} {self.name!r} was here and has been taken out."


@dataclass
class ParameterError(QuothError):
    """A value that a query cannot take. `parameter` names it as the caller wrote it."""

    parameter: str
    reason: str
    suggestions: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.reason}{did_you_mean(self.suggestions)}"


@dataclass
class NoTimesError(QuothError):
    """An interview that cannot be written as captions, because its source says of no turn when it was spoken."""

    interview: str

    def __str__(self) -> str:
        return f"The source of {self.interview!r} has no times, and without them there are no captions."


class CursorError(QuothError):
    """A cursor that was not issued for this list, or was changed on the way."""


class StatementTimeError(QuothError):
    """A query that took longer than one may take, and was cut off."""


class SchemaVersionError(QuothError):
    """The database holds a schema that this version of Quoth does not know, or none at all."""


class DatabaseUnavailableError(QuothError):
    """The database cannot be reached or read now; trying again later may help."""


def did_you_mean(suggestions: list[str]) -> str:
    """Close a message with the nearest names, or with nothing when none is near."""
    if not suggestions:
        return ""
    return f" Did you mean {' or '.join(repr(name) for name in suggestions)}?"


@dataclass
class SettingsError(QuothError):
    """A setting that cannot be used. `name` is its environment variable."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"
