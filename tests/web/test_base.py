"""What all pages have in common: how they are cached, what they may load, how errors look, and the texts."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from starlette.testclient import TestClient

from app.errors import SettingsError
from app.main import create_app
from app.settings import Settings
from app.web import colours
from app.web.texts import Texts, english

WEB = Path("app/web")
INTERVIEW = "worldnewsam-3712"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = ["/", f"/interviews/{INTERVIEW}"]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_cached_as_an_answer_of_the_api_is(seed: TestClient, path: str) -> None:
    first = seed.get(path, headers=BROWSER)
    assert (first.status_code, first.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "max-age" in first.headers["Cache-Control"]
    assert first.headers["Quoth-Revision"]
    again = seed.get(path, headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert seed.head(path).headers["ETag"] == seed.get(path).headers["ETag"]


@pytest.mark.parametrize("path", [*PAGES, "/nothing"])
def test_page_loads_nothing_from_elsewhere_and_has_no_code_in_it(seed: TestClient, path: str) -> None:
    page = seed.get(path, headers=BROWSER)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "Set-Cookie" not in page.headers
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=|\stype=.application/ld\+json.>)", page.text)
    loaded = re.findall(r'<(?:link[^>]*(?:stylesheet|icon)[^>]*|img[^>]*|script[^>]*)(?:href|src)="([^"]+)"', page.text)
    assert len(loaded) >= 2
    for address in loaded:
        asset = seed.get(address)
        assert (asset.status_code, address[0]) == (200, "/")
        assert "immutable" in asset.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/interviews/nobody", 404),
        ("/v1/questions/x-q1", 404),
        ("/?x=1", 422),
        ("/interviews/%ff", 400),
    ],
)
def test_error_is_a_page_for_a_browser_and_a_document_for_others(seed: TestClient, path: str, status: int) -> None:
    page, document = seed.get(path, headers=BROWSER), seed.get(path)
    assert (page.status_code, document.status_code) == (status, status)
    assert page.headers["Content-Type"].startswith("text/html")
    assert document.headers["Content-Type"] == "application/problem+json"
    assert "<h1>" in page.text
    assert "Accept" in page.headers["Vary"]
    assert "no-store" in page.headers["Cache-Control"]


def test_item_leads_a_browser_to_its_page_and_others_not(seed: TestClient) -> None:
    question = seed.get("/v1/questions").json()["items"][0]
    nouns = {"questions": question["id"], "answers": question["answers"][0]["id"], "interviews": INTERVIEW}
    nouns |= {"speakers": question["asked_by"]["slug"], "topics": question["topics"][0]["slug"]}
    for noun, name in nouns.items():
        for query in ("", "?revision=1") if noun in {"questions", "answers", "interviews"} else ("",):
            led = seed.get(f"/v1/{noun}/{name}{query}", headers=BROWSER, follow_redirects=False)
            assert (led.status_code, led.headers["Location"]) == (303, f"/{noun}/{name}{query}")
            assert "Accept" in led.headers["Vary"]
        for accept in ("*/*", "application/json", "text/html;q=0.5, application/json"):
            assert seed.get(f"/v1/{noun}/{name}", headers={"Accept": accept}).json()["address"]
        # Nobody asks for fields to read a page.
        assert seed.get(f"/v1/{noun}/{name}?fields=address", headers=BROWSER).json() == {
            "address": f"/v1/{noun}/{name}"
        }
    assert seed.get("/v1/questions/nothing-q1", headers=BROWSER).status_code == 404


@pytest.mark.parametrize("noun", ["questions", "answers", "interviews", "speakers", "topics"])
def test_item_says_where_its_page_is(seed: TestClient, noun: str) -> None:
    listed = seed.get(f"/v1/{noun}").json()["items"]
    assert listed
    for item in listed:
        page = seed.get(item["web_page"], follow_redirects=False)
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert seed.get(item["address"]).json()["web_page"] == item["web_page"]
        assert seed.get(f"{item['address']}?fields=web_page").json() == {"web_page": item["web_page"]}
    rows = seed.get(f"/v1/{noun}?format=csv&fields=web_page").text.split()
    assert rows == ['"web_page"', *(f'"{item["web_page"]}"' for item in listed)]


def test_verdict_says_where_its_page_is_and_leads_a_browser_there(seed: TestClient) -> None:
    words, by = "tolerance alone is not enough", f"{INTERVIEW}-interviewee"
    asked = {"text": words, "speaker": by}
    page = seed.get("/v1/quotes/verify", params=asked).json()["web_page"]
    assert page == f"/quotes?q=tolerance+alone+is+not+enough&speaker={by}"
    led = seed.get("/v1/quotes/verify", params=asked, headers=BROWSER, follow_redirects=False)
    assert (led.status_code, led.headers["Location"]) == (303, page)
    assert "Accept" in led.headers["Vary"]
    shown = seed.get(page, headers=BROWSER)
    assert (shown.status_code, "Said word for word" in shown.text) == (200, True)
    by_another = seed.get(page.replace("interviewee", "interviewer"), headers=BROWSER)
    assert "Said by somebody else" in by_another.text
    for more in ({"interview": INTERVIEW}, {"topic": "interfaith-dialogue"}):
        narrowed = seed.get("/v1/quotes/verify", params={**asked, **more}, headers=BROWSER, follow_redirects=False)
        assert narrowed.json()["web_page"] is None
    assert seed.post("/v1/quotes/verify", json=asked).json()["web_page"] == page
    assert seed.post("/v1/quotes/verify", json={"text": "so " * 2_500}).json()["web_page"] is None


def test_title_colour_and_logo_are_those_of_the_settings(tmp_path: Path, make_database: Callable[..., str]) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    settings = Settings(database_url=make_database("sqlite"), title='A & "B"', colour="#ffee00", logo=str(logo))
    with TestClient(create_app(settings)) as client:
        page = client.get("/").text
        assert "A &amp; &#34;B&#34;" in page
        [logo_address] = re.findall(r'<img src="([^"]+)"', page)
        assert client.get(logo_address).content == logo.read_bytes()
        [style] = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
        assert "#ffee00" in client.get(style).text
        assert client.get("/assets/other.css").status_code == 404


def test_settings_that_cannot_be_are_refused(tmp_path: Path, make_database: Callable[..., str]) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(bytes(600_000))
    for logo, reason in ((tmp_path / "no.svg", "cannot be read"), (WEB / "site.py", "no image"), (large, "at most")):
        with pytest.raises(SettingsError, match=reason):
            create_app(Settings(database_url=make_database("sqlite"), logo=str(logo)))
    for wrong in ({"colour": "red"}, {"colour": "#12345"}, {"title": ""}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Settings.model_validate(wrong)


@pytest.mark.parametrize("colour", ["#000", "#ffffff", "#ffee00", "#8c2f23", "#00f", "#7f7f7f", "#0f0", "#123456"])
def test_colour_is_readable_on_light_and_on_dark_paper(colour: str) -> None:
    for papers in (colours.LIGHT, colours.DARK):
        accent = colours.readable(colour, *papers.values())
        for paper in papers.values():
            assert colours.contrast(accent, paper) >= 4.5
        assert colours.contrast(accent, colours.best_ink(accent)) >= 4.5
    # What is readable already stays as it is.
    assert colours.readable("#8c2f23", *colours.LIGHT.values()) == "#8c2f23"


def test_contrast_is_that_of_the_standard() -> None:
    assert colours.contrast("#fff", "#000000") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_text_is_used_and_none_is_missing() -> None:
    catalogue = FluentParser().parse((WEB / "texts/en.ftl").read_text())
    assert not [entry for entry in catalogue.body if isinstance(entry, ast.Junk)]
    names = [entry.id.name for entry in catalogue.body if isinstance(entry, ast.Message)]
    assert len(names) == len(set(names))
    sources = "".join(file.read_text() for file in [*WEB.rglob("*.html"), *WEB.rglob("*.py")])
    asked = set(re.findall(r'\b(?:t|_?texts|counted)\("([a-z0-9-]+)"(?! ~)', sources))
    assert asked <= set(names)
    # Names that are chosen stand by themselves; those that are put together begin with one of these.
    chosen = set(re.findall(r'"([a-z0-9-]+)"', sources))
    begun = tuple(re.findall(r'\bt\("([a-z-]+-)" ~', sources) + re.findall(r'\bf"([a-z]+-)\{', sources))
    left = {name for name in set(names) - chosen if not name.startswith(begun) and not name.endswith("-at-least")}
    assert left == set()


def test_texts_escape_what_they_are_given_and_set_apart_what_turns() -> None:
    texts = english()
    assert str(texts("home-title", site="<b>")).startswith("&lt;b&gt;:")
    assert str(texts("home-title", site="שלום")).startswith("\u2068שלום\u2069:")
    assert (str(texts("question-count", count=1)), str(texts("question-count", count=1200))) == (
        "1 question",
        "1,200 questions",
    )
    with pytest.raises(LookupError, match="no-such"):
        texts("no-such")
    with pytest.raises(ValueError, match="home-title"):
        texts("home-title")


def test_dates_are_written_as_exactly_as_they_are_known() -> None:
    texts = Texts("en", "en_GB")
    assert [texts.date(value) for value in ("2023", "2023-11", "2023-11-05")] == [
        "2023", "November 2023", "5 November 2023",
    ]  # fmt: skip
    assert [texts.direction_of(tag) for tag in ("ar", "en-GB", "xx", None)] == ["rtl", "ltr", "auto", "auto"]
    assert (texts.name_of("zh-Hans"), texts.name_of("xx")) == ("Chinese (Simplified)", "xx")
