"""JSON Feed 1.1 of interviews.

`date_published` is left out, because it has to be a moment; the date as stated is in the extension `_quoth`.
"""

import json

from app.exports.atom import TITLE
from app.exports.format import Feed, FeedFormat, Item, interview_address, timestamp, urn

VERSION = "https://jsonfeed.org/version/1.1"


def render(feed: Feed) -> str:
    """Write a page of a feed. Addresses of this server are left out unless they are absolute."""
    document = {
        "version": VERSION,
        "title": TITLE,
        "feed_url": feed.links.get("self") if feed.base else None,
        "next_url": feed.links.get("next") if feed.base else None,
        "items": [_item(item, feed.base) for item in feed.items],
    }
    present = {key: value for key, value in document.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, indent=2) + "\n"


def _item(item: Item, base: str) -> dict[str, object]:
    written = {
        "id": urn(item["id"]),
        "url": interview_address(base, item) if base else None,
        "external_url": item["source_url"],
        "title": item["title"],
        # An item has to have content; without a summary, that is the title.
        "content_text": item["summary"] or item["title"],
        "summary": item["summary"],
        "date_modified": timestamp(item["modified_at"]),
        "authors": [{"name": person["name"]} for person in item["contributions"] if person["name"]] or None,
        "language": item["language"],
        "_quoth": {
            name: item[name]
            for name in ("slug", "published", "publisher", "series", "rights", "revision", "questions", "answers")
        },
    }
    return {key: value for key, value in written.items() if value is not None}


FORMAT = FeedFormat(
    name="jsonfeed",
    media_type="application/feed+json",
    suffix=".json",
    description="JSON Feed 1.1",
    render=render,
)
