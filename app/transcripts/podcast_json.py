"""Reads the JSON transcripts of the podcast namespace: {"segments": [{"speaker", "startTime", "endTime", "body"}]}.

A segment is a word, a caption or a paragraph. Consecutive segments of one speaker make one turn, unless they are
paragraphs.
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
    have_arrows,
    is_word_sized,
    joined_by_speaker,
    likely_scale,
    make_turns,
    mark_labels,
    remark_odd_times,
)
from app.transcripts.transcript import NO, Guess, Ledger, Transcript, TranscriptFormat
from app.transcripts.turn_text import Mark, mark_all

# Characters of a caption, at most: two lines of some fifty, rounded up. A longer segment is a paragraph.
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
    pieces = _timed_texts(segments.elements, ledger)
    texts = [piece.text for piece in pieces]
    spacing, marks = Spacing.of(texts), list[Mark]()
    names = speaker_names(source, root)
    runs = joined_by_speaker(source, pieces) if _are_pieces(pieces) else [[piece] for piece in pieces]
    arrows = have_arrows(pieces)
    turns = tuple(turn for run in runs for turn in make_turns(source, run, spacing, names, marks, arrows=arrows))
    if not turns:
        raise source.error("no segment holds any text", segments.start)
    mark_labels(source, (piece.label for piece in pieces), marks)
    remark_odd_times(ledger, pieces, any(piece.start_ms is not None for piece in pieces))
    metadata = json_metadata(source, root, names, ledger)
    mark_all(ledger, marks)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, turns, metadata, remarks, counts)


def _timed_texts(elements: list[JsonNode], ledger: Ledger) -> list[TimedText]:
    pairs: list[tuple[TimedText, JsonNode]] = []
    for element in elements:
        body = plain_members(element).get("body")
        if body is None or body.string is None:
            ledger.remark("no-body", 'a segment without a "body" string was left out', element.start)
            continue
        pairs.append((TimedText([body], label_node(element)), element))
    spans = [time_span(element) for _, element in pairs]
    durations = ((span.bare_duration() or 0, len(piece.text)) for span, (piece, _) in zip(spans, pairs, strict=True))
    scale = likely_scale(durations)
    if scale != SECONDS and pairs:
        ledger.remark("time-unit", "the times were read as milliseconds: as seconds they would be too slow", 0)
    for span, (piece, _) in zip(spans, pairs, strict=True):
        piece.start_ms, piece.end_ms = span.milliseconds(scale)
        piece.time_marks = span.nodes
    return [piece for piece, _ in pairs]


def _are_pieces(pieces: list[TimedText]) -> bool:
    """Whether segments are only pieces of turns: words, or captions that name their speaker."""
    texts = [piece.text for piece in pieces if piece.text.strip()]
    if is_word_sized(texts):
        return True
    return any(piece.label for piece in pieces) and median(map(len, texts or [""])) <= _CAPTION_LENGTH


FORMAT = TranscriptFormat(
    name="podcast-json",
    description="JSON transcript of the podcast namespace: segments with speaker, startTime, endTime and body",
    suffixes=(".json",),
    sniff=sniff,
    parse=parse,
)
