"""/interviews/{interview}: an interview as one reads it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.completing import WRITERS
from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.single import single_values
from app.api.parameters.values import InterviewName
from app.api.resources.revisions import to_revision
from app.citations import Noun, Subject, cite
from app.queries import revisions
from app.queries.embedding import Item
from app.text.asking import asking
from app.text.paragraphs import PARAGRAPH
from app.web.parameters import PassagePageParameters
from app.web.site import Site, page
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
    parameters: Annotated[PassagePageParameters, Query()],
) -> Response:
    """Show an interview, or a revision of it, with everything that is said in it."""
    with database.read() as connection:
        found = revisions.find_interview(connection, interview, parameters.revision)
        record = revisions.find_record(connection, interview, parameters.revision)
    subject = Subject(Noun.INTERVIEW, found["id"], found, [], found["revision"])
    citation = cite(subject, base=request.app.state.settings.public_url)
    exchanges = exchanges_of(record)
    site: Site = request.app.state.site
    return page(
        request,
        "interview.html",
        about=about.interview(site, found, is_current=found["is_current"]),
        interview=found,
        people={person["slug"]: person for person in record["people"]},
        exchanges=exchanges,
        contents=[one for one in exchanges if one["question"]],
        citation=citation,
    )


def exchanges_of(record: Item) -> list[Item]:
    """Group the turns of a record: those of a question and of the answers to it together, others by themselves."""
    writer = WRITERS[record["text_format"]]
    language = record["interview"]["language"]
    groups: list[Item] = []
    number = 0
    for turn in record["turns"]:
        question = turn["question_id"]
        if not groups or question is None or groups[-1]["question"] != question:
            number += question is not None
            groups.append({"question": question, "number": number, "turns": [], "asked": []})
        turns: list[Any] = groups[-1]["turns"]
        is_same = bool(turns) and turns[-1]["speaker"] == turn["speaker"] and turns[-1]["answer"] == turn["answer_id"]
        turns.append(
            {
                "id": turn["id"],
                "kind": turn["kind"],
                "speaker": turn["speaker"],
                "answer": turn["answer_id"],
                "start_ms": turn["start_ms"],
                "goes_on": is_same,
                "html": writer(turn["text"]),
            }
        )
        if question is not None and turn["answer_id"] is None:
            groups[-1]["asked"].append(turn["text"])
    for group in groups:
        text = PARAGRAPH.join(group.pop("asked"))
        group["short"] = asking(text, language).short_text or " ".join(text.split())
    return groups
