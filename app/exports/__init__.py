"""Writes what queries return in other formats. Pure: no database, no HTTP.

Each format is a module that ends in FORMAT. Lists are written item by item as they are read; an interview and a page of
a feed at once. Nobody is named whom the source does not name, and a date is as exact as the source states it.
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
    podcast_json,
    ris,
    subrip,
    tei,
    webvtt,
)
from app.exports.format import FeedFormat, Format, InterviewFormat, ItemFormat, ListFormat, ReferenceFormat
from app.topics.vocabulary_files import VOCABULARY_FILES

LISTS: tuple[ListFormat, ...] = (csv.FORMAT, ndjson.FORMAT)
FEEDS: tuple[FeedFormat, ...] = (atom.FORMAT, json_feed.FORMAT)
INTERVIEWS: tuple[InterviewFormat, ...] = (
    markdown.FORMAT,
    plain_text.FORMAT,
    json_ld.FORMAT,
    tei.FORMAT,
    webvtt.FORMAT,
    subrip.FORMAT,
    podcast_json.FORMAT,
)
ITEMS: tuple[ItemFormat, ...] = (json_ld.ITEM_FORMAT,)
REFERENCES: tuple[ReferenceFormat, ...] = (csl.FORMAT, bibtex.FORMAT, ris.FORMAT, plain_reference.FORMAT)
VOCABULARIES: tuple[Format, ...] = tuple(
    Format(each.name, each.media_type, each.suffix, each.description) for each in VOCABULARY_FILES
)
# By kind: the formats of one are chosen among each other.
KINDS: tuple[tuple[Format, ...], ...] = (LISTS, FEEDS, INTERVIEWS, ITEMS, REFERENCES, VOCABULARIES)

__all__ = [
    "FEEDS",
    "INTERVIEWS",
    "ITEMS",
    "KINDS",
    "LISTS",
    "REFERENCES",
    "VOCABULARIES",
    "FeedFormat",
    "Format",
    "InterviewFormat",
    "ItemFormat",
    "ListFormat",
    "ReferenceFormat",
]
