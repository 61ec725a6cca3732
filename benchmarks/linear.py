"""Whether reading hostile or monotonous input takes linear time: for every format and filler, the time for twice the
input against the time for once, in one run. A ratio near 2 is linear, near 4 quadratic.

python -m benchmarks.linear [--size CHARACTERS]
"""

import argparse
import statistics
import time
from collections.abc import Callable

from app.errors import TranscriptError
from app.transcripts import FORMATS
from app.transcripts.source import Source
from app.transcripts.transcript import TranscriptFormat

_ROUNDS = 3
# What a format of each kind begins with, so that the filler is read by its parser and not refused at the door.
_OPENINGS = {
    "webvtt": "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada>So\n\n00:01.000 --> 00:02.000\n",
    "subrip": "1\n00:00:00,000 --> 00:00:01,000\nAda: So\n\n2\n00:00:01,000 --> 00:00:02,000\n",
    "podcast-json": '{"version":"1.0.0","segments":[{"speaker":"Ada","startTime":0,"endTime":1,"body":"',
    "speech-recognition-json": '{"segments":[{"start":0,"end":1,"text":"',
    "tei": '<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><u who="#a">So</u><u who="#b">',
    "akoma-ntoso": '<akomaNtoso><debate><debateBody><speech by="#a"><p>',
    "ohms": "<ROOT><record><title>x</title><transcript>",
    "sbv": "0:00:01.000,0:00:02.000\nAda: So\n\n0:00:02.000,0:00:03.000\nBen: ",
    "substation": "[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,Ada,,,,,So\n"
    "Dialogue: 0,0:00:02.00,0:00:03.00,,Ben,,,,,",
    "ttml": '<tt><body><p begin="1s">Ada: So</p><p begin="2s">Ben: ',
    "otranscribe": '{"media": "x", "text": "<p>Ada: So?</p><p>Ben: Yes.</p><p>Ada: ',
    "elan": "<ANNOTATION_DOCUMENT><TIER TIER_ID='Ada'><ALIGNABLE_ANNOTATION><ANNOTATION_VALUE>",
    "exmaralda": "<basic-transcription><tier speaker='S' type='t'><event start='a' end='b'>",
    "textgrid": 'File type = "ooTextFile"\nObject class = "TextGrid"\n0 9 <exists> 1 "IntervalTier" "Ada" 0 9 1 0 9 "',
    "chat": "@UTF8\n@Begin\n*ADA:\tso .\n*BEN:\t",
    "odt": '<document xmlns="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><body><text><p>Ada: So</p><p>Ben: ',
    "rtf": "{\\rtf1 Ada: So?\\par Ben: ",
    "wikitext": "'''Ada''': [[So]]?\n\n'''Ben''': ",
    "rezonator": "ADA;\tso?\n\twell?\nBEN;\tyes.\n\t",
    "jats": "<article><front><article-meta/></front><body><p><bold>Ada:</bold> So?</p><p><bold>Ben:</bold> ",
    "html": "<html><body><p>Ada: So?</p><p>Ben: Yes.</p><p>Ada: ",
    "delimited": "speaker,text\nAda,So\nBen,",
    "timestamped-text": "00:00:01 So\n\n00:00:02 ",
    "labelled-text": "Q: So?\nA: Yes.\nQ: ",
    "markdown": "**Ada:** So?\n\n**Ben:** Yes.\n\n**Ada:** ",
}
_FILLERS = {
    "spaces": " ",
    "one letter": "a",
    "words": "and so it goes ",
    "lines": "line\n",
    "paragraphs": "A paragraph without a label.\n\n",
    "labels": "Ada: x\n",
    "names": "Name Surname: x\n\n",
    "quotes": '"',
    "angle brackets": "<",
    "ampersands": "&",
    "entities": "&amp;",
    "stars": "*",
    "underscores": "_",
    "brackets": "[",
    "parentheses": "(",
    "clocks": "00:00:01 ",
    "digits": "1",
    "colons": "a:",
    "backslashes": "\\n",
    "headings": "## What?\n\nThat.\n\n",
    "bold": "**So?**\n\nYes.\n\n",
    "tags": "<b>",
    "paragraph tags": "<p>x</p>",
}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _read(known: TranscriptFormat, text: str) -> None:
    source = Source("x", text.encode())
    known.sniff(source)
    try:
        known.parse(source)
    except TranscriptError:
        return


def main() -> None:
    """Measure every pair and print the worst ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=200_000, help="characters of the smaller input")
    size = parser.parse_args().size
    measured = []
    for known in FORMATS:
        if known.name not in _OPENINGS:
            continue
        for name, filler in _FILLERS.items():
            once = _OPENINGS[known.name] + filler * (size // len(filler))
            twice = _OPENINGS[known.name] + filler * (2 * size // len(filler))
            ratios, seconds = [], 0.0
            for _round in range(_ROUNDS):
                first = _seconds(lambda text=once: _read(known, text))  # type: ignore[misc]  # noqa: B023 - called at once
                seconds = _seconds(lambda text=twice: _read(known, text))  # type: ignore[misc]  # noqa: B023 - called at once
                ratios.append(seconds / first)
            measured.append((statistics.median(ratios), seconds, known.name, name))
    measured.sort(reverse=True)
    print(f"{len(measured)} pairs of format and filler, {size} against {2 * size} characters")
    print("worst ratios:")
    for ratio, seconds, known_name, name in measured[:12]:
        print(f"  {ratio:.2f} ({seconds:.2f} s for the longer) {known_name}, {name}")
    print("slowest:")
    for ratio, seconds, known_name, name in sorted(measured, key=lambda one: -one[1])[:6]:
        print(f"  {seconds:.2f} s (ratio {ratio:.2f}) {known_name}, {name}")


if __name__ == "__main__":
    main()
