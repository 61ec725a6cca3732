"""Describes anew what statements mean once words are redacted: turns that were told apart may be equal now. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.structure.cut_turns import CutTurns, Table, find_place, only
from app.structure.places import Places, parting_words
from app.structure.stated_turns import cuts
from app.transcripts.metadata_tables import PARTING, PLACE, TurnTable, described
from app.transcripts.transcript import Turn

# Keys of [[turns]] that quote the file and say nothing of where the turn is.
_OF_TURN = (*PARTING, "label", "next", "speaker")


class RedactedStatements:
    """Statements about turns of which words are redacted: `turns` are these as they were read, with the words and
    without, and `asked` their questions, with and without.
    """

    def __init__(self, turns: tuple[Sequence[Turn], Sequence[Turn]], asked: tuple[Places, Places]) -> None:
        self._turns, self._asked = turns, asked

    def describe(self, document: Mapping[str, Any], blanked: Mapping[str, Any]) -> dict[str, Any]:
        """Return a document so that each statement means what it meant. `blanked` is the same without redacted words.

        What means nothing in these turns stays as it is.
        """
        old, new = map(CutTurns, self._turns)
        both = {
            key: list(zip(document[key], blanked[key], strict=True))
            for key in ("turns", "exchanges", "questions")
            if document.get(key)
        }
        # All turns are parted and joined before the rest is said of what there is then.
        cut = [(before, _cut(old, new, before, now)) for before, now in both.get("turns", ())]
        anew = {
            "turns": [_turn(old.places, new.places, before, now) for before, now in cut],
            "exchanges": [_exchange(old.places, new.places, *pair) for pair in both.get("exchanges", ())],
            "questions": [_question(*self._asked, *pair) for pair in both.get("questions", ())],
        }
        return {**blanked, **{key: anew[key] for key in both}}


def _place(old: Places, new: Places, before: Mapping[str, Any], now: Mapping[str, Any]) -> Table:
    """Return keys that mean in new texts what a table meant in the old ones: those that it has now, if they do."""
    index, keys = find_place(old, before), only(PLACE, now)
    return keys if index is None or find_place(new, keys) == index else new.describe(index)


def _cut(old: CutTurns, new: CutTurns, before: Table, now: Table) -> Table:
    """Part or join a turn of both, if a table does; return the table for the new ones."""
    if before.get("open") or not cuts(TurnTable(**before)) or (index := find_place(old.places, before)) is None:
        return now
    place, said = _place(old.places, new.places, before, now), only(_OF_TURN, now)
    if "part_at" in before:
        at = old.parted_at(index, before)
        if len(at) == 1 and new.parted_at(index, now) != at:
            said = {key: value for key, value in said.items() if key not in PARTING}
            said |= parting_words(new.turns[index].text, at[0], len(now["part_at"].split()))
    anew = described("turns", now, said | place)
    if old.cut(before):
        new.cut(anew)
    return anew


def _turn(old: Places, new: Places, before: Table, now: Table) -> Table:
    if now.get("open") or "begins" not in now or cuts(TurnTable(**now)):
        return now
    return described("turns", now, only(_OF_TURN, now) | _place(old, new, before, now))


def _exchange(old: Places, new: Places, before: Table, now: Table) -> Table:
    if now.get("open"):
        return now
    return described(
        "exchanges",
        now,
        {
            key: [_listed(old, new, *pair) for pair in zip(before[key], now[key], strict=True)]
            for key in ("question", "answers")
            if now.get(key) is not None
        },
    )


def _listed(old: Places, new: Places, before: str | Table, now: str | Table) -> str | Table:
    tables = [{"begins": one} if isinstance(one, str) else one for one in (before, now)]
    place = _place(old, new, *tables)
    return now if place == only(PLACE, tables[1]) else place


def _question(old: Places, new: Places, before: Table, now: Table) -> Table:
    return now if now.get("open") else described("questions", now, _place(old, new, before, now))
