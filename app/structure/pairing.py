"""Pairs questions with answers: who took part in which role, which turns are a question, which turns answer it.

Pure. Turns are not changed: the structure refers to them by index. Roles are stated by metadata or by labels such as
`Interviewer`; others are inferred from who else takes part and from how people speak. What cannot be inferred stays
unknown, and the turns stay statements: a panel is not an interview.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.structure.speaking_style import SpeakingStyle, speaking_styles, split_by_role
from app.text.folding import fold
from app.transcripts.labels import is_answer_label, is_person, is_question_label, stated_role
from app.transcripts.transcript import Metadata, SpeakerStatement, Turn, TurnKind


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


@dataclass
class Answer:
    """One participant's answer, by index of the participant (None for turns without a label) and of its turns."""

    participant: int | None
    turns: list[int]


@dataclass
class Exchange:
    """A question and its answers. `asked_by` is the index of the participant of the first question turn."""

    asked_by: int | None
    question_turns: list[int]
    answers: list[Answer] = field(default_factory=list)


@dataclass
class Structure:
    """Participants, questions and answers of a transcript.

    `participant_of` (an index, or None) and `kinds` run parallel to the turns.
    """

    participants: list[Participant]
    participant_of: list[int | None]
    kinds: list[TurnKind]
    exchanges: list[Exchange]


_SILENT = frozenset({TurnKind.NOTE, TurnKind.HEADING})


def pair(turns: Sequence[Turn], metadata: Metadata, known_hosts: Collection[str] = ()) -> Structure:
    """Find participants, roles, questions and answers, and give every turn a kind.

    `known_hosts` are the folded names of people who interview elsewhere in the same series.
    """
    role_of = _roles_stated_by({turn.label for turn in turns if turn.label})
    participants, participant_of = _participants(turns, metadata, role_of)
    for participant in participants:
        _state_role(participant, role_of)
    _infer_roles(turns, participants, participant_of, metadata, known_hosts)
    roles = [Role.UNKNOWN if index is None else participants[index].role for index in participant_of]
    exchanges = _exchanges(turns, participant_of, roles)
    kinds = [turn.kind if turn.kind in _SILENT else TurnKind.STATEMENT for turn in turns]
    for exchange in exchanges:
        for index in exchange.question_turns:
            kinds[index] = TurnKind.QUESTION
        for answer in exchange.answers:
            for index in answer.turns:
                kinds[index] = TurnKind.ANSWER
    return Structure(participants, participant_of, kinds, exchanges)


def recurring_hosts(structures: Iterable[Structure]) -> set[str]:
    """Return the folded names of people who interview in two or more transcripts, and in most of those with a role."""
    asks: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for structure in structures:
        for participant in structure.participants:
            if participant.name and participant.role is not Role.UNKNOWN:
                seen[fold(participant.name)] += 1
                asks[fold(participant.name)] += participant.role in ASKING
    return {name for name, count in asks.items() if count > 1 and count * 2 > seen[name]}


def _roles_stated_by(labels: Collection[str]) -> dict[str, Role]:
    """Return the role of labels that state one. `A` is an answer only where a label asks, else a speaker called A."""
    asked = any(is_question_label(label) for label in labels)
    stated = {label: role for label in labels if (role := stated_role(label))}
    return {label: Role(role) for label, role in stated.items() if asked or len(label.strip(" .")) > 1}


def _participants(
    turns: Sequence[Turn], metadata: Metadata, role_of: Mapping[str, Role]
) -> tuple[list[Participant], list[int | None]]:
    """Make one participant for each person that metadata, the format or a label alone tells apart.

    A question or answer that the format marks, without a label, gets a participant without a name.
    """
    stated = {label: index for index, speaker in enumerate(metadata.speakers) for label in speaker.labels}
    stated_names = {fold(speaker.name): index for index, speaker in enumerate(metadata.speakers) if speaker.name}
    numbered = any(turn.label and turn.label[-1].isdigit() and is_question_label(turn.label) for turn in turns)
    by_key: dict[tuple[str, str | int], int] = {}
    participants: list[Participant] = []
    participant_of: list[int | None] = []
    for turn in turns:
        who = turn.speaker or turn.label
        if turn.kind in _SILENT or (who is None and turn.kind is None) or (turn.label and not is_person(turn.label)):
            participant_of.append(None)
            continue
        statement = None if who is None else stated.get(turn.label or who, stated.get(who, stated_names.get(fold(who))))
        key = _key(turn, who, statement, role_of, numbered=numbered)
        if key not in by_key:
            by_key[key] = len(participants)
            is_role = who is None or (turn.speaker is None and who in role_of)
            participants.append(
                _participant(None if is_role else who, metadata.speakers[statement] if statement is not None else None)
            )
        participant = participants[by_key[key]]
        if turn.label and turn.label not in participant.labels:
            participant.labels.append(turn.label)
        participant_of.append(by_key[key])
    return participants, participant_of


def _key(
    turn: Turn, who: str | None, statement: int | None, role_of: Mapping[str, Role], *, numbered: bool
) -> tuple[str, str | int]:
    if statement is not None:
        return ("stated", statement)
    if who is None:
        return ("nobody", str(turn.kind))
    if turn.speaker or who not in role_of:
        return ("said", fold(who))
    # `Q1` and `Q2` count questions; then `A1` and `A2` do too. `Interviewer 1` and `Interviewer 2` are two people.
    counts = numbered and (is_question_label(who) or is_answer_label(who))
    return ("said", fold(who).rstrip("0123456789 #.") if counts else fold(who))


def _participant(name: str | None, statement: SpeakerStatement | None) -> Participant:
    if statement is not None:
        participant = Participant(
            statement.name or name,
            [],
            affiliation=statement.affiliation,
            aliases=statement.aliases,
            same_as=statement.same_as,
        )
        if statement.role is not None:
            participant.role, participant.role_attribution = Role(statement.role), Attribution.STATED
    else:
        participant = Participant(name, [])
    participant.attribution = Attribution.STATED if participant.name else Attribution.UNKNOWN
    return participant


def _state_role(participant: Participant, role_of: Mapping[str, Role]) -> None:
    if participant.role_attribution is Attribution.STATED:
        return
    for label in participant.labels:
        if role := role_of.get(label):
            participant.role, participant.role_attribution = role, Attribution.STATED
            return


def _infer(participants: Iterable[Participant], role: Role) -> None:
    for participant in participants:
        if participant.role is Role.UNKNOWN:
            participant.role, participant.role_attribution = role, Attribution.INFERRED


def _infer_roles(
    turns: Sequence[Turn],
    participants: Sequence[Participant],
    participant_of: Sequence[int | None],
    metadata: Metadata,
    known_hosts: Collection[str],
) -> None:
    """Infer the roles that are not stated, from the surest sign to the least sure."""
    for turn, index in zip(turns, participant_of, strict=True):
        if index is not None and turn.kind in {TurnKind.QUESTION, TurnKind.ANSWER}:
            role = Role.INTERVIEWER if turn.kind is TurnKind.QUESTION else Role.INTERVIEWEE
            _infer([participants[index]], role)
    unknown = [participant for participant in participants if participant.role is Role.UNKNOWN]
    if not unknown:
        return
    if any(participant.role in ASKING for participant in participants):
        _infer_answering(turns, participants, participant_of)
        return
    if any(participant.role is Role.INTERVIEWEE for participant in participants):
        _infer(unknown, Role.INTERVIEWER)
        return
    hosts = [participant for participant in unknown if participant.name and fold(participant.name) in known_hosts]
    if hosts and len(hosts) < len(unknown):
        _infer(hosts, Role.INTERVIEWER)
        _infer(unknown, Role.INTERVIEWEE)
        return
    if hosts:
        # Hosts talk among themselves.
        return
    _infer_from_style(turns, participants, participant_of, metadata)


def _infer_answering(
    turns: Sequence[Turn], participants: Sequence[Participant], participant_of: Sequence[int | None]
) -> None:
    """Infer that people answer who mostly speak right after somebody who asks; others stay unknown."""
    spoken: Counter[int] = Counter()
    replies: Counter[int] = Counter()
    asked = False
    for turn, index in zip(turns, participant_of, strict=True):
        if turn.kind in _SILENT or index is None:
            continue
        spoken[index] += 1
        replies[index] += asked
        asked = participants[index].role in ASKING
    _infer((participants[index] for index, count in spoken.items() if replies[index] * 2 >= count), Role.INTERVIEWEE)


def _infer_from_style(
    turns: Sequence[Turn], participants: Sequence[Participant], participant_of: Sequence[int | None], metadata: Metadata
) -> None:
    names = {index: fold(participant.name) for index, participant in enumerate(participants) if participant.name}
    styles = speaking_styles([fold(turn.text) for turn in turns], participant_of, names)
    named = {fold(one.name) for one in metadata.speakers if one.name}
    listed = {
        index for index, participant in enumerate(participants) if participant.name and fold(participant.name) in named
    }
    ask, answer = _split_by_metadata(styles, listed) or split_by_role(styles)
    if not ask or not answer:
        return
    _infer((participants[index] for index in sorted(ask)), Role.INTERVIEWER)
    _infer((participants[index] for index in sorted(answer)), Role.INTERVIEWEE)


def _split_by_metadata(styles: dict[int, SpeakingStyle], listed: set[int]) -> tuple[set[int], set[int]] | None:
    """Return who asks and who answers where metadata lists only the guests: the others have to ask more."""
    others = set(styles) - listed
    if not listed or not others or len(others) > len(styles) / 2:
        return None

    def asks(group: set[int]) -> float:
        return sum(styles[index].ends_asking for index in group) / sum(styles[index].turns for index in group)

    return (others, listed) if asks(others) > asks(listed) else None


def _exchanges(turns: Sequence[Turn], participant_of: Sequence[int | None], roles: Sequence[Role]) -> list[Exchange]:
    """Group consecutive question turns, each group with the answers up to the next. Turns before the first are none."""
    exchanges: list[Exchange] = []
    for index, turn in enumerate(turns):
        if turn.kind in _SILENT:
            continue
        asks = turn.kind is TurnKind.QUESTION or (turn.kind is None and roles[index] in ASKING)
        answers = turn.kind is TurnKind.ANSWER or (turn.kind is None and roles[index] is Role.INTERVIEWEE)
        if asks:
            if exchanges and not exchanges[-1].answers:
                exchanges[-1].question_turns.append(index)
            else:
                exchanges.append(Exchange(participant_of[index], [index]))
        elif answers and exchanges:
            given = exchanges[-1].answers
            if given and given[-1].participant == participant_of[index]:
                given[-1].turns.append(index)
            else:
                given.append(Answer(participant_of[index], [index]))
    return exchanges
