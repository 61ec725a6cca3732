"""Finds the heads of oral histories and hearings on the first pages: `Interviewer: ...`, `Date: ...`, `Place: ...`.

A title, a summary or a date may stand above them. They are heads only together: one line such as `Host: Jane` could be
speech.
"""

import re
from collections.abc import Iterator

from app.text.dates import parse_written_date
from app.transcripts.header_keys import HEADER_KEYS, PEOPLE_KEYS, TITLE, names_in
from app.transcripts.labels import is_name_shaped

_KEY_LINE = re.compile(r"(?P<key>[^\s:#][^:\n]{0,40}?)[ \t]{0,4}[:：][ \t]{0,8}(?P<value>.*)")
# `Interview with Jane Roe`, `Interviewed by Jane Roe`, without a colon.
_KEYLESS = re.compile(
    r"(?P<key>(?:oral history )?interview (?:with|of)|interviewed by|conducted by|interviewer|interviewee|narrator"
    r"|interviewt von|interview mit|entretien avec|entrevista (?:con|a)|intervista (?:con|a)|transcribed by)"
    r"[ \t]{1,8}(?P<value>[^\s:][^:\n]{2,80})",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"(?:oral history )?interview (?:with|of)|interview mit|entre.{3,8} (?:avec|con|a)|intervista (?:con|a)"
)
# A title over two lines: `Oral History Interview`, then `with Jane Roe`.
_INTERVIEW = re.compile(
    r"(?:[^\W\d_][\w'’-]{0,20}[ ]){0,4}(?:interview|conversation|entretien|gespräch|entrevista|intervista)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:with|of|mit|avec|con|a)[ ]", re.IGNORECASE)
# Characters and lines of the first pages in which heads are searched for, at most.
_FIRST_PAGES, _MOST_LINES = 12_000, 120
_LONGEST_TITLE = 140
_LONGEST_VALUE, _LONGEST_NAMES = 300, 160
# Lines with keys that are not known, between two lines of a head, at most.
_MOST_FACTS = 6
_SPACE = "\ufeff \t\r"


def header_lines(text: str, start: int) -> tuple[int, dict[str, str]]:
    """Read the head of a file, and return its end and what it states by key; (start, {}) if there is none."""
    lines = list(_lines(text, start))
    end, stated = start, dict[str, str]()
    at = 0
    while at < len(lines):
        first, found, last = _next_run(lines, at, stated)
        if not found or not (first == 0 or _is_head(found)):
            break
        if first > at and not stated and not any(key in TITLE for key in found):
            _take_title(lines[0][2], found)
        end, at = lines[last][1], last + 1
        stated |= {key: value for key, value in found.items() if key not in stated}
    people_only = all(key in PEOPLE_KEYS for key in stated)
    if not stated or (people_only and len(stated) < 2) or end >= len(text):
        return start, {}
    return end, stated


def _lines(text: str, start: int) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and words of the lines with text on the first pages; `Interview` and `with ...` are one."""
    at, count = start, 0
    begun: tuple[int, str] | None = None
    while at < len(text) and at - start < _FIRST_PAGES and count < _MOST_LINES:
        line_end = text.find("\n", at)
        line_end = len(text) if line_end < 0 else line_end
        if line := text[at:line_end].strip().strip(_SPACE):
            count += 1
            if begun and _GOES_ON.match(line):
                yield begun[0], line_end, f"{begun[1]} {line}"
                begun = None
            else:
                if begun:
                    yield begun[0], begun[0] + len(begun[1]), begun[1]
                begun = (at, line) if _INTERVIEW.fullmatch(line) else None
                if begun is None:
                    yield at, line_end, line
        at = line_end + 1
    if begun:
        yield begun[0], begun[0] + len(begun[1]), begun[1]


def _next_run(lines: list[tuple[int, int, str]], at: int, before: dict[str, str]) -> tuple[int, dict[str, str], int]:
    """Return the index of the next line of a head, what the lines from there on state, and the index of the last."""
    first = at
    while first < len(lines) and _header(lines[first][2]) is None:
        if first and _is_label(lines[first][2]) and not _leads_to_header(lines, first):
            return first, {}, first
        first += 1
    found: dict[str, str] = {}
    last = index = first
    while index < len(lines):
        header = _header(lines[index][2])
        if header is None:
            # `Shelf mark: 12` among the lines of a head is one of them.
            if not _leads_to_header(lines, index):
                break
        elif header[0] in found or header[0] in before:
            break
        else:
            found[header[0]] = header[1]
            last = index
        index += 1
    return first, found, last


def _leads_to_header(lines: list[tuple[int, int, str]], at: int) -> bool:
    """Whether only lines with keys of their own, which recur nowhere, stand between a line and the next of a head."""
    keys = [match["key"].strip(" *_").casefold() for _, _, line in lines if (match := _KEY_LINE.fullmatch(line))]
    for _, _, line in lines[at : at + _MOST_FACTS]:
        match = _KEY_LINE.fullmatch(line)
        if match is None or not match["value"] or keys.count(match["key"].strip(" *_").casefold()) > 1:
            return False
        if _header(line):
            return True
    return False


def _header(line: str) -> tuple[str, str] | None:
    if match := _KEY_LINE.fullmatch(line):
        key, value = match["key"].strip(" *_").casefold(), match["value"].strip(" *_")
        return (key, value) if _is_header(key, value) else None
    if (match := _KEYLESS.fullmatch(line)) and _are_names(match["value"].strip(" .*_")):
        key = match["key"].casefold()
        return ("interviewee" if _WITH.fullmatch(key) else key), match["value"].strip(" .*_")
    return None


def _is_header(key: str, value: str) -> bool:
    if key in HEADER_KEYS:
        return bool(value) and len(value) <= _LONGEST_VALUE
    return key in PEOPLE_KEYS and _are_names(value)


def _are_names(value: str) -> bool:
    names = list(names_in(value))
    return (
        bool(names)
        and len(value) <= _LONGEST_NAMES
        and all(is_name_shaped(name) for name in names)
        and value[-1] not in "?!"
    )


def _is_label(line: str) -> bool:
    """Whether a line looks like speech behind a label, so that the first pages are over."""
    match = _KEY_LINE.fullmatch(line)
    return bool(match and match["value"] and is_name_shaped(match["key"].strip(" *_")))


def _is_head(found: dict[str, str]) -> bool:
    """Whether lines below other text are a head: they name people in full, and say more than one thing."""
    people = [value for key, value in found.items() if key in PEOPLE_KEYS]
    in_full = [value for value in people if len(value.split()) > 1]
    return bool(in_full) and (len(found) > 1 or any(key in {"witness", "witnesses"} for key in found))


def _take_title(line: str, found: dict[str, str]) -> None:
    """Take the first line for the title, if it is one by its form."""
    title = line.strip("#*_ ")
    if (
        3 < len(title) <= _LONGEST_TITLE
        and not title.endswith((".", "?", ":", ","))
        and parse_written_date(title) is None
    ):
        found["title"] = title
