"""Names turns and questions by their ids in what is stated of an interview, in place of their first words. Pure.

A turn is named by the id of the stored turn that begins where it begins in the source, so that one that is parted or
joined still has a name. What is named by no id keeps its words.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

from app.errors import MetadataError
from app.structure.places import Places, places_of_questions
from app.structure.prepare import PreparedTranscript, question_places, restate
from app.structure.stated_turns import Unfit, cuts, part_or_join
from app.transcripts.metadata_tables import Place, TurnTable
from app.transcripts.sidecar import sidecar_of
from app.transcripts.transcript import Turn

_OF_PLACE = frozenset(Place.model_fields)
_LISTS = ("question", "answers")
# The first words of a turn or question, or a table with the keys of `Place`.
Words = str | Mapping[str, Any]
_NO_LONGER = "it has been open, so these may be other words; take out `open` if it is meant"


@dataclass(frozen=True)
class StoredTurns:
    """The turns of an interview as they are stored, in their order; the turns of questions and answers by index."""

    ids: Sequence[str]
    texts: Sequence[str]
    labels: Sequence[str | None]
    # Where each begins in the source.
    starts: Sequence[int]
    questions: Mapping[str, Sequence[int]]
    answers: Mapping[str, Sequence[int]]

    @cached_property
    def id_at(self) -> dict[int, str]:
        """The id of the turn that begins at an offset of the source."""
        return dict(zip(self.starts, self.ids, strict=True))

    def starts_of(self, item: str) -> list[int]:
        """Return where a turn begins, or each turn of a question or an answer.

        Raises:
            LookupError: the interview has no such item.
        """
        if item in self._index_of:
            return [self.starts[self._index_of[item]]]
        for items in (self.questions, self.answers):
            if item in items:
                return [self.starts[index] for index in items[item]]
        raise LookupError(f"the interview has no turn, question or answer {item!r}")

    @cached_property
    def _index_of(self) -> dict[str, int]:
        return {turn_id: index for index, turn_id in enumerate(self.ids)}


def by_ids(
    document: Mapping[str, Any], stored: StoredTurns, as_read: Sequence[Turn] | None
) -> tuple[dict[str, Any], list[Unfit]]:
    """Return what is stated with ids in place of words, and which open statements mean nothing now, with the reason.

    `as_read` are the turns before anything that is stated of them, without which turns that are parted or joined keep
    their words.
    """
    writer = _IdWriter(stored, as_read)
    named = dict(document)
    for key, write in (("turns", writer.turns), ("exchanges", writer.exchanges), ("questions", writer.questions)):
        if document.get(key):
            named[key] = list(write(document[key]))
    return named, [
        Unfit(f"{key}.{number}", writer.unfit.get((key, number), _NO_LONGER))
        for key, tables in document.items()
        if isinstance(tables, list)
        for number, table in enumerate(tables)
        if isinstance(table, Mapping) and table.get("open")
    ]


def cuts_turns(document: Mapping[str, Any]) -> bool:
    """Whether turns are parted or joined in what is stated."""
    return any(table.get("part_at") is not None or table.get("join_next") for table in document.get("turns", ()))


class _IdWriter:
    """Puts ids in place of words. `unfit` has why words mean nothing, by key and number of the table."""

    def __init__(self, stored: StoredTurns, as_read: Sequence[Turn] | None) -> None:
        self._stored, self._as_read = stored, as_read
        self._places = Places(stored.texts)
        self.unfit: dict[tuple[str, int], str] = {}

    def turns(self, tables: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        cut, places = list(self._as_read or ()), Places([turn.text for turn in self._as_read or ()])
        for number, table in enumerate(tables):
            meant = TurnTable.model_validate(table)
            turn_id: str | None = None
            try:
                if meant.place is None:
                    self._look_for(meant.label)
                elif not cuts(meant):
                    turn_id = self._stored.ids[self._places.find(meant.place, "turn")]
                elif self._as_read is not None:
                    turn_id = self._stored.id_at.get(cut[places.find(meant.place, "turn")].source_start)
                    if not meant.open:
                        part_or_join(cut, places, meant)
            except LookupError as error:
                turn_id = None
                self.unfit["turns", number] = str(error)
            yield dict(table) if turn_id is None else {"turn": turn_id, **_without_place(table)}

    def _look_for(self, label: str | None) -> None:
        if label not in self._stored.labels:
            raise LookupError(f"no turn is labelled {label!r}")

    def exchanges(self, tables: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        for number, table in enumerate(tables):
            lists = {key: table[key] for key in _LISTS if table.get(key) is not None}
            yield {**table, **{key: [self._turn(one, number) for one in meant] for key, meant in lists.items()}}

    def _turn(self, meant: Words, number: int) -> Words:
        try:
            return self._stored.ids[self._places.find(_place(meant), "turn")]
        except LookupError as error:
            self.unfit.setdefault(("exchanges", number), str(error))
            # A text by itself would be taken for an id.
            return {"begins": meant} if isinstance(meant, str) else meant

    def questions(self, tables: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        ids = list(self._stored.questions)
        places = places_of_questions(self._stored.texts, list(self._stored.questions.values()))
        for number, table in enumerate(tables):
            try:
                index = places.find(_place(table), "question")
            except LookupError as error:
                self.unfit["questions", number] = str(error)
                yield dict(table)
            else:
                yield {"question": ids[index], **_without_place(table)}


def in_words(
    document: Mapping[str, Any], read: PreparedTranscript, stored: StoredTurns, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is stated with words in place of ids, as a metadata file states it.

    `read` is the transcript from which `stored` was made, with nothing stated of it. Where `before`, what was stated
    until now, has words that mean the same, these are taken.

    Raises:
        MetadataError: an id is of nothing in the interview, or of nothing that can be meant there; a key is unknown or
            has an impossible value.
    """
    _check(document, read.metadata_file)
    words = {key: value for key, value in document.items() if value not in (None, [])}
    writer = _WordWriter(stored, read.metadata_file, by_ids(before, stored, read.turns_as_read)[0], before)
    if document.get("turns"):
        words["turns"] = writer.turns(document["turns"], read.turns_as_read)
    if not any(document.get(key) for key in ("exchanges", "questions")):
        return words
    stated = {key: value for key, value in words.items() if key not in {"exchanges", "questions"}}
    paired = restate(read, sidecar_of(read.metadata_file, stated))
    if document.get("exchanges"):
        words["exchanges"] = writer.exchanges(document["exchanges"], paired.transcript.turns)
        paired = restate(read, sidecar_of(read.metadata_file, {**stated, "exchanges": words["exchanges"]}))
    if document.get("questions"):
        words["questions"] = writer.questions(document["questions"], paired)
    return words


def _check(document: Mapping[str, Any], name: str) -> None:
    """Refuse keys and values that cannot be, whether ids or words say what is meant."""
    checked = dict(document)
    for key, noun in (("turns", "turn"), ("questions", "question")):
        tables = document.get(key)
        if not isinstance(tables, list):
            continue
        checked[key] = []
        for number, table in enumerate(tables):
            if isinstance(table, Mapping) and noun in table:
                if by_words := sorted(_OF_PLACE & table.keys()):
                    reason = f"{noun!r} says which one is meant: leave {by_words[0]!r} out"
                    raise MetadataError(name, f"{key}.{number}.{by_words[0]}", reason)
                rest = {one: value for one, value in table.items() if one != noun}
                checked[key].append({**rest, "begins": table[noun]})
            else:
                checked[key].append(table)
    sidecar_of(name, checked)


class _Turns:
    """Turns that are being parted and joined, to be found by words and by offsets of the source."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = list(turns)
        self.places = Places([turn.text for turn in turns])

    def cut(self, table: Mapping[str, Any]) -> None:
        """Part a turn or join it, if the table means one: one that means none is refused, or kept open, later."""
        if table.get("open"):
            return
        with suppress(LookupError):
            part_or_join(self._turns, self.places, TurnTable.model_validate(table))
        self.__dict__.pop("_at", None)

    def at(self, offset: int) -> int:
        """Return which turn begins at an offset, or has it inside: what began there was joined with the one before.

        Raises:
            LookupError: none does.
        """
        if offset in self._at:
            return self._at[offset]
        for index, turn in enumerate(self._turns):
            if turn.source_start <= offset < turn.source_end:
                return index
        raise LookupError("its words are in no turn of the file")

    @cached_property
    def _at(self) -> dict[int, int]:
        return {turn.source_start: index for index, turn in enumerate(self._turns)}


class _WordWriter:
    """Puts words in place of ids. `name` is what messages call the document."""

    def __init__(
        self, stored: StoredTurns, name: str, named_before: Mapping[str, Any], before: Mapping[str, Any]
    ) -> None:
        self._stored, self._name = stored, name
        # The words by which each item was named until now, by the key of its table.
        self._words_before: dict[tuple[str, str], list[Words]] = defaultdict(list)
        # The words of tables that are alike with ids, in their order, by all that they state.
        self._words_of_table: dict[str, list[Words]] = defaultdict(list)
        # Those that stood in lists by themselves.
        self._texts_before: set[str] = set()
        for key, noun in (("turns", "turn"), ("questions", "question")):
            for named, table in zip(named_before.get(key, ()), before.get(key, ()), strict=True):
                if noun in named:
                    self._words_before[key, named[noun]].append(_only_place(table))
                    self._words_of_table[_whole(named)].append(_only_place(table))
        for named, table in zip(named_before.get("exchanges", ()), before.get("exchanges", ()), strict=True):
            for key in _LISTS:
                for item, words in zip(named.get(key) or (), table.get(key) or (), strict=True):
                    if isinstance(item, str):
                        self._words_before["exchanges", item].append(words)
                    if isinstance(words, str):
                        self._texts_before.add(words)

    def turns(self, tables: Sequence[Mapping[str, Any]], read: Sequence[Turn]) -> list[dict[str, Any]]:
        """Turns are parted and joined in the order of the tables; what else is stated is of what there is then."""
        cut, written = _Turns(read), [dict(table) for table in tables]
        own = self._own_words(tables)
        for number, table in enumerate(tables):
            if table.get("part_at") is None and not table.get("join_next"):
                continue
            if "turn" in table:
                written[number] = self._described(table, number, cut, own[number])
            cut.cut(written[number])
        for number, table in enumerate(tables):
            if "turn" not in table:
                continue
            described = self._described(table, number, cut, own[number])
            if "begins" not in written[number]:
                written[number] = described
            elif table.get("speaker") is not None or table.get("kind") is not None:
                self._same_when_cut(number, written[number], described, cut.places)
        return written

    def _own_words(self, tables: Sequence[Mapping[str, Any]]) -> list[Sequence[Words]]:
        """Return the words that tables which state the same had before: of several, the own ones of each first."""
        own: list[Sequence[Words]] = []
        seen: Counter[str] = Counter()
        for whole in map(_whole, tables):
            words = self._words_of_table.get(whole, [])
            own.append([*words[seen[whole] :], *words[: seen[whole]]])
            seen[whole] += 1
        return own

    def _same_when_cut(
        self, number: int, written: Mapping[str, Any], described: Mapping[str, Any], places: Places
    ) -> None:
        """Refuse words that tell a turn from others only before it is cut, or only afterwards."""
        with suppress(LookupError):
            if places.find(_place(written), "turn") == places.find(_place(described), "turn"):
                return
        self._refuse("turns", number, "turn", "state how it is parted or joined, and what else it is, in two entries")

    def exchanges(self, tables: Sequence[Mapping[str, Any]], cut: Sequence[Turn]) -> list[dict[str, Any]]:
        """Return the tables of exchanges, given the turns as they are stated to be."""
        turns, written = _Turns(cut), []
        for number, table in enumerate(tables):
            lists = {key: table[key] for key in _LISTS if table.get(key) is not None}
            words = {
                key: list(self._turns_of(meant, ("exchanges", number, key), turns)) for key, meant in lists.items()
            }
            written.append({**table, **words})
        return written

    def _turns_of(self, meant: Sequence[Words], key: tuple[str | int, ...], turns: _Turns) -> Iterator[Words]:
        seen = set()
        for number, one in enumerate(meant):
            if not isinstance(one, str):
                yield one["begins"] if one.keys() == {"begins"} and one["begins"] in self._texts_before else one
                continue
            for index in self._indexes(one, (*key, number), turns):
                if index not in seen:
                    seen.add(index)
                    yield self._words_of(("exchanges", one), index, turns.places)

    def questions(self, tables: Sequence[Mapping[str, Any]], paired: PreparedTranscript) -> list[dict[str, Any]]:
        """Return the tables of questions, given the transcript as it is stated to be."""
        places, turns, written = question_places(paired), _Turns(paired.transcript.turns), []
        asked = [set(exchange.question_turns) for exchange in paired.structure.exchanges]
        own = self._own_words(tables)
        for number, table in enumerate(tables):
            if "question" not in table:
                written.append(dict(table))
                continue
            item, key = table["question"], ("questions", number, "question")
            first = self._indexes(item, key, turns)[0]
            found = [index for index, turns in enumerate(asked) if first in turns]
            if not found:
                self._refuse(*key, f"{item!r} is no question as this states it")
            rest = {name: value for name, value in table.items() if name != "question"}
            words = self._words_of(("questions", item), found[0], places, own[number])
            written.append({**_table(words), **rest})
        return written

    def _described(self, table: Mapping[str, Any], number: int, turns: _Turns, own: Sequence[Words]) -> dict[str, Any]:
        item, rest = table["turn"], {name: value for name, value in table.items() if name != "turn"}
        [index, *more] = self._indexes(item, ("turns", number, "turn"), turns)
        if more:
            self._refuse("turns", number, "turn", f"{item!r} has several turns; name one of them")
        return {**_table(self._words_of(("turns", item), index, turns.places, own)), **rest}

    def _words_of(self, item: tuple[str, str], index: int, places: Places, own: Sequence[Words] = ()) -> Words:
        """Return words that mean the turn or question `index` there: its own ones of before, or others if they do."""
        for words in (*own, *self._words_before.get(item, [])):
            with suppress(LookupError):
                if places.find(_place(words), "turn") == index:
                    return words
        described: Words = places.describe(index)
        return described

    def _indexes(self, item: str, key: tuple[str | int, ...], turns: _Turns) -> list[int]:
        """Return which turns have the first characters of the turns of an item, given by id."""
        try:
            return list(dict.fromkeys(turns.at(start) for start in self._stored.starts_of(item)))
        except LookupError as error:
            self._refuse(*key, str(error))

    def _refuse(self, *key_and_reason: str | int) -> NoReturn:
        *key, reason = map(str, key_and_reason)
        raise MetadataError(self._name, ".".join(key), reason)


def _whole(table: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in table.items() if key != "open"}, sort_keys=True)


def _place(meant: Words) -> Place:
    return Place.model_validate(_only_place(_table(meant)))


def _table(meant: Words) -> dict[str, Any]:
    return {"begins": meant} if isinstance(meant, str) else dict(meant)


def _only_place(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key in _OF_PLACE}


def _without_place(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in _OF_PLACE}
