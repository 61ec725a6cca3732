"""Reads the JSON of speech recognizers: Whisper and its kin, Deepgram, AssemblyAI, AWS, Google, Azure, Rev and others.

They differ in names and nesting only: all have lists of objects with a text, a time and perhaps a speaker. Most files
hold the same text several times (as a whole, in utterances, in words). It is read once, from the list that says most;
other copies, alternative readings and scores are classed as markup.
"""

import re

from app.errors import TranscriptError
from app.transcripts.json_metadata import json_metadata, speaker_names
from app.transcripts.json_text import JsonNode, read_json
from app.transcripts.source import Source
from app.transcripts.text_list import TextList
from app.transcripts.text_lists import find_conversation, walk
from app.transcripts.timed_texts import (
    MILLISECONDS,
    SECONDS,
    TICKS,
    Spacing,
    have_arrows,
    joined_by_speaker,
    joined_until_next_speaker,
    make_turns,
    mark_labels,
    remark_odd_times,
)
from app.transcripts.transcript import NO, Guess, Ledger, Transcript, TranscriptFormat, Turn
from app.transcripts.turn_text import Mark, mark_all

_SNIFF_KEY = re.compile(
    r'"(?P<text>text|transcript|word|utterance|content|value|display|utf8|sentence|body|message)"\s*+:\s*+["\[]'
    r'|"(?P<time>(?:t?_?start|begin|offset|ts|from)(?:_?[a-z]{1,12}){0,2}|timestamps?)"\s*+:'
    r'|"(?P<speaker>speaker(?:_?[a-z]{1,8}){0,2})"\s*+:\s*+["0-9{\[]'
    r'|"(?P<asked>question|answer)"\s*+:\s*+["\[]',
    re.IGNORECASE,
)


def sniff(source: Source) -> Guess:
    """Look for keys of texts together with keys of times or speakers."""
    try:
        text = source.text.lstrip("\ufeff \t\r\n")
    except TranscriptError:
        return NO
    if not text.startswith(("{", "[")):
        return NO
    seen: dict[str, str] = {}
    for match in _SNIFF_KEY.finditer(text):
        kind = match.lastgroup or ""
        seen.setdefault(kind + match.group(kind) if kind == "asked" else kind, match.group(kind))
        if "text" in seen and "time" in seen and "speaker" in seen:
            return Guess(0.95, _reason(seen, "text", "time", "speaker"))
    if "text" in seen and ("time" in seen or "speaker" in seen):
        return Guess(0.9, _reason(seen, "text", "time", "speaker"))
    if len([key for key in seen if key.startswith("asked")]) > 1:
        return Guess(0.9, "it is JSON with keys for questions and answers")
    return Guess(0.3, "it is JSON with text, but has no times and no speakers") if "text" in seen else NO


def _reason(seen: dict[str, str], *kinds: str) -> str:
    keys = ", ".join(repr(seen[kind]) for kind in kinds if kind in seen)
    return f"it is JSON with the keys of a recognizer's transcript ({keys})"


def parse(source: Source) -> Transcript:
    """Read a recognizer's JSON.

    Raises:
        TranscriptError: this is not JSON, or no list in it has text.
    """
    root, ledger = read_json(source), Ledger(source)
    chosen, labels = find_conversation(source, root)
    if chosen is None:
        raise source.error(
            "nothing in this JSON looks like a transcript: no list has texts with times or speakers", root.start
        )
    scale = _set_times(chosen, ledger)
    names, marks = speaker_names(source, root), list[Mark]()
    spacing = Spacing.of([piece.text for piece in chosen.pieces])
    if any(piece.ends_turn for piece in chosen.pieces) and not chosen.has_speakers:
        runs = joined_until_next_speaker(chosen.pieces)
    elif chosen.are_words:
        runs = joined_by_speaker(source, chosen.pieces)
    else:
        runs = [[piece] for piece in chosen.pieces]
    arrows = have_arrows(chosen.pieces)
    turns = tuple(turn for run in runs for turn in make_turns(source, run, spacing, names, marks, arrows=arrows))
    if not turns:
        raise source.error("no text was found in this transcript", root.start)
    mark_labels(source, [*(piece.label for piece in chosen.pieces), *labels], marks)
    remark_odd_times(ledger, chosen.pieces, scale is not None and not chosen.are_words)
    _remark_left_out(root, turns, ledger)
    metadata = json_metadata(source, root, names, ledger)
    mark_all(ledger, marks)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, turns, metadata, remarks, counts)


def _set_times(text_list: TextList, ledger: Ledger) -> float | None:
    """Set the times of a list in milliseconds; return the milliseconds in its unit, or None if it has no times."""
    scale = text_list.scale
    for span, piece in zip(text_list.spans, text_list.pieces, strict=True):
        piece.start_ms, piece.end_ms = span.milliseconds(scale)
        piece.time_marks = span.nodes
    if not any(span.start for span in text_list.spans):
        return None
    if scale != SECONDS:
        unit = _unit_name(scale)
        ledger.remark("time-unit", f"the times were read as {unit}: as seconds, the speech would be too slow", 0)
    return scale


def _unit_name(scale: float) -> str:
    if scale == MILLISECONDS:
        return "milliseconds"
    return "ticks of 100 nanoseconds" if scale == TICKS else f"parts of a second, {SECONDS / scale:,.0f} of them each"


_WORD = re.compile(r"\w+")


def _remark_left_out(root: JsonNode, turns: tuple[Turn, ...], ledger: Ledger) -> None:
    """Remark the keys whose text is not in the conversation, such as summaries, chapters and headlines."""
    said = {word for turn in turns for word in _WORD.findall(turn.text.casefold())}
    reported: set[tuple[str, ...]] = set()
    for path, node, _ in walk(root):
        for key, value in node.members.items():
            where = (*path, key)
            if value.string is None or " " not in value.string or where in reported:
                continue
            words = _WORD.findall(value.string.casefold())
            if len(words) >= 6 and sum(word not in said for word in words) > 0.2 * len(words):
                reported.add(where)
                name = ".".join(part for part in where if part != "*")
                ledger.remark(
                    "left-out", f"the text under {name!r} is not part of the conversation and was left out", value.start
                )


FORMAT = TranscriptFormat(
    name="speech-recognition-json",
    description="JSON of a speech recognizer (Whisper, WhisperX, Deepgram, AssemblyAI, AWS Transcribe and the like)",
    suffixes=(".json", ".jsonl"),
    sniff=sniff,
    parse=parse,
)
