"""EXMARaLDA transcriptions."""

import pytest

from app.errors import TranscriptError
from app.transcripts import exmaralda
from app.transcripts.source import Source
from tests.transcripts.reading import codes, read_as, said, starts

HEAD = (
    "<head><meta-information><transcription-name>Bees</transcription-name></meta-information><speakertable>"
    '<speaker id="S0"><abbreviation>Ada</abbreviation><languages-used><language lang="deu"/></languages-used></speaker>'
    '<speaker id="S1"><abbreviation></abbreviation></speaker></speakertable></head>'
)


def document(times: str, *tiers: str) -> str:
    points = "".join(
        f'<tli id="T{number}"' + (f' time="{time}"/>' if time != "-" else "/>")
        for number, time in enumerate(times.split())
    )
    body = f"<common-timeline>{points}</common-timeline>{''.join(tiers)}"
    return f"<basic-transcription>{HEAD}<basic-body>{body}</basic-body></basic-transcription>"


def tier(speaker: str, *events: tuple[int, int, str], kind: str = "t", name: str = "v") -> str:
    inner = "".join(f'<event start="T{first}" end="T{last}">{text}</event>' for first, last, text in events)
    return f'<tier id="x" speaker="{speaker}" category="{name}" type="{kind}" display-name="[{name}]">{inner}</tier>'


def test_events_without_a_gap_are_one_utterance() -> None:
    text = document(
        "0 1.25 - 4 5 6",
        tier("S0", (0, 1, "Wer hatte "), (1, 2, "die Bienen? "), (4, 5, "Und dann?")),
        tier("S1", (1, 2, "Ja, "), (2, 3, "meine Tante.")),
    )
    transcript = read_as(exmaralda.FORMAT, text, "talk.exb")
    assert said(transcript) == [("Ada", "Wer hatte die Bienen?"), ("S1", "Ja, meine Tante."), ("Ada", "Und dann?")]
    assert starts(transcript) == [0, 1250, 5000]
    assert (transcript.metadata.title, transcript.metadata.language) == ("Bees", "de")


def test_answer_after_a_sentence_comes_before_what_the_first_speaker_goes_on_with() -> None:
    text = document(
        "0 1 2 3",
        tier("S0", (0, 1, "Wer war es? "), (1, 2, "Sag es. ")),
        tier("S1", (1, 2, "Sie.")),
    )
    assert said(read_as(exmaralda.FORMAT, text)) == [("Ada", "Wer war es? Sag es."), ("S1", "Sie.")]


def test_order_of_the_timeline_counts_where_there_are_no_times() -> None:
    text = document("- - - -", tier("S1", (1, 2, "Sie.")), tier("S0", (0, 1, "Wer?"), (2, 3, "So?")))
    transcript = read_as(exmaralda.FORMAT, text)
    assert said(transcript) == [("Ada", "Wer?"), ("S1", "Sie."), ("Ada", "So?")]
    assert starts(transcript) == [None, None, None]


def test_annotations_and_descriptions_are_not_said() -> None:
    text = document(
        "0 1",
        tier("S0", (0, 1, "Wer?")),
        tier("S0", (0, 1, "Who?"), kind="a", name="en"),
        tier("S0", (0, 1, "nods"), kind="d", name="nv"),
    )
    transcript = read_as(exmaralda.FORMAT, text)
    assert said(transcript) == [("Ada", "Wer?")]
    assert codes(transcript) == ["other-tiers"]


def test_transcription_without_events_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no tier of this file holds words"):
        exmaralda.parse(Source("talk.exb", document("0 1", tier("S0")).encode()))
