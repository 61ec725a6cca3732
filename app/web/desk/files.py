"""/desk/new and /desk/interviews/{interview}/file: a file that is sent, what would be understood of it, and loading it.

Nothing is kept between the two steps but in the page: a small file goes with it, and a larger one is chosen again.
"""

import base64
import json
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from starlette.responses import Response

from app import loading
from app.api.parameters.values import InterviewName
from app.api.uploads import FileReaders, Part, SentFile, file_among
from app.errors import (
    MetadataError,
    ParameterError,
    ReplacementError,
    StatementError,
    TakenError,
    TranscriptError,
    WithdrawnError,
)
from app.loading import Outcome, plan_correction, stored_hosts
from app.models import Scope
from app.structure.hosts import StatedHosts
from app.structure.pairing import Role
from app.structure.prepare import PreparedTranscript
from app.structure.reading_process import FileToRead
from app.structure.reading_report import report_on
from app.transcripts import FORMATS
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass
from app.web.desk.at_work import AtWork, StaleError, read_at_work, refuse_stale
from app.web.desk.given import FIELDS, Given, given_in, people_to_say
from app.web.desk.session import DESK, Desk, DeskUploadRoute, SignedIn, desk_router
from app.web.site import site_of

# Bytes of a file, with its metadata, that goes with the page on which it is looked at.
CARRIED_BYTES = 1024 * 1024
# Characters of the file that are shown; turns, remarks, and changes that are listed.
SHOWN_CHARACTERS = 100_000
_MOST_TURNS, _MOST_REMARKS, _MOST_CHANGES = 200, 200, 200
# People whose names and roles can be said before a file is loaded.
_MOST_PEOPLE = 40
# Control characters, and those that would turn the text around them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

router = desk_router(DeskUploadRoute)


@dataclass(frozen=True)
class _Of:
    """The interview whose file is replaced."""

    at_work: AtWork
    interview_id: str
    hosts: StatedHosts


@router.get("/new")
def show_new(desk: SignedIn) -> Response:
    """Ask for the file of a new interview."""
    return _page(desk, None)


@router.post("/new")
def take_new(desk: SignedIn) -> Response:
    """Show what would be understood of a file, or load it as a new interview."""
    desk.require(Scope.WRITE)
    return _take(desk, None)


@router.get("/interviews/{interview}/file")
def show_file(interview: InterviewName, desk: SignedIn) -> Response:
    """Ask for another file of an interview."""
    return _page(desk, _find(desk, interview))


@router.post("/interviews/{interview}/file")
def take_file(interview: InterviewName, desk: SignedIn) -> Response:
    """Show what another file of an interview would change, or load it."""
    desk.require(Scope.WRITE)
    return _take(desk, _find(desk, interview))


def _find(desk: Desk, name: str) -> _Of:
    with desk.read() as connection:
        at_work = read_at_work(connection, name, held=desk.finds_held)
        return _Of(at_work, at_work.stated.id, stored_hosts(connection, at_work.stated.id))


def _take(desk: Desk, of: _Of | None) -> Response:
    try:
        sent = _sent(desk)
        given = given_in(desk.form, sent.metadata)
        return _store(desk, of, sent, given, _read(desk, sent, given, of))
    except ReplacementError as error:
        return _page(desk, of, status=409, refused=_in_words_of(desk, of, str(error)), other=error.interview)
    except (TakenError, WithdrawnError) as error:
        return _page(desk, of, status=409, refused=str(error))
    except StaleError:
        return _page(desk, of, status=409, refused=site_of(desk.request).texts("desk-file-stale"))
    except ParameterError as error:
        return _page(desk, of, status=422, refused=error.reason)
    except (TranscriptError, MetadataError, StatementError) as error:
        return _page(desk, of, status=422, refused=_in_words_of(desk, of, str(error)))


def _store(desk: Desk, of: _Of | None, sent: SentFile, given: Given, prepared: PreparedTranscript) -> Response:
    """Load a file if that is asked for, and is what was seen; else work out what it would change, and write nothing."""
    loads = desk.form.one("do") == "load" and not given.is_new
    options: Any = {
        "across_series": desk.request.app.state.settings.names_across_series,
        "replaces": of is not None and bool(desk.form.one("replace")),
        "of": of.interview_id if of else None,
        "held": desk.finds_held,
    }
    with desk.write() as connection:
        if of is not None and loads:
            seen = read_at_work(connection, of.interview_id, held=desk.finds_held)
            refuse_stale(seen, desk.form.one("made_from"))
        author = desk.author()
        correction = plan_correction(connection, prepared, author, **options)
        loaded = loading.link_loaded(
            connection, author, loading.load_interview(connection, prepared, author, **options)
        )
        is_correction = of is None and loaded.is_correction
        if not loads or is_correction:
            connection.rollback()
    if not loads or is_correction:
        understood = report_on(prepared, turns=True)
        return _page(
            desk,
            of,
            understood=understood,
            given=given,
            people_to_say=people_to_say(understood["speakers"], _MOST_PEOPLE),
            is_other=given.is_new and desk.form.one("do") == "load",
            pieces=_coloured(prepared),
            is_cut=len(prepared.transcript.text) > SHOWN_CHARACTERS,
            correction=correction,
            outcome=Outcome.CHANGED if loaded.is_correction else loaded.outcome,
            slug=loaded.slug,
            held_until=loaded.held_until,
            carried=_carried(sent),
            seen=sent.sha256,
        )
    is_held = loaded.held_until is not None
    done = "nothing" if loaded.outcome is Outcome.UNCHANGED else "held" if is_held else "loaded"
    is_seen = desk.finds_held or not is_held
    return desk.go(f"{DESK}/interviews/{loaded.slug}" if is_seen else DESK, done=done)


def _page(desk: Desk, of: _Of | None, *, status: int = 200, **values: Any) -> Response:
    shown = {"refused": None, "other": None, "understood": None, "chosen_format": desk.form.one("format"), **values}
    return desk.page(
        "desk/file.html",
        status=status,
        interview=of.at_work.interview if of else None,
        state=of.at_work.state if of else "",
        most_turns=_MOST_TURNS,
        most_remarks=_MOST_REMARKS,
        most_changes=_MOST_CHANGES,
        ticked={name for name in ("keep", "replace") if desk.form.one(name)},
        reason=desk.form.one("reason"),
        formats=FORMATS,
        roles=list(Role),
        fields=FIELDS,
        written={name: desk.form.one(name) for name in FIELDS},
        **shown,
    )


def _read(desk: Desk, sent: SentFile, given: Given, of: _Of | None) -> PreparedTranscript:
    readers: FileReaders = desk.request.app.state.file_readers
    return readers.read(
        FileToRead(
            Source(sent.name, sent.data),
            (*sent.metadata, *given.metadata),
            given.format_name,
            keep_unlabelled=bool(desk.form.one("keep")),
            series_hosts=of.hosts if of else StatedHosts(),
            with_spans=True,
        )
    )


def _sent(desk: Desk) -> SentFile:
    """Return the file that was chosen, or else the one that came with the page.

    Raises:
        ParameterError: there is none, or another one than was looked at.
    """
    carried, seen = desk.form.one("carried"), desk.form.one("seen")
    if not desk.form.files and carried:
        return _brought(carried)
    if not any(part.field == "file" for part in desk.form.files):
        raise ParameterError("file", "Choose a file.")
    sent = file_among(desk.form.files)
    if seen and desk.form.one("do") == "load" and sent.sha256 != seen:
        raise ParameterError(
            "file", "This is another file, or other metadata, than you have seen. See first what is understood of it."
        )
    return sent


def _carried(sent: SentFile) -> str | None:
    """Write a file for a field of the page; None for one that is too large for it."""
    parts = ((sent.name, sent.data), *sent.metadata)
    if sum(len(data) for _name, data in parts) > CARRIED_BYTES:
        return None
    return json.dumps([[name, base64.b64encode(data).decode()] for name, data in parts])


def _brought(carried: str) -> SentFile:
    """Read a file from a field of the page."""
    try:
        (name, data), *metadata = [
            (str(one), base64.b64decode(text, validate=True)) for one, text in json.loads(carried)
        ]
    except (ValueError, TypeError):
        raise ParameterError("file", "The file did not come with the page. Choose it again.") from None
    return file_among([Part("file", name, data), *(Part("metadata", *one) for one in metadata)])


def _coloured(prepared: PreparedTranscript) -> list[tuple[ByteClass, str, list[int]]]:
    """Cut the text of a file, up to a bound, into pieces of one class, each with the remarks that are made there."""
    text, places = prepared.transcript.text, _places_of_remarks(prepared)
    pieces: list[tuple[ByteClass, str, list[int]]] = []
    for start, end, kind in prepared.transcript.account.spans:
        if start >= SHOWN_CHARACTERS:
            break
        end = min(end, SHOWN_CHARACTERS)
        cuts = [start, *sorted(at for at in places if start < at < end), end]
        pieces += [(kind, _UNSEEN.sub("\ufffd", text[one:two]), places.get(one, [])) for one, two in pairwise(cuts)]
    return pieces


def _places_of_remarks(prepared: PreparedTranscript) -> dict[int, list[int]]:
    """Return the numbers of the remarks, from 1, by the offsets at which they are made, as far as these are shown."""
    starts = [0]
    for line in prepared.transcript.text[:SHOWN_CHARACTERS].split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found: dict[int, list[int]] = {}
    for number, remark in enumerate(prepared.transcript.remarks[:_MOST_REMARKS], start=1):
        if 0 < remark.line < len(starts):
            # A column past the end of its line would lead into another one.
            at = min(starts[remark.line - 1] + remark.column - 1, starts[remark.line] - 1)
            found.setdefault(at, []).append(number)
    return found


def _in_words_of(desk: Desk, of: _Of | None, message: str) -> str:
    """Return a message that names options of the command line with what there is on the page instead."""
    texts = site_of(desk.request).texts
    replace = texts("desk-file-tick-replace") if of else texts("desk-file-of-its-page")
    return message.replace("--keep-unlabelled", texts("desk-file-box-keep")).replace("add --replace", replace)
