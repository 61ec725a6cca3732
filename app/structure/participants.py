"""Those who take part in an interview, and how their roles are known. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A speaker's participant in one interview."""

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


@dataclass
class Participant:
    """One person in an interview. `name` is None for somebody whom the source does not name.

    `attribution` says how the name is known, `role_attribution` how the role is known.
    """

    name: str | None
    labels: list[str]
    role: Role = Role.UNKNOWN
    attribution: Attribution = Attribution.UNKNOWN
    role_attribution: Attribution = Attribution.UNKNOWN
    affiliation: str | None = None
    aliases: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    # What an inferred role rests on, in words.
    role_evidence: str | None = None


@dataclass(frozen=True)
class RolesBefore:
    """The roles of people, by label or name, when words were there that are redacted now: those that were stated, and
    those that were inferred or not known.
    """

    stated: Mapping[str, str]
    others: Mapping[str, str]


def roles_of(participants: Sequence[Participant]) -> RolesBefore:
    """Return the roles that people have, by label; by name where they have none."""
    stated: dict[str, str] = {}
    others: dict[str, str] = {}
    for one in participants:
        of = stated if one.role_attribution is Attribution.STATED else others
        of.update(dict.fromkeys(one.labels or [one.name or ""], one.role.value))
    return RolesBefore(stated, others)


def roles_as_before(participants: Sequence[Participant], before: RolesBefore) -> frozenset[int]:
    """Give people the roles that they had, if the same ones are stated; return who is settled by that."""
    if roles_of(participants).stated != before.stated:
        return frozenset()
    settled = set()
    for index, one in enumerate(participants):
        role = next((before.others[key] for key in (*one.labels, one.name or "") if key in before.others), None)
        if role is not None:
            settled.add(index)
            if role != Role.UNKNOWN:
                infer([one], Role(role), "inferred before words were redacted")
    return frozenset(settled)


def infer(participants: Iterable[Participant], role: Role, evidence: str) -> None:
    """Give people whose role is not known one that is inferred."""
    for participant in participants:
        if participant.role is Role.UNKNOWN:
            participant.role, participant.role_attribution = role, Attribution.INFERRED
            participant.role_evidence = evidence
