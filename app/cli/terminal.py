"""What every command shares: printing, progress bars, exit statuses, and opening the configured database."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from enum import IntEnum
from typing import Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.text import Text

from app.db import Database
from app.errors import (
    BackupError,
    DatabaseNotEmptyError,
    DatabaseUnavailableError,
    GoneError,
    MetadataError,
    MirrorError,
    MovedError,
    NoDatabaseError,
    NotFoundError,
    OriginUnavailableError,
    ParameterError,
    QuothError,
    ReplacementError,
    SchemaVersionError,
    SettingsError,
    StatementError,
    TranscriptError,
    UnstorableError,
    WithdrawnError,
)
from app.settings import read_settings


class _SafeConsole(Console):
    """A console that writes control characters as escapes, in strings, texts and tables alike."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Turn a string with markup into text; here, so that columns of tables have the right width."""
        return super().render_str(visible(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Turn anything into pieces of lines; what the console itself sends as a command stays one."""
        for piece in super().render(renderable, options):
            yield piece if piece.control or piece.text.isprintable() else Segment(visible(piece.text), piece.style)


out = _SafeConsole()
err = _SafeConsole(stderr=True)


# Characters that a string of JSON may have and no terminal should get: C1, DEL, separators and marks of direction.
_CONTROLS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Exit(IntEnum):
    """Exit statuses as in sysexits.h, so that a script can tell a bad file from a database that is away."""

    # Not in sysexits.h: something was checked and is wrong.
    CHECK_FAILED = 3
    USAGE = 64
    DATA = 65
    NO_INPUT = 66
    UNAVAILABLE = 69
    SOFTWARE = 70
    CANNOT_CREATE = 73
    IO = 74
    TRY_LATER = 75
    CONFIG = 78


def say(line: str) -> None:
    """Print one line: no markup, no colours, no wrapping, and control characters as escapes."""
    out.print(visible(line), highlight=False, soft_wrap=True, markup=False)


def warn(line: str) -> None:
    """Print one line on the standard error, control characters as escapes."""
    err.print(visible(line), highlight=False, soft_wrap=True, markup=False)


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    # JSON leaves these as they are, and a terminal may take them for commands or turn a line round.
    typer.echo(_CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def progress_bar(*columns: ProgressColumn, hidden: bool = False) -> Progress:
    """Make a progress bar on the standard error, shown only at a terminal; by default with counts and time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *(columns or (MofNCompleteColumn(), TimeRemainingColumn())),
        console=err,
        transient=True,
        disable=hidden or not err.is_terminal,
    )


@contextmanager
def open_database(*, check_schema: bool = True) -> Iterator[Database]:
    """Open the database that the settings name; an error ends the command, as with `exit_on_error`."""
    with exit_on_error(), closing(Database(read_settings().database_url)) as database:
        if check_schema:
            database.check_schema()
        yield database


@contextmanager
def exit_on_error() -> Iterator[None]:
    """End the command with one line on the standard error and an exit status where an error would be a traceback."""
    try:
        yield
    except (
        TranscriptError,
        MetadataError,
        WithdrawnError,
        MirrorError,
        NotFoundError,
        MovedError,
        GoneError,
        ReplacementError,
        StatementError,
        UnstorableError,
    ) as error:
        fail(str(error), Exit.DATA)
    except ParameterError as error:
        fail(str(error), Exit.USAGE)
    except DatabaseNotEmptyError as error:
        fail(str(error), Exit.CANNOT_CREATE)
    except SettingsError as error:
        fail(str(error), Exit.CONFIG)
    except NoDatabaseError as error:
        fail(str(error), Exit.UNAVAILABLE)
    except (DatabaseUnavailableError, OriginUnavailableError) as error:
        fail(str(error), Exit.TRY_LATER)
    except (SchemaVersionError, BackupError) as error:
        fail(str(error), Exit.UNAVAILABLE)
    except QuothError as error:
        fail(str(error), Exit.SOFTWARE)
    except UnicodeEncodeError as error:
        # Arguments that are not UTF-8 come as surrogates, which no database takes.
        fail(f"{str(error.object)!r} is not UTF-8: type it at a terminal that is set to UTF-8", Exit.USAGE)
    except FileNotFoundError as error:
        fail(f"{error.filename}: {error.strerror}", Exit.NO_INPUT)
    except OSError as error:
        fail(f"{error.filename or ''}: {error.strerror}", Exit.IO)


def fail(message: str, code: Exit) -> NoReturn:
    """End the command with one line on the standard error."""
    message = "; ".join(line.strip() for line in message.splitlines())
    warn(f"quoth: {message}")
    raise typer.Exit(code)


def visible(text: str) -> str:
    """Write control characters as escapes, so that a transcript cannot send commands to the terminal."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else f"\\x{ord(character):02x}"
        for character in text
    )
