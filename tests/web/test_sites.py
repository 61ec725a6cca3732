"""What other sites and programs see: crawlers, browsers that search, pages that embed, and cards."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree
from starlette.testclient import TestClient

from app.db import Database
from app.exports.sitemap import MAX_ADDRESSES, MAX_BYTES, gzipped, most_addresses, sitemap
from app.main import create_app
from app.queries.site_pages import find_blocks, read_block
from app.settings import Settings
from app.web.sites.embedded import Place, read_address
from tests.exports.vocabulary import faults

BASE = "https://quoth.example/archive"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
INTERVIEW = "worldnewsam-3712"


@pytest.fixture
def site(seeded: Database, database_url: str) -> Iterator[TestClient]:
    """A client of a server that has a public address."""
    with TestClient(create_app(Settings(database_url=database_url, public_url=BASE, title="The Archive"))) as opened:
        yield opened


def _first(client: TestClient) -> dict[str, Any]:
    item: dict[str, Any] = client.get("/v1/questions?include=all").json()["items"][0]
    return item


def _places(content: bytes) -> dict[str, str | None]:
    root = etree.fromstring(content)
    return {one.findtext(f"{SITEMAP}loc"): one.findtext(f"{SITEMAP}lastmod") for one in root}


def test_sitemaps_have_every_page_and_nothing_else(site: TestClient) -> None:
    robots = site.get("/robots.txt").text
    assert f"Sitemap: {BASE}/sitemap.xml" in robots
    index = site.get("/sitemap.xml")
    assert index.headers["Content-Type"] == "application/xml"
    found: dict[str, str | None] = {}
    for address in _places(index.content):
        assert address.startswith(f"{BASE}/sitemaps/")
        answer = site.get(address.removeprefix(BASE))
        assert answer.headers["Content-Type"] == "application/gzip"
        found |= _places(gzip.decompress(answer.content))
    questions = {f"{BASE}/questions/{one['id']}" for one in site.get("/v1/questions?limit=100").json()["items"]}
    topics = {f"{BASE}/topics/{one['slug']}" for one in site.get("/v1/topics?limit=100").json()["items"]}
    others = {f"{BASE}{path}" for path in ("/", "/interviews", "/speakers", "/topics", "/quotes")}
    # Nobody in the seed is named.
    assert set(found) == {f"{BASE}/interviews/{INTERVIEW}", *questions, *topics, *others}
    assert found[f"{BASE}/interviews/{INTERVIEW}"] == "2026-01-02T03:04:05Z"
    assert {found[one] for one in questions} == {"2026-01-02T03:04:05Z"}


def test_sitemap_is_confirmed_without_being_made_and_others_are_not_there(site: TestClient) -> None:
    first = site.get("/sitemaps/questions-1.xml.gz")
    again = site.get("/sitemaps/questions-1.xml.gz", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("questions-2", "questions-0", "questions", "turns-1", "pages-2", "questions-99999999999"):
        assert site.get(f"/sitemaps/{name}.xml.gz").status_code == 404


def test_pages_are_divided_into_blocks_that_have_each_once(load: Callable[..., Any], database: Database) -> None:
    for number in range(5):
        turns = "".join(f"Q: What is {each}?\nJane Roe: It is {each}.\n" for each in range(number + 1))
        load(
            turns,
            f'title = "Talk {number}"\n[[speakers]]\nlabels = ["Jane Roe"]\nname = "Jane Roe"',
            f"talk-{number}.txt",
        )
    with database.read() as connection:
        whole = find_blocks(connection, 1000)
        counts = {}
        for size in (1, 2, 3, 7, 15):
            blocks = find_blocks(connection, size)
            names = {noun: [] for noun in ("interviews", "questions", "speakers", "topics")}  # type: ignore[var-annotated]  # lists of text
            for block in blocks:
                rows = list(read_block(connection, block))
                assert 0 < len(rows) <= size
                if block.noun in {"interviews", "questions"}:
                    assert block.changed == max(changed for _name, changed in rows if changed)
                names[block.noun] += [name for name, _changed in rows]
            counts[size] = {noun: (len(each), len(set(each))) for noun, each in names.items()}
        assert {block.noun for block in whole} == {"interviews", "questions", "speakers"}
    expected = {"interviews": (5, 5), "questions": (15, 15), "speakers": (1, 1), "topics": (0, 0)}
    assert all(each == expected for each in counts.values())


def test_sitemap_keeps_to_the_limits_of_the_protocol() -> None:
    assert most_addresses(100) == MAX_ADDRESSES
    longest = "https://quoth.example/" + "&" * 2_000
    written = "".join(sitemap([(longest, None)] * most_addresses(len(longest))))
    assert len(written.encode()) <= MAX_BYTES
    packed = b"".join(gzipped(sitemap([("https://quoth.example/?a&b", None)])))
    assert packed == b"".join(gzipped(sitemap([("https://quoth.example/?a&b", None)])))
    assert _places(gzip.decompress(packed)) == {"https://quoth.example/?a&b": None}


def test_browsers_learn_how_to_search(site: TestClient) -> None:
    page = site.get("/").text
    [address] = re.findall(r'<link rel="search"[^>]*href="([^"]+)"', page)
    assert address == "/archive/opensearch.xml"
    answer = site.get("/opensearch.xml")
    assert answer.headers["Content-Type"] == "application/opensearchdescription+xml"
    root = etree.fromstring(answer.content)
    name = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert root.findtext(f"{name}ShortName") == "The Archive"
    assert len(root.findtext(f"{name}ShortName")) <= 16
    templates = {url.get("type"): url.get("template") for url in root.iter(f"{name}Url")}
    assert templates["text/html"] == f"{BASE}/search?q={{searchTerms}}"
    search = templates["application/json"].replace("{searchTerms}", "congress").replace("{count?}", "5")
    assert site.get(search.removeprefix(BASE)).json()["items"]
    assert site.get(root.findtext(f"{name}Image").removeprefix(BASE)).headers["Content-Type"] == "image/svg+xml"


def test_icon_is_found_where_browsers_look_for_it(site: TestClient) -> None:
    led = site.get("/favicon.ico", follow_redirects=False)
    assert led.status_code == 308
    assert site.get(led.headers["Location"].removeprefix("/archive")).headers["Content-Type"] == "image/svg+xml"


def _oembed(client: TestClient, address: str, **more: Any) -> Any:
    return client.get("/oembed", params={"url": address, **more})


def test_oembed_frames_a_question_an_answer_and_a_passage(site: TestClient) -> None:
    question = _first(site)
    answer = question["answers"][0]
    addresses = {
        f"{BASE}/questions/{question['id']}": f"{BASE}/embed/questions/{question['id']}",
        f"{BASE}/v1/answers/{answer['id']}": f"{BASE}/embed/answers/{answer['id']}",
        f"{BASE}/v1/answers/{answer['id']}?revision=1#char=4,40": (
            f"{BASE}/embed/answers/{answer['id']}?revision=1&start=4&end=40"
        ),
        f"{BASE}/v1/interviews/{INTERVIEW}/transcript?revision=1#turn={answer['turns'][0]['id']}&char=4,40": (
            f"{BASE}/embed/interviews/{INTERVIEW}?revision=1&turn={answer['turns'][0]['id']}&start=4&end=40"
        ),
    }
    for address, framed in addresses.items():
        found = _oembed(site, address).json()
        assert (found["version"], found["type"], found["provider_name"]) == ("1.0", "rich", "The Archive")
        [source] = re.findall(r'<iframe src="([^"]+)"', found["html"])
        assert source.replace("&amp;", "&") == framed
        frame = site.get(source.replace("&amp;", "&").removeprefix(BASE))
        assert frame.status_code == 200
        assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
        assert "script-src" not in frame.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in frame.headers
        assert "<script" not in frame.text
    passage = site.get(f"/embed/answers/{answer['id']}?start=4&end=40").text
    assert answer["text"][4:40] in passage
    assert answer["text"][60:90] not in passage


def test_oembed_keeps_within_what_the_consumer_has_room_for(site: TestClient) -> None:
    address = f"{BASE}/questions/{_first(site)['id']}"
    for wide, high in ((300, 200), (100, 50), (5000, 5000)):
        found = _oembed(site, address, maxwidth=wide, maxheight=high, dnt=1, theme="dark").json()
        assert found["width"] <= wide
        assert found["height"] <= high
        assert f'width="{found["width"]}" height="{found["height"]}"' in found["html"]


def test_oembed_in_xml_says_the_same(site: TestClient) -> None:
    address = f"{BASE}/questions/{_first(site)['id']}"
    answer = _oembed(site, address, format="xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    written = {one.tag: one.text for one in etree.fromstring(answer.content)}
    assert written == {name: str(value) for name, value in _oembed(site, address).json().items()}


@pytest.mark.parametrize(
    ("address", "format_name", "status"),
    [
        ("https://elsewhere.example/questions/gky5nhbt0gvp-q1", "json", 404),
        (f"{BASE}.elsewhere.example/questions/gky5nhbt0gvp-q1", "json", 404),
        (f"{BASE}/questions/gky5nhbt0gvp-q999", "json", 404),
        (f"{BASE}/questions/gky5nhbt0gvp-q1?revision=9", "json", 404),
        (f"{BASE}/answers/gky5nhbt0gvp-a1#char=900000,900001", "json", 404),
        (f"{BASE}/interviews", "json", 404),
        (f"{BASE}/quotes?q=x", "json", 404),
        ("//elsewhere.example/questions/gky5nhbt0gvp-q1", "json", 404),
        ("javascript:alert(1)", "json", 404),
        (f"{BASE}/desk/interviews/{INTERVIEW}", "json", 401),
        (f"{BASE}/questions/gky5nhbt0gvp-q1", "yaml", 501),
    ],
)
def test_oembed_refuses_as_its_specification_says(
    site: TestClient, address: str, format_name: str, status: int
) -> None:
    answer = _oembed(site, address, format=format_name)
    assert answer.status_code == status
    assert status != 401 or "WWW-Authenticate" in answer.headers
    assert site.get("/oembed").status_code == 422


def test_oembed_links_to_other_pages(site: TestClient) -> None:
    for path in (f"interviews/{INTERVIEW}", f"speakers/{INTERVIEW}-interviewee", "topics/interfaith-dialogue"):
        found = _oembed(site, f"{BASE}/{path}").json()
        assert found["type"] == "link"
        assert found["title"]
        assert "html" not in found


def test_addresses_of_the_site_are_read() -> None:
    assert read_address("/v1/answers/x-a1?revision=2#char=4,9", "") == Place("answers", "x-a1", 2, None, 4, 9)
    assert read_address("https://a.example/q/questions/x-q1?start=4&end=9", "https://a.example/q") == Place(
        "questions", "x-q1", start=4, end=9
    )
    assert read_address("/interviews/talk/transcript#turn=x-t3", "") == Place("interviews", "talk", turn="x-t3")
    for other in ("", "x", "https://a.example/questions/x-q1", "/questions/", "/questions/X", "//questions/x", "/docs"):
        assert read_address(other, "") is None
    place = Place("answers", "x-a1", 2, None, 4, 9)
    assert read_address(place.path, "") == place


class _Head(HTMLParser):
    """Collects what a page says about itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.meta: dict[str, list[str]] = {}
        self.links: list[dict[str, str | None]] = []
        self._is_data = False
        self.data = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "meta" and (name := given.get("property") or given.get("name")):
            self.meta.setdefault(name, []).append(given["content"] or "")
        elif tag == "link":
            self.links.append(given)
        self._is_data = tag == "script" and given.get("type") == "application/ld+json"

    def handle_data(self, text: str) -> None:
        if self._is_data:
            self.data += text


def _pages(client: TestClient) -> list[str]:
    return ["/", f"/interviews/{INTERVIEW}", "/quotes", "/quotes?q=tolerance+alone+is+enough", "/compare"]


def test_every_page_has_a_card_a_canonical_address_and_valid_data(site: TestClient) -> None:
    for path in [*_pages(site), "/interviews", "/questions", "/topics/peace", f"/speakers/{INTERVIEW}-interviewee"]:
        page = site.get(path)
        assert page.status_code == 200, path
        head = _Head(page.text)
        for name in ("description", "og:title", "og:description", "og:type", "og:site_name", "twitter:card"):
            assert len(head.meta[name]) == 1, (path, name)
            assert head.meta[name][0].strip(), (path, name)
        [canonical] = [link["href"] for link in head.links if link["rel"] == "canonical"]
        assert canonical == f"{BASE}{path}"
        assert head.meta["og:url"] == [canonical]
        assert faults(json.loads(head.data), path) == []
        for link in head.links:
            if link["rel"] == "alternate":
                address = (link["href"] or "").removeprefix("/archive")
                answer = site.get(address)
                assert answer.status_code == 200, address
                if link["type"] == "application/atom+xml" and path != "/":
                    pages = etree.fromstring(answer.content).findall("{*}link[@rel='alternate']")
                    assert [one.get("href") for one in pages] == [canonical], address


def test_addresses_are_relative_or_absent_where_the_server_has_none(seed: TestClient) -> None:
    head = _Head(seed.get(f"/interviews/{INTERVIEW}").text)
    assert "og:url" not in head.meta
    [canonical] = [link["href"] for link in head.links if link["rel"] == "canonical"]
    assert canonical == f"/interviews/{INTERVIEW}"
    assert faults(json.loads(head.data)) == []
    [oembed] = [link["href"] for link in head.links if link.get("type") == "application/json+oembed"]
    assert seed.get(oembed or "").json()["type"] == "link"


def test_checked_quotations_are_shared_and_not_indexed(site: TestClient) -> None:
    head = _Head(site.get(f"/quotes?q={quote('tolerance alone is not enough')}").text)
    assert head.meta["robots"] == ["noindex, follow"]
    assert "“tolerance alone is not enough”" in head.meta["og:title"][0]
    assert "robots" not in _Head(site.get("/quotes").text).meta
