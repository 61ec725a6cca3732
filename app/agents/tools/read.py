"""The tool `read`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import Field

from app.agents.api import Api
from app.agents.arguments import OwnArguments, parameters_of
from app.agents.places import Place, read_place
from app.agents.shapes import Reading, cut
from app.agents.tools.tool import Tool
from app.api.parameters.items import MAX_CONTEXT, ItemParameters
from app.errors import ParameterError
from app.text.folding import nearest

# Characters of a text that are shown, without another wish and at most.
_CHARACTERS, _MOST_CHARACTERS = 6_000, 20_000


class ReadArguments(OwnArguments):
    """Which passage is read, and how much of it."""

    id: str = Field(
        max_length=2000,
        description="Id of a question, an answer or a turn, or the address of one, such as a permalink.",
    )
    start: int = Field(default=0, ge=0, le=2**31 - 1, description="Where to begin in its text; see `next_start`.")
    context: int = Field(
        default=0, ge=0, le=MAX_CONTEXT, description="Turns of the record to show before and after it."
    )
    max_characters: int = Field(
        default=_CHARACTERS, ge=200, le=_MOST_CHARACTERS, description="How much text to show, in all."
    )


class _Budget:
    """The characters that may still be shown."""

    def __init__(self, characters: int) -> None:
        self._left = characters

    def passage(self, item: Mapping[str, Any], start: int = 0, end: int | None = None) -> dict[str, Any]:
        """Return an item with as much of its text as may be shown, and no more than was asked for.

        Raises:
            ParameterError: the text ends before `start`.
        """
        whole = item["text"]
        if start > len(whole):
            raise ParameterError("start", f"The text has {len(whole):,} characters.")
        text = cut(whole[start:end], self._left)
        self._left = max(0, self._left - len(text))
        end = start + len(text)
        following = end if end < len(whole) else None
        return {**item, "text": text, "start": start, "length": len(whole), "next_start": following}


async def _read(api: Api, own: ReadArguments, query: dict[str, Any]) -> Reading:
    place = read_place(own.id)
    if place.is_interview:
        raise ParameterError(
            "id",
            f"{place.id[:80]!r} is not the id of a question, an answer or a turn. Of an interview, list_questions has "
            "the questions, with `interview` and `sort` by position.",
        )
    if place.revision is not None:
        query.setdefault("revision", place.revision)
    if own.start:
        # Where to read on, whatever range the address named.
        place = replace(place, start=own.start, end=None)
    budget = _Budget(own.max_characters)
    if place.is_turn:
        return await _read_turn(api, place, budget, own.context, query)
    item = await api.get(place.path, {**query, "context": own.context})
    passage = budget.passage(item, place.start, place.end)
    answers = item.get("answers", ())
    found: dict[str, Any] = {
        "kind": "answer",
        **passage,
        "part_of": None,
        "question": item.get("question"),
        "topics": item.get("topics", ()),
        "answers": [budget.passage(answer) for answer in answers],
        "previous_id": item["previous"] and item["previous"]["id"],
        "next_id": item["next"] and item["next"]["id"],
    }
    if found["question"] is None:
        found |= {"kind": "question", "speaker": item["asked_by"]}
    else:
        found["topics"] = found["question"]["topics"]
    return Reading.model_validate(found)


async def _read_turn(api: Api, place: Place, budget: _Budget, context: int, query: dict[str, Any]) -> Reading:
    """Read a turn from the record of its interview."""
    record = await api.get(f"{place.path}/transcript", query)
    turns: Sequence[dict[str, Any]] = record["turns"]
    ids = [turn["id"] for turn in turns]
    if place.id not in ids:
        raise ParameterError("id", f"There is no turn {place.id!r} in this interview.", nearest(place.id, ids))
    at = ids.index(place.id)
    turn = turns[at]
    people = {one["slug"]: one for one in record["people"]}
    newest = (await api.get(place.path, {"fields": "revision"}))["revision"] if query else record["revision"]
    found: dict[str, Any] = {
        **budget.passage(turn, place.start, place.end),
        "speaker": people.get(turn["speaker"]),
        "address": f"{api.base}{place.path}/transcript#turn={place.id}",
        "part_of": turn["answer_id"] or turn["question_id"],
        "revision": record["revision"],
        "is_current": record["revision"] == newest,
        "question": None,
        "answers": (),
        "topics": (),
        "interview": record["interview"],
        "previous_id": ids[at - 1] if at else None,
        "next_id": ids[at + 1] if at + 1 < len(ids) else None,
        "context": None,
    }
    if context:
        around = {"before": turns[max(0, at - context) : at], "after": turns[at + 1 : at + 1 + context]}
        found["context"] = around
    return Reading.model_validate(found)


TOOL = Tool(
    name="read",
    title="Read a passage",
    description="Read a question with its answers, an answer with its question, or any turn of a record, verbatim and "
    "whole, with the turns around it if `context` asks for some. What is longer than `max_characters` goes on at "
    "`next_start`.",
    answer=Reading,
    run=_read,
    passed_on=parameters_of(ItemParameters, "revision"),
    own=ReadArguments,
    required=("id",),
)
