import json
from typing import Any

from hypothesis import given

from app.exports import json_ld_pages
from app.exports.json_ld import embeddable
from app.structure.pairing import Role
from tests.exports.documents import MODIFIED, person, texts
from tests.exports.vocabulary import faults

BASE = "https://quoth.example"
ABOVE = [("Interviews", "/interviews")]
INTERVIEW: dict[str, Any] = {
    "id": "1x",
    "slug": "talk",
    "title": "A talk",
    "language": "en",
    "published": "2023-11",
    "publisher": "The Mill",
    "series": "Rivers",
    "source_url": "https://a.example/talk",
    "summary": "On rivers.",
    "rights": "CC BY",
    "modified_at": MODIFIED,
    "topics": [{"slug": "rivers", "label": "Rivers", "questions": 1}],
    "people": [
        {**person("roe", "ROE", Role.INTERVIEWEE, "Jane Roe"), "affiliation": "The Mill"},
        person("q", "Q", Role.INTERVIEWER),
    ],
}
ROE, NOBODY = INTERVIEW["people"]
SPEAKER = {
    "slug": "roe", "name": "Jane Roe", "display_name": "Jane Roe", "aliases": ["J. Roe"],
    "same_as": ["https://people.example/roe"],
}  # fmt: skip
TOPIC = {
    "slug": "rivers", "label": "Rivers", "uri": "https://topics.example/1", "notation": "R1", "definition": "Water.",
    "alternative_labels": ["Streams"], "exact_match": ["https://topics.example/2"],
    "broader": {"slug": "water", "label": "Water"},
}  # fmt: skip


def _question(asked: str = "Why?", answered: str = "So.") -> dict[str, Any]:
    said = [("1x-a1", answered, ROE), ("1x-a2", "No.", NOBODY), ("1x-a3", "Hm.", None)]
    return {
        "id": "1x-q1",
        "text": asked,
        "asked_by": NOBODY,
        "topics": [{"slug": "rivers", "label": "Rivers"}],
        "interview": INTERVIEW,
        "answers": [{"id": each, "text": words, "speaker": speaker} for each, words, speaker in said],
    }


def _answer(asked: str = "Why?", answered: str = "So.") -> dict[str, Any]:
    question = _question(asked, answered)
    return {**question["answers"][0], "question": question, "interview": INTERVIEW}


def _pages(base: str = BASE) -> dict[str, dict[str, Any]]:
    match = {"text": "It is so.", "speaker": ROE, "interview": INTERVIEW}
    return {
        "home": json_ld_pages.site("Quoth", base),
        "interview": json_ld_pages.interview_page(INTERVIEW, base, ABOVE),
        "question": json_ld_pages.question_page(_question(), base, ABOVE),
        "unanswered": json_ld_pages.question_page({**_question(), "answers": [], "topics": []}, base, ABOVE),
        "answer": json_ld_pages.answer_page(_answer(), base, ABOVE),
        "speaker": json_ld_pages.speaker_page(SPEAKER, base, ABOVE),
        "unnamed": json_ld_pages.speaker_page(
            {**SPEAKER, "name": None, "display_name": "the interviewee", "aliases": [], "same_as": []}, base
        ),
        "topic": json_ld_pages.topic_page(TOPIC, base, ABOVE),
        "quotation": json_ld_pages.quotation_page("A quotation", "It is so", match, base),
        "no quotation": json_ld_pages.quotation_page("A quotation", "It is so", None, base),
        "list": json_ld_pages.list_page("CollectionPage", "Topics", base, "/topics"),
        "search": json_ld_pages.list_page("SearchResultsPage", "Search"),
    }


def test_every_page_is_of_the_vocabulary() -> None:
    for base in (BASE, ""):
        for name, page in _pages(base).items():
            assert faults(json.loads(embeddable(page)), name) == []


def test_validator_finds_what_is_wrong() -> None:
    page = _pages()["question"]
    assert faults({**page, "@type": "QuestionPage"})
    assert faults({**page, "colour": "red"})
    assert faults({**page, "breadcrumb": {"@type": "Person", "name": "Jane"}})
    assert faults({**page, "mainEntity": {"@type": "Question", "text": "Why?"}})
    assert faults({**page, "url": "/questions/1x-q1"})
    assert faults({**page, "mainEntity": {**page["mainEntity"], "answerCount": "three"}})


def test_nobody_is_named_whom_the_source_does_not_name() -> None:
    question = _pages()["question"]["mainEntity"]
    assert [one.get("author", {}).get("name") for one in question["suggestedAnswer"]] == ["Jane Roe", None, None]
    assert "author" not in question["suggestedAnswer"][2]
    assert "name" not in _pages()["unnamed"]["mainEntity"]
    assert "creator" not in json_ld_pages.quotation_page(
        "x", "x", {"text": "x", "speaker": None, "interview": INTERVIEW}, BASE
    )["mainEntity"]  # fmt: skip


def test_addresses_are_those_of_pages_and_absolute_or_absent() -> None:
    pages = _pages()
    assert pages["question"]["url"] == f"{BASE}/questions/1x-q1"
    assert pages["interview"]["mainEntity"]["url"] == f"{BASE}/interviews/talk"
    assert pages["speaker"]["mainEntity"]["url"] == f"{BASE}/speakers/roe"
    assert [level["item"]["@id"] for level in pages["topic"]["breadcrumb"]["itemListElement"]] == [
        f"{BASE}/interviews",
        f"{BASE}/topics/rivers",
    ]
    assert BASE not in json.dumps(_pages(""))
    assert "breadcrumb" not in _pages("")["topic"]


@given(texts(), texts())
def test_no_text_ends_the_script_that_it_stands_in(asked: str, answered: str) -> None:
    question, answer = _question(asked, answered), _answer(asked, answered)
    for page in (json_ld_pages.question_page(question, BASE), json_ld_pages.answer_page(answer, BASE)):
        written = embeddable(page)
        assert not set(written) & set("<>&\u2028\u2029")
        assert faults(json.loads(written)) == [] or not asked.strip() or not answered.strip()
