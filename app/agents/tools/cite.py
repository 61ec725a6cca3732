"""The tool `cite`."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from app.agents.api import Api
from app.agents.arguments import OwnArguments, parameters_of
from app.agents.places import read_place
from app.agents.shapes import BEGINNING, Cited, cut
from app.agents.tools.tool import Tool
from app.api.parameters.items import PassageParameters
from app.exports import REFERENCES

_Format = StrEnum("_Format", {each.name.upper(): each.name for each in REFERENCES})  # type: ignore[misc]  # the formats are known at run time only
_FORMATS = ", ".join(f"`{each.name}`: {each.description}" for each in REFERENCES)


class CiteArguments(OwnArguments):
    """What is cited."""

    id: str = Field(
        max_length=2000,
        description="Id of a question, an answer or a turn, slug of an interview, or an address of any of these.",
    )
    format: _Format | None = Field(
        default=None,
        description=f"Also write the reference in this format. {_FORMATS}.",
    )


async def _cite(api: Api, own: CiteArguments, query: dict[str, Any]) -> Cited:
    place = read_place(own.id)
    stated: dict[str, Any] = {"revision": place.revision, "start": place.start or None, "end": place.end}
    if place.is_turn:
        stated["turn"] = place.id
    query = {**{name: value for name, value in stated.items() if value is not None}, **query}
    path = f"{place.path}/citation"
    found = await api.get(path, query)
    reference = None if own.format is None else await api.get_text(path, {**query, "format": own.format.value})
    text = found["text"]
    return Cited.model_validate({**found, "text": text and cut(text, BEGINNING), "reference": reference})


TOOL = Tool(
    name="cite",
    title="Cite a passage",
    description="Get a permanent address, pinned to the words as they are now, and a reference for a question, an "
    "answer, a turn, a range of its characters, or a whole interview.",
    answer=Cited,
    run=_cite,
    passed_on=parameters_of(PassageParameters, "revision", "start", "end"),
    own=CiteArguments,
    required=("id",),
)
