"""Turns into structure: who took part in which role, which turns are a question, which answer it.

Pure. The record is not touched: structure refers to turns by their index. Roles come from metadata first, then from
labels that say a role by themselves; where neither says, they stay unknown and the turns stay statements.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.transcripts.transcript import Metadata, SpeakerStatement, Turn, TurnKind


class Role(StrEnum):
    """A speaker's part in one interview."""

    INTERVIEWER = "interviewer"
    INTERVIEWEE = "interviewee"
    MODERATOR = "moderator"
    AUDIENCE = "audience"
    INTERPRETER = "interpreter"
    UNKNOWN = "unknown"


class Attribution(StrEnum):
    """How something is known: the source says it, Quoth concluded it, or it is not known."""

    STATED = "stated"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


ASKING = frozenset({Role.INTERVIEWER, Role.MODERATOR, Role.AUDIENCE})

_ROLE_LABELS = (
    (re.compile(r"(?:follow-?up )?q(?:uestion)?(?: ?\d{1,3})?|interviewer", re.IGNORECASE), Role.INTERVIEWER),
    (re.compile(r"a(?:ns(?:wer)?)?(?: ?\d{1,3})?|interviewee", re.IGNORECASE), Role.INTERVIEWEE),
)


@dataclass
class Part:
    """One person's part. `name` is None for somebody whom the source does not name.

    `attribution` says how it is known who this is, `role_attribution` how the role is known.
    """

    name: str | None
    labels: list[str]
    role: Role = Role.UNKNOWN
    attribution: Attribution = Attribution.UNKNOWN
    role_attribution: Attribution = Attribution.UNKNOWN
    affiliation: str | None = None
    aliases: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()


@dataclass
class Answer:
    """One speaker's answer: indexes of its turns, and of the part (None for a turn without a label)."""

    part: int | None
    turns: list[int]


@dataclass
class Exchange:
    """A question and its answers. `asked_by` is the part of the first question turn."""

    asked_by: int | None
    question_turns: list[int]
    answers: list[Answer] = field(default_factory=list)


@dataclass
class Structure:
    """How a transcript is read. `part_of` and `kinds` run parallel to the turns."""

    parts: list[Part]
    part_of: list[int | None]
    kinds: list[TurnKind]
    exchanges: list[Exchange]


def pair(turns: Sequence[Turn], metadata: Metadata) -> Structure:
    """Find parts, roles, questions and answers. Every turn gets a kind; none is moved or changed."""
    parts, part_of = _parts(turns, metadata)
    for part in parts:
        _state_role(part)
    roles = [Role.UNKNOWN if index is None else parts[index].role for index in part_of]
    exchanges = _exchanges(turns, part_of, roles)
    kinds = [turn.kind if turn.kind in {TurnKind.NOTE, TurnKind.HEADING} else TurnKind.STATEMENT for turn in turns]
    for exchange in exchanges:
        for index in exchange.question_turns:
            kinds[index] = TurnKind.QUESTION
        for answer in exchange.answers:
            for index in answer.turns:
                kinds[index] = TurnKind.ANSWER
    return Structure(parts, part_of, kinds, exchanges)


def _parts(turns: Sequence[Turn], metadata: Metadata) -> tuple[list[Part], list[int | None]]:
    """Make one part a person, from what metadata states of a label, the name a format states, or the label alone."""
    stated = {label: index for index, speaker in enumerate(metadata.speakers) for label in speaker.labels}
    by_key: dict[tuple[str, str | int], int] = {}
    parts: list[Part] = []
    part_of: list[int | None] = []
    for turn in turns:
        who = turn.speaker or turn.label
        if who is None or turn.kind in {TurnKind.NOTE, TurnKind.HEADING}:
            part_of.append(None)
            continue
        statement = stated.get(turn.label or who, stated.get(who))
        key = ("stated", statement) if statement is not None else ("said", who)
        if key not in by_key:
            by_key[key] = len(parts)
            parts.append(_part(who, metadata.speakers[statement] if statement is not None else None))
        part = parts[by_key[key]]
        if turn.label and turn.label not in part.labels:
            part.labels.append(turn.label)
        part_of.append(by_key[key])
    return parts, part_of


def _part(who: str, statement: SpeakerStatement | None) -> Part:
    if statement is not None:
        part = Part(
            statement.name,
            [],
            affiliation=statement.affiliation,
            aliases=statement.aliases,
            same_as=statement.same_as,
        )
        if statement.role is not None:
            part.role, part.role_attribution = Role(statement.role), Attribution.STATED
    else:
        part = Part(None if _role_of(who) else who, [])
    part.attribution = Attribution.STATED if part.name else Attribution.UNKNOWN
    return part


def _state_role(part: Part) -> None:
    if part.role_attribution is Attribution.STATED:
        return
    for label in part.labels:
        if role := _role_of(label):
            part.role, part.role_attribution = role, Attribution.STATED
            return


def _role_of(label: str) -> Role | None:
    return next((role for pattern, role in _ROLE_LABELS if pattern.fullmatch(label)), None)


def _exchanges(turns: Sequence[Turn], part_of: Sequence[int | None], roles: Sequence[Role]) -> list[Exchange]:
    """Group consecutive questions, then the answers up to the next question. What precedes is a statement."""
    exchanges: list[Exchange] = []
    for index, turn in enumerate(turns):
        if turn.kind in {TurnKind.NOTE, TurnKind.HEADING}:
            continue
        asks = turn.kind is TurnKind.QUESTION or (turn.kind is None and roles[index] in ASKING)
        answers = turn.kind is TurnKind.ANSWER or (turn.kind is None and roles[index] is Role.INTERVIEWEE)
        if asks:
            if exchanges and not exchanges[-1].answers:
                exchanges[-1].question_turns.append(index)
            else:
                exchanges.append(Exchange(part_of[index], [index]))
        elif answers and exchanges:
            given = exchanges[-1].answers
            if given and given[-1].part == part_of[index]:
                given[-1].turns.append(index)
            else:
                given.append(Answer(part_of[index], [index]))
    return exchanges
