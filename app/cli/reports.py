"""What reading understood of a transcript, printed at a terminal."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from app.cli.terminal import out, say, visible, warn
from app.loading import LoadedInterview
from app.structure.batches import RefusedFile
from app.structure.files import PassedOverFile
from app.structure.prepare import PreparedTranscript
from app.structure.reading_report import lacks_roles, report_on, roles_to_state
from app.structure.stated_turns import Unfit
from app.transcripts.transcript import ByteClass

# Files in the table of the summary at most; the report file has all of them.
_MAX_ROWS = 40
# Files that a line names, at most.
_MAX_NAMED = 5
# Columns of that table beside the file; the first ones are words, the others numbers. Characters between columns, and
# those that a path has at least.
_COLUMNS, _WORDS = ("format", "outcome", "turns", "questions", "answers", "remarks"), 2
_GAP, _FEWEST_OF_PATH = 2, 12
_STYLES = {
    ByteClass.TEXT: "",
    ByteClass.LABEL: "bold cyan",
    ByteClass.TIME: "green",
    ByteClass.MARKUP: "dim",
    ByteClass.FRONT_MATTER: "magenta",
    ByteClass.SOURCE_LINE: "underline blue",
    ByteClass.NOTE: "yellow",
    ByteClass.BLANK: "",
}


def print_report(prepared: PreparedTranscript) -> None:
    """Print what was understood of one transcript: format, speakers, counts and remarks."""
    report = report_on(prepared)
    out.print(
        f"[bold]{escape(report['file'])}[/]: {report['format']}, because {escape(report['why'])}",
        highlight=False,
        soft_wrap=True,
    )
    table = Table("speaker", "role", "role from", "labels", box=None, pad_edge=False)
    for person in report["speakers"]:
        table.add_row(
            escape(person["name"] or "(not named)"),
            person["role"],
            person["role_attribution"],
            escape(", ".join(person["labels"])),
        )
    out.print(table)
    language = f"{report['language'] or 'unknown'}{' (inferred)' if report['language_is_inferred'] else ''}"
    say(
        f"{report['question_count']} questions ({report['unanswered_count']} unanswered), {report['answer_count']} "
        f"answers, {report['turn_count']} turns; published {report['published'] or 'unknown'}; language {language}; "
        f"source {report['source_url'] or 'unknown'}"
    )
    counts = ", ".join(f"{kind} {count}" for kind, count in report["bytes_by_class"].items() if count)
    together = sum(report["bytes_by_class"].values())
    say(f"bytes: {counts}; {together} of {report['bytes']} accounted for")
    print_remarks(prepared)
    print_roles_to_state(prepared)


def print_remarks(prepared: PreparedTranscript) -> None:
    """Print the remarks of reading, one per line with its place in the file."""
    name = prepared.transcript.source.name
    for remark in prepared.transcript.remarks:
        say(f"  {name}:{remark.line}:{remark.column}: {remark.code}: {remark.message}")


def print_replaced(share: float | None) -> None:
    """Print how many of an interview's words the file that replaces them does not have; nothing if it has them all."""
    if share:
        say(f"{share:.0%} of the words before are not in it")


def print_kept(keys: Sequence[str]) -> None:
    """Print what was stated before, is not stated now, and stays; nothing if there is none of it."""
    if keys:
        say(f"stated before and not now, so kept as it was: {', '.join(keys)}; --restate drops it")


def print_statements(kept: Sequence[str], overruled: Sequence[str], unfit: Sequence[Unfit]) -> None:
    """Print which statements stay although the file does not make them, and which mean nothing in it as it is now."""
    print_kept(kept)
    if overruled:
        say(f"stated otherwise by an editor since this file was loaded, so left as it is: {', '.join(overruled)}")
    for one in unfit:
        say(visible(f"open, kept until it fits again: {one.key}: {one.reason}"))


def print_roles_to_state(prepared: PreparedTranscript) -> None:
    """Where nobody is known to ask, print what to write into the metadata file, as it is to be written."""
    if not lacks_roles(prepared):
        return
    say(
        "Who asks is not known, so there are no questions. Write the roles into "
        f"{visible(prepared.metadata_file)}, turned round if it is the other one who asks:"
    )
    for person in roles_to_state(prepared):
        # A string of JSON is one of TOML.
        labels = json.dumps(person["labels"], ensure_ascii=False)
        say(f'\n[[speakers]]\nlabels = {labels}\nrole = "{person["role"]}"')


def print_source(prepared: PreparedTranscript) -> None:
    """Print a legend, and the source coloured by what each character is."""
    legend = Text(" ").join(Text(kind.value, style=style or "default") for kind, style in _STYLES.items())
    out.print(legend)
    text = prepared.transcript.text
    shown = Text()
    for start, end, kind in prepared.transcript.account.spans:
        shown.append(visible(text[start:end]), style=_STYLES[kind])
    out.print(shown, soft_wrap=True)


@dataclass(frozen=True)
class Row:
    """One file in the summary of many."""

    file: str
    format: str
    outcome: str
    turns: int
    questions: int
    answers: int
    remarks: int
    lacks_roles: bool
    kept_metadata: tuple[str, ...]
    open_statements: int


def row_of(prepared: PreparedTranscript, loaded: LoadedInterview | None) -> Row:
    """Sum up one file; `loaded` is None if it was only checked."""
    structure = prepared.structure
    return Row(
        file=prepared.transcript.source.name,
        format=prepared.transcript.format,
        outcome=loaded.outcome.value if loaded else "not stored",
        turns=len(prepared.transcript.turns),
        questions=len(structure.exchanges),
        answers=sum(len(exchange.answers) for exchange in structure.exchanges),
        remarks=len(prepared.transcript.remarks),
        lacks_roles=lacks_roles(prepared),
        kept_metadata=loaded.kept_metadata if loaded else (),
        open_statements=len(prepared.unfit),
    )


def print_summary(rows: Sequence[Row], refused: int) -> None:
    """Print a table of the files that were read, and totals; nothing for a single file."""
    if len(rows) + refused < 2:
        return
    shown = rows[:_MAX_ROWS]
    cells = [
        [row.format, row.outcome, *map(str, (row.turns, row.questions, row.answers, row.remarks))] for row in shown
    ]
    widths = [max(len(one) for one in (name, *column)) for name, *column in zip(_COLUMNS, *cells, strict=True)]
    width = max(_FEWEST_OF_PATH, out.width - sum(widths) - _GAP * len(widths))
    table = Table("file", box=None, pad_edge=False)
    for place, name in enumerate(_COLUMNS):
        table.add_column(name, justify="left" if place < _WORDS else "right", no_wrap=True)
    for row, others in zip(shown, cells, strict=True):
        table.add_row(escape(end_of(row.file, width)), *others)
    out.print(table)
    if len(rows) > _MAX_ROWS:
        say(f"... and {len(rows) - _MAX_ROWS} more; --report FILE lists all of them")
    outcomes = Counter(row.outcome for row in rows)
    counted = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    say(
        f"{len(rows)} files read ({counted}), {refused} refused; {sum(row.turns for row in rows)} turns, "
        f"{sum(row.questions for row in rows)} questions, {sum(row.answers for row in rows)} answers"
    )
    _print_without_roles(rows)
    kept = Counter(key for row in rows for key in row.kept_metadata)
    print_kept([f"{key} of {count} files" for key, count in kept.items()])
    if unfit := [row.file for row in rows if row.open_statements]:
        say(f"with statements that mean nothing in them now, which are kept: {_named(unfit)}")


def _print_without_roles(rows: Sequence[Row]) -> None:
    files = [row.file for row in rows if row.lacks_roles]
    if files:
        say(f"no questions, because who asks is not known: {_named(files)}; 'quoth check FILE' says what to state")


def _named(files: Sequence[str]) -> str:
    more = f" and {len(files) - _MAX_NAMED} more" if len(files) > _MAX_NAMED else ""
    return f"{', '.join(map(visible, files[:_MAX_NAMED]))}{more}"


def end_of(path: str, width: int) -> str:
    """Cut a path to a width: its end tells files of one folder apart."""
    return path if len(path) <= width else f"…{path[len(path) - width + 1 :]}"


def print_passed_over(files: Sequence[PassedOverFile]) -> None:
    """Print which files were passed over, and why."""
    if not files:
        return
    say(f"passed over ({len(files)}):")
    for file in files[:_MAX_ROWS]:
        say(f"  {visible(str(file.path))}: {file.reason}")
    if len(files) > _MAX_ROWS:
        say(f"  ... and {len(files) - _MAX_ROWS} more; --report FILE lists all of them")


def print_refused(refused: Sequence[RefusedFile]) -> None:
    """Print on the standard error why each file was refused."""
    for file in refused:
        warn(f"quoth: {file.reason}")
