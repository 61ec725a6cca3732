"""Markdown (CommonMark): front matter, then `**Label:** words`, notes in italics, headings as headings.

Words are escaped, so that what a reader of Markdown shows is what was said, character for character, and markup in
the words of a speaker does nothing.
"""

import re
from typing import Any

import yaml

from app.exports.format import InterviewDocument, InterviewFormat, Item
from app.exports.plain_text import bracketed
from app.exports.speech import label_of, one_line, people_of, role_of, stated
from app.transcripts.transcript import SPOKEN, TurnKind

# What means something anywhere in a line, and what does at its beginning. The ampersand counts where it begins a
# reference, the dollar where mathematics is read.
_ANYWHERE = re.compile(r"[\\`*_\[\]<>~|$]|&(?=#?\w)")
_AT_START = re.compile(r"(?:#+|[-+=]+)|(?<!\d)\d{1,9}(?=[.)])")
_CLOSING_MARKS = re.compile(r"#+$")
# White space other than the control characters, which no reference can stand for.
_BLANKS = " \t\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_EDGE = re.compile(f"^[{_BLANKS}]+|[{_BLANKS}]+$")
_LINE_END = re.compile(r"\r\n|\n|\r")


def render(document: InterviewDocument) -> str:
    """Write an interview as Markdown that people read, and that markdown reads back."""
    people = people_of(document.record)
    matter: dict[str, Any] = {key: one_line(value) for key, value in stated(document.interview)}
    if speakers := [_person(person) for person in people.values() if person["name"]]:
        matter["speakers"] = speakers
    parts = [f"---\n{yaml.safe_dump(matter, allow_unicode=True, sort_keys=False, width=10_000)}---"]
    for turn in document.record["turns"]:
        if turn["kind"] == TurnKind.HEADING:
            parts.append(f"## {escaped(one_line(turn['text']))}")
        elif turn["kind"] == TurnKind.NOTE:
            parts.append(f"*{escaped(one_line(bracketed(turn['text'])))}*")
        elif turn["kind"] in SPOKEN:
            label = label_of(turn, people)
            parts.append((f"**{escaped(label)}:** " if label else "") + escaped(turn["text"]))
    return "\n\n".join(parts) + "\n"


def _person(person: Item) -> dict[str, Any]:
    known = {
        "name": one_line(person["name"]),
        "role": role_of(person),
        "role_attribution": str(person["role_attribution"]) if role_of(person) else None,
        "affiliation": person["affiliation"],
        "labels": [one_line(label) for label in person["labels"]],
    }
    return {key: value for key, value in known.items() if value}


def escaped(text: str) -> str:
    """Write text so that CommonMark reads the same text; an empty line parts paragraphs."""
    return "\n".join(_line(line) for line in _LINE_END.split(text))


def _line(line: str) -> str:
    marked = _ANYWHERE.sub(r"\\\g<0>", line)
    # At the end of a heading they would close it.
    marked = _CLOSING_MARKS.sub(lambda match: r"\#" * len(match.group()), marked)
    lead = len(marked) - len(marked.lstrip(" \t"))
    if match := _AT_START.match(marked, lead):
        at = match.end() if match.group().isdigit() else match.start()
        marked = f"{marked[:at]}\\{marked[at:]}"
    if not line.strip(" \t"):
        return ""
    # White space at the edges of a line would be dropped, or make code of it.
    return _EDGE.sub(lambda match: "".join(f"&#{ord(each)};" for each in match.group()), marked)


FORMAT = InterviewFormat(
    name="markdown",
    media_type="text/markdown",
    suffix=".md",
    description="Markdown (CommonMark) with front matter",
    render=render,
)
