"""Topics."""

from pydantic import Field

from app.api.schemas.questions import TopicReference
from app.api.schemas.shape import Count, Shape
from app.topics.concepts import LabelKind


class TopicLabel(Shape):
    """One label of a topic."""

    kind: LabelKind = Field(description="Shown, shown beside it, or only found by.")
    language: str | None = Field(description="Language, a BCP 47 tag; null where the vocabulary does not say.")
    text: str


class Topic(TopicReference):
    """A concept in the hierarchy."""

    definition: str | None
    alternative_labels: list[str] = Field(description="Other labels in the language of the one that is shown.")
    exact_match: list[str] = Field(description="The same concept in other vocabularies.")
    broader: TopicReference | None
    narrower: list[TopicReference]
    questions: Count = Field(description="Questions with this very topic.")
    questions_with_narrower: Count = Field(description="Questions with this topic or one below it.")
    labels: list[TopicLabel] = Field(description="Every label in every language, the one that is shown first.")
    uri: str | None = Field(description="The concept's own name in the vocabulary that it comes from.")
    notation: str | None = Field(description="Its code there.")
