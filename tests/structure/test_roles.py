"""Who asks and who answers in whole conversations, by how they go."""

import pytest

from app.structure.pairing import Attribution, Role, Structure, pair
from app.transcripts.transcript import Metadata, Segment, SpeakerStatement, Turn, TurnKind

ASKS, ANSWERS, UNKNOWN = Role.INTERVIEWER, Role.INTERVIEWEE, Role.UNKNOWN


def _turns(talk: str) -> list[Turn]:
    """Make a turn of each line; a line in brackets is a note."""
    turns = []
    for line in filter(None, map(str.strip, talk.strip().splitlines())):
        label, _, text = line.partition(": ")
        if line.startswith("("):
            label, text = "", line
        kind = None if label else TurnKind.NOTE
        turns.append(Turn(text, (Segment(0, len(text), 0, len(text)),), label=label or None, kind=kind))
    return turns


def _pair(talk: str, language: str | None = "en", **metadata: object) -> Structure:
    return pair(_turns(talk), Metadata(language=language, **metadata))  # type: ignore[arg-type]  # each test gives the fields that it is about


def _roles(structure: Structure) -> dict[str, Role]:
    return {part.name or part.labels[0]: part.role for part in structure.participants}


def _pairs(structure: Structure) -> list[tuple[list[int], list[int]]]:
    return [
        (one.question_turns, [turn for answer in one.answers for turn in answer.turns]) for one in structure.exchanges
    ]


TWO_HOSTS_AND_A_GUEST = """
Ida Brandt: Welcome to the show. I'm Ida, and with me is my co-host Bo.
Bo Lind: Hello everybody.
Ida Brandt: Our guest today keeps a lighthouse. Mara, how did you get there?
Mara Quill: Thanks for having me. I answered a letter in the harbour office, and nobody else did, so they gave me a key.
Bo Lind: And were you alone?
Mara Quill: For the first winter, yes, with a radio, two lamps and more tins of fish than I could ever eat by myself.
Ida Brandt: What did you do all day?
Mara Quill: I counted ships and wrote the numbers down, and in the evening I counted the numbers, which took longer.
Bo Lind: Do you still have the book?
Mara Quill: It stands in the museum, next to the old lamp, and children draw in it when nobody is looking at them.
"""
GUEST_WHO_ASKS_BACK = """
Ida Brandt: You left the mill in May. Why?
Oskar Venn: Why does anybody leave? Have you ever worked in one?
Ida Brandt: Never. What is it like?
Oskar Venn: Loud, and white all over, and you sleep well. Do you sleep well?
Ida Brandt: Sometimes. Who taught you?
Oskar Venn: My uncle did, and his uncle had taught him, so it goes back further than the church books in the village.
Ida Brandt: And would you go back?
Oskar Venn: I would go back tomorrow if the wheel turned, but the river has moved and nobody will move it again.
Ida Brandt: What do you miss most?
Oskar Venn: The noise when it stops. You only hear a mill when it stops, and then everybody in the house wakes up.
"""
HOST_WITHOUT_QUESTION_MARKS = """
Ida: so tell us about the ferry
Oskar: it ran twice a day and in winter not at all and people waited on the pier with their sheep and their bread
Ida: how did they know that it came
Oskar: they saw the smoke behind the island and then they had about as long as it takes to boil an egg or two
Ida: and what happened when there was no smoke
Oskar: then they went home with their sheep and came back the next day and nobody ever thought much about it
Ida: did you ever miss it yourself
Oskar: twice and once was on purpose because i did not want to go to school and my mother knew it all along
"""
LECTURE_WITH_ONE_QUESTION = """
Oskar Venn: Let me begin with the wheel. It is made of oak, and it has forty paddles, of which ten have been replaced.
Mara Quill: Which ten were these?
Oskar Venn: Those on the north side, where the ice comes first, and where nobody could reach them from the bridge.
"""
THREE_WAY_TALK = """
Ana: I went there by bus.
Bo: I took the train, and it was late.
Cy: It is always late on Mondays.
Ana: Not in summer.
Bo: In summer too, last year at least.
Cy: They have mended the line since then.
Ana: Only as far as the bridge.
Bo: That is where I got off.
Cy: I know, I saw you there.
"""
PANEL = """
Chair: We begin. Ana, what do you see?
Ana: Fewer boats each year, and older ones, and nobody under fifty in the harbour when the weather is bad.
Chair: Bo, do you agree?
Bo: I count the same boats and see new engines in them, and that costs more than a boat did when we were young.
Chair: And what should be done, Cy?
Cy: Nothing for a year, then a pier, then a road, and then we talk about boats again when there are any left.
"""


def test_two_hosts_ask_and_their_guest_answers() -> None:
    structure = _pair(TWO_HOSTS_AND_A_GUEST)
    assert _roles(structure) == {"Ida Brandt": ASKS, "Bo Lind": ASKS, "Mara Quill": ANSWERS}
    assert _pairs(structure)[1:] == [([4], [5]), ([6], [7]), ([8], [9])]


def test_guest_who_asks_back_is_still_the_guest() -> None:
    assert _roles(_pair(GUEST_WHO_ASKS_BACK)) == {"Ida Brandt": ASKS, "Oskar Venn": ANSWERS}


def test_host_without_a_question_mark_asks() -> None:
    structure = _pair(HOST_WITHOUT_QUESTION_MARKS)
    assert _roles(structure) == {"Ida": ASKS, "Oskar": ANSWERS}
    assert len(structure.exchanges) == 4


def test_one_question_in_a_lecture_is_asked_and_answered() -> None:
    structure = _pair(LECTURE_WITH_ONE_QUESTION)
    assert _roles(structure) == {"Oskar Venn": ANSWERS, "Mara Quill": ASKS}
    assert _pairs(structure) == [([1], [2])]
    assert structure.kinds[0] is TurnKind.STATEMENT


def test_three_who_talk_alike_have_no_roles() -> None:
    assert set(_roles(_pair(THREE_WAY_TALK)).values()) == {UNKNOWN}


def test_panel_with_a_chair_is_asked_by_the_chair() -> None:
    structure = _pair(PANEL)
    assert _roles(structure) == {"Chair": Role.MODERATOR, "Ana": ANSWERS, "Bo": ANSWERS, "Cy": ANSWERS}


@pytest.mark.parametrize(
    "line",
    [
        "AUDIENCE: We want Oskar!",
        "UNIDENTIFIED: We want Oskar!",
        "Mara Quill: This episode is brought to you by the fair. It opens in May. Did you know? See you there.",
        "VOICE FROM THE HALL: Louder!",
        "Oskar: Sorry?",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 4, 10])
def test_one_line_of_somebody_else_turns_nothing_round(line: str, place: int) -> None:
    lines = GUEST_WHO_ASKS_BACK.strip().splitlines()
    roles = _roles(_pair("\n".join([*lines[:place], line, *lines[place:]])))
    assert (roles["Ida Brandt"], roles["Oskar Venn"]) == (ASKS, ANSWERS)


def test_two_questions_make_an_interview() -> None:
    structure = _pair("Ida: Who kept the keys?\nOskar: My uncle did.\nIda: And after him?\nOskar: Nobody.")
    assert _pairs(structure) == [([0], [1]), ([2], [3])]
    assert {part.role_attribution for part in structure.participants} == {Attribution.INFERRED}


@pytest.mark.parametrize("place", range(5))
def test_a_shout_in_a_short_interview_turns_nothing_round(place: int) -> None:
    lines = ["Ida: Who kept the keys?", "Oskar: My uncle did.", "Ida: And after him?", "Oskar: Nobody."]
    roles = _roles(_pair("\n".join([*lines[:place], "AUDIENCE: We want Oskar!", *lines[place:]])))
    assert (roles["Ida"], roles["Oskar"]) == (ASKS, ANSWERS)


def test_an_inferred_role_says_what_it_rests_on() -> None:
    ida, oskar = _pair(
        "Ida: Who kept the keys?\nOskar: My uncle did.\nIda: And after him?\nOskar: Nobody."
    ).participants
    assert ida.role_evidence == "asks at the end of 2 of 2 turns"
    assert oskar.role_evidence == "asks at the end of 0 of 2 turns"


def test_two_who_ask_each_other_have_no_roles() -> None:
    talk = "Ana: Where were you?\nBo: At the mill. And you?\n" * 4
    assert set(_roles(_pair(talk)).values()) == {UNKNOWN}


def test_what_one_person_says_in_many_turns_is_judged_as_one() -> None:
    cut = GUEST_WHO_ASKS_BACK.replace(", and", ".\nOskar Venn: And").replace(". Do you", ".\nOskar Venn: Do you")
    cut = cut.replace(". Why?", ".\n(a door)\nIda Brandt: Why?")
    assert _roles(_pair(cut)) == {"Ida Brandt": ASKS, "Oskar Venn": ANSWERS}


def test_who_answers_in_many_turns_a_stated_interviewer_answers() -> None:
    talk = "Interviewer: What do you bake?\nMona: Rye bread.\nMona: And white bread.\nMona: On Saturdays nothing."
    structure = _pair(f"{talk}\nInterviewer: Who buys it?\nMona: The street.\nMona: All of it.\nMona: By boat.")
    assert _roles(structure) == {"Interviewer": ASKS, "Mona": ANSWERS}
    assert _pairs(structure) == [([0], [1, 2, 3]), ([4], [5, 6, 7])]


def test_somebody_who_hosts_elsewhere_is_a_guest_where_others_ask() -> None:
    structure = pair(_turns(GUEST_WHO_ASKS_BACK), Metadata(), lambda _series: {"oskar venn"})
    assert _roles(structure) == {"Ida Brandt": ASKS, "Oskar Venn": ANSWERS}


def test_hosts_of_the_series_are_asked_for_only_in_doubt() -> None:
    asked: list[str | None] = []

    def hosts(series: str | None) -> set[str]:
        asked.append(series)
        return {"ana"}

    plain = pair(_turns("Ida: Who kept the keys?\nOskar: My uncle did.\n" * 3), Metadata(series="Mill Notes"), hosts)
    assert (len(plain.exchanges), asked) == (3, [])
    talk = _turns("Ana: It was late.\nBo: It was late, yes.\n" * 3)
    assert _roles(pair(talk, Metadata(series="Mill Notes"), hosts)) == {"Ana": ASKS, "Bo": ANSWERS}
    assert asked == ["Mill Notes"]
    assert set(_roles(pair(talk, Metadata())).values()) == {UNKNOWN}


def test_first_name_alone_has_the_role_of_the_full_name() -> None:
    talk = GUEST_WHO_ASKS_BACK.replace("Ida Brandt:", "Ida:").replace("Ida:", "Ida Brandt:", 1)
    assert _roles(_pair(talk)) == {"Ida Brandt": ASKS, "Oskar Venn": ANSWERS, "Ida": ASKS}


def test_first_name_alone_is_that_of_the_only_host_who_has_it() -> None:
    talk = _turns("Ana: It was late.\nBo: It was late, yes.\n" * 3)
    assert _roles(pair(talk, Metadata(), lambda _series: {"ana reis"})) == {"Ana": ASKS, "Bo": ANSWERS}
    two = pair(talk, Metadata(), lambda _series: {"ana reis", "ana moor"})
    assert set(_roles(two).values()) == {UNKNOWN}


def test_guest_who_comes_late_to_hosts_who_talk_first() -> None:
    chat = "Ana: It rained all night.\nBo: I know, I was out in it.\n" * 8
    talk = (
        "Cy Vale: It is good to be in the warm.\nAna: How was the walk?\nCy Vale: Wet, as you say, all the way down.\n"
        "Bo: And the bridge?\nCy Vale: Gone.\nAna: Who told you?\nCy Vale: I saw it go.\nBo: When was that?\n"
        "Cy Vale: At four.\n"
    )
    assert _roles(_pair(chat + talk)) == {"Ana": ASKS, "Bo": ASKS, "Cy Vale": ANSWERS}


def test_listed_guests_answer_where_the_others_ask_more() -> None:
    talk = "Ana: It is a long road. Is it?\nBo: It is long. They built it late.\nAna: They did.\nBo: And badly.\n" * 2
    listed = (SpeakerStatement(name="Bo"),)
    assert _roles(_pair(talk, speakers=listed)) == {"Ana": ASKS, "Bo": ANSWERS}


def test_advice_in_turn_is_no_interview() -> None:
    tip = "Plan what you say, and say it. " * 20
    talk = "\n".join(f"{who}: {tip}{end}" for who, end in [("Ana", "Why?"), ("Bo", ""), ("Ana", ""), ("Bo", "")] * 2)
    assert set(_roles(_pair(talk + f"\nAna: {tip}\nAna: {tip}\nBo: {tip}\nAna: {tip}")).values()) == {UNKNOWN}


@pytest.mark.parametrize(
    ("language", "talk"),
    [
        ("de", "Ida: Woher kam das Holz?\nOskar: Vom Fluss.\nIda: Und wer hat es geholt?\nOskar: Mein Onkel.\n"),
        ("fr", "Ida: D'où venait le bois ?\nOskar: De la rivière.\nIda: Et qui l'a cherché ?\nOskar: Mon oncle.\n"),
        ("es", "Ida: ¿De dónde vino?\nOskar: Del río.\nIda: ¿Y quién lo trajo?\nOskar: Mi tío.\n"),
        ("zh", "一達: 木頭從哪裡來？\n歐斯卡: 從河裡來。\n一達: 誰拿的？\n歐斯卡: 我叔叔。\n"),
        ("el", "Ida: Από πού ήρθε;\nOskar: Από το ποτάμι.\nIda: Και ποιος το έφερε;\nOskar: Ο θείος μου.\n"),
        ("ar", "Ida: من أين جاء؟\nOskar: من النهر.\nIda: ومن أحضره؟\nOskar: عمي.\n"),
    ],
)
def test_questions_are_known_in_other_languages(language: str, talk: str) -> None:
    first, second = _pair(talk, language).participants
    assert (first.role, second.role) == (ASKS, ANSWERS)


def test_tags_of_somebody_who_tells_are_no_questions() -> None:
    talk = "Ana: How was it?\nBo: It was long, you know?\nAna: And the road?\nBo: It was wet, right?\n" * 2
    assert _roles(_pair(talk)) == {"Ana": ASKS, "Bo": ANSWERS}


def test_a_stated_role_is_never_changed() -> None:
    stated = (SpeakerStatement(name="Oskar Venn", role="interviewer", labels=("Oskar Venn",)),)
    assert _roles(_pair(GUEST_WHO_ASKS_BACK, speakers=stated)) == {"Ida Brandt": ANSWERS, "Oskar Venn": ASKS}


def test_shout_before_somebody_who_is_known_to_answer_asks_nothing() -> None:
    stated = (SpeakerStatement(name="Oskar Venn", role="interviewee", labels=("Oskar Venn",)),)
    roles = _roles(_pair("VOICE: We want Oskar!\n" + GUEST_WHO_ASKS_BACK, speakers=stated))
    assert roles == {"VOICE": UNKNOWN, "Ida Brandt": ASKS, "Oskar Venn": ANSWERS}
