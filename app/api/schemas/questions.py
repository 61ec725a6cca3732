"""Shapes of questions, answers, turns and people."""

import datetime
from typing import Annotated, ClassVar

from pydantic import Field
from sqlmodel import SQLModel

from app.api.schemas.shape import (
    COLUMNS,
    Address,
    CitationAddress,
    Count,
    DisplayName,
    Id,
    Interrogative,
    IsCurrent,
    Milliseconds,
    Offset,
    Part,
    Parted,
    Parts,
    Position,
    Revision,
    Shape,
    ShortText,
    SupersededBy,
    Text,
    TextHtml,
    TextOffset,
    WebPage,
)
from app.models import InterviewFields, SpeakerFields, TopicFields, TopicOrigin, TopicState
from app.structure.pairing import Attribution, Role
from app.topics.concepts import Method
from app.topics.evidence import EvidenceKind
from app.transcripts.transcript import TextFormat, TurnKind

TextIn = Annotated[TextFormat, Field(description="What the texts of the item are written in, as the source has them.")]
# The fields that every text of an item has, for whom wants to know exactly where it is from.
_OF_TEXT = {"turns": Part.TURNS, "redactions": Part.TURNS, "text_html": Part.TEXT_HTML}
# Beside them, what an answer has within its question, and a question within its answer: the order of a list says the
# place, and the item's own address has all of it.
_OF_TEXT_WITHIN = {**_OF_TEXT, "position": Part.TURNS, "revision": Part.TURNS}
# By itself, an item says what was taken out of it.
_OF_TEXT_ALONE = {name: part for name, part in _OF_TEXT.items() if name != "redactions"}
# What every question has.
_OF_ASKING = {"asking": Part.ASKING}


class TurnPlace(Shape):
    """A turn and where its words stand in the source file."""

    id: Id
    source_start: Offset
    source_end: Offset
    start_ms: Milliseconds
    end_ms: Milliseconds


class AskingRange(Shape):
    """A sentence that asks, in the text of its question."""

    start: TextOffset = Field(description="Where it starts, in code points.")
    end: TextOffset = Field(description="Just past its last character.")


class AskingWords(Shape):
    """Which words of a question ask."""

    attribution: Attribution = Field(description="How it is known: inferred from the words.")
    ranges: list[AskingRange]


class _HasId(SQLModel):
    id: Id


class Identified(Parted, InterviewFields, _HasId):
    """What an interview begins with: the last base has the first field."""

    model_config = COLUMNS


class InterviewReference(Identified):
    """An interview as other items carry it."""

    parts: ClassVar[Parts] = dict.fromkeys(
        ("language", "language_attribution", "publisher", "series", "source_url"), Part.INTERVIEW
    )


class Contributor(Parted, SpeakerFields):
    """A speaker's part in one interview."""

    model_config = COLUMNS
    parts: ClassVar[Parts] = dict.fromkeys(
        ("name", "role_attribution", "attribution", "affiliation", "labels"), Part.PEOPLE
    )

    display_name: DisplayName
    role: Role = Field(description="What the speaker does in this interview.")
    role_attribution: Attribution = Field(description="How the role is known.")
    attribution: Attribution = Field(description="How it is known who the speaker is.")
    affiliation: str | None = Field(description="Affiliation as of then, as the source states it.")
    labels: list[str] = Field(description="The speaker's labels as printed.")


class TopicReference(Parted, TopicFields):
    """A topic as other items carry it."""

    model_config = COLUMNS


class Evidence(Shape):
    """What speaks for a topic on a question: words of a turn, a question or an interview like it, or a tag."""

    kind: EvidenceKind = Field(description="Which of these it is; what belongs to the others is null.")
    turn_id: Id | None = Field(description="The turn in which a label of the topic stands.")
    start: Count | None = Field(description="Where in the turn's text the label starts, in code points.")
    end: Count | None = Field(description="Where it ends.")
    label: str | None = Field(description="The label that stands there, or elsewhere in the interview.")
    question_id: Id | None = Field(description="A question that has the topic and is like this one.")
    similarity: float | None = Field(ge=0, le=1, description="How like: the cosine of their words' weights.")
    terms: list[str] | None = Field(description="The words that both have, weightiest first, in folded form.")
    tag: str | None = Field(description="What the source is tagged with.")
    interview_id: Id | None = Field(default=None, description="An interview that has the topic and is like this one.")


class AssignedTopic(TopicReference):
    """A topic on a question."""

    parts: ClassVar[Parts] = dict.fromkeys(
        ("origin", "state", "method", "vocabulary", "confidence", "evidence"), Part.TOPICS
    )

    origin: TopicOrigin = Field(description="Where the assignment comes from.")
    state: TopicState = Field(description="Whether an editor or a reviewer has agreed to it.")
    method: Method | None = Field(description="How it was found; null for what an editor states.")
    vocabulary: str | None = Field(description="The version of the vocabulary that it was found with.")
    confidence: float | None = Field(ge=0, le=1, description="How sure it was when it was suggested.")
    evidence: list[Evidence] = Field(description="What speaks for it; empty for what an editor states.")


class Redaction(Shape):
    """Words that were taken out of a text: each of their characters is a full block (U+2588) in it."""

    start: Offset = Field(description="Where they stood in the text, in code points.")
    end: Offset = Field(description="Just past the last of them.")
    reason: str | None = Field(description="Why, as whoever took them out said.")
    redacted_at: datetime.datetime


class AnswerInQuestion(Shape):
    """An answer as its question carries it."""

    parts: ClassVar[Parts] = _OF_TEXT_WITHIN

    id: Id
    position: Position
    text: Text
    text_html: TextHtml
    redactions: list[Redaction]
    turns: list[TurnPlace]
    speaker: Contributor | None
    revision: Revision


class Question(Shape):
    """A question with its answers, people, topics and interview."""

    parts: ClassVar[Parts] = {**_OF_TEXT, **_OF_ASKING}
    path: ClassVar[str] = "questions/{id}"
    columns: ClassVar[tuple[str, ...]] = (
        "id",
        "web_page",
        "text",
        "asked_by.display_name",
        "answers.text",
        "answers.speaker.display_name",
        "topics.label",
        "interview.slug",
        "interview.title",
        "interview.published",
    )

    id: Id
    address: Address
    web_page: WebPage
    position: Position
    text: Text
    text_format: TextIn
    text_html: TextHtml
    short_text: ShortText
    interrogative: Interrogative
    asking: AskingWords
    redactions: list[Redaction]
    turns: list[TurnPlace]
    asked_by: Contributor | None
    answers: list[AnswerInQuestion]
    topics: list[AssignedTopic]
    interview: InterviewReference
    revision: Revision


class QuestionInAnswer(Shape):
    """A question as its answer carries it."""

    parts: ClassVar[Parts] = {**_OF_TEXT_WITHIN, **_OF_ASKING}

    id: Id
    position: Position
    text: Text
    text_html: TextHtml
    short_text: ShortText
    interrogative: Interrogative
    asking: AskingWords
    redactions: list[Redaction]
    turns: list[TurnPlace]
    asked_by: Contributor | None
    topics: list[AssignedTopic]
    revision: Revision


class Answer(Shape):
    """One speaker's answer to one question."""

    parts: ClassVar[Parts] = _OF_TEXT
    path: ClassVar[str] = "answers/{id}"
    columns: ClassVar[tuple[str, ...]] = (
        "id",
        "web_page",
        "text",
        "speaker.display_name",
        "question.text",
        "question.asked_by.display_name",
        "question.topics.label",
        "interview.slug",
        "interview.title",
        "interview.published",
    )

    id: Id
    address: Address
    web_page: WebPage
    position: Position
    text: Text
    text_format: TextIn
    text_html: TextHtml
    redactions: list[Redaction]
    turns: list[TurnPlace]
    speaker: Contributor | None
    question: QuestionInAnswer
    interview: InterviewReference
    revision: Revision


class QuestionNeighbour(Shape):
    """The question before or after another one in its interview."""

    id: Id
    position: Position
    text: Text


class AnswerNeighbour(Shape):
    """The answer before or after another one in its interview."""

    id: Id
    position: Position
    question_id: Id


class Turn(Shape):
    """One turn of the record."""

    parts: ClassVar[Parts] = {"text_html": Part.TEXT_HTML}

    id: Id
    position: Position
    kind: TurnKind
    speaker: str | None = Field(description="Slug of the speaker.")
    speaker_label: str | None = Field(description="The label as printed.")
    text: str = Field(description="The words, verbatim.")
    text_html: TextHtml
    redactions: list[Redaction]
    start_ms: Milliseconds
    end_ms: Milliseconds
    source_start: Offset
    source_end: Offset
    segments: list[Annotated[list[Offset], Field(min_length=4, max_length=4)]] | None = Field(
        description="Where the text is not one slice of the source: [text start, text end, source start, source end] "
        "of each run, in code points. Null where it is one slice."
    )
    question_id: str | None = Field(description="The question that the turn asks, or answers.")
    answer_id: str | None = Field(description="The answer that the turn belongs to.")


class Context(Shape):
    """Turns of the record around an item."""

    before: list[Turn]
    after: list[Turn]


_CONTEXT = "Turns around the item, as many as `context` asks for; null where it asks for none."


class QuestionCounts(Shape):
    """How much there is of a question and around it."""

    answer_count: Count
    turn_count: Count = Field(description="Turns of the question and of its answers.")
    question_count: Count = Field(description="Questions of its interview.")


class QuestionDetail(Question):
    """A question by itself, with its neighbours and context."""

    parts: ClassVar[Parts] = {**_OF_TEXT_ALONE, **_OF_ASKING}

    previous: QuestionNeighbour | None = Field(description="The question before it in the interview.")
    next: QuestionNeighbour | None = Field(description="The question after it in the interview.")
    counts: QuestionCounts
    context: Context | None = Field(description=_CONTEXT)
    citation: CitationAddress
    is_current: IsCurrent
    superseded_by: SupersededBy


class AnswerCounts(Shape):
    """How much there is of an answer and beside it."""

    turn_count: Count
    answer_count: Count = Field(description="Answers to its question, itself included.")


class AnswerDetail(Answer):
    """An answer by itself, with its neighbours and context."""

    parts: ClassVar[Parts] = _OF_TEXT_ALONE

    previous: AnswerNeighbour | None = Field(description="The answer before it in the interview.")
    next: AnswerNeighbour | None = Field(description="The answer after it in the interview.")
    counts: AnswerCounts
    context: Context | None = Field(description=_CONTEXT)
    citation: CitationAddress
    is_current: IsCurrent
    superseded_by: SupersededBy
