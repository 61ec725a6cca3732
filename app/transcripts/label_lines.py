"""Finds labels that have lines of their own, with the time beside, above or below the name, as meeting tools print.

    Jane Roe  0:03        00:00:01 Jane Roe       Jane Roe                  0:0:3.120 --> 0:0:5.900
    What do you grow?     What do you grow?       0 minutes 3 seconds       Jane Roe
                                                  What do you grow?         What do you grow?

Which of these layouts a file has is decided from the whole file: the names have to recur, and words to follow them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.transcripts.label_forms import is_owned
from app.transcripts.label_heads import (
    LONGEST_LINE,
    SPACE,
    WITH_WORDS,
    Head,
    Part,
    misprinted_times,
    names_alone,
    names_apart,
)
from app.transcripts.labels import is_name_shaped, is_person, is_speaker_word, label_key
from app.transcripts.moments import Moment, moment_at
from app.transcripts.printed_labels import MAX_LABEL_LENGTH, SpeakerLabel, leading_label
from app.transcripts.text_lines import LineKind, TextLine, split_lines

_MAX_WORDS = 7
# What may stand around a name: emphasis, brackets, a list mark, a colon.
_NAME = re.compile(
    r"(?:[-*•‣][ \t]{1,4})?(?P<open>\*{1,3}|_{1,3})?(?P<bracket>\[)?"
    r"(?P<name>[^\W\d_][^:：\t\n\r*_\[\]{}<>|=;!?]{0,99}?)"
    r"(?(bracket)\])[ \t]{0,4}(?(open)(?:[:：]?(?P=open)))[ \t\u00a0]{0,4}[:：]?[ \t\u00a0]{0,4}"
)
# `10:01:12 From Jane Roe to Everyone:`, in the chat of a meeting.
_FROM_TO = re.compile(
    r"(?:From|Von|De|Da|Van)[ \t]{1,3}(?P<name>[^\W\d_][^:\n]{0,60}?)[ \t]{1,3}(?:to|an|à|a|para"
    r"|aan)[ \t]{1,3}[^:\n]{1,60}"
    r"[ \t]{0,2}:[ \t]{0,4}"
)
# `00:03 Jane Roe – What do you grow?`
_NAME_AND_DASH = re.compile(
    r"[*_]{0,3}(?P<name>[^\W\d_][^:：\t\n\r*_\[\]{}<>|=;!?–—]{0,50}?)[*_]{0,3}[ \u00a0]{1,3}[-–—|][ \u00a0]{1,3}(?=\S)"
)
_BETWEEN = re.compile(r"[ \t\u00a0]{0,8}(?:[-–—|•·,@][ \t\u00a0]{1,8})?")
_AFTER = re.compile(r"[*_]{0,3}[ \t\u00a0]{0,8}[:：]?[ \t\u00a0]{0,8}")
# Emphasis that begins right before a time.
_OPENED = re.compile(r"(?<=[ \t\u00a0])[*_]{1,3}$")
_SEPARATORS = f"{SPACE}-–—|•·,@"
# A label in one of these styles may have its time on another line, or behind it; any other is complete.
_STYLES = frozenset({"time", "alone", "bracket", "name", "wide"})
_MOMENT_BEGINS = re.compile(r"(?<=[^\w:.,])(?=\\?[\[({<]?\d)|(?<=[\w)\]*])(?=\\?[\[({<]\d)")
# `Jane Roe started transcription`, in several languages: a line of the program. The name stands in front of it.
_NOUN = (
    r"(?:trans[ck]ri|trascri|recording|aufzeichn|aufnahme|enregistr|grabaci|grava[cç]|registraz|opname)[^\W\d_]{0,10}"
)
_VERB = (
    r"(?:start|stop|began|begun|ended|paused|resumed|gestart|gestopt|beende|angehalten|d[ée]marr|arr[êe]t|lanc|inici"
    r"|comenz|detuv|detenid|termin|finaliz|encerr|parou|avvia|interro)[^\W\d_]{0,8}"
)
_NOTICE = re.compile(
    rf"(?:[^\W\d_]{{1,5}}[ ])?(?:{_VERB}(?:[ ][^\W\d_]{{1,4}})?[ ]{_NOUN}|(?:[^\W\d_]{{1,4}}[ ])?{_NOUN}[ ]{_VERB})"
    r"|(?:has[ ])?(?:joined|left)[ ]the[ ](?:meeting|call|conference)",
    re.IGNORECASE,
)
# What every notice has, to tell quickly that a line is none.
_NOTICE_WORD = re.compile(
    r"(?:trans[ck]|trasc|reco|aufz|aufn|enre|grab|grav|regis|opna)|(?:joined|left)[ ]the", re.IGNORECASE
)
_PRONOUNS = frozenset(("i", "we", "you", "he", "she", "they", "it", "who", "ich", "wir", "je", "nous", "yo", "io"))
# Share of the labels of a layout that words have to follow.
_FOLLOWED = 0.75
_MIN_LABELS = 2
# Lines that repeat the name or the time of a label, at most.
_MOST_REPEATS = 3


def mark_label_lines(text: str, lines: Sequence[TextLine]) -> None:
    """Set the labels of lines with nothing but a name and a time, and join the lines that such a label takes.

    Lines that say that somebody started or stopped the recording become notes.
    """
    shown = [line for line in lines if line.kind is not LineKind.BLANK and not line.in_code]
    for line in shown:
        if line.end - line.start <= LONGEST_LINE and _is_notice(text[line.start : line.end].strip()):
            line.kind, line.label = LineKind.NOTE, None
    parts = [list(_parts(text, line)) for line in shown]
    heads = _chosen(text, shown, parts)
    heads = [*heads, *misprinted_times(text, shown, heads)] or names_alone(text, shown, parts)
    heads = heads or names_apart(text, shown, parts)
    for head in heads:
        _join(text, shown, head)


def _is_notice(body: str) -> bool:
    """Whether a line says what the recording program did: `Jane Roe stopped transcription`."""
    words = body.split(" ")
    if words[0].casefold() in _PRONOUNS or not _NOTICE_WORD.search(body):
        return False
    return any(
        _NOTICE.fullmatch(" ".join(words[count:])) and is_label_shaped(" ".join(words[:count]))
        for count in range(1, min(len(words), _MAX_WORDS + 1))
    )


def count_label_lines(text: str) -> int:
    """Return the number of labels with a time that have lines of their own, in a text without other labels."""
    shown = [line for line in split_lines(text, 0, len(text)) if line.kind is not LineKind.BLANK]
    parts = [list(_parts(text, line)) for line in shown]
    return sum(head.layout != "words beside" for head in _chosen(text, shown, parts))


def _parts(text: str, line: TextLine) -> Iterator[Part]:
    """Yield the ways to read the beginning of a line: as a name, as a time, or as both."""
    start, end = _trimmed(text, line.start, line.end)
    # `@0:03 - Jane Roe`
    start += text.startswith("@", start, end) and text[start + 1 : start + 2].isdigit()
    if start == end:
        return
    short = end - start <= LONGEST_LINE
    moment = moment_at(text, start, end)
    if line.label is not None and line.label.style not in _STYLES:
        bare = line.label.time_start is None and line.start + line.label.speech_start >= end
        if not bare and not (moment and (moment.time_of_day or line.label.style == "dash")):
            return
    if moment:
        # Screen readers get `0 minutes 3 seconds`, and eyes the `0:03` behind it.
        again = moment_at(text, moment.end, end)
        over = again.end if again and again.start_ms == moment.start_ms else moment.end
        after = _AFTER.match(text, over, end)
        if after and after.end() == end:
            yield Part(None, moment, end)
        elif (between := _BETWEEN.match(text, moment.end, end)) and between.end() > moment.end:
            yield from _moment_and_name(text, moment, between.end(), end)
        return
    if short and (name := _name_at(text, start, end)):
        yield Part(name, None, end)
    yield from _name_and_moment(text, start, end)


def _name_at(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the place of the name that a range consists of, but for the marks around it; None if it is none."""
    match = _NAME.fullmatch(text, start, end)
    if match is None:
        return None
    name = match["name"].rstrip(SPACE)
    return (match.start("name"), match.start("name") + len(name)) if is_label_shaped(name) else None


def _moment_and_name(text: str, moment: Moment, at: int, end: int) -> Iterator[Part]:
    """Yield a time and the name behind it; after a colon, words may follow on the same line."""
    if end - at <= LONGEST_LINE and (name := _name_at(text, at, end)):
        yield Part(name, moment, end)
    elif (chat := _FROM_TO.match(text, at, end)) and is_label_shaped(chat["name"]):
        yield Part(chat.span("name"), moment, chat.end(), is_whole=chat.end() == end, layout="words behind")
    elif (label := leading_label(text[at:end])) and label.style == "colon" and label.time_start is None:
        yield Part((at + label.start, at + label.end), moment, at + label.speech_start, is_whole=False)
    elif (dash := _NAME_AND_DASH.match(text, at, end)) and is_label_shaped(dash["name"]):
        yield Part(dash.span("name"), moment, dash.end(), is_whole=False, layout="words behind")


def _name_and_moment(text: str, start: int, end: int) -> Iterator[Part]:
    """Yield the name and the time behind it with which a line begins; words may follow on the same line."""
    for begins in _MOMENT_BEGINS.finditer(text, start, min(end, start + LONGEST_LINE)):
        moment = moment_at(text, begins.start(), end)
        if moment is None:
            continue
        before = _OPENED.sub("", text[start : begins.start()]).rstrip(_SEPARATORS)
        name = _name_at(text, start, start + len(before))
        after = _AFTER.match(text, moment.end, end)
        if name and after and (after.end() == end or after.end() > moment.end):
            yield Part(name, moment, after.end(), is_whole=after.end() == end)
        return


def is_label_shaped(name: str) -> bool:
    """Whether words without a colon look like the name of a speaker: `Jane Roe`, `Roe, Jane (Guest)`, `Speaker 1`."""
    if not 0 < len(name) <= MAX_LABEL_LENGTH or len(name.split()) > _MAX_WORDS or name.endswith((".", "…", ",")):
        return bool(re.fullmatch(r"[^.]{1,60} (?:[A-Z]|Jr|Sr|St)\.", name))
    if is_speaker_word(name):
        return True
    plain = re.sub(r"\s{0,3}\([^()]{1,40}\)$", "", name)
    if is_owned(plain):
        return True
    return is_person(plain) and is_name_shaped(plain.replace(", ", " "))


def _chosen(text: str, shown: Sequence[TextLine], parts: Sequence[Sequence[Part]]) -> list[Head]:
    """Return the labels of the layouts that the file has, in order and without overlap."""
    found: dict[str, list[Head]] = {}
    for head in _heads(text, shown, parts):
        found.setdefault(head.layout, []).append(head)
    believed = [heads for heads in found.values() if _is_layout(text, shown, parts, heads)]
    chosen: dict[int, Head] = {}
    for heads in sorted(believed, key=len, reverse=True):
        for head in heads:
            if not any(index in chosen for index in range(head.first, head.last + 1)):
                chosen.update(dict.fromkeys(range(head.first, head.last + 1), head))
    return list(dict.fromkeys(chosen[index] for index in sorted(chosen)))


def _heads(text: str, shown: Sequence[TextLine], parts: Sequence[Sequence[Part]]) -> Iterator[Head]:
    for index, ways in enumerate(parts):
        for part in ways:
            below = parts[index + 1] if index + 1 < len(parts) else ()
            if part.name and part.moment:
                layout = "time first" if part.moment.start < part.name[0] else "name first"
                layout = layout if part.is_whole else part.layout
                yield _head(text, shown, parts, Head(layout, index, index, part.name, part.moment, part.rest))
            elif part.name:
                for other in below:
                    if other.moment and not other.name:
                        head = Head("time below", index, index + 1, part.name, other.moment, other.rest)
                        yield _head(text, shown, parts, head)
            elif part.moment:
                for other in below:
                    if other.name and not other.moment:
                        head = Head("time above", index, index + 1, other.name, part.moment, other.rest)
                        yield _head(text, shown, parts, head)


def _head(text: str, shown: Sequence[TextLine], parts: Sequence[Sequence[Part]], head: Head) -> Head:
    """Add the lines that repeat the name or the time for screen readers."""
    name = label_key(text[slice(*head.name)])
    last, speech = head.last, head.speech
    while last + 1 < min(len(shown), head.last + 1 + _MOST_REPEATS) and (
        again := next(
            (
                part
                for part in parts[last + 1]
                if part.moment
                and (part.name is None or label_key(text[slice(*part.name)]) == name)
                and part.is_whole
                and part.moment.start_ms == (head.moment.start_ms if head.moment else None)
            ),
            None,
        )
    ):
        last, speech = last + 1, again.rest
    return replace(head, last=last, speech=speech)


def _is_layout(text: str, shown: Sequence[TextLine], parts: Sequence[Sequence[Part]], heads: Sequence[Head]) -> bool:
    """Whether these are labels: names that recur, with words behind them."""
    if len(heads) < _MIN_LABELS:
        return False
    names = Counter(label_key(text[slice(*head.name)]) for head in heads)
    recurring = sum(count for count in names.values() if count > 1)
    speaker_words = sum(is_speaker_word(text[slice(*head.name)]) for head in heads)
    full = sum(len(text[slice(*head.name)].split()) > 1 for head in heads)
    if len(names) == 1 and not speaker_words and not full:
        return False
    enough = 0.5 if heads[0].layout in {"name first", "time below"} else 0.6
    if recurring + speaker_words < enough * len(heads) and not (heads[0].layout == "name first" and full == len(heads)):
        return False
    starts = {head.first for head in heads}
    followed = sum(
        head.last + 1 < len(shown) and head.last + 1 not in starts and not _only_moment(parts[head.last + 1])
        if head.layout not in WITH_WORDS
        else True
        for head in heads
    )
    return followed >= _FOLLOWED * (len(heads) - 1)


def _only_moment(ways: Sequence[Part]) -> bool:
    return any(part.moment and not part.name for part in ways)


def _join(text: str, shown: Sequence[TextLine], head: Head) -> None:
    """Set the label of the first line, and join the lines that the label takes to it."""
    first, last = shown[head.first], shown[head.last]
    start, end = head.name
    moment = head.moment
    first.label = SpeakerLabel(
        text[start:end],
        start - first.start,
        end - first.start,
        head.speech - first.start,
        None if moment is None else moment.start_ms,
        None if moment is None else moment.start - first.start,
        None if moment is None else moment.end - first.start,
        "alone" if head.layout == "alone" else "time",
    )
    if first.kind is LineKind.OFF:
        first.off = ()
    first.kind = LineKind.TEXT
    for line in shown[head.first + 1 : head.last + 1]:
        line.kind, line.label, line.off = LineKind.JOINED, None, ()
    first.end = first.text_end = last.end
    first.paragraph_end = last.paragraph_end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip(SPACE)), start + len(part.rstrip(SPACE))
