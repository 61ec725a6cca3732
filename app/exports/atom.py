"""Atom (RFC 4287).

An entry leads to its page for people (alternate), to where it is in the API (related) and, where the source states one,
to the publisher's page (via). atom:published has to be exact to the second, so it is there where the publication date
is known to the day, as the beginning of that day; dcterms:issued has the date as stated. Without an address of the
server, links are relative to the feed's.
"""

from app.exports import xml
from app.exports.format import Entry, Feed, FeedFormat, moment_of, timestamp, urn
from app.exports.xml import element, text_element

_NAMESPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:dcterms": "http://purl.org/dc/terms/"}


def render(feed: Feed) -> str:
    """Write a page of a feed."""
    links = [
        element("link", attributes={"rel": relation, "href": address, "type": FORMAT.media_type})
        for relation, address in feed.links.items()
    ]
    if feed.web_page:
        links.append(element("link", attributes={"rel": "alternate", "href": feed.web_page, "type": "text/html"}))
    return (
        xml.DECLARATION
        + element(
            "feed",
            text_element("title", feed.title),
            text_element("id", urn(feed.scope)),
            text_element("updated", timestamp(feed.updated)),
            # A feed has to have an author (section 4.1.1).
            element("author", text_element("name", "Quoth")),
            text_element("generator", "Quoth"),
            *links,
            *("\n" + _entry(each) for each in feed.entries),
            attributes=_NAMESPACES,
        )
        + "\n"
    )


def _entry(entry: Entry) -> str:
    return element(
        "entry",
        text_element("title", entry.title),
        text_element("id", entry.id),
        text_element("updated", timestamp(entry.updated)),
        # Readers take both for the same, and the last one they meet.
        text_element("dcterms:issued", entry.published),
        text_element("published", moment_of(entry.published)),
        element("link", attributes={"rel": "alternate", "href": entry.web_page, "type": "text/html"}),
        element("link", attributes={"rel": "related", "href": entry.address, "type": "application/json"}),
        element("link", attributes={"rel": "via", "href": entry.source_url}) if entry.source_url else "",
        *(element("contributor", text_element("name", name)) for name in entry.people),
        *(element("category", attributes={"term": slug, "label": label}) for slug, label in entry.topics.items()),
        text_element("summary", entry.summary),
        text_element("content", entry.content),
        text_element("dcterms:isPartOf", entry.interview),
        text_element("rights", entry.rights),
        attributes={"xml:lang": entry.language},
    )


FORMAT = FeedFormat(
    name="atom",
    media_type="application/atom+xml",
    suffix=".atom",
    description="Atom feed (RFC 4287)",
    render=render,
)
