"""Reads the JSON of speech recognizers: Whisper and its kin, Deepgram, AssemblyAI, AWS, Google, Azure, Rev and others.

They differ in names and nesting only: all have lists of objects with a text, a time and perhaps a speaker. Most files
hold the same text several times (as a whole, in utterances, in words). It is read once, from the list that says most;
other copies, alternative readings and scores are classed as markup.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import TranscriptError
from app.transcripts.json_keys import (
    TimeSpan,
    alternative,
    is_alternatives,
    label_node,
    plain_key,
    plain_members,
    text_nodes,
    time_span,
)
from app.transcripts.json_metadata import json_metadata, speaker_names
from app.transcripts.json_text import JsonNode, read_json
from app.transcripts.source import Source
from app.transcripts.timed_texts import (
    MILLISECONDS,
    SECONDS,
    Spacing,
    TimedText,
    is_word_sized,
    joined_by_speaker,
    label_text,
    likely_scale,
    make_turn,
    mark_labels,
    remark_odd_times,
)
from app.transcripts.transcript import NO, Guess, Ledger, Transcript, TranscriptFormat, Turn, TurnKind
from app.transcripts.turn_text import Mark, mark_all

# Of two lists with the same text, the one whose name comes first is read: it is closer to speakers' turns.
_LIST_NAMES = (
    "utterances", "monologues", "turns", "entries", "audiosegments", "transcripts", "recognizedphrases", "speakers",
    "paragraphs", "segments", "sentences", "phrases", "transcription", "chunks",
)  # fmt: skip
_WORD_LISTS = frozenset(("words", "items", "elements", "tokens", "wordsegments", "segs"))
# A list with at least this share of the fullest list's text may be the whole conversation.
_FULL = 0.9
_SNIFF_KEY = re.compile(
    r'"(?P<text>text|transcript|word|utterance|content|value|display|utf8|sentence|body|message)"\s*+:\s*+["\[]'
    r'|"(?P<time>(?:t?_?start|begin|offset|ts|from)(?:_?[a-z]{1,12}){0,2}|timestamps?)"\s*+:'
    r'|"(?P<speaker>speaker(?:_?[a-z]{1,8}){0,2})"\s*+:\s*+["0-9{\[]'
    r'|"(?P<asked>question|answer)"\s*+:\s*+["\[]',
    re.IGNORECASE,
)


@dataclass(slots=True)
class _TextList:
    """The texts and times of all objects at one path, in which `*` is any position in an array."""

    path: tuple[str, ...]
    pieces: list[TimedText]
    spans: list[TimeSpan]

    @property
    def name(self) -> str:
        return next((part for part in reversed(self.path) if part != "*"), "")

    @property
    def size(self) -> int:
        return sum(len(piece.text) - piece.text.count(" ") for piece in self.pieces)

    @property
    def has_speakers(self) -> bool:
        return any(piece.label for piece in self.pieces)

    @property
    def are_words(self) -> bool:
        if self.name in _LIST_NAMES and self.name != "chunks":
            return False
        return is_word_sized([piece.text for piece in self.pieces])


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
    chosen, labels = _conversation(source, root)
    if chosen is None:
        raise source.error(
            "nothing in this JSON looks like a transcript: no list has texts with times or speakers", root.start
        )
    scale = _set_times(chosen, ledger)
    names, marks = speaker_names(source, root), list[Mark]()
    spacing = Spacing.of([piece.text for piece in chosen.pieces])
    runs = joined_by_speaker(source, chosen.pieces) if chosen.are_words else [[piece] for piece in chosen.pieces]
    made = [make_turn(source, run, spacing, names, marks) for run in runs]
    turns = tuple(turn for turn in made if turn)
    if not turns:
        raise source.error("no text was found in this transcript", root.start)
    mark_labels(source, [*(piece.label for piece in chosen.pieces), *labels], marks)
    remark_odd_times(ledger, chosen.pieces, scale is not None and not chosen.are_words)
    _remark_left_out(root, turns, ledger)
    metadata = json_metadata(source, root, names, ledger)
    mark_all(ledger, marks)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, turns, metadata, remarks, counts)


def _walk(root: JsonNode) -> Iterator[tuple[tuple[str, ...], JsonNode]]:
    """Yield every object and array with its path, in the order of the file; of alternative readings only the first."""
    stack: list[tuple[tuple[str, ...], JsonNode]] = [((), root)]
    while stack:
        path, node = stack.pop()
        yield path, node
        below: list[tuple[tuple[str, ...], JsonNode]] = []
        if node.members:
            below = [((*path, plain_key(key)), value) for key, value in node.members.items()]
        elif node.elements:
            inside = node.elements[:1] if path and is_alternatives(path[-1]) else node.elements
            below = [((*path, "*"), value) for value in inside]
        stack.extend(pair for pair in reversed(below) if pair[1].members or pair[1].elements)


def _conversation(source: Source, root: JsonNode) -> tuple[_TextList | None, list[JsonNode]]:
    """Choose the list that is the conversation; also return the speaker values that are in another list."""
    lists: dict[tuple[str, ...], _TextList] = {}
    asked: list[TimedText] = []
    speakers_by_path: dict[tuple[str, ...], list[tuple[JsonNode, JsonNode]]] = {}
    for path, node in _walk(root):
        asked += _asked_and_answered(node)
        piece = _timed_text(source, node, in_list=bool(path) and path[-1] == "*")
        if piece is not None:
            text_list = lists.setdefault(path, _TextList(path, [], []))
            text_list.pieces.append(piece)
            text_list.spans.append(_span(node))
        elif node.members and (label := label_node(node)) and (moment := time_span(node).start):
            speakers_by_path.setdefault(path, []).append((moment.node, label))
    if asked:
        return _TextList(("questions",), asked, [TimeSpan()] * len(asked)), []
    labels: list[JsonNode] = []
    for text_list in lists.values():
        _drop_unlabelled_copy(text_list)
        if not text_list.has_speakers and text_list.are_words:
            labels += _lend_speakers(text_list, speakers_by_path)
    fullest = _fullest(list(lists.values()))
    candidates = [text_list for text_list in lists.values() if text_list.size and text_list.size >= _FULL * fullest]
    if not candidates:
        return None, []
    best = min(candidates, key=_rank)
    return best, labels if best.has_speakers else []


def _fullest(lists: list[_TextList]) -> int:
    """Return the size of the fullest list. A single text counts only if no list has half of it.

    A single text of everything may repeat the names of the speakers (Deepgram), which makes it seem fuller.
    """
    several = max((text_list.size for text_list in lists if len(text_list.pieces) > 1), default=0)
    any_list = max((text_list.size for text_list in lists), default=0)
    return several if 2 * several >= any_list else any_list


def _rank(text_list: _TextList) -> tuple[bool, bool, int, int]:
    """Order lists with the same text: with speakers first, then with times, then by name, then the outer."""
    words = text_list.are_words or text_list.name in _WORD_LISTS
    timed = any(span.start for span in text_list.spans)
    name_rank = _LIST_NAMES.index(text_list.name) if text_list.name in _LIST_NAMES else len(_LIST_NAMES)
    single = len(text_list.pieces) == 1
    # Words without speakers are worth less than a text with spaces and commas.
    return (
        not text_list.has_speakers,
        not timed or (words and not text_list.has_speakers),
        name_rank + (100 if words else 0) + (50 if single and text_list.name not in _LIST_NAMES else 0),
        len(text_list.path),
    )


def _timed_text(source: Source, node: JsonNode, *, in_list: bool) -> TimedText | None:
    texts = text_nodes(node)
    objects = _inner_objects(node)
    if not texts and in_list:
        texts = [text for each in objects for text in text_nodes(each)]
        # Sentences in objects of their own are one paragraph; strings in a list under a text key are paragraphs.
        return TimedText(texts, label_node(node) or _common_label(source, objects)) if texts else None
    if not texts:
        return None
    return TimedText(texts, label_node(node) or _common_label(source, objects), paragraphs=len(texts) > 1)


def _inner_objects(node: JsonNode) -> list[JsonNode]:
    """Return an object's first list of objects with text: its words, elements or sentences."""
    if not any(value.elements for value in node.members.values()):
        return []
    members = plain_members(node)
    if (inner := alternative(members)) and inner.members:
        members = {**plain_members(inner), **members}
    for value in members.values():
        if (
            value.elements
            and (value.elements[0].members or value.elements[0].elements)
            and text_nodes(value.elements[0])
        ):
            return value.elements
    return []


def _common_label(source: Source, objects: list[JsonNode]) -> JsonNode | None:
    """Return the speaker of all inner objects; None if they differ."""
    labels = [label for each in objects if each.members and (label := label_node(each))]
    printed = {label_text(source, label) for label in labels}
    return labels[0] if len(printed) == 1 else None


def _span(node: JsonNode) -> TimeSpan:
    """Return an object's own times, or those of its first and last words."""
    own = time_span(node)
    if own.start:
        return own
    objects = _inner_objects(node)
    first = next((span for each in objects if (span := time_span(each)).start), TimeSpan())
    last = next(
        (span for each in reversed(objects) if (span := time_span(each)).end and not span.is_duration), TimeSpan()
    )
    return TimeSpan(first.start, last.end)


def _asked_and_answered(node: JsonNode) -> list[TimedText]:
    """Return the two turns of an object with a question and an answer; empty for any other object."""
    members = plain_members(node)
    pair = [(members.get("question") or members.get("q")), (members.get("answer") or members.get("a"))]
    pieces: list[TimedText] = []
    for value, kind in zip(pair, (TurnKind.QUESTION, TurnKind.ANSWER), strict=True):
        texts = [] if value is None else [value] if value.string else [each for each in value.elements if each.string]
        if texts:
            pieces.append(TimedText(texts, kind=kind, paragraphs=True))
    return pieces if len(pieces) == 2 else []


def _drop_unlabelled_copy(text_list: _TextList) -> None:
    """Drop the first copy of a text that is given without speakers and then again with them (Google)."""
    if (
        len(text_list.pieces) > 1
        and len(text_list.pieces[-1].strings) > 1
        and all(len(piece.strings) == 1 for piece in text_list.pieces[:-1])
    ):
        before = "".join(piece.text for piece in text_list.pieces[:-1])
        if "".join(before.split()) == "".join(text_list.pieces[-1].text.split()):
            del text_list.pieces[-1], text_list.spans[-1]
    with_label = [index for index, piece in enumerate(text_list.pieces) if piece.label]
    without = [piece for piece in text_list.pieces if not piece.label]
    if not with_label or 2 * len(with_label) < len(text_list.pieces) or not text_list.are_words:
        return
    if [piece.text for piece in without] == [text_list.pieces[index].text for index in with_label]:
        text_list.pieces = [text_list.pieces[index] for index in with_label]
        text_list.spans = [text_list.spans[index] for index in with_label]


def _lend_speakers(
    text_list: _TextList, speakers_by_path: dict[tuple[str, ...], list[tuple[JsonNode, JsonNode]]]
) -> list[JsonNode]:
    """Give words the speakers of another list by equal start times, for AWS and Watson; return the speaker values."""
    best: dict[float | str, JsonNode] = {}
    starts = [_exact(span.start.node) if span.start else None for span in text_list.spans]
    for spoken in speakers_by_path.values():
        by_start = {key: label for moment, label in spoken if (key := _exact(moment)) is not None}
        if sum(start in by_start for start in starts) > sum(start in best for start in starts):
            best = by_start
    timed = sum(start is not None for start in starts)
    if 2 * sum(start in best for start in starts if start is not None) <= timed:
        return []
    for piece, start in zip(text_list.pieces, starts, strict=True):
        if start is not None and start in best:
            piece.label = best[start]
    return list(best.values())


def _exact(node: JsonNode) -> float | str | None:
    if node.string is None:
        return node.number
    try:
        return float(node.string)
    except ValueError:
        return node.string


def _set_times(text_list: _TextList, ledger: Ledger) -> float | None:
    """Set the times of a list in milliseconds; return the milliseconds in its unit, or None if it has no times."""
    durations = [
        (span.bare_duration() or 0.0, len(piece.text))
        for span, piece in zip(text_list.spans, text_list.pieces, strict=True)
    ]
    scale = likely_scale(durations)
    for span, piece in zip(text_list.spans, text_list.pieces, strict=True):
        piece.start_ms, piece.end_ms = span.milliseconds(scale)
        piece.time_marks = span.nodes
    if not any(span.start for span in text_list.spans):
        return None
    if scale != SECONDS:
        finer = "milliseconds" if scale == MILLISECONDS else "ticks of 100 nanoseconds"
        ledger.remark("time-unit", f"the times were read as {finer}: as seconds, the speech would be too slow", 0)
    return scale


_WORD = re.compile(r"\w+")


def _remark_left_out(root: JsonNode, turns: tuple[Turn, ...], ledger: Ledger) -> None:
    """Remark the keys whose text is not in the conversation, such as summaries, chapters and headlines."""
    said = {word for turn in turns for word in _WORD.findall(turn.text.casefold())}
    reported: set[tuple[str, ...]] = set()
    for path, node in _walk(root):
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
