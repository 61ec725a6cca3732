"""Decides what a speaker label is: how it is printed, whether it means a speaker, a person, or a part in the talk.

Every reader asks here, so a label is recognized alike in plain text, Markdown, captions and table cells.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from app.text.folding import fold
from app.transcripts.label_words import (
    ABBREVIATIONS,
    ANSWER_LABELS,
    NOT_PEOPLE,
    PARTICLES,
    PROSE,
    QUESTION_LABELS,
    ROLE_OF,
    ROLE_PHRASES,
    UNNAMED,
    Role,
)
from app.transcripts.transcript import ByteClass

Style = Literal["colon", "bold", "italic", "bold-run", "period", "dash", "time", "point", "alone", "heading"]

# A label of common words counts as a name only if it stands more often than this.
_RARE = 3
MAX_LABEL_LENGTH = 80
_MAX_LABEL_WORDS = 7
# A label and its time stand within this many characters of the start of a line; nothing further is looked at.
_REACH = 200

_SPACE = "[ \t\u00a0\u2007\u202f\u3000]"
_CLOCK = r"\d{1,3}(?::\d{2}){1,3}(?:[.,]\d{1,3})?"


def _bracketed_clock(name: str) -> str:
    return rf"(?P<{name}>[(\[{{<]?{_CLOCK}[)\]}}>]?)"


# Every quantifier over a broad class is bounded, so a long line costs no more than a short one.
_COLON = re.compile(
    rf"""
    (?:{_bracketed_clock("before")}{_SPACE}{{1,4}}(?:[-–—]{_SPACE}{{1,4}})?)?
    (?P<open>[*_]{{1,3}})?{_SPACE}{{0,4}}
    (?P<bracket>\[)?
    (?P<label>[^\W_][^:：\n\r*_\[\]{{}}<>|=;!?]{{0,{MAX_LABEL_LENGTH - 1}}}?)
    (?(bracket)\]){_SPACE}{{0,4}}
    (?P<close>[*_]{{1,3}})?
    (?:{_SPACE}{{0,4}}[-–—@,]?{_SPACE}{{0,4}}{_bracketed_clock("beside")})?
    {_SPACE}{{0,4}}(?P<close_late>[*_]{{1,3}})?{_SPACE}{{0,4}}
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
# `**Jane Roe**`, alone on its line: the speech stands below.
_ALONE = re.compile(
    rf"(?P<open>\*\*|__)(?P<label>[^\W_][^:：\n\r*_\[\]{{}}<>|=;!?]{{0,{MAX_LABEL_LENGTH - 1}}})"
    rf"(?P=open){_SPACE}{{0,8}}$"
)
# A point of a list that begins with emphasis.
_POINT = re.compile(rf"[-*+•]{_SPACE}{{1,4}}(?=[*_]{{2}}[^\s*_])")
_DASH = re.compile(
    rf"(?P<open>[*_]{{1,3}})?(?P<label>(?:[QAqa]|Ans|Question|Answer)(?:{_SPACE}?\d{{1,3}})?)"
    rf"{_SPACE}{{0,4}}(?P<close>[*_]{{1,3}})?{_SPACE}{{0,4}}(?:[-–—)]|(?<=\d)\.)(?:{_SPACE}{{1,4}}|(?=[\r\n]|$))"
)
_NUMBERED = re.compile(rf"(?:\[\d{{1,3}}\.?\]|\d{{1,3}}[.)](?={_SPACE}{{1,4}}[QA]\.)){_SPACE}{{1,4}}")
# Congressional hearings print `Senator Boxer.` and `Mr. Issa.` without capitals throughout.
_TITLED = re.compile(
    r"(?P<label>(?:(?:Mr|Mrs|Ms|Dr)\.|Senator|Chairman|Chairwoman|Chair|Representative|Secretary|General|Admiral"
    r"|Ambassador|Governor|Judge|Justice|Director|Commissioner|Delegate|The)"
    r"[ \u00a0][A-Z][\w'’-]{1,30}(?:[ \u00a0]of[ \u00a0][A-Z]\w{2,20})?(?:[ \u00a0]\[[a-z]{4,12}\])?)\.(?=\s|$)"
)
_CAPITALS = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’&/\u00a0 -]){0,60}")
_NAME_WORD = re.compile(r"[^\W\d_](?:[\w.'’‘\u00ad-]*[\w.)’'])?\d{0,3}")
_JOINT = re.compile(r"\s{0,4}[/&+,]\s{0,4}|\s{1,4}(?:and|und|et|y|e|i)\s{1,4}")
_DECLARED = re.compile(r"(?P<name>[^()]{2,70}?)\s*\((?P<aside>[^()]{1,40})\)")
_TRAILING_NUMBER = re.compile(r"[\s#_-]{0,3}(?:n[o°º]\.?\s{0,2})?\d{1,3}$|\s[a-z]$")
_SEPARATORS = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class Label:
    """A label as it stands at the start of a text; offsets count code points of that text.

    `label` is what is printed between `start` and `end`. Speech begins at `text_start`. A time printed beside it
    stands from `time_start` up to `time_end` and means `time_ms` milliseconds.
    """

    label: str
    start: int
    end: int
    text_start: int
    time_ms: int | None = None
    time_start: int | None = None
    time_end: int | None = None
    style: Style = "colon"

    def marks(self, offset: int) -> Iterator[tuple[int, int, ByteClass]]:
        """Yield how the characters before the speech are classed, with `offset` added to every position."""
        if self.time_start is None or self.time_end is None:
            yield offset + self.start, offset + self.text_start, ByteClass.LABEL
            return
        if self.time_start < self.start:
            yield offset + self.time_start, offset + self.time_end, ByteClass.TIME
            yield offset + self.time_end, offset + self.text_start, ByteClass.LABEL
            return
        yield offset + self.start, offset + self.time_start, ByteClass.LABEL
        yield offset + self.time_start, offset + self.time_end, ByteClass.TIME
        yield offset + self.time_end, offset + self.text_start, ByteClass.LABEL


def milliseconds(clock: str) -> int | None:
    """Read `1:22`, `0:01:22`, `0:01:22.5` or `0:00:01:22` (days first) as milliseconds; None for an impossible time."""
    whole, _, fraction = clock.strip("()[]{}<> ").replace(",", ".").partition(".")
    parts = [int(part) for part in whole.split(":")]
    if any(part > 59 for part in parts[1:]):
        return None
    seconds = 0
    for part, weight in zip(reversed(parts), (1, 60, 3600, 86400), strict=False):
        seconds += part * weight
    return seconds * 1000 + int(fraction.ljust(3, "0")[:3] or 0)


def leading_label(text: str) -> Label | None:
    """Find the label that a line, paragraph or cue begins with, or None.

    This says only that a label could be printed so; `accepted` decides from the whole file which ones are speakers.
    """
    return _leading_label(text[:_REACH])


# Every format that recognizes a file has looked at its lines before the one that reads it does so again.
@lru_cache(maxsize=8192)
def _leading_label(head: str) -> Label | None:
    body = head.lstrip("\ufeff \t\u00a0\u2007\u202f\u3000")
    offset = len(head) - len(body)
    if body.startswith(">>"):
        stripped = body.lstrip("> ")
        offset += len(body) - len(stripped)
        body = stripped
    body = body.partition("\n")[0].rstrip("\r")
    if point := _POINT.match(body):
        found = _colon_label(body[point.end() :], offset + point.end())
        return replace(found, style="point") if found else None
    ways: tuple[Callable[[str, int], Label | None], ...] = (
        _dash_label,
        _period_label,
        _colon_label,
        _time_label,
        _alone_label,
    )
    for read in ways:
        if found := read(body, offset):
            return found
    return None


def _make(match: re.Match[str], offset: int, text_start: int, style: Style, time: str | None = None) -> Label | None:
    label = match.group("label").strip()
    if not _could_be_label(label):
        return None
    start = offset + match.start("label")
    if time is None:
        return Label(label, start, start + len(label), offset + text_start, style=style)
    moment = milliseconds(match.group(time))
    if moment is None:
        return None
    return Label(
        label,
        start,
        start + len(label),
        offset + text_start,
        moment,
        offset + match.start(time),
        offset + match.end(time),
        style,
    )


def _could_be_label(label: str) -> bool:
    if not label or len(label.split()) > _MAX_LABEL_WORDS or not any(character.isalpha() for character in label):
        return False
    return '"' not in label[:1] and not label.endswith(("http", "https", "ftp", "mailto"))


def _skip_space(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip(" \t\u00a0\u2007\u202f\u3000"))


def _dash_label(text: str, offset: int) -> Label | None:
    match = _DASH.match(text)
    if not match or (match.group("open") or "") != (match.group("close") or ""):
        return None
    return _make(match, offset, _skip_space(text, match.end()), "dash")


def _colon_label(text: str, offset: int) -> Label | None:
    match = _COLON.match(text)
    if not match:
        return None
    if match.group("open") in {"*", "_"} and match.end("open") < match.start("label") and not match.group("bracket"):
        # An asterisk before a space makes a list.
        return None
    end = match.end()
    closed = [name for name in ("close", "close_late", "close_after", "close_last") if match.group(name)]
    opened = match.group("open")
    if closed and not opened:
        # A mark that opens emphasis in the speech is no part of a label without emphasis.
        if closed != ["close_after"] or match.group("after"):
            return None
        end, closed = match.start("close_after"), []
    following = text[end : end + 1]
    if text[end - 1 : end] in {":", "："} and (following.isdigit() or following in {"/", ":", "\\"}):
        # An address, a path or a clock time, not a label.
        return None
    if match.group("bracket") and text[end:].lstrip().startswith(("http", "<", "/", "#", "mailto:")):
        # `[name]: address` defines a link in Markdown.
        return None
    time = next((name for name in ("beside", "after", "before") if match.group(name)), None)
    return _make(match, offset, _skip_space(text, end), _style(opened, bool(closed)), time)


def _style(opened: str | None, closed: bool) -> Style:
    if not opened:
        return "colon"
    if not closed:
        return "bold-run"
    return "italic" if len(opened) == 1 else "bold"


def _time_label(text: str, offset: int) -> Label | None:
    match = _BESIDE_TIME.match(text)
    return _make(match, offset, match.end(), "time", "after") if match else None


def _alone_label(text: str, offset: int) -> Label | None:
    match = _ALONE.match(text)
    return _make(match, offset, match.end(), "alone") if match else None


def heading_label(heading: str) -> Label | None:
    """Read a heading that consists of a name: `### Jane Roe` or `### Jane Roe:`."""
    label = heading.strip().rstrip(":：").strip(" *_")
    if not label or len(label) > MAX_LABEL_LENGTH or not (is_name_shaped(label) or stands_for_speaker(label)):
        return None
    start = heading.index(label)
    return Label(label, start, start + len(label), len(heading), style="heading")


def _period_label(text: str, offset: int) -> Label | None:
    if match := _TITLED.match(text):
        return _make(match, offset, _skip_space(text, match.end()), "period")
    number = _NUMBERED.match(text)
    start = number.end() if number else 0
    run = _CAPITALS.match(text, start)
    end = _period_end(text, start, run.group()) if run else None
    if end is None:
        return None
    label, printed = text[start:end], offset + start
    return Label(label, printed, printed + len(label), offset + _skip_space(text, end + 1), style="period")


def _period_end(text: str, start: int, run: str) -> int | None:
    """Return where the period stands that ends a label in capitals; initials and titles have periods of their own."""
    at, maybe = start, None
    for word in run.split(" "):
        end = at + len(word)
        letters = word.strip(".")
        if not letters or letters != letters.upper() or letters == letters.lower():
            break
        if word.endswith(".") and text[end : end + 1] in {"", " ", "\t", "\u00a0"}:
            if letters in {"Q", "A"}:
                if at == start:
                    return end - 1
                # A heading can stand glued in front of a question: `ENERGY PROGRAM Q. Mr. President, ...`
                maybe = end - 1
            elif len(letters) > 1 and letters not in ABBREVIATIONS and "." not in letters:
                return end - 1
        at = end + 1
    return maybe


# A file has few labels, and each of them many times.
@lru_cache(maxsize=4096)
def label_key(label: str) -> str:
    """Fold a label so that printings of the same one are equal: case, white space, accents, periods."""
    return " ".join(fold(label).replace(".", "").split())


def stated_role(label: str) -> Role | None:
    """Return the part in the conversation that a label states by its word: `Q`, `Host`, `Réponse`, `记者`."""
    key = _TRAILING_NUMBER.sub("", label_key(label)) or label_key(label)
    words = _SEPARATORS.sub(" ", key)
    if role := ROLE_OF.get(key) or ROLE_PHRASES.get(words):
        return role
    glued = key.rstrip("0123456789")
    return ROLE_OF.get(glued)


def asks(label: str) -> bool:
    """Whether the label itself says that a question follows: `Q`, `Question 2`, `Frage`."""
    return _without_number(label) in QUESTION_LABELS


def answers(label: str) -> bool:
    """Whether the label itself says that an answer follows: `A`, `Ans`, `Réponse`."""
    return _without_number(label) in ANSWER_LABELS


def _without_number(label: str) -> str:
    key = _SEPARATORS.sub(" ", label_key(label))
    return key.rstrip("0123456789").strip() or key


def stands_for_speaker(label: str) -> bool:
    """Whether a label is a word for a speaker: a stated role, or an unnamed one such as `Speaker 1`."""
    if stated_role(label):
        return True
    words = _TRAILING_NUMBER.sub("", label_key(label)).rstrip("0123456789").split()
    return bool(words) and len(words) <= 3 and all(word in UNNAMED or word == "speaker" for word in words)


@lru_cache(maxsize=4096)
def is_person(label: str) -> bool:
    """Whether a label can mean a person, unlike `Break`, `Jingle`, `Narrator` or `日期`."""
    key = label_key(label)
    return key not in NOT_PEOPLE and _TRAILING_NUMBER.sub("", key) not in NOT_PEOPLE


def declared_initials(label: str) -> tuple[str, str] | None:
    """Split `Adam Jonas (AJ)` into the name and what stands in brackets after it; None without brackets."""
    match = _DECLARED.fullmatch(label)
    return (match.group("name"), match.group("aside")) if match else None


def joint_parts(label: str) -> list[str]:
    """Split `M/G/S` or `DM & RL` into the labels of the people who speak together; one part if it is not joint."""
    return [part for part in _JOINT.split(label) if part]


def initials_of(name: str) -> set[str]:
    """Return the ways to abbreviate a name, folded: `Aaron van Wirdum` gives avw, aw and the first letter."""
    words = [word for word in _SEPARATORS.sub(" ", label_key(name)).split() if word[0].isalpha()]
    if not words:
        return set()
    main = [word for word in words if word not in PARTICLES] or words
    letters = {"".join(word[0] for word in words), "".join(word[0] for word in main), main[0][0] + main[-1][0]}
    return {each for each in letters if len(each) > 1} | {main[0][0]}


def is_name_shaped(label: str) -> bool:
    """Whether a label looks like a name or initials: few words, each with a capital or in a script without case."""
    if declared := declared_initials(label):
        return is_name_shaped(declared[0])
    parts = joint_parts(label.replace('"', " ").replace("“", " ").replace("”", " "))
    return bool(parts) and all(_is_one_name(part) for part in parts)


def _is_one_name(label: str) -> bool:
    words = label.split()
    if not words or len(words) > 5:
        return False
    if label_key(label) in PROSE or label_key(words[0]).rstrip("0123456789") in PROSE:
        return False
    if label_key(words[-1]) in PROSE and len(words) > 1:
        return False
    for index, word in enumerate(words):
        bare = word.strip("()'’‘,")
        if not bare or (index and (bare.casefold() in PARTICLES or bare.isdigit())):
            continue
        if not _NAME_WORD.fullmatch(bare) or not _begins_a_name(bare):
            return False
    return label_key(words[0]) not in {"the", "a", "an", "and", "of"} or label.isupper() or len(words) == 2


def _begins_a_name(word: str) -> bool:
    first = word[0]
    if first.isupper() or first.istitle():
        return True
    # Scripts without case have no capitals to go by, so length must do. d'Arc and bin-Salman begin small.
    return (first.upper() == first.lower() and len(word) <= 12) or any(c.isupper() for c in word[1:4])


def _shape(label: str) -> str:
    letters = [character for character in label if character.isalpha()]
    if label.isupper() and len(letters) <= 4:
        return "initials"
    if label.isupper():
        return "capitals"
    return "one word" if len(label.split()) == 1 else "full name"


def known_keys(people: Collection[str]) -> frozenset[str]:
    """Return what somebody known can be called in a label, folded: full, first and last name, and initials."""
    keys: set[str] = set()
    for name in people:
        full = label_key(name)
        keys.add(full)
        keys.update(full.split())
        keys.update(initials_of(name))
    return frozenset(keys)


def is_known(label: str, keys: Collection[str]) -> bool:
    """Whether a label is one of the names that `known_keys` gave."""
    key = label_key(label)
    return key in keys or key.replace(" ", "") in keys


def accepted(
    labels_in_order: Sequence[str], known_people: Collection[str] = (), words: Collection[str] = ()
) -> set[str]:
    """Return the candidates that are speakers, or parts of the recording such as `Break`, judged by the whole file.

    A label that states a role, or names somebody known, counts by itself. A label that looks like a name counts if
    it recurs; and once there are clear speakers, also one that stands only once but looks like theirs. `words` are
    the words that the text prints in lower case: a rare label made of them alone is prose (`Digital Cameras:`).
    """
    counts = Counter(labels_in_order)
    folded = Counter(label_key(label) for label in labels_in_order)
    known = known_keys(known_people)
    declared = {label_key(parts[1]) for label in counts if (parts := declared_initials(label))}
    certain = {
        label for label in counts if stands_for_speaker(label) or is_known(label, known) or label_key(label) in declared
    }
    named = {
        label
        for label in counts
        if label not in certain
        and is_person(label)
        and is_name_shaped(label)
        and folded[label_key(label)] > (_RARE if is_common(label, words) else 1)
    }
    found = certain | named
    if not found:
        return _alternating(labels_in_order)
    shapes = {_shape(label) for label in found if not stated_role(label)}
    keys = {label_key(label) for label in found}
    initials = {label_key(label) for label in found if _shape(label) == "initials"}
    once = {
        label
        for label in counts
        if label not in found
        and (
            not is_person(label)
            or (is_name_shaped(label) and _looks_alike(label, shapes, keys, initials) and not is_common(label, words))
        )
    }
    return found | once


def is_common(label: str, words: Collection[str]) -> bool:
    """Whether every word of a label also stands in lower case among `words`."""
    return all(word.strip(".,'’()").lower() in words for word in label.split())


def _looks_alike(label: str, shapes: set[str], keys: set[str], initials: set[str]) -> bool:
    shape = _shape(label)
    if shape in shapes or declared_initials(label):
        return True
    # A full name introduces somebody who is then called by initials or by the first name.
    if shape == "full name" and "initials" in shapes:
        return True
    return not keys.isdisjoint(label_key(label).split()) or not initials.isdisjoint(initials_of(label))


def _alternating(labels_in_order: Sequence[str]) -> set[str]:
    """Take two different names that each stand once for an exchange of two turns."""
    names = [label for label in labels_in_order if is_person(label) and is_name_shaped(label)]
    return set(names) if len(names) == len(labels_in_order) and len(set(names)) > 1 else set()
