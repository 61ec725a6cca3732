"""The option `topic_scope`: whether the filter `topic` includes the topics below those asked for."""

from enum import StrEnum

from app.queries.filters.filter import OF_INTERVIEWS, Filter
from app.queries.filters.grammar import choice_of


class TopicScope(StrEnum):
    """How far a topic reaches."""

    NARROWER = "narrower"
    EXACT = "exact"


FILTER = Filter(
    "topic_scope",
    choice_of(TopicScope, TopicScope.NARROWER),
    "`narrower` includes the topics below those asked for, `exact` does not.",
    example=TopicScope.EXACT,
    lists=OF_INTERVIEWS,
)
