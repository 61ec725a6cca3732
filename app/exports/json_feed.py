"""JSON Feed 1.1.

An item leads to its page for people (`url`) and to the publisher's (`external_url`), and says where it is in the API
(`_quoth`). Without an address of the server, `url` is the publisher's page too, because it has to be absolute.
`date_published` has to be a moment, so it is there where the publication date is known to the day, as the beginning of
that day; `_quoth` has the date as stated.
"""

import json

from app.exports.format import Entry, Feed, FeedFormat, moment_of, timestamp

VERSION = "https://jsonfeed.org/version/1.1"


def render(feed: Feed) -> str:
    """Write a page of a feed. Addresses of this server are left out unless they are absolute, but for `_quoth`."""
    document = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.web_page if feed.base else None,
        "feed_url": feed.links.get("self") if feed.base else None,
        "next_url": feed.links.get("next") if feed.base else None,
        "items": [_item(each, feed.base) for each in feed.entries],
    }
    present = {key: value for key, value in document.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, indent=2) + "\n"


def _item(entry: Entry, base: str) -> dict[str, object]:
    written = {
        "id": entry.id,
        "url": entry.web_page if base else entry.source_url,
        "external_url": entry.source_url,
        "title": entry.title,
        # An item has to have content; without a summary, that is the title.
        "content_text": entry.content or entry.summary or entry.title,
        "summary": entry.summary,
        "date_published": moment_of(entry.published),
        "date_modified": timestamp(entry.updated),
        "authors": [{"name": name} for name in entry.people] or None,
        "tags": list(entry.topics.values()) or None,
        "language": entry.language,
        "_quoth": {"address": entry.address, **entry.about},
    }
    return {key: value for key, value in written.items() if value is not None}


FORMAT = FeedFormat(
    name="jsonfeed",
    media_type="application/feed+json",
    suffix=".json",
    description="JSON Feed 1.1",
    render=render,
)
