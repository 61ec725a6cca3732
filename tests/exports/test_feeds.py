import datetime
import json
from typing import Any

import feedparser
import feedparser_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.exports import atom, json_feed
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
    return Feed(items, "interviews?topic=rivers", MODIFIED + datetime.timedelta(days=1), links, base)


def _entries(feed: Feed) -> list[etree._Element]:
    """Read a feed, and check what the RFC says of every feed and entry."""
    root = etree.fromstring(atom.render(feed).encode())
    assert root.tag == f"{ATOM}feed"
    for name in ("title", "id", "updated"):
        assert len(root.findall(f"{ATOM}{name}")) == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        names = [etree.QName(child).localname for child in entry if child.tag.startswith(ATOM)]
        assert {"title", "id", "updated"} <= set(names)
        assert all(names.count(name) == 1 for name in _ONCE & set(names))
        assert entry.find(f"{ATOM}link[@rel='alternate']") is not None
        assert entry.findtext(f"{ATOM}id").startswith("urn:uuid:")
    return list(entries)


@given(st.lists(st.tuples(texts(), texts()), max_size=4))
def test_any_text_makes_well_formed_feeds_with_the_same_words(said: list[tuple[str, str]]) -> None:
    items = [_item(number, title=title, summary=summary) for number, (title, summary) in enumerate(said)]
    entries = _entries(_feed(*items))
    assert [(entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}summary")) for entry in entries] == [
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
        "alternate": f"{BASE}/v1/interviews/talk-1",
        "via": "https://a.example/?a=1&b=2",
    }
    assert [each.name for each in entry.contributors] == ["Jane Roe"]
    for written, version in (
        (atom.render(_feed(item, base=BASE)), "atom10"),
        (json_feed.render(_feed(item, base=BASE)), "json11"),
    ):
        other = feedparser_rs.parse(written)
        assert (other.bozo, other.version, len(other.entries)) == (False, version, 1)
        assert other.entries[0].id == urn("i1")


def test_partial_date_is_not_made_up() -> None:
    [entry] = _entries(_feed(_item(published="2023-11")))
    assert entry.find(f"{ATOM}published") is None
    assert entry.findtext("{http://purl.org/dc/terms/}issued") == "2023-11"
    [item] = json.loads(json_feed.render(_feed(_item(published="2023-11"))))["items"]
    assert "date_published" not in item
    assert item["_quoth"]["published"] == "2023-11"


def test_unknown_is_left_out_and_an_unnamed_speaker_is_nobody() -> None:
    plain = {**_item(), "contributions": [person("q", "Q", Role.INTERVIEWER)]}
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
    assert entry.find(f"{ATOM}link").get("href") == f"{base}/v1/interviews/talk-1"
    written = json.loads(json_feed.render(feed))
    assert ("feed_url" in written, "next_url" in written, "url" in written["items"][0]) == (bool(base),) * 3


def test_ids_do_not_depend_on_the_address() -> None:
    ids = {json_feed.render(_feed(_item(), base=base)).split('"id": "')[1][:45] for base in ("", BASE)}
    assert ids == {urn("i1")}


def test_feed_without_entries_is_a_feed() -> None:
    assert _entries(_feed()) == []
    assert json.loads(json_feed.render(_feed()))["items"] == []
