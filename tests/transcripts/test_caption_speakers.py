"""Who speaks in captions: labels, arrows, dashes and sounds, whatever the format of the captions."""

import pytest

from app.transcripts import subrip, webvtt
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass, Transcript, TurnKind


def captions(*cues: str) -> Transcript:
    """Read SubRip with these texts, one second each."""
    text = "".join(
        f"{number}\n00:00:{number:02},000 --> 00:00:{number:02},900\n{cue}\n\n" for number, cue in enumerate(cues, 1)
    )
    return subrip.parse(Source("talk.srt", text.encode()))


def spoken(*cues: str) -> list[tuple[str | None, str]]:
    return [(turn.label, turn.text) for turn in captions(*cues).turns if turn.kind is not TurnKind.NOTE]


def notes(*cues: str) -> list[str]:
    return [turn.text for turn in captions(*cues).turns if turn.kind is TurnKind.NOTE]


def test_label_on_the_second_line_of_a_cue_begins_a_turn() -> None:
    assert spoken("RAGNA: Is it cold?\nTEO: Very.", "TEO: Take a coat.\nRAGNA: Mine?", "<i>TEO: Mine.</i>") == [
        ("RAGNA", "Is it cold?"),
        ("TEO", "Very."),
        ("TEO", "Take a coat."),
        ("RAGNA", "Mine?"),
        ("TEO", "Mine."),
    ]


def test_label_alone_on_its_line_is_for_the_lines_below() -> None:
    assert spoken("Ragna:\nIs it cold?", "Teo:\nVery.", "Ragna:\nOh.") == [
        ("Ragna", "Is it cold?"),
        ("Teo", "Very."),
        ("Ragna", "Oh."),
    ]


def test_cue_without_a_label_goes_on() -> None:
    assert spoken("Ragna: Is it", "cold there?", "Teo: Very.", "Ragna: Oh.") == [
        ("Ragna", "Is it cold there?"),
        ("Teo", "Very."),
        ("Ragna", "Oh."),
    ]


def test_arrows_begin_the_turn_of_somebody_who_is_not_named() -> None:
    assert spoken(">> is it cold", "up there", ">> very", ">>> and windy") == [
        (None, "is it cold up there"),
        (None, "very"),
        (None, "and windy"),
    ]


def test_arrows_inside_a_line_change_the_speaker_too() -> None:
    assert spoken(">> is it cold >> very >> oh", ">> who says") == [
        (None, "is it cold"),
        (None, "very"),
        (None, "oh"),
        (None, "who says"),
    ]


@pytest.mark.parametrize("label", [">> RAGNA:", ">>RAGNA:", ">> Ragna Holm:", ">>> RAGNA:"])
def test_name_behind_arrows_is_a_label_even_if_it_occurs_once(label: str) -> None:
    turns = spoken(f"{label} Good evening.", ">> Teo: Good evening.", "Is it cold?", ">> Very.")
    assert turns == [
        (label.strip("> :"), "Good evening."),
        ("Teo", "Good evening. Is it cold?"),
        (None, "Very."),
    ]


def test_arrows_are_written_as_entities_in_webvtt() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n&gt;&gt; is it cold\n\n00:02.000 --> 00:03.000\n&gt;&gt; very\n"
    transcript = webvtt.parse(Source("a.vtt", text.encode()))
    assert [turn.text for turn in transcript.turns] == ["is it cold", "very"]
    assert transcript.bytes_by_class[ByteClass.LABEL] == 2 * len("&gt;&gt; ")


def test_arrows_between_numbers_are_a_sign() -> None:
    made = spoken("ANN: What does it say?", "BEN: You write 8 >> 2.", "ANN: In 1998 >> really?", "BEN: Yes.")
    assert [text for _, text in made] == ["What does it say?", "You write 8 >> 2.", "In 1998", "really?", "Yes."]


def test_one_pair_of_arrows_in_a_file_is_text() -> None:
    assert spoken("Type cat", ">> notes and press enter") == [(None, "Type cat"), (None, ">> notes and press enter")]


def test_two_dashes_in_a_cue_are_two_speakers() -> None:
    assert spoken("- Is it cold?\n- Very.", "And windy?", "–Is it?\n–It is.") == [
        (None, "- Is it cold?"),
        (None, "- Very."),
        (None, "And windy?"),
        (None, "–Is it?"),
        (None, "–It is."),
    ]


def test_two_dashes_on_one_line_are_two_speakers() -> None:
    assert spoken("- ¿Hace frío? - Mucho.", "Sí.") == [(None, "- ¿Hace frío?"), (None, "- Mucho."), (None, "Sí.")]


def test_dashes_among_labels_are_somebody_who_is_not_named() -> None:
    assert spoken("Ragna: Come in.", "- Is it cold?\n- Very.", "Teo: Hello.", "Ragna: Oh.") == [
        ("Ragna", "Come in."),
        (None, "Is it cold?"),
        (None, "Very."),
        ("Teo", "Hello."),
        ("Ragna", "Oh."),
    ]


def test_dash_that_goes_on_with_a_sentence_changes_nobody() -> None:
    assert spoken("Ragna: I went up", "- and it was cold -\n- to the hut.", "Teo: Oh.", "Ragna: Yes.")[0] == (
        "Ragna",
        "I went up - and it was cold -\n- to the hut.",
    )


@pytest.mark.parametrize(
    "sound",
    [
        "[door slams]",
        "(DOOR SLAMS)",
        "(wind howling\nin the hills)",
        "♪ slow fiddle ♪",
        "♪ Over the hills\nand far away ♪",
        "[laughs] (coughs)",
        "PHONE RINGS",
        "CHEERING AND APPLAUSE",
        "*sighs*",
        "# Over the hills #",
        "【笑】",
        "- [applause]",
    ],
)
def test_sounds_are_notes_and_nobody_says_them(sound: str) -> None:
    cues = ("RAGNA: Is it", sound, "cold up there?", f"TEO: Very.\n{sound}", "RAGNA: Oh.")
    assert spoken(*cues) == [("RAGNA", "Is it cold up there?"), ("TEO", "Very."), ("RAGNA", "Oh.")]
    assert len(notes(*cues)) == 2


@pytest.mark.parametrize(
    "speech",
    ["NEVER!", "KRYPOR.", "I LOVE MUSIC", "(I would not say that to him.)", "NO LAUGHTER", "It was [inaudible] cold."],
)
def test_shouted_words_and_asides_are_speech(speech: str) -> None:
    assert spoken("Ragna: Is it cold?", "Teo: Very.", speech, "Ragna: Oh.")[1] == ("Teo", f"Very. {speech}")


def test_sounds_that_stand_beside_words_stay_with_them() -> None:
    assert spoken("Ragna: Is it [laughs] cold? [laughs]", "Teo: Very, and that is", "[laughs]", "Ragna: Oh.") == [
        ("Ragna", "Is it [laughs] cold? [laughs]"),
        ("Teo", "Very, and that is [laughs]"),
        ("Ragna", "Oh."),
    ]


def test_shouted_words_and_wrapped_words_are_no_labels() -> None:
    cues = ("Ragna: What do you call the one who leads?", "Teo: On the door we wrote", "DJ. It was short, and")
    assert spoken(*cues, "A - short one is best.", "Ragna: Oh.") == [
        ("Ragna", "What do you call the one who leads?"),
        ("Teo", "On the door we wrote DJ. It was short, and A - short one is best."),
        ("Ragna", "Oh."),
    ]
    assert spoken("Where does he work?", "NORUN.", "By the tower.", "TILTO.") == [
        (None, "Where does he work?"),
        (None, "NORUN."),
        (None, "By the tower."),
        (None, "TILTO."),
    ]


def test_label_inside_a_sentence_is_a_word_of_it() -> None:
    assert spoken("Ragna: We sell three things,", "Skis: the long ones, and wax.", "Teo: Oh.", "Ragna: Yes.")[0] == (
        "Ragna",
        "We sell three things, Skis: the long ones, and wax.",
    )


def test_guest_who_speaks_once_is_known_by_a_mention() -> None:
    assert spoken(
        "Ragna: Here is Maja Lund about her skis.", "Maja Lund: They broke.", "Teo: Both?", "Ragna: Both.", "Teo: Oh."
    )[1] == ("Maja Lund", "They broke.")


def test_where_every_cue_has_a_label_one_that_occurs_once_is_a_speaker() -> None:
    assert spoken("Ragna Holm: Is it cold?", "Teo Falk: Very.", "Ragna Holm: Oh.", "iPad: Hello?")[-1] == (
        "iPad",
        "Hello?",
    )


def test_label_in_capitals_among_others_in_capitals_is_a_speaker_even_if_it_occurs_once() -> None:
    cues = ("RAGNA: Is it", "cold up there?", "TEO: Very.", "And windy.", "RAGNA: Oh.", "Come in.")
    assert spoken(*cues)[1] == ("TEO", "Very. And windy.")


def test_first_word_before_a_colon_is_no_speaker() -> None:
    cues = ("Ragna: Is it cold?", "Well.", "Teo: Very.", "It is.", "Remember: too cold.", "Ragna: Oh.")
    assert ("Teo", "Very. It is. Remember: too cold.") in spoken(*cues)


ROLLING = [
    "is<00:00:01.320><c> it</c><00:00:01.480><c> cold</c>",
    "is it cold\n ",
    "is it cold\nup<00:00:03.480><c> there</c>",
    "up there\n ",
    "up there\nin<00:00:05.480><c> the</c><00:00:05.640><c> hut</c>",
]


def rolling(cues: list[str]) -> list[str]:
    text = "WEBVTT\n\n" + "".join(
        f"00:0{number}.000 --> 00:0{number + 1}.000 align:start position:0%\n{cue}\n\n"
        for number, cue in enumerate(cues, 1)
    )
    transcript = webvtt.parse(Source("a.vtt", text.encode()))
    assert sum(transcript.bytes_by_class.values()) == len(text)
    return [turn.text for turn in transcript.turns]


def test_rolling_lines_are_read_once() -> None:
    assert rolling(ROLLING) == ["is it cold", "up there", "in the hut"]


def test_lines_that_grow_by_a_word_are_read_once() -> None:
    assert rolling(["is", "is it", "is it cold", "is it cold\nup", "is it cold\nup there"]) == [
        "is",
        "it",
        "cold",
        "up",
        "there",
    ]


def test_captions_of_three_lines_that_roll_are_read_once() -> None:
    assert rolling(["a b", "a b\nc d", "a b\nc d\ne f", "c d\ne f\ng h"]) == ["a b", "c d", "e f", "g h"]


def test_word_that_is_said_twice_is_kept() -> None:
    assert rolling(["no", "no", "I said", "no", "no way", "never", "not once"]) == [
        "no",
        "no",
        "I said",
        "no",
        "no way",
        "never",
        "not once",
    ]
