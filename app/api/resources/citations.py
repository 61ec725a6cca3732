"""Citations: in JSON with selectors, or as one reference in a format of reference managers."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from app.api.database import Open
from app.api.exporting import refuse
from app.api.formats import CITATION_FORMATS, choose
from app.api.items import answer_item
from app.api.parameters.items import PassageParameters
from app.api.schemas.citations import Citation
from app.citations import Citation as Cited
from app.citations import Noun, Target, cite
from app.exports import ReferenceFormat, csl
from app.queries.citations import find_source_text, find_subject


def answer_citation(
    request: Request, database: Open, parameters: PassageParameters, noun: Noun, name: str
) -> BaseModel | Response:
    """Answer with the citation of an item or of a range of it.

    Raises:
        NotAcceptableError: there is nothing that the request accepts.
        ParameterError: the range or the turn is none of this item's, a field is not known, or the format has no place
            for fields or parts.
    """
    known = choose(request, CITATION_FORMATS, parameters.format)[0]
    is_reference = isinstance(known, ReferenceFormat)
    with database.read() as connection:
        subject = find_subject(connection, noun, name, parameters.turn, parameters.revision)
        # A reference does not depend on the source file.
        needs_source = not is_reference and bool(subject.turns)
        source_text = find_source_text(connection, subject.interview) if needs_source else None
    found = cite(
        subject,
        parameters.start,
        parameters.end,
        turn_id=parameters.turn,
        source_text=source_text,
        base=request.app.state.settings.public_url,
    )
    if isinstance(known, ReferenceFormat):
        refuse(known.description, fields=parameters.fields, include=parameters.include)
        file_name = f"{found.reference.key}{known.suffix}"
        return Response(
            known.render(found.reference),
            media_type=known.content_type,
            headers={"Content-Disposition": f'inline; filename="{file_name}"'},
        )
    return answer_item(request, citation_of(found), Citation, parameters)


def with_citation(request: Request, noun: Noun, item: dict[str, Any]) -> dict[str, Any]:
    """Add to an item where its citation is found."""
    base = request.app.state.settings.public_url
    pinned = "" if item["is_current"] else f"?revision={item['revision']}"
    return {**item, "citation": f"{base}/v1/{noun.plural}/{item['id']}/citation{pinned}"}


def citation_of(cited: Cited) -> dict[str, Any]:
    """Show a citation as its shape has it."""
    subject = cited.subject
    sha256 = subject.interview["transcript"]["sha256"]
    return {
        "noun": subject.noun,
        "id": subject.id,
        "revision": subject.revision,
        "text": cited.text,
        "turn": cited.turn_id,
        "start": cited.start,
        "end": cited.end,
        "permalink": cited.permalink,
        "selectors": {
            "turns": [_target(target, cited.transcript_address) for target in cited.in_turns],
            "source": [{**_target(target, cited.source_address), "sha256": sha256} for target in cited.in_source],
        },
        "text_fragment": cited.text_fragment,
        "sentence": cited.reference.sentence,
        "csl": csl.item(cited.reference),
    }


def _target(target: Target, source: str) -> dict[str, Any]:
    return {
        "type": "SpecificResource",
        "source": source,
        "turn_id": target.turn_id,
        "is_unique": target.is_unique,
        "is_verbatim": target.is_verbatim,
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": target.exact,
                "prefix": target.prefix,
                "suffix": target.suffix,
            },
            {"type": "TextPositionSelector", "start": target.start, "end": target.end},
        ],
    }
