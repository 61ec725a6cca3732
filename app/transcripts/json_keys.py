"""Finds text, times and speakers in the objects of a JSON transcript, by the names of their keys.

Case, white space, `_` and `-` in a key are ignored: `startTime`, `start_time` and `StartTime` are the same.
"""

import functools
import re
from dataclasses import dataclass

from app.transcripts.json_text import JsonNode
from app.transcripts.timed_texts import MILLISECONDS, NANOSECONDS, SECONDS, TICKS, milliseconds

# In order of preference: the form of a word with punctuation comes before the plain one.
TEXT_KEYS = (
    "punctuatedword", "display", "text", "transcript", "body", "content", "utterance", "sentence", "caption", "line",
    "word", "value", "utf8", "message", "speech", "dialogue", "dialog", "rawtext", "lexical",
)  # fmt: skip
SPEAKER_KEYS = (
    "speakername", "speakerdisplayname", "speaker", "speakerlabel", "speakerid", "speakertag", "participant",
    "participantname", "participantid", "participantrole", "displayname", "author", "person", "who", "spk", "name",
    "role", "user", "username",
)  # fmt: skip
_CHANNEL_KEYS = (
    "channellabel", "channelname", "channeltag", "channelid", "channel",
)  # fmt: skip
_TURN_ENDS_KEY = "speakerturnnext"
_START_KEYS = (
    "start", "starttime", "begin", "begintime", "from", "offset", "startoffset", "beginoffset", "starttimestamp",
    "ts", "tstart", "datastart", "startsec", "timestart", "starttimesec", "timestampfrom", "time", "timestamp",
    "timecode", "t",
)  # fmt: skip
_END_KEYS = (
    "end", "endtime", "stop", "stoptime", "to", "endoffset", "endtimestamp", "endts", "tend", "dataend", "endsec",
    "timeend", "endtimesec", "timestampto", "finish",
)  # fmt: skip
_DURATION_KEYS = ("duration", "dur", "dduration", "length")
_ALTERNATIVES = ("alternatives", "nbest")
_UNITS = (
    ("inmilliseconds", MILLISECONDS), ("milliseconds", MILLISECONDS), ("millis", MILLISECONDS), ("ms", MILLISECONDS),
    ("inticks", TICKS), ("ticks", TICKS), ("nanos", NANOSECONDS), ("ns", NANOSECONDS), ("inseconds", SECONDS),
    ("seconds", SECONDS), ("secs", SECONDS),
)  # fmt: skip


def _with_units(keys: tuple[str, ...]) -> dict[str, tuple[int, float | None]]:
    """Map each key, alone and with a unit at its end, to its rank and to the milliseconds in one of that unit."""
    ways = [key + unit for key in keys for unit, _ in (("", None), *_UNITS)]
    scales = [scale for _ in keys for _, scale in (("", None), *_UNITS)]
    return {way: (rank, scale) for rank, (way, scale) in reversed(list(enumerate(zip(ways, scales, strict=True))))}


_STARTS, _ENDS, _DURATIONS = _with_units(_START_KEYS), _with_units(_END_KEYS), _with_units(_DURATION_KEYS)
_WORD_SIGN = re.compile(r"[_\-\s]")


@functools.lru_cache(maxsize=4096)
def plain_key(key: str) -> str:
    """Return a key in the form in which keys are compared."""
    return _WORD_SIGN.sub("", key).casefold()


def plain_members(node: JsonNode) -> dict[str, JsonNode]:
    """Return the members of an object by their plain keys; of two with the same plain key, the first."""
    members: dict[str, JsonNode] = {}
    for key, value in node.members.items():
        members.setdefault(plain_key(key), value)
    return members


@dataclass(frozen=True, slots=True)
class TimeValue:
    """A value that is a time. `scale` is the milliseconds in its unit; None if the key does not name one."""

    node: JsonNode
    scale: float | None

    def milliseconds(self, scale: float) -> int | None:
        """Read the time; `scale` is used where the key does not name a unit."""
        return milliseconds(self.node, self.scale or scale)


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """The times of an object. If `is_duration`, `end` is the duration."""

    start: TimeValue | None = None
    end: TimeValue | None = None
    is_duration: bool = False

    def bare_duration(self) -> float | None:
        """Return the duration in the file's own unit; None if a key names the unit or a number is missing."""
        if self.start is None or self.end is None or self.start.scale or self.end.scale:
            return None
        start, end = _bare(self.start.node), _bare(self.end.node)
        if start is None or end is None:
            return None
        return end if self.is_duration else end - start

    def milliseconds(self, scale: float) -> tuple[int | None, int | None]:
        """Return start and end in milliseconds."""
        start = self.start.milliseconds(scale) if self.start else None
        end = self.end.milliseconds(scale) if self.end else None
        if self.is_duration and end is not None:
            end = None if start is None else start + end
        return start, end

    @property
    def nodes(self) -> list[JsonNode]:
        """The JSON values of the times."""
        return [moment.node for moment in (self.start, self.end) if moment]


def _bare(node: JsonNode) -> float | None:
    if node.string is not None and re.fullmatch(r"[0-9]{1,18}(?:\.[0-9]{1,18})?", node.string):
        return float(node.string)
    return node.number


def time_span(node: JsonNode) -> TimeSpan:
    """Find the times of an object, or of an array [word, start, end]."""
    if node.elements:
        return _listed_span(node.elements[1:])
    members = plain_members(node)
    # whisper.cpp writes {"offsets": {"from": 0, "to": 900}} in milliseconds, Transformers {"timestamp": [0.0, 0.9]}.
    if (offsets := members.get("offsets")) and offsets.members:
        inner = time_span(offsets)
        return TimeSpan(_fixed(inner.start, MILLISECONDS), _fixed(inner.end, MILLISECONDS))
    for key in ("timestamp", "timestamps", "time", "times", "interval"):
        if (inside := members.get(key)) and (inside.elements or inside.members) and "seconds" not in inside.members:
            return _listed_span(inside.elements) if inside.elements else time_span(inside)
    start, end = _moment(members, _STARTS), _moment(members, _ENDS)
    if end is None and start is not None:
        return TimeSpan(start, _moment(members, _DURATIONS), is_duration=True)
    return TimeSpan(start, end)


def _fixed(moment: TimeValue | None, scale: float) -> TimeValue | None:
    return TimeValue(moment.node, scale) if moment else None


def _listed_span(elements: list[JsonNode]) -> TimeSpan:
    moments = [TimeValue(node, None) if milliseconds(node, SECONDS) is not None else None for node in elements[:2]]
    start, end = [*moments, None, None][:2]
    return TimeSpan(start, end)


def _moment(members: dict[str, JsonNode], names: dict[str, tuple[int, float | None]]) -> TimeValue | None:
    ranked = sorted((names[key][0], key) for key in members if key in names)
    for _, key in ranked:
        if milliseconds(members[key], SECONDS) is not None:
            return TimeValue(members[key], names[key][1])
    return None


def alternative(members: dict[str, JsonNode]) -> JsonNode | None:
    """Return the first, likeliest, of a recognizer's alternative readings of the same speech."""
    for key in _ALTERNATIVES:
        if (readings := members.get(key)) and readings.elements:
            return readings.elements[0]
    return None


def is_alternatives(key: str) -> bool:
    """Whether a key holds alternative readings of the same speech, of which only the first is read."""
    return plain_key(key) in _ALTERNATIVES


def text_nodes(node: JsonNode) -> list[JsonNode]:
    """Return the strings of an object's text, or the first of an array [word, start, end]; empty if there are none."""
    if node.string is not None:
        return [node]
    if node.elements:
        times = time_span(node)
        return [node.elements[0]] if node.elements[0].string is not None and times.start and times.end else []
    members = plain_members(node)
    for key in TEXT_KEYS:
        value = members.get(key)
        if value is None:
            continue
        if value.string is not None:
            return [value]
        if value.elements and all(element.string is not None for element in value.elements):
            return value.elements
    inner = alternative(members)
    return text_nodes(inner) if inner and inner.members and not alternative(plain_members(inner)) else []


def label_node(node: JsonNode) -> JsonNode | None:
    """Return the value that names the speaker: a string, a number, or the name in an object about the speaker."""
    members = plain_members(node)
    for key in SPEAKER_KEYS:
        if (value := members.get(key)) is None:
            continue
        if value.members:
            inner = plain_members(value)
            value = next((inner[name] for name in ("name", "displayname", "label", "id") if name in inner), value)
        if (value.string and value.string.strip()) or value.number is not None:
            return value
    inner_node = alternative(members)
    return label_node(inner_node) if inner_node and not alternative(plain_members(inner_node)) else None


def channel_node(node: JsonNode) -> JsonNode | None:
    """Return the value that names the channel of the recording that an object was said on: a string or a number."""
    members = plain_members(node)
    found = (members[key] for key in _CHANNEL_KEYS if key in members)
    return next((value for value in found if value.string or value.number is not None), None)


def ends_turn(node: JsonNode) -> bool:
    """Whether an object says that somebody else speaks after it (whisper.cpp)."""
    value = plain_members(node).get(_TURN_ENDS_KEY)
    return value is not None and value.value is True
