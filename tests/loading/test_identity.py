"""What keeps its id when a transcript is corrected, what gets it back, and what is said of the rest."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from app.citations import Noun
from app.db import Database
from app.loading import LoadedInterview
from app.models import Answer, Change, ChangeAction, FormerName, Question, Speaker, Turn
from app.queries import revisions
from app.queries.names import absent, absent_id
from benchmarks.alignment import alike, ids_of, load_talk
from benchmarks.edits import EDITS, Talk
from tests.profiles import examples

Load = Callable[..., LoadedInterview]

FIRST = "Q: Where did the river begin?\nA: It began under the old mill, behind our house.\n"
SECOND = "Q: Who kept the mill in those years?\nA: My aunt kept it, and after her nobody did.\n"
THIRD = "Q: Would you go back there?\nA: Every summer, if the road were dry.\n"
TALK = FIRST + SECOND + THIRD


def _items(database: Database) -> dict[str, str]:
    """Return the words of every question and answer, by its number."""
    with database.read() as connection:
        ids = [*connection.execute(sa.select(col(Question.id))).scalars()]
        found = {one: revisions.find_question(connection, one)["text"] for one in ids}
        ids = [*connection.execute(sa.select(col(Answer.id))).scalars()]
        found |= {one: revisions.find_answer(connection, one)["text"] for one in ids}
    return {one.partition("-")[2]: text for one, text in found.items()}


def _turns(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {row.text: row.id for row in connection.execute(sa.select(col(Turn.text), col(Turn.id)))}


def _gone(database: Database, noun: Noun, item_id: str) -> Any:
    with database.read() as connection:
        return absent_id(connection, noun, item_id)


def _revisions(database: Database, noun: Noun, item_id: str) -> list[int]:
    with database.read() as connection:
        return [number for _tier, _score, number in revisions.list_revisions(connection, noun, item_id).ranks]


def test_answer_split_into_turns_is_the_same_answer_in_another_revision(load: Load, database: Database) -> None:
    done = load(TALK)
    before = _items(database)
    load(TALK.replace("the old mill, behind", "the old mill,\nA: behind"))
    after = _items(database)
    assert set(after) == set(before)
    assert after["a1"] == "It began under the old mill,\n\nbehind our house."
    assert _revisions(database, Noun.ANSWER, f"{done.interview_id}-a1") == [2, 1]
    assert _revisions(database, Noun.QUESTION, f"{done.interview_id}-q1") == [1]


def test_turns_merged_into_one_are_the_same_answer(load: Load, database: Database) -> None:
    load(TALK.replace("the old mill, behind", "the old mill,\nA: behind"))
    before = _items(database)
    load(TALK)
    assert set(_items(database)) == set(before)


def test_turn_split_in_three_goes_on_in_its_longest_piece(load: Load, database: Database) -> None:
    words = "one spring the water rose to the second step of the stairs"
    pieces = (words, "and stayed there for a week", "until the wind turned round to the north")
    load(f"Q: And then what happened?\nA: {' '.join(pieces)}.\nQ: Who saw it?\nA: The whole street did.\n")
    before = _items(database)
    load(
        f"Q: And then what happened?\nA: {pieces[1]}\nQ: Go on, please, what then?\nA: {pieces[0]}\n"
        f"Q: And at last?\nA: {pieces[2]}\nQ: Who saw it?\nA: The whole street did.\n"
    )
    after = _items(database)
    assert after["a1"] == words
    assert {name: after[name] for name in ("q1", "q2", "a2")} == {name: before[name] for name in ("q1", "q2", "a2")}


def test_question_merged_into_another_says_where_its_words_are(load: Load, database: Database) -> None:
    done = load(TALK)
    # Without the answer between them, two questions are one.
    load(FIRST + "Q: Who kept the mill in those years?\nQ: Would you go back there?\nA: Every summer, if dry.\n")
    assert _items(database)["q2"] == "Who kept the mill in those years?\n\nWould you go back there?"
    gone = _gone(database, Noun.QUESTION, f"{done.interview_id}-q3")
    assert gone.replaced_by == [f"{done.interview_id}-q2"]
    assert gone.revisions == [1]
    assert _gone(database, Noun.ANSWER, f"{done.interview_id}-a2").replaced_by == []


def test_question_taken_out_between_two_answers_says_who_has_them_now(load: Load, database: Database) -> None:
    done = load(TALK)
    load(TALK.replace("Q: Who kept the mill in those years?\n", ""))
    assert _gone(database, Noun.QUESTION, f"{done.interview_id}-q2").replaced_by == [f"{done.interview_id}-q1"]
    assert _gone(database, Noun.ANSWER, f"{done.interview_id}-a2").replaced_by == [f"{done.interview_id}-a1"]


def test_rewritten_question_is_replaced_by_the_one_with_its_answer(load: Load, database: Database) -> None:
    done = load(TALK)
    load(TALK.replace("Would you go back there?", "Bees?"))
    assert _gone(database, Noun.QUESTION, f"{done.interview_id}-q3").replaced_by == [f"{done.interview_id}-q4"]


def test_replacement_that_is_gone_too_leads_on(load: Load, database: Database) -> None:
    done = load(TALK)
    load(TALK.replace("Would you go back there?", "Bees?"))
    load(TALK.replace("Would you go back there?", "Any ships at all?"))
    assert _gone(database, Noun.QUESTION, f"{done.interview_id}-q3").replaced_by == [f"{done.interview_id}-q5"]


def test_short_answer_stays_with_its_question(load: Load, database: Database) -> None:
    text = "Q: Did you sign the letter?\nA: No.\n" + TALK + "Q: Were you paid for it?\nA: No.\n"
    load(text)
    before = _items(database)
    load(text.removeprefix("Q: Did you sign the letter?\nA: No.\n"))
    after = _items(database)
    assert after == {name: words for name, words in before.items() if name not in {"q1", "a1"}}


def test_short_answer_to_another_question_elsewhere_is_another_answer(load: Load, database: Database) -> None:
    load("Q: Did you sign the letter?\nA: No.\n" + TALK)
    load(TALK + "Q: Was there ever any money in it?\nA: No.\n")
    after = _items(database)
    assert "a1" not in after
    assert after["a5"] == "No."


def test_swapped_exchanges_keep_their_short_answers(load: Load, database: Database) -> None:
    one, other = "Q: Did you sign the letter?\nA: No.\n", "Q: Were you paid for it?\nA: No.\n"
    load(one + TALK + other)
    before = _items(database)
    load(other + TALK + one)
    assert _items(database) == before


def test_question_that_comes_back_gets_its_id_back_and_a_new_revision(load: Load, database: Database) -> None:
    done = load(TALK)
    before = _items(database)
    load(FIRST + THIRD)
    assert isinstance(_gone(database, Noun.QUESTION, f"{done.interview_id}-q2").revisions, list)
    load(THIRD + FIRST)
    load(FIRST + SECOND + THIRD)
    assert _items(database) == before
    assert _revisions(database, Noun.QUESTION, f"{done.interview_id}-q2") == [2, 1]
    assert _revisions(database, Noun.QUESTION, f"{done.interview_id}-q1") == [1]


def test_answer_that_was_merged_and_stands_alone_again_gets_its_id_back(load: Load, database: Database) -> None:
    load(TALK)
    before = _items(database)
    load(TALK.replace("Q: Who kept the mill in those years?\n", ""))
    load(TALK)
    assert _items(database) == before


def test_short_turn_does_not_come_back_by_itself(load: Load, database: Database) -> None:
    load(TALK + "Q: Did you sign the letter?\nA: Yes.\n")
    load(TALK)
    load("Q: Were there ever any fish in it?\nA: Yes.\n" + TALK)
    assert {name for name, words in _items(database).items() if words == "Yes."} == {"a5"}


def test_change_of_label_moves_no_words(load: Load, database: Database) -> None:
    load(TALK)
    before = _turns(database)
    load(TALK.replace("Q: Who kept", "A: Who kept"))
    assert _turns(database) == before


ROLES = '[[speakers]]\nlabels = ["{}"]\nrole = "interviewer"\n[[speakers]]\nlabels = ["{}"]\nrole = "interviewee"\n'
NAMES = "Ana Ries: What is in the box?\nBo Lind: Letters, tied with string.\nAna Ries: From whom?\nBo Lind: Nobody.\n"


def _speakers(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {row.slug: row.id for row in connection.execute(sa.select(col(Speaker.slug), col(Speaker.id)))}


@pytest.mark.parametrize(
    ("before", "after", "slug"),
    [
        ("Bo Lind", "Bo Lindt", "bo-lindt"),
        ("Bo Lind", "Bo Anders Lind", "bo-anders-lind"),
        ("B. Lind", "Bo Lind", "bo-lind"),
        ("A", "Bo Lind", "bo-lind"),
    ],
)
def test_renamed_speaker_stays_who_they_were_and_the_former_slug_leads_there(
    load: Load, database: Database, before: str, after: str, slug: str
) -> None:
    asks = "Q" if before == "A" else "Ana Ries"
    texts = [NAMES.replace("Ana Ries", asks).replace("Bo Lind", name) for name in (before, after)]
    load(texts[0], 'slug = "box"\n' + ROLES.format(asks, before))
    items, old = _items(database), _speakers(database)
    load(texts[1], 'slug = "box"\n' + ROLES.format(asks, after))
    new = _speakers(database)
    assert set(new.values()) == set(old.values())
    [former] = set(old) - set(new)
    assert new[slug] == old[former]
    assert _items(database) == items
    with database.read() as connection:
        assert absent(connection, Speaker, former).to == slug  # type: ignore[attr-defined]  # it is a MovedError
        changed = connection.execute(sa.select(col(Change.noun)).where(col(Change.revision) == 2)).scalars()
        assert set(changed) == {"interview", "speaker"}


def test_words_put_into_another_mouth_are_another_speaker(load: Load, database: Database) -> None:
    load(NAMES, 'slug = "box"\n' + ROLES.format("Ana Ries", "Bo Lind"))
    old = _speakers(database)
    done = load(NAMES.replace("Bo Lind", "Cy Tamm"), 'slug = "box"\n' + ROLES.format("Ana Ries", "Cy Tamm"))
    new = _speakers(database)
    assert new["cy-tamm"] not in old.values()
    with database.read() as connection:
        assert type(absent(connection, Speaker, "bo-lind")).__name__ == "GoneError"
    assert _revisions(database, Noun.ANSWER, f"{done.interview_id}-a1") == [2, 1]
    assert _revisions(database, Noun.QUESTION, f"{done.interview_id}-q1") == [1]


def test_speaker_who_takes_part_elsewhere_is_not_renamed_there(load: Load, database: Database) -> None:
    series = 'series = "Boxes"\n'
    load(NAMES, 'slug = "box"\n' + series + ROLES.format("Ana Ries", "Bo Lind"))
    other = "Ana Ries: And in the chest?\nBo Lind: Maps, mostly of places that are gone.\n"
    load(other, 'slug = "chest"\n' + series + ROLES.format("Ana Ries", "Bo Lind"), "chest.txt")
    load(NAMES.replace("Bo Lind", "Bo Lindt"), 'slug = "box"\n' + series + ROLES.format("Ana Ries", "Bo Lindt"))
    assert {"bo-lind", "bo-lindt"} <= set(_speakers(database))
    with database.read() as connection:
        assert connection.execute(sa.select(col(FormerName.name))).scalars().all() == []


def _wordings(talk: Talk, ids: Any) -> dict[str, set[tuple[Any, ...]]]:
    """What each id stands for: its turns, and their words."""
    text = {turn.number: turn.text for turn in talk.turns}
    return {item: {numbers, tuple(text[number] for number in numbers)} for item, numbers in ids.words.items()}


@pytest.mark.slow
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), kinds=st.lists(st.sampled_from(EDITS), min_size=1, max_size=5))
def test_whatever_is_edited_the_rest_keeps_its_id_and_every_past_wording_can_be_read(
    database: Database, seed: int, kinds: list[str]
) -> None:
    talk = Talk(seed, exchanges=8)
    with database.write() as connection:
        interview_id = load_talk(connection, talk).interview_id
        before = ids_of(connection, interview_id, talk)
        used = _wordings(talk, before)
        records = {1: (list(talk.turns), before)}
        for kind in kinds:
            times = Counter(turn.text for turn in talk.turns)
            talk.edit(kind)
            revision = load_talk(connection, talk).revision
            after = ids_of(connection, interview_id, talk)
            times |= Counter(turn.text for turn in talk.turns)
            # Of words that are said twice, nothing tells which is which but where they stand.
            said_once = {turn.number for turn in talk.turns if times[turn.text] == 1}
            for found in alike(before, after).values():
                assert [
                    (was, now) for key, (was, now) in found.items() if was != now and said_once.issuperset(key)
                ] == []
            now = after.words
            # What comes back has words that it had, or is the same turns: a split may undo a merge.
            said = _wordings(talk, after)
            assert {
                one for one in now if one in used and one not in before.words and not said[one] & used[one]
            } == set()
            for item, words in said.items():
                used[item] = used.get(item, set()) | words
            records[revision] = (list(talk.turns), after)
            before = after
        for revision, (turns, ids) in records.items():
            record = revisions.find_record(connection, interview_id, revision)
            assert [turn["text"] for turn in record["turns"]] == [turn.text for turn in turns]
            assert [turn["id"] for turn in record["turns"]] == [ids.turns[turn.number] for turn in turns]
        texts = {turn.number: turn.text for turns, _ids in records.values() for turn in turns}
        for noun, of_noun in ((Noun.QUESTION, "questions"), (Noun.ANSWER, "answers")):
            wordings: dict[str, set[str]] = {}
            for _turns, ids in records.values():
                for numbers, item in getattr(ids, of_noun).items():
                    wordings.setdefault(item, set()).add("\n\n".join(texts[number] for number in numbers))
            for item, expected in wordings.items():
                listing = revisions.list_revisions(connection, noun, item)
                shown = listing.embed(connection, listing.ranks)
                assert {one["text"] for one in shown} == expected
                numbers_ = [one["revision"] for one in shown]
                assert numbers_ == list(range(len(numbers_), 0, -1))
        deleted = connection.execute(
            sa.select(col(Change.item_id)).where(col(Change.action) == ChangeAction.DELETED)
        ).scalars()
        for item in deleted:
            for other in absent_id(connection, "question" if "-q" in item else "answer", item).replaced_by:  # type: ignore[attr-defined]  # it is gone
                assert other in before.words
        connection.rollback()
