"""The option `topic_state`: whether topics that are only suggested count, for the filter `topic`, its facet, and what
items show.
"""

from enum import StrEnum

from app.models import TopicState
from app.queries.filters.filter import OF_INTERVIEWS, Filter
from app.queries.filters.grammar import choice_of


class TopicStates(StrEnum):
    """Which topics on a question count."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"

    @property
    def states(self) -> tuple[TopicState, ...]:
        """The states that count. Rejected topics never do."""
        confirmed = (TopicState.CONFIRMED,)
        return confirmed if self is TopicStates.CONFIRMED else (*confirmed, TopicState.PROPOSED)


def describe(does: str) -> str:
    """Say what the option does, in a sentence that begins with what `confirmed` does."""
    return (
        f"`confirmed` {does} topics that an editor or a reviewer has agreed to, `proposed` also those that are only "
        "suggested; each says which it is, and why."
    )


FILTER = Filter(
    "topic_state",
    choice_of(TopicStates, TopicStates.CONFIRMED),
    describe("finds, counts and shows"),
    example=TopicStates.PROPOSED,
    lists=OF_INTERVIEWS,
)
