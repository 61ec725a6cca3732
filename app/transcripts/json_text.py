"""Reads JSON (RFC 8259) with the place of every value, and refuses what other parsers would read differently.

`json.loads` gives no positions, and no package that does is both strict and maintained. So values are found here,
without recursion; the standard library decodes the strings that hold escapes.
"""

import json
import math
import re
from dataclasses import dataclass

from app.transcripts.source import Source
from app.transcripts.transcript import Segment

MAX_DEPTH = 100
MAX_NUMBER_LENGTH = 200
MAX_VALUES = 2_000_000
# To bound memory: in a string with more than _MANY_ESCAPES, adjacent escapes are one segment; with more than
# _MAX_ESCAPES groups of them, the whole string is one segment.
_MANY_ESCAPES, _MAX_ESCAPES = 5_000, 50_000

# Possessive quantifiers never give characters back, so a match costs one look at each character.
_TOKEN = re.compile(
    r"""(?:
        (?P<string>"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+")
      | (?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)
      | (?P<word>-?[A-Za-z_]\w*+)
      | (?P<sign>[\[\]{},:])
    )""",
    re.VERBOSE,
)
_WHITE_SPACE = re.compile(r"[ \t\r\n]*+")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_ESCAPES = re.compile(rf"(?:{_ESCAPE.pattern})++")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS = {"true": True, "false": False, "null": None}
_NOT_JSON = {"NaN", "Infinity", "-Infinity", "-NaN"}


@dataclass(slots=True)
class JsonNode:
    """A value and its place in the source. The range of a string includes its quotation marks."""

    value: object
    start: int
    end: int

    @property
    def members(self) -> "dict[str, JsonNode]":
        """The members of an object; empty for any other value."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def elements(self) -> "list[JsonNode]":
        """The elements of an array; empty for any other value."""
        return self.value if isinstance(self.value, list) else []

    @property
    def string(self) -> str | None:
        """The characters of a string; None for any other value."""
        return self.value if isinstance(self.value, str) else None

    @property
    def number(self) -> float | None:
        """The number, finite; None for any other value."""
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        return float(self.value) if is_number else None  # type: ignore[arg-type]


def string_segments(source: Source, node: JsonNode) -> tuple[Segment, ...]:
    """Return the places of a string's characters; every escape is a segment of its own."""
    text, decoded = source.text, node.string or ""
    escapes = text.count("\\", node.start, node.end)
    if escapes > _MAX_ESCAPES and len(re.findall(_ESCAPES, text[node.start : node.end])) > _MAX_ESCAPES:
        return (Segment(0, len(decoded), node.start + 1, node.end - 1),)
    pattern = _ESCAPES if escapes > _MANY_ESCAPES else _ESCAPE
    at, decoded_at, end = node.start + 1, 0, node.end - 1
    segments: list[Segment] = []
    for run in pattern.finditer(text, at, end):
        if run.start() > at:
            length = run.start() - at
            segments.append(Segment(decoded_at, decoded_at + length, at, run.start()))
            decoded_at += length
        length = 1 if pattern is _ESCAPE else len(_ESCAPE.findall(run.group()))
        segments.append(Segment(decoded_at, decoded_at + length, run.start(), run.end()))
        decoded_at += length
        at = run.end()
    if end > at:
        segments.append(Segment(decoded_at, decoded_at + end - at, at, end))
    return tuple(segments)


def read_json(source: Source) -> JsonNode:
    """Read one JSON value, or one on each line (JSON Lines), which becomes an array.

    Raises:
        TranscriptError: the text is not JSON, is too deep or too large, or has a number too large for a float, a key
            twice in one object, or half of a surrogate pair.
    """
    return _JsonParser(source).read()


class _JsonParser:
    """Parses in one pass. `_open` holds the arrays and objects that are not closed yet, and `_keys` theirs."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._open: list[JsonNode] = []
        self._keys: list[str] = []
        self._shared_keys: dict[str, str] = {}
        self._roots: list[JsonNode] = []
        self._values = 0

    def read(self) -> JsonNode:
        at = self._skip(1 if self._text.startswith("\ufeff") else 0)
        while at < len(self._text):
            if self._roots and "\n" not in self._text[self._roots[-1].end : at]:
                raise self._source.error("there is more text after the end of the JSON value", at)
            at = self._skip(self._root(at))
        if len(self._roots) == 1:
            return self._roots[0]
        if not self._roots:
            raise self._source.error("the file is empty", 0)
        return JsonNode(self._roots, self._roots[0].start, self._roots[-1].end)

    def _skip(self, at: int) -> int:
        match = _WHITE_SPACE.match(self._text, at)
        return match.end() if match else at

    def _root(self, at: int) -> int:
        at = self._value(at)
        while self._open:
            at = self._member(self._skip(at))
        return at

    def _member(self, at: int) -> int:
        """Read the next member of the innermost array or object with the comma before it, or the end."""
        container = self._open[-1]
        in_object = isinstance(container.value, dict)
        sign = self._text[at : at + 1]
        if sign == ("}" if in_object else "]"):
            container.end = at + 1
            self._open.pop()
            self._close(container)
            return at + 1
        if container.value:
            if sign != ",":
                expected = "',' or '}'" if in_object else "',' or ']'"
                raise self._source.error(f"{expected} is missing here", at)
            at = self._skip(at + 1)
        return self._value(self._key(at) if in_object else at)

    def _key(self, at: int) -> int:
        match = _TOKEN.match(self._text, at)
        if match is None or match.lastgroup != "string":
            raise self._source.error("a key in quotation marks is missing here", at)
        key = self._decode(match)
        if key in self._open[-1].members:
            raise self._source.error(f"the key {key[:60]!r} stands twice in one object", at)
        at = self._skip(match.end())
        if not self._text.startswith(":", at):
            raise self._source.error("':' is missing here", at)
        # A list of words repeats the same few keys, so equal keys share one string in memory.
        self._keys.append(self._shared_keys.setdefault(key, key))
        return self._skip(at + 1)

    def _value(self, at: int) -> int:
        match = _TOKEN.match(self._text, at)
        if match is None:
            unclosed = self._text.startswith('"', at)
            reason = "this string does not end, or holds a control character" if unclosed else "a value is missing here"
            raise self._source.error(reason, at)
        if match.lastgroup == "sign":
            if match.group() not in "[{":
                raise self._source.error("a value is missing here", at)
            return self._begin(at, {} if match.group() == "{" else [])
        self._close(JsonNode(self._scalar(match), at, match.end()))
        return match.end()

    def _begin(self, at: int, value: object) -> int:
        if len(self._open) >= MAX_DEPTH:
            raise self._source.error(f"arrays and objects are nested more than {MAX_DEPTH} deep", at)
        self._open.append(JsonNode(value, at, at))
        return at + 1

    def _close(self, node: JsonNode) -> None:
        """Add a complete value to the array or object around it."""
        self._values += 1
        if self._values > MAX_VALUES:
            raise self._source.error(f"the file holds more than {MAX_VALUES:,} values", node.start)
        if not self._open:
            self._roots.append(node)
        elif isinstance(self._open[-1].value, dict):
            self._open[-1].value[self._keys.pop()] = node
        else:
            self._open[-1].elements.append(node)

    def _scalar(self, match: re.Match[str]) -> object:
        if match.lastgroup == "string":
            return self._decode(match)
        if match.lastgroup == "number":
            return self._number(match)
        if match.group() not in _WORDS:
            what = "is no number of JSON" if match.group() in _NOT_JSON else "stands without quotation marks"
            raise self._source.error(f"{match.group()[:60]!r} {what}", match.start())
        return _WORDS[match.group()]

    def _number(self, match: re.Match[str]) -> int | float:
        digits = match.group()
        if len(digits) > MAX_NUMBER_LENGTH:
            raise self._source.error(f"this number has more than {MAX_NUMBER_LENGTH} digits", match.start())
        number = float(digits)
        if not math.isfinite(number):
            raise self._source.error("this number is too large", match.start())
        return number if any(mark in digits for mark in ".eE") else int(digits)

    def _decode(self, match: re.Match[str]) -> str:
        literal = match.group()
        if "\\" not in literal:
            return literal[1:-1]
        try:
            value = json.loads(literal)
        except json.JSONDecodeError as error:
            raise self._source.error("this escape is not one of JSON", match.start() + error.pos) from None
        if _SURROGATE.search(value):
            raise self._source.error("this string holds half of a surrogate pair", match.start())
        if "\0" in value:
            raise self._source.error("this string holds a NUL character", match.start())
        return str(value)
