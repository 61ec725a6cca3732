"""Whether work on hostile or monotonous text takes linear time: for every subject and filler, the processor time for
twice the text against the time for once, in one run. A ratio near 2 is linear, near 4 quadratic.

Subjects are every format that is read and written, pairing, alignment and differences, queries of searches, highlights
and snippets, verdicts on quotations, and articles.

python -m benchmarks.linear [--size CHARACTERS] [--only WORDS]
"""

import argparse
import datetime
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.citations import Reference
from app.db import Database
from app.errors import MetadataError, TranscriptError
from app.exports import INTERVIEWS, LISTS, REFERENCES
from app.exports.format import InterviewDocument, ListFormat
from app.loading import DocumentWriter, load_interview
from app.queries.highlights import Highlighter, best_snippet, marked
from app.queries.interviews import find_interview, find_record
from app.queries.query import read_query
from app.quotes import Passage, PassageTurn, judge
from app.quotes.article import find_quotations
from app.structure.prepare import prepare
from app.text.alignment import align, find_successors
from app.text.asking import asking
from app.text.differences import differences
from app.transcripts import FORMATS
from app.transcripts.source import Source
from app.transcripts.transcript import TranscriptFormat
from benchmarks.authors import at

_ROUNDS = 3
# Below this many seconds for the longer text, a ratio is noise.
_FLOOR = 0.02
Subject = Callable[[str], object]
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
# How a file ends that is refused unless it is whole.
_CLOSINGS = {
    "podcast-json": '"}]}',
    "speech-recognition-json": '"}]}',
    "otranscribe": '</p>"}',
    "tei": "</u></body></text></TEI>",
    "akoma-ntoso": "</p></speech></debateBody></debate></akomaNtoso>",
    "ttml": "</p></body></tt>",
    "elan": "</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></TIER></ANNOTATION_DOCUMENT>",
    "exmaralda": "so</event></tier></basic-transcription>",
    "odt": "</p></text></body></document>",
    "jats": "</p></body></article>",
}
# Units of formats, many of which make one turn, or many turns.
UNITS = {
    "webvtt": {
        "cues of one speaker": "\n\n00:01.000 --> 00:02.000\n<v Ben>and so",
        "cues without a speaker": "\n\n00:01.000 --> 00:02.000\nand so",
        "rolling cues": "\n\n00:01.000 --> 00:02.000\nand so\nand on",
    },
    "subrip": {"cues without a speaker": "\n\n3\n00:00:03,000 --> 00:00:04,000\nand so"},
    "sbv": {"line breaks": "[br]and so", "cues": "\n\n0:00:02.000,0:00:03.000\nand so"},
    "exmaralda": {"events": "so</event><event start='b' end='b'>"},
    "elan": {"annotations": "so</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION><ALIGNABLE_ANNOTATION><ANNOTATION_VALUE>"},
    "podcast-json": {"segments": 'so"},{"speaker":"Ada","startTime":1,"endTime":2,"body":"'},
    "speech-recognition-json": {"segments": 'so"},{"start":1,"end":2,"text":"'},
    "tei": {"utterances": "so</u><u who='#a'>", "segments": "<seg>so</seg>"},
    "akoma-ntoso": {"speeches": "so</p></speech><speech by='#b'><p>", "paragraphs": "so</p><p>"},
    "ttml": {"cues": 'so</p><p begin="3s">', "line breaks": "so<br/>"},
    "chat": {"utterances": "so .\n*ADA:\t", "lines": "so\n\t"},
    "html": {"paragraphs": "so</p><p>", "labels": "so</p><p>Ben: yes.</p><p>Ada: ", "spans": "<b>Ada:</b> so "},
    "delimited": {"rows": "\nBen,so", "rows in turn": "\nBen,so\nAda,so"},
    "labelled-text": {"turns": "so?\nA: Yes.\nQ: ", "paragraphs": "so?\n\n"},
    "timestamped-text": {"times": "so\n\n00:00:03 "},
    "markdown": {"turns": "so?\n\n**Ben:** Yes.\n\n**Ada:** ", "links": "[a](http://a.example/b) "},
    "wikitext": {"turns": "so?\n\n'''Ben''': [[So]]\n\n", "templates": "{{a|b}} "},
    "rtf": {"paragraphs": "so\\par Ada: ", "groups": "{\\b so}"},
    "odt": {"paragraphs": "so</p><p>Ada: ", "spans": "<span>so</span>"},
    "jats": {"paragraphs": "so</p><p><bold>Ada:</bold> "},
    "otranscribe": {"paragraphs": "so</p><p>Ben: "},
    "substation": {"lines": "so\nDialogue: 0,0:00:02.00,0:00:03.00,,Ben,,,,,", "breaks": "so\\N"},
    "rezonator": {"lines": "so\n\t", "turns": "so\nADA;\t"},
}
FILLERS = {
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
    "names and times": "Ragna 0:03\n",
    "cells": "| a | b\n",
    "backslashes": "\\n",
    "headings": "## What?\n\nThat.\n\n",
    "bold": "**So?**\n\nYes.\n\n",
    "tags": "<b>",
    "paragraph tags": "<p>x</p>",
    "blank lines": "\n",
    "number signs": "#",
    "full stops": ".",
    "dots and spaces": ". ",
    "alternating marks": "*_`~",
    "alternating brackets": "[](){}",
    "fences": "```\n~~~~\n",
    "paragraphs that open a quotation": '"So it was.\n\n',
    "quotations": '"So it was," said Ada Lind. ',
    "names and commas": "Ada Lind, Ben Holm and ",
    "numbers": "1,234.5 ",
    "long words": "antidisestablishmentarian",
    "accents": "e\u0301",
    "ideographs": "\u6211\u5011",
    "carriage returns": "\r",
    "arrows": ">> ",
    "dashes": "\u2014 ",
    "unclosed comments": "<!-- ",
    "unclosed links": "[a](b ",
    "questions": "Why? ",
}


def _read(known: TranscriptFormat, opening: str, closing: str = "") -> Subject:
    def work(text: str) -> None:
        source = Source("x", (opening + text + closing).encode())
        known.sniff(source)
        try:
            known.parse(source)
        except TranscriptError:
            return

    return work


def _read_pdf(known: TranscriptFormat) -> Subject:
    def work(text: str) -> None:
        lines = [text[at : at + 80] for at in range(0, len(text), 80)]
        escaped = (line.translate({0x5C: "\\\\", 0x28: "\\(", 0x29: "\\)"}) for line in lines)
        shown = [f"BT /F1 12 Tf 72 {760 - 14 * (n % 50)} Td ({line}) Tj ET" for n, line in enumerate(escaped)]
        pages = ["\n".join(shown[at : at + 50]) for at in range(0, len(shown), 50)]
        try:
            known.parse(Source("x.pdf", _pdf(pages)))
        except TranscriptError:
            return

    return work


def _pdf(pages: list[str]) -> bytes:
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>"]
    objects.append("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    for number, content in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {5 + 2 * number} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        stream = content.encode("cp1252", errors="replace").decode("cp1252", errors="replace")
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    made, offsets, length = ["%PDF-1.4\n"], [], len("%PDF-1.4\n")
    for number, inner in enumerate(objects, 1):
        offsets.append(length)
        made.append(f"{number} 0 obj{inner}endobj\n")
        length += len(made[-1])
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{length}\n%%EOF\n"
    return "".join([*made, end, trailer]).encode("cp1252", errors="replace")


def _stored() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an interview and its record as exports get them, with times."""
    talk = b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ada>So?\n\n00:01.000 --> 00:02.000\n<v Ben>Yes.\n"
    now = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/quoth.sqlite")
        database.migrate()
        with database.write() as connection, DocumentWriter(connection) as documents:
            load_interview(
                connection,
                prepare(Source(str(Path(folder) / "talk.vtt"), talk)),
                at(now),
                documents=documents,
            )
        with database.read() as connection:
            found = dict(find_interview(connection, "talk")), dict(find_record(connection, "talk"))
        database.close()
    return found


def _write(render: Callable[[InterviewDocument], str], *, in_one_turn: bool) -> Subject:
    interview, record = _stored()
    question, answer = record["turns"][:2]

    def work(text: str) -> None:
        cut = [text] if in_one_turn else [text[at : at + 100] for at in range(0, len(text), 100)]
        answers = [{**answer, "id": f"t{number}", "text": part} for number, part in enumerate(cut)]
        render(InterviewDocument(interview, {**record, "turns": [question, *answers]}))

    return work


def _write_row(table: ListFormat) -> Subject:
    return lambda text: list(table.render([{"text": text}], ["text"]))


def _refer(text: str) -> list[str]:
    names, line = (text,), None
    reference = Reference("x", text, names, names, names, names, "2026-01-02", text, text, "en", line, text, line, text)
    return [form.render(reference) for form in REFERENCES]


def _find(text: str) -> None:
    highlighter = Highlighter(read_query('so OR "it goes" OR a* OR line'))
    matches = highlighter.find(text, stemmed=True)
    if snippet := best_snippet(text, matches):
        marked(text, snippet)


def _judge(quotation: str) -> Subject:
    return lambda text: judge(quotation, [Passage("x", (PassageTurn("t", text),))])


def _read_units(known: TranscriptFormat, opening: str, unit: str) -> Subject:
    """Read as many units of a format as a text is tens of characters long."""
    read = _read(known, opening, _CLOSINGS.get(known.name, ""))
    return lambda text: read(unit * (len(text) // 10))


def _pair(text: str) -> None:
    """Read and pair as loading does, with as many labelled turns as a text has lines of 40 characters."""
    lines = [text[at : at + 40].replace("\n", " ").strip() or "so" for at in range(0, len(text), 40)]
    talk = "\n\n".join(f"{'Ada Lind' if place % 2 else 'Ben Holm'}: {line}?" for place, line in enumerate(lines))
    with suppress(TranscriptError, MetadataError):
        prepare(Source("x.txt", talk.encode(errors="replace")))


def _align(text: str) -> None:
    """Align turns with themselves where every tenth one has changed, as a corrected file does."""
    turns = [text[at : at + 40] for at in range(0, len(text), 40)]
    changed = [f"{turn} so" if place % 10 == 0 else turn for place, turn in enumerate(turns)]
    find_successors(turns, changed, align(turns, changed))


def subjects() -> Iterator[tuple[str, Subject]]:
    """Yield the name of what takes a text, and a function that does the work."""
    for known in FORMATS:
        if known.name in _OPENINGS:
            yield f"read {known.name}", _read(known, _OPENINGS[known.name])
            for name, unit in UNITS.get(known.name, {}).items():
                yield f"read {known.name}, {name}", _read_units(known, _OPENINGS[known.name], unit)
        elif known.name == "pdf":
            yield "read pdf", _read_pdf(known)
    for interview_format in INTERVIEWS:
        yield f"write {interview_format.name}, one turn", _write(interview_format.render, in_one_turn=True)
        yield f"write {interview_format.name}, many turns", _write(interview_format.render, in_one_turn=False)
    for table in LISTS:
        yield f"write {table.name}", _write_row(table)
    yield "write references", _refer
    yield "query", read_query
    yield "question as query", lambda text: read_query(f"who said {text}?")
    yield "highlights and snippet", _find
    yield "pairing", _pair
    yield "alignment of turns", _align
    yield "asking sentences", lambda text: asking(text, "en")
    yield "differences", lambda text: differences(text, f"{text} so")
    yield "verdict, words of the passage", _judge("and so it goes and so it went and so it goes")
    yield "verdict, an omission", _judge("and so ... it goes [and] so it ... goes")
    yield "verdict, other words", _judge("the council did not repair the bridge in the winter of 1962")
    yield "article", lambda text: list(find_quotations(text, 3))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _measure(work: Subject, filler: str, size: int) -> tuple[float, float]:
    """Return the ratio, and the seconds for the longer text."""
    once, twice = filler * (size // len(filler)), filler * (2 * size // len(filler))
    ratios, longer = [], 0.0
    for _round in range(_ROUNDS):
        first = _seconds(lambda: work(once))
        longer = _seconds(lambda: work(twice))
        ratios.append(longer / max(first, 1e-6))
        if longer < _FLOOR:
            break
    return statistics.median(ratios), longer


def main() -> None:
    """Measure every pair and print the worst ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=200_000, help="characters of the smaller text")
    parser.add_argument("--only", default="", help="measure subjects whose names have these words")
    arguments = parser.parse_args()
    measured = []
    for subject, work in subjects():
        for name, filler in FILLERS.items():
            if arguments.only in subject:
                ratio, seconds = _measure(work, filler, arguments.size)
                measured.append((ratio, seconds, subject, name))
    slow = sorted((one for one in measured if one[1] >= _FLOOR), reverse=True)
    print(f"{len(measured)} pairs of subject and filler, {arguments.size} against {2 * arguments.size} characters")
    print(f"worst ratios of the {len(slow)} that take {_FLOOR} s or more:")
    for ratio, seconds, subject, name in slow[:12]:
        print(f"  {ratio:.2f} ({seconds:.2f} s for the longer) {subject}, {name}")
    print("slowest:")
    for ratio, seconds, subject, name in sorted(measured, key=lambda one: -one[1])[:12]:
        print(f"  {seconds:.2f} s (ratio {ratio:.2f}) {subject}, {name}")


if __name__ == "__main__":
    main()
