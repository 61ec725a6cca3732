"""Compares two revisions of an interview turn by turn, and the turns that differ word by word. Pure.

Turns keep their ids over corrections, so that which turn became which needs no guess.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from app.text.differences import Edit, differences

Item = Mapping[str, Any]
# What is stated of an interview and may be corrected, in reading order.
_STATED = ("title", "published", "publisher", "series", "language", "source_url", "rights", "summary")


class ChangeKind(StrEnum):
    """What became of a turn."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class TextPiece:
    """A piece of a turn's text: on both sides, or only before (`DELETED`) or after (`INSERTED`)."""

    edit: Edit | None
    text: str


@dataclass(frozen=True)
class TurnChange:
    """A turn that was changed, added or removed. `turn` is the later one, where there is one.

    `who_before` and `who_after` say who speaks; they are the same where nothing about that changed. `is_other_kind`
    says that it was a question and is none, or the like.
    """

    kind: ChangeKind
    turn: Item
    pieces: Sequence[TextPiece]
    who_before: str | None
    who_after: str | None
    is_other_kind: bool = False


@dataclass(frozen=True)
class Unchanged:
    """A number of turns in a row that are the same; `turn` is the first of them."""

    count: int
    turn: Item
    kind: ChangeKind = ChangeKind.SAME


@dataclass(frozen=True)
class StatedChange:
    """Something stated of the interview that differs."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class RecordDifferences:
    """Everything that differs. `left_out` changes are counted and not shown."""

    stated: Sequence[StatedChange]
    turns: Sequence[TurnChange | Unchanged]
    changed: int
    left_out: int


def compare_records(before: Item, after: Item, record_before: Item, record_after: Item, most: int) -> RecordDifferences:
    """Compare two revisions: `before` and `after` as find_interview() returns them, the records as find_record() does.

    At most `most` turns that differ are shown.
    """
    stated = [StatedChange(name, before[name], after[name]) for name in _STATED if before[name] != after[name]]
    compared = list(_compared(record_before, record_after))
    changed = sum(one.kind is not ChangeKind.SAME for one in compared)
    shown: list[TurnChange | Unchanged] = []
    left = most
    for is_same, run in groupby(compared, key=lambda one: one.kind is ChangeKind.SAME):
        turns = list(run)
        if is_same:
            shown.append(Unchanged(len(turns), turns[0].after or {}))
            continue
        shown += [one.change() for one in turns[:left]]
        left -= min(left, len(turns))
        if not left:
            break
    return RecordDifferences(stated, shown, changed, max(0, changed - most))


@dataclass(frozen=True)
class _Pair:
    """A turn before and after, with who speaks; one of them may be missing."""

    before: Item | None
    after: Item | None
    who_before: str | None
    who_after: str | None

    @property
    def kind(self) -> ChangeKind:
        if self.before is None:
            return ChangeKind.ADDED
        if self.after is None:
            return ChangeKind.REMOVED
        is_same = self.before["text"] == self.after["text"] and self.before["kind"] == self.after["kind"]
        return ChangeKind.SAME if is_same and self.who_before == self.who_after else ChangeKind.CHANGED

    def change(self) -> TurnChange:
        turn = self.after or self.before or {}
        texts = self.before["text"] if self.before else "", self.after["text"] if self.after else ""
        is_other = self.kind is ChangeKind.CHANGED and (self.before or {})["kind"] != turn["kind"]
        return TurnChange(self.kind, turn, list(_pieces(*texts)), self.who_before, self.who_after, is_other)


def _compared(before: Item, after: Item) -> Iterator[_Pair]:
    """Yield turns in the order of the later record; one that was removed stands after the one that it followed."""
    old = {turn["id"]: turn for turn in before["turns"]}
    stays = {turn["id"] for turn in after["turns"]}
    who = [_speaker_names(before), _speaker_names(after)]
    removed: dict[str | None, list[Item]] = defaultdict(list)
    last: str | None = None
    for turn in before["turns"]:
        if turn["id"] in stays:
            last = turn["id"]
        else:
            removed[last].append(turn)
    yield from (_Pair(turn, None, _who(turn, who[0]), None) for turn in removed[None])
    for turn in after["turns"]:
        earlier = old.get(turn["id"])
        yield _Pair(earlier, turn, _who(earlier, who[0]) if earlier else None, _who(turn, who[1]))
        yield from (_Pair(gone, None, _who(gone, who[0]), None) for gone in removed.get(turn["id"], ()))


def _speaker_names(record: Item) -> dict[str, str]:
    return {person["slug"]: person["display_name"] for person in record["people"]}


def _who(turn: Item, names: Mapping[str, str]) -> str | None:
    return names.get(turn["speaker"] or "") or turn["speaker_label"]


def _pieces(before: str, after: str) -> Iterator[TextPiece]:
    at = 0
    for one in differences(before, after):
        if one.start_after > at:
            yield TextPiece(None, after[at : one.start_after])
        if one.end_before > one.start_before:
            yield TextPiece(Edit.DELETED, before[one.start_before : one.end_before])
        if one.end_after > one.start_after:
            yield TextPiece(Edit.INSERTED, after[one.start_after : one.end_after])
        at = one.end_after
    if at < len(after):
        yield TextPiece(None, after[at:])
