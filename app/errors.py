"""Domain errors. They carry data about what is wrong and what to do, and know nothing of HTTP or exit codes."""

import datetime
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
class WithdrawnError(QuothError):
    """A file that is not loaded, because its interview was withdrawn."""

    file: str
    interview: str
    when: datetime.datetime
    reason: str | None

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return (
            f"{self.file}: its interview {self.interview!r} was withdrawn on {self.when.date()}{why}; to load it all "
            f"the same, run 'quoth withdraw {self.interview} --lift' first"
        )


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
    """Something that was here and was taken out; its id or name is given to nothing else.

    `replaced_by` are the ids of what has its words now, where that is known, and `revisions` those that can be read.
    """

    noun: str
    name: str
    replaced_by: list[str] = field(default_factory=list)
    revisions: list[int] = field(default_factory=list)
    reason: str | None = None
    when: datetime.datetime | None = None

    def __str__(self) -> str:
        told = f"The {self.noun} {self.name!r} was here and has been taken out"
        told += f" on {self.when.date()}" if self.when else ""
        told += f": {self.reason.rstrip('.')}." if self.reason else "."
        if self.replaced_by:
            told += f" What it said is in {_listed(self.replaced_by)}."
        return f"{told} {_kept(self.revisions)}" if self.revisions else told


@dataclass
class UnknownRevisionError(QuothError):
    """A revision that an item never had, or that was not kept; `known` are those that can be read."""

    noun: str
    name: str
    revision: int
    known: list[int]

    def __str__(self) -> str:
        return f"There is no revision {self.revision} of the {self.noun} {self.name!r}. {_kept(self.known)}"


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


class MirrorError(QuothError):
    """A mirror and its origin that do not go together: what was received is wrong, or this is no mirror of it."""


class OriginUnavailableError(QuothError):
    """The server that is mirrored cannot be reached now; trying again later may help."""


class BackupError(QuothError):
    """A backup that cannot be made here, or that is not what it should be; nothing of it is left."""


class SchemaVersionError(QuothError):
    """The database holds a schema that this version of Quoth does not know, or none at all."""


class DatabaseUnavailableError(QuothError):
    """The database cannot be reached or read now; trying again later may help."""


@dataclass
class DatabaseNotEmptyError(QuothError):
    """A database that was to be filled and holds something: a row in `table`, or a table that is nobody's here."""

    database: str
    table: str

    def __str__(self) -> str:
        return f"{self.database} is not empty: there is something in {self.table}; give an empty database"


@dataclass
class UnstorableError(QuothError):
    """Rows of `table` that another database cannot hold."""

    table: str
    reason: str

    def __str__(self) -> str:
        return f"rows of {self.table} cannot be stored there: {self.reason}"


@dataclass
class CopyDiffersError(QuothError):
    """A copy that is not the same as what it was made from."""

    difference: str

    def __str__(self) -> str:
        return f"the copy is not the same, and was not kept: {self.difference}"


class DatabaseBusyError(DatabaseUnavailableError):
    """The database is there, and all connections to it that this process may have are in use."""


@dataclass
class RevisionAwaitedError(QuothError):
    """A client has seen a revision of the corpus that cannot be read now; `newest` is what there is."""

    seen: int
    newest: int

    def __str__(self) -> str:
        return (
            f"Revision {self.seen} of the corpus, which you have seen, cannot be read here now; the newest is "
            f"{self.newest}."
        )


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


def _listed(names: list[str]) -> str:
    *first, last = map(repr, names)
    return f"{', '.join(first)} and {last}" if first else last


def _kept(revisions: list[int]) -> str:
    """Name revisions, in few words where there are many."""
    if len(revisions) == 1:
        return f"Revision {revisions[0]} can be read."
    shown = ", ".join(map(str, revisions[:-1])) if len(revisions) < 10 else f"{revisions[0]} to {revisions[-2]}"
    return f"Revisions {shown} and {revisions[-1]} can be read."
