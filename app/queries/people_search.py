"""People found by name: those who have all words that are asked for, and those who have words near to them.

Case, accents, typography and script do not matter; an initial stands for a word that begins with it, either way. The
work is bounded by how many people have a word, not by how many there are: each word is a range of an index.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlmodel import col

from app.models import Speaker, SpeakerEntry, SpeakerWord
from app.queries.conditions import Sql
from app.text.names import name_words

# Letters of a word that may have a wrong letter at least, and of one that may have two.
_SHORTEST, _LONG = 4, 7
# Words of names that are compared with one that is asked for, and near ones that are taken, at most.
_MAX_COMPARED, _MAX_SIMILAR = 60_000, 20
# People with near names that are compared, and that are shown, at most.
_MAX_READ, MAX_NEAR = 200, 20
# Follows every letter and digit in code point order.
_END = "\x7f"


class NameMatch(StrEnum):
    """How a name that is asked for is one of a person's."""

    NAME = "name"
    WORDS = "words"
    NEAR = "near"


@dataclass(frozen=True)
class FoundPeople:
    """Conditions on speakers whom a name may mean. `near_ids` have a name near to it, the nearest first."""

    has_name: Sql
    has_words: Sql
    near_ids: Sequence[str]

    @property
    def condition(self) -> Sql:
        """Whether a speaker is one of them."""
        return sa.or_(self.has_words, col(Speaker.id).in_(self.near_ids)) if self.near_ids else self.has_words

    @property
    def match(self) -> sa.ColumnElement[str]:
        """How a speaker's name matches."""
        near = [(col(Speaker.id).in_(self.near_ids), NameMatch.NEAR.value)] if self.near_ids else []
        return sa.case((self.has_name, NameMatch.NAME.value), *near, else_=NameMatch.WORDS.value)

    @property
    def place(self) -> sa.ColumnElement[int]:
        """A number that is lower for those who are meant more likely: whole names, then words, then near names."""
        near = [(col(Speaker.id) == one, place + 2) for place, one in enumerate(self.near_ids)]
        return sa.case((self.has_name, 0), *near, else_=1)


def find_people(connection: sa.Connection, name: str) -> FoundPeople:
    """Find the people whom a name may mean."""
    words = list(dict.fromkeys(name_words(name)))
    if not words:
        return FoundPeople(sa.false(), sa.false(), [])
    has_name = _has(col(SpeakerWord.word) == " ".join(name_words(name)), col(SpeakerWord.whole))
    begins = {word: _begins(word) for word in words}
    has_words = [_has(begins[word]) if len(words) == 1 else _has(_or_initial(word, begins[word])) for word in words]
    # An initial alone is nobody's name.
    spelled = [begins[word] for word in words if len(word) > 1]
    if len(words) > 1 and spelled:
        has_words.append(_has(sa.or_(*spelled)))
    has_all = sa.and_(*has_words)
    return FoundPeople(has_name, has_all, _near(connection, begins, has_all))


def likely_people(connection: sa.Connection, name: str, limit: int = 3) -> dict[str, str | None]:
    """Return the slugs and names of those whom a name most likely means, the likeliest first."""
    found = find_people(connection, name)
    columns = sa.select(col(Speaker.slug), col(Speaker.name)).join(
        SpeakerEntry, col(SpeakerEntry.speaker_id) == col(Speaker.id)
    )
    order = (found.place, col(SpeakerEntry.answers).desc(), col(SpeakerEntry.speaker_id))
    rows = connection.execute(columns.where(found.condition).order_by(*order).limit(limit))
    return {row.slug: row.name for row in rows}


def _has(*conditions: Any) -> Sql:
    return col(Speaker.id).in_(sa.select(col(SpeakerWord.speaker_id)).where(*conditions))


def _begins(word: str) -> Sql:
    """Whether a word begins like this one; a range, which an index answers on both engines."""
    return sa.and_(col(SpeakerWord.word) >= word, col(SpeakerWord.word) < f"{word}{_END}")


def _or_initial(word: str, begins: Sql) -> Sql:
    return begins if len(word) == 1 else sa.or_(begins, col(SpeakerWord.word) == word[0])


def _near(connection: sa.Connection, begins: dict[str, Sql], has_all: Sql) -> list[str]:
    """Find people who lack some of the words but have near ones, the nearest first."""
    near = {word: _near_words(connection, word) for word in begins}
    if not any(near.values()):
        return []
    alike = [
        _has(sa.or_(begins[word], col(SpeakerWord.word).in_(near[word]))) if near[word] else _has(begins[word])
        for word in begins
    ]
    some = sa.select(col(Speaker.id)).where(*alike, sa.not_(has_all)).limit(_MAX_READ).subquery()
    rows = connection.execute(
        sa.select(col(SpeakerWord.speaker_id), col(SpeakerWord.word)).where(
            col(SpeakerWord.speaker_id).in_(sa.select(some.c.id)), sa.not_(col(SpeakerWord.whole))
        )
    )
    words_by_id: dict[str, list[str]] = {}
    for row in rows:
        words_by_id.setdefault(row.speaker_id, []).append(row.word)
    ranked = sorted(words_by_id, key=lambda one: (_distance(begins, words_by_id[one]), one))
    return ranked[:MAX_NEAR]


def _distance(words: Iterable[str], known: Sequence[str]) -> int:
    """Count the letters that differ between the words that are asked for and the nearest ones of a name."""
    return sum(min(0 if one.startswith(word) else int(OSA.distance(word, one)) for one in known) for word in words)


def _near_words(connection: sa.Connection, word: str) -> list[str]:
    """Find the words of names that differ from this one in a letter or, if it is long, two."""
    if len(word) < _SHORTEST:
        return []
    farthest = 2 if len(word) >= _LONG else 1
    # Few misspellings are in the first letter. Without a result, it may be missing or swapped with the second.
    for initial in dict.fromkeys((word[0], word[1])):
        length = sa.func.length(col(SpeakerWord.word))
        like = sa.select(col(SpeakerWord.word)).where(
            _begins(initial),
            sa.not_(col(SpeakerWord.whole)),
            length.between(len(word) - farthest, len(word) + farthest),
        )
        known: Any = connection.execute(like.distinct().limit(_MAX_COMPARED)).scalars().all()
        found = process.extract(word, known, scorer=OSA.distance, score_cutoff=farthest, limit=_MAX_SIMILAR)
        if near := [one for one, distance, _place in found if distance]:
            return near
    return []
