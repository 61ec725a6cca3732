"""Which passages of the record may say a quotation: found through the full-text index, by its rarest words first, and
read with everything that a verdict on them needs. How many are looked into is bounded, whatever the quotation.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import SearchDocument, Turn
from app.queries.query import Mode, Phrase, Query, Within, documents_with, read_query
from app.queries.search import inverse_frequency, newest
from app.quotes import Passage, PassageTurn
from app.quotes.quotation import Quotation
from app.transcripts.transcript import SPOKEN

# So many documents are read for a quotation that is there word for word, and for one that may be altered.
MAX_WHOLE = 60
_MAX_NEAR = 16
# A phrase of so many words is in few documents but those that are meant.
_PHRASE_WORDS = 12
# Rare words vote for the documents that have them: so many words, which together are in so many documents.
_MAX_RARE = 10
_MAX_VOTES = 2_000
# Of longer quotations the words of the beginning decide.
_MAX_COUNTED = 1_500
# What belongs to no question goes on in the turns around it.
_TURNS_AROUND = 10


@dataclass(frozen=True)
class StoredPassage:
    """A passage as it is stored: its turns, all of one speaker, and what they belong to."""

    id: str
    turns: tuple[sa.Row[Any], ...]
    interview_id: str
    question_id: str | None
    answer_id: str | None
    speaker_id: str | None

    def passage(self, *, as_claimed: bool | None) -> Passage:
        """Hand it over to be judged."""
        return Passage(self.id, tuple(PassageTurn(turn.id, turn.text) for turn in self.turns), as_claimed)


class Candidates:
    """The documents that may say one quotation."""

    def __init__(self, connection: sa.Connection, quotation: Quotation) -> None:
        self._connection = connection
        self._quotation = quotation
        self._phrases = [self._phrase(place, place + 1) for place in range(min(len(quotation.words), _MAX_COUNTED))]
        terms = {term for phrase in self._phrases if phrase for term in phrase.terms()}
        self._documents = documents_with(connection, terms)
        # In how many documents each word is, at most; one that the index does not count is in all.
        self._frequencies = [self._count(phrase) for phrase in self._phrases]

    def whole(self, filtered: sa.Select[Any] | None = None) -> list[int]:
        """Find documents that have a phrase of every piece of the quotation, its rarest words in it."""
        pieces = [(piece.start, piece.end) for piece in self._quotation.fragments] or [(0, len(self._quotation.words))]
        spans = [self._around_rarest(*piece) for piece in pieces if piece[1] > piece[0]]
        # What has the rarest words leaves few documents for the others to be in.
        spans = sorted(spans, key=lambda span: self._rarity(*span))[:4]
        return self._having(spans, filtered, MAX_WHOLE)

    def near(self, filtered: sa.Select[Any] | None = None) -> list[int]:
        """Find documents that have most of its rare words, or several of its parts as they are."""
        votes: Counter[int] = Counter()
        for place in self._rare():
            phrase = self._phrases[place]
            if phrase is not None:
                weight = inverse_frequency(self._frequency(place), self._documents[""])
                for number in newest(self._connection, _query([phrase]), filtered, _MAX_VOTES):
                    votes[number] += round(100 * weight)
        for one, other in itertools.combinations(self._parts(), 2):
            for number in self._having([one, other], filtered, _MAX_NEAR):
                votes[number] += 1_000
        return [number for number, _votes in votes.most_common(_MAX_NEAR)]

    def _having(self, spans: Sequence[tuple[int, int]], filtered: sa.Select[Any] | None, most: int) -> list[int]:
        phrases = [self._phrase(*span) for span in spans]
        asked = [phrase for phrase in phrases if phrase is not None]
        if not asked or any(self._frequency(place) == 0 for span in spans for place in range(*span)):
            return []
        return newest(self._connection, _query(asked), filtered, most)

    def _phrase(self, start: int, end: int) -> Phrase | None:
        """Read some words as the index has them; a character of unspaced writing goes with the one after it."""
        words, text = self._quotation.words, self._quotation.text
        phrase = _read_phrase(text[words[start].start : words[end - 1].end])
        if phrase is not None and phrase.is_prefix and end < len(words):
            phrase = _read_phrase(text[words[start].start : words[end].end]) or phrase
        return phrase

    def _frequency(self, place: int) -> int:
        return self._frequencies[place] if place < len(self._frequencies) else self._documents[""]

    def _count(self, phrase: Phrase | None) -> int:
        if phrase is None or phrase.is_prefix:
            return self._documents[""]
        return sum(min(self._documents[term] for term in terms) for terms in phrase.alternatives())

    def _rarity(self, start: int, end: int) -> int:
        return min((self._frequency(place) for place in range(start, end)), default=0)

    def _around_rarest(self, start: int, end: int) -> tuple[int, int]:
        if end - start <= _PHRASE_WORDS:
            return start, end
        rarest = min(range(start, min(end, start + _MAX_COUNTED)), key=self._frequency)
        begun = min(max(start, rarest - _PHRASE_WORDS // 2), end - _PHRASE_WORDS)
        return begun, begun + _PHRASE_WORDS

    def _rare(self) -> list[int]:
        """Choose words to vote, the rarest first."""
        known = {phrase: place for place, phrase in enumerate(self._phrases) if phrase and self._frequency(place)}
        chosen: list[int] = []
        votes = 0
        for place in sorted(known.values(), key=self._frequency)[:_MAX_RARE]:
            votes += self._frequency(place)
            if votes > _MAX_VOTES:
                break
            chosen.append(place)
        return chosen

    def _parts(self) -> list[tuple[int, int]]:
        """Cut the quotation into parts, of which one altered word leaves two at least as they are."""
        length = len(self._quotation.words)
        count = 3 if length < 16 else 4
        cuts = [length * number // count for number in range(count + 1)]
        parts = [(one, two) for one, two in itertools.pairwise(cuts) if two > one]
        return [self._around_rarest(*part) for part in parts]


def _read_phrase(text: str) -> Phrase | None:
    # The query language knows quotation marks and a star; neither is a word.
    groups = read_query(f'"{text.translate(_NO_MARKS)}"').groups
    return groups[0][0] if groups else None


_NO_MARKS = str.maketrans(dict.fromkeys('"“”„‟*', " "))


def _query(phrases: Iterable[Phrase]) -> Query:
    return Query(Mode.SEARCH, tuple((phrase,) for phrase in phrases), within=Within.SPOKEN)


def read_passages(connection: sa.Connection, numbers: Sequence[int]) -> list[StoredPassage]:
    """Read what stands in some documents, in their order: each answer, each question, each run of a speaker's turns."""
    if not numbers:
        return []
    columns = (SearchDocument.number, SearchDocument.question_id, SearchDocument.turn_id)
    rows = connection.execute(sa.select(*map(col, columns)).where(col(SearchDocument.number).in_(numbers))).all()
    order = {number: place for place, number in enumerate(numbers)}
    rows = sorted(rows, key=lambda row: order[row.number])
    of_questions = _of_questions(connection, [row.question_id for row in rows if row.question_id])
    free = _free_standing(connection, [row.turn_id for row in rows if row.turn_id])
    found: dict[str, StoredPassage] = {}
    for row in rows:
        for said in of_questions[row.question_id] if row.question_id else free.get(row.turn_id, ()):
            found.setdefault(said.id, said)
    return list(found.values())


_TURN_COLUMNS: tuple[Any, ...] = (
    Turn.id,
    Turn.interview_id,
    Turn.position,
    Turn.kind,
    Turn.speaker_id,
    Turn.text,
    Turn.start_ms,
    Turn.end_ms,
    Turn.source_start,
    Turn.source_end,
    Turn.segments,
    Turn.question_id,
    Turn.answer_id,
)


def _of_questions(connection: sa.Connection, question_ids: Sequence[str]) -> dict[str, list[StoredPassage]]:
    found: dict[str, list[StoredPassage]] = defaultdict(list)
    if not question_ids:
        return found
    rows = connection.execute(
        sa.select(*map(col, _TURN_COLUMNS))
        .where(col(Turn.question_id).in_(question_ids))
        .order_by(col(Turn.question_id), col(Turn.position))
    )
    runs: dict[tuple[str, str | None, str | None], list[sa.Row[Any]]] = defaultdict(list)
    for row in rows:
        runs[row.question_id, row.answer_id, row.speaker_id].append(row)
    for (question_id, _answer_id, _speaker_id), turns in runs.items():
        found[question_id].append(_said(turns))
    return found


def _free_standing(connection: sa.Connection, turn_ids: Sequence[str]) -> dict[str, tuple[StoredPassage, ...]]:
    """Read turns that belong to no question, each with those of its speaker that it follows or that follow it."""
    if not turn_ids:
        return {}
    asked, around = sa.orm.aliased(Turn), sa.orm.aliased(Turn)
    columns = [col(getattr(around, column.key)) for column in _TURN_COLUMNS]
    rows = connection.execute(
        sa.select(*columns)
        .distinct()
        .join(
            asked,
            sa.and_(
                col(asked.interview_id) == col(around.interview_id),
                col(around.position).between(col(asked.position) - _TURNS_AROUND, col(asked.position) + _TURNS_AROUND),
            ),
        )
        .where(col(asked.id).in_(turn_ids), col(around.kind).in_(SPOKEN))
        .order_by(col(around.interview_id), col(around.position))
    )
    found: dict[str, tuple[StoredPassage, ...]] = {}
    # Notes and headings interrupt nobody; a question does, and whoever else speaks.
    for key, run in itertools.groupby(rows, key=lambda row: (row.interview_id, row.question_id, row.speaker_id)):
        if key[1] is None:
            turns = list(run)
            found.update((turn.id, (_said(turns),)) for turn in turns)
    return found


def _said(turns: Sequence[sa.Row[Any]]) -> StoredPassage:
    first = turns[0]
    return StoredPassage(
        first.id, tuple(turns), first.interview_id, first.question_id, first.answer_id, first.speaker_id
    )
