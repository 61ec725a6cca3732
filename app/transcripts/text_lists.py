"""Finds the conversation in the JSON of a speech recognizer: the list of objects whose texts say most.

Most files hold the same text several times (as a whole, in utterances, in words). One list is chosen; words that
name other speakers than their segment, and channels that stand in for speakers, decide too.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from app.transcripts.json_keys import (
    TimeSpan,
    alternative,
    channel_node,
    ends_turn,
    is_alternatives,
    label_node,
    plain_key,
    plain_members,
    text_nodes,
    time_span,
)
from app.transcripts.json_text import JsonNode
from app.transcripts.source import Source
from app.transcripts.text_list import LIST_NAMES, SAME_UNIT, TextList
from app.transcripts.timed_texts import Spacing, TimedText, label_text
from app.transcripts.transcript import TurnKind

_WORD_LISTS = frozenset(("words", "items", "elements", "tokens", "wordsegments", "segs"))
# A list with at least this share of the fullest list's text may be the whole conversation.
_FULL = 0.9
# A pause after which a channel's next words are another utterance, in milliseconds.
_PAUSE_MS = 700
_SENTENCE_ENDS = (".", "?", "!", "。", "？", "！", "؟", "…")


class Place(NamedTuple):
    """A value in a file: the keys on the way to it, and the channel of the recording that it is in, if any."""

    path: tuple[str, ...]
    node: JsonNode
    channel: JsonNode | None = None


def walk(root: JsonNode) -> Iterator[Place]:
    """Yield every object and array in the order of the file; of alternative readings only the first."""
    stack = [Place((), root)]
    while stack:
        place = stack.pop()
        yield place
        path, node, channel = place
        below: list[Place] = []
        if node.members:
            channel = channel_node(node) or channel
            below = [Place((*path, plain_key(key)), value, channel) for key, value in node.members.items()]
        elif node.elements:
            inside = node.elements[:1] if path and is_alternatives(path[-1]) else node.elements
            are_channels = bool(path) and path[-1] == "channels" and len(inside) > 1
            below = [
                Place((*path, "*"), value, _numbered_channel(value, number) if are_channels else channel)
                for number, value in enumerate(inside)
            ]
        stack.extend(each for each in reversed(below) if each.node.members or each.node.elements)


def _numbered_channel(node: JsonNode, number: int) -> JsonNode:
    """Name a channel after its place in a list; what is not printed has an empty range."""
    return JsonNode(f"channel {number}", node.start, node.start)


def find_conversation(source: Source, root: JsonNode) -> tuple[TextList | None, list[JsonNode]]:
    """Choose the list that is the conversation; also return the speaker values that are in another list."""
    lists: dict[tuple[str, ...], TextList] = {}
    asked: list[TimedText] = []
    speakers_by_path: dict[tuple[str, ...], list[tuple[JsonNode, JsonNode]]] = {}
    for path, node, channel in walk(root):
        asked += _asked_and_answered(node)
        piece = _timed_text(source, node, in_list=bool(path) and path[-1] == "*")
        if piece is not None:
            piece.channel = (channel_node(node) if node.members else None) or channel
            piece.ends_turn = bool(node.members) and ends_turn(node)
            _append(source, lists.setdefault(path, TextList(path)), node, piece)
        elif node.members and (label := label_node(node)) and (moment := time_span(node).start):
            speakers_by_path.setdefault(path, []).append((moment.node, label))
    if asked:
        return TextList(("questions",), asked, [TimeSpan()] * len(asked)), []
    labels: list[JsonNode] = []
    for text_list in lists.values():
        _drop_unlabelled_copy(text_list)
        if not text_list.has_speakers and text_list.are_words:
            labels += _lend_speakers(text_list, speakers_by_path)
        _take_channels_as_speakers(source, text_list)
    fullest = _fullest(list(lists.values()))
    candidates = [text_list for text_list in lists.values() if text_list.size and text_list.size >= _FULL * fullest]
    if not candidates:
        return None, []
    best = min(candidates, key=_rank)
    _borrow_times(best, candidates)
    return best, labels if best.has_speakers else []


def _append(source: Source, text_list: TextList, node: JsonNode, piece: TimedText) -> None:
    """Add an object to the list of its path: in parts where its words name other speakers than it does."""
    objects = _inner_objects(node)
    parts = _parts_by_speaker(source, node, piece, objects)
    if parts:
        for part, span in parts:
            text_list.pieces.append(part)
            text_list.spans.append(span)
        return
    span = _span(node)
    text_list.pieces.append(piece)
    text_list.spans.append(span)
    first = time_span(objects[0]) if objects else TimeSpan()
    if (unit := _ratio(span, first)) is not None:
        text_list.units.append(unit)


def _parts_by_speaker(
    source: Source, node: JsonNode, piece: TimedText, objects: list[JsonNode]
) -> list[tuple[TimedText, TimeSpan]]:
    """Part an object by the speakers of its words, if these name another one than the object and are all its text."""
    own = label_text(source, label_node(node)) if node.members else None
    words = [(each, label_node(each)) for each in objects if each.members]
    inside = {label_text(source, label) for _, label in words} - {None}
    if own is None or not inside - {own}:
        return []
    said = "".join(text.string or "" for each, _ in words for text in text_nodes(each))
    if "".join(said.split()) != "".join(piece.text.split()):
        return []
    runs: list[tuple[str | None, list[tuple[JsonNode, JsonNode | None]]]] = []
    for sentence in _sentences(words):
        # One word at the edge of another's sentence is a slip of the recognizer.
        counts = Counter(printed for _, label in sentence if (printed := label_text(source, label)))
        speaker = counts.most_common(1)[0][0] if counts else None
        if runs and speaker in {runs[-1][0], None}:
            runs[-1][1].extend(sentence)
        else:
            runs.append((speaker, list(sentence)))
    parts = []
    for speaker, run in runs:
        strings = [text for each, _ in run for text in text_nodes(each)]
        label = next((label for _, label in run if label_text(source, label) == speaker), None)
        spans = [time_span(each) for each, _ in run]
        first = next((span for span in spans if span.start), TimeSpan())
        last = next((span for span in reversed(spans) if span.end and not span.is_duration), TimeSpan())
        spacing = Spacing.of([text.string or "" for text in strings])
        part = TimedText(strings, label, spacing=spacing, channel=piece.channel)
        parts.append((part, TimeSpan(first.start, last.end)))
    return parts


def _sentences(words: list[tuple[JsonNode, JsonNode | None]]) -> Iterator[list[tuple[JsonNode, JsonNode | None]]]:
    sentence: list[tuple[JsonNode, JsonNode | None]] = []
    for word in words:
        sentence.append(word)
        texts = text_nodes(word[0])
        if texts and (texts[-1].string or "").rstrip().endswith(_SENTENCE_ENDS):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _ratio(own: TimeSpan, of_word: TimeSpan) -> float | None:
    """Return how many units of an object's start make one of its first word's; None if they are the same unit."""
    if own.start is None or of_word.start is None or own.start.scale or of_word.start.scale:
        return None
    start, word = own.start.node.number, of_word.start.node.number
    if not start or not word or abs(start / word - 1) < SAME_UNIT or own.start is of_word.start:
        return None
    return start / word if start / word > 1 / SAME_UNIT else None


def _take_channels_as_speakers(source: Source, text_list: TextList) -> None:
    """Let the channels of a recording stand in for speakers where nothing else tells them apart, in order of time."""
    printed = [label_text(source, piece.channel) for piece in text_list.pieces]
    if text_list.has_speakers or len(set(printed) - {None}) < 2:
        return
    for piece in text_list.pieces:
        piece.label = piece.channel
    if not text_list.has_times:
        return
    scale = text_list.scale
    times = [span.milliseconds(scale) for span in text_list.spans]
    utterances: list[list[int]] = []
    for index, (piece, (start, _)) in enumerate(zip(text_list.pieces, times, strict=True)):
        before = utterances[-1][-1] if utterances else None
        if (
            before is not None
            and text_list.are_words
            and printed[before] == printed[index]
            and not text_list.pieces[before].text.rstrip().endswith(_SENTENCE_ENDS)
            and (start or 0) - (times[before][1] or start or 0) <= _PAUSE_MS
            and piece.text
        ):
            utterances[-1].append(index)
        else:
            utterances.append([index])
    ordered = sorted(utterances, key=lambda indices: times[indices[0]][0] or 0)
    order = [index for indices in ordered for index in indices]
    text_list.pieces = [text_list.pieces[index] for index in order]
    text_list.spans = [text_list.spans[index] for index in order]


def _borrow_times(chosen: TextList, candidates: list[TextList]) -> None:
    """Give one text of everything, which has no time, those of the words that are the same text."""
    if chosen.has_times or len(chosen.pieces) != 1:
        return
    timed = next((each for each in candidates if each.has_times), None)
    if timed is None:
        return
    first = next(span for span in timed.spans if span.start)
    last = next((span for span in reversed(timed.spans) if span.end and not span.is_duration), TimeSpan())
    chosen.spans[0] = TimeSpan(first.start, last.end)


def _fullest(lists: list[TextList]) -> int:
    """Return the size of the fullest list. A single text counts only if no list has half of it.

    A single text of everything may repeat the names of the speakers (Deepgram), which makes it seem fuller.
    """
    several = max((text_list.size for text_list in lists if len(text_list.pieces) > 1), default=0)
    any_list = max((text_list.size for text_list in lists), default=0)
    return several if 2 * several >= any_list else any_list


def _rank(text_list: TextList) -> tuple[bool, bool, int, int]:
    """Order lists with the same text: with speakers first, then with times, then by name, then the outer."""
    words = text_list.are_words or text_list.name in _WORD_LISTS
    name_rank = LIST_NAMES.index(text_list.name) if text_list.name in LIST_NAMES else len(LIST_NAMES)
    single = len(text_list.pieces) == 1
    channels = [piece.channel.value for piece in text_list.pieces if piece.channel]
    # All that was said on one channel, and then all on the next, is in no order of time.
    whole_channels = 1 < len(channels) == len(set(channels)) == len(text_list.pieces)
    # Words without speakers are worth less than a text with spaces and commas.
    name_rank += (100 if words else 0) + (200 if whole_channels else 0)
    return (
        not text_list.has_speakers,
        not text_list.has_times or (words and not text_list.has_speakers),
        name_rank + (50 if single and text_list.name not in LIST_NAMES else 0),
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


def _drop_unlabelled_copy(text_list: TextList) -> None:
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
    text_list: TextList, speakers_by_path: dict[tuple[str, ...], list[tuple[JsonNode, JsonNode]]]
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
