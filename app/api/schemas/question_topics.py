"""Topics on questions with what speaks for them, and decisions."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from app.api.parameters.values import Slug
from app.api.schemas.lists import PageInfo
from app.api.schemas.questions import Evidence, InterviewReference, TopicReference
from app.api.schemas.shape import Address, Id, Position, Shape, Text
from app.models import TopicOrigin, TopicState
from app.queries.question_topics import CONTEXT_LENGTH
from app.topics.concepts import Method

# Decisions in one request, at most.
MOST_DECISIONS = 1_000


class EvidenceInWords(Evidence):
    """What speaks for a topic on a question, with the words that it names."""

    words: str | None = Field(description="The words of the turn in which the label stands.")
    before: str | None = Field(description=f"What stands before them, as far as {CONTEXT_LENGTH} characters.")
    after: str | None = Field(description=f"What stands after them, as far as {CONTEXT_LENGTH} characters.")


class QuestionReference(Shape):
    """A question as its topics carry it."""

    id: Id
    position: Position
    text: Text


class QuestionTopic(Shape):
    """A topic on a question: whether it has it, who or what says so, and why."""

    path: ClassVar[str] = "questions/{question[id]}/topics/{topic[slug]}"
    columns: ClassVar[tuple[str, ...]] = (
        "interview.slug",
        "question.id",
        "question.text",
        "topic.slug",
        "topic.label",
        "state",
        "confidence",
        "method",
        "evidence.words",
        "address",
    )

    address: Address
    topic: TopicReference
    state: TopicState = Field(description="`proposed` until somebody decides.")
    origin: TopicOrigin = Field(description="Where it comes from. What an editor states has no evidence.")
    method: Method | None = Field(description="How it was found; null for what an editor states.")
    vocabulary: str | None = Field(description="The version of the vocabulary that it was found with.")
    confidence: float | None = Field(ge=0, le=1, description="How sure it was when it was suggested.")
    evidence: list[EvidenceInWords]
    question: QuestionReference
    interview: InterviewReference


class QuestionTopicPage(Shape):
    """A page of topics on questions."""

    items: list[QuestionTopic]
    page: PageInfo


class StatedState(StrEnum):
    """What can be stated of a topic on a question."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class NewState(BaseModel):
    """What is stated of a topic on a question."""

    model_config = ConfigDict(extra="forbid")

    state: StatedState = Field(
        description="`confirmed`: the question has the topic. `rejected`: it has not, and the topic is not suggested "
        "for it again.",
        examples=[StatedState.CONFIRMED],
    )


class NewDecision(BaseModel):
    """A decision on one suggestion."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[Slug, Field(description="Id of the question.", examples=["gky5nhbt0gvp-q1"])]
    topic: Annotated[Slug, Field(description="Slug of the topic.", examples=["peace"])]
    state: TopicState = Field(
        description="`confirmed` or `rejected`; `proposed` makes it wait for a decision again.",
        examples=[TopicState.CONFIRMED],
    )


class NewDecisions(BaseModel):
    """Decisions on suggestions: all of them are stored, or none."""

    model_config = ConfigDict(extra="forbid")

    decisions: list[NewDecision] = Field(min_length=1, max_length=MOST_DECISIONS)


class Decision(Shape):
    """What was decided on one suggestion. To undo it, decide `before`."""

    question: Id
    topic: str = Field(description="Slug of the topic.")
    state: TopicState
    before: TopicState = Field(description="The state until then; the same where nothing changed.")


class DecisionOutcome(Shape):
    """What was decided, in the order of the request."""

    decisions: list[Decision]
