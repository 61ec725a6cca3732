"""Marks of questions and answers are roles in any language, and letters that could be names are not taken for marks."""

import pytest

from app.errors import TranscriptError
from app.structure.pairing import Role, pair
from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import SpeakerStatement, Transcript


def parse(text: str, name: str = "talk.txt") -> Transcript:
    return read(Source(name, text.encode()))


def roles_and_words(text: str) -> list[tuple[str, str]]:
    made = parse(text)
    structure = pair(made.turns, made.metadata)
    assert all(participant.name is None for participant in structure.participants)
    assert len(structure.exchanges) * 2 == len(made.turns)
    return [
        (structure.participants[index].role.value if index is not None else "", turn.text)
        for turn, index in zip(made.turns, structure.participant_of, strict=True)
    ]


@pytest.mark.parametrize(
    ("question", "answer", "asked"),
    [
        ("P.-", "R.-", "¿Quién?"),
        ("P.—", "R.—", "¿Quién?"),
        ("P)", "R)", "Quem?"),
        ("P –", "R –", "Quem?"),
        ("P.:", "R.:", "Qui?"),
        ("D.", "R.", "Chi?"),
        ("Q.", "R.", "Qui ?"),
        ("Î:", "R:", "Cine?"),
        ("F:", "A:", "Wer?"),
        ("F.", "S.", "Vem?"),
        ("V.", "A.", "Wie?"),
        ("P:", "O:", "Kto?"),
        ("Ot.", "Odp.", "Kdo?"),
        ("K:", "V:", "Kuka?"),
        ("S.", "C.", "Kim?"),
        ("В.", "О.", "Кто?"),
        ("П:", "В:", "Хто?"),
        ("Ε.", "Α.", "Ποιος;"),
        ("س:", "ج:", "من؟"),
        ("س -", "ج -", "من؟"),
        ("ש.", "ת.", "מי?"),
        ("प्र.", "उ.", "कौन?"),
        ("H:", "Đ:", "Ai?"),
        ("ถาม", "ตอบ", "ใคร  "),
        ("문.", "답.", "누구?"),
        ("문:", "답:", "누구?"),
        ("[Q]", "[A]", "Who?"),
        ("(Q)", "(A)", "Who?"),
        ("Q", "A", "Who?"),
        ("Q\t", "A\t", "Who?"),
        ("【問】", "【答】", "誰ですか。"),
        ("I:", "B:", "Wer?"),
        ("INT:", "RES:", "Who?"),
        ("پرسش:", "پاسخ:", "که؟"),
        ("Câu hỏi:", "Trả lời:", "Ai?"),
        ("Klausimas:", "Atsakymas:", "Kas?"),
        ("คำถาม:", "คำตอบ:", "ใคร"),
        ("Pyetje:", "Përgjigje:", "Kush?"),
    ],
)
def test_marks_are_roles_and_nobodys_names(question: str, answer: str, asked: str) -> None:
    gap = "  " if question == "ถาม" else " "
    lines = [f"{question}{gap}{asked}", f"{answer}{gap}Tia.", f"{question}{gap}{asked}", f"{answer}{gap}Ona."]
    expected = [
        ("interviewer", asked.strip()),
        ("interviewee", "Tia."),
        ("interviewer", asked.strip()),
        ("interviewee", "Ona."),
    ]
    assert roles_and_words("\n".join(lines) + "\n") == expected
    assert roles_and_words("\n\n".join(lines) + "\n") == expected


def test_numbered_and_bold_marks() -> None:
    text = "**P1.** ¿Quién?\n\n**R1.** Tía.\n\n**P2.** ¿Quién más?\n\n**R2.** Nadie.\n"
    assert [words for _, words in roles_and_words(text)] == ["¿Quién?", "Tía.", "¿Quién más?", "Nadie."]


def test_letters_that_do_not_alternate_or_do_not_ask_are_people() -> None:
    for text in (
        "P: Sí.\n\nR: No.\n\nP: Sí.\n\nR: ¿No?\n\nP: Sí.\n\nR: ¿No?\n",
        "F: So?\n\nF: So?\n\nF: So?\n\nA: Ja.\n\nF: So?\n\nF: So?\n",
    ):
        made = parse(text)
        names = {one.name for one in pair(made.turns, made.metadata).participants}
        assert names & {"P", "F", "R"}


def test_initials_of_people_whom_the_file_lists_are_no_marks() -> None:
    text = "---\nspeakers: [Paula Sanz, Rita Gil]\n---\nP: ¿Quién?\n\nR: Tía.\n\nP: ¿Y luego?\n\nR: Nadie.\n"
    made = parse(text, "talk.md")
    names = {one.name for one in pair(made.turns, made.metadata).participants}
    assert names in ({"P", "R"}, {"Paula Sanz", "Rita Gil"})


def test_answers_under_a_mark_are_those_of_the_only_guest() -> None:
    made = parse("P. ¿Quién?\n\nR. Tía.\n\nP. ¿Y luego?\n\nR. Nadie.\n")
    guest = SpeakerStatement(name="Rosa Vik", role="interviewee")
    assert made.metadata.speakers == ()
    listed = parse("Guest: Rosa Vik\nTitle: Lamps\n\nP. ¿Quién?\n\nR. Tía.\n\nP. ¿Y luego?\n\nR. Nadie.\n")
    assert [turn.speaker for turn in listed.turns] == [None, guest.name, None, guest.name]
    structure = pair(listed.turns, listed.metadata)
    assert [one.name for one in structure.participants] == [None, guest.name]


def test_two_letters_among_many_other_labels_are_initials() -> None:
    turns = "P: Who?\n\nR: I.\n\nMF: So?\n\nCS: So.\n\nMF: Why?\n\nCS: Well.\n\n"
    made = parse(turns * 3)
    assert {"P", "R"} <= {one.name for one in pair(made.turns, made.metadata).participants}


@pytest.mark.parametrize(
    "text",
    [
        "A mill stood here.\nQ was its letter.\nA door led in.\n",
        "I. Lamps\nA. Oil\nB. Gas\nII. Towers\nA. Stone\nB. Brick\n",
        "V. Ours asked who?\nA. Vik said so.\nThe V. Ours company left.\n",
    ],
)
def test_prose_and_outlines_are_no_interviews(text: str) -> None:
    with pytest.raises(TranscriptError):
        parse(text)


def test_article_that_begins_a_wrapped_line_is_no_answer() -> None:
    made = parse("Q Who lit it?\nA My aunt. She had\nA lamp and\nA rope.\nQ So?\nA So.\n")
    assert [turn.text for turn in made.turns] == ["Who lit it?", "My aunt. She had\nA lamp and\nA rope.", "So?", "So."]


def test_questions_of_a_committee_are_numbered_and_numbers_are_no_names() -> None:
    made = parse(
        "Witnesses: Rolf Udd and Sten Holm.\n\nQ14       Chair: Who lit it?\n\nRolf Udd: We did.\n\n"
        "Q15       Mara Foss: And then?\n\nSten Holm: Nobody.\n\nMara Foss: Never?\n\nSten Holm: Never.\n"
    )
    structure = pair(made.turns, made.metadata)
    roles = {one.name: one.role for one in structure.participants}
    assert roles["Mara Foss"] is Role.INTERVIEWER
    assert roles["Rolf Udd"] is roles["Sten Holm"] is Role.INTERVIEWEE
    assert len(structure.exchanges) == 3


def test_numbers_of_turns_are_taken_off() -> None:
    made = parse("1. Mara Foss: Who?\n2. Sten Holm: We.\n3. Mara Foss: When?\n4. Sten Holm: In 1998: in May.\n")
    assert [turn.label for turn in made.turns] == ["Mara Foss", "Sten Holm"] * 2


_TRIAL = """MS. FOSS: We call Sten Holm.
STEN HOLM, having been first
duly sworn, testified as follows:
DIRECT EXAMINATION
BY MS. FOSS:
Q Where did you work in the
spring?
A At the tower, which was lit by
Mr. Udd and me.
MR. OST: Objection.
THE COURT: Overruled.
Q Who lit it?
THE WITNESS: We did.
CROSS-EXAMINATION BY MR. OST:
Q Never?
A Never.
Q (By Ms. Foss) Once?
A Once.
"""


@pytest.mark.parametrize("sign", ["", ".", ":"])
def test_examination_says_who_asks_and_oath_who_answers(sign: str) -> None:
    text = _TRIAL.replace("\nQ ", f"\nQ{sign} ").replace("\nA ", f"\nA{sign} ")
    made = parse(text)
    said = [(turn.speaker or turn.label, turn.text) for turn in made.turns if turn.label]
    assert said == [
        ("MS. FOSS", "We call Sten Holm."),
        ("MS. FOSS", "Where did you work in the\nspring?"),
        ("STEN HOLM", "At the tower, which was lit by\nMr. Udd and me."),
        ("MR. OST", "Objection."),
        ("THE COURT", "Overruled."),
        ("MS. FOSS", "Who lit it?"),
        ("STEN HOLM", "We did."),
        ("MR. OST", "Never?"),
        ("STEN HOLM", "Never."),
        ("MS. FOSS", "(By Ms. Foss) Once?"),
        ("STEN HOLM", "Once."),
    ]
    structure = pair(made.turns, made.metadata)
    assert len(structure.exchanges) == 4
    assert all(
        answer.participant == structure.exchanges[0].answers[0].participant
        for each in structure.exchanges
        for answer in each.answers
    )


@pytest.mark.parametrize("piece", ["P.", "P. ", "Q ", "[Q]", "1. A: ", "BY MS. ", "SEN "])
def test_marks_are_searched_for_in_linear_time(piece: str) -> None:
    talk = "Q. Who?\nA. We.\nQ. So?\nA. So.\n"
    parse(talk + piece * 60_000)
    parse(talk + f"{piece}x?\n" * 20_000)


@pytest.mark.parametrize("mark", ["Q    ", "Q  ", "Q\t", "Q "])
def test_bare_questions_between_labels_in_capitals_are_the_reporters(mark: str) -> None:
    text = f"MS. FALK:  Good day.\n\n{mark}Who pays?\n\nMS. FALK:  We do.\n\n{mark}All of it?\n\nMS. FALK:  Most.\n"
    assert [turn.label for turn in parse(text).turns] == ["MS. FALK", "Q", "MS. FALK", "Q", "MS. FALK"]


def test_letter_that_begins_a_sentence_is_no_question() -> None:
    text = "MS. FALK: Two letters.\n\nQ is one of them.\n\nQ was the other.\n\nMS. FALK: That is all.\n"
    assert [turn.label for turn in parse(text).turns] == ["MS. FALK", "MS. FALK"]


@pytest.mark.parametrize("dashes", ["――", "──", "——"])
def test_two_dashes_are_the_one_who_asks_where_the_answers_have_a_label(dashes: str) -> None:
    text = f"{dashes}誰ですか。\n\nヴィク：　叔母です。\n\n{dashes}今もですか。\n\nヴィク：　はい。\n"
    made = parse(text)
    structure = pair(made.turns, made.metadata)
    assert [turn.text for turn in made.turns] == ["誰ですか。", "叔母です。", "今もですか。", "はい。"]
    assert len(structure.exchanges) == 2
    assert made.turns[0].speaker is None
