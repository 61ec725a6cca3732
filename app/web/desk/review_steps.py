"""What a reviewer did last, as the address of the page has it, so that each step can be undone, the last one first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import ParameterError
from app.models import TopicState

# Steps that can be undone one after another.
MOST_STEPS = 10
# The letters of states in an address.
_STATES = {"p": TopicState.PROPOSED, "c": TopicState.CONFIRMED, "r": TopicState.REJECTED, "a": None}
_LETTERS = {state: letter for letter, state in _STATES.items()}
_DECIDED = re.compile(r"([\w-]{1,140}):([\w-]{1,140}):([apcr])([apcr])", re.ASCII)
_SKIPPED = re.compile(r"~([\w-]{0,1000})", re.ASCII)


@dataclass(frozen=True)
class Decided:
    """A decision on a topic of a question; a state is None where the topic was not there."""

    question: str
    topic: str
    before: TopicState | None
    after: TopicState | None

    def __str__(self) -> str:
        return f"{self.question}:{self.topic}:{_LETTERS[self.before]}{_LETTERS[self.after]}"

    def reversed(self) -> "Decided":
        """The decision that undoes it."""
        return Decided(self.question, self.topic, self.after, self.before)


@dataclass(frozen=True)
class Skipped:
    """A suggestion that was left for later; `cursor` is where the page began that showed it, empty at the beginning."""

    cursor: str

    def __str__(self) -> str:
        return f"~{self.cursor}"


Step = Decided | Skipped


def read_steps(text: str) -> list[Step]:
    """Read the steps of an address.

    Raises:
        ParameterError: they are damaged.
    """
    steps: list[Step] = []
    for one in text.split(",") if text else ():
        if decided := _DECIDED.fullmatch(one):
            question, topic, before, after = decided.groups()
            steps.append(Decided(question, topic, _STATES[before], _STATES[after]))
        elif skipped := _SKIPPED.fullmatch(one):
            steps.append(Skipped(skipped[1]))
        else:
            raise ParameterError("steps", "The steps to undo cannot be read. Take this parameter out of the address.")
    return steps


def write_steps(steps: Sequence[Step]) -> str:
    """Write steps as they stand in an address, the last ones."""
    return ",".join(map(str, steps[-MOST_STEPS:]))
