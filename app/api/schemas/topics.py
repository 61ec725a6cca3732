"""Topics."""

from typing import ClassVar

from pydantic import Field

from app.api.schemas.questions import TopicReference
from app.api.schemas.shape import Address, Count, Part, Parts, Shape, WebPage
from app.topics.concepts import LabelKind


class TopicLabel(Shape):
    """One label of a topic."""

    kind: LabelKind = Field(description="Shown, shown beside it, or only found by.")
    language: str | None = Field(description="Language, a BCP 47 tag; null where the vocabulary does not say.")
    text: str


class Topic(TopicReference):
    """A concept in the hierarchy."""

    parts: ClassVar[Parts] = dict.fromkeys(
        ("alternative_labels", "exact_match", "labels", "uri", "notation"), Part.VOCABULARY
    )
    path: ClassVar[str] = "topics/{slug}"
    columns: ClassVar[tuple[str, ...]] = (
        "slug",
        "label",
        "web_page",
        "definition",
        "broader.slug",
        "broader.label",
        "narrower.slug",
        "narrower.label",
        "question_count",
        "question_count_with_narrower",
    )

    address: Address
    web_page: WebPage
    definition: str | None
    alternative_labels: list[str] = Field(description="Other labels in the language of the one that is shown.")
    exact_match: list[str] = Field(description="The same concept in other vocabularies.")
    broader: TopicReference | None
    narrower: list[TopicReference]
    question_count: Count = Field(description="Questions with this very topic.")
    question_count_with_narrower: Count = Field(description="Questions with this topic or one below it.")
    labels: list[TopicLabel] = Field(description="Every label in every language, the one that is shown first.")
    uri: str | None = Field(description="The concept's own name in the vocabulary that it comes from.")
    notation: str | None = Field(description="Its code there.")
