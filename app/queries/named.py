"""What a query names: people by their names, topics by their labels, interviews by words of their titles."""

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Interview, Question, SearchDocument, Speaker, SpeakerEntry, SpeakerWord, Topic, Turn
from app.queries.embedding import Item, display_name
from app.queries.query import MAX_OPERANDS, Mode, Phrase, Query, Within, documents_with
from app.queries.search import newest
from app.text.folding import slugify
from app.text.names import name_words
from app.text.terms import STOPWORDS, stem, words_of

# People, topics and interviews that are named at most.
MAX_NAMED = 5
# People of one name whose words are searched for, at most; of more of them, `named` shows the first.
_MAX_MEANT = 20
# Words of a name at most, and people who are looked at for one word of a query.
_LONGEST, _MAX_WITH_WORD = 6, 2_000
# Documents by which titles are found, at most.
_MAX_TITLED = 2_000
# Documents of which one has an ordinary word, at least: it is a name only alone or with a capital letter.
_ORDINARY = 50
# Words after which a question says what it is about.
_ABOUT = frozenset(["about", "regarding", "concerning", "über", "sur", "sobre", "su", "om"])
_POSSESSIVE = re.compile(r"['’`´]s?$")
_EDGE = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True)
class _Piece:
    """A word of a query as it is written, and as names are compared; `is_subject` after `about`."""

    written: str
    key: str
    is_subject: bool


@dataclass(frozen=True)
class Name:
    """Phrases of a query that are a name, and the ids of the speakers who have it."""

    phrases: frozenset[Phrase]
    speaker_ids: frozenset[str]


@dataclass(frozen=True)
class Named:
    """What a query names. `names` are those of people whose words are searched for."""

    names: Sequence[Name] = ()
    people: Sequence[Item] = ()
    topics: Sequence[Item] = ()
    interviews: Sequence[Item] = ()

    @property
    def speaker_ids(self) -> list[str]:
        """The ids of all people whose words are searched for."""
        return sorted({one for name in self.names for one in name.speaker_ids})

    @property
    def phrases(self) -> frozenset[Phrase]:
        """The phrases that are names of these people."""
        return frozenset(phrase for name in self.names for phrase in name.phrases)

    def shown(self) -> Item:
        """What an answer says of it."""
        return {"people": list(self.people), "topics": list(self.topics), "interviews": list(self.interviews)}


def find_named(connection: sa.Connection, text: str, query: Query) -> Named:
    """Find what the words of a query name."""
    if not query.groups:
        return Named()
    pieces = list(itertools.islice(_pieces(text), MAX_OPERANDS))
    names, people = _people(connection, pieces, query)
    named = Named(names, people, _topics(connection, pieces))
    return replace(named, interviews=_interviews(connection, query, named.phrases))


def spoken_by(speaker_ids: Collection[str]) -> sa.Select[Any]:
    """Select the numbers of the documents in which one of some people asks, answers or says a free-standing turn."""
    every = sa.union(*(one.with_only_columns(one.selected_columns.number) for one in _spoken(speaker_ids))).subquery()
    return sa.select(every.c.number)


def speakers_of(
    connection: sa.Connection, speaker_ids: Collection[str], numbers: Collection[int]
) -> dict[int, set[str]]:
    """Return who of some people speaks in each of some documents."""
    speaking: dict[int, set[str]] = defaultdict(set)
    if not speaker_ids:
        return speaking
    some = col(SearchDocument.number).in_(numbers)
    for row in connection.execute(sa.union_all(*(one.where(some) for one in _spoken(speaker_ids)))):
        speaking[row.number].add(row.speaker_id)
    return speaking


def _spoken(speaker_ids: Collection[str]) -> Iterator[sa.Select[Any]]:
    number: Any = col(SearchDocument.number).label("number")
    question_id = col(SearchDocument.question_id)
    for table, speaker, is_item in (
        (Answer, col(Answer.speaker_id), question_id == col(Answer.question_id)),
        (Question, col(Question.asked_by), question_id == col(Question.id)),
        (Turn, col(Turn.speaker_id), col(SearchDocument.turn_id) == col(Turn.id)),
    ):
        columns: tuple[Any, ...] = (number, speaker.label("speaker_id"))
        spoken = sa.select(*columns).select_from(SearchDocument).join(table, is_item)
        yield spoken.where(speaker.in_(sorted(speaker_ids)))


def _pieces(text: str) -> Iterator[_Piece]:
    is_subject = False
    for written in text.split():
        if written == "OR" or written.startswith("-") or written.endswith("*"):
            continue
        is_subject = is_subject or written.lower() in _ABOUT
        bare = _POSSESSIVE.sub("", _EDGE.sub("", written))
        for key in name_words(bare):
            yield _Piece(bare, key, is_subject)


def _people(connection: sa.Connection, pieces: Sequence[_Piece], query: Query) -> tuple[list[Name], list[Item]]:
    """Find the people whose names stand in a query: the names of those who are searched for, and what all are called.

    In a question, somebody who is named before `about` speaks, and who is named after it is spoken of.
    """
    by_word = _people_by_word(connection, {piece.key for piece in pieces if len(piece.key) > 1})
    runs = list(_runs(pieces, by_word))
    if not runs:
        return [], []
    columns: tuple[Any, ...] = (Speaker.id, Speaker.slug, Speaker.name, Speaker.aliases, SpeakerEntry.answers)
    rows = connection.execute(
        sa.select(*columns)
        .join(SpeakerEntry, col(SpeakerEntry.speaker_id) == col(Speaker.id))
        .where(col(Speaker.id).in_(set().union(*(ids for _run, ids in runs))))
        .order_by(col(SpeakerEntry.answers).desc(), col(Speaker.slug))
        .limit(_MAX_WITH_WORD)
    ).all()
    ends = {row.id: {end for name in (row.name, *row.aliases) if name for end in _ends(name)} for row in rows}
    called: set[str] = set()
    names: list[tuple[bool, Name]] = []
    counts = documents_with(connection, {stem(piece.key) for piece in pieces})
    for run, ids in runs:
        having = {one for one in ids if one in ends and not ends[one].isdisjoint(piece.key for piece in run)}
        called |= having
        words = {word for piece in run for word in words_of(piece.written)}
        phrases = [one for one in query.phrases() if not one.is_prefix and words.issuperset(one.words)]
        is_meant = len(having) <= _MAX_MEANT and not (_is_ordinary(run, counts) and len(pieces) > 1)
        if having and phrases and is_meant:
            names.append((run[0].is_subject, Name(frozenset(phrases), frozenset(having))))
    people = [
        {"slug": row.slug, "name": row.name, "display_name": display_name(row.name)} for row in rows if row.id in called
    ]
    speakers = [name for is_subject, name in names if not is_subject] if query.mode is Mode.ASK else []
    return speakers or [name for _is_subject, name in names], people[:MAX_NAMED]


def _people_by_word(connection: sa.Connection, words: Collection[str]) -> dict[str, set[str]]:
    if not words:
        return {}
    columns: tuple[Any, ...] = (SpeakerWord.word, SpeakerWord.speaker_id)
    # Each word by itself, so that a first name of thousands leaves room for the others.
    having = [
        sa.select(*columns).where(col(SpeakerWord.word) == word, sa.not_(col(SpeakerWord.whole))).limit(_MAX_WITH_WORD)
        for word in sorted(words)
    ]
    by_word: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(sa.union_all(*(sa.select(one.subquery()) for one in having))):
        by_word[row.word].add(row.speaker_id)
    return by_word


def _runs(pieces: Sequence[_Piece], by_word: dict[str, set[str]]) -> Iterator[tuple[Sequence[_Piece], set[str]]]:
    """Yield the longest runs of words that somebody's name has, with who that may be."""
    first = 0
    while first < len(pieces):
        ids: set[str] = set()
        last = first
        while last < len(pieces) and last - first < _LONGEST:
            having = by_word.get(pieces[last].key, set())
            both = having if last == first else ids & having
            if not both:
                break
            ids, last = both, last + 1
        run = pieces[first:last]
        if run and not (len(run) == 1 and run[0].key in STOPWORDS):
            yield run, ids
        first = max(last, first + 1)


def _ends(name: str) -> set[str]:
    """Return the first and the last word of a name: a particle between them names nobody."""
    words = name_words(name)
    return {words[0], words[-1]} if words else set()


def _is_ordinary(run: Sequence[_Piece], counts: dict[str, int]) -> bool:
    """Whether a run is one word in small letters that many documents have."""
    if len(run) > 1 or run[0].written[:1].isupper():
        return False
    return counts[stem(run[0].key)] * _ORDINARY > counts[""]


def _topics(connection: sa.Connection, pieces: Sequence[_Piece]) -> list[Item]:
    """Find topics whose labels stand in a query, in the singular or with a plural s, the longest first."""
    written = list(dict.fromkeys(piece.written for piece in pieces))
    slugs: dict[str, None] = {}
    for length in range(min(_LONGEST, len(written)), 0, -1):
        for first in range(len(written) - length + 1):
            slug = slugify(" ".join(written[first : first + length]), fallback="")
            if slug and slug not in STOPWORDS:
                slugs |= dict.fromkeys((slug, f"{slug}s", slug.removesuffix("s")))
    rows = connection.execute(sa.select(col(Topic.slug), col(Topic.label)).where(col(Topic.slug).in_(slugs)))
    labels = {row.slug: row.label for row in rows}
    return [{"slug": slug, "label": labels[slug]} for slug in slugs if slug in labels][:MAX_NAMED]


def _interviews(connection: sa.Connection, query: Query, names: frozenset[Phrase]) -> list[Item]:
    """Find interviews whose titles have all the telling words of a query, names of people aside; the newest first."""
    telling = [
        group for group in query.concepts if names.isdisjoint(group) and not all(phrase.is_stopword for phrase in group)
    ]
    groups = tuple(telling) or query.concepts
    titled = newest(connection, replace(query, groups=groups, within=Within.TITLE), None, _MAX_TITLED)
    having = sa.select(col(SearchDocument.interview_id)).where(col(SearchDocument.number).in_(titled))
    columns: tuple[Any, ...] = (Interview.slug, Interview.title, Interview.published)
    order = (col(Interview.published_earliest).desc(), col(Interview.id).desc())
    rows = connection.execute(
        sa.select(*columns).where(col(Interview.id).in_(having)).order_by(*order).limit(MAX_NAMED)
    )
    return [dict(row._mapping) for row in rows]
