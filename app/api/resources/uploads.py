"""POST /v1/interviews and PUT /v1/interviews/{interview}/source: transcripts that are sent."""

import json
import re
from dataclasses import asdict
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Query, Request, Response

from app.api import problem_kinds
from app.api.fields import select
from app.api.http.access import may_see_held
from app.api.http.guard import TakenBody
from app.api.parameters.values import InterviewName
from app.api.problems import RefusedError
from app.api.resources.held import show_held
from app.api.resources.interviews import show_interview
from app.api.resources.sources import answer_file
from app.api.routers import resource_router
from app.api.schemas.interviews import Interview
from app.api.schemas.readings import StoredFile, open_statement
from app.api.serialization import write
from app.api.uploads import FORM, FileReaders, SentFile, take_file
from app.api.writing import Upload, UploadRoute, Writing, may, tag_of
from app.errors import GoneError, ParameterError, ReplacementError, TakenError, TranscriptError, WithdrawnError
from app.loading import LoadedInterview, Outcome, link_loaded, load_interview, plan_correction, stored_hosts
from app.loading.held_documents import held_named
from app.loading.withdrawals import find_named
from app.models import Scope
from app.queries.filters.grammar import Storable, TrueOrFalse
from app.queries.interviews import find_source
from app.structure.hosts import StatedHosts
from app.structure.prepare import PreparedTranscript
from app.structure.reading_process import FileToRead
from app.structure.reading_report import report_on
from app.text.folding import nearest
from app.transcripts import FORMATS
from app.transcripts.source import Source

router = resource_router("/v1/interviews", "interviews", UploadRoute)
_FORMATS = [one.name for one in FORMATS]
_BINARY = "application/octet-stream"
# All of it, with the interview as its address shows it.
_SHOWN = {**dict.fromkeys(StoredFile.model_fields, True), "interview": select(Interview).included}
_A_FILE = {"type": "string", "format": "binary"}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file as it is, whatever its media type; or a form with the file and its metadata.",
        "content": {
            _BINARY: {"schema": _A_FILE},
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {**_A_FILE, "description": "The transcript."},
                        "metadata": {
                            "type": "array",
                            "items": _A_FILE,
                            "description": "Metadata files, in TOML or as the same in JSON; later ones go over those "
                            "before.",
                        },
                    },
                }
            },
        },
    }
}
Name = Annotated[
    str | None,
    Query(
        max_length=1000,
        json_schema_extra={"pattern": r"^[^\x00]*$"},
        description="What the file is called, with its ending: its format may depend on it, and a new interview is "
        "named after it. Without it, Content-Disposition says so, or the part of the form.",
        examples=["mill-talk.txt"],
    ),
    Storable,
]
FormatName = Annotated[
    str | None,
    Query(
        alias="format",
        description="Read the file in this format, whatever it looks like.",
        json_schema_extra={"enum": _FORMATS},
        max_length=100,
        examples=["labelled-text"],
    ),
]
KeepUnlabelled = Annotated[
    TrueOrFalse,
    Query(description="Whether a text that says nowhere who speaks becomes turns without a speaker.", examples=[True]),
]


@router.post("", status_code=201, response_model=StoredFile, openapi_extra=_BODY, summary="Store a new interview")
def post_interview(
    request: Request,
    writing: Annotated[Writing, Depends(may(Scope.WRITE))],
    upload: Upload,
    name: Name = None,
    format_name: FormatName = None,
    keep_unlabelled: KeepUnlabelled = False,
    replace: Annotated[
        TrueOrFalse,
        Query(
            description="Whether the file may correct an interview that is there, whatever its words; without it, such "
            "a file is refused with 409.",
            examples=[True],
        ),
    ] = False,
) -> Response:
    """Read a transcript and store it as a new interview.

    With `dry_run=true` nothing is stored, and the answer says what was understood of the file: turns, people, what each
    byte is, remarks. The same file again changes nothing. A file of an interview that was withdrawn is refused; so is,
    for a key without `read:held`, one of an interview that is held back, or with its slug.
    """
    sent = _take(request, writing, upload, name)
    prepared = _read(request, sent, format_name=format_name, keep_unlabelled=keep_unlabelled)
    with writing.open() as connection:
        stored = _Storing(request, connection, prepared, writing, replaces=replace).store()
        if stored.loaded.is_correction and not replace:
            raise RefusedError(problem_kinds.CONFLICT, _is_correction(stored.loaded.slug))
        return stored.answer(created=True)


@router.put("/{interview}/source", response_model=StoredFile, openapi_extra=_BODY, summary="Correct a source file")
def put_source(
    interview: InterviewName,
    request: Request,
    writing: Annotated[Writing, Depends(may(Scope.WRITE, existing=True))],
    upload: Upload,
    name: Name = None,
    format_name: FormatName = None,
    keep_unlabelled: KeepUnlabelled = False,
    replace: Annotated[
        TrueOrFalse,
        Query(
            description="Whether the file may have other words than the interview; without it, one that has less than "
            "half of them is refused with 409.",
            examples=[True],
        ),
    ] = False,
) -> Response:
    """Store a corrected file of an interview, which makes a new revision of it.

    Turns, questions and answers keep their ids as far as their words are the same, and what editors have stated stays.
    With `dry_run=true` nothing is stored, and `correction` says which turns stay, change, go and come, and which
    statements mean nothing then.

    `If-Match` takes the `ETag` of `source`; of the interview itself, where its file is withheld. An interview that is
    held back is found for keys with `read:held`, too; `If-Match` has then the ETag of `/v1/held/{interview}`.
    """
    sent = _take(request, writing, upload, name)
    with request.app.state.database.read() as connection:
        found_id, tag = _find(request, connection, interview)
        # Before anything is read in vain.
        writing.match(tag)
        hosts = stored_hosts(connection, found_id)
    prepared = _read(request, sent, format_name=format_name, keep_unlabelled=keep_unlabelled, hosts=hosts)
    with writing.open() as connection:
        found_id, tag = _find(request, connection, interview)
        writing.match(tag)
        return _Storing(request, connection, prepared, writing, replaces=replace, of=found_id).store().answer()


class _Storing:
    """A file that is being stored as an interview: the one with the id `of`, or whichever it is."""

    def __init__(
        self,
        request: Request,
        connection: sa.Connection,
        prepared: PreparedTranscript,
        writing: Writing,
        *,
        replaces: bool,
        of: str | None = None,
    ) -> None:
        self._request, self._connection, self._prepared, self._writing = request, connection, prepared, writing
        across_series = request.app.state.settings.names_across_series
        self._options: Any = {
            "across_series": across_series,
            "replaces": replaces,
            "of": of,
            "held": may_see_held(request),
        }
        self._correction: dict[str, Any] | None = None
        self.loaded: LoadedInterview

    def store(self) -> "_Storing":
        """Store it; of a dry run, also work out what that changes.

        Raises:
            MetadataError, StatementError: its metadata contradicts it, or what is stored.
            RefusedError: its interview was withdrawn, has other words, or cannot be seen with the key.
        """
        connection, author = self._connection, self._writing.author
        try:
            if self._writing.is_dry_run:
                self._correction = plan_correction(connection, self._prepared, author, **self._options)
            loaded = load_interview(connection, self._prepared, author, **self._options)
            self.loaded = link_loaded(connection, author, loaded)
        except (ReplacementError, TakenError, WithdrawnError) as error:
            raise RefusedError(problem_kinds.CONFLICT, as_parameters(str(error))) from None
        return self

    def answer(self, *, created: bool = False) -> Response:
        """Answer with what was done, and the entity-tag of what is at the address now: of what was `created`, or of
        the source file.
        """
        loaded, is_dry_run = self.loaded, self._writing.is_dry_run
        shown = None
        if loaded.held_until is None:
            shown = show_interview(self._request, self._connection, loaded.interview_id)
        reading = report_on(self._prepared, turns=is_dry_run)
        content = {
            **asdict(loaded),
            "open_statements": _opened(asdict(loaded)),
            "interview": None if shown is None else json.loads(bytes(shown.body)),
            "reading": {"turns": None, "pairs": None, **reading, "open_statements": _opened(reading)},
            "correction": self._correction,
        }
        is_new = created and loaded.outcome in {Outcome.CREATED, Outcome.HELD} and not loaded.is_correction
        return self._writing.answer(
            Response(write(StoredFile, content, _SHOWN), media_type="application/json"),
            etag=self._tag(shown, created=created),
            status=201 if is_new else 200,
            location=f"/v1/interviews/{loaded.slug}" if is_new and shown is not None else None,
        )

    def _tag(self, shown: Response | None, *, created: bool) -> str | None:
        if created:
            return None if shown is None else tag_of(shown)
        _id, tag = _find(self._request, self._connection, self.loaded.interview_id)
        return tag


def as_parameters(message: str) -> str:
    """Return a message that names commands and options with the requests and parameters that are the same here."""
    message = re.sub(r"run 'quoth withdraw (\S+) --lift' first", r"DELETE /v1/interviews/\1/withdrawal first", message)
    for option, parameter in (("--keep-unlabelled", "keep_unlabelled=true"), ("--replace", "replace=true")):
        message = message.replace(option, parameter)
    return message


def _take(request: Request, writing: Writing, upload: TakenBody, name: str | None) -> SentFile:
    headers = request.headers
    sent = take_file(upload, headers.get("content-type", ""), headers.get("content-disposition", ""), name)
    writing.body_sha256 = sent.sha256
    return sent


def _read(
    request: Request,
    sent: SentFile,
    *,
    format_name: str | None,
    keep_unlabelled: bool,
    hosts: StatedHosts | None = None,
) -> PreparedTranscript:
    if format_name is not None and format_name not in _FORMATS:
        reason = f"There is no format {format_name!r}. Write one of {', '.join(_FORMATS)}, or leave it out."
        raise ParameterError("format", reason, nearest(format_name, _FORMATS))
    readers: FileReaders = request.app.state.file_readers
    source, hosts = Source(sent.name, sent.data), hosts or StatedHosts()
    try:
        return readers.read(
            FileToRead(source, sent.metadata, format_name, keep_unlabelled=keep_unlabelled, series_hosts=hosts)
        )
    except TranscriptError as error:
        raise TranscriptError(error.file, as_parameters(error.reason), error.line, error.column) from None


def _find(request: Request, connection: sa.Connection, name: str) -> tuple[str, str]:
    """Find an interview: its id, and the entity-tag that stands for its file. One that is held back is found for those
    who may read it.

    Raises:
        NotFoundError, MovedError, GoneError: there is none of this name for the key that asks.
    """
    kept = held_named(connection, name) if may_see_held(request) else None
    if kept is not None:
        return kept.interview_id, tag_of(show_held(request, connection, name))
    found = find_named(connection, name)
    try:
        return found.id, tag_of(answer_file(*find_source(connection, found.id)))
    except GoneError:
        return found.id, tag_of(show_interview(request, connection, found.id))


def _opened(report: dict[str, Any]) -> list[dict[str, str]]:
    return [open_statement(one["key"], one["reason"]) for one in report["open_statements"]]


def _is_correction(slug: str) -> str:
    return (
        f"The file is a correction of the interview {slug!r}, which is there. Send it to "
        f"PUT /v1/interviews/{slug}/source, or here with replace=true; if it is another interview, state another slug."
    )
