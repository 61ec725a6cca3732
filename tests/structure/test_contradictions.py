"""Tables of one document that state different things of one turn, label or question."""

import pytest

from app.errors import MetadataError
from app.structure.prepare import prepare, refuse_contradictions
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.structure.test_stated_turns import ROLES, TALK, pairs, read, said

TURN = '[[turns]]\nbegins = "By the sea"\n'
LABEL = '[[turns]]\nlabel = "Tor Venn"\n'
OF_LABEL = '[[turns]]\nbegins = "Who kept"\n'
ASKED = '[[exchanges]]\nquestion = ["Who kept"]\n'
OTHER = '[[exchanges]]\nquestion = ["Under the old"]\n'
PARTED = '[[turns]]\nbegins = "My aunt"\npart_at = "After"\n'
TOPICS = '[[questions]]\nbegins = "Who kept"\n'


@pytest.mark.parametrize(
    ("statements", "place", "reason"),
    [
        (
            f'{TURN}kind = "note"\n{TURN}speaker = "Tor Venn"\n[[turns]]\nbegins = "By"\nkind = "answer"\n',
            "talk.toml:14: turns.2.kind",
            "the kind 'note' in turns.0.kind (line 8) and 'answer' in turns.2.kind (line 14); leave one of them out",
        ),
        (f'{TURN}speaker = ""\n{TURN}speaker = "Tor Venn"\n', "turns.1.speaker", "the speaker '' in turns.0.speaker"),
        (f'{LABEL}kind = "note"\n{LABEL}kind = "speech"\n', "turns.1.kind", "the label 'Tor Venn' has the kind 'note'"),
        (
            f'{ASKED}answers = ["My aunt"]\n{OTHER}answers = ["By the", "My aunt"]\n',
            "talk.toml:11: exchanges.1.answers",
            "stands in exchanges.0.answers (line 8) and in exchanges.1.answers (line 11); leave it out of one of them",
        ),
        (f'{ASKED}{OTHER}answers = ["Who kept"]\n', "exchanges.1.answers", "stands in exchanges.0.question"),
        (f'{ASKED}{ASKED}answers = ["My aunt"]\n', "exchanges.1.question", "stands in exchanges.0.question"),
        (
            f'{TOPICS}topics = ["mills"]\n{TOPICS}rejected = ["mills"]\n',
            "questions.1.rejected",
            "the topic 'mills' of the question 'Who kept the mill?' stands in questions.0.topics (line 8)",
        ),
    ],
)
def test_what_is_stated_in_two_ways_is_refused_with_both_places(statements: str, place: str, reason: str) -> None:
    prepared = read(statements)
    with pytest.raises(MetadataError) as refused:
        refuse_contradictions(prepared)
    assert place in str(refused.value)
    assert reason in refused.value.reason
    # What was stated so before is left as it is.
    refuse_contradictions(prepared, [prepared.sidecar.document])


def test_later_table_stands_where_that_is_said() -> None:
    stated = f'{TURN}kind = "note"\n{TURN}kind = "question"\n'
    prepared = prepare(
        Source("talk.txt", TALK.encode()), read_sidecar("talk.toml", f"later_stands = true\n{ROLES}{stated}".encode())
    )
    refuse_contradictions(prepared)
    assert {words: kind for _who, kind, words in said(prepared)}["By the sea."] == "question"
    assert "later_stands" not in prepared.sidecar.document


@pytest.mark.parametrize(
    "statements",
    [
        f'{TURN}kind = "note"\n{TURN}kind = "note"\n{TURN}speaker = "Tor Venn"\n',
        f'{ASKED}answers = ["My aunt"]\n{ASKED}answers = ["My aunt did"]\n{OTHER}answers = []\n',
        f'{TOPICS}topics = ["mills", "war"]\n{TOPICS}topics = ["mills"]\nrejected = ["rivers"]\n',
        f'{PARTED}[[turns]]\nbegins = "My aunt"\nkind = "note"\n[[turns]]\nbegins = "After"\nkind = "answer"\n',
        f'{TURN}kind = "note"\nopen = true\n{TURN}kind = "answer"\n',
    ],
)
def test_what_is_said_twice_or_of_two_turns_is_none(statements: str) -> None:
    assert read(statements).contradictions == ()


@pytest.mark.parametrize(
    "statements",
    [f'{LABEL}kind = "note"\n{OF_LABEL}kind = "speech"\n', f'{OF_LABEL}kind = "speech"\n{LABEL}kind = "note"\n'],
)
def test_statement_of_one_turn_goes_over_that_of_its_label(statements: str) -> None:
    prepared = read(statements)
    assert prepared.contradictions == ()
    kinds = {words: kind for _who, kind, words in said(prepared)}
    assert (kinds["Who kept the"], kinds["Under the old"], kinds["I mean in"]) == ("question", "note", "note")
    assert [question for question, _answers in pairs(prepared)] == ["Who kept the mill?"]
