"""Atom (RFC 4287) of interviews.

atom:published is left out, because it has to be exact to the second and a publication date may be known to the year
only; it is in dcterms:issued, which allows that. Without an address of the server, links are relative to the feed's.
"""

from app.exports import xml
from app.exports.format import Feed, FeedFormat, Item, interview_address, timestamp, urn
from app.exports.xml import element, text_element

TITLE = "Interviews"
_NAMESPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:dcterms": "http://purl.org/dc/terms/"}


def render(feed: Feed) -> str:
    """Write a page of a feed."""
    links = [
        element("link", attributes={"rel": relation, "href": address, "type": FORMAT.media_type})
        for relation, address in feed.links.items()
    ]
    return (
        xml.DECLARATION
        + element(
            "feed",
            text_element("title", TITLE),
            text_element("id", urn(feed.scope)),
            text_element("updated", timestamp(feed.updated)),
            # A feed has to have an author (section 4.1.1).
            element("author", text_element("name", "Quoth")),
            text_element("generator", "Quoth"),
            *links,
            *("\n" + _entry(item, feed.base) for item in feed.items),
            attributes=_NAMESPACES,
        )
        + "\n"
    )


def _entry(item: Item, base: str) -> str:
    source = {"rel": "via", "href": item["source_url"]}
    alternate = {"rel": "alternate", "href": interview_address(base, item), "type": "application/json"}
    language = {"xml:lang": item["language"]}
    return element(
        "entry",
        text_element("title", item["title"]),
        text_element("id", urn(item["id"])),
        text_element("updated", timestamp(item["modified_at"])),
        text_element("dcterms:issued", item["published"]),
        element("link", attributes=alternate),
        element("link", attributes=source) if item["source_url"] else "",
        *(
            element("contributor", text_element("name", person["name"]))
            for person in item["contributions"]
            if person["name"]
        ),
        text_element("summary", item["summary"]),
        text_element("rights", item["rights"]),
        attributes=language,
    )


FORMAT = FeedFormat(
    name="atom",
    media_type="application/atom+xml",
    suffix=".atom",
    description="Atom feed (RFC 4287)",
    render=render,
)
