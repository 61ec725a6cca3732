"""Domain errors. They carry data about what is wrong and what to do; they know neither HTTP nor exit codes."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# What to do first, told by the server when it starts and by the index of the API.
EMPTY_CORPUS = (
    "There are no interviews yet. Load some with 'quoth load FOLDER', or the sample of a clone of Quoth with "
    "'quoth load data'; they are shown at once."
)
# The same for topics.
NO_TOPICS = "There are no topics yet. Import some with 'quoth topics import FILE', a list in TOML or SKOS."


class QuothError(Exception):
    """Anything that Quoth refuses; the message is a sentence to be shown to people."""


@dataclass
class TranscriptError(QuothError):
    """A file that cannot be read as a transcript. Line and column count from 1; 0 if there is no position."""

    file: str
    reason: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{place}: {self.reason}"


@dataclass
class MetadataError(QuothError):
    """A metadata or vocabulary file with an invalid value. `key` is the dotted key of the value, `also` are those of
    others that it contradicts.
    """

    file: str
    key: str
    reason: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


@dataclass
class WithdrawnError(QuothError):
    """A file that is not loaded because its interview was withdrawn."""

    file: str
    interview: str
    when: datetime.datetime
    reason: str | None

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return (
            f"{self.file}: its interview {self.interview!r} was withdrawn on {self.when.date()}{why}; to load it "
            f"anyway, run 'quoth withdraw {self.interview} --lift' first"
        )


@dataclass
class TakenError(QuothError):
    """A file that is not loaded for somebody who may not see the interview that has it, or the slug that it states."""

    file: str

    def __str__(self) -> str:
        return (
            f"{self.file}: this file, or the slug that it states, is of an interview that this key may not see; if it "
            "is another interview, state another slug; if it is not, use a key with 'read:held'"
        )


@dataclass
class ReplacementError(QuothError):
    """A file that would replace most of an interview's words (`share` of them, 0 to 1), or an interview that was loaded
    from `other`, a file that is still there, without being said to be meant.
    """

    file: str
    interview: str
    share: float = 0.0
    other: str | None = None

    def __str__(self) -> str:
        if self.other is not None:
            what = f"would take the place of {self.other}, from which {self.interview!r} was loaded"
        else:
            what = f"would replace {self.share:.0%} of the words of {self.interview!r}"
        return (
            f"{self.file}: {what}; if that is meant, add --replace; if it is another interview, give the file another "
            "name or a slug of its own"
        )


@dataclass
class NotFoundError(QuothError):
    """There is no such item: `noun` is its kind, `name` the given id or slug."""

    noun: str
    name: str
    suggestions: list[str] = field(default_factory=list)
    # What those suggested are called, where that is more than their slug says.
    names: dict[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """What is not there."""
        return f"There is no {self.noun} {self.name!r}."

    def __str__(self) -> str:
        return f"{self.reason}{did_you_mean(self.suggestions, self.names)}"


@dataclass
class MovedError(QuothError):
    """An item was renamed: `name` was given, `to` is its name now."""

    noun: str
    name: str
    to: str

    def __str__(self) -> str:
        return f"The {self.noun} {self.name!r} is called {self.to!r} now."


@dataclass
class GoneError(QuothError):
    """An item was deleted; nothing else gets its id or name.

    `replaced_by` are the ids of the items that have its words now, where known; `revisions` can still be read.
    """

    noun: str
    name: str
    replaced_by: list[str] = field(default_factory=list)
    revisions: list[int] = field(default_factory=list)
    reason: str | None = None
    when: datetime.datetime | None = None

    def __str__(self) -> str:
        message = f"The {self.noun} {self.name!r} was here and has been taken out"
        message += f" on {self.when.date()}" if self.when else ""
        message += f": {self.reason.rstrip('.')}." if self.reason else "."
        if self.replaced_by:
            message += f" What it said is in {_listed(self.replaced_by)}."
        return f"{message} {_readable(self.revisions)}" if self.revisions else message


@dataclass
class UnknownRevisionError(QuothError):
    """A revision that an item never had, or that is not stored; `known` are those that can be read."""

    noun: str
    name: str
    revision: int
    known: list[int]

    def __str__(self) -> str:
        return f"There is no revision {self.revision} of the {self.noun} {self.name!r}. {_readable(self.known)}"


@dataclass
class ParameterError(QuothError):
    """A value that a parameter cannot have. `parameter` is its name as the caller wrote it."""

    parameter: str
    reason: str
    suggestions: list[str] = field(default_factory=list)
    # Same as in NotFoundError.
    names: dict[str, str] = field(default_factory=dict)
    # Where in a document it stands, as dotted keys; empty for what is no document.
    key: str = ""

    def __str__(self) -> str:
        return f"{self.reason}{did_you_mean(self.suggestions, self.names)}"


@dataclass
class NoTimesError(QuothError):
    """An interview that cannot be written as captions, because its source has no times."""

    interview: str

    def __str__(self) -> str:
        return f"The source of {self.interview!r} has no times, and without them there are no captions."


class CursorError(QuothError):
    """A cursor that was not issued for this list, or was altered."""


class StatementError(QuothError):
    """What somebody states of speakers cannot be so."""


class StatementTimeError(QuothError):
    """A statement that was interrupted because it took too long."""


class OverloadedError(QuothError):
    """Work that is refused, because too much of its kind is waiting already; trying again later helps."""


class ClientLeftError(QuothError):
    """Work that was given up, because the client that asked for it has left."""


class MirrorError(QuothError):
    """What the origin sent is invalid, or the database is not a mirror of this origin."""


class OriginUnavailableError(QuothError):
    """The server that is mirrored cannot be reached now; trying again later may help."""


class BackupError(QuothError):
    """A backup that cannot be made, or that failed verification; nothing of it is left."""


class SchemaVersionError(QuothError):
    """The database has a schema that this version of Quoth does not know, or none."""


class DatabaseUnavailableError(QuothError):
    """The database cannot be reached or read now; trying again later may help."""


class NoDatabaseError(DatabaseUnavailableError):
    """The file of the database is not there: nobody has made it yet, or it was moved."""


@dataclass
class DatabaseNotEmptyError(QuothError):
    """A database that should be empty has rows in `table`, or `table` is not one of Quoth's."""

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
    """A copy differs from its source."""

    difference: str

    def __str__(self) -> str:
        return f"the copy differs and was discarded: {self.difference}"


class DatabaseBusyError(DatabaseUnavailableError):
    """All connections that this process may open to the database are in use."""


@dataclass
class RevisionAwaitedError(QuothError):
    """A client has seen a revision of the corpus that cannot be read now; `newest` is the newest that can."""

    seen: int
    newest: int

    def __str__(self) -> str:
        return (
            f"Revision {self.seen} of the corpus, which you have seen, cannot be read here now; the newest is "
            f"{self.newest}."
        )


@dataclass
class FutureRevisionError(QuothError):
    """A client says that it has seen a revision of the corpus that there has not been; `newest` is the last one."""

    seen: int
    newest: int

    def __str__(self) -> str:
        return (
            f"There is no revision {self.seen} of the corpus yet; the newest is {self.newest}. Send the highest number "
            "that an answer from here had, or leave the header out: the database may have been restored from a backup."
        )


def did_you_mean(suggestions: list[str], names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the end of a message that suggests slugs, with the `names` of those who have one; empty without any."""
    if not suggestions:
        return ""
    meant = (f"{slug!r} ({names[slug]})" if slug in names else repr(slug) for slug in suggestions)
    return f" Did you mean {' or '.join(meant)}?"


@dataclass
class SettingsError(QuothError):
    """A setting has an invalid value. `name` is its environment variable."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


def _listed(names: list[str]) -> str:
    *first, last = map(repr, names)
    return f"{', '.join(first)} and {last}" if first else last


def _readable(revisions: list[int]) -> str:
    """Name revisions that can be read; many of them as a range."""
    if len(revisions) == 1:
        return f"Revision {revisions[0]} can be read."
    shown = ", ".join(map(str, revisions[:-1])) if len(revisions) < 10 else f"{revisions[0]} to {revisions[-2]}"
    return f"Revisions {shown} and {revisions[-1]} can be read."
