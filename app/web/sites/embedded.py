"""What is embedded in other sites: a question with its answers, an answer, or a passage; found from an address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import sqlalchemy as sa

from app.citations import Citation, Noun, Subject, cite
from app.errors import MovedError
from app.queries.citations import find_subject
from app.queries.embedding import Item
from app.queries.revisions import find_answer, find_question
from app.text.folding import SLUG_PATTERN
from app.text.paragraphs import PARAGRAPH
from app.transcripts import text_format_of
from app.transcripts.transcript import TextFormat
from app.web.said import excerpt, in_short

_PATH = re.compile(r"(?:/v1)?/(questions|answers|interviews|speakers|topics)/([a-z0-9-]+)(?:/transcript)?/?", re.ASCII)
# In the fragment of a permalink: `turn=ID&char=10,40`.
_RANGE = re.compile(r"(?:^|&)char=([0-9]{1,10}),([0-9]{1,10})(?:&|$)", re.ASCII)
_TURN = re.compile(r"(?:^|&)turn=([a-z0-9-]+)(?:&|$)", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
_LARGEST = 2**31 - 1
# Characters of an answer that an embed shows, at most: what fits into a column of another page.
_LONGEST = 700
# Characters that a paragraph has to have room for, so that more than a word of it is shown.
_SHORTEST = 60
_MORE = "…"


@dataclass(frozen=True)
class Place:
    """What an address of this site leads to: an item by its name, and maybe a revision and a range of characters."""

    noun: str
    name: str
    revision: int | None = None
    turn: str | None = None
    start: int | None = None
    end: int | None = None

    @property
    def is_passage(self) -> bool:
        """Whether a part of the item is meant, and not the whole."""
        return self.turn is not None or self.start is not None or self.end is not None

    @property
    def query(self) -> str:
        """The range and the revision as a query, with its question mark; empty where there are none."""
        given = [("revision", self.revision), ("turn", self.turn), ("start", self.start), ("end", self.end)]
        query = urlencode([(name, value) for name, value in given if value is not None])
        return f"?{query}" if query else ""

    @property
    def path(self) -> str:
        """The path of the page, with its query."""
        return f"/{self.noun}/{self.name}{self.query}"


def read_address(address: str, base: str) -> Place | None:
    """Read an address of a page or of an item of the API; None where it is no address of this site, or of no item.

    `base` is what addresses of this site begin with; a path alone is one of this site.
    """
    rest = address.removeprefix(base) if base and address.startswith(f"{base}/") else address
    if not rest.startswith("/") or rest.startswith("//"):
        return None
    parts = urlsplit(rest)
    path = _PATH.fullmatch(parts.path)
    if path is None or not re.fullmatch(SLUG_PATTERN, path[2]):
        return None
    query = {name: values[-1] for name, values in parse_qs(parts.query, max_num_fields=20).items()}
    numbers = {name: _number(query.get(name)) for name in ("revision", "start", "end")}
    turn = query.get("turn")
    if found := _RANGE.search(parts.fragment):
        numbers |= {"start": _number(found[1]), "end": _number(found[2])}
    if found := _TURN.search(parts.fragment):
        turn = found[1]
    return Place(path[1], path[2], turn=turn, **numbers)


def _number(text: str | None) -> int | None:
    return min(int(text), _LARGEST) if text and _DIGITS.fullmatch(text) else None


@dataclass(frozen=True)
class Said:
    """What somebody says in an embed. `speaker` is None where nobody is known; `is_cut` where the text goes on."""

    speaker: Item | None
    paragraphs: Sequence[str]
    is_cut: bool = False


@dataclass(frozen=True)
class Embedded:
    """What an embed shows: the question, who says what, and where it is from. `sentence` is the reference."""

    place: Place
    interview: Mapping[str, Any]
    question: str | None
    said: Sequence[Said]
    sentence: str

    @property
    def title(self) -> str:
        """What the embed is called: the question, or else the interview."""
        return self.question or str(self.interview["title"])

    @property
    def length(self) -> int:
        """Characters that are shown."""
        return len(self.question or "") + sum(map(len, (each for one in self.said for each in one.paragraphs)))


def find_embedded(connection: sa.Connection, place: Place, base: str) -> Embedded:
    """Find what an embed of a question, an answer or a passage shows.

    Raises:
        NotFoundError, GoneError, UnknownRevisionError: there is no such item, not any more, or not in this revision.
        ParameterError: the range is none of this item.
    """
    noun = Noun(place.noun.removesuffix("s"))
    try:
        subject = find_subject(connection, noun, place.name, place.turn, place.revision)
    except MovedError as error:
        subject = find_subject(connection, noun, error.to, place.turn, place.revision)
    item: Mapping[str, Any] = subject.interview
    if noun is not Noun.INTERVIEW:
        find = find_question if noun is Noun.QUESTION else find_answer
        item = find(connection, place.name, place.revision)
    return embed(place, item, cite(subject, place.start, place.end, turn_id=place.turn, base=base))


def embed(place: Place, item: Mapping[str, Any], citation: Citation) -> Embedded:
    """Arrange what an embed of a place shows: of `item`, as queries find it, with its citation."""
    subject, is_answer = citation.subject, place.noun == "answers"
    asked = item["question"]["text"] if is_answer else None
    if place.is_passage:
        texts = [(_speaker_of(subject, citation.turn_id), citation.text or "")]
    elif is_answer:
        texts = [(item["speaker"], item["text"])]
    else:
        asked = item["text"]
        texts = [(one["speaker"], one["text"]) for one in item["answers"]]
    text_format = text_format_of(subject.interview["transcript"]["format"])
    question = None if asked is None else in_short(asked, subject.interview["language"], text_format)
    said = [_said(speaker, text, text_format) for speaker, text in texts]
    return Embedded(place, subject.interview, question, said, citation.reference.sentence)


def _speaker_of(subject: Subject, turn_id: str | None) -> Item | None:
    turns = [turn for turn in subject.turns if turn_id in {None, turn["id"]}]
    people: dict[str, Any] = {one["slug"]: one for one in subject.interview["people"]}
    return people.get(turns[0]["speaker"] or "") if turns else None


def _said(speaker: Mapping[str, Any] | None, text: str, text_format: TextFormat) -> Said:
    """Return what somebody says in paragraphs without markup, as much of it as fits."""
    written = [one for one in map(str.strip, text.split(PARAGRAPH)) if one]
    shown: list[str] = []
    left, is_cut = _LONGEST, False
    while len(shown) < len(written) and not is_cut:
        paragraph = written[len(shown)]
        shown.append(excerpt(paragraph, text_format, left))
        is_cut = shown[-1].endswith(_MORE) and not paragraph.endswith(_MORE)
        left -= len(shown[-1])
        if left < _SHORTEST and len(shown) < len(written):
            is_cut = True
    return Said(None if speaker is None else dict(speaker), shown, is_cut)
