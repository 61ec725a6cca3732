"""An interview as it is at work: what was made of it, what is stated, and whether anybody has changed it meanwhile."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.api.completing import WRITERS
from app.errors import NotFoundError
from app.loading import StatedInterview, find_stated
from app.models import Revision, TopicState
from app.queries import interviews
from app.queries.embedding import Item, topics_on
from app.queries.held import find_held_record, topics_on_held
from app.text.asking import asking
from app.text.paragraphs import PARAGRAPH

# Turns on a page: so that the page of a very long interview is no longer than others.
TURNS_ON_A_PAGE = 120
# Questions on each side of a turn that it can be moved to.
_NEARBY = 60


class StaleError(Exception):
    """Somebody has changed the interview since the form was made."""


@dataclass(frozen=True)
class AtWork:
    """An interview at work. `document` is what is stated, with ids, and `stated` all versions of that; `state` tells
    one state of it from others.
    """

    record: Item
    stated: StatedInterview
    document: Mapping[str, Any]
    state: str

    @property
    def interview(self) -> Item:
        """The interview's columns."""
        found: Item = self.record["interview"]
        return found

    @cached_property
    def index_of(self) -> Mapping[str, int]:
        """The place of each turn, by id."""
        return {turn["id"]: index for index, turn in enumerate(self.record["turns"])}

    def turn(self, turn_id: str) -> Item:
        """Return a turn.

        Raises:
            NotFoundError: the interview has none with this id.
        """
        if turn_id not in self.index_of:
            raise NotFoundError("turn", turn_id)
        found: Item = self.record["turns"][self.index_of[turn_id]]
        return found

    def following(self, turn_id: str) -> Item | None:
        """Return the turn after one; None after the last one."""
        index = self.index_of[turn_id] + 1
        return self.record["turns"][index] if index < len(self.record["turns"]) else None

    @cached_property
    def questions(self) -> Mapping[str, tuple[list[str], list[str]]]:
        """The turns of each question and of its answers, in the order of the questions."""
        found: dict[str, tuple[list[str], list[str]]] = {}
        for turn in self.record["turns"]:
            if turn["question_id"] is not None:
                asked, answered = found.setdefault(turn["question_id"], ([], []))
                (asked if turn["answer_id"] is None else answered).append(turn["id"])
        return found

    def question(self, question_id: str) -> tuple[list[str], list[str]]:
        """Return the turns of a question and of its answers.

        Raises:
            NotFoundError: the interview has none with this id.
        """
        if question_id not in self.questions:
            raise NotFoundError("question", question_id)
        return self.questions[question_id]

    def short(self, question_id: str) -> str:
        """Return the words of a question that ask."""
        text = PARAGRAPH.join(self.turn(one)["text"] for one in self.questions[question_id][0])
        return asking(text, self.interview["language"]).short_text or " ".join(text.split())

    def nearby(self, turn_id: str) -> list[tuple[int, str]]:
        """Return the questions around a turn: the number and the id of each, from 1."""
        ids = list(self.questions)
        place = self.index_of[turn_id]
        before = sum(self.index_of[self.questions[one][0][0]] < place for one in ids)
        first = max(0, before - _NEARBY)
        return [(number, one) for number, one in enumerate(ids, start=1) if first < number <= before + _NEARBY]


def read_at_work(connection: sa.Connection, name: str, *, held: bool = False) -> AtWork:
    """Read an interview, given by slug or id, with what is stated of it; `held` says whether interviews that are held
    back are found.

    Raises:
        NotFoundError, MovedError, GoneError: no interview has this name now.
    """
    stated = find_stated(connection, name, held=held)
    newest = stated.version(None)
    document, _unfit = stated.by_ids(newest.document)
    if stated.held_until is None:
        record = interviews.find_record(connection, stated.id)
        return AtWork(record, stated, document, _state(record["revision"], newest.version))
    _interview, record = find_held_record(connection, stated.id)
    # It has one revision, whatever is done with it.
    content = hashlib.sha256(json.dumps(record, sort_keys=True, default=str).encode()).hexdigest()
    return AtWork(record, stated, document, _state(content[:16], newest.version))


def columns_of(connection: sa.Connection, at_work: AtWork) -> Item:
    """Return all that is known of an interview by itself."""
    if at_work.stated.held_until is None:
        return interviews.find_interview(connection, at_work.stated.id)
    return find_held_record(connection, at_work.stated.id)[0]


def _state(revision: int | str, version: int) -> str:
    return f"{revision}.{version}"


def refuse_stale(at_work: AtWork, made_from: str) -> None:
    """Refuse a form that was made from another state of the interview.

    Raises:
        StaleError: it was.
    """
    if made_from != at_work.state:
        raise StaleError


def changes_since(connection: sa.Connection, at_work: AtWork, state: str) -> list[Any]:
    """List what was done with an interview since a state of it, the newest first: who, when and why each time."""
    revision, _, version = state.partition(".")
    versions = [one for one in at_work.stated.versions if version.isdigit() and one.version > int(version)]
    if versions:
        return versions[::-1]
    columns: tuple[Any, ...] = (col(Revision.made_at), col(Revision.made_by), col(Revision.reason))
    made = sa.select(*columns).where(col(Revision.interview_id) == at_work.stated.id)
    return list(connection.execute(made.order_by(col(Revision.number).desc()).limit(1))) if revision else []


@dataclass(frozen=True)
class ShownGroup:
    """Turns that stand together on a page: those of a question and of its answers, or one that is of none."""

    question: str | None
    number: int
    # Whether its first turn is on this page.
    begins: bool
    turns: Sequence[Item]


def groups_on_page(at_work: AtWork, number: int) -> list[ShownGroup]:
    """Group the turns of a page, from 1."""
    numbers = {question: place for place, question in enumerate(at_work.questions, start=1)}
    writer = WRITERS[at_work.record["text_format"]]
    people = {person["slug"]: person for person in at_work.record["people"]}
    stated = _stated_turns(at_work.document)
    first = (number - 1) * TURNS_ON_A_PAGE
    groups: list[tuple[str | None, list[Item]]] = []
    for turn in at_work.record["turns"][first : first + TURNS_ON_A_PAGE]:
        if not groups or turn["question_id"] is None or groups[-1][0] != turn["question_id"]:
            groups.append((turn["question_id"], []))
        groups[-1][1].append(
            {
                **turn,
                "number": at_work.index_of[turn["id"]] + 1,
                "html": writer(turn["text"]),
                "who": people.get(turn["speaker"]),
                "is_stated": turn["id"] in stated,
            }
        )
    return [
        ShownGroup(
            question,
            numbers[question] if question else 0,
            question is not None and at_work.questions[question][0][0] == turns[0]["id"],
            turns,
        )
        for question, turns in groups
    ]


def _stated_turns(document: Mapping[str, Any]) -> set[str]:
    """Return the turns of which something is stated."""
    found = {table["turn"] for table in document.get("turns", ()) if "turn" in table}
    for table in document.get("exchanges", ()):
        found.update(one for key in ("question", "answers") for one in table.get(key) or () if isinstance(one, str))
    return found


def topics_of(connection: sa.Connection, at_work: AtWork, question_ids: Sequence[str]) -> Mapping[str, list[Item]]:
    """Return the topics of questions as they are now, in every state, by label."""
    if at_work.stated.held_until is None:
        return topics_on(connection, question_ids, list(TopicState))
    return topics_on_held(connection, at_work.stated.id)


def topics_of_turn(connection: sa.Connection, at_work: AtWork, turn_id: str) -> Sequence[Item]:
    """List the topics, in every state, of the question that a turn asks; none where it asks none."""
    turn = at_work.turn(turn_id)
    if turn["question_id"] is None or turn["answer_id"] is not None:
        return ()
    return topics_of(connection, at_work, [turn["question_id"]]).get(turn["question_id"], ())
