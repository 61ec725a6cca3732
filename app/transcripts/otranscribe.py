"""Reads oTranscribe documents (.otr): JSON with the transcript as HTML in one string, with the times of its marks."""

import re
from dataclasses import replace

from app.errors import TranscriptError
from app.transcripts import html
from app.transcripts.clock import label_clock_ms
from app.transcripts.embedded import read_embedded
from app.transcripts.json_keys import plain_members
from app.transcripts.json_text import read_json, string_segments
from app.transcripts.source import Source
from app.transcripts.transcript import NO, ByteClass, Guess, Ledger, Transcript, TranscriptFormat
from app.transcripts.xml import XmlText

_KEYS = re.compile(r'"(text|media|media-time|media-source)"\s{0,20}:')
_HTML = re.compile(r'"text"\s{0,20}:\s{0,20}"[^"]{0,40}<')
# The marks print whole seconds, and have the exact time beside it.
_MARK = re.compile(
    r"<span\b[^<>]{0,300}?data-timestamp=[\"']?(?P<seconds>[0-9]{1,6}(?:\.[0-9]{1,9})?)[^<>]{0,300}>"
    r"[\s\u00a0]{0,4}(?P<clock>[0-9]{1,3}(?::[0-9]{2}){1,2})[\s\u00a0]{0,4}<"
)


def sniff(source: Source) -> Guess:
    """A JSON object with "text" that is HTML, and with "media"."""
    try:
        text = source.text
    except TranscriptError:
        return NO
    if not text.lstrip("\ufeff \t\r\n").startswith("{") or not _HTML.search(text):
        return NO
    keys = {found[1] for found in _KEYS.finditer(text)}
    if {"text", "media"} <= keys:
        return Guess(0.98, 'it is JSON with "text" in HTML and "media", as oTranscribe writes it')
    return NO


def parse(source: Source) -> Transcript:
    """Read an oTranscribe document.

    Raises:
        TranscriptError: this is not JSON, or has no "text" with words.
    """
    root, ledger = read_json(source), Ledger(source)
    node = plain_members(root).get("text")
    if node is None or not node.string:
        raise source.error('there is no "text" in this oTranscribe document', root.start)
    runs = [
        XmlText(node.string[run.text_start : run.text_end], run.source_start, run.source_end)
        for run in string_segments(source, node)
    ]
    ledger.mark_stripped(0, node.start + 1, ByteClass.MARKUP)
    ledger.mark_stripped(node.end - 1, len(source.text), ByteClass.MARKUP)
    read = read_embedded(source, runs, ledger, html.parse)
    exact = _exact_times(node.string)
    turns = tuple(
        turn if turn.start_ms is None else replace(turn, start_ms=exact.get(turn.start_ms, turn.start_ms))
        for turn in read.turns
    )
    remarks, account = ledger.close()
    return replace(read, format=FORMAT.name, turns=turns, remarks=remarks, account=account)


def _exact_times(text: str) -> dict[int, int]:
    """Return the exact time of each mark by the time that it prints, both in milliseconds."""
    exact: dict[int, int] = {}
    for mark in _MARK.finditer(text):
        printed = label_clock_ms(mark["clock"])
        moment = round(float(mark["seconds"]) * 1000)
        if printed is not None and printed // 1000 == moment // 1000:
            exact.setdefault(printed, moment)
    return exact


FORMAT = TranscriptFormat(
    name="otranscribe",
    description="oTranscribe documents: the HTML of the transcript inside JSON, with exact times",
    suffixes=(".otr",),
    sniff=sniff,
    parse=parse,
)
