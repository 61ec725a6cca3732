import re
from html.parser import HTMLParser

from starlette.testclient import TestClient

from app.api.problem_kinds import KINDS


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_every_kind_of_problem_has_a_page(client: TestClient) -> None:
    for name, kind in KINDS.items():
        page = client.get(f"/problems/{name}")
        assert page.status_code == 200
        assert page.headers["Content-Type"].startswith("text/html")
        assert kind.title in page.text
        assert str(kind.status) in page.text
        assert "`" not in page.text


def test_pages_are_listed_and_every_link_leads_somewhere(client: TestClient) -> None:
    assert client.get("/problems", follow_redirects=False).headers["Location"] == "/problems/"
    listed = set(re.findall(r'href="/problems/([a-z-]+)"', client.get("/problems").text))
    assert listed == set(KINDS)
    for address in ("/problems/", "/problems/not-found"):
        for link in re.findall(r'href="([^"]+)"', client.get(address).text):
            assert client.get(link).status_code == 200


def test_page_has_a_language_fits_a_phone_and_loads_nothing(client: TestClient) -> None:
    response = client.get("/problems/not-found")
    page = _Page()
    page.feed(response.text)
    assert ("html", {"lang": "en"}) in page.tags
    assert any(tag == "meta" and found.get("name") == "viewport" for tag, found in page.tags)
    assert not any("src" in found for _, found in page.tags)
    assert {tag for tag, _ in page.tags} & {"script", "link", "img"} == set()
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Frame-Options"] == "DENY"
