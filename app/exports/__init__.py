"""What queries return, written in the formats of others. Pure: no database, no HTTP.

One module a format, each ending in FORMAT. Lists go out as they come in, item by item; an interview and a page of a
feed are written whole. Nothing is invented: who is not named stays unnamed, and a date is as exact as it is known.
"""

from app.exports import (
    atom,
    bibtex,
    csl,
    csv,
    json_feed,
    json_ld,
    markdown,
    ndjson,
    plain_reference,
    plain_text,
    ris,
    tei,
    webvtt,
)
from app.exports.format import FeedFormat, Format, InterviewFormat, ListFormat, ReferenceFormat

LISTS: tuple[ListFormat, ...] = (csv.FORMAT, ndjson.FORMAT)
FEEDS: tuple[FeedFormat, ...] = (atom.FORMAT, json_feed.FORMAT)
INTERVIEWS: tuple[InterviewFormat, ...] = (
    markdown.FORMAT,
    plain_text.FORMAT,
    json_ld.FORMAT,
    tei.FORMAT,
    webvtt.FORMAT,
)
REFERENCES: tuple[ReferenceFormat, ...] = (csl.FORMAT, bibtex.FORMAT, ris.FORMAT, plain_reference.FORMAT)

__all__ = [
    "FEEDS",
    "INTERVIEWS",
    "LISTS",
    "REFERENCES",
    "FeedFormat",
    "Format",
    "InterviewFormat",
    "ListFormat",
    "ReferenceFormat",
]
