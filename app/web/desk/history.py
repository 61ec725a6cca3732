"""/desk/interviews/{interview}/history: what was stated, by whom, when and why, what each version changed, and undo."""

import difflib
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app.api.parameters.items import NoParameters
from app.api.parameters.values import InterviewName
from app.queries.audit import TrailFilters, listing
from app.queries.paging import PageRequest, read_page
from app.transcripts.sidecar import write_sidecar
from app.web.desk.at_work import read_at_work
from app.web.desk.session import SignedIn, desk_router

# Versions on a page, lines of a difference, and revisions, at most.
_MOST_VERSIONS, _MOST_LINES, _MOST_REVISIONS = 25, 200, 50

router = desk_router()


class HistoryParameters(NoParameters):
    """Before which version the page begins."""

    before: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


@router.get("/interviews/{interview}/history")
def show_history(interview: InterviewName, desk: SignedIn, asked: Annotated[HistoryParameters, Query()]) -> Response:
    """List the versions of what is stated, and the newest revisions of the interview."""
    with desk.read() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
        revisions = _revisions(connection, at_work.stated.id)
    versions = at_work.stated.versions
    documents = {0: {}, **{one.version: one.document for one in versions}}
    shown = [one for one in reversed(versions) if asked.before is None or one.version < asked.before][:_MOST_VERSIONS]
    return desk.page(
        "desk/history.html",
        interview=at_work.interview,
        at_work=at_work,
        newest=versions[-1].version if versions else 0,
        versions=[(one, _difference(documents.get(one.version - 1, {}), one.document)) for one in shown],
        revisions=revisions,
        before=shown[-1].version if shown and shown[-1].version > 1 else None,
    )


def _revisions(connection: sa.Connection, interview_id: str) -> list[Any]:
    trail = listing(TrailFilters(interview_id=interview_id))
    return trail.embed(connection, read_page(connection, trail, PageRequest("history", _MOST_REVISIONS)).items)


def _difference(before: Any, after: Any) -> list[tuple[str, str]]:
    """Return the lines of a metadata file that are other ones: `+` or `-`, and the line."""
    old, new = (write_sidecar(one).decode().splitlines() for one in (before, after))
    lines = difflib.unified_diff(old, new, lineterm="", n=1)
    shown = [(line[0], line[1:]) for line in lines if not line.startswith(("---", "+++", "@@")) and line.strip()]
    return shown[:_MOST_LINES]
