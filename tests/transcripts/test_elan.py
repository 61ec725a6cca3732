"""ELAN annotations, and how one conversation is made of tiers."""

import pytest

from app.errors import TranscriptError
from app.structure.pairing import pair
from app.transcripts import elan
from app.transcripts.source import Source
from app.transcripts.tiers import label_of
from app.transcripts.transcript import ByteClass
from tests.transcripts.reading import codes, read_as, said, starts


def slots(*times: int | None) -> str:
    written = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="t{number}"' + (f' TIME_VALUE="{time}"/>' if time is not None else "/>")
        for number, time in enumerate(times)
    )
    return f"<TIME_ORDER>{written}</TIME_ORDER>"


def tier(name: str, *annotations: tuple[int, int, str], more: str = "") -> str:
    inner = "".join(
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{name}{number}" TIME_SLOT_REF1="t{first}" '
        f'TIME_SLOT_REF2="t{last}"><ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>'
        for number, (first, last, text) in enumerate(annotations)
    )
    return f'<TIER TIER_ID="{name}" {more}>{inner}</TIER>'


def dependent(name: str, parent: str, *values: str, more: str = "") -> str:
    inner = "".join(
        f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{name}{number}" ANNOTATION_REF="{parent}{number}">'
        f"<ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
        for number, text in enumerate(values)
    )
    return f'<TIER TIER_ID="{name}" PARENT_REF="{parent}" {more}>{inner}</TIER>'


def document(*parts: str) -> str:
    return f'<?xml version="1.0"?>\n<ANNOTATION_DOCUMENT VERSION="3.0"><HEADER/>{"".join(parts)}</ANNOTATION_DOCUMENT>'


def test_tiers_are_put_together_by_time() -> None:
    text = document(
        slots(0, 1800, 4200, 5200),
        tier("Interviewer", (0, 1, "Who kept the bees?"), (2, 3, "And &amp; then?"), more='PARTICIPANT="Ada Lind"'),
        tier("Respondent", (1, 2, "My aunt."), more='PARTICIPANT="Ben Moe"'),
    )
    transcript = read_as(elan.FORMAT, text, "talk.eaf")
    assert said(transcript) == [
        ("Ada Lind", "Who kept the bees?"),
        ("Ben Moe", "My aunt."),
        ("Ada Lind", "And & then?"),
    ]
    assert starts(transcript) == [0, 1800, 4200]
    roles = {person.name: person.role for person in pair(transcript.turns, transcript.metadata).participants}
    assert roles == {"Ada Lind": "interviewer", "Ben Moe": "interviewee"}


def test_annotations_of_one_speaker_in_a_row_are_one_turn() -> None:
    text = document(slots(0, 1, 2, 3), tier("Ada", (0, 1, "Who?"), (1, 2, "Say it.")), tier("Ben", (2, 3, "She.")))
    transcript = read_as(elan.FORMAT, text)
    assert said(transcript) == [("Ada", "Who? Say it."), ("Ben", "She.")]
    assert transcript.turns[0].end_ms == 2


def test_overlapping_speech_stays_with_each_speaker() -> None:
    text = document(
        slots(0, 1000, 1500, 4000), tier("Ada", (0, 3, "We went there, and then home.")), tier("Ben", (1, 2, "Mhm."))
    )
    assert said(read_as(elan.FORMAT, text)) == [("Ada", "We went there, and then home."), ("Ben", "Mhm.")]


def test_translations_words_and_comments_are_not_said() -> None:
    text = document(
        slots(0, 1000, 2000),
        tier("tx@Ada", (0, 1, "Wer war es?")),
        dependent("ft@Ada", "tx@Ada", "Who was it?"),
        tier("words@Ada", (0, 1, "Wer")),
        tier("tx@Ben", (1, 2, "Meine Tante.")),
        tier("comments", (1, 2, "He laughs.")),
        tier("empty"),
    )
    transcript = read_as(elan.FORMAT, text)
    assert said(transcript) == [("Ada", "Wer war es?"), ("Ben", "Meine Tante.")]
    assert codes(transcript) == ["other-tiers"]
    assert transcript.bytes_by_class[ByteClass.NOTE] == len("Who was it?" + "Wer" + "He laughs.")


def test_words_of_a_tier_below_numbers_are_said() -> None:
    text = document(
        slots(0, 1000, 2000, 3000),
        tier("ref@A", (0, 1, "A.001"), (2, 3, "A.002"), more='PARTICIPANT="Ada"'),
        dependent("tx@A", "ref@A", "Who was it?", "And then?", more='PARTICIPANT="Ada"'),
        tier("ref@B", (1, 2, "B.001"), more='PARTICIPANT="Ben"'),
        dependent("tx@B", "ref@B", "My aunt.", more='PARTICIPANT="Ben"'),
    )
    transcript = read_as(elan.FORMAT, text)
    assert said(transcript) == [("Ada", "Who was it?"), ("Ben", "My aunt."), ("Ada", "And then?")]
    assert starts(transcript) == [0, 1000, 2000]


def test_labels_count_in_a_single_tier_that_names_nobody() -> None:
    text = document(slots(0, 1, 2), tier("default", (0, 1, "Ada: Who?"), (1, 2, "Ben: She.")))
    assert said(read_as(elan.FORMAT, text)) == [("Ada", "Who?"), ("Ben", "She.")]


def test_slot_without_a_time_keeps_its_place_and_states_no_time() -> None:
    text = document(slots(0, None, None, 3000), tier("Ada", (0, 1, "Who?"), (2, 3, "So?")), tier("Ben", (1, 2, "She.")))
    transcript = read_as(elan.FORMAT, text)
    assert starts(transcript)[0] == 0
    assert starts(transcript)[1:] == [None] * (len(transcript.turns) - 1)
    assert dict.fromkeys(label for label, _ in said(transcript)) == {"Ada": None, "Ben": None}


def test_annotations_in_any_order_of_the_file_are_read_by_time() -> None:
    text = document(slots(0, 1, 2, 3), tier("Ada", (2, 3, "So?"), (0, 1, "Who?"), (1, 2, "Say.")))
    assert " ".join(words for _, words in said(read_as(elan.FORMAT, text))) == "Who? Say. So?"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Ada Lind", "Ada Lind"),
        ("tx@Ada", "Ada"),
        ("Ada - words", "Ada"),
        ("A_Transcription-txt", "A"),
        ("SPEAKER_01", "SPEAKER_01"),
        ("TR", "TR"),
        ("utterance", None),
        ("default", None),
    ],
)
def test_tier_is_named_after_its_speaker(name: str, label: str | None) -> None:
    assert label_of(name) == label


def test_file_without_words_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no tier of this file holds words"):
        elan.parse(Source("talk.eaf", document(slots(0, 1), tier("gestures", (0, 1, "nods"))).encode()))
