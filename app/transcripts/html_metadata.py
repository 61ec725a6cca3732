"""Reads the metadata of an HTML page: <title>, <meta>, the canonical link, lang, JSON-LD, and the time of publication
that its <time> states.
"""

import json
from collections.abc import Iterator
from dataclasses import replace

from app.text.dates import PartialDate, parse_written_date
from app.transcripts.html_text import decode
from app.transcripts.html_tokens import Tag
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.transcript import Ledger, Metadata
from app.transcripts.urls import canonical

_DATE_KEYS = ("article:published_time", "datepublished", "dc.date", "dcterms.date", "dcterms.issued", "date", "pubdate")
# Characters of a JSON-LD script that is read, at most.
_MAX_JSON = 512 * 1024


class _Statements:
    """The first value and offset of each statement in a page's head, by its lower-case name."""

    def __init__(self, source: Source, head: list[Tag]) -> None:
        self._source = source
        self.values: dict[str, tuple[str, int]] = {}
        self.tags: list[str] = []
        for tag in head:
            self._take(tag)

    def _take(self, tag: Tag) -> None:
        if tag.name == "title":
            self._put("title", decode(self._source.text[tag.end : tag.raw_end]), tag.start)
        elif tag.name == "meta":
            name = tag.attributes.get("property") or tag.attributes.get("name") or tag.attributes.get("itemprop") or ""
            content = decode(tag.attributes.get("content", ""))
            if name.lower() in {"article:tag", "keywords"}:
                self.tags += [word.strip() for word in content.split(",") if word.strip()]
            self._put(name.lower(), content, tag.start)
        elif tag.name == "link" and "canonical" in tag.attributes.get("rel", "").lower().split():
            self._put("canonical", decode(tag.attributes.get("href", "")), tag.start)
        elif tag.name == "html":
            self._put("lang", tag.attributes.get("lang") or tag.attributes.get("xml:lang") or "", tag.start)
        elif tag.name == "time":
            self._put("datepublished", tag.attributes.get("datetime", ""), tag.start)
        elif tag.name == "script" and tag.attributes.get("type", "").lower() == "application/ld+json":
            self._take_linked_data(tag)

    def _put(self, name: str, value: str, offset: int) -> None:
        value = " ".join(value.split())
        if name and value:
            self.values.setdefault(name, (value, offset))

    def _take_linked_data(self, tag: Tag) -> None:
        text = self._source.text[tag.end : tag.raw_end]
        if len(text) > _MAX_JSON:
            return
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return
        for thing in _things(data):
            for key in ("datePublished", "headline", "inLanguage"):
                if isinstance(value := thing.get(key), str):
                    self._put(key.lower(), value, tag.start)


def _things(data: object) -> Iterator[dict[str, object]]:
    """Yield the objects at the top of linked data."""
    several = data.get("@graph", [data]) if isinstance(data, dict) else data
    for thing in several if isinstance(several, list) else []:
        if isinstance(thing, dict):
            yield thing


def page_metadata(source: Source, head: list[Tag], ledger: Ledger) -> Metadata:
    """Read the metadata in a page's head; a date that cannot be read leaves a remark."""
    statements = _Statements(source, head)
    values = statements.values

    def first(*names: str) -> str | None:
        return next((values[name][0] for name in names if name in values), None)

    language = first("lang", "inlanguage", "og:locale")
    published, evidence = _published(values, ledger)
    address = first("canonical", "og:url")
    return Metadata(
        title=first("og:title", "title", "headline"),
        language=stated_language(language),
        published=published,
        published_evidence=evidence,
        publisher=first("og:site_name"),
        source_url=_canonical(address) if address else None,
        source_url_as_printed=address if address and _canonical(address) else None,
        summary=first("og:description", "description"),
        topics=tuple(dict.fromkeys(statements.tags)),
    )


def _published(values: dict[str, tuple[str, int]], ledger: Ledger) -> tuple[PartialDate | None, str | None]:
    for name in _DATE_KEYS:
        if name not in values:
            continue
        written, offset = values[name]
        if date := parse_written_date(written):
            return date, f"{name}: {written}"
        ledger.remark("date", f"{written[:40]!r} could not be read as one date; it was left out", offset)
    return None, None


def _canonical(address: str) -> str | None:
    try:
        return canonical(address)
    except ValueError:
        return None


def merged(stated: Metadata, page: Metadata) -> Metadata:
    """Add the page's metadata to that of the front matter, which takes precedence."""
    gaps = {
        name: getattr(page, name) for name in Metadata.__slots__ if not getattr(stated, name) and getattr(page, name)
    }
    return replace(stated, **gaps)
