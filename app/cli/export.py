"""The command `quoth export`: the corpus written to files."""

import filecmp
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer
from pydantic import BaseModel

from app.cli.terminal import Exit, fail, open_database, say, warn
from app.errors import NoTimesError
from app.exports import INTERVIEWS, LISTS
from app.exports.format import InterviewDocument
from app.loading import documents_to_write, held_to_write, statements_to_write
from app.queries import answers, canonical, interviews, questions, speakers, topics
from app.queries.filters import Filters
from app.queries.interviews import list_sources
from app.queries.paging import Listing, walk
from app.queries.vocabulary import find_vocabulary
from app.settings import read_settings
from app.structure.files import SIDECAR_SUFFIX, STATEMENTS, VOCABULARY
from app.structure.statement_file import write_statements
from app.topics.vocabulary import write_vocabulary
from app.transcripts.sidecar import write_sidecar

_CANONICAL = "canonical"
_NAMES = (*(each.name for each in (*INTERVIEWS, *LISTS)), _CANONICAL)
ExportFormat = StrEnum("ExportFormat", {name: name for name in _NAMES})  # type: ignore[misc]  # formats are values
_KINDS = (
    f"{', '.join(each.name for each in LISTS)}: a table each of questions, answers, interviews, speakers and topics. "
    f"{', '.join(each.name for each in INTERVIEWS)}: a file for each interview"
    f" ({', '.join(each.name for each in INTERVIEWS if each.needs_times)} where its source has times). "
    f"{_CANONICAL}: one file of JSON lines, the same byte for byte wherever the content is the same."
)
# Interviews without times that the message names at most.
_MAX_NAMED = 10


def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; created if it does not exist.")],
    source: Annotated[bool, typer.Option("--source", help="Write the source files, byte for byte.")] = False,
    statements: Annotated[
        bool,
        typer.Option("--statements", help="Write what is stated of each interview as a metadata file, and the topics."),
    ] = False,
    held: Annotated[
        bool,
        typer.Option(
            "--held", help="With --statements: write interviews that are held back, too, with the end of their embargo."
        ),
    ] = False,
    format_name: Annotated[
        ExportFormat | None,
        typer.Option("--format", help=f"Write the corpus in this format. {_KINDS}", metavar="NAME"),
    ] = None,
) -> None:
    """Write the corpus to files, all from one state of the database.

    --source writes each source file as it was received, in a folder named after its interview; and speakers.toml, if it
    is stated who is one person or who is not.

    --statements writes what metadata files, editors and reviewers state of each interview as the metadata file that
    belongs beside its source file, speakers.toml, and the vocabulary, topics.toml. With both, the folder can be loaded
    into an empty database. --held adds what is held back: where that is loaded, it is held back until the same time.

    --format writes tables, a file for each interview, or the whole corpus as one file, depending on the format.

    A file that exists and differs is not replaced: the command ends with status 73. Nothing is written outside the
    folder, whatever stands in the database.
    """
    if (source or statements) == (format_name is not None):
        fail(
            "say what to export: --source, --statements, or --format and one of " + ", ".join(ExportFormat), Exit.USAGE
        )
    if held and not statements:
        fail("--held needs --statements: until when an interview is held back stands in its metadata file", Exit.USAGE)
    without_times: list[str] = []
    with open_database() as database, database.read() as connection:
        written = 0
        files = (
            _rendered(connection, format_name, without_times)
            if format_name
            else files_to_load(connection, source=source, statements=statements, held=held)
        )
        with closing(files):
            for name, content in files:
                _write_new(_inside(folder, name), content)
                written += 1
    say(f"{written} files written to {folder}")
    if without_times:
        more = f" and {len(without_times) - _MAX_NAMED} more" if len(without_times) > _MAX_NAMED else ""
        warn(f"left out, because they have no times: {', '.join(without_times[:_MAX_NAMED])}{more}")


def files_to_load(
    connection: sa.Connection, *, source: bool, statements: bool, held: bool = False
) -> Generator[tuple[Path, Iterable[bytes]]]:
    """Yield the files of a folder to be loaded elsewhere: their names and content; `held` adds interviews that are held
    back.
    """
    for slug, name, content in list_sources(connection) if source else ():
        yield _source_path(slug, name), [content]
    for slug, name, document in documents_to_write(connection) if statements else ():
        yield _source_path(slug, name).with_suffix(SIDECAR_SUFFIX), [write_sidecar(document)]
    for one in held_to_write(connection) if held else ():
        if source and not one.is_withheld:
            yield _source_path(one.slug, one.file_name), [one.content]
        yield _source_path(one.slug, one.file_name).with_suffix(SIDECAR_SUFFIX), [write_sidecar(one.document)]
    if statements and (concepts := find_vocabulary(connection)):
        yield Path(VOCABULARY), [write_vocabulary(concepts)]
    if of_speakers := statements_to_write(connection):
        yield Path(STATEMENTS), [write_statements(of_speakers)]


def _source_path(slug: str, name: str) -> Path:
    return Path(slug) / (Path(name).name or slug)


def _rendered(
    connection: sa.Connection, format_name: str | None, without_times: list[str]
) -> Generator[tuple[Path, Iterable[bytes]]]:
    """Yield each file's name and content in pieces; interviews that lack the times a format needs are noted."""
    if format_name == _CANONICAL:
        # Whatever keeps the error of a full disk alive also keeps what is read here open.
        with closing(canonical.lines(connection)) as lines:
            yield Path("corpus.jsonl"), (line.encode() for line in lines)
    for table in LISTS:
        if table.name == format_name:
            # The other commands start faster without the API.
            from app.api.completing import complete
            from app.api.fields import everything

            base = read_settings().public_url
            for noun, listing, shape in _lists(connection):
                selection = everything(shape)
                with closing(walk(connection, listing)) as items:
                    rows = table.render(complete(items, selection, base), selection.columns)
                    yield Path(f"{noun}{table.suffix}"), (row.encode() for row in rows)
    for form in INTERVIEWS:
        if form.name == format_name:
            base = read_settings().public_url
            for item in walk(connection, interviews.listing(connection, Filters(), "title")):
                slug = item["slug"]
                content = interviews.find_interview(connection, slug), interviews.find_record(connection, slug)
                try:
                    yield Path(f"{slug}{form.suffix}"), [form.render(InterviewDocument(*content, base)).encode()]
                except NoTimesError:
                    without_times.append(slug)


def _lists(connection: sa.Connection) -> Iterator[tuple[str, Listing, type[BaseModel]]]:
    # As above.
    from app.api.schemas.interviews import InterviewSummary
    from app.api.schemas.questions import Answer, Question
    from app.api.schemas.speakers import Speaker
    from app.api.schemas.topics import Topic

    nothing = Filters()
    yield "questions", questions.listing(connection, nothing, questions.DEFAULT_SORT), Question
    yield "answers", answers.listing(connection, nothing, questions.DEFAULT_SORT), Answer
    yield "interviews", interviews.listing(connection, nothing, questions.DEFAULT_SORT), InterviewSummary
    yield "speakers", speakers.listing(connection, nothing, speakers.DEFAULT_SORT), Speaker
    yield "topics", topics.listing(topics.DEFAULT_SORT), Topic


def _inside(folder: Path, name: Path) -> Path:
    """Return where a file of this name is written; a name from a damaged database that leads out ends the command."""
    parts = name.parts
    if name.is_absolute() or not parts or any(part in {"..", "."} or not part.isprintable() for part in parts):
        fail(f"{str(name)!r} is no name for a file in {folder}; see 'quoth verify-database'", Exit.DATA)
    return folder / name


def _write_new(target: Path, content: Iterable[bytes]) -> None:
    """Write a file as a whole or not at all; a file that exists and differs ends the command and stays."""
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as opened:
            opened.writelines(content)
        if not target.exists():
            part.rename(target)
            return
        is_same = filecmp.cmp(part, target, shallow=False)
    except OSError as error:
        fail(f"{target}: {error.strerror or error}", Exit.CANNOT_CREATE)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    if not is_same:
        fail(f"{target}: another file is there; remove it or export to another folder", Exit.CANNOT_CREATE)
