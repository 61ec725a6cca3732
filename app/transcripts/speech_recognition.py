"""Reads the JSON of speech recognizers: Whisper and its kin, Deepgram, AssemblyAI, AWS, Google, Azure, Rev and others.

They differ in names and nesting, not in kind: somewhere there are lists of objects with a text, a time and perhaps a
speaker. Most files tell the same text several times (as a whole, in utterances, in words); it is taken once, from the
list that says most, and its other copies, other readings of a passage and scores are classed as markup.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

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

# Where two lists tell the same text, the one whose name says that it is nearer to a speaker's turn is taken.
_LIST_NAMES = (
    "utterances", "monologues", "turns", "entries", "audiosegments", "transcripts", "recognizedphrases", "speakers",
    "paragraphs", "segments", "sentences", "phrases", "transcription", "chunks",
)  # fmt: skip
_WORD_LISTS = frozenset(("words", "items", "elements", "tokens", "wordsegments", "segs"))
# A list must tell this part of what the fullest one tells to be taken for the whole conversation.
_FULL = 0.9
_SNIFF_KEY = re.compile(
    r'"(?P<text>text|transcript|word|utterance|content|value|display|utf8|sentence|body|message)"\s*+:\s*+["\[]'
    r'|"(?P<time>(?:t?_?start|begin|offset|ts|from)(?:_?[a-z]{1,12}){0,2}|timestamps?)"\s*+:'
    r'|"(?P<speaker>speaker(?:_?[a-z]{1,8}){0,2})"\s*+:\s*+["0-9{\[]'
    r'|"(?P<asked>question|answer)"\s*+:\s*+["\[]',
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Layer:
    """All objects that stand at one path, array positions left out."""

    path: tuple[str, ...]
    units: list[TimedText]
    spans: list[TimeSpan]
    copies: list[JsonNode] = field(default_factory=list)

    @property
    def name(self) -> str:
        return next((part for part in reversed(self.path) if part != "*"), "")

    @property
    def size(self) -> int:
        return sum(len(unit.text) - unit.text.count(" ") for unit in self.units)

    @property
    def has_speakers(self) -> bool:
        return any(unit.label for unit in self.units)

    @property
    def are_words(self) -> bool:
        if self.name in _LIST_NAMES and self.name != "chunks":
            return False
        return is_word_sized([unit.text for unit in self.units])


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
    layer, labels = _conversation(source, root)
    if layer is None:
        raise source.error(
            "nothing in this JSON looks like a transcript: no list has texts with times or speakers", root.start
        )
    scale = _set_times(layer, ledger)
    names, marks = speaker_names(source, root), list[Mark]()
    spacing = Spacing.of([unit.text for unit in layer.units])
    runs = joined_by_speaker(source, layer.units) if layer.are_words else [[unit] for unit in layer.units]
    made = [make_turn(source, run, spacing, names, marks) for run in runs]
    turns = tuple(turn for turn in made if turn)
    if not turns:
        raise source.error("no text was found in this transcript", root.start)
    mark_labels(source, [*(unit.label for unit in layer.units), *labels], marks)
    remark_odd_times(ledger, layer.units, scale is not None and not layer.are_words)
    _remark_left_out(root, turns, ledger)
    metadata = json_metadata(source, root, names, ledger)
    mark_all(ledger, marks)
    remarks, counts = ledger.close()
    return Transcript(source, FORMAT.name, turns, metadata, remarks, counts)


def _walk(root: JsonNode) -> Iterator[tuple[tuple[str, ...], JsonNode]]:
    """Yield every object and array with its path, in the order of the file; of alternatives only the first."""
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


def _conversation(source: Source, root: JsonNode) -> tuple[_Layer | None, list[JsonNode]]:
    """Choose the list that tells the conversation; also return speaker values that stand apart from the words."""
    layers: dict[tuple[str, ...], _Layer] = {}
    asked: list[TimedText] = []
    voices: dict[tuple[str, ...], list[tuple[JsonNode, JsonNode]]] = {}
    for path, node in _walk(root):
        asked += _asked_and_answered(node)
        unit = _unit(source, node, in_list=bool(path) and path[-1] == "*")
        if unit is not None:
            layer = layers.setdefault(path, _Layer(path, [], []))
            layer.units.append(unit)
            layer.spans.append(_span(node))
        elif node.members and (label := label_node(node)) and (moment := time_span(node).start):
            voices.setdefault(path, []).append((moment.node, label))
    if asked:
        return _Layer(("questions",), asked, [TimeSpan()] * len(asked)), []
    labels: list[JsonNode] = []
    for layer in layers.values():
        _drop_unlabelled_copy(layer)
        if not layer.has_speakers and layer.are_words:
            labels += _lend_voices(layer, voices)
    fullest = _fullest(list(layers.values()))
    candidates = [layer for layer in layers.values() if layer.size and layer.size >= _FULL * fullest]
    if not candidates:
        return None, []
    best = min(candidates, key=_rank)
    return best, labels if best.has_speakers else []


def _fullest(layers: list[_Layer]) -> int:
    """Return how much the fullest list tells; a whole text counts only beside lists that tell less than half of it.

    A text of everything can hold the names of the speakers once more (Deepgram), so it seems to be fuller.
    """
    lists = max((layer.size for layer in layers if len(layer.units) > 1), default=0)
    whole = max((layer.size for layer in layers), default=0)
    return lists if 2 * lists >= whole else whole


def _rank(layer: _Layer) -> tuple[bool, bool, int, int]:
    """Order the lists that tell the same text: speakers first, then times, then the nearer to turns, then the outer."""
    words = layer.are_words or layer.name in _WORD_LISTS
    timed = any(span.start for span in layer.spans)
    name_rank = _LIST_NAMES.index(layer.name) if layer.name in _LIST_NAMES else len(_LIST_NAMES)
    blob = len(layer.units) == 1
    # Words without speakers say less than a text that somebody has already put spaces and commas into.
    return (
        not layer.has_speakers,
        not timed or (words and not layer.has_speakers),
        name_rank + (100 if words else 0) + (50 if blob and layer.name not in _LIST_NAMES else 0),
        len(layer.path),
    )


def _unit(source: Source, node: JsonNode, *, in_list: bool) -> TimedText | None:
    texts = text_nodes(node)
    pieces = _pieces(node)
    if not texts and in_list:
        texts = [text for piece in pieces for text in text_nodes(piece)]
        # Whole sentences as pieces stay one paragraph; a list of paragraphs under a text key keeps its breaks.
        return TimedText(texts, label_node(node) or _common_label(source, pieces)) if texts else None
    if not texts:
        return None
    return TimedText(texts, label_node(node) or _common_label(source, pieces), paragraphs=len(texts) > 1)


def _pieces(node: JsonNode) -> list[JsonNode]:
    """Return the members of an object's first list of pieces with text: its words, elements or sentences."""
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


def _common_label(source: Source, pieces: list[JsonNode]) -> JsonNode | None:
    """Return the speaker of all words together; None if they disagree."""
    labels = [label for piece in pieces if piece.members and (label := label_node(piece))]
    printed = {label_text(source, label) for label in labels}
    return labels[0] if len(printed) == 1 else None


def _span(node: JsonNode) -> TimeSpan:
    """Return an object's own times, or those of its first and last words."""
    own = time_span(node)
    if own.start:
        return own
    pieces = _pieces(node)
    first = next((span for piece in pieces if (span := time_span(piece)).start), TimeSpan())
    last = next(
        (span for piece in reversed(pieces) if (span := time_span(piece)).end and not span.is_duration), TimeSpan()
    )
    return TimeSpan(first.start, last.end)


def _asked_and_answered(node: JsonNode) -> list[TimedText]:
    """Read an object with a question and an answer as two turns."""
    members = plain_members(node)
    pair = [(members.get("question") or members.get("q")), (members.get("answer") or members.get("a"))]
    units: list[TimedText] = []
    for value, kind in zip(pair, (TurnKind.QUESTION, TurnKind.ANSWER), strict=True):
        texts = [] if value is None else [value] if value.string else [each for each in value.elements if each.string]
        if texts:
            units.append(TimedText(texts, kind=kind, paragraphs=True))
    return units if len(units) == 2 else []


def _drop_unlabelled_copy(layer: _Layer) -> None:
    """Take text once that comes without speakers first, and then once more, whole, with them (Google)."""
    if len(layer.units) > 1 and len(layer.units[-1].texts) > 1 and all(len(u.texts) == 1 for u in layer.units[:-1]):
        before = "".join(unit.text for unit in layer.units[:-1])
        if "".join(before.split()) == "".join(layer.units[-1].text.split()):
            del layer.units[-1], layer.spans[-1]
    with_label = [index for index, unit in enumerate(layer.units) if unit.label]
    without = [unit for unit in layer.units if not unit.label]
    if not with_label or 2 * len(with_label) < len(layer.units) or not layer.are_words:
        return
    if [unit.text for unit in without] == [layer.units[index].text for index in with_label]:
        layer.units = [layer.units[index] for index in with_label]
        layer.spans = [layer.spans[index] for index in with_label]


def _lend_voices(layer: _Layer, voices: dict[tuple[str, ...], list[tuple[JsonNode, JsonNode]]]) -> list[JsonNode]:
    """Give words the speakers that stand in another list, by equal start times, as AWS and Watson write them."""
    best: dict[float | str, JsonNode] = {}
    starts = [_exact(span.start.node) if span.start else None for span in layer.spans]
    for spoken in voices.values():
        by_start = {key: label for moment, label in spoken if (key := _exact(moment)) is not None}
        if sum(start in by_start for start in starts) > sum(start in best for start in starts):
            best = by_start
    timed = sum(start is not None for start in starts)
    if 2 * sum(start in best for start in starts if start is not None) <= timed:
        return []
    for unit, start in zip(layer.units, starts, strict=True):
        if start is not None and start in best:
            unit.label = best[start]
    return list(best.values())


def _exact(node: JsonNode) -> float | str | None:
    if node.string is None:
        return node.number
    try:
        return float(node.string)
    except ValueError:
        return node.string


def _set_times(layer: _Layer, ledger: Ledger) -> float | None:
    """Turn the numbers of a layer into milliseconds; return what a bare number counts, or None without times."""
    durations = [
        (span.bare_duration() or 0.0, len(unit.text)) for span, unit in zip(layer.spans, layer.units, strict=True)
    ]
    scale = likely_scale(durations)
    for span, unit in zip(layer.spans, layer.units, strict=True):
        unit.start_ms, unit.end_ms = span.milliseconds(scale)
        unit.time_marks = span.nodes
    if not any(span.start for span in layer.spans):
        return None
    if scale != SECONDS:
        finer = "milliseconds" if scale == MILLISECONDS else "ticks of 100 nanoseconds"
        ledger.remark("time-unit", f"the times were read as {finer}: as seconds, nobody would speak so slowly", 0)
    return scale


_WORD = re.compile(r"\w+")


def _remark_left_out(root: JsonNode, turns: tuple[Turn, ...], ledger: Ledger) -> None:
    """Name the keys whose text is not in the conversation: summaries, chapters, headlines."""
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
                ledger.remark("left-out", f"the text under {name!r} was taken for no part of the talk", value.start)


FORMAT = TranscriptFormat(
    name="speech-recognition-json",
    description="JSON of a speech recognizer (Whisper, WhisperX, Deepgram, AssemblyAI, AWS Transcribe and the like)",
    suffixes=(".json", ".jsonl"),
    sniff=sniff,
    parse=parse,
)
