"""Finds tables of one document that state different things of one turn or question. Pure."""

from collections.abc import Hashable
from dataclasses import dataclass

# What is stated of which turn, question or label: alike in every document that is stated of one transcript.
About = tuple[str | int | None, ...]


@dataclass(frozen=True)
class Contradiction:
    """Two tables that state different things of `subject`, which is what messages call the turn or question.

    `keys` are the dotted keys of both, the earlier table first, and `values` what each says; None of places: a turn or
    a topic stands in both, and belongs into one.
    """

    about: About
    keys: tuple[str, str]
    subject: str
    values: tuple[str, str] | None

    def says(self, first: str, second: str) -> str:
        """Say what contradicts what, given what messages call the two places."""
        if self.values is None:
            return f"{self.subject} stands in {first} and in {second}; leave it out of one of them"
        name, (before, value) = self.keys[1].rpartition(".")[2], self.values
        return f"{self.subject} has the {name} {before!r} in {first} and {value!r} in {second}; leave one of them out"


class StatedOnce:
    """What the tables of a document state, in their order; `found` are those that contradict an earlier one."""

    def __init__(self) -> None:
        self._first: dict[About, tuple[str, Hashable]] = {}
        self.found: list[Contradiction] = []

    def state_value(self, about: About, key: str, subject: str, value: str) -> None:
        """Note the value that a table states, such as who speaks a turn."""
        first, before = self._first.setdefault(about, (key, value))
        if before != value:
            self.found.append(Contradiction(about, (first, key), subject, (str(before), value)))

    def state_place(self, about: About, key: str, subject: str, place: Hashable) -> None:
        """Note the place that a table gives to a turn or a topic."""
        first, before = self._first.setdefault(about, (key, place))
        if before != place:
            self.found.append(Contradiction(about, (first, key), subject, None))
