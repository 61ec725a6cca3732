"""What was understood of a file that was sent, and what storing it does or would do."""

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.api.schemas.interviews import Interview, Remark, bytes_in_order
from app.api.schemas.problems import pointer_of
from app.api.schemas.shape import Count, Id, Shape
from app.loading import ItemOutcome, Outcome
from app.structure.pairing import Attribution, Role
from app.text.differences import Edit
from app.transcripts.transcript import ByteClass, TurnKind

_Index = Annotated[int, Field(ge=0, le=2**31 - 1)]
_Position = Annotated[int | None, Field(ge=1, le=2**31 - 1)]
Slug = Annotated[str, Field(description="Name in addresses.")]


class OpenStatement(Shape):
    """A statement that means nothing in the transcript as it is now: it is kept, and applied when it does again."""

    pointer: str = Field(description="JSON Pointer (RFC 6901) to it in the document.", examples=["/turns/0"])
    reason: str


def open_statement(key: str, reason: str) -> dict[str, str]:
    """Return an open statement, given by its key, such as turns.0."""
    return {"pointer": pointer_of(key), "reason": reason}


class Person(Shape):
    """Somebody who takes part, as the file and its metadata say."""

    name: str | None
    labels: list[str] = Field(description="The labels as printed.")
    role: Role
    attribution: Attribution = Field(description="How it is known who this is.")
    role_attribution: Attribution = Field(description="How the role is known.")
    role_evidence: str | None = Field(description="What an inferred role rests on.")
    affiliation: str | None
    aliases: list[str]
    same_as: list[str]


class RoleToState(Shape):
    """A table of `speakers` to state where nobody is known to ask, if it is the first one who asks."""

    labels: list[str]
    role: Role


class TurnRead(Shape):
    """A turn as it was read."""

    i: _Index = Field(description="Its place in the file, from 0.")
    kind: TurnKind
    speaker: str | None = Field(description="The name; the label of a turn without a speaker, such as a jingle.")
    label: str | None = Field(description="The label as printed.")
    role: Role | None
    start: float | None = Field(description="Seconds from the start of the recording.")
    end: float | None
    source_start: _Index = Field(description="Offset in the file, in code points.")
    source_end: _Index
    text: str


class Pair(Shape):
    """Which turns ask, and which turns answer them, by their places."""

    q: list[_Index]
    a: list[_Index]


class Reading(Shape):
    """What was understood of a file: what `quoth check` says."""

    file: str
    slug: Slug
    title: str
    format: str
    why: str = Field(description="Why it is taken for this format.")
    encoding: str
    language: str | None
    language_is_inferred: bool
    published: str | None
    published_evidence: str | None
    publisher: str | None
    series: str | None
    source_url: str | None
    source_url_as_printed: str | None
    tags: list[str]
    speakers: list[Person]
    roles_to_state: list[RoleToState]
    turn_count: Count
    question_count: Count
    answer_count: Count
    unanswered_count: Count
    topics: dict[int, list[str]] = Field(description="Topics that are stated of questions, by their places, from 1.")
    bytes: Count
    bytes_by_class: Annotated[dict[ByteClass, Count], AfterValidator(bytes_in_order)] = Field(
        description="What each byte is; the counts add up to `bytes`."
    )
    open_statements: list[OpenStatement]
    remarks: list[Remark]
    turns: list[TurnRead] | None = Field(description="The turns in order; null where it was stored.")
    pairs: list[Pair] | None = Field(description="Which turns answer which; null where it was stored.")


class TextDifference(Shape):
    """A range of the text before that becomes a range of the text after, in code points."""

    edit: Edit
    start_before: Count
    end_before: Count
    start_after: Count
    end_after: Count


class CorrectedItem(Shape):
    """What becomes of a turn, a question or an answer."""

    noun: Literal["turn", "question", "answer"]
    id: Id
    outcome: ItemOutcome
    position: _Position = Field(description="Its place; of an answer, that of its question.")
    position_before: _Position
    text: str | None
    text_before: str | None = Field(description="Null where the words are the same.")
    differences: list[TextDifference]
    replaced_by: list[str] = Field(default=[], description="Ids of what has its words now.")


class Correction(Shape):
    """What storing a file would change."""

    outcome: Outcome
    slug: Slug
    slug_before: str | None = Field(description="The slug that the interview has now; null for a new one.")
    revision: int = Field(ge=1, le=2**31 - 1, description="The revision that it would be.")
    share_replaced: float | None = Field(description="The share of the words of now that the file does not have.")
    counts: dict[str, dict[ItemOutcome, Count]] = Field(description="How many of each noun stay, change, go and come.")
    items: list[CorrectedItem] = Field(description="Its questions and answers.")
    turns: list[CorrectedItem] = Field(description="Its turns, without those that stay as they are.")


class StoredFile(Shape):
    """What storing a file did, or would do."""

    outcome: Outcome
    interview_id: Id
    slug: Slug
    revision: int = Field(ge=1, le=2**31 - 1, description="The revision of the interview.")
    held_until: datetime.datetime | None = Field(description="When its embargo ends; null for a published one.")
    kept_metadata: list[str] = Field(description="Keys that were stated before and not now: they stay as they were.")
    overruled_metadata: list[str] = Field(
        description="Keys that the file states otherwise than an editor has since: the editor's stay."
    )
    share_replaced: float | None = Field(
        ge=0, le=1, description="The share of the words before that the file does not have; null for a new one."
    )
    open_statements: list[OpenStatement]
    interview: Interview | None = Field(description="The interview as its address shows it; null while held back.")
    reading: Reading
    correction: Correction | None = Field(description="What would change; null where it was stored.")
