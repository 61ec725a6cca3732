"""What an editor states of turns and exchanges in a metadata file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MetadataError
from app.structure.editing_steps import part
from app.structure.places import Places
from app.structure.prepare import PreparedTranscript, prepare, refuse_unfit
from app.structure.stated_turns import state_turns
from app.transcripts.metadata_tables import Place, TurnTable
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from app.transcripts.transcript import Segment, Turn

TALK = """Ida Brandt: Where did the river begin?

Tor Venn: Under the old mill. And where do you live now?

Ida Brandt: By the sea.

Tor Venn: Who kept the mill?

Tor Venn: I mean in the war.

Ida Brandt: My aunt did. After her nobody.

Tor Venn: Yes.

Ida Brandt: [A train passes]

Tor Venn: Yes.
"""
ROLES = """
[[speakers]]
labels = ["Ida Brandt"]
role = "interviewee"
[[speakers]]
labels = ["Tor Venn"]
role = "interviewer"
"""


def read(statements: str, text: str = TALK) -> PreparedTranscript:
    sidecar = read_sidecar("talk.toml", (ROLES + statements).encode())
    return prepare(Source("talk.txt", text.encode()), sidecar, "talk.toml")


def said(prepared: PreparedTranscript) -> list[tuple[str | None, str, str]]:
    """Who says each turn, what kind it is, and its first words."""
    structure = prepared.structure
    return [
        (None if part is None else structure.participants[part].name, kind.value, " ".join(turn.text.split()[:3]))
        for part, kind, turn in zip(structure.participant_of, structure.kinds, prepared.transcript.turns, strict=True)
    ]


def pairs(prepared: PreparedTranscript) -> list[tuple[str, list[str]]]:
    return [
        (prepared.text_of(exchange.question_turns), [prepared.text_of(answer.turns) for answer in exchange.answers])
        for exchange in prepared.structure.exchanges
    ]


def source_of(prepared: PreparedTranscript) -> list[str]:
    """The characters of the file behind each turn, run by run."""
    text = prepared.transcript.text
    return [
        "".join(text[run.source_start : run.source_end] for run in turn.segments) for turn in prepared.transcript.turns
    ]


def test_turn_is_said_by_whom_the_editor_states() -> None:
    read_so = read('[[turns]]\nbegins = "By the sea"\nspeaker = "Tor Venn"\n')
    assert ("Tor Venn", "question", "By the sea.") in said(read_so)
    assert [turn.label for turn in read_so.transcript.turns][2] == "Ida Brandt"


def test_somebody_whom_no_label_names_takes_part() -> None:
    prepared = read('[[turns]]\nbegins = "By the sea"\nspeaker = "Una Holt"\n')
    assert ("Una Holt", "answer", "By the sea.") in said(prepared)
    part = prepared.structure.participants[-1]
    assert (part.name, part.labels) == ("Una Holt", [])


def test_somebody_whom_no_label_names_has_the_role_that_is_stated() -> None:
    stated = '[[speakers]]\nlabels = ["Una Holt"]\nrole = "interviewee"\naffiliation = "the mill"\n'
    prepared = read(stated + '[[turns]]\nbegins = "By the sea"\nspeaker = "Una Holt"\n')
    assert ("Una Holt", "answer", "By the sea.") in said(prepared)
    assert prepared.structure.participants[-1].affiliation == "the mill"


def test_turn_may_be_nobodys() -> None:
    assert (None, "statement", "By the sea.") in said(read('[[turns]]\nbegins = "By the sea"\nspeaker = ""\n'))


def test_parted_turn_keeps_every_character_and_its_place() -> None:
    prepared = read(
        '[[turns]]\nbegins = "Under the old mill"\npart_at = "And where"\n'
        '[[turns]]\nbegins = "Under the old mill"\nspeaker = "Ida Brandt"\n'
    )
    assert said(prepared)[1:3] == [
        ("Ida Brandt", "statement", "Under the old"),
        ("Tor Venn", "question", "And where do"),
    ]
    assert source_of(prepared) == [turn.text for turn in prepared.transcript.turns]
    assert pairs(prepared)[:2] == [
        ("And where do you live now?", ["By the sea."]),
        ("Who kept the mill?\n\nI mean in the war.", ["My aunt did. After her nobody."]),
    ]


def test_turn_is_parted_before_words_that_it_has_twice() -> None:
    text = "Ida Brandt: Yes. No. Yes.\n\nTor Venn: Hm.\n"
    parted = read('[[turns]]\nbegins = "Yes."\npart_at = "Yes."\npart_after = "No."\n', text)
    assert [turn.text for turn in parted.transcript.turns] == ["Yes. No.", "Yes.", "Hm."]
    assert source_of(parted)[:2] == ["Yes. No.", "Yes."]


@given(st.lists(st.sampled_from(["no", "no,", "yes"]), min_size=2, max_size=9), st.data())
def test_every_place_between_two_words_can_be_told(words: list[str], data: st.DataObject) -> None:
    before = data.draw(st.integers(1, len(words) - 1))
    text, first = " ".join(words), " ".join(words[:before])
    [table] = part({}, "", text, len(first))["turns"]
    stated = {**table, "begins": text}
    del stated["turn"]
    turn = Turn(text, (Segment(0, len(text), 0, len(text)),))
    done = state_turns([turn], [TurnTable(**stated)])
    assert (done.unfit, [one.text for one in done.turns]) == ((), [first, " ".join(words[before:])])


def test_part_of_a_turn_can_be_parted_again() -> None:
    parted = '[[turns]]\nbegins = "My aunt"\npart_at = "After"\n[[turns]]\nbegins = "After"\npart_at = "nobody"\n'
    assert [words for _who, _kind, words in said(read(parted))][5:8] == ["My aunt did.", "After her", "nobody."]


def test_parted_captions_have_the_times_that_the_file_gives() -> None:
    captions = "1\n00:00:01,000 --> 00:00:05,000\nIDA: Where was it? TOR: Here.\n\n"
    captions += "2\n00:00:06,000 --> 00:00:09,000\nTOR: At the mill.\n"
    sidecar = read_sidecar("t.toml", b'[[turns]]\nbegins = "Where"\npart_at = "TOR:"\n')
    turns = prepare(Source("t.srt", captions.encode()), sidecar, "t.toml").transcript.turns
    assert [(turn.start_ms, turn.end_ms) for turn in turns[:2]] == [(1000, None), (None, 5000)]


def test_joined_turns_are_one() -> None:
    prepared = read('[[turns]]\nbegins = "Who kept"\njoin_next = true\n')
    assert prepared.transcript.turns[3].text == "Who kept the mill?\n\nI mean in the war."
    assert source_of(prepared)[3] == "Who kept the mill?I mean in the war."
    assert len(prepared.transcript.turns) == len(read("").transcript.turns) - 1


def test_words_become_a_note_and_a_note_becomes_speech() -> None:
    noted = read('[[turns]]\nbegins = "By the sea"\nkind = "note"\n')
    assert (None, "note", "By the sea.") in said(noted)
    text = TALK.replace("Ida Brandt: [A train passes]", "[Ida laughs at the train]")
    spoken = read('[[turns]]\nbegins = "[Ida laughs"\nkind = "speech"\nspeaker = "Ida Brandt"\n', text)
    assert (None, "note", "[Ida laughs at") in said(read("", text))
    assert ("Ida Brandt", "answer", "[Ida laughs at") in said(spoken)


def test_all_turns_of_a_label_are_stated_at_once() -> None:
    kinds = [kind for who, kind, _words in said(read('[[turns]]\nlabel = "Tor Venn"\nkind = "note"\n'))]
    assert kinds == ["statement", "note", "statement", "note", "note", "statement", "note", "statement", "note"]


def test_question_of_an_interviewee_is_one_and_says_nothing_of_their_role() -> None:
    text = "Ida Brandt: Why are you here?\n\nTor Venn: To ask.\n\nTor Venn: Where is the mill?\n\nIda Brandt: There.\n"
    prepared = read(
        '[[turns]]\nbegins = "Why are"\nkind = "question"\n[[turns]]\nbegins = "To ask"\nkind = "answer"\n', text
    )
    assert pairs(prepared) == [("Why are you here?", ["To ask."]), ("Where is the mill?", ["There."])]
    assert [part.role.value for part in prepared.structure.participants] == ["interviewee", "interviewer"]


def test_what_is_no_question_is_a_statement() -> None:
    prepared = read('[[turns]]\nbegins = "Who kept"\nkind = "statement"\n')
    assert ("I mean in the war.", ["My aunt did. After her nobody."]) in pairs(prepared)


def test_turns_are_one_question_with_the_answers_that_both_had() -> None:
    prepared = read('[[exchanges]]\nquestion = ["Under the old", "Who kept", "I mean"]\n')
    assert pairs(prepared)[0] == (
        "Under the old mill. And where do you live now?\n\nWho kept the mill?\n\nI mean in the war.",
        ["By the sea.\n\nMy aunt did. After her nobody."],
    )


def test_answer_is_moved_to_another_question() -> None:
    prepared = read('[[exchanges]]\nquestion = ["Under the old"]\nanswers = ["By the sea", "My aunt"]\n')
    assert pairs(prepared)[:2] == [
        ("Under the old mill. And where do you live now?", ["By the sea.\n\nMy aunt did. After her nobody."]),
        ("Who kept the mill?\n\nI mean in the war.", []),
    ]


def test_question_is_parted_into_two() -> None:
    prepared = read('[[exchanges]]\nquestion = ["I mean"]\nanswers = ["My aunt"]\n')
    assert pairs(prepared)[1:3] == [
        ("Who kept the mill?", []),
        ("I mean in the war.", ["My aunt did. After her nobody."]),
    ]


def test_turns_alike_are_told_apart_by_what_stands_before_or_by_number() -> None:
    after = read('[[turns]]\nbegins = "Yes."\nafter = "After her nobody."\nspeaker = "Una Holt"\n')
    second = read('[[turns]]\nbegins = "Yes."\noccurrence = 2\nof = 2\nspeaker = "Una Holt"\n')
    assert [who for who, _kind, words in said(after) if words == "Yes."] == ["Una Holt", "Tor Venn"]
    assert [who for who, _kind, words in said(second) if words == "Yes."] == ["Tor Venn", "Una Holt"]


def test_topic_is_rejected_in_a_file() -> None:
    prepared = read('[[questions]]\nbegins = "Who kept"\ntopics = ["mills"]\nrejected = ["war"]\n')
    assert prepared.topics == {1: {"mills": True, "war": False}}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ('[[turns]]\nbegins = "Nobody said"\nkind = "note"', "turns.0: no turn begins with 'Nobody said'"),
        ('[[turns]]\nbegins = "Yes."\nkind = "note"', "2 turns begin with 'Yes.'; write more of its words"),
        ('[[turns]]\nbegins = "Yes."\noccurrence = 2\nof = 3\nkind = "note"', "2 turns begin with 'Yes.', not 3"),
        ('[[turns]]\nbegins = "Yes."\noccurrence = 3\nkind = "note"', "only 2 turns begin with 'Yes.'"),
        ('[[turns]]\nbegins = "Yes."\nafter = ""\nkind = "note"', "no turn begins with 'Yes.' at the beginning"),
        ('[[turns]]\nlabel = "Una"\nkind = "note"', "no turn is labelled 'Una'"),
        ('[[turns]]\nbegins = "By the"\nlabel = "Tor Venn"\nkind = "note"', "is not labelled 'Tor Venn'"),
        ('[[turns]]\nbegins = "My aunt"\npart_at = "Before"', "does not have the words 'Before'"),
        ('[[turns]]\nbegins = "My aunt"\npart_at = "e"', "has more than once the words 'e'"),
        ('[[turns]]\nbegins = "My aunt"\npart_at = "unt"', "'unt' begins within a word"),
        ('[[turns]]\nbegins = "My aunt"\npart_at = "nobody"\npart_after = "My"', "the words 'nobody' after 'My'"),
        ('[[turns]]\nbegins = "My aunt"\npart_after = "did."\nkind = "note"', "write part_at"),
        ('[[turns]]\nbegins = "My aunt"\npart_at = "My"', "begins with 'My', so there is nothing to part from it"),
        ('[[turns]]\nbegins = "Yes."\noccurrence = 2\njoin_next = true', "there is none to join it with"),
        ('[[exchanges]]\nquestion = ["Nobody"]', "exchanges.0: no turn begins with 'Nobody'"),
        ('[[exchanges]]\nquestion = ["By the"]\nanswers = ["By the"]', "is in the question and in an answer"),
        (
            '[[turns]]\nbegins = "By the"\nkind = "note"\n[[exchanges]]\nquestion = ["By the"]',
            'kind = "speech" of it first',
        ),
        ('[[turns]]\nbegins = "By the"', "state something of the turn"),
        ('[[turns]]\nkind = "note"', "say which turn is meant"),
        ('[[turns]]\nlabel = "Tor Venn"\njoin_next = true', "say which turn is meant"),
        ('[[turns]]\nbegins = "x"\npart_at = "y"\njoin_next = true', "write two tables"),
        ('[[turns]]\nbegins = "x"\nkind = "joke"', "turns.0.kind"),
        ('[[turns]]\nbegin = "x"\nkind = "note"', "Did you mean 'begins'"),
        ('[[exchanges]]\nquestion = "x"', "exchanges.0.question"),
        ('[[questions]]\nbegins = "Who"\ntopics = ["a"]\nrejected = ["a"]', "leave it out of one"),
    ],
)
def test_statement_that_fits_nowhere_or_says_nothing_is_refused(statement: str, reason: str) -> None:
    with pytest.raises(MetadataError) as refused:
        refuse_unfit(read(statement))
    assert reason in str(refused.value)


def test_turn_is_not_parted_inside_what_the_file_writes_differently() -> None:
    turn = Turn("four score", (Segment(0, 10, 0, 2),))
    stated = state_turns([turn], read_sidecar("t.toml", b'[[turns]]\nbegins = "four"\npart_at = "score"\n').turns)
    assert stated.turns == (turn,)
    assert "which the file writes differently" in stated.unfit[0].reason


def test_turn_is_parted_beside_what_the_file_writes_differently() -> None:
    page = "<p><b>Ida:</b> Tea &amp; cake?</p><p><b>Tor:</b> Both.</p><p><b>Ida:</b> Now?</p><p><b>Tor:</b> Yes.</p>"
    sidecar = read_sidecar("t.toml", b'[[turns]]\nbegins = "Tea"\npart_at = "& cake"\n')
    prepared = prepare(Source("t.html", page.encode()), sidecar, "t.toml")
    assert [turn.text for turn in prepared.transcript.turns[:2]] == ["Tea", "& cake?"]
    assert prepared.transcript.text[prepared.transcript.turns[1].source_start :].startswith("&amp; cake")


TEXTS = st.lists(st.sampled_from(["Yes.", "Yes. I did.", "No.", "Where was it then?", "Yes. I did. " * 9]), min_size=1)


@given(TEXTS)
def test_every_text_is_found_again_by_its_description(texts: list[str]) -> None:
    places = Places(texts)
    assert [places.find(Place(**places.describe(index)), "turn") for index in range(len(texts))] == [*range(len(texts))]


@given(TEXTS, TEXTS)
def test_description_never_means_another_text(texts: list[str], others: list[str]) -> None:
    before, after = Places(texts), Places(others)
    for index, text in enumerate(texts):
        place = Place(**before.describe(index))
        try:
            found = after.find(place, "turn")
        except LookupError:
            continue
        assert others[found].startswith(place.begins), text
