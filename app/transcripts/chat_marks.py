"""Tells what was said from the marks that CHAT prints between and inside the words, as its manual defines them."""

import re
from typing import NamedTuple

from app.transcripts.cue_text import SourceRun
from app.transcripts.transcript import ByteClass

# What is no word, one alternative for each mark. Every quantifier is bounded.
_CODE = re.compile(
    r"""
      (?P<time>\x15[^\x15\n]{0,60}\x15          # times of the recording, between two control characters
        |(?<!\S)[•·]?[0-9]{1,9}_[0-9]{1,9}[•·]?(?=\s|$))  # or without them
    | \[[^\[\]]{0,300}\]                        # repetitions, corrections, explanations, overlaps, codes
    | (?<![^\s<>])\((?:\.{1,3}|[0-9]{0,3}:?[0-9]{0,4}\.?[0-9]{0,3})\)  # pauses: (.), (..), (1.5)
    | (?P<other>(?<!\S)&\*[A-Za-z0-9]{1,7}:\S{1,80})  # a word of somebody else
    | (?<!\S)&[{}]?[a-z]?=\S{1,80}              # events: &=laughs, &{l=sings
    | (?<![^\s<])(?:xxx?|yyy?|www)(?:@\S{1,20})?(?=[\s.,?!>]|$)  # not understood, or not transcribed
    | (?<![^\s<])0(?:[^\s0-9\[]\S{0,60})?(?=\s|$)  # what the speaker left out
    | (?<!\S)\+"?/{0,2}(?=[?!]|\.\.[.?])        # the plus of +..., +..?, +!? and +/?
    | (?<!\S)\+["/.^<,+~≋≈=]{1,4}(?=\s|$)       # linkers, and interruptions at the end
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"\S+")
# Inside a word: what was not pronounced, the kind of a special form, prefixes of fillers, signs of prosody.
_IN_WORD = re.compile(
    r"(?P<joint>(?<=\w)_(?=\w))|\([^()\s]{0,40}\)|(?<=[^\s@])@[A-Za-z0-9:+&$*'-]{0,20}|^&[-~+]?|(?<=[^\W\d_]):{1,4}"
    r"|(?<=\w)\+(?=\w)|[<>^≠↑↓⇗↗→↘⇘∞≈≋≡∙⌈⌉⌊⌋∆∇°▁▔☺♋⁇∬∮§∾↻↫„‡⟨⟩⁎]{1,40}"
)
_PUNCTUATION = re.compile(r"[.,;?!…]{1,4}")


class Mark(NamedTuple):
    """Characters of an utterance that are not said."""

    start: int
    end: int
    byte_class: ByteClass


class Times(NamedTuple):
    """When an utterance begins and ends, in milliseconds."""

    start_ms: int
    end_ms: int


def read_utterance(text: str, start: int, end: int) -> tuple[list[SourceRun | str], list[Mark], Times | None]:
    """Return what is said between two offsets, everything else that stands there, and the times."""
    pieces: list[SourceRun | str] = []
    marks: list[Mark] = []
    times: Times | None = None
    at = start
    for code in _CODE.finditer(text, start, end):
        _say(text, at, code.start(), pieces, marks)
        byte_class = ByteClass.MARKUP
        if code["time"]:
            byte_class = ByteClass.TIME
            times = _times(code["time"]) or times
        elif code["other"]:
            byte_class = ByteClass.NOTE
        marks.append(Mark(code.start(), code.end(), byte_class))
        at = code.end()
    _say(text, at, end, pieces, marks)
    return pieces, marks, times


def _times(printed: str) -> Times | None:
    found = re.search(r"([0-9]{1,9})_([0-9]{1,9})", printed)
    return Times(int(found[1]), int(found[2])) if found else None


def _say(text: str, start: int, end: int, pieces: list[SourceRun | str], marks: list[Mark]) -> None:
    """Add the words between two offsets, each apart from the one before by a space."""
    for word in _WORD.finditer(text, start, end):
        said: list[SourceRun | str] = []
        at = word.start()
        for mark in [*_IN_WORD.finditer(word.group()), None]:
            until = word.start() + mark.start() if mark else word.end()
            if until > at:
                said.append(SourceRun(text[at:until], at, until))
            if mark:
                at = word.start() + mark.end()
                marks.append(Mark(until, at, ByteClass.MARKUP))
                if mark["joint"]:
                    said.append(" ")
        if not any(isinstance(piece, SourceRun) for piece in said):
            continue
        if not pieces and _PUNCTUATION.fullmatch(word.group()):
            # What it followed was not understood.
            marks.append(Mark(word.start(), word.end(), ByteClass.MARKUP))
            continue
        if pieces and not _PUNCTUATION.fullmatch(word.group()):
            pieces.append(_space(text, pieces[-1], word.start()))
        pieces += said


def _space(text: str, before: SourceRun | str, start: int) -> SourceRun | str:
    """Return the space before a word: that of the source, if the words are neighbours there."""
    if isinstance(before, SourceRun) and before.end == start - 1 and text[before.end] == " ":
        return SourceRun(" ", before.end, start)
    return " "
