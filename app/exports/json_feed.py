"""JSON Feed 1.1.

An item leads to the publisher's page, or without one to Quoth's own address, which the extension `_quoth` always has.
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
        "feed_url": feed.links.get("self") if feed.base else None,
        "next_url": feed.links.get("next") if feed.base else None,
        "items": [_item(each, feed.base) for each in feed.entries],
    }
    present = {key: value for key, value in document.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, indent=2) + "\n"


def _item(entry: Entry, base: str) -> dict[str, object]:
    written = {
        "id": entry.id,
        "url": entry.page or (entry.address if base else None),
        "external_url": entry.page,
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
