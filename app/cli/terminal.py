"""What every command shares: where it prints, how it ends, and what a terminal may be shown."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from app.errors import (
    BackupError,
    DatabaseNotEmptyError,
    DatabaseUnavailableError,
    GoneError,
    MetadataError,
    MirrorError,
    MovedError,
    NotFoundError,
    OriginUnavailableError,
    ParameterError,
    QuothError,
    SchemaVersionError,
    SettingsError,
    TranscriptError,
    UnstorableError,
    WithdrawnError,
)

out = Console()
err = Console(stderr=True)


class Exit(IntEnum):
    """How a command ends, as in sysexits.h, so that a script can tell a bad file from a database that is away."""

    # Of our own: something was checked, and is not as it should be.
    FOUND_WANTING = 3
    USAGE = 64
    DATA = 65
    NO_INPUT = 66
    UNAVAILABLE = 69
    SOFTWARE = 70
    CANNOT_CREATE = 73
    IO = 74
    TRY_LATER = 75
    CONFIG = 78


def print_json(value: Any) -> None:
    """Print JSON for a program to read."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def exit_on_error() -> Iterator[None]:
    """End with one plain line and a telling exit code instead of a traceback."""
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
        UnstorableError,
    ) as error:
        fail(str(error), Exit.DATA)
    except ParameterError as error:
        fail(str(error), Exit.USAGE)
    except DatabaseNotEmptyError as error:
        fail(str(error), Exit.CANNOT_CREATE)
    except SettingsError as error:
        fail(str(error), Exit.CONFIG)
    except (DatabaseUnavailableError, OriginUnavailableError) as error:
        fail(str(error), Exit.TRY_LATER)
    except (SchemaVersionError, BackupError) as error:
        fail(str(error), Exit.UNAVAILABLE)
    except QuothError as error:
        fail(str(error), Exit.SOFTWARE)
    except FileNotFoundError as error:
        fail(f"{error.filename}: {error.strerror}", Exit.NO_INPUT)
    except OSError as error:
        fail(f"{error.filename or ''}: {error.strerror}", Exit.IO)


def fail(message: str, code: Exit) -> NoReturn:
    """End the command with one line on the standard error."""
    message = "; ".join(line.strip() for line in message.splitlines())
    err.print(f"quoth: {escape(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def visible(text: str) -> str:
    """Keep a terminal from obeying what a transcript says: control characters are shown, not sent."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else f"\\x{ord(character):02x}"
        for character in text
    )
