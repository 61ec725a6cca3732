"""What queries return, written in the formats of others. Pure: no database, no HTTP.

One module a format, each ending in FORMAT. Lists go out as they come in, item by item; an interview and a page of a
feed are written whole. Nothing is invented: who is not named stays unnamed, and a date is as exact as it is known.
"""

from app.exports import atom, csv, json_feed, json_ld, markdown, ndjson, plain_text, tei, webvtt
from app.exports.format import FeedFormat, Format, InterviewFormat, ListFormat

LISTS: tuple[ListFormat, ...] = (csv.FORMAT, ndjson.FORMAT)
FEEDS: tuple[FeedFormat, ...] = (atom.FORMAT, json_feed.FORMAT)
INTERVIEWS: tuple[InterviewFormat, ...] = (
    markdown.FORMAT,
    plain_text.FORMAT,
    json_ld.FORMAT,
    tei.FORMAT,
    webvtt.FORMAT,
)

__all__ = ["FEEDS", "INTERVIEWS", "LISTS", "FeedFormat", "Format", "InterviewFormat", "ListFormat"]
