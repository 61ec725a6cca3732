import datetime
import json
from typing import Any

import feedparser
import feedparser_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.exports import atom, entries, json_feed
from app.exports.format import Feed, urn
from app.exports.xml import representable
from app.structure.pairing import Role
from tests.exports.documents import MODIFIED, document, person, texts

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://quoth.example"
# RFC 4287, section 4.1.2: what an entry may hold once at most.
_ONCE = {"content", "id", "published", "rights", "source", "summary", "title", "updated"}


def _item(number: int = 1, **stated: Any) -> dict[str, Any]:
    people = [person("roe", "ROE", Role.INTERVIEWEE, "Jane Roe"), person("q", "Q", Role.INTERVIEWER)]
    item = dict(document([], people, **stated).interview)
    return {**item, "id": f"i{number}", "slug": f"talk-{number}", "modified_at": MODIFIED}


def _feed(*items: dict[str, Any], base: str = "") -> Feed:
    links = {"self": f"{base}/v1/interviews?format=atom", "next": f"{base}/v1/interviews?cursor=x&format=atom"}
    made = entries.INTERVIEWS.made_of(items, {}, MODIFIED, base)
    changed = MODIFIED + datetime.timedelta(days=1)
    page = f"{base}/interviews?topic=rivers"
    return Feed("Interviews", made, "interviews?topic=rivers", changed, links, page, base)


def _entries(feed: Feed) -> list[etree._Element]:
    """Read a feed, and check what the RFC says of every feed and entry."""
    root = etree.fromstring(atom.render(feed).encode())
    assert root.tag == f"{ATOM}feed"
    for name in ("title", "id", "updated"):
        assert len(root.findall(f"{ATOM}{name}")) == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    found = root.findall(f"{ATOM}entry")
    for entry in found:
        names = [etree.QName(child).localname for child in entry if child.tag.startswith(ATOM)]
        assert {"title", "id", "updated"} <= set(names)
        assert all(names.count(name) == 1 for name in _ONCE & set(names))
        assert len(entry.findall(f"{ATOM}link[@rel='alternate']")) == 1
        assert entry.findtext(f"{ATOM}id").startswith("urn:uuid:")
    return list(found)


@given(st.lists(st.tuples(texts(), texts()), max_size=4))
def test_any_text_makes_well_formed_feeds_with_the_same_words(said: list[tuple[str, str]]) -> None:
    items = [_item(number, title=title, summary=summary) for number, (title, summary) in enumerate(said)]
    read = _entries(_feed(*items))
    assert [(entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}summary")) for entry in read] == [
        (representable(title), representable(summary)) for title, summary in said
    ]
    written = json.loads(json_feed.render(_feed(*items)))
    assert [(item["title"], item["summary"]) for item in written["items"]] == said


def test_feed_readers_understand_both() -> None:
    item = _item(
        title="Rivers & <mills> ]]>",
        summary="On rivers.",
        published="2023",
        source_url="https://a.example/?a=1&b=2",
        language="en",
        rights="CC BY",
    )
    parsed = feedparser.parse(atom.render(_feed(item, base=BASE)))
    assert not parsed.bozo
    [entry] = parsed.entries
    assert (entry.id, entry.updated) == (urn("i1"), "2026-01-02T03:04:05Z")
    assert {link.rel: link.href for link in entry.links} == {
        "alternate": f"{BASE}/interviews/talk-1",
        "related": f"{BASE}/v1/interviews/talk-1",
        "via": "https://a.example/?a=1&b=2",
    }
    assert parsed.feed.link == f"{BASE}/interviews?topic=rivers"
    assert [each.name for each in entry.contributors] == ["Jane Roe"]
    for written, version in (
        (atom.render(_feed(item, base=BASE)), "atom10"),
        (json_feed.render(_feed(item, base=BASE)), "json11"),
    ):
        other = feedparser_rs.parse(written)
        assert (other.bozo, other.version, len(other.entries)) == (False, version, 1)
        assert (other.entries[0].id, other.entries[0].link) == (urn("i1"), f"{BASE}/interviews/talk-1")


def test_partial_date_is_not_made_up() -> None:
    [entry] = _entries(_feed(_item(published="2023-11")))
    assert entry.find(f"{ATOM}published") is None
    assert entry.findtext("{http://purl.org/dc/terms/}issued") == "2023-11"
    [item] = json.loads(json_feed.render(_feed(_item(published="2023-11"))))["items"]
    assert "date_published" not in item
    assert item["_quoth"]["published"] == "2023-11"


def test_date_known_to_the_day_is_the_beginning_of_that_day() -> None:
    feed = _feed(_item(published="2023-11-05"))
    for written in (atom.render(feed), json_feed.render(feed)):
        [entry] = feedparser_rs.parse(written).entries
        assert entry.published_parsed[:6] == (2023, 11, 5, 0, 0, 0)
    [entry] = feedparser.parse(atom.render(feed)).entries
    assert entry.published == "2023-11-05T00:00:00Z"
    assert json.loads(json_feed.render(feed))["items"][0]["date_published"] == "2023-11-05T00:00:00Z"


@pytest.mark.parametrize(("base", "page"), [("", "https://a.example/1"), (BASE, f"{BASE}/interviews/talk-1")])
def test_item_leads_to_its_page_and_to_that_of_its_publisher(base: str, page: str) -> None:
    [item] = json.loads(json_feed.render(_feed(_item(source_url="https://a.example/1"), base=base)))["items"]
    assert (item["url"], item["external_url"]) == (page, "https://a.example/1")
    assert item["_quoth"]["address"] == f"{base}/v1/interviews/talk-1"


LATER = MODIFIED + datetime.timedelta(hours=1)


def _asked(question: str = "Why so?", answer: str = "It began.", **stated: Any) -> dict[str, Any]:
    """A question as the list of questions has it."""
    interview = {
        "id": "1x",
        "slug": "talk",
        "title": "A talk",
        "language": "en",
        "publisher": "The Mill",
        "series": None,
    }
    return {
        "id": "1x-q1",
        "text": question,
        "asked_by": person("q", None, Role.INTERVIEWER),
        "answers": [{"id": "1x-a1", "text": answer, "speaker": person("roe", "ROE", Role.INTERVIEWEE, "Jane Roe")}],
        "topics": [{"slug": "rivers", "label": "Rivers & mills"}],
        "interview": {**interview, "series": None, "published": "2023-11-05", "source_url": None, **stated},
    }


def _questions(*items: dict[str, Any], base: str = "") -> Feed:
    made = entries.QUESTIONS.made_of(items, {"1x-q1": MODIFIED, "1x-a1": LATER}, MODIFIED, base)
    return Feed("Questions", made, "questions", LATER, {"self": f"{base}/v1/questions?format=atom"}, base=base)


def test_question_is_an_entry_with_its_answer_people_topics_and_interview() -> None:
    feed = _questions(_asked(source_url="https://a.example/talk"), base=BASE)
    content = "Interviewer: Why so?\n\nJane Roe: It began.\n\n— A talk, The Mill, 2023-11-05"
    parsed = feedparser.parse(atom.render(feed))
    assert not parsed.bozo
    [entry] = parsed.entries
    assert (entry.id, entry.title, entry.summary) == (urn("1x-q1"), "Why so?", "It began.")
    assert [each.value for each in entry.content] == [content]
    assert (entry.updated, entry.published) == ("2026-01-02T04:04:05Z", "2023-11-05T00:00:00Z")
    assert {link.rel: link.href for link in entry.links} == {
        "alternate": f"{BASE}/questions/1x-q1",
        "related": f"{BASE}/v1/questions/1x-q1",
        "via": "https://a.example/talk",
    }
    assert [(tag.term, tag.label) for tag in entry.tags] == [("rivers", "Rivers & mills")]
    assert [each.name for each in entry.contributors] == ["Jane Roe"]
    other = feedparser_rs.parse(json_feed.render(feed))
    assert (other.bozo, other.version) == (False, "json11")
    assert (other.entries[0].id, other.entries[0].link) == (urn("1x-q1"), f"{BASE}/questions/1x-q1")
    [item] = json.loads(json_feed.render(feed))["items"]
    assert (item["content_text"], item["summary"], item["tags"]) == (content, "It began.", ["Rivers & mills"])
    assert item["authors"] == [{"name": "Jane Roe"}]
    assert item["_quoth"]["address"] == f"{BASE}/v1/questions/1x-q1"
    assert item["_quoth"]["answers"] == [{"id": "1x-a1", "speaker": "roe"}]


def test_answer_is_an_entry_below_its_question() -> None:
    question = _asked()
    [answer] = question["answers"]
    item = {**answer, "question": {**question, "answers": None}, "interview": question["interview"]}
    [entry] = entries.ANSWERS.made_of([item], {"1x-a1": LATER}, MODIFIED, "")
    assert (entry.id, entry.title) == (urn("1x-a1"), "Why so?")
    assert (entry.address, entry.web_page) == ("/v1/answers/1x-a1", "/answers/1x-a1")
    assert (entry.summary, entry.updated, entry.people) == ("It began.", LATER, ["Jane Roe"])


@given(texts(), texts())
def test_any_exchange_makes_well_formed_feeds_with_the_same_words(question: str, answer: str) -> None:
    feed = _questions(_asked(question, answer))
    [entry] = _entries(feed)
    content = f"Interviewer: {question}\n\nJane Roe: {answer}\n\n— A talk, The Mill, 2023-11-05"
    assert entry.findtext(f"{ATOM}content") == representable(content)
    assert json.loads(json_feed.render(feed))["items"][0]["content_text"] == content


def test_long_question_is_cut_between_words_where_it_has_any() -> None:
    words, unbroken = _questions(_asked("why so " * 60), _asked("为" * 400)).entries
    assert len(words.title) <= 150
    assert words.title.removesuffix("…").endswith(("why", "so"))
    assert unbroken.title == "为" * 149 + "…"


def test_question_without_an_answer_whom_nobody_is_known_to_ask_names_nobody() -> None:
    [entry] = _questions({**_asked("Why?"), "asked_by": None, "answers": [], "topics": []}).entries
    assert (entry.content, entry.summary) == ("Why?\n\n— A talk, The Mill, 2023-11-05", None)
    assert (entry.people, entry.topics) == ([], {})


def test_unknown_is_left_out_and_an_unnamed_speaker_is_nobody() -> None:
    plain = {**_item(), "people": [person("q", "Q", Role.INTERVIEWER)]}
    [entry] = _entries(_feed(plain))
    assert {etree.QName(child).localname for child in entry} == {"title", "id", "updated", "link"}
    [item] = json.loads(json_feed.render(_feed(plain)))["items"]
    assert set(item) == {"id", "title", "content_text", "date_modified", "_quoth"}
    assert item["content_text"] == "A talk"


@pytest.mark.parametrize("base", ["", BASE])
def test_links_are_absolute_where_the_server_has_an_address(base: str) -> None:
    feed = _feed(_item(), base=base)
    root = etree.fromstring(atom.render(feed).encode())
    assert root.find(f"{ATOM}link[@rel='next']").get("href") == f"{base}/v1/interviews?cursor=x&format=atom"
    [entry] = _entries(feed)
    assert entry.find(f"{ATOM}link").get("href") == f"{base}/interviews/talk-1"
    written = json.loads(json_feed.render(feed))
    found = [name in written for name in ("home_page_url", "feed_url", "next_url")] + ["url" in written["items"][0]]
    assert found == [bool(base)] * 4


def test_ids_do_not_depend_on_the_address() -> None:
    ids = {json_feed.render(_feed(_item(), base=base)).split('"id": "')[1][:45] for base in ("", BASE)}
    assert ids == {urn("i1")}


def test_feed_without_entries_is_a_feed() -> None:
    assert _entries(_feed()) == []
    assert json.loads(json_feed.render(_feed()))["items"] == []
