"""Reads the front matter before a conversation: a YAML or TOML block, or lines such as `Title: ...`.

Front matter never makes a file unreadable: what cannot be understood is still front matter, with a remark.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from app.text.dates import parse_written_date
from app.transcripts.front_pages import header_lines
from app.transcripts.header_keys import (
    ADDRESS,
    AUTHORS,
    DATE,
    LANGUAGE_KEYS,
    RIGHTS,
    ROLES,
    SERIES,
    SUMMARY,
    TITLE,
    TOPICS,
    flattened,
    names_in,
)
from app.transcripts.labels import is_name_shaped, stated_role
from app.transcripts.source import Source
from app.transcripts.stated import stated_language
from app.transcripts.transcript import Metadata, SpeakerStatement
from app.transcripts.urls import canonical

# Characters of front matter, at most.
MAX_BLOCK_LENGTH = 64 * 1024
_FENCE = re.compile(r"[ \t]{0,3}(?:-{3,}|\.{3}|\+{3})[ \t\r]*")
_KEY_LINE = re.compile(r"(?P<key>[^\s:#][^:\n]{0,40}?)[ \t]{0,4}[:：][ \t]{0,8}(?P<value>.*)")
_ITEM_LINE = re.compile(r"[ \t]*-[ \t]+(?P<value>.*)")


class _TextLoader(yaml.SafeLoader):
    """YAML whose scalars all stay text: none becomes a date, a number or a truth value."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases, because with them a small block can expand to a huge one."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not followed")
        return super().compose_node(parent, index)


@dataclass(frozen=True)
class FrontMatter:
    """What a file states before the conversation, which begins at `end`. `start` is 0, or 1 after a byte order mark.

    `people` are the names of all people in it, authors included; remarks are (code, message, offset).
    """

    start: int
    end: int
    metadata: Metadata = field(default_factory=Metadata)
    people: tuple[str, ...] = ()
    remarks: tuple[tuple[str, str, int], ...] = ()


@dataclass
class _Notes:
    remarks: list[tuple[str, str, int]]
    offset: int

    def add(self, code: str, message: str) -> None:
        self.remarks.append((code, message, self.offset))


def find(source: Source) -> FrontMatter:
    """Find and read the front matter of a text; it may be empty.

    Raises:
        TranscriptError: the bytes are not text.
    """
    text = source.text
    start = 1 if text.startswith("\ufeff") else 0
    notes = _Notes([], start)
    block = _block(text, start, notes)
    if block is not None:
        body_start, body_end, end = block
        stated = _read_block(text[body_start:body_end], text[start : start + 3] == "+++", notes)
        return _front_matter(start, end, stated, notes)
    end, stated = header_lines(text, start)
    return _front_matter(start, end, stated, notes)


def _block(text: str, start: int, notes: _Notes) -> tuple[int, int, int] | None:
    """Return the start and end of the content of a fenced block, and the end of its closing fence."""
    opening = text[start : start + 3]
    first_end = text.find("\n", start)
    if opening not in {"---", "+++"} or first_end < 0 or text[start:first_end].strip() != opening:
        return None
    at = first_end + 1
    while at < len(text) and at - start < MAX_BLOCK_LENGTH:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if _FENCE.fullmatch(line) and (opening != "+++" or "+" in line):
            if not line.startswith(opening) or line.rstrip() != opening:
                notes.add(
                    "front-matter",
                    "the closing line of the front matter differs from its opening line",
                )
            return first_end + 1, at, min(end + 1, len(text))
        if not line.strip() and not _block_continues(text, end + 1):
            break
        at = end + 1
    return _unclosed_block(text, first_end + 1, at, notes)


def _block_continues(text: str, at: int) -> bool:
    """Whether the line after a blank one belongs to the block: a key, an item, a fence, a comment or indented."""
    line = text[at : at + 200].lstrip("\r\n").partition("\n")[0]
    return bool(
        not line.strip()
        or line[0] in " \t#"
        or _FENCE.fullmatch(line)
        or _ITEM_LINE.match(line)
        or _KEY_LINE.match(line)
    )


def _unclosed_block(text: str, start: int, end: int, notes: _Notes) -> tuple[int, int, int] | None:
    lines = [line for line in text[start:end].splitlines() if line.strip()]
    keys = [line for line in lines if _KEY_LINE.match(line) or _ITEM_LINE.match(line) or line[0] in " \t"]
    if not lines or len(keys) < len(lines) or end >= len(text):
        return None
    notes.add("front-matter", "the front matter has no closing line; it was read up to the first blank line")
    return start, min(end, len(text)), min(end, len(text))


def _read_block(block: str, is_toml: bool, notes: _Notes) -> dict[str, Any]:
    try:
        read: object = tomllib.loads(block.replace("\r\n", "\n")) if is_toml else yaml.load(block, _TextLoader)  # noqa: S506 - it is a SafeLoader
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, TypeError, RecursionError, AttributeError):
        notes.add("front-matter", "the front matter is not well formed; it was read line by line")
        return _by_lines(block)
    return {str(key).strip().casefold(): value for key, value in read.items()} if isinstance(read, dict) else {}


def _by_lines(block: str) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    key = ""
    for line in block.splitlines():
        if match := _ITEM_LINE.match(line):
            if isinstance(stated.get(key), list):
                stated[key].append(match["value"].strip("'\" "))
        elif (match := _KEY_LINE.match(line)) and not line[0].isspace():
            key, value = match["key"].strip().casefold(), match["value"].strip().strip("'\"")
            stated[key] = value or []
    return stated


def _front_matter(start: int, end: int, stated: dict[str, Any], notes: _Notes) -> FrontMatter:
    if not stated:
        return FrontMatter(start, end, remarks=tuple(notes.remarks))
    date_text = _first(stated, DATE)
    published = parse_written_date(date_text) if date_text else None
    if date_text and published is None:
        notes.add("date-not-read", f"the date {date_text[:60]!r} was not understood and is left out")
    language = _first(stated, LANGUAGE_KEYS)
    tag = stated_language(language)
    if language and tag is None:
        notes.add("language-not-read", f"the language {language[:40]!r} is not known and is left out")
    speakers = tuple(_speakers(stated))
    authors = [name for key in AUTHORS for name in names_in(stated.get(key))]
    metadata = Metadata(
        title=_first(stated, TITLE),
        language=tag,
        published=published,
        published_evidence=date_text if published else None,
        publisher=_first(stated, ("publisher",)),
        series=_first(stated, SERIES),
        summary=_first(stated, SUMMARY),
        rights=_first(stated, RIGHTS),
        speakers=speakers,
        topics=tuple(dict.fromkeys(topic for key in TOPICS for topic in _texts(stated.get(key)))),
    )
    metadata = _with_address(metadata, stated, notes)
    people = tuple(dict.fromkeys([*(each.name for each in speakers if each.name), *authors]))
    return FrontMatter(start, end, metadata, people, tuple(notes.remarks))


def _with_address(metadata: Metadata, stated: dict[str, Any], notes: _Notes) -> Metadata:
    for key in ADDRESS:
        for printed in _texts(stated.get(key), separators=""):
            try:
                clean = canonical(printed)
            except ValueError:
                continue
            if clean != printed:
                notes.add("tracking-removed", f"tracking parameters were left out of {clean}")
            return replace(metadata, source_url=clean, source_url_as_printed=printed)
    return metadata


def _first(stated: dict[str, Any], keys: Iterable[str]) -> str | None:
    for key in keys:
        value = stated.get(key)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        if value is not None and not isinstance(value, str | list | dict | bool):
            return str(value)
    return None


def _texts(value: object, separators: str = ",;") -> Iterator[str]:
    for item in flattened(value):
        if isinstance(item, dict):
            item = item.get("name") or item.get("title") or item.get("url")
        if not isinstance(item, str):
            continue
        split = re.split(f"[{separators}]", item) if separators and isinstance(value, str) else [item]
        yield from (each.strip() for each in split if each.strip())


def _speakers(stated: dict[str, Any]) -> Iterator[SpeakerStatement]:
    seen = set()
    for keys, role in ROLES:
        for key in keys:
            names = list(names_in(stated.get(key)))
            for name in names:
                if name not in seen:
                    seen.add(name)
                    # `Interviewer: Jane Roe` also says who the label `Interviewer` is.
                    labels = (key,) if len(names) == 1 and stated_role(key) else ()
                    yield SpeakerStatement(name=name, role=role, labels=labels)


def only_guest(metadata: Metadata) -> str | None:
    """Return the one interviewee that metadata lists, or else the one speaker without a role."""
    guests = [each.name for each in metadata.speakers if each.name and each.role == "interviewee"]
    listed = guests or [each.name for each in metadata.speakers if each.name and each.role is None]
    return listed[0] if len(listed) == 1 else None


_PERSON_IN_TITLE = re.compile(
    r"(?:\b(?:interview(?:ing)?|conversation|q\s?&\s?a|q and a|questions|talk(?:ing)?|chat(?:ting)?|entretien|gespräch|"
    r"entrevista|intervista|rencontre)\b[^A-ZÀ-Þ]{0,12}\b(?:with|for|mit|avec|con|com|a|to)\s+)(?P<name>[^,:;|(\n–—]{3,80})",
    re.IGNORECASE,
)


def person_in_title(title: str, is_person: Callable[[str], bool] = is_name_shaped) -> str | None:
    """Return the person whom a title names: after words such as `Interview with`, or as its only words."""
    if match := _PERSON_IN_TITLE.search(title[:300]):
        words = match["name"].split()
        for count in range(min(len(words), 5), 0, -1):
            name = " ".join(words[:count]).strip(" .'’\"”")
            if name and is_person(name) and name[0].isupper():
                return name
        return None
    return title.strip() if is_person(title) else None
