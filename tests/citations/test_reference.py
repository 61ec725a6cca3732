import re

import pytest
from hypothesis import given

from app.citations import Citation, Noun, Subject, cite
from app.structure.pairing import Attribution, Role
from tests.citations.subjects import BASE, SOURCE_URL, answer, citations, interview, turn, untimed
from tests.exports.documents import person

ROE = person("roe", "ROE", Role.INTERVIEWEE, "Jane Roe")
DOE = person("doe", "DOE", Role.INTERVIEWER, "John Doe")
ASKER = person("q", "Q", Role.INTERVIEWER)
ANSWERER = person("a", "Ans", Role.INTERVIEWEE)
STATED = {"published": "2023-11", "publisher": "River Press", "series": "Mills", "source_url": SOURCE_URL}


def test_everything_that_is_stated_is_cited() -> None:
    found = cite(answer(turn(1, "It began", "roe"), people=[DOE, ROE], **STATED), 3, 8, base=BASE).reference
    assert found.sentence == (
        "“began”. Jane Roe. A talk. Interview; interviewer: John Doe. Mills, River Press, 2023-11. "
        "https://river.example/talk. Answer to question 2 (1x-a2, revision 3), char=3,8. "
        "https://quoth.example/answers/1x-a2?revision=3&start=3&end=8#passage."
    )
    assert found.note == (
        "interviewer: John Doe; Answer to question 2 (1x-a2, revision 3), char=3,8; "
        "https://quoth.example/answers/1x-a2?revision=3&start=3&end=8#passage"
    )


def test_what_nobody_states_is_left_out() -> None:
    found = cite(answer(turn(1, "It began"))).reference
    assert found.sentence == "“It began”. A talk. Interview. Answer to question 2 (1x-a2, revision 3)."
    assert (found.authors, found.published, found.url, found.language) == ((), None, None, None)


@pytest.mark.parametrize(
    ("who", "cited"),
    [
        (ROE, "Jane Roe"),
        (ANSWERER, "Unnamed interviewee"),
        (person("a", "A.", Role.INTERVIEWEE), "Unnamed interviewee"),
        (person("a", None, Role.INTERVIEWEE), "Unnamed interviewee"),
        (person("s", "Speaker 2", Role.INTERVIEWEE), "Unnamed interviewee"),
        (person("p", "THE PRESIDENT", Role.INTERVIEWEE), "THE PRESIDENT"),
        (person("j", "J.R.", Role.UNKNOWN), "J.R."),
        (person("n", "ROE", Role.INTERVIEWEE, "\u202e Jane\r\nRoe\x07"), "Jane Roe"),
    ],
)
def test_speaker_is_cited_as_far_as_the_source_names_them(who: dict[str, object], cited: str) -> None:
    found = cite(answer(turn(1, "It began", str(who["slug"])), people=[ASKER, who])).reference
    assert (found.authors, found.speakers, found.interviewers) == ((cited,), (cited,), ())


@pytest.mark.parametrize("label", [None, "SPEAKER_01", "Speaker 2", "?", "17", "Unidentified Male"])
def test_somebody_of_whom_nothing_is_known_is_not_made_up(label: str | None) -> None:
    nobody = person("x", label)
    found = cite(answer(turn(1, "It began", "x"), people=[nobody])).reference
    assert (found.authors, found.speakers) == ((), ())


def test_words_of_a_question_are_not_put_into_the_mouth_of_who_answers() -> None:
    asked = Subject(Noun.QUESTION, "1x-q2", interview([DOE, ROE]), [turn(1, "Why so?", "doe")], 1, 2)
    found = cite(asked).reference
    assert found.sentence.startswith("“Why so?” John Doe. A talk. Interview with Jane Roe; interviewer: John Doe.")
    assert found.authors == ("Jane Roe",)
    assert "speaker: John Doe" in found.note
    nobody = Subject(Noun.QUESTION, "1x-q2", interview([DOE, ROE]), [turn(1, "Why so?")], 1, 2)
    assert cite(nobody).reference.sentence.startswith("“Why so?” A talk. Interview with Jane Roe;")


def test_panel_is_cited_by_everybody_without_a_role_and_by_its_moderator() -> None:
    people = [person("m", "M", Role.MODERATOR, "Mo"), person("x", "X", Role.UNKNOWN, "Xi"), person("y", "YO")]
    found = cite(Subject(Noun.INTERVIEW, "1x", interview(people), [], 1)).reference
    assert found.sentence == "Xi, YO. A talk. Interview; moderator: Mo. Interview (1x, revision 1)."


def test_language_that_is_only_inferred_is_left_out() -> None:
    for attribution, language in ((Attribution.STATED, "en"), (Attribution.INFERRED, None)):
        subject = answer(turn(1, "It began"), language="en", language_attribution=attribution)
        assert cite(subject).reference.language == language


@pytest.mark.parametrize(
    ("published", "parts"), [(None, []), ("2023", [2023]), ("2023-11", [2023, 11]), ("2023-11-05", [2023, 11, 5])]
)
def test_date_is_as_exact_as_it_is_known(published: str | None, parts: list[int]) -> None:
    assert cite(answer(turn(1, "It began"), published=published)).reference.date_parts == parts


def test_keys_tell_apart_items_revisions_turns_and_ranges() -> None:
    subject = answer(turn(1, "It began"), turn(2, "in spring"))
    revised = answer(turn(1, "It began"), turn(2, "in spring"))
    ranges = [{}, {"start": 0, "end": 1}, {"start": 0, "end": 11}, {"turn_id": "1x-t1"}, {"turn_id": "1x-t2"}]
    ranges.append({"turn_id": "1x-t2", "start": 0, "end": 1})
    keys = [cite(subject, **each).reference.key for each in ranges]  # type: ignore[arg-type]  # keywords of cite()
    assert len(set(keys)) == len(keys)
    assert keys[1] == "quoth-1x-a2-r3-0-1"
    assert keys == [cite(revised, **each).reference.key for each in ranges]  # type: ignore[arg-type]  # as above


def test_long_quotation_is_cut_between_words_and_says_so() -> None:
    words = "river " * 100
    sentence = cite(answer(turn(1, words))).reference.sentence
    assert re.match(r"“(river )+…” A talk\.", sentence)
    assert len(sentence) < 400


@untimed
@given(citations())
def test_every_text_is_on_one_line_and_turns_nothing_around(citation: Citation) -> None:
    found = citation.reference
    texts = [found.title, found.sentence, found.note, found.publisher or "", found.series or "", *found.authors]
    for text in texts:
        assert len(text.splitlines()) <= 1
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff]", text)
    for url in filter(None, (found.url, found.permalink, citation.text_fragment)):
        assert re.fullmatch(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", url)
    assert re.fullmatch(r"[a-z0-9-]+", found.key)
