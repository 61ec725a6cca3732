"""/desk/interviews/{interview}/metadata: title, date, publisher and the rest of what is stated of an interview."""

from typing import Any

import sqlalchemy as sa
from starlette.responses import Response

from app import loading
from app.api.parameters.values import InterviewName
from app.models import Scope
from app.text.folding import SLUG_MAX_LENGTH
from app.web.desk.at_work import AtWork, columns_of, read_at_work
from app.web.desk.interview import reading_options, write_step
from app.web.desk.session import Desk, SignedIn, desk_router

# What can be stated, in the order of the form, with the characters that each may have; those with more lines last.
FIELDS = {
    "title": 500,
    "slug": SLUG_MAX_LENGTH,
    "published": 10,
    "language": 35,
    "publisher": 300,
    "series": 300,
    "source_url": 2_000,
    "summary": 20_000,
    "rights": 5_000,
}
LONG = ("summary", "rights")

router = desk_router()


@router.get("/interviews/{interview}/metadata")
def show_metadata(interview: InterviewName, desk: SignedIn) -> Response:
    """Show what is known of an interview, to be changed."""
    with desk.read() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
        found = columns_of(connection, at_work)
    stated = {name for name in FIELDS if at_work.document.get(name) is not None}
    return desk.page(
        "desk/metadata.html", interview=found, at_work=at_work, fields=FIELDS, long_fields=LONG, stated=stated
    )


@router.post("/interviews/{interview}/metadata")
def change_metadata(interview: InterviewName, desk: SignedIn) -> Response:
    """State what was changed in the form; an emptied field is left to what the file says."""
    desk.require(Scope.WRITE)

    def change(connection: sa.Connection, at_work: AtWork) -> None:
        found = columns_of(connection, at_work)
        loading.state_by_ids(
            connection,
            at_work.interview["slug"],
            _stated(at_work, found, desk),
            desk.author(),
            **reading_options(desk),
        )

    return write_step(interview, desk, change, "step", "metadata")


def _stated(at_work: AtWork, found: Any, desk: Desk) -> dict[str, Any]:
    document = dict(at_work.document)
    for name, most in FIELDS.items():
        value = desk.form.one(name)[:most]
        if name not in desk.form.fields or value == (found[name] or ""):
            continue
        if name == "published":
            # The evidence was for another date.
            document.pop("published_evidence", None)
        document.pop(name, None)
        if value:
            document[name] = value
    return document
