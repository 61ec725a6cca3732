"""Labels on lines of their own, with a time beside, above or below them, as meeting tools print them."""

import pytest

from app.transcripts import read
from app.transcripts.source import Source
from app.transcripts.transcript import Transcript, TurnKind


def transcript(text: str, name: str = "talk.txt") -> Transcript:
    made = read(Source(name, text.encode()))
    assert sum(made.bytes_by_class.values()) == len(text.encode())
    return made


def spoken(text: str, name: str = "talk.txt") -> list[tuple[str | None, int | None, str]]:
    """Return who says what, and when in milliseconds."""
    return [
        (turn.speaker or turn.label, turn.start_ms, turn.text)
        for turn in transcript(text, name).turns
        if turn.kind not in {TurnKind.NOTE, TurnKind.HEADING}
    ]


TALK = [
    ("Ragna Holm", 3000, "Is it cold up there?"),
    ("Teo Falk", 9000, "Very. Take a coat."),
    ("Ragna Holm", 62_000, "Mine?"),
    ("Teo Falk", 3_605_000, "Yours."),
]
CLOCKS = ("0:03", "0:09", "1:02", "1:00:05")


def laid_out(pattern: str, times: tuple[str, ...] = CLOCKS) -> str:
    """Print the talk in a layout."""
    return "".join(
        pattern.format(name=name, time=time, text=text) for (name, _, text), time in zip(TALK, times, strict=True)
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "{name}  {time}\n{text}\n\n",
        "{name} ({time})\n{text}\n\n",
        "{name} [{time}]:\n{text}\n\n",
        "{name} - {time}\n{text}\n\n",
        "{name} | {time}\n\n{text}\n\n",
        "[{name}] {time}\n{text}\n\n",
        "{time} {name}\n{text}\n",
        "{time} - {name}\n  {text}\n\n",
        "[{time}] {name}\n{text}\n\n",
        "{name}\n{time}\n{text}\n",
        "{name}\n\n{time}\n\n{text}\n\n",
        "{name}:\n({time})\n{text}\n\n",
        "{time}\n{name}\n{text}\n",
        "{time}\n\n{name}\n\n{text}\n\n",
        "{name} {time} {text}\n\n",
        "{time} {name}: {text}\n\n",
    ],
)
def test_name_and_time_are_found_in_every_layout(pattern: str) -> None:
    assert spoken(laid_out(pattern)) == TALK


@pytest.mark.parametrize(
    "pattern",
    [
        "**{name}** {time}\n\n{text}\n\n",
        "**{name}** *{time}*\n\n{text}\n\n",
        "**{name}** ({time})\n{text}\n\n",
        "**{name}**  {time} {text}\n\n",
        "**{name}**\n{time}\n{text}\n\n",
        "- **{name}** {time}\n\n{text}\n\n",
    ],
)
def test_names_in_bold_have_their_times_in_markdown(pattern: str) -> None:
    assert spoken("# A talk\n\n" + laid_out(pattern), "talk.md") == TALK


@pytest.mark.parametrize(
    "times",
    [
        ("0 minutes 3 seconds", "0 minutes 9 seconds", "1 minute 2 seconds", "1 hour 5 seconds"),
        ("0 Minuten 3 Sekunden", "0 Minuten 9 Sekunden", "1 Minute 2 Sekunden", "1 Stunde 0 Minuten 5 Sekunden"),
        ("3 segundos", "9 segundos", "1 minuto y 2 segundos", "1 hora 5 segundos"),
        ("0m 3s", "0m 9s", "1m 2s", "1h 0m 5s"),
        ("0h00m03s", "0h00m09s", "0h01m02s", "1h00m05s"),
        ("00:00:03.000", "00:00:09.000", "00:01:02,000", "01:00:05.000"),
    ],
)
def test_times_may_be_written_in_words_or_as_ranges(times: tuple[str, ...]) -> None:
    assert spoken(laid_out("{name}\n{time}\n{text}\n", times)) == TALK


def test_ranges_of_times_stand_above_the_name() -> None:
    times = ("0:0:3.0 --> 0:0:8.5", "0:0:9.0 --> 0:0:9.9", "0:1:2.0 --> 0:1:3.0", "1:0:5.0 --> 1:0:6.0")
    assert spoken(laid_out("{time}\n{name}\n{text}\n", times)) == TALK
    assert spoken(laid_out("[{time}]\n{name}\n{text}\n\n", times)) == TALK


@pytest.mark.parametrize(
    "times",
    [
        ("10:02 AM", "10:02 AM", "10:03 AM", "11:04 AM"),
        ("[1:02 p.m.]", "[1:02 p.m.]", "[1:03 p.m.]", "[2:04 p.m.]"),
        ("10:02:03", "10:02:09", "10:03:02", "11:02:05"),
        ("14:05 Uhr", "14:05 Uhr", "14:06 Uhr", "15:05 Uhr"),
        ("2024-05-12 10:02", "2024-05-12 10:02", "2024-05-12 10:03", "2024-05-12 11:02"),
        ("12/05/24, 10:02", "12/05/24, 10:02", "12/05/24, 10:03", "12/05/24, 11:02"),
    ],
)
@pytest.mark.parametrize(
    "pattern", ["{name}  {time}\n{text}\n\n", "[{name}] {time}\n{text}\n", "{time} - {name}: {text}\n"]
)
def test_times_of_day_are_no_places_in_a_recording(pattern: str, times: tuple[str, ...]) -> None:
    made = transcript(laid_out(pattern, times))
    assert [(turn.label, turn.start_ms) for turn in made.turns] == [(name, None) for name, _, _ in TALK]
    assert "times-of-day" in {remark.code for remark in made.remarks}


def test_hours_and_minutes_of_a_day_are_known_by_how_much_is_said() -> None:
    long = "It is cold up there and the wind is strong. " * 9
    text = f"Ragna Holm  14:02\n{long}\n\nTeo Falk  14:03\n{long}\n\nRagna Holm  14:04\nOh.\n"
    assert [start for _, start, _ in spoken(text)] == [None, None, None]
    assert [start for _, start, _ in spoken(text.replace("14:04", "16:04"))] == [842_000, 843_000, 964_000]


def test_name_and_time_are_repeated_for_screen_readers() -> None:
    text = (
        "Ragna Holm started transcription\nHolm, Ragna\n0 minutes 3 seconds0:03\nHolm, Ragna 0 minutes 3 seconds\n"
        "Is it cold?\nTeo Falk (Guest)\n0 minutes 9 seconds0:09\nTeo Falk (Guest) 0 minutes 9 seconds\nVery.\n"
        "Holm, Ragna\n1 minute 2 seconds1:02\nHolm, Ragna 1 minute 2 seconds\nOh.\nRagna Holm stopped transcription\n"
    )
    assert spoken(text) == [
        ("Ragna Holm", 3000, "Is it cold?"),
        ("Teo Falk", 9000, "Very."),
        ("Ragna Holm", 62_000, "Oh."),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Ragna Holm stopped transcription",
        "Ragna Holm hat die Transkription beendet",
        "Holm, Ragna (Guest) a arrêté la transcription",
        "Teo Falk detuvo la transcripción",
        "Teo Falk left the meeting",
    ],
)
def test_lines_of_the_program_are_notes(line: str) -> None:
    text = laid_out("{name}  {time}\n{text}\n\n").replace("Teo Falk  0:09", f"{line}\n\nTeo Falk  0:09") + f"{line}\n"
    made = transcript(text)
    assert [turn.text for turn in made.turns if turn.kind is TurnKind.NOTE] == [line, line]
    assert spoken(text) == TALK


def test_what_somebody_says_about_a_recording_is_speech() -> None:
    text = laid_out("{name}  {time}\n{text}\n\n").replace("Mine?", "We stopped the recording")
    assert spoken(text)[2][2] == "We stopped the recording"


def test_time_on_a_line_of_its_own_parts_no_speech() -> None:
    text = (
        "[00:00:05]\nHOLM: Is it cold?\n\n[00:00:47]\nFALK: Very.\n\n[00:02:07]\nTake a coat.\n\n[00:03:07]\n"
        "HOLM: Mine?\n\n[00:03:20]\nFALK: Yours.\n"
    )
    assert spoken(text) == [
        ("HOLM", 5000, "Is it cold?"),
        ("FALK", 47_000, "Very.\n\nTake a coat."),
        ("HOLM", 187_000, "Mine?"),
        ("FALK", 200_000, "Yours."),
    ]


def test_names_alone_on_the_first_lines_of_paragraphs_are_labels() -> None:
    assert spoken(laid_out("{name}\n{text}\n\n")) == [(name, None, text) for name, _, text in TALK]


@pytest.mark.parametrize(
    "text",
    [
        "00:00 Intro\n02:10 Ice\n05:00 Snow\n09:00 Outro\n",
        "0:00\nWelcome\nto the hut\n0:04\nIt is cold\nup here\n0:09\nWelcome\nagain\n",
        "The Hut\nThe hut is high\n\nThe Ice\nThe ice is old\n\nThe Hut\nThe hut is old\n\nThe Ice\nThe ice is cold\n",
        "0:01 Yes\n0:02 I do\n0:03 Yes\n0:05 I did\n",
    ],
)
def test_lines_that_are_no_names_are_no_labels(text: str) -> None:
    made = read(Source("talk.txt", text.encode()), keep_unlabelled=True)
    assert {turn.label for turn in made.turns} == {None}


@pytest.mark.parametrize(
    "text", ["Ragna Holm\nHut Street 4\n\nDear Teo Falk,\n\nsee you at 10:30.\n\nYours\nRagna Holm\n"]
)
def test_letters_are_no_talks(text: str) -> None:
    with pytest.raises(Exception, match="no speaker labels"):
        read(Source("talk.txt", text.encode()))


def test_columns_of_a_table_in_markdown_are_found_by_content() -> None:
    head = "# A talk\n\n| Time | Speaker | Words |\n|------|:-------:|-------|\n"
    assert spoken(head + laid_out("| {time} | {name} | {text} |\n"), "talk.md") == TALK
    head = "| Speaker | Time | Words |\n|---|---|---|\n"
    assert spoken(head + laid_out("| **{name}** | {time} | {text} |\n"), "talk.md") == TALK
    head = "| Speaker | Words |\n|---|---|\n"
    assert [said[::2] for said in spoken(head + laid_out("| {name} | {text} |\n"), "talk.md")] == [
        said[::2] for said in TALK
    ]


def test_row_of_a_table_without_a_name_goes_on() -> None:
    text = "# A talk\n\n" + laid_out("{time}\t{name}\t{text}\n").replace("1:02\tRagna Holm\tMine?", "1:02\tIt is.")
    assert spoken(text, "talk.md")[1] == ("Teo Falk", 9000, "Very. Take a coat. It is.")


def test_table_without_a_column_of_names_has_no_speakers() -> None:
    text = "# Prices\n\n| Bread | 3 |\n|---|---|\n| Milk | 2 |\n| Eggs | 4 |\n| Bread | 5 |\n"
    made = read(Source("talk.md", text.encode()), keep_unlabelled=True)
    assert {turn.label for turn in made.turns} == {None}
