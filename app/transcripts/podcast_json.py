"""Reads the JSON transcripts of the podcast namespace: {"segments": [{"speaker", "startTime", "endTime", "body"}]}.

A segment is as long as a caption or as short as a word, and says again and again who speaks; segments of one speaker
in a row therefore make one turn, unless they are as long as paragraphs.
"""

from statistics import median

from app.errors import TranscriptError
from app.transcripts.json_keys import label_node, plain_members, time_span
from app.transcripts.json_metadata import json_metadata, speaker_names
from app.transcripts.json_text import JsonNode, read_json
from app.transcripts.source import Source
from app.transcripts.timed_texts import (
    SECONDS,
    Spacing,
    TimedText,
    is_word_sized,
    joined_by_speaker,
    likely_scale,
    make_turn,
    mark_labels,
    remark_odd_times,
)
from app.transcripts.transcript import NO, Guess, Ledger, Transcript, TranscriptFormat
from app.transcripts.turn_text import Mark, mark_all

# A caption has at most two lines of some fifty characters; a longer segment is a paragraph, which stands for itself.
_CAPTION_LENGTH = 120


def sniff(source: Source) -> Guess:
    """An object with "segments" whose members have a "body"."""
    try:
        text = source.text.lstrip("\ufeff \t\r\n")
    except TranscriptError:
        return NO
    if text.startswith("{") and '"segments"' in text and '"body"' in text:
        return Guess(0.98, 'it is JSON with "segments" that have a "body", as the podcast namespace writes it')
    return NO


def parse(source: Source) -> Transcript:
    """Read podcast namespace JSON.

    Raises:
        TranscriptError: this is not JSON, or it has no segment with a body.
    """
    root, ledger = read_json(source), Ledger(source)
    members = plain_members(root)
    segments = members.get("segments")
    if segments is None or not segments.elements:
        raise source.error('there are no "segments" here', root.start)
    units = _units(segments.elements, ledger)
    texts = [unit.text for unit in units]
    spacing, marks = Spacing.of(texts), list[Mark]()
    names = speaker_names(source, root)
    runs = joined_by_speaker(source, units) if _are_pieces(units) else [[unit] for unit in units]
    made = [make_turn(source, run, spacing, names, marks) for run in runs]
    turns = tuple(turn for turn in made if turn)
    if not turns:
        raise source.error("no segment holds any text", segments.start)
    mark_labels(source, (unit.label for unit in units), marks)
    remark_odd_times(ledger, units, any(unit.start_ms is not None for unit in units))
    metadata = json_metadata(source, root, names, ledger)
    mark_all(ledger, marks)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, turns, metadata, remarks, counts)


def _units(elements: list[JsonNode], ledger: Ledger) -> list[TimedText]:
    found: list[tuple[TimedText, JsonNode]] = []
    for element in elements:
        body = plain_members(element).get("body")
        if body is None or body.string is None:
            ledger.remark("no-body", 'a segment without a "body" string was passed over', element.start)
            continue
        found.append((TimedText([body], label_node(element)), element))
    spans = [time_span(element) for _, element in found]
    durations = ((span.bare_duration() or 0, len(unit.text)) for span, (unit, _) in zip(spans, found, strict=True))
    scale = likely_scale(durations)
    if scale != SECONDS and found:
        ledger.remark("time-unit", "the times were read as milliseconds: as seconds they would be too slow", 0)
    for span, (unit, _) in zip(spans, found, strict=True):
        unit.start_ms, unit.end_ms = span.milliseconds(scale)
        unit.time_marks = span.nodes
    return [unit for unit, _ in found]


def _are_pieces(units: list[TimedText]) -> bool:
    """Whether segments are pieces of turns: words, or captions that name their speaker."""
    texts = [unit.text for unit in units if unit.text.strip()]
    if is_word_sized(texts):
        return True
    return any(unit.label for unit in units) and median(map(len, texts or [""])) <= _CAPTION_LENGTH


FORMAT = TranscriptFormat(
    name="podcast-json",
    description="JSON transcript of the podcast namespace: segments with speaker, startTime, endTime and body",
    suffixes=(".json",),
    sniff=sniff,
    parse=parse,
)
