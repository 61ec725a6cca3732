"""Markdown (CommonMark): front matter, then `**Label:** words`, with notes in italics.

All text is escaped, so that a Markdown reader shows it character for character.
"""

import re
from typing import Any

import yaml

from app.exports.format import InterviewDocument, InterviewFormat, Item
from app.exports.plain_text import bracketed
from app.exports.speech import label_of, metadata_of, one_line, people_of, role_of
from app.transcripts.transcript import SPOKEN, TurnKind

# Characters with a meaning anywhere in a line (the dollar in dialects with mathematics), and at its beginning.
_ANYWHERE = re.compile(r"[\\`*_\[\]<>~|$]|&(?=#?\w)")
_AT_START = re.compile(r"(?:#+|[-+=]+)|(?<!\d)\d{1,9}(?=[.)])")
# White space without control characters, for which there are no character references.
_BLANKS = (
    " \t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_LINE_END = re.compile(r"\r\n|\n|\r")


def render(document: InterviewDocument) -> str:
    """Write an interview as Markdown that the format `markdown` can read back."""
    people = people_of(document.record)
    matter: dict[str, Any] = {key: one_line(value) for key, value in metadata_of(document.interview)}
    if speakers := [_person(person) for person in people.values() if person["name"]]:
        matter["speakers"] = speakers
    parts = [f"---\n{yaml.safe_dump(matter, allow_unicode=True, sort_keys=False, width=10_000)}---"]
    for turn in document.written(document.record["turns"]):
        if turn["kind"] == TurnKind.HEADING:
            parts.append(f"## {escaped(one_line(turn['text']))}")
        elif turn["kind"] == TurnKind.NOTE:
            parts.append(f"*{escaped(one_line(bracketed(turn['text'])))}*")
        elif turn["kind"] in SPOKEN:
            label = label_of(turn, people)
            parts.append((f"**{escaped(label)}:** " if label else "") + escaped(turn["text"]))
    return "\n\n".join(parts) + "\n"


def _person(person: Item) -> dict[str, Any]:
    stated_values = {
        "name": one_line(person["name"]),
        "role": role_of(person),
        "role_attribution": str(person["role_attribution"]) if role_of(person) else None,
        "affiliation": person["affiliation"],
        "labels": [one_line(label) for label in person["labels"]],
    }
    return {key: value for key, value in stated_values.items() if value}


def escaped(text: str) -> str:
    """Escape text so that CommonMark shows it unchanged; empty lines separate paragraphs."""
    return "\n".join(_line(line) for line in _LINE_END.split(text))


def _line(line: str) -> str:
    marked = _ANYWHERE.sub(r"\\\g<0>", line)
    # Number signs at the end of a heading would close it.
    closing = len(marked) - len(marked.rstrip("#"))
    marked = marked.removesuffix("#" * closing) + r"\#" * closing
    lead = len(marked) - len(marked.lstrip(" \t"))
    if match := _AT_START.match(marked, lead):
        at = match.end() if match.group().isdigit() else match.start()
        marked = f"{marked[:at]}\\{marked[at:]}"
    if not line.strip(" \t"):
        return ""
    # White space at the ends of a line would be dropped, or begin a code block.
    inside = marked.strip(_BLANKS)
    if not inside:
        return _references(marked)
    before, _, after = marked.partition(inside)
    return f"{_references(before)}{inside}{_references(after)}"


def _references(blanks: str) -> str:
    return "".join(f"&#{ord(each)};" for each in blanks)


FORMAT = InterviewFormat(
    name="markdown",
    media_type="text/markdown",
    suffix=".md",
    description="Markdown (CommonMark) with front matter",
    render=render,
)
