"""Pages of lists."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from app.api.schemas.interviews import InterviewSummary
from app.api.schemas.questions import Answer, Question
from app.api.schemas.shape import Count, Shape
from app.api.schemas.speakers import Speaker
from app.api.schemas.topics import Topic
from app.queries.facets import FACETS, MAX_FACET_VALUES, FacetName

SPARSE_MEDIA_TYPE = "application/vnd.quoth.sparse+json"


class PageInfo(Shape):
    """Where a page lies in its list."""

    limit: int = Field(ge=1, le=100, description="Items on a page, at most.")
    next: str | None = Field(description="Address of the next page; null on the last one.")
    previous: str | None = Field(description="Address of the page before; null on the first one.")
    total: Count = Field(description="Items in the whole list.")
    total_is_exact: bool = Field(description="False where `total` is a lower bound.")
    is_bounded: bool = Field(
        description="True where so much matches that only the newest matches are sorted by relevance and listed."
    )


class FacetValue(Shape):
    """A value that a filter could take."""

    value: str = Field(description="The value as the filter takes it.")
    label: str | None = Field(description="The value as people read it; null for somebody whom no source names.")
    count: Count = Field(description="The total of the list once this value is added to what it is narrowed to.")
    count_is_exact: bool = Field(
        description="False where `count` is a lower bound: in a list of more rows than are counted, some are looked at."
    )


class TopicFacetValue(FacetValue):
    """A topic that the filter could take."""

    own: Count = Field(description="The same with `topic_scope=exact`: without the topics below.")
    broader: str | None = Field(description="Slug of the topic above.")


def _with_facets(model: type[Shape]) -> type[Shape]:
    """Put a field for each facet before the fields of a model."""
    fields: dict[str, Any] = {
        name: (list[TopicFacetValue] | None if facet.is_hierarchy else list[FacetValue] | None, ...)
        for name, facet in FACETS.items()
    }
    fields |= {name: (field.annotation, field) for name, field in model.model_fields.items()}
    return create_model(model.__name__, __base__=Shape, __doc__=model.__doc__, __module__=model.__module__, **fields)


@_with_facets
class Facets(Shape):
    """The whole list counted by what it could be narrowed to. A facet that was not asked for is null."""

    cut: list[FacetName] = Field(description=f"Facets with more than the {MAX_FACET_VALUES} values that are shown.")


FacetsOfPage = Annotated[Facets | None, Field(description="Null where none are asked for.")]


class QuestionPage(Shape):
    """A page of questions."""

    items: list[Question]
    page: PageInfo
    facets: FacetsOfPage


class AnswerPage(Shape):
    """A page of answers."""

    items: list[Answer]
    page: PageInfo
    facets: FacetsOfPage


class InterviewPage(Shape):
    """A page of interviews."""

    items: list[InterviewSummary]
    page: PageInfo
    facets: FacetsOfPage


class SpeakerPage(Shape):
    """A page of speakers."""

    items: list[Speaker]
    page: PageInfo


class TopicPage(Shape):
    """A page of topics."""

    items: list[Topic]
    page: PageInfo


class SparsePage(BaseModel):
    """A page of items with the fields that were asked for; lists that can be counted by nothing have no facets."""

    items: list[dict[str, Any]]
    page: PageInfo
    facets: FacetsOfPage = None
