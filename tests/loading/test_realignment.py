"""Statements whose turns begin otherwise in a corrected file: those whose turns still stand stay applied."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.loading import LoadedInterview, find_stated, load_interview, load_vocabulary, redact, state
from app.structure.places import Places
from app.structure.stated_turns import state_turns
from app.structure.turns_as_read import numbered
from app.text.alignment import align
from app.topics.vocabulary import read_vocabulary
from app.transcripts.metadata_tables import PLACE, Place, TurnTable, as_stated
from app.transcripts.sidecar import sidecar_of
from tests.authors import at
from tests.conftest import NOW
from tests.loading.corrections import VOCABULARY, Drawing, Said, is_read_as_written, prepare_text
from tests.loading.test_editing import EDITOR, TALK, edit, notes, stated, undo
from tests.maintenance.test_integrity import findings_of
from tests.profiles import examples

LISTS = ("turns", "exchanges", "questions")


Load = Callable[..., LoadedInterview]
NOTE = {"begins": "My aunt kept", "kind": "note"}
PARTED = {"begins": "Where did", "part_at": "And who kept"}


class Stored:
    """An interview as it is stored, and what its statements mean."""

    def __init__(self, connection: sa.Connection, said: Sequence[Said]) -> None:
        rows = connection.execute(sa.text("SELECT * FROM turn ORDER BY position"))
        self.rows = rows.all()
        [*_before, newest] = find_stated(connection, "talk").versions
        self.document: Mapping[str, Any] = newest.document
        self.raw = numbered([turn.text for turn in said], [turn.label for turn in said])
        self.said = said
        self.ids = [row.id for row in self.rows]
        self._places = Places([row.text for row in self.rows])
        asked: dict[str, list[Any]] = {}
        for row in self.rows:
            if row.question_id is not None and row.answer_id is None:
                asked.setdefault(row.question_id, []).append(row)
        self.questions = list(asked)
        before = [
            self.rows[self.ids.index(some[0].id) - 1].text if some[0] is not self.rows[0] else ""
            for some in asked.values()
        ]
        self._asked = Places(["\n\n".join(row.text for row in some) for some in asked.values()], before)

    def meant(self, key: str, table: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The ids of the turns or the question that a statement means, of parts and joined turns the words where the
        second one begins; None where it means nothing.
        """
        try:
            if key == "questions":
                return (self.questions[self._asked.find(_place(table), "question")],)
            if key == "exchanges":
                meant = [*table["question"], *table.get("answers", ())]
                return tuple(self._id(one) for one in meant)
            if "part_at" in table or "join_next" in table:
                return self._cut(table)
            return (table["label"],) if "begins" not in table else (self._id(table),)
        except LookupError:
            return None

    def _id(self, place: Mapping[str, Any] | str) -> str:
        return str(self.ids[self._places.find(_place(place), "turn")])

    def _cut(self, table: Mapping[str, Any]) -> tuple[int, int]:
        """The first word of the turn, and the first one of what is parted from it or joined with it."""
        tables = [TurnTable(**each) for each in self.document["turns"]]
        number = self.document["turns"].index(table)
        done = state_turns(self.raw, [one for one in tables[:number] if one.part_at is not None or one.join_next])
        places = Places([turn.text for turn in done.turns])
        index = places.find(_place(table), "turn")
        first = done.turns[index].source_start
        if "part_at" not in table:
            if index + 1 == len(done.turns):
                raise LookupError
            return self.word_at(first), self.word_at(done.turns[index + 1].source_start)
        text, after = done.turns[index].text, table.get("part_after", "")
        places_of_words = [
            place
            for place in range(len(text))
            if text.startswith(table["part_at"], place) and text[:place].rstrip().endswith(after)
        ]
        if len(places_of_words) != 1:
            raise LookupError
        [begin] = places_of_words
        run = next(run for run in done.turns[index].segments if run.text_start <= begin < run.text_end)
        return self.word_at(first), self.word_at(run.source_start + begin - run.text_start)

    def turn_of(self, word: int) -> int:
        """The raw turn that has a word."""
        return next(number for number, said in enumerate(self.said) if word in {one.id for one in said.words})

    def word_at(self, position: int) -> int:
        """The word that begins at a position of the raw turns."""
        for turn, said in zip(self.raw, self.said, strict=True):
            at = turn.source_start
            for word in said.words:
                if at == position:
                    return word.id
                at += len(word.text) + 1
        raise AssertionError(position)


def _place(table: Mapping[str, Any] | str) -> Place:
    return (
        Place(begins=table) if isinstance(table, str) else Place(**{key: table[key] for key in PLACE if key in table})
    )


class Shares:
    """Counts of statements: whose turns still stand, of these those applied, and those applied to other words."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.missed: list[Any] = []

    def add(self, before: Stored, after: Stored) -> None:
        labels = [turn.label for turn in before.said], [turn.label for turn in after.said]
        same = align([turn.text for turn in before.said], [turn.text for turn in after.said], labels)
        for key in LISTS:
            now = {repr(sorted(as_stated(key, one).items())): one for one in after.document.get(key, ())}
            for table in before.document.get(key, ()):
                moved = now[repr(sorted(as_stated(key, table).items()))]
                meant, means = before.meant(key, table), after.meant(key, moved)
                stands = meant is not None and self._stands(key, table, meant, before, after, same)
                applied = not moved.get("open")
                self.counts["statements"] += 1
                self.counts["still stand"] += stands
                self.counts["applied where they stand"] += stands and applied
                is_right = applied and means is not None and self._is_same(table, meant, means, before, after, same)
                self.counts["applied to other words"] += applied and not is_right
                if stands > applied or applied > is_right:
                    self.missed.append((key, table, moved, meant, means, stands))

    def _stands(
        self,
        key: str,
        table: Mapping[str, Any],
        meant: tuple[Any, ...],
        before: Stored,
        after: Stored,
        same: Sequence[int | None],
    ) -> bool:
        if key == "questions":
            return meant[0] in after.questions
        if "part_at" not in table and "join_next" not in table:
            # A turn that is joined with the one before has no label of its own.
            labels = {row.speaker_label for row in after.rows}
            # A question that another statement makes a note is none.
            silent = {row.id for row in after.rows if row.kind in {"note", "heading"}} if key == "exchanges" else set()
            return all((one in after.ids and one not in silent) or one in labels for one in meant)
        first, second = meant
        turns = [before.turn_of(word) for word in meant]
        if any(turn not in same for turn in turns):
            return False
        places = [same.index(turn) for turn in turns]
        of_first, of_second = ({word.id for word in after.said[place].words} for place in places)
        if "join_next" in table or turns[0] != turns[1]:
            # Where something stands between joined turns, they are not one any more.
            return places[1] - places[0] in {0, 1}
        return first in of_first and second in of_second

    def _is_same(
        self,
        table: Mapping[str, Any],
        meant: tuple[Any, ...] | None,
        means: tuple[Any, ...],
        before: Stored,
        after: Stored,
        same: Sequence[int | None],
    ) -> bool:
        """Whether a statement means the turns that it meant. A label may be written otherwise, a turn begin so."""
        if meant is None or meant == means:
            return meant == means
        if "part_at" in table or "join_next" in table:
            turns = [before.turn_of(word) for word in meant]
            return turns == [same[after.turn_of(word)] for word in means] and (
                "join_next" in table or meant[1] == means[1]
            )
        old, new = ({turn.label for turn in one.said} for one in (before, after))
        return meant[0] in old - new and means[0] in new - old


def drawn(seed: int) -> Iterator[Any]:
    """Draw a transcript, what is stated of it, and corrections of it."""
    drawing = Drawing(random.Random(seed))  # noqa: S311 - nothing is kept secret
    said = drawing.transcript()
    yield said
    yield drawing.statements(said)
    yield drawing.correction(said)


def run(database: Database, seed: int, shares: Shares) -> None:
    said, document, corrected = drawn(seed)
    if not is_read_as_written(said) or not is_read_as_written(corrected):
        shares.counts["not read as written"] += 1
        return
    with database.write() as connection:
        point = connection.begin_nested()
        load_vocabulary(connection, read_vocabulary("t.toml", VOCABULARY.encode()), at(NOW))
        load_interview(connection, prepare_text(said, {"slug": "talk", "language": "en"}), at(NOW))
        state(connection, "talk", sidecar_of("drawn", {"slug": "talk", **document, "later_stands": True}), EDITOR)
        before = Stored(connection, said)
        load_interview(connection, prepare_text(corrected, {"slug": "talk", "language": "en"}), at(NOW), replaces=True)
        after = Stored(connection, corrected)
        shares.add(before, after)
        point.rollback()


def shares_of(database: Database, seeds: range) -> Shares:
    shares = Shares()
    for seed in seeds:
        run(database, seed, shares)
    return shares


def test_statements_are_applied_where_their_turns_stand_and_never_to_other_words(database: Database) -> None:
    shares = shares_of(database, range(examples(100)))
    assert shares.missed == []
    assert shares.counts["statements"] > shares.counts["still stand"] > 0


# Somebody else says the same before, and is not there any more.
@pytest.mark.parametrize("seed", [1589, 3036, 3389])
def test_statement_stays_with_the_one_of_two_equal_turns_that_stands(database: Database, seed: int) -> None:
    assert shares_of(database, range(seed, seed + 1)).missed == []


@pytest.mark.exhaustive
def test_statements_are_applied_where_their_turns_stand_in_many_files(database: Database) -> None:
    shares = shares_of(database, range(1200, 1200 + examples(300)))
    assert shares.missed == []


def test_turn_whose_first_words_were_corrected_is_described_anew(load: Load, database: Database) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [NOTE]})
    corrected = load(TALK.replace("My aunt kept it.", "Mine aunt kept it."))
    assert (corrected.open_statements, notes(database)) == ((), ["Mine aunt kept it."])
    moved = {"begins": "Mine aunt kept it.", "kind": "note", "stated_as": {"begins": "My aunt kept"}}
    # No version is made: nobody stated anything else.
    assert stated(database, name) == [{"turns": [moved]}]
    load(TALK)
    assert stated(database, name) == [{"turns": [NOTE]}]
    assert findings_of(database) == []


def test_undo_after_a_correction_takes_back_what_was_stated_last(load: Load, database: Database) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [NOTE]})
    edit(database, name, {"turns": [NOTE], "title": "The mill"})
    load(TALK.replace("My aunt kept it.", "Mine aunt kept it."))
    undo(database, name)
    assert notes(database) == ["Mine aunt kept it."]
    undo(database, name)
    assert stated(database, name)[-1]["title"] == "The mill"
    assert notes(database) == ["Mine aunt kept it."]


def test_statement_does_not_go_over_to_a_turn_that_begins_so(load: Load, database: Database) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [NOTE]})
    gone = load(
        TALK.replace("A: My aunt kept it.", "A: My aunt kept silent about all that happened later."), replaces=True
    )
    assert (notes(database), [one.key for one in gone.open_statements]) == ([], ["turns.0"])
    assert stated(database, name)[-1]["turns"][0]["open"] is True
    edit(database, name, {**stated(database, name)[-1], "title": "The mill"})
    assert notes(database) == []
    load(TALK)
    assert notes(database) == ["My aunt kept it."]


def test_parted_turn_stays_parted_where_the_words_are_now(load: Load, database: Database) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [PARTED, {"begins": "And who kept", "kind": "note"}]})
    assert notes(database) == ["And who kept the mill?"]
    corrected = load(TALK.replace("Where did the river begin? And who", "Whence does the river come? But who"))
    assert (corrected.open_statements, notes(database)) == ((), ["But who kept the mill?"])
    assert findings_of(database) == []


def test_place_whose_words_the_turn_has_twice_now_is_found_by_those_before(load: Load, database: Database) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [{"begins": "Where did", "part_at": "kept the mill?"}]})
    load(TALK.replace("And who kept the mill?", "And kept or who kept"))
    [table] = stated(database, name)[-1]["turns"]
    assert (table["part_at"], table["part_after"]) == ("kept", "who")
    with database.read() as connection:
        texts = connection.execute(sa.text("SELECT text FROM turn ORDER BY position")).scalars().all()
    assert texts[:2] == ["Where did the river begin? And kept or who", "kept"]


def test_label_is_not_followed_to_one_that_a_joined_turn_had(load: Load, database: Database) -> None:
    talk = "Q: Who kept the mill by the river?\n\nA: My aunt did, all those years.\n\nB: After her nobody kept it.\n"
    name = load(talk).slug
    edit(database, name, {"turns": [{"begins": "My aunt", "join_next": True}, {"label": "A", "kind": "note"}]})
    corrected = load(talk.replace("A: ", "B: "))
    assert ([one.key for one in corrected.open_statements], notes(database)) == (["turns.1"], [])


def test_join_that_another_turn_parts_is_open_until_it_is_gone(load: Load, database: Database) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [{"begins": "Would you", "join_next": True}]})
    between = load(TALK.replace("A: Every", "A: Well now, let me think.\nA: Every"))
    assert [one.reason for one in between.open_statements] == ["the next turn does not begin with 'Every summer.'"]
    assert load(TALK).open_statements == ()
    assert stated(database, name) == [{"turns": [{"begins": "Would you", "join_next": True}]}]
    with database.read() as connection:
        texts = connection.execute(sa.text("SELECT text FROM turn ORDER BY position")).scalars().all()
    assert texts[-1] == "Would you go back there?\n\nEvery summer."


def test_label_that_is_written_otherwise_is_still_meant(load: Load, database: Database) -> None:
    name = load(TALK).slug
    labelled = [{"label": "A", "kind": "note"}]
    edit(database, name, {"speakers": [{"labels": ["A"], "name": "Una Holt"}], "turns": labelled})
    load(TALK.replace("A: ", "UNA: "))
    assert len(notes(database)) == 3
    assert stated(database, name)[-1]["speakers"][0]["labels"] == ["UNA"]


def test_statements_move_over_words_that_are_redacted(load: Load, database: Database) -> None:
    name = load(TALK).slug
    edit(database, name, {"turns": [PARTED, NOTE]})
    with database.write() as connection:
        redact(connection, name, at(NOW), words="aunt kept")
    corrected = load(TALK.replace("Where did", "Whence did"))
    assert corrected.open_statements == ()
    assert [text.split()[0] for text in notes(database)] == ["My"]
    assert "aunt" not in str(stated(database, name))
    assert findings_of(database) == []


def test_table_that_a_file_takes_out_is_gone_though_it_was_described_anew(load: Load, database: Database) -> None:
    mine = '[[turns]]\nbegins = "My aunt kept"\nkind = "note"\n'
    other = '[[turns]]\nbegins = "Every summer"\nkind = "note"\n'
    corrected = TALK.replace("My aunt kept it.", "Mine aunt kept it.")
    name = load(TALK, mine + other).slug
    load(corrected, mine + other)
    assert notes(database) == ["Mine aunt kept it.", "Every summer."]
    load(corrected, other)
    assert notes(database) == ["Every summer."]
    assert stated(database, name)[-1] == {"turns": [{"begins": "Every summer", "kind": "note"}]}
