"""Keeps how the turns of a file were read where an editor parted or joined them, so that statements can be applied to
the same turns later, without the file. Pure.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from app.structure.stated_turns import cuts, state_turns
from app.text.paragraphs import PARAGRAPH
from app.transcripts.metadata_tables import TurnTable
from app.transcripts.transcript import Segment, Turn


def numbered(texts: Sequence[str], labels: Sequence[str | None]) -> list[Turn]:
    """Make turns whose source is these texts, one after the other: each part of them tells where it comes from."""
    turns, start = [], 0
    for text, label in zip(texts, labels, strict=True):
        turns.append(Turn(text, (Segment(0, len(text), start, start + len(text)),), label))
        # One more, so that no turn begins where another one ends.
        start += len(text) + 1
    return turns


def parts_as_read(read: Sequence[Turn], tables: Sequence[TurnTable]) -> list[list[Any]]:
    """Return what each turn that was parted or joined is made of, in the order of the turns as they are stated.

    A part is: the index of the stated turn, that of the turn as it was read, the part's start and end in the text of
    that, and the white space after it that belongs to no turn. A turn that was joined with the one before has its label
    too.
    """
    if not any(map(cuts, tables)):
        return []
    turns = numbered([turn.text for turn in read], [turn.label for turn in read])
    starts = [turn.source_start for turn in turns]
    parts: list[list[Any]] = []
    for index, turn in enumerate(state_turns(turns, tables).turns):
        made_of: list[list[Any]] = []
        for run in turn.segments:
            number = bisect_right(starts, run.source_start) - 1
            text, start = read[number].text, run.source_start - starts[number]
            end = start + run.text_end - run.text_start
            rest = text[end:]
            made_of.append([index, number, start, end, rest[: len(rest) - len(rest.lstrip())]])
            if len(made_of) > 1 and start == 0:
                made_of[-1].append(read[number].label)
        if len(made_of) > 1 or turn.text != read[made_of[0][1]].text:
            parts += made_of
    return parts


def turns_as_read(texts: Sequence[str], labels: Sequence[str | None], parts: Sequence[Sequence[Any]]) -> list[Turn]:
    """Return turns as they were read, numbered, given as they are stated and with what `parts_as_read` told.

    The label of a turn that was joined with the one before is unknown where it was redacted: then it is None.
    """
    of_turn: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for part in parts:
        of_turn[part[0]].append(part)
    read: list[str] = []
    labelled: list[str | None] = []
    for index, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if index not in of_turn:
            read.append(text)
            labelled.append(label)
            continue
        at = 0
        for place, (_index, number, start, end, white, *with_label) in enumerate(of_turn[index]):
            if number == len(read):
                read.append("")
                labelled.append(with_label[0] if with_label else None if place else label)
            read[number] += text[at : at + end - start] + white
            at += end - start + len(PARAGRAPH)
    return numbered(read, labelled)


def without_labels(parts: Sequence[Sequence[Any]], is_redacted: Callable[[str], bool]) -> list[list[Any]]:
    """Return what `parts_as_read` told, without labels that are redacted."""
    return [[*part[:5], *(label and (None if is_redacted(label) else label) for label in part[5:])] for part in parts]
