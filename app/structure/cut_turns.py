"""Turns of one file that are parted and joined as statements say, and what is found in them on the way. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.structure.places import Places, is_redacted_form, occurrences
from app.structure.stated_turns import cuts, part_or_join
from app.transcripts.metadata_tables import PLACE, Place, TurnTable
from app.transcripts.transcript import Turn

Table = dict[str, Any]


def only(keys: Sequence[str], table: Mapping[str, Any]) -> Table:
    """Return those of some keys that a table has."""
    return {key: table[key] for key in keys if key in table}


def find_place(places: Places, table: Mapping[str, Any]) -> int | None:
    """Return which text is meant by the keys of `Place` in a table, or None."""
    try:
        return places.find(Place(**only(PLACE, table)), "turn")
    except LookupError:
        return None


class CutTurns:
    """Turns of one file that are parted and joined."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = list(turns)
        self.places = Places([turn.text for turn in turns])

    @property
    def texts(self) -> list[str]:
        """The texts of the turns."""
        return [turn.text for turn in self.turns]

    def cut(self, table: Table) -> bool:
        """Part or join a turn as a table in force says; return whether that could be done."""
        shape = TurnTable(**table)
        if shape.open or not cuts(shape):
            return False
        try:
            part_or_join(self.turns, self.places, shape)
        except LookupError:
            return False
        return True

    def at(self, position: int | None) -> int | None:
        """Return the turn that begins at a position."""
        return next((index for index, turn in enumerate(self.turns) if turn.source_start == position), None)

    def parted_at(self, index: int, table: Mapping[str, Any]) -> list[int]:
        """Return where the words stand in a turn before which a table parts it."""
        return occurrences(table["part_at"], self.turns[index].text, table.get("part_after"))

    def cut_point(self, index: int, table: Mapping[str, Any]) -> int | None:
        """Return the position before which a turn is parted, or where the turn begins that is joined with it."""
        if table.get("part_at") is None:
            return self.turns[index + 1].source_start if index + 1 < len(self.turns) else None
        found = self.parted_at(index, table)
        return self._position(index, found[0]) if len(found) == 1 and found[0] > 0 else None

    def offset(self, index: int, position: int) -> int | None:
        """Return where a position is in the text of a turn, after its beginning."""
        for run in self.turns[index].segments:
            if run.source_start <= position < run.source_end:
                return run.text_start + position - run.source_start or None
        return None

    def next_fits(self, index: int | None, words: str | None) -> bool:
        """Whether the turn after another one begins with some words, if there are any."""
        beside = "" if index is None else self.turns[index + 1].text
        return words is None or is_redacted_form(words, beside[: len(words)])

    def _position(self, index: int, offset: int) -> int | None:
        for run in self.turns[index].segments:
            if run.text_start <= offset < run.text_end:
                return run.source_start + offset - run.text_start
        return None
