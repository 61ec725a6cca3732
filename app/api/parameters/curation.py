"""Parameters of lists that editors work through: topics of a question, suggestions, statements, and what is held back;
and of the vocabulary.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from app.api.formats import VocabularyFormatName
from app.api.parameters.items import FORMAT, NoParameters
from app.api.parameters.lists import PageParameters, sort_by
from app.api.parameters.values import Names, Slug, described_as_some_of
from app.models import TopicState
from app.queries import corpus_statements, held, question_topics
from app.queries.filters.grammar import TrueOrFalse


class SuggestionState(StrEnum):
    """Which suggestions are listed."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    REJECTED = "rejected"
    ALL = "all"

    @property
    def states(self) -> tuple[TopicState, ...]:
        """The states of topics that are listed."""
        return tuple(TopicState) if self is SuggestionState.ALL else (TopicState(self.value),)


class SuggestionParameters(PageParameters):
    """Parameters of the list of suggestions."""

    interview: Slug | None = Field(default=None, description="Slug of an interview.", examples=["worldnewsam-3712"])
    topic: Slug | None = Field(default=None, description="Slug of a topic: this very one.", examples=["peace"])
    state: SuggestionState = Field(
        default=SuggestionState.PROPOSED,
        description="`proposed`: those that wait for a decision.",
        examples=[SuggestionState.ALL],
    )
    min_confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0, description="Only suggestions this confident or more.", examples=[0.5]
    )
    sort: Annotated[Names, sort_by(question_topics.SORTABLE)] = Field(
        default=[question_topics.DEFAULT_SORT],
        description="`interview` (by slug, in the order of questions) or `confidence`; a minus sorts downwards.",
    )


class QuestionTopicParameters(PageParameters):
    """Parameters of the topics of one question."""

    sort: Annotated[Names, sort_by(question_topics.SORTABLE_OF_QUESTION)] = Field(
        default=["label"], description="`label` or `slug`; a minus sorts downwards."
    )


class StatementParameters(PageParameters):
    """Parameters of the list of statements of the corpus."""

    undone: TrueOrFalse = Field(default=False, description="Also list those that were undone.", examples=[True])
    sort: Annotated[Names, sort_by(corpus_statements.SORTABLE)] = Field(
        default=["number"], description="`number`, in the order in which they were made; a minus sorts downwards."
    )


def _newest_first(value: list[str]) -> list[str]:
    if value != ["-version"]:
        raise ValueError("this list is sorted by -version, the newest first, and by nothing else")
    return value


class VersionParameters(PageParameters):
    """Parameters of the versions of what is stated of an interview."""

    sort: Annotated[
        Names, AfterValidator(_newest_first), described_as_some_of(["-version"], ["version_descending"], once=True)
    ] = Field(default=["-version"], description="`-version`: the newest first.")


class HeldParameters(PageParameters):
    """Parameters of the list of interviews that are held back."""

    sort: Annotated[Names, sort_by(held.SORTABLE)] = Field(
        default=["until"], description="`until` (the next to be published first) or `slug`; a minus sorts downwards."
    )


class VocabularyParameters(NoParameters):
    """In which format the vocabulary is read."""

    format: VocabularyFormatName | None = Field(default=None, description=FORMAT, examples=["toml"])
