"""/interviews/{interview}: an interview as one reads it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.single import single_values
from app.api.parameters.values import InterviewName
from app.api.resources.revisions import to_revision
from app.citations import Noun, Subject, cite
from app.exports import INTERVIEWS
from app.queries.record_parts import find_part
from app.structure.pairing import Attribution
from app.web.parameters import InterviewPageParameters
from app.web.said import groups_of
from app.web.site import page, site_of
from app.web.sites import about

router = APIRouter(
    prefix="/interviews", route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)]
)
router.add_api_route("/{interview}@{revision}", to_revision)


@router.get("/{interview}")
def show_interview(
    interview: InterviewName,
    request: Request,
    database: Open,
    parameters: Annotated[InterviewPageParameters, Query()],
) -> Response:
    """Show an interview, or a revision of it, with everything that is said in it."""
    with database.read() as connection:
        found = find_part(connection, interview, parameters.revision, parameters.part, parameters.turn)
    item = found.interview
    cited = [turn for turn in found.turns if turn["id"] == parameters.turn]
    subject = Subject(Noun.INTERVIEW, item["id"], item, cited, item["revision"])
    site = site_of(request)
    # The same rules as those of the API's citations: a range counts within a turn.
    citation = cite(subject, parameters.start, parameters.end, turn_id=parameters.turn, base=site.base)
    passages = {} if citation.turn_id is None else {citation.turn_id: _range(citation.start, citation.end)}
    groups = groups_of(site.texts, found.turns, found.text_format, item["language"], passages)
    has_times = any(turn["start_ms"] is not None for turn in found.turns)
    return page(
        request,
        "interview.html",
        about=about.interview(site, item, is_current=item["is_current"]),
        interview=item,
        people={person["slug"]: person for person in item["people"]},
        groups=groups,
        numbers=found.positions,
        contents=[group for group in groups if group["question"]],
        part=found.number,
        parts=found.parts,
        citation=citation,
        formats=[each for each in INTERVIEWS if has_times or not each.needs_times],
        is_inferred=any(person["role_attribution"] == Attribution.INFERRED for person in item["people"]),
    )


def _range(start: int | None, end: int | None) -> tuple[int, int] | None:
    return None if start is None or end is None else (start, end)
