from app.structure.pairing import Attribution, Role, Structure, pair
from app.transcripts.transcript import Metadata, Segment, SpeakerStatement, Turn, TurnKind


def _turn(label: str | None, text: str = "Something was said.", **more: object) -> Turn:
    return Turn(text, (Segment(0, len(text), 0, len(text)),), label=label, **more)  # type: ignore[arg-type]  # each test gives the fields that it is about


def _shape(structure: Structure) -> list[tuple[list[int], list[list[int]]]]:
    return [(one.question_turns, [answer.turns for answer in one.answers]) for one in structure.exchanges]


def test_labels_that_say_a_role_make_questions_and_answers() -> None:
    structure = pair([_turn("Q"), _turn("Ans"), _turn("Q"), _turn("Ans")], Metadata())
    assert _shape(structure) == [([0], [[1]]), ([2], [[3]])]
    assert structure.kinds == [TurnKind.QUESTION, TurnKind.ANSWER] * 2


def test_role_label_names_nobody() -> None:
    part = pair([_turn("Q"), _turn("A")], Metadata()).participants[1]
    assert (part.name, part.attribution) == (None, Attribution.UNKNOWN)
    assert (part.role, part.role_attribution) == (Role.INTERVIEWEE, Attribution.STATED)


def test_name_without_a_stated_role_stays_a_statement() -> None:
    structure = pair([_turn("Ines Moraes"), _turn("Tomas Weil")], Metadata())
    assert structure.exchanges == []
    assert structure.kinds == [TurnKind.STATEMENT, TurnKind.STATEMENT]
    assert [part.name for part in structure.participants] == ["Ines Moraes", "Tomas Weil"]
    assert {part.role for part in structure.participants} == {Role.UNKNOWN}


def test_metadata_gives_roles_to_names() -> None:
    metadata = Metadata(
        speakers=(
            SpeakerStatement(name="Ines Moraes", role="interviewer", labels=("IM",)),
            SpeakerStatement(name="Tomas Weil", role="interviewee", labels=("TW", "Weil")),
        )
    )
    structure = pair([_turn("IM"), _turn("TW"), _turn("Weil")], metadata)
    assert _shape(structure) == [([0], [[1, 2]])]
    assert [part.labels for part in structure.participants] == [["IM"], ["TW", "Weil"]]
    assert structure.participants[0].attribution is Attribution.STATED


def test_consecutive_questions_are_one_question() -> None:
    assert _shape(pair([_turn("Q"), _turn("Q"), _turn("A")], Metadata())) == [([0, 1], [[2]])]


def test_question_may_stay_without_answer() -> None:
    assert _shape(pair([_turn("Q"), _turn("A"), _turn("Q")], Metadata())) == [([0], [[1]]), ([2], [])]


def test_two_people_give_two_answers() -> None:
    turns = [_turn("Q"), _turn("A1"), _turn("A2"), _turn("A1")]
    assert _shape(pair(turns, Metadata())) == [([0], [[1], [2], [3]])]


def test_answer_before_any_question_is_kept_as_a_statement() -> None:
    structure = pair([_turn("A"), _turn("Q"), _turn("A")], Metadata())
    assert structure.kinds[0] is TurnKind.STATEMENT
    assert _shape(structure) == [([1], [[2]])]
    assert structure.participant_of == [0, 1, 0]


def test_note_between_question_and_answer_belongs_to_neither() -> None:
    structure = pair([_turn("Q"), _turn(None, "(laughter)", kind=TurnKind.NOTE), _turn("A")], Metadata())
    assert _shape(structure) == [([0], [[2]])]
    assert structure.kinds[1] is TurnKind.NOTE
    assert structure.participant_of[1] is None


def test_moderator_and_audience_ask_too() -> None:
    metadata = Metadata(
        speakers=(
            SpeakerStatement(role="moderator", labels=("Chair",)),
            SpeakerStatement(role="audience", labels=("Voice",)),
            SpeakerStatement(role="interviewee", labels=("Guest",)),
        )
    )
    structure = pair([_turn("Chair"), _turn("Guest"), _turn("Voice"), _turn("Guest")], metadata)
    assert [one.asked_by for one in structure.exchanges] == [0, 2]


def test_turn_without_a_label_belongs_to_nobody() -> None:
    structure = pair([_turn(None), _turn("Q"), _turn("A")], Metadata())
    assert structure.participant_of[0] is None
    assert structure.kinds[0] is TurnKind.STATEMENT


def test_every_turn_gets_a_kind() -> None:
    turns = [_turn(label) for label in ("A", None, "Q", "Someone Else", "A", None)]
    structure = pair(turns, Metadata())
    assert len(structure.kinds) == len(structure.participant_of) == len(turns)


def test_metadata_that_gives_a_label_only_a_role_leaves_it_its_name() -> None:
    metadata = Metadata(speakers=(SpeakerStatement(role="interviewer", labels=("Ines Moraes",)),))
    part = pair([_turn("Ines Moraes")], metadata).participants[0]
    assert (part.name, part.role) == ("Ines Moraes", Role.INTERVIEWER)


def test_diarised_speaker_called_a_is_no_answer() -> None:
    structure = pair([_turn("A"), _turn("B"), _turn("A")], Metadata())
    assert [part.name for part in structure.participants] == ["A", "B"]
    assert structure.exchanges == []


def test_manner_of_speaking_tells_who_interviews() -> None:
    talk = [
        _turn("Ana Reis", "Welcome to the show. How did you come to bees?"),
        _turn(
            "Bo Lind", "Thanks for having me. My father kept forty hives behind the mill, and I was always there. " * 3
        ),
        _turn("Ana Reis", "What do they need in winter?"),
        _turn("Bo Lind", "Quiet, food, and a roof that does not drip. They do the rest themselves. " * 4),
        _turn("Ana Reis", "And what do they get?"),
        _turn("Bo Lind", "Mostly visitors. I try to keep them away until the willows are in flower. " * 4),
    ]
    structure = pair(talk, Metadata())
    assert _shape(structure) == [([0], [[1]]), ([2], [[3]]), ([4], [[5]])]
    assert {part.role_attribution for part in structure.participants} == {Attribution.INFERRED}


def test_people_who_talk_alike_stay_without_roles() -> None:
    talk = [_turn(name, f"I see it the same way, number {number}.") for number in range(6) for name in ("Ana", "Bo")]
    assert pair(talk, Metadata()).exchanges == []
