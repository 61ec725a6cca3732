"""Pairs questions with answers: who took part in which role, which turns are a question, which turns answer it.

Pure. Turns are not changed: the structure refers to them by index. Roles are stated by metadata or by labels such as
`Interviewer`; others are inferred from who else takes part and from how people speak. What cannot be inferred stays
unknown, and the turns stay statements: a panel is not an interview.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.structure.participants import (
    ASKING,
    Attribution,
    Participant,
    Role,
    RolesBefore,
    infer,
    roles_as_before,
)
from app.structure.roles import Clues, SeriesHosts, also_asking, complete, decide, nobody_known
from app.structure.speaking_style import Run
from app.text.folding import fold
from app.transcripts.label_forms import role_in
from app.transcripts.labels import (
    initials_of,
    is_answer_label,
    is_person,
    is_question_label,
    label_key,
    names_nobody,
    stated_role,
)
from app.transcripts.marks import mark_roles
from app.transcripts.transcript import Metadata, SpeakerStatement, Turn, TurnKind

__all__ = [
    "ASKING",
    "Answer",
    "Attribution",
    "EditedTurns",
    "Exchange",
    "Participant",
    "Role",
    "RolesBefore",
    "Structure",
    "pair",
    "with_exchanges",
]


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
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class EditedTurns:
    """What an editor states of turns, by index: who speaks, None for nobody; whether it asks, answers or does neither.

    Who speaks is a label or a name of the transcript, or another name.
    """

    speaker_of: Mapping[int, str | None] = field(default_factory=dict)
    kind_of: Mapping[int, TurnKind] = field(default_factory=dict)


_UNEDITED = EditedTurns()


def pair(
    turns: Sequence[Turn],
    metadata: Metadata,
    series_hosts: SeriesHosts = nobody_known,
    edited: EditedTurns = _UNEDITED,
    before: RolesBefore | None = None,
) -> Structure:
    """Find participants, roles, questions and answers, and give every turn a kind.

    `series_hosts` returns the folded names of people who interview elsewhere in the same series. It is called only
    where the transcript by itself does not make it clear who asks. As long as the same roles are stated as `before`
    words were redacted, the others are what they were, too.
    """
    marks = mark_roles(turns, [one.name for one in metadata.speakers if one.name])
    role_of = _roles_stated_by(turns) | {label: Role(role) for label, role in marks.items()}
    participants, participant_of = _participants(turns, metadata, role_of, marks, edited.speaker_of)
    for participant in participants:
        _state_role(participant, role_of)
    settled = roles_as_before(participants, before) if before else frozenset()
    _infer_roles(turns, participants, participant_of, metadata, series_hosts, settled)
    roles = [Role.UNKNOWN if index is None else participants[index].role for index in participant_of]
    stated_kinds = [edited.kind_of.get(index, turn.kind) for index, turn in enumerate(turns)]
    exchanges = _exchanges(stated_kinds, participant_of, roles)
    silent = [kind if kind in _SILENT else TurnKind.STATEMENT for kind in stated_kinds]
    return Structure(participants, participant_of, with_exchanges(silent, exchanges), exchanges)


def with_exchanges(kinds: Sequence[TurnKind], exchanges: Iterable[Exchange]) -> list[TurnKind]:
    """Return the kinds of turns that are questions and answers of these exchanges; of the others, as they are."""
    marked = list(kinds)
    for exchange in exchanges:
        for index in exchange.question_turns:
            marked[index] = TurnKind.QUESTION
        for answer in exchange.answers:
            for index in answer.turns:
                marked[index] = TurnKind.ANSWER
    return marked


def _roles_stated_by(turns: Sequence[Turn]) -> dict[str, Role]:
    """Return the role of labels that state one.

    `A` is an answer only where a label asks, else a speaker called A; `MC` is no moderator where it is Max Corvin.
    """
    speakers = {turn.label: turn.speaker for turn in turns if turn.label}
    asked = any(is_question_label(label) for label in speakers)
    stated = {
        label: role
        for label, name in speakers.items()
        if (role := role_in(label)) and not (name and len(label) > 1 and label_key(label) in initials_of(name))
    }
    return {label: Role(role) for label, role in stated.items() if asked or len(label.strip(" .")) > 1}


def _participants(
    turns: Sequence[Turn],
    metadata: Metadata,
    role_of: Mapping[str, Role],
    marks: Collection[str],
    speaker_of: Mapping[int, str | None],
) -> tuple[list[Participant], list[int | None]]:
    """Make one participant for each person that metadata, an editor, the format or a label alone tells apart.

    A question or answer that the format marks, without a label, gets a participant without a name.
    """
    stated = {label: index for index, speaker in enumerate(metadata.speakers) for label in speaker.labels}
    stated_names = {fold(speaker.name): index for index, speaker in enumerate(metadata.speakers) if speaker.name}
    numbered = any(turn.label and turn.label[-1].isdigit() and is_question_label(turn.label) for turn in turns)
    by_key: dict[tuple[str, str | int], int] = {}
    participants: list[Participant] = []
    participant_of: list[int | None] = []
    for index, turn in enumerate(_as_edited(turns, speaker_of)):
        who = turn.speaker or turn.label
        is_nobodys = who is None and index in speaker_of
        if (
            is_nobodys
            or turn.kind in _SILENT
            or (who is None and turn.kind is None)
            or (turn.label and not is_person(turn.label))
        ):
            participant_of.append(None)
            continue
        statement = None if who is None else stated.get(turn.label or who, stated.get(who, stated_names.get(fold(who))))
        key = _key(turn, who, statement, role_of, numbered=numbered)
        if key not in by_key:
            by_key[key] = len(participants)
            is_mark = turn.speaker is None and who in marks
            is_unnamed = who is None or is_mark or (names_nobody(who) and (who in role_of or not stated_role(who)))
            participants.append(
                _participant(
                    None if is_unnamed else who, metadata.speakers[statement] if statement is not None else None
                )
            )
        participant = participants[by_key[key]]
        if turn.label and turn.label not in participant.labels:
            participant.labels.append(turn.label)
        participant_of.append(by_key[key])
    return participants, participant_of


def _as_edited(turns: Sequence[Turn], speaker_of: Mapping[int, str | None]) -> Sequence[Turn]:
    """Give turns the label or, where it is no label of the transcript, the name that an editor states of them."""
    if not speaker_of:
        return turns
    behind: dict[str | None, str | None] = {turn.label: turn.speaker for turn in turns if turn.label}

    def edited(turn: Turn, who: str | None) -> Turn:
        return replace(turn, label=who if who in behind else None, speaker=behind.get(who, who))

    return [edited(turn, speaker_of[index]) if index in speaker_of else turn for index, turn in enumerate(turns)]


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


def _infer_roles(
    turns: Sequence[Turn],
    participants: Sequence[Participant],
    participant_of: Sequence[int | None],
    metadata: Metadata,
    series_hosts: SeriesHosts,
    settled: Collection[int],
) -> None:
    """Infer the roles that are not stated, from the surest sign to the least sure. Who is settled stays so."""
    for turn, index in zip(turns, participant_of, strict=True):
        if index is not None and index not in settled and turn.kind in {TurnKind.QUESTION, TurnKind.ANSWER}:
            role = Role.INTERVIEWER if turn.kind is TurnKind.QUESTION else Role.INTERVIEWEE
            infer([participants[index]], role, f"the file marks what is {_ARTICLE[turn.kind]}")
    if all(one.role is not Role.UNKNOWN or index in settled for index, one in enumerate(participants)):
        return
    person_of = _people(participants)
    for index, person in enumerate(person_of):
        if person != index and participants[person].role is not Role.UNKNOWN and index not in settled:
            infer([participants[index]], participants[person].role, f"{participants[person].name} is the same person")
    unknown = {index for index in person_of if participants[index].role is Role.UNKNOWN and index not in settled}
    runs = _runs(turns, [None if index is None else person_of[index] for index in participant_of])
    asking = _of_role(participants, {Role.INTERVIEWER, Role.MODERATOR})
    answering = _of_role(participants, {Role.INTERVIEWEE})
    if asking or answering:
        decision = complete(runs, asking, answering, unknown, metadata.language)
    else:
        decision = decide(runs, unknown, _clues(participants, metadata, series_hosts))
        audience = _of_role(participants, {Role.AUDIENCE})
        if audience and not decision.asking:
            decision = complete(runs, audience, answering, unknown, metadata.language)
    answering = answering | decision.answering
    decision = also_asking(decision, runs, answering, unknown, metadata.language)
    for people, role in ((decision.asking, Role.INTERVIEWER), (decision.answering, Role.INTERVIEWEE)):
        for participant, person in zip(participants, person_of, strict=True):
            if person in people:
                infer([participant], role, decision.evidence[person])


_ARTICLE = {TurnKind.QUESTION: "a question", TurnKind.ANSWER: "an answer"}


def _of_role(participants: Sequence[Participant], roles: Collection[Role]) -> set[int]:
    return {index for index, participant in enumerate(participants) if participant.role in roles}


def _people(participants: Sequence[Participant]) -> list[int]:
    """Return whom to take each participant for when roles are judged: `Dan` for the only `Dan Ott` of the file.

    Where a format keeps their labels apart, they stay two speakers with one role.
    """
    full: dict[str, list[int]] = {}
    for index, participant in enumerate(participants):
        words = fold(participant.name or "").split()
        for word in {words[0], words[-1]} if len(words) > 1 else ():
            full.setdefault(word, []).append(index)
    person_of = list(range(len(participants)))
    for index, participant in enumerate(participants):
        meant = full.get(fold(participant.name or ""), [])
        if len(meant) == 1:
            person_of[index] = meant[0]
    return person_of


def _runs(turns: Sequence[Turn], person_of: Sequence[int | None]) -> list[Run]:
    """Join what one person says until somebody else speaks; notes and headings interrupt nobody."""
    runs: list[Run] = []
    texts: list[str] = []
    before: int | None = None
    for turn, person in zip(turns, person_of, strict=True):
        if turn.kind in _SILENT:
            continue
        if person != before and before is not None:
            runs.append(Run(before, tuple(texts)))
            texts = []
        before = person
        if person is not None:
            texts.append(turn.text)
    return runs if before is None else [*runs, Run(before, tuple(texts))]


def _clues(participants: Sequence[Participant], metadata: Metadata, series_hosts: SeriesHosts) -> Clues:
    names = {index: fold(participant.name) for index, participant in enumerate(participants) if participant.name}
    listed = {fold(one.name) for one in metadata.speakers if one.name}
    title = f" {' '.join(_WORD.findall(fold(metadata.title or '')))} "
    return Clues(
        names,
        listed=frozenset(index for index, name in names.items() if name in listed),
        in_title=frozenset(index for index, name in names.items() if " " in name and f" {name} " in title),
        language=metadata.language,
        series=metadata.series,
        series_hosts=series_hosts,
    )


def _exchanges(
    kinds: Sequence[TurnKind | None], participant_of: Sequence[int | None], roles: Sequence[Role]
) -> list[Exchange]:
    """Group consecutive question turns, each group with the answers up to the next. Turns before the first are none.

    `kinds` are those that the format or an editor states.
    """
    exchanges: list[Exchange] = []
    for index, kind in enumerate(kinds):
        if kind in _SILENT:
            continue
        asks = kind is TurnKind.QUESTION or (kind is None and roles[index] in ASKING)
        answers = kind is TurnKind.ANSWER or (kind is None and roles[index] is Role.INTERVIEWEE)
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
