"""What is stated of turns and questions with their ids in place of their words."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import MetadataError
from app.structure.prepare import PreparedTranscript, prepare, refuse_unfit, restate
from app.structure.statement_ids import StoredTurns, by_ids, in_words
from app.transcripts.sidecar import sidecar_of
from app.transcripts.source import Source

TALK = """Q: Where did the river begin? And who kept the mill?

A: Under the old mill, behind our house. And where do you live?

Q: By the sea.

A: Yes.

Q: Did anybody keep it after the war, when all the others had left the valley for good?

A: Yes.

Q: [A train passes]

A: My aunt did. After her nobody.
"""
UNSTATED = prepare(Source("talk.txt", TALK.encode()))


def stored_as(prepared: PreparedTranscript) -> StoredTurns:
    """Give turns, questions and answers ids: t, q and a with a number."""
    turns, exchanges = prepared.transcript.turns, prepared.structure.exchanges
    answers = [answer.turns for exchange in exchanges for answer in exchange.answers]
    return StoredTurns(
        ids=[f"t{index}" for index in range(len(turns))],
        texts=[turn.text for turn in turns],
        labels=[turn.label for turn in turns],
        starts=[turn.source_start for turn in turns],
        questions={f"q{index}": exchange.question_turns for index, exchange in enumerate(exchanges)},
        answers={f"a{index}": answer for index, answer in enumerate(answers)},
    )


def with_document(document: dict[str, Any]) -> PreparedTranscript:
    return restate(UNSTATED, sidecar_of("test", document))


def words(document: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Put words in place of ids, of the transcript as `before` states it."""
    before = before or {}
    return in_words(document, UNSTATED, stored_as(with_document(before)), before)


def ids(document: dict[str, Any]) -> dict[str, Any]:
    return by_ids(document, stored_as(with_document(document)), UNSTATED.turns_as_read)[0]


def texts(prepared: PreparedTranscript) -> list[str]:
    return [turn.text for turn in prepared.transcript.turns]


def test_turn_is_named_by_its_id_and_means_that_turn_among_equal_ones() -> None:
    document = words({"turns": [{"turn": "t5", "kind": "note"}, {"turn": "t3", "speaker": "Ida"}]})
    [first, second] = document["turns"]
    assert (first["begins"], second["begins"]) == ("Yes.", "Yes.")
    prepared = with_document(document)
    assert [kind.value for kind in prepared.structure.kinds][5] == "note"
    names = [one.name for one in prepared.structure.participants]
    assert names[prepared.structure.participant_of[3] or 0] == "Ida"
    refuse_unfit(prepared)
    assert ids(document) == {"turns": [{"turn": "t5", "kind": "note"}, {"turn": "t3", "speaker": "Ida"}]}


def test_parted_and_joined_turns_keep_a_name() -> None:
    document = words(
        {"turns": [{"turn": "t1", "part_at": "And where do"}, {"turn": "t6", "join_next": True, "kind": "speech"}]}
    )
    prepared = with_document(document)
    refuse_unfit(prepared)
    assert texts(prepared)[1:3] == ["Under the old mill, behind our house.", "And where do you live?"]
    named = ids(document)["turns"]
    assert named == [{"turn": "t1", "part_at": "And where do"}, {"turn": "t7", "join_next": True, "kind": "speech"}]


def test_second_part_is_stated_like_any_other_turn_once_it_has_an_id() -> None:
    before = words({"turns": [{"turn": "t1", "part_at": "And where do"}]})
    named = ids(before)
    named["turns"].append({"turn": "t2", "speaker": "Q"})
    after = words(named, before)
    assert after["turns"] == [*before["turns"], {"begins": "And where do you live?", "speaker": "Q"}]
    assert ids(after) == named


def test_exchange_takes_turns_of_questions_and_answers() -> None:
    document = words({"exchanges": [{"question": ["q0", "t2"], "answers": ["a1", "a0"]}]})
    [exchange] = document["exchanges"]
    assert [one["begins"] for one in exchange["question"]] == [TALK[3:42], "By the sea."]
    prepared = with_document(document)
    refuse_unfit(prepared)
    assert (prepared.structure.exchanges[0].question_turns, ids(document)["exchanges"][0]["answers"]) == (
        [0, 2],
        ["t3", "t1"],
    )


def test_question_is_one_as_the_document_itself_states_exchanges() -> None:
    stated = {
        "exchanges": [{"question": ["t1"], "answers": ["t2"]}],
        "questions": [{"question": "t1", "topics": ["mills"]}],
    }
    document = words(stated)
    assert document["questions"][0]["begins"].startswith("Under the old mill")
    assert with_document(document).topics == {1: {"mills": True}}
    with pytest.raises(MetadataError, match=r"questions\.0\.question: 't1' is no question as this states it"):
        words({"questions": stated["questions"]})


def test_words_that_meant_the_same_before_stay() -> None:
    before = {
        "turns": [{"begins": "By", "kind": "note"}],
        "exchanges": [{"question": ["Did"], "answers": [{"begins": "My"}]}],
        "questions": [{"begins": "Did", "rejected": ["war"]}],
    }
    named = ids(before)
    assert named == {
        "turns": [{"turn": "t2", "kind": "note"}],
        "exchanges": [{"question": ["t4"], "answers": ["t7"]}],
        "questions": [{"question": "q1", "rejected": ["war"]}],
    }
    assert words(named, before) == before


def test_what_fits_nowhere_keeps_its_words_and_the_reason_is_given() -> None:
    before = {
        "speakers": [{"labels": ["Nobody"], "name": "N", "open": True}],
        "turns": [{"begins": "Gone", "kind": "note", "open": True}, {"label": "Z", "kind": "note", "open": True}],
        "exchanges": [{"question": ["Gone"], "answers": ["My"], "open": True}],
        "questions": [{"begins": "Gone", "topics": ["war"], "open": True}],
    }
    named, unfit = by_ids(before, stored_as(UNSTATED), UNSTATED.turns_as_read)
    assert named["exchanges"] == [{"question": [{"begins": "Gone"}], "answers": ["t7"], "open": True}]
    assert [(one.key, one.reason[:22]) for one in unfit] == [
        ("speakers.0", "it has been open, so t"),
        ("turns.0", "no turn begins with 'G"),
        ("turns.1", "no turn is labelled 'Z"),
        ("exchanges.0", "no turn begins with 'G"),
        ("questions.0", "no question begins wit"),
    ]
    assert words(named, before) == before
    # Reading the file says so of the same tables.
    tables = {key: before[key] for key in ("turns", "exchanges", "questions")}
    read = restate(UNSTATED, sidecar_of("stated", tables)).unfit
    assert [one.key for one in read] == [one.key for one in unfit if one.key != "speakers.0"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"turns": [{"turn": "t99", "kind": "note"}]}, "turns.0.turn: the interview has no turn, question or answer"),
        ({"turns": [{"turn": "q0", "begins": "By", "kind": "note"}]}, "turns.0.begins: 'turn' says which one is meant"),
        ({"turns": [{"turn": "a2", "kinds": "note"}]}, "turns.0.kinds: a .* table has no key 'kinds'"),
        ({"exchanges": [{"question": ["t0", "x"]}]}, r"exchanges.0.question.1: the interview has no .*'x'"),
        ({"questions": [{"question": "t0"}]}, "questions.0: write topics"),
        ({"turns": [{"turn": 7, "kind": "note"}]}, "turns.0.begins: write a text"),
    ],
)
def test_impossible_document_is_refused_with_the_place(document: dict[str, Any], message: str) -> None:
    with pytest.raises(MetadataError, match=message):
        words(document)


ITEMS = st.sampled_from([f"t{index}" for index in range(8)])
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "turns": st.lists(
            st.fixed_dictionaries({"turn": ITEMS, "kind": st.sampled_from(["note", "question", "speech"])})
            | st.fixed_dictionaries({"turn": ITEMS, "join_next": st.just(True)})
            | st.fixed_dictionaries({"turn": ITEMS, "part_at": st.sampled_from(["And w", "After her", "behind"])}),
            min_size=1,
            max_size=5,
        ),
        "exchanges": st.lists(
            st.fixed_dictionaries({"question": st.lists(ITEMS, min_size=1, max_size=2)}), min_size=1, max_size=2
        ),
    },
)


@given(DOCUMENTS)
@example({"turns": [{"turn": "t7", "part_at": "After her"}] * 2})
@example({"turns": [{"turn": "t2", "join_next": True}] * 3})
def test_any_document_read_back_with_ids_states_the_same(document: dict[str, Any]) -> None:
    first = words(document)
    prepared = with_document(first)
    opened = {**first}
    for one in prepared.unfit:
        key, number = one.key.split(".")[:2]
        opened[key] = [*opened[key]]
        opened[key][int(number)] = {**opened[key][int(number)], "open": True}
    assert words(ids(opened), opened) == opened
