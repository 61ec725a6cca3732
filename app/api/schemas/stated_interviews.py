"""What is stated of an interview over what its file says. In documents, keys that state nothing are left out."""

import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.api.schemas.lists import PageInfo
from app.api.schemas.readings import OpenStatement
from app.api.schemas.shape import Id, Shape
from app.structure.pairing import Role
from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN
from app.transcripts.metadata_tables import MOST_TABLES, StatedKind

Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="Counts what was stated, from 1; 0: nothing was.")]
_Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=SLUG_MAX_LENGTH)]
_Text = Annotated[str, Field(min_length=1)]
_Count = Annotated[int, Field(ge=1, le=2**31 - 1)]


class _Table(BaseModel):
    """Keys that state nothing are left out."""

    model_config = ConfigDict(extra="forbid")


class StatedPlace(_Table):
    """A turn or question by its words, where it has no id."""

    begins: _Text = Field(description="Its first words, as many as tell it from the others.")
    after: str | None = Field(default=None, description="The last words of the turn before; empty for the first turn.")
    occurrence: _Count | None = Field(default=None, description="Which of several it is, from 1.")
    of: _Count | None = Field(default=None, description="How many there are.")


class StatedWords(_Table):
    """The words that said what is meant, before they were changed for a corrected file."""

    begins: _Text | None = None
    after: str | None = None
    occurrence: _Count | None = None
    of: _Count | None = None
    label: _Text | None = None
    speaker: str | None = None
    part_at: _Text | None = None
    part_after: _Text | None = None
    next: _Text | None = None
    labels: list[_Text] | None = None
    question: list[_Text | StatedPlace] | None = Field(default=None, max_length=MOST_TABLES)
    answers: list[_Text | StatedPlace] | None = Field(default=None, max_length=MOST_TABLES)


class _Openable(_Table):
    open: bool = Field(default=False, description="It means nothing in the transcript now, and is kept until it does.")
    stated_as: StatedWords | None = Field(default=None, description="What said so before the file was corrected.")


_Turns = Annotated[
    list[Id | StatedPlace],
    Field(max_length=MOST_TABLES, description="Ids of turns, or of questions and answers for all of their turns."),
]


class StatedSpeaker(_Openable):
    """Who is behind labels."""

    labels: list[_Text] = Field(min_length=1, description="Labels of this person in the transcript.")
    name: _Text | None = None
    role: Role | None = None
    aliases: list[_Text] = []
    affiliation: _Text | None = None
    same_as: list[str] = Field(default=[], description="Pages about this person elsewhere.")
    same_speaker: _Slug | None = Field(default=None, description="Slug of the speaker of other interviews who this is.")


class StatedTurn(_Openable):
    """Who speaks a turn, what it is, where it is parted, or that the next one belongs to it.

    Turns are parted and joined first, in their order; the rest is stated of what there is then. The second part of a
    turn is named by `begins`.
    """

    turn: Id | None = Field(default=None, description="Id of the turn; else `begins`, or `label` alone for every turn.")
    begins: _Text | None = None
    after: str | None = None
    occurrence: _Count | None = None
    of: _Count | None = None
    label: _Text | None = Field(default=None, description="The label of the turn, or without another key of all turns.")
    speaker: str | None = Field(default=None, description="Who speaks: a label, a name, or empty for nobody.")
    kind: StatedKind | None = None
    part_at: _Text | None = Field(default=None, description="The words before which the turn is parted in two.")
    part_after: _Text | None = Field(
        default=None, description="The words before that place, where the turn has those of `part_at` more than once."
    )
    join_next: bool = Field(default=False, description="Whether the next turn belongs to this one.")
    next: _Text | None = Field(default=None, description="How the next turn has to begin to belong to this one.")


class StatedExchange(_Openable):
    """Which turns are one question, and which answer it. A turn that is stated here is taken from where it was, so an
    answer is moved by stating it of another question.
    """

    question: Annotated[_Turns, Field(min_length=1)]
    answers: _Turns | None = Field(
        default=None,
        description="Turns that answer it, in the same way; a list without any says that nobody did. Without the key, "
        "the answers that its turns had.",
    )


class StatedQuestion(_Openable):
    """Topics of a question, and suggested ones that it is not about."""

    question: Id | None = Field(default=None, description="Id of the question, or of its first turn; else `begins`.")
    begins: _Text | None = None
    after: str | None = None
    occurrence: _Count | None = None
    of: _Count | None = None
    topics: list[_Slug] = Field(default=[], description="Slugs of the topics that it is about.")
    rejected: list[_Slug] = Field(default=[], description="Slugs of topics that it is not about.")


class StatedDocument(_Table):
    """All that is stated of an interview: the keys of a metadata file, with ids in place of first words."""

    slug: _Slug | None = None
    title: _Text | None = None
    language: _Text | None = Field(default=None, description="Code of a language, such as `en` or `pt-BR`.")
    published: _Text | None = Field(default=None, description="A date, or a part of one: `2023`, `2023-11`.")
    published_evidence: _Text | None = Field(default=None, description="The words of the transcript that say so.")
    publisher: _Text | None = None
    series: _Text | None = None
    source_url: _Text | None = None
    summary: _Text | None = None
    rights: _Text | None = None
    embargo_until: _Text | None = Field(
        default=None,
        description="A time with its zone, or a day: the interview is held back until then. It is in no version, and "
        "leaving it out changes nothing: to release an interview, delete its embargo.",
    )
    embargo_reason: _Text | None = Field(default=None, description="Why it is held back.")
    speakers: list[StatedSpeaker] = []
    turns: list[StatedTurn] = Field(default=[], max_length=MOST_TABLES)
    exchanges: list[StatedExchange] = Field(default=[], max_length=MOST_TABLES)
    questions: list[StatedQuestion] = []


class StatedInterviewReference(Shape):
    """The interview that something is stated of."""

    id: Id
    slug: str
    title: str


class Signed(Shape):
    """Who made a version, when, from where and why."""

    version: Version
    made_at: datetime.datetime | None = Field(description="Null where nothing was ever stated.")
    made_by: str | None = Field(description="Name of the key, or of the user of the command line.")
    reason: str | None


class StatedInterview(Signed):
    """What is stated of an interview now."""

    interview: StatedInterviewReference
    revision: int = Field(ge=1, le=2**31 - 1, description="The revision of the interview.")
    statements: StatedDocument
    open_statements: list[OpenStatement]


class StatedVersion(Signed):
    """One version of what was stated."""

    is_current: bool = Field(description="Whether it is in force.")


class StatedVersionList(Shape):
    """A page of the versions of what was stated of an interview, the newest first."""

    items: list[StatedVersion]
    page: PageInfo
    interview: StatedInterviewReference


class StatedDifference(Shape):
    """What is stated otherwise under a key: a value, or one entry of a list."""

    key: str = Field(description="A key of the document.", examples=["turns"])
    before: Any = Field(description="Null where there was none.")
    after: Any = Field(description="Null where there is none.")


class StatedVersionItem(StatedVersion):
    """What was stated in one version, and how it differs from another."""

    interview: StatedInterviewReference
    statements: StatedDocument
    compared_with: Version
    differences: list[StatedDifference]
