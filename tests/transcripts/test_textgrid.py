"""Praat TextGrids."""

import pytest

from app.errors import TranscriptError
from app.transcripts import textgrid
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass
from tests.transcripts.reading import codes, read_as, said, starts


def long_tier(name: str, *intervals: tuple[float, float, str]) -> str:
    inner = "".join(
        f"        intervals [{number}]:\n            xmin = {start} \n            xmax = {end} \n"
        f'            text = "{text}" \n'
        for number, (start, end, text) in enumerate(intervals, 1)
    )
    head = f'    item [1]:\n        class = "IntervalTier" \n        name = "{name}" \n        xmin = 0 \n'
    head += "        xmax = 9 \n"
    return f"{head}        intervals: size = {len(intervals)} \n{inner}"


def long_form(*tiers: str) -> str:
    head = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0 \nxmax = 9 \ntiers? <exists> \n'
    return f"{head}size = {len(tiers)} \nitem []: \n{''.join(tiers)}"


def short_form(*tiers: tuple[str, tuple[tuple[float, float, str], ...]]) -> str:
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "0", "9", "<exists>", str(len(tiers))]
    for name, intervals in tiers:
        lines += ['"IntervalTier"', f'"{name}"', "0", "9", str(len(intervals))]
        for start, end, text in intervals:
            lines += [str(start), str(end), f'"{text}"']
    return "\n".join(lines) + "\n"


ADA = ((0, 1.8, "Who kept the bees?"), (1.8, 9, ""))
BEN = ((0, 1.8, ""), (1.8, 4, 'My ""dear"" aunt.'), (4, 9, ""))


@pytest.mark.parametrize(
    "text", [long_form(long_tier("Ada", *ADA), long_tier("Ben", *BEN)), short_form(("Ada", ADA), ("Ben", BEN))]
)
def test_both_forms_are_put_together_by_time(text: str) -> None:
    transcript = read_as(textgrid.FORMAT, text, "talk.TextGrid")
    assert said(transcript) == [("Ada", "Who kept the bees?"), ("Ben", 'My "dear" aunt.')]
    assert starts(transcript) == [0, 1800]
    assert transcript.bytes_by_class[ByteClass.TIME] == len("0" + "1.8" + "1.8" + "4")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_file_with_a_byte_order_mark_is_read(encoding: str) -> None:
    text = short_form(("Åse", ((0, 1, "Hvem?"),)), ("Bjørn", ((1, 2, "Søsteren min."),)))
    assert said(read_as(textgrid.FORMAT, text.encode(encoding))) == [("Åse", "Hvem?"), ("Bjørn", "Søsteren min.")]


def test_words_are_joined_and_sounds_silences_and_points_are_not_said() -> None:
    words = ((0, 0.5, "who"), (0.5, 0.9, "kept"), (0.9, 2, "it"), (2, 4, ""), (4, 9, "well"))
    text = short_form(
        ("Ada - words", words),
        ("Ada - phones", ((0, 9, "h u"),)),
        ("Ben - words", ((0, 2, "sil"), (2, 3, "my"), (3, 4, "aunt"))),
    )
    text = text.replace("<exists>\n3", "<exists>\n4") + '"TextTier"\n"notes"\n0\n9\n1\n3.5\n"click"\n'
    transcript = read_as(textgrid.FORMAT, text)
    assert said(transcript) == [("Ada", "who kept it"), ("Ben", "my aunt"), ("Ada", "well")]
    assert codes(transcript) == ["other-tiers"]


def test_sentences_are_read_rather_than_words() -> None:
    words = ((0, 0.5, "who"), (0.5, 0.9, "kept"), (0.9, 2, "it"))
    text = short_form(("Ada - words", words), ("Ada - utterances", ((0, 2, "Who kept it?"),)))
    assert said(read_as(textgrid.FORMAT, text)) == [("Ada", "Who kept it?")]


def test_comments_between_values_are_passed_over() -> None:
    text = short_form(("Ada", ((0, 1, "Who?"),))).replace("<exists>", '<exists> ! 3 "tiers"')
    assert said(read_as(textgrid.FORMAT, text)) == [("Ada", "Who?")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (long_form(long_tier("Ada", *ADA))[:-40], "ends where"),
        (short_form(("Ada", ADA)).replace('"Ada"', "7"), "should stand here"),
        (short_form(("phones", ADA)), "no tier of this TextGrid holds words"),
        ("Ada: Who?\nBen: She.\n", "does not begin with"),
    ],
)
def test_file_that_is_no_whole_textgrid_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TranscriptError, match=reason):
        textgrid.parse(Source("talk.TextGrid", text.encode()))
