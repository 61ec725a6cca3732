"""The tables of a metadata file: what an editor states of speakers, turns, exchanges and questions."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN

ADDRESS, NO_NUL = r"^https?://", r"^[^\x00]*$"
# Tables of one kind in a file, at most: each may look at every turn.
MOST_TABLES = 2_000

Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=SLUG_MAX_LENGTH)]
# PostgreSQL refuses NUL in text, and TOML can write it as an escape.
Text = Annotated[str, Field(min_length=1, pattern=NO_NUL)]
TextOrNone = Annotated[str, Field(pattern=NO_NUL)]


class Table(BaseModel):
    """A table that has no other keys than these."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Openable(Table):
    """A table that may mean nothing in the transcript as it is now: then it is kept, `open`, and not applied.

    Where what it means was described anew for a corrected file, `stated_as` has the keys as they were stated.
    """

    open: bool = False


class _LabelsAsStated(Table):
    labels: list[Text] = Field(min_length=1)


class SpeakerTable(Openable):
    """One [[speakers]] table. `labels` are the labels of this person in the transcript.

    `same_speaker` is the slug of a speaker of other interviews who is the same person.
    """

    labels: list[Text] = Field(min_length=1)
    name: Text | None = None
    role: Text | None = None
    aliases: list[Text] = []
    affiliation: Text | None = None
    same_as: list[Annotated[str, Field(pattern=ADDRESS)]] = []
    same_speaker: Slug | None = None
    stated_as: _LabelsAsStated | None = None


class Place(Table):
    """Which turn or question is meant: the one that begins with the words `begins`.

    Where several begin so, `after` has the last words of the turn before, empty for the first turn of all; or
    `occurrence` says which of them it is, from 1, and `of` how many there are.
    """

    begins: Text
    after: TextOrNone | None = None
    occurrence: Annotated[int, Field(ge=1)] | None = None
    of: Annotated[int, Field(ge=1)] | None = None


class QuestionTable(Place, Openable):
    """One [[questions]] table: topics that a question has, and those that it has not although they are suggested."""

    topics: list[Slug] = []
    rejected: list[Slug] = []
    stated_as: Place | None = None

    @model_validator(mode="after")
    def _states_something(self) -> Self:
        if not self.topics and not self.rejected:
            raise ValueError('write topics = ["..."], or rejected = ["..."] for what it is not about')
        if both := set(self.topics) & set(self.rejected):
            raise ValueError(f"{min(both)!r} is among `topics` and among `rejected`; leave it out of one")
        return self


class StatedKind(StrEnum):
    """What an editor says that a turn is. `speech` is words that somebody says; whether they ask follows from who."""

    QUESTION = "question"
    ANSWER = "answer"
    STATEMENT = "statement"
    NOTE = "note"
    HEADING = "heading"
    SPEECH = "speech"


class _TurnAsStated(Table):
    begins: Text | None = None
    label: Text | None = None
    after: TextOrNone | None = None
    occurrence: Annotated[int, Field(ge=1)] | None = None
    of: Annotated[int, Field(ge=1)] | None = None
    speaker: TextOrNone | None = None
    part_at: Text | None = None
    part_after: Text | None = None
    next: Text | None = None


class TurnTable(Openable):
    """One [[turns]] table: who speaks a turn, what it is, where it is parted, whether the next one belongs to it.

    The turn is found as `Place` says. With `label` alone it is every turn with that label.
    """

    begins: Text | None = None
    label: Text | None = None
    after: TextOrNone | None = None
    occurrence: Annotated[int, Field(ge=1)] | None = None
    of: Annotated[int, Field(ge=1)] | None = None
    # A label or a name of the file, another name, or "" for nobody.
    speaker: TextOrNone | None = None
    kind: StatedKind | None = None
    part_at: Text | None = None
    # The words before that place, where the turn has those of `part_at` more than once.
    part_after: Text | None = None
    join_next: bool = False
    # How the next turn has to begin for `join_next` to be meant.
    next: Text | None = None
    stated_as: _TurnAsStated | None = None

    @property
    def place(self) -> Place | None:
        """Which turn is meant; None means every turn with the label."""
        if self.begins is None:
            return None
        return Place(begins=self.begins, after=self.after, occurrence=self.occurrence, of=self.of)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.begins is None and self.label is None:
            raise ValueError('say which turn is meant: begins = "its first words", or label = "its label"')
        if self.begins is None and (self.part_at is not None or self.join_next):
            raise ValueError('say which turn is meant: begins = "its first words"')
        if self.speaker is None and self.kind is None and self.part_at is None and not self.join_next:
            raise ValueError("state something of the turn: speaker, kind, part_at or join_next")
        if self.part_after is not None and self.part_at is None:
            raise ValueError("write part_at: the words that follow part_after")
        if self.part_at is not None and self.join_next:
            raise ValueError("write two tables: one that parts the turn, one that joins what follows")
        return self


class _ListsAsStated(Table):
    question: list[Text | Place] = Field(min_length=1, max_length=MOST_TABLES)
    answers: list[Text | Place] | None = Field(default=None, max_length=MOST_TABLES)


class ExchangeTable(Openable):
    """One [[exchanges]] table: which turns are one question, and which turns answer it.

    Without `answers`, it keeps the answers that its turns have.
    """

    question: list[Text | Place] = Field(min_length=1, max_length=MOST_TABLES)
    answers: list[Text | Place] | None = Field(default=None, max_length=MOST_TABLES)
    stated_as: _ListsAsStated | None = None


# Keys of a table that say which turn or question it means, and where a turn is parted.
PLACE = ("begins", "after", "occurrence", "of")
PARTING = ("part_at", "part_after")
# Those that quote a file, by list.
_MEANT: dict[str, tuple[str, ...]] = {
    "turns": (*PLACE, *PARTING, "label", "next", "speaker"),
    "exchanges": ("question", "answers"),
    "questions": PLACE,
    "speakers": ("labels",),
}
_ABOUT_IT = frozenset({"open", "stated_as"})


def as_stated(key: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an editor or a file states in a table of a list, as it was stated."""
    stated = {name: value for name, value in table.items() if name not in _ABOUT_IT}
    if "stated_as" in table:
        stated = {name: value for name, value in stated.items() if name not in _MEANT[key]} | table["stated_as"]
    return stated


def described(key: str, table: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table that means what it meant with other words, `now`; not open. What was stated is kept in it."""
    stated = as_stated(key, table)
    before = {name: value for name, value in stated.items() if name in _MEANT[key]}
    rest = {name: value for name, value in stated.items() if name not in _MEANT[key]}
    return {**now, **rest} if now == before else {**now, **rest, "stated_as": before}
