"""Finds the speaker label that a line, paragraph or cue begins with, in all ways in which people print labels."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from app.transcripts.asides import is_appendix
from app.transcripts.clock import label_clock_ms
from app.transcripts.label_forms import label_form
from app.transcripts.labels import is_machine_label, is_name_shaped, is_sound, is_speaker_word
from app.transcripts.period_labels import period_label
from app.transcripts.transcript import ByteClass

Style = Literal[
    "colon",
    "bold",
    "italic",
    "bold-run",
    "period",
    "dash",
    "time",
    "point",
    "alone",
    "heading",
    "numbered",
    "bracket",
    "name",
    "wide",
]
# Characters.
MAX_LABEL_LENGTH = 100
# Words of a name, and words with all that is said about somebody.
_MAX_NAME_WORDS = 7
_MAX_LABEL_WORDS = 14
# Characters at the start of a line in which a label and its time are searched for.
_REACH = 200
_SPACE = "[ \t\u00a0\u2007\u202f\u3000]"
_CLOCK = r"\d{1,3}(?::\d{2}){1,3}(?:[.,]\d{1,3})?"


# A misprinted time in brackets: `(0: 00:14)`, `(1:2:)`, `(00;14)`.
_SPOILED = (
    r"[(\[{](?=[Oo :;.,]{0,4}\d)[\dOol:;.,\u00a0 ]{0,12}[:;][\dOol:;.,\u00a0 ]{0,8}"
    r"(?:[)\]}]|(?=[*_])|(?<=:)(?= ))"
)


def _bracketed_clock(name: str, *, spoiled: bool = False) -> str:
    return rf"(?P<{name}>[(\[{{<]?{_CLOCK}[)\]}}>]?{'|' + _SPOILED if spoiled else ''})"


# `Jane Roe:` with or without emphasis, brackets and a time. Every quantifier over a broad class is bounded, so that a
# long line costs no more than a short one.
_COLON = re.compile(
    rf"""
    (?:{_bracketed_clock("before", spoiled=True)}{_SPACE}{{1,4}}(?:[-–—]{_SPACE}{{1,4}})?)?
    (?P<open>[*_]{{1,3}})?{_SPACE}{{0,4}}
    (?P<bracket>\[)?
    (?P<label>(?:["“][^"“”:\n\r]{{2,40}}["”]{_SPACE})?
        [^\W_](?:[^:：\n\r*_\[\]{{}}<>|=;!?]|(?<=\w)_(?=\w)|(?<=[\w)][ ])\|(?=[ ]\w)){{0,{MAX_LABEL_LENGTH - 1}}}?)
    (?(bracket)\]){_SPACE}{{0,4}}
    (?P<close>[*_]{{1,3}})?
    (?:{_SPACE}{{0,4}}[-–—@,]?{_SPACE}{{0,4}}{_bracketed_clock("beside", spoiled=True)})?
    {_SPACE}{{0,4}}(?P<close_late>[*_]{{1,3}}[)\]]?)?{_SPACE}{{0,4}}
    [:：]
    (?:{_SPACE}{{0,4}}(?P=label)[:：])?{_SPACE}{{0,4}}(?P<close_after>[*_]{{1,3}}:?)?
    (?:{_SPACE}{{0,8}}{_bracketed_clock("after")}(?=[\s*_]|$)(?P<close_last>{_SPACE}{{0,4}}[*_]{{1,3}})?)?
    """,
    re.VERBOSE,
)
# `John Smith  0:03`, alone on its line, as meeting recorders print it.
_BESIDE_TIME = re.compile(
    rf"(?P<label>[^\W\d_][^:：\n\r*_\[\]{{}}<>|=;!?]{{0,{MAX_LABEL_LENGTH - 1}}}?)"
    rf"{_SPACE}{{1,8}}(?:[-–—|]{_SPACE}{{1,4}})?{_bracketed_clock('after')}{_SPACE}{{0,8}}(?=[\r\n]|$)"
)
# `*AT (0:00:30)* How long?`: the colon is missing, the time is not.
_EMPHASIZED_WITH_TIME = re.compile(
    rf"(?P<open>[*_]{{1,3}})(?P<label>[^\W\d_][^:：\n\r*_\[\]{{}}()<>|=;!?]{{0,60}}?){_SPACE}{{1,4}}"
    rf"(?P<beside>[(\[]{_CLOCK}[)\]])(?P=open)(?={_SPACE}|$)"
)
# `[SPEAKER_00]: x`, `(speaker 0) x`, `SPEAKER_01: x`, and `<ida_b> x`, `@ida: x`, `ida_b: x` in chats.
# Without brackets there has to be a colon, and an underscore that the other labels cannot have.
_MACHINE = re.compile(
    rf"(?P<bracket>[\[(<])?{_SPACE}{{0,2}}(?P<label>[^\W\d_]{{1,16}}(?:{_SPACE}"
    rf"|[_#№.-]){{0,3}}\d{{1,4}}){_SPACE}{{0,2}}"
    rf"(?(bracket)[\])>](?:{_SPACE}{{0,3}}{_bracketed_clock('beside')})?{_SPACE}{{0,2}}[:：]?|[:：])(?=\s|$|[^\W\d])"
)
_HANDLE = re.compile(
    rf"(?:(?P<nick><[@+%&~]?[^\W\d][\w.|`^-]{{1,31}}>)(?={_SPACE})|(?P<handle>@[^\W_][\w.]{{1,31}}):(?={_SPACE}|$))"
)
# Who calls a meeting by telephone has no other name: `+1 555-***-0142: Hello`.
_PHONE = re.compile(rf"(?P<label>\+?\d(?=[\d*x() .-]*[*x]{{2}}|(?<=\+\d))[\d*x() .-]{{6,22}}\d):(?={_SPACE}|$)")
# In the chat of a meeting more is said than who speaks: `From Jane Roe to Everyone:`.
_FROM_TO = re.compile(r"(?:From|Von|De|Da|Van)[ \t]{1,3}.{1,60}[ \t](?:to|an|à|a|para|aan)[ \t]{1,3}.{1,60}")
_TAG_NAMES = "a b i u p s q em br hr td tr th li ul ol dl dt dd div img sub sup pre code span small strong del ins"
_HTML_TAGS = frozenset(_TAG_NAMES.split())
# Anchors in front of a label have no text that anybody said.
_ANCHORS = re.compile(r"(?:<a\b[^<>\n]{0,300}>[^<>\w\n]{0,3}</a>[ \t]{0,4}){1,3}")
# `**Jane Roe**`, alone on its line: the speech stands below.
_ALONE = re.compile(
    rf"(?P<open>\*\*|__)(?P<label>[^\W_][^:：\n\r*_\[\]{{}}<>|=;!?]{{0,{MAX_LABEL_LENGTH - 1}}})"
    rf"(?P=open){_SPACE}{{0,8}}$"
)
# `[RAGNA] hello`, and `**Jane Roe** Hello` in Markdown, without a colon: the file has to show that these are names.
_BRACKET = re.compile(
    rf"\\?\[(?P<label>[^\W\d_][^:：\n\r*_\[\]{{}}<>|=;!?(),]{{1,50}}?)\\?\]{_SPACE}{{1,4}}(?=[^\s(\[])"
)
_NAME = re.compile(
    rf"(?P<open>\*\*|__)(?P<label>[^\W\d_][^:：\n\r*_\[\]{{}}<>|=;!?]{{1,50}}?)(?P=open){_SPACE}{{1,4}}"
    r"(?=[^a-zß-ÿ\s*_:：,.;–—-])"
)
# `Jane Roe – Hello`, and in Japan a wide space behind the name.
_DASHED_NAME = re.compile(
    r"(?P<label>[^\W\d_a-z][^:：\n\r*_\[\]{}<>|=;!?,–—]{1,50}?)[ \u00a0]{1,3}[-–—|][ \u00a0]{1,3}(?=[^\s\d|–—-])"
)
_WIDE = re.compile(r"(?P<label>[\u3400-\u9fff\u3040-\u30ff]{1,10})\u3000{1,2}(?=\S)")
# A list item that begins with emphasis.
_POINT = re.compile(rf"[-*+•]{_SPACE}{{1,4}}(?=[*_]{{2}}[^\s*_])")
# `Q - Is it on?`, `A) It is.`
_DASH = re.compile(
    rf"(?P<open>[*_]{{1,3}})?(?P<label>(?:[QAqa]|Ans|Question|Answer)(?:{_SPACE}?\d{{1,3}})?)"
    rf"{_SPACE}{{0,4}}(?P<close>[*_]{{1,3}})?{_SPACE}{{0,4}}(?:[-–—)]|(?<=\d)\.)(?:{_SPACE}{{1,4}}|(?=[\r\n]|$))"
)
# `1. Jane Roe: hello`, in a list.
_LIST_NUMBER = re.compile(rf"\d{{1,4}}[.)]{_SPACE}{{1,4}}(?=[*_]{{0,2}}[^\W\d_][^.\n]{{0,100}}[:：])")
_NUMBER_BEFORE_COLON = re.compile(r"[^\W\d_][^:：\n\r]{0,60}\.[ \u00a0]?#?\d{1,3}[:：]")
_WHOLE_CLOCK = re.compile(_CLOCK)


@dataclass(frozen=True, slots=True)
class SpeakerLabel:
    """A label at the start of a text. Offsets are code points of that text.

    `text` is printed from `start` up to `end`. The speech begins at `speech_start`. A time beside the label is printed
    from `time_start` up to `time_end` and means `time_ms` milliseconds.
    """

    text: str
    start: int
    end: int
    speech_start: int
    time_ms: int | None = None
    time_start: int | None = None
    time_end: int | None = None
    style: Style = "colon"

    def marks(self, offset: int) -> Iterator[tuple[int, int, ByteClass]]:
        """Yield (start, end, class) for the characters before the speech, with `offset` added to each position."""
        if self.time_start is None or self.time_end is None:
            yield offset + self.start, offset + self.speech_start, ByteClass.LABEL
            return
        if self.time_start < self.start:
            yield offset + self.time_start, offset + self.time_end, ByteClass.TIME
            yield offset + self.time_end, offset + self.speech_start, ByteClass.LABEL
            return
        yield offset + self.start, offset + self.time_start, ByteClass.LABEL
        yield offset + self.time_start, offset + self.time_end, ByteClass.TIME
        yield offset + self.time_end, offset + self.speech_start, ByteClass.LABEL


def leading_label(text: str) -> SpeakerLabel | None:
    """Find the label that a line, paragraph or cue begins with, or None.

    The label is a candidate: speaker_labels decides from the whole file which candidates are speakers.
    """
    return _leading_label(text[:_REACH])


# Several formats examine the same lines, one after another.
@lru_cache(maxsize=8192)
def _leading_label(head: str) -> SpeakerLabel | None:
    body = head.lstrip("\ufeff \t\u00a0\u2007\u202f\u3000")
    offset = len(head) - len(body)
    if body.startswith(">>"):
        stripped = body.lstrip("> ")
        offset += len(body) - len(stripped)
        body = stripped
    body = body.partition("\n")[0].rstrip("\r")
    if anchors := _ANCHORS.match(body):
        offset, body = offset + anchors.end(), body[anchors.end() :]
    if point := _POINT.match(body):
        found = _colon_label(body[point.end() :], offset + point.end())
        return replace(found, style="point") if found else None
    if number := _LIST_NUMBER.match(body):
        found = _colon_label(body[number.end() :], offset + number.end())
        return replace(found, style="numbered") if found else None
    for read in _WAYS if ":" in body or "：" in body else _WAYS_WITHOUT_COLON:
        if found := read(body, offset):
            return found
    return None


def _make(
    match: re.Match[str], offset: int, speech_start: int, style: Style, time: str | None = None
) -> SpeakerLabel | None:
    label = match.group("label").strip()
    if not _could_be_label(label):
        return None
    start = offset + match.start("label")
    if time is None:
        return SpeakerLabel(label, start, start + len(label), offset + speech_start, style=style)
    clock = match.group(time)
    moment = label_clock_ms(clock) if _WHOLE_CLOCK.fullmatch(clock.strip("()[]{}<>")) else None
    # In brackets, a time that is none is misprinted; elsewhere these may be other numbers.
    if moment is None and (clock[0] not in "([{" or clock[-1] not in ")]}"):
        return None
    return SpeakerLabel(
        label,
        start,
        start + len(label),
        offset + speech_start,
        moment,
        offset + match.start(time),
        offset + match.end(time),
        style,
    )


def _could_be_label(label: str) -> bool:
    words = label.split()
    if not words or len(words) > _MAX_LABEL_WORDS or not any(character.isalpha() for character in label):
        return False
    if len(words) > _MAX_NAME_WORDS and label_form(label).is_plain:
        return False
    return not label.endswith(("http", "https", "ftp", "mailto")) and not _FROM_TO.fullmatch(label)


def _skip_space(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip(" \t\u00a0\u2007\u202f\u3000"))


def _dash_label(text: str, offset: int) -> SpeakerLabel | None:
    match = _DASH.match(text)
    if not match or (match.group("open") or "") != (match.group("close") or ""):
        return None
    return _make(match, offset, _skip_space(text, match.end()), "dash")


def _machine_label(text: str, offset: int) -> SpeakerLabel | None:
    """Read the label that a program or a chat gives a voice."""
    match = _MACHINE.match(text)
    if match and is_machine_label(match.group("label")) and (match.group("bracket") or "_" in match.group("label")):
        time = "beside" if match.group("beside") else None
        return _make(match, offset, _skip_space(text, match.end()), "colon", time)
    if match := _PHONE.match(text):
        end = offset + match.end("label")
        return SpeakerLabel(match["label"], offset, end, offset + _skip_space(text, match.end()), style="colon")
    match = _HANDLE.match(text)
    if match is None:
        return None
    name = "nick" if match.group("nick") else "handle"
    handle = match.group(name)
    if handle.strip("<>").casefold() in _HTML_TAGS:
        return None
    start = offset + match.start(name)
    return SpeakerLabel(handle, start, start + len(handle), offset + _skip_space(text, match.end()), style="colon")


def _numbered_colon_label(text: str, offset: int) -> SpeakerLabel | None:
    """Read `JUROR NO. 3:`, which has a period before its colon."""
    found = _colon_label(text, offset) if _NUMBER_BEFORE_COLON.match(text) else None
    return found if found and found.text == found.text.upper() else None


def _emphasized_label(text: str, offset: int) -> SpeakerLabel | None:
    match = _EMPHASIZED_WITH_TIME.match(text)
    if match is None:
        return None
    return _make(match, offset, _skip_space(text, match.end()), _style(match.group("open"), closed=True), "beside")


def _colon_label(text: str, offset: int) -> SpeakerLabel | None:
    match = _COLON.match(text)
    if not match:
        return None
    if match.group("open") in {"*", "_"} and match.end("open") < match.start("label") and not match.group("bracket"):
        # An asterisk before a space is a list item.
        return None
    end = match.end()
    closed = [name for name in ("close", "close_late", "close_after", "close_last") if match.group(name)]
    opened = match.group("open")
    if closed and not opened:
        # A mark after a label without emphasis opens emphasis in the speech.
        if closed != ["close_after"] or match.group("after"):
            return None
        end, closed = match.start("close_after"), []
    following = text[end : end + 1]
    if text[end - 1 : end] in {":", "："} and (following.isdigit() or following in {"/", ":", "\\"}):
        # An address, a path or a clock time.
        return None
    if match.group("bracket") and text[end:].lstrip().startswith(("http", "<", "/", "#", "mailto:")):
        # `[name]: address` defines a link in Markdown.
        return None
    time = next((name for name in ("beside", "after", "before") if match.group(name)), None)
    return _make(match, offset, _skip_space(text, end), _style(opened, bool(closed)), time)


def colon_label(text: str) -> SpeakerLabel | None:
    """Find a label that ends in a colon at the start of a line, whatever else could stand there."""
    body = text.lstrip(" \t")
    return _colon_label(body[:_REACH], len(text) - len(body))


def _style(opened: str | None, closed: bool) -> Style:
    if not opened:
        return "colon"
    if not closed:
        return "bold-run"
    return "italic" if len(opened) == 1 else "bold"


def _time_label(text: str, offset: int) -> SpeakerLabel | None:
    match = _BESIDE_TIME.match(text)
    return _make(match, offset, match.end(), "time", "after") if match else None


def _alone_label(text: str, offset: int) -> SpeakerLabel | None:
    match = _ALONE.match(text)
    if match and is_appendix(match["label"]):
        return None
    return _make(match, offset, match.end(), "alone") if match else None


def _name_apart(text: str, offset: int) -> SpeakerLabel | None:
    """Read a name that only brackets or bold type tell from the words behind it; a sound in brackets is none."""
    if match := _BRACKET.match(text):
        return None if is_sound(match["label"]) else _make(match, offset, match.end(), "bracket")
    if match := _WIDE.match(text):
        return _make(match, offset, match.end(), "wide")
    match = _NAME.match(text)
    if match is None and (match := _DASHED_NAME.match(text)) and not is_name_shaped(match["label"]):
        return None
    return _make(match, offset, match.end(), "name") if match and not is_appendix(match["label"]) else None


def heading_label(heading: str) -> SpeakerLabel | None:
    """Read a heading that consists of a name: `### Jane Roe` or `### Jane Roe:`."""
    label = heading.strip().rstrip(":：").strip(" *_")
    if (
        not label
        or len(label) > MAX_LABEL_LENGTH
        or is_appendix(label)
        or not (is_name_shaped(label) or is_speaker_word(label))
    ):
        return None
    start = heading.index(label)
    return SpeakerLabel(label, start, start + len(label), len(heading), style="heading")


def _period_label(text: str, offset: int) -> SpeakerLabel | None:
    found = period_label(text)
    if found is None or not _could_be_label(label := text[found.start : found.end]):
        return None
    speech_start = offset + _skip_space(text, found.after)
    return SpeakerLabel(label, offset + found.start, offset + found.end, speech_start, style="period")


_WAYS: tuple[Callable[[str, int], SpeakerLabel | None], ...] = (
    _dash_label,
    _machine_label,
    _numbered_colon_label,
    _period_label,
    _colon_label,
    _emphasized_label,
    _time_label,
    _alone_label,
    _name_apart,
)
# All others end in a colon, or have a time with one in it.
_WAYS_WITHOUT_COLON = (_dash_label, _machine_label, _period_label, _alone_label, _name_apart)
