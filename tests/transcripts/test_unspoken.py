"""What is printed inside and around a talk and nobody says is no part of any turn."""

import pytest

from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript, TurnKind

_TALK = "LOTTE: Who lit the lamp?\n\nPIET: My aunt did.\n\nLOTTE: And in winter?\n\nPIET: Nobody.\n"


def parse(text: str, name: str = "talk.txt") -> Transcript:
    return read(Source(name, text.encode()))


def said(made: Transcript) -> list[tuple[str | None, str]]:
    return [(turn.label, turn.text) for turn in made.turns if turn.kind not in {TurnKind.NOTE, TurnKind.HEADING}]


def codes(made: Transcript) -> set[str]:
    return {remark.code for remark in made.remarks}


PLAIN = said(parse(_TALK))


@pytest.mark.parametrize(
    ("printed", "times"),
    [
        ("LOTTE: Who lit the lamp? #00:00:04-2#\n", True),
        ("LOTTE: Who #00:00:02-0#lit the lamp?\n", True),
        ("LOTTE: Who lit [00:00:02] the lamp?\n", True),
        ("LOTTE: Who lit the {0:02} lamp?\n", True),
        ("LOTTE: Who lit the lamp?\n\n00:05:00\n", True),
        ("(00:05:00):\nLOTTE: Who lit the lamp?\n", True),
        ("LOTTE: Who lit the[[footnote]]1[[/footnote]] lamp?\n", False),
        ("LOTTE: Who lit the lamp?[page 12]\n", False),
        ('<a name="lamp" href="#lamp">#</a> LOTTE: Who lit the lamp?\n', False),
        ("LOTTE: Who lit the\n[[Page 12]]\nlamp?\n", False),
    ],
)
def test_times_footnote_marks_page_marks_and_anchors_are_taken_off(printed: str, times: bool) -> None:
    made = parse(_TALK.replace("LOTTE: Who lit the lamp?\n", printed))
    assert said(made) == PLAIN
    assert (made.bytes_by_class[ByteClass.TIME] > 0) is times


def test_time_of_day_and_bracketed_words_stay() -> None:
    made = parse(_TALK.replace("My aunt did.", "My aunt [inaudible 00:07] at (15:18)."))
    assert made.turns[1].text == "My aunt [inaudible 00:07] at (15:18)."


@pytest.mark.parametrize("mark", ["[1]", "¹", "[*]"])
def test_footnote_marks_are_taken_off_where_a_footnote_has_the_same_sign(mark: str) -> None:
    made = parse(_TALK.replace("aunt did.", f"aunt{mark} did.") + f"\n{mark} She was called Jo.\n")
    assert said(made) == PLAIN
    assert made.turns[-1].kind is TurnKind.NOTE
    without = parse(_TALK.replace("aunt did.", f"aunt{mark} did."))
    assert without.turns[1].text == f"My aunt{mark} did."


@pytest.mark.parametrize("heading", ["Notes", "FOOTNOTES:", "Anmerkungen"])
def test_heading_above_footnotes_is_said_by_nobody(heading: str) -> None:
    made = parse(_TALK.replace("aunt did.", "aunt[1] did.") + f"\n{heading}\n\n[1] She was called Jo.\n")
    assert said(made) == PLAIN


def test_one_word_that_is_no_heading_of_footnotes_stays() -> None:
    assert said(parse(_TALK.rstrip() + " I took\n\nnotes\n"))[-1] == ("PIET", "Nobody. I took\n\nnotes")


def test_heads_at_the_right_edge_are_taken_off_inside_a_sentence() -> None:
    pages = "".join(f"\n\n{'':50}Piet {page}\n\nand on {page}" for page in (2, 3, 4))
    made = parse(_TALK.rstrip()[:-1] + pages + ".\n")
    assert said(made)[:3] == PLAIN[:3]
    assert "Piet" not in said(made)[-1][1]


def test_numbered_link_is_no_footnote() -> None:
    text = "**Lotte:** Who lit it?\n\n**Piet:** The [aunt][1] did.\n\n**Lotte:** So?\n\n**Piet:** So.\n\n[1]: http://a.example\n"
    assert "[aunt][1]" in parse(text, "talk.md").turns[1].text


def test_line_numbers_and_heads_of_pages_are_taken_off_and_wrapped_lines_joined() -> None:
    lines = ["LOTTE: Who lit the lamp in the", "tower?", "PIET: My aunt, and her", "sister.", "LOTTE: In winter too?"]
    page = "\n".join(f"{number:>2}     {line}" for number, line in enumerate(lines, 1))
    more = "\n".join(f"{number:>2}     {line}" for number, line in enumerate(["It was", "dark.", "PIET: Yes."], 1))
    made = parse(f"                  7\n{page}\n\n      LAMP REPORTING\n                  8\n\n{more}\n")
    assert said(made) == [
        ("LOTTE", "Who lit the lamp in the tower?"),
        ("PIET", "My aunt, and her sister."),
        ("LOTTE", "In winter too?\n\nIt was dark."),
        ("PIET", "Yes."),
    ]
    assert {"line-numbers", "page-heads"} <= codes(made)


def test_numbers_that_begin_lines_of_a_talk_stay() -> None:
    made = parse(_TALK.replace("My aunt did.", "In the year\n12 lamps burned, then\n13 of them."))
    assert made.turns[1].text == "In the year\n12 lamps burned, then\n13 of them."


def test_heads_that_recur_with_ascending_numbers_are_taken_off_inside_a_sentence() -> None:
    pages = [f"lamp {page}\n\nLamp talk        {page}\n\nand" for page in (3, 4, 5)]
    made = parse(_TALK.replace("My aunt did.", "My " + " ".join(pages) + " done."))
    assert made.turns[1].text == "My lamp 3 and lamp 4 and lamp 5 and done."


def test_numbered_questions_are_no_heads_of_pages() -> None:
    text = "".join(f"Question {n}:\nIs it {n}?\n\nAnswer:\nIt is.\n\n" for n in range(1, 5))
    assert [turn.label for turn in parse(text).turns][:3] == ["Question 1", "Answer", "Question 2"]


@pytest.mark.parametrize(
    "trailer",
    [
        "Transcribed by Wim Oost",
        "Lotte Maas stopped transcription",
        "Transcription ended after 00:06:12\n\nThis text was made by a machine.",
        "© 2024 Lamp Radio. Terms of use apply.",
        "END OF INTERVIEW",
        "            END          2:31 P.M. EDT",
        "Ende des Interviews",
        "Transcrit par Wim Oost",
        "This transcript was generated by a machine.",
        "This transcript was exported on May 13, 2024 - view latest version here.",
    ],
)
def test_trailers_are_notes(trailer: str) -> None:
    made = parse(f"{_TALK}\n{trailer}\n")
    assert said(made) == PLAIN


def test_last_words_that_only_begin_like_a_trailer_stay() -> None:
    text = f"{_TALK}\nThe end of the winter came, and nobody lit it.\n"
    assert parse(text).turns[-1].text.endswith("nobody lit it.")


def test_list_of_contents_is_a_note() -> None:
    contents = "Who lit it ........ 3\nThe winter .......... 7\nNobody ........ 12\n\n"
    made = parse(contents + _TALK)
    assert said(made) == PLAIN
    assert [turn.kind for turn in made.turns[:3]] == [TurnKind.NOTE] * 3


@pytest.mark.parametrize("piece", ["[1", "#00:", "<a ", "1 ", ". . .", "(", "¹", "page ", "transcript "])
def test_many_marks_are_read_in_linear_time(piece: str) -> None:
    parse(_TALK + piece * 60_000)
    parse(_TALK + f"{piece}\n" * 20_000)


@pytest.mark.parametrize(
    "printed",
    [
        "(Beifall bei der Hafenpartei – Jo Wit [Turmbund]: Ihre Tante! – Heiterkeit bei allen)",
        "(Laughter and prolonged applause from the benches at the back of the hall.)",
        "(Rires et exclamations sur les bancs du fond de la salle, à gauche et à droite.)",
        "Opposition members interjecting—",
        "An honourable member interjecting-",
    ],
)
def test_what_stenographers_report_is_nobodys(printed: str) -> None:
    made = parse(_TALK.replace("My aunt did.", f"My aunt did.\n\n{printed}\n\nAnd I."))
    assert made.turns[2].kind is TurnKind.NOTE
    assert made.turns[2].text == printed
    assert made.turns[1].text == "My aunt did.\n\nAnd I."


def test_words_in_brackets_inside_a_speech_stay() -> None:
    printed = "(I should say that she was alone there, and that nobody else had been up.)"
    assert printed in parse(_TALK.replace("My aunt did.", f"My aunt did.\n\n{printed}")).turns[1].text


def test_section_below_the_last_heading_is_no_speech_where_every_other_has_labels() -> None:
    talk = _TALK.replace("LOTTE: And in", "## Later\n\nLOTTE: And in")
    made = parse(f"## Start\n\n{talk}\n## Next\n\nReaders find the tower below.\n", "talk.md")
    assert said(made) == PLAIN
    assert made.turns[-1].kind is TurnKind.NOTE


def test_speech_goes_on_below_headings_that_stand_inside_it() -> None:
    talk = "## One\n\nLotte: Who?\n\nPiet: I.\n\n## Two\n\nThere was oil.\n\n## Three\n\nAnd gas.\n"
    assert parse(talk, "talk.md").turns[-1].kind is not TurnKind.NOTE


def test_times_of_day_are_no_times_in_a_recording() -> None:
    long = "The piers stand, and they will stand for as long as anybody in this house can think of it. " * 2
    day = f"Lotte Maas (15:18): {long}\n\nPiet Oost (15:20): {long}\n\nLotte Maas (15:23): So.\n"
    made = parse(day)
    assert [turn.start_ms for turn in made.turns] == [None] * 3
    assert "times-of-day" in codes(made)
    offsets = parse(day.replace("15:20", "15:29").replace("15:23", "15:59"))
    assert offsets.turns[0].start_ms == 918_000


def test_heading_in_the_middle_of_the_page_is_no_speech() -> None:
    made = parse(
        _TALK.replace("PIET: Nobody.", "PIET: Nobody.\n\n" + " " * 30 + "Statement of Piet Oost\n\nHe said so.")
    )
    heading = next(turn for turn in made.turns if turn.text == "Statement of Piet Oost")
    assert heading.kind is TurnKind.HEADING
