"""What the head of a page says about it: canonical address, description, card (Open Graph, https://ogp.me), JSON-LD,
feeds and oEmbed.

Each function describes one kind of page, from the item that the page shows; templates/head.html writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from app.exports import json_ld_pages
from app.exports.entries import shortened
from app.exports.format import Item, timestamp
from app.exports.json_ld import embeddable
from app.queries.embedding import Item as FoundItem
from app.web.plain_verdict import PlainVerdict
from app.web.site import Site

# Characters of a title and of a description in a card: about what is shown of it.
_TITLE, _DESCRIPTION = 110, 200
_LENGTH_OF_DAY = len("2023-11-05")


@dataclass(frozen=True)
class Feed:
    """A feed that a page is discovered to have: its title, and its path with the query but for the format."""

    title: str
    path: str


@dataclass(frozen=True)
class About:
    """What is said about a page. `path` is its one address, with the query if that is a part of it, or None.

    `kind` is that of Open Graph. `is_indexed` is false for pages that search engines should not list: searches, checks
    and past revisions. `properties` are more pairs of Open Graph.
    """

    title: str
    description: str
    path: str | None
    node: dict[str, Any]
    kind: str = "website"
    is_indexed: bool = True
    properties: Sequence[tuple[str, str]] = ()
    feeds: Sequence[Feed] = ()
    has_oembed: bool = False
    base: str = field(default="")

    @property
    def json_ld(self) -> Markup:
        """The structured data as it stands in a script element: no character of it can end that."""
        return Markup(embeddable(self.node))  # noqa: S704 - as said

    @property
    def oembed(self) -> str:
        """The query of /oembed for this page."""
        return urlencode({"url": f"{self.base}{self.path}"})


def home(site: Site) -> About:
    """Describe the home page."""
    feeds = [feed(site, "interviews", "/v1/interviews")]
    node = json_ld_pages.site(site.title, site.base)
    return About(site.title, site.texts("home-lead").unescape(), "/", node, feeds=feeds)


def interview(site: Site, item: FoundItem, *, is_current: bool = True) -> About:
    """Describe the page of an interview."""
    description = item["summary"] or _counted(site, item)
    tags = [("article:tag", topic["label"]) for topic in item["topics"]]
    path = f"/interviews/{item['slug']}"
    return About(
        title=shortened(item["title"], _TITLE),
        description=shortened(description, _DESCRIPTION),
        path=path,
        node=json_ld_pages.interview_page(item, site.base, [_level(site, "interviews")]),
        kind="article",
        is_indexed=is_current,
        properties=[*_dated(item), ("article:modified_time", timestamp(item["modified_at"])), *tags],
        feeds=[feed(site, "questions-of", f"/v1{path}/questions", item["title"])],
        has_oembed=True,
        base=site.base,
    )


def question(site: Site, item: FoundItem, *, is_current: bool = True) -> About:
    """Describe the page of a question: the card shows the question, and what was answered first."""
    first = next((f"{_name(one['speaker'])}{one['text']}" for one in item["answers"]), item["interview"]["title"])
    return About(
        title=shortened(item["text"], _TITLE),
        description=shortened(first, _DESCRIPTION),
        path=f"/questions/{item['id']}",
        node=json_ld_pages.question_page(item, site.base, _above(site, item["interview"])),
        kind="article",
        is_indexed=is_current,
        properties=_of_item(item),
        has_oembed=True,
        base=site.base,
    )


def answer(site: Site, item: FoundItem, *, is_current: bool = True) -> About:
    """Describe the page of an answer: the card shows who answers what, and the beginning of the answer."""
    above = [*_above(site, item["interview"]), (shortened(item["question"]["text"], _TITLE), "")]
    above[-1] = (above[-1][0], f"/questions/{item['question']['id']}")
    return About(
        title=shortened(f"{_name(item['speaker'])}{item['text']}", _TITLE),
        description=shortened(item["text"], _DESCRIPTION),
        path=f"/answers/{item['id']}",
        node=json_ld_pages.answer_page(item, site.base, above),
        kind="article",
        is_indexed=is_current,
        properties=_of_item({**item["question"], "interview": item["interview"]}),
        has_oembed=True,
        base=site.base,
    )


def speaker(site: Site, item: FoundItem) -> About:
    """Describe the page of a speaker. Whom the source does not name is of one interview, and not listed."""
    texts = site.texts
    name, path = item["display_name"], f"/speakers/{item['slug']}"
    description = texts("about-speaker", who=name, count=item["answer_count"]).unescape()
    return About(
        title=shortened(name, _TITLE),
        description=description,
        path=path,
        node=json_ld_pages.speaker_page(item, site.base, [_level(site, "speakers")]),
        kind="profile",
        is_indexed=item["name"] is not None,
        feeds=[feed(site, "answers-of", f"/v1{path}/answers", name)],
        has_oembed=True,
        base=site.base,
    )


def topic(site: Site, item: FoundItem) -> About:
    """Describe the page of a topic."""
    count = item["question_count_with_narrower"]
    description = item["definition"] or site.texts("about-topic", topic=item["label"], count=count).unescape()
    above = [_level(site, "topics")]
    if item["broader"]:
        above.append((item["broader"]["label"], f"/topics/{item['broader']['slug']}"))
    path = f"/topics/{item['slug']}"
    return About(
        title=shortened(item["label"], _TITLE),
        description=shortened(description, _DESCRIPTION),
        path=path,
        node=json_ld_pages.topic_page(item, site.base, above),
        feeds=[feed(site, "questions-on", f"/v1{path}/questions", item["label"])],
        has_oembed=True,
        base=site.base,
    )


def collection(site: Site, title: str, description: str, path: str, feeds: Sequence[Feed] = ()) -> About:
    """Describe a page that lists something, at its address without filters."""
    node = json_ld_pages.list_page("CollectionPage", title, site.base, path)
    return About(title, description, path, node, feeds=feeds)


def searched(title: str, description: str) -> About:
    """Describe a page that answers a query; search engines are not to list it."""
    return About(title, description, None, json_ld_pages.list_page("SearchResultsPage", title), is_indexed=False)


def checked(site: Site, text: str, match: Item | None, verdict: PlainVerdict, path: str | None) -> About:
    """Describe the page of a checked quotation: the card shows the verdict."""
    title = shortened(f"{verdict.headline.unescape()}: “{text}”", _TITLE)
    node = json_ld_pages.quotation_page(title, text, match, site.base)
    return About(title, shortened(verdict.summary, _DESCRIPTION), path, node, kind="article", is_indexed=False)


def _counted(site: Site, item: Item) -> str:
    count, people = item["question_count"], ", ".join(one["display_name"] for one in item["people"])
    if not people or not count:
        return str(item["title"])
    return site.texts("about-interview", count=count, people=people).unescape()


def _level(site: Site, noun: str) -> tuple[str, str]:
    return site.texts(f"nav-{noun}").unescape(), f"/{noun}"


def _above(site: Site, item: Item) -> list[tuple[str, str]]:
    return [_level(site, "interviews"), (item["title"], f"/interviews/{item['slug']}")]


def feed(site: Site, name: str, path: str, of: str = "") -> Feed:
    """Name a feed by the text `feed-NAME`, and what it is of."""
    return Feed(site.texts(f"feed-{name}", **({"of": of} if of else {})).unescape(), path)


def _name(person: Item | None) -> str:
    return f"{person['display_name']}: " if person else ""


def _of_item(item: Item) -> list[tuple[str, str]]:
    return [*_dated(item["interview"]), *(("article:tag", one["label"]) for one in item["topics"])]


def _dated(item: Item) -> list[tuple[str, str]]:
    published = item["published"]
    # A time of Open Graph is exact to the day, at least.
    return [("article:published_time", published)] if published and len(published) == _LENGTH_OF_DAY else []
