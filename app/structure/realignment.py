"""Finds the turns that statements mean in a corrected file, and describes them anew where they begin otherwise. Pure.

Whether a turn still stands is settled by content, as for the ids of turns. Statements about turns that do not are open:
they are kept and not applied, until the words that they mean come back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.structure.cut_turns import CutTurns, Table, find_place, only
from app.structure.moved_positions import MovedPositions
from app.structure.places import Places, parting_words
from app.structure.stated_turns import cuts, turns_of
from app.text.alignment import align
from app.transcripts.metadata_tables import PARTING, PLACE, TurnTable, as_stated, described
from app.transcripts.transcript import SPOKEN, Turn, TurnKind

# The text and the label of a turn.
_Said = tuple[str, str | None]
IsKnown = Callable[[str, Mapping[str, Any]], bool]


@dataclass(frozen=True)
class StoredReading:
    """How an interview is stored: its turns as they were read, numbered, and the kinds of those as they are stated."""

    turns: Sequence[Turn]
    kinds: Sequence[TurnKind]


class Realignment:
    """Statements about a stored interview, moved to the turns of another file, or of another reading of its file."""

    def __init__(self, stored: StoredReading, turns: Sequence[Turn]) -> None:
        self._stored, self._turns = stored, turns
        self._aligned: dict[tuple[tuple[_Said, ...], tuple[_Said, ...]], list[int | None]] = {}

    @property
    def is_same(self) -> bool:
        """Whether both have the same turns."""
        return [(turn.text, turn.label) for turn in self._stored.turns] == [
            (turn.text, turn.label) for turn in self._turns
        ]

    @cached_property
    def positions(self) -> MovedPositions:
        """Where the words of the stored turns are now."""
        return MovedPositions(self._stored.turns, self._turns)

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels that are written otherwise now."""
        return self.positions.renamed_labels()

    def align(self, old: Sequence[Turn], new: Sequence[Turn]) -> list[int | None]:
        """Return which old turn each new one continues, which is worked out once."""
        key = tuple((turn.text, turn.label) for turn in old), tuple((turn.text, turn.label) for turn in new)
        if key not in self._aligned:
            before, now = ([turn.text for turn in turns] for turns in (old, new))
            labels = [turn.label for turn in old], [turn.label for turn in new]
            self._aligned[key] = align(before, now, labels)
        return self._aligned[key]

    def move(self, document: Mapping[str, Any], is_known: IsKnown, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return a document for the turns of now. What is not known was stated of them, and stays as it is. `stored` is
        the document that was in force.
        """
        return _Moving(self, self._stored, self._turns, is_known).move(document, stored)

    def move_questions(
        self,
        document: Mapping[str, Any],
        is_known: IsKnown,
        before: Places,
        now: Places,
        same: Sequence[int | None],
    ) -> dict[str, Any]:
        """Return a document whose [[questions]] mean the questions of now. `same` tells which stored question each of
        them continues.
        """
        number_of = {index: number for number, index in enumerate(same) if index is not None}

        def is_new(number: int) -> bool:
            return same[number] is None

        moved = []
        for table in document.get("questions", ()):
            if not is_known("questions", table):
                moved.append(table)
                continue
            place = _Moved(table, as_stated("questions", table), before, now, number_of.get, is_new)
            moved.append(_settled("questions", table, place.keys, is_there=place.is_there, was_there=place.was_there))
        return {**document, "questions": moved} if moved else dict(document)


def _settled(key: str, table: Mapping[str, Any], values: Mapping[str, Any], is_there: bool, was_there: bool) -> Table:
    """Return a table with other places; open where a place is gone, or was there all along and the table open."""
    is_open = bool(table.get("open"))
    if is_open and was_there:
        return dict(table)
    moved = described(key, table, values)
    return moved if is_there else {**moved, "open": True}


class _Moved:
    """One place, before and now. `continued` tells of a stored index which one continues it now, `is_new` of one of now
    whether it continues none.
    """

    def __init__(
        self,
        place: Mapping[str, Any],
        stated: Mapping[str, Any],
        before: Places,
        now: Places,
        continued: Callable[[int], int | None],
        is_new: Callable[[int], bool],
    ) -> None:
        keys = only(PLACE, place)
        was, here = find_place(before, keys), find_place(now, keys)
        self.was_there = was is not None
        if was is not None:
            self.index = continued(was)
        else:
            self.index = here if here is not None and is_new(here) else None
        self.is_there = self.index is not None
        if self.index is None:
            self.keys = keys
            if was is not None and here is not None:
                self.keys = now.describe_absent(before.text(was), before.text_before(was))
            return
        first = only(PLACE, stated)
        fitting = [one for one in (first, keys) if "begins" in one and find_place(now, one) == self.index]
        self.keys = fitting[0] if fitting else now.describe(self.index)


def _first_words(text: str) -> str:
    return str(Places([text]).describe(0)["begins"])


class _Moving:
    """Moves the statements of one document, in the order in which they are applied."""

    def __init__(
        self, realignment: Realignment, stored: StoredReading, turns: Sequence[Turn], is_known: IsKnown
    ) -> None:
        self._realignment, self._stored, self._is_known = realignment, stored, is_known
        self._positions, self._labels = realignment.positions, realignment.labels
        self._old, self._new = CutTurns(stored.turns), CutTurns(turns)

    def move(self, document: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document for the turns of now, but for its [[questions]]."""
        moved: dict[str, Any] = dict(document)
        if document.get("turns"):
            moved["turns"] = self._move_turns(document["turns"])
        if stored is not document:
            self._old = CutTurns(self._stored.turns)
            for table in stored.get("turns", ()):
                self._old.cut(table)
        same = self._realignment.align(self._old.turns, self._new.turns)
        self._same = same
        self._place_of = {index: place for place, index in enumerate(same) if index is not None}
        if document.get("turns"):
            moved["turns"] = [
                self._move_said(table, after) for table, after in zip(document["turns"], moved["turns"], strict=True)
            ]
        if document.get("exchanges"):
            moved["exchanges"] = [self._move_exchange(table) for table in document["exchanges"]]
        if document.get("speakers"):
            moved["speakers"] = self._move_speakers(document["speakers"])
        return moved

    def _move_turns(self, tables: Sequence[Table]) -> list[Table]:
        """Move what parts and joins turns."""
        moved = []
        for table in tables:
            shape = TurnTable(**table)
            if not cuts(shape):
                moved.append(table)
            elif self._is_known("turns", table):
                moved.append(self._move_cut(table, shape))
            else:
                self._new.cut(table)
                moved.append(table)
        return moved

    def _move_cut(self, table: Table, shape: TurnTable) -> Table:
        was = find_place(self._old.places, table)
        point = None if was is None else self._old.cut_point(was, table)
        fitted = point is not None and (shape.part_at is not None or self._old.next_fits(was, shape.next))
        start = None if was is None else self._old.turns[was].source_start

        def continued(_index: int) -> int | None:
            return None if start is None else self._new.at(self._positions.find(start))

        def is_new(index: int) -> bool:
            return not shape.open or self._positions.is_new(self._new.turns[index].source_start)

        following = self._old.texts[was + 1] if was is not None and was + 1 < len(self._old.turns) else ""
        stated = as_stated("turns", table)
        place = _Moved(table, stated, self._old.places, self._new.places, continued, is_new)
        if fitted:
            self._old.cut(table)
        if shape.open and fitted:
            return table
        values = self._said_values(table) | place.keys
        now = None if point is None else self._positions.find(point)
        if place.index is not None and shape.part_at is not None:
            values = self._parted_values(place, values, (stated, table), now, fitted=fitted)
        elif place.index is not None and shape.join_next:
            beside = self._new.cut_point(place.index, table)
            if fitted and (beside is None or beside != now):
                place.is_there = False
                values["next"] = _first_words(following)
            elif beside is not None and (fitted or self._new.next_fits(place.index, shape.next)):
                values["next"] = stated.get("next")
                if not self._new.next_fits(place.index, values["next"]):
                    values["next"] = _first_words(self._new.texts[place.index + 1])
                values = {key: value for key, value in values.items() if value is not None}
        moved = _settled("turns", table, values, place.is_there, was_there=False)
        if not moved.get("open") and not self._new.cut(moved):
            moved["open"] = True
        return moved

    def _parted_values(
        self, place: _Moved, values: Table, tables: Sequence[Table], point: int | None, *, fitted: bool
    ) -> Table:
        """Return what a table states with where the turn is parted now; `place` tells whether it can be."""
        index = place.index or 0
        parting = self._parting(index, tables, point, fitted=fitted)
        place.is_there = parting is not None
        if parting is None:
            return values
        values = {key: value for key, value in values.items() if key not in PARTING} | parting
        if place.keys in ({}, only(PLACE, tables[-1])):
            return values
        # Both parts are stated by their first words, so the words of the first one end where the second one begins.
        [at] = self._new.parted_at(index, parting)
        shorter = self._new.places.describe(index, at)
        is_found = len(place.keys["begins"]) > at and find_place(self._new.places, shorter) == index
        return values | shorter if is_found else values

    def _parting(self, index: int, tables: Sequence[Table], point: int | None, *, fitted: bool) -> Table | None:
        """Return the keys that tell where a turn is parted now, those of a table if they do; None if it cannot be."""
        *_others, table = stated = [only(PARTING, one) for one in tables]
        if not fitted:
            return table if len(found := self._new.parted_at(index, table)) == 1 and found[0] > 0 else None
        offset = None if point is None else self._new.offset(index, point)
        if offset is None:
            return None
        fitting = (one for one in stated if "part_at" in one and self._new.parted_at(index, one) == [offset])
        words = len(table["part_at"].split())
        return next(fitting, None) or parting_words(self._new.turns[index].text, offset, words)

    def _said_values(self, table: Table) -> Table:
        """Return what a table says of a turn in words of the file, in the file's words of now."""
        values = only(("label", *PARTING, "next", "speaker"), table)
        for key in ("label", "speaker"):
            if values.get(key) in self._labels:
                values[key] = self._labels[values[key]]
        return values

    def _move_said(self, table: Table, moved: Table) -> Table:
        """Move what says who speaks a turn and what it is."""
        if not self._is_known("turns", table) or not ({"speaker", "kind"} & table.keys()):
            return moved
        shape = TurnTable(**table)
        fitted = True
        try:
            turns_of(self._old.turns, self._old.places, shape)
        except LookupError:
            fitted = False
        if shape.place is None:
            values = self._said_values(table)
            labels = {turn.label for turn in self._new.turns}
            return _settled("turns", table, values, values["label"] in labels, fitted)
        if cuts(shape):
            return moved
        place = _Moved(
            table, as_stated("turns", table), self._old.places, self._new.places, self._place_of.get, self._is_new
        )
        values = self._said_values(table) | place.keys
        if "label" in values and place.index is not None and fitted:
            values["label"] = self._new.turns[place.index].label
            place.is_there = values["label"] is not None
        return _settled("turns", table, values, place.is_there, fitted)

    def _is_new(self, index: int) -> bool:
        return self._same[index] is None

    def _move_exchange(self, table: Table) -> Table:
        if not self._is_known("exchanges", table):
            return table
        stated = as_stated("exchanges", table)
        values: dict[str, Any] = {}
        is_there = was_there = True
        found: dict[str, set[int]] = {}
        for key in ("question", "answers"):
            if key not in table:
                continue
            values[key], found[key] = [], set()
            first = stated.get(key, ())
            for number, one in enumerate(table[key]):
                begins = {"begins": one} if isinstance(one, str) else one
                before = first[number] if len(first) == len(table[key]) else one
                before = {"begins": before} if isinstance(before, str) else before
                place = _Moved(begins, before, self._old.places, self._new.places, self._place_of.get, self._is_new)
                values[key].append(
                    place.keys["begins"] if len(place.keys) == 1 and isinstance(one, str) else place.keys
                )
                is_there, was_there = is_there and place.is_there, was_there and place.was_there
                if (was := find_place(self._old.places, begins)) is not None:
                    found[key].add(was)
        both = found.get("question", set()) & found.get("answers", set())
        kinds = self._stored.kinds
        spoken = all(index >= len(kinds) or kinds[index] in SPOKEN for some in found.values() for index in some)
        return _settled("exchanges", table, values, is_there, was_there and spoken and not both)

    def _move_speakers(self, tables: Sequence[Table]) -> list[Table]:
        taken = {label for table in tables for label in table["labels"]}
        renamed = {label: new for label, new in self._labels.items() if new not in taken}
        return [
            described("speakers", table, {"labels": [renamed.get(label, label) for label in table["labels"]]})
            if self._is_known("speakers", table)
            else table
            for table in tables
        ]
