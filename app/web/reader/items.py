"""/questions/{id} and /answers/{id}: one question with its answers, or one answer with its question, and what is said
around them.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.database import Open
from app.api.documentation.explorer import server_of
from app.api.http.read_limiter import ReadingRoute
from app.api.parameters.single import single_values
from app.api.parameters.values import AnswerId, QuestionId
from app.api.resources.revisions import to_revision
from app.citations import Citation, Noun, cite
from app.queries import revisions
from app.queries.citations import find_subject
from app.queries.embedding import Item
from app.text.paragraphs import PARAGRAPH
from app.transcripts.transcript import TextFormat
from app.web.parameters import PassagePageParameters
from app.web.said import Range, in_short, is_short, words
from app.web.site import Site, page, site_of
from app.web.sites import about
from app.web.sites.codes import codes
from app.web.sites.embedded import Place, embed

# Turns of the record that are shown before and after.
_CONTEXT = 3

router = APIRouter(route_class=ReadingRoute, include_in_schema=False, dependencies=[Depends(single_values)])
router.add_api_route("/questions/{id}@{revision}", to_revision)
router.add_api_route("/answers/{id}@{revision}", to_revision)


@router.get("/questions/{id}")
def show_question(
    id: QuestionId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[PassagePageParameters, Query()],
) -> Response:
    """Show a question with its answers, or a revision of it."""
    with database.read() as connection:
        item = revisions.find_question(connection, id, parameters.revision, _CONTEXT)
        subject = find_subject(connection, Noun.QUESTION, id, parameters.turn, parameters.revision)
    site = site_of(request)
    citation = cite(subject, parameters.start, parameters.end, turn_id=parameters.turn, base=site.base)
    shown = {"question": item, "answers": item["answers"]}
    return _page(request, site, Noun.QUESTION, item, shown, citation, _passage(citation, parameters))


@router.get("/answers/{id}")
def show_answer(
    id: AnswerId,  # noqa: A002 - the path's own name
    request: Request,
    database: Open,
    parameters: Annotated[PassagePageParameters, Query()],
) -> Response:
    """Show an answer with its question, or a revision of it."""
    with database.read() as connection:
        item = revisions.find_answer(connection, id, parameters.revision, _CONTEXT)
        subject = find_subject(connection, Noun.ANSWER, id, parameters.turn, parameters.revision)
    site = site_of(request)
    citation = cite(subject, parameters.start, parameters.end, turn_id=parameters.turn, base=site.base)
    shown = {"question": item["question"], "answers": [item]}
    return _page(request, site, Noun.ANSWER, item, shown, citation, _passage(citation, parameters))


def _passage(citation: Citation, parameters: PassagePageParameters) -> Range | None:
    """Return the cited range in the text of the whole item."""
    if not parameters.marks or citation.text is None:
        return None
    offset = 0
    if citation.turn_id is not None:
        for turn in citation.subject.turns:
            if turn["id"] == citation.turn_id:
                break
            offset += len(turn["text"]) + len(PARAGRAPH)
    start = offset + (citation.start or 0)
    return start, start + len(citation.text)


def _page(
    request: Request, site: Site, noun: Noun, item: Item, shown: Item, citation: Citation, passage: Range | None
) -> Response:
    describe = about.question if noun is Noun.QUESTION else about.answer
    question, text_format = shown["question"], item["text_format"]
    interview = citation.subject.interview
    language = item["interview"]["language"]
    question_passage = passage if noun is Noun.QUESTION else None
    answer_passage = passage if noun is Noun.ANSWER else None
    context = item["context"] or {"before": [], "after": []}
    # The question stands above its answer anyway.
    before = [turn for turn in context["before"] if turn["answer_id"] or turn["question_id"] != question["id"]]
    passage_of = (citation.turn_id, citation.start, citation.end) if passage else (None, None, None)
    # A passage is one of the words as they are now; an item by itself is embedded as it will be.
    pinned = item["revision"] if passage or not item["is_current"] else None
    place = Place(noun.plural, item["id"], pinned, *passage_of)
    return page(
        request,
        "item.html",
        codes=codes(embed(place, item, citation), server_of(request)),
        about=describe(site, {**item, "interview": interview}, is_current=item["is_current"]),
        noun=noun.value,
        item=item,
        question=question,
        is_short=is_short(question),
        short=in_short(question["text"], language, text_format),
        asked=words(site.texts, question, text_format, question_passage, asks_in=language or ""),
        answers=[
            {**answer, "html": words(site.texts, answer, text_format, answer_passage)} for answer in shown["answers"]
        ],
        context={
            side: [{**turn, "html": words(site.texts, turn, text_format)} for turn in turns]
            for side, turns in (("before", before), ("after", context["after"]))
        },
        interview=interview,
        people={person["slug"]: person for person in interview["people"]},
        citation=citation,
        beside={side: _beside(noun, item[side], language, text_format) for side in ("previous", "next")},
    )


def _beside(noun: Noun, other: Item | None, language: str | None, text_format: TextFormat) -> Item | None:
    """Return the question before or after, with what it asks; of an answer, where the one before or after is."""
    if other is None:
        return None
    label = in_short(other["text"], language, text_format) if noun is Noun.QUESTION else None
    return {"address": f"/{noun.plural}/{other['id']}", "label": label}
