"""The pages that readers see show what the API answers, and mark what is cited."""

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.loading import LoadedInterview, redact, withdraw
from app.main import create_app
from app.queries import record_parts
from app.settings import Settings
from tests.authors import at
from tests.seed import NOW

Load = Callable[..., LoadedInterview]
INTERVIEW = "worldnewsam-3712"
TALK = """\
Ann Lee: How did it begin? Nobody told me.

Bo Ray: It began under the *old* mill.

Ann Lee: And then?

Bo Ray: Then came the <b>flood</b> & the wind.
"""


@pytest.fixture
def awkward(make_awkward: Callable[[str], str], engine: str) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(database_url=make_awkward(engine)))) as client:
        yield client


def _json(client: TestClient, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


def _text(page: str) -> str:
    """Return what a page shows, on one line."""
    main = re.sub(r"(?s)^.*<main|</main>.*$", "", page)
    spaced = re.sub(r"</(?:p|div|li|h\d|dd|dt)>|<br>", " ", main)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", spaced)).split())


def _marked(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", "".join(re.findall(r"(?s)<mark.*?</mark>", page))))


def _page(client: TestClient, path: str) -> str:
    response = client.get(path)
    assert (response.status_code, path) == (200, path)
    assert response.headers["Content-Type"].startswith("text/html")
    return response.text


def test_every_item_of_the_corpus_has_a_page_that_links_lead_to(seed: TestClient) -> None:
    """Follow every link within the site from the home page."""
    seen: set[str] = set()
    left = ["/"]
    not_yet = ("/search", "/quotes", "/compare")
    while left:
        path = left.pop()
        page = seed.get(path)
        assert (page.status_code, path) == (200, path)
        if not page.headers["Content-Type"].startswith("text/html") or path.startswith(("/docs", "/v1")):
            continue
        for address in re.findall(r'\s(?:href|action)="([^"#]+)', page.text):
            plain = html.unescape(address)
            if plain.startswith("/") and plain not in seen and not plain.startswith(not_yet):
                seen.add(plain)
                # Facets in every combination are many; one step is enough.
                if plain.count("=") < 2 and "sort=" not in plain:
                    left.append(plain)
    for noun, key in (
        ("interviews", "slug"),
        ("questions", "id"),
        ("answers", "id"),
        ("speakers", "slug"),
        ("topics", "slug"),
    ):
        for item in _json(seed, f"/v1/{noun}?limit=100")["items"]:
            assert f"/{noun}/{item[key]}" in seen


def test_interview_shows_its_whole_record_in_order(seed: TestClient) -> None:
    shown = _text(_page(seed, f"/interviews/{INTERVIEW}"))
    record = _json(seed, f"/v1/interviews/{INTERVIEW}/transcript")
    place = 0
    for turn in record["turns"]:
        words = " ".join(turn["text"].split())
        place = shown.index(words, place) + len(words)
    about = _json(seed, f"/v1/interviews/{INTERVIEW}")
    citation = _json(seed, f"/v1/interviews/{INTERVIEW}/citation")
    for text in (about["title"], about["summary"], about["source_url"], citation["sentence"], "the interviewee"):
        assert text in shown
    for topic in about["topics"]:
        assert topic["label"] in shown


@pytest.mark.parametrize(("start", "end"), [(0, 30), (100, 400), (2700, 2729)])
def test_permalink_of_an_answer_marks_its_passage_and_shows_the_words_around(
    seed: TestClient, start: int, end: int
) -> None:
    cited = _json(seed, f"/v1/answers/gky5nhbt0gvp-a1/citation?start={start}&end={end}")
    page = _page(seed, cited["permalink"])
    assert _marked(page).split() == cited["text"].split()
    assert page.count('id="passage"') == 1
    answer = _json(seed, "/v1/answers/gky5nhbt0gvp-a1")
    assert " ".join(answer["text"].split()) in _text(page)
    assert cited["sentence"] in _text(page)


def test_permalinks_of_turns_and_questions_mark_their_passage(seed: TestClient) -> None:
    turn = _json(seed, f"/v1/interviews/{INTERVIEW}/transcript")["turns"][1]
    for address in (
        f"/v1/interviews/{INTERVIEW}/citation?turn={turn['id']}&start=3&end=40",
        f"/v1/answers/gky5nhbt0gvp-a1/citation?turn={turn['id']}&start=3&end=40",
        "/v1/questions/gky5nhbt0gvp-q2/citation?start=4&end=20",
    ):
        cited = _json(seed, address)
        page = _page(seed, cited["permalink"])
        assert _marked(page) == cited["text"]
        assert "#passage" in cited["permalink"]
    whole = _json(seed, f"/v1/interviews/{INTERVIEW}/citation?turn={turn['id']}")
    page = _page(seed, whole["permalink"])
    assert page.count('id="passage"') == 1
    assert re.search(rf'class="[^"]*cited[^"]*" id="{turn["id"]}"', page)


@pytest.mark.parametrize(
    "query", ["start=99999", "end=0", "start=5&end=4", "turn=nothing-t1", "start=x", "passage=1", "revision=9"]
)
def test_passage_that_cannot_be_is_refused_as_by_the_api(seed: TestClient, query: str) -> None:
    for noun, name in (("answers", "gky5nhbt0gvp-a1"), ("interviews", INTERVIEW)):
        page = seed.get(f"/{noun}/{name}?{query}")
        assert page.status_code == seed.get(f"/v1/{noun}/{name}/citation?{query}").status_code
        assert page.status_code in {404, 422}


def test_lists_are_those_of_the_api_with_its_filters_facets_and_pages(awkward: TestClient) -> None:
    """Whatever a list is narrowed by, the page has the same items."""
    for path in ("/interviews", "/questions"):
        known = _json(awkward, f"/v1{path}?limit=100&facets=topic,speaker,year,series,publisher,language")
        queries = ["", "?sort=title", "?limit=3"]
        queries += [
            f"?{name}={values[0]['value']}"
            for name, values in known["facets"].items()
            if name != "cut" and values and values[0]["value"].isalnum()
        ]
        for query in queries:
            key = "slug" if path == "/interviews" else "id"
            listed = [item[key] for item in _json(awkward, f"/v1{path}{query}")["items"]]
            page = _page(awkward, f"{path}{query}")
            shown = re.findall(rf'<h3[^>]*><a href="{path}/([^"?]+)"', page)
            assert shown == listed


def test_facet_says_how_many_it_leaves(awkward: TestClient) -> None:
    page = _page(awkward, "/questions")
    facets = re.findall(
        r'<li><a href="(/questions\?[^"]+)"><bdi>[^<]*</bdi></a> <span class="count">(\d+)</span>', page
    )
    assert len(facets) > 3
    for address, rows in facets[:12]:
        total = _json(awkward, f"/v1{html.unescape(address)}")["page"]["total"]
        assert total == int(rows)


def test_pages_of_a_list_follow_one_another(awkward: TestClient) -> None:
    address, shown = "/questions?limit=4", []
    while address:
        page = _page(awkward, address)
        shown += re.findall(r'<h3[^>]*><a href="/questions/([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    listed = [item["id"] for item in _json(awkward, "/v1/questions?limit=100")["items"]]
    assert shown[:100] == listed
    assert len(shown) == len(set(shown)) == _json(awkward, "/v1/questions")["page"]["total"]


@pytest.mark.parametrize(
    "query", ["fields=id", "format=csv", "facets=topic", "include=turns", "limit=0", "topic=nowhere", "serch=x"]
)
def test_parameters_are_checked_as_those_of_the_api(seed: TestClient, query: str) -> None:
    for path in ("/interviews", "/questions"):
        response = seed.get(f"{path}?{query}")
        assert response.status_code == 422
        assert response.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_revision_of_before_is_shown_and_says_so(client: TestClient, load: Load) -> None:
    done = load(TALK, name="talk.txt")
    load(TALK.replace("old", "new"), name="talk.txt")
    load(TALK.replace("old", "odd"), name="talk.txt")
    for path, words in (
        ("/interviews/talk@1", "the *old* mill"),
        ("/interviews/talk?revision=2", "the *new* mill"),
        (f"/answers/{done.interview_id}-a1@1", "the *old* mill"),
        (f"/questions/{done.interview_id}-q1?revision=1", "How did it begin?"),
        ("/interviews/talk", "the *odd* mill"),
    ):
        page = _page(client, path)
        assert words in _text(page)
        is_past = not _json(client, f"/v1{path}")["is_current"]
        assert ("corrected since" in page, "noindex" in page) == (is_past, is_past)
    assert client.get("/interviews/talk?revision=4").status_code == 404


def test_item_that_moved_leads_on(client: TestClient, load: Load) -> None:
    load(TALK, name="talk.txt", metadata='slug = "talk"')
    load(TALK, name="talk.txt", metadata='slug = "the-mill"')
    led = client.get("/interviews/talk?part=1", follow_redirects=False)
    assert (led.status_code, led.headers["Location"]) == (308, "/interviews/the-mill?part=1")


def test_long_record_is_shown_in_parts(client: TestClient, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_parts, "TURNS", 4)
    turns = [f"Ann Lee: Number {at}?\n\nBo Ray: It is {at} of them.\n" for at in range(1, 6)]
    load("\n".join(turns), name="talk.txt")
    shown = [_text(_page(client, f"/interviews/talk?part={part}")) for part in (1, 2, 3)]
    assert [len(re.findall(r"It is \d", text)) for text in shown] == [2, 2, 1]
    assert "Question 5" in shown[2]
    turn = _json(client, "/v1/interviews/talk/transcript")["turns"][6]
    page = _page(client, f"/interviews/talk?turn={turn['id']}&start=0&end=6")
    assert _marked(page) == "Number"
    assert client.get("/interviews/talk?part=4").status_code == 422


def test_text_of_others_is_inert(client: TestClient, load: Load) -> None:
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 77*7 }}'
    metadata = "\n".join(
        [*(f"{key} = {json.dumps(hostile)}" for key in ("title", "summary", "publisher", "series", "rights"))]
    )
    load(TALK.replace("Bo Ray", "Bo <script>Ray").replace("flood", hostile), name="talk.txt", metadata=metadata)
    for path in ("/", "/interviews", "/interviews/talk", "/questions", "/speakers", f"/interviews?publisher={hostile}"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        # Data for search engines is no code; what could end the element is escaped in it.
        assert not re.search(r'<script(?! type="application/ld\+json">\n\{)', page)
        assert "<img" not in page
        assert "539" not in _text(page)


def test_redacted_words_are_not_shown_and_named(client: TestClient, load: Load, database: Database) -> None:
    done = load(TALK, name="talk.txt")
    with database.write() as connection:
        redact(connection, done.interview_id, at(NOW, "they asked us to"), words="flood")
    page = _page(client, "/interviews/talk")
    assert "flood" not in page
    assert 'aria-label="Words were taken out here: they asked us to"' in page
    assert "not given out" in page


def test_what_was_withdrawn_is_gone_with_its_reason(client: TestClient, load: Load, database: Database) -> None:
    done = load(TALK, name="talk.txt")
    with database.write() as connection:
        withdraw(connection, "talk", at(NOW, "the family asked for it"))
    for path in ("/interviews/talk", f"/questions/{done.interview_id}-q1", f"/answers/{done.interview_id}-a1"):
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 410
        assert html.unescape(page.text).count("the family asked for it") == 1
        assert "It was taken out on 2 January 2026" in page.text
        assert "noindex" in page.text
