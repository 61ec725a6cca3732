"""Finds the passages of the record that may say a quotation, by its rarest words in the full-text index.

Their number is bounded for any quotation.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import SearchDocument, Turn
from app.queries.query import Mode, Phrase, Query, Within, documents_with, read_query
from app.queries.scoring import inverse_frequency
from app.queries.search import newest
from app.quotes import Passage, PassageTurn, token_texts
from app.quotes.quotation import Quotation
from app.quotes.word_forms import is_interjection
from app.transcripts.transcript import SPOKEN

# Documents that are read for a quotation word for word, and for an altered one, at most.
MAX_WHOLE = 60
_MAX_NEAR = 16
# Words of a phrase that is searched for: hardly any other document has that many in a row.
_PHRASE_WORDS = 12
# Rare words vote for the documents that have them: words at most, and documents of all of them together.
_MAX_RARE = 10
_MAX_VOTES = 2_000
# Words at the beginning of a quotation whose frequencies are looked up.
_MAX_COUNTED = 1_500
# Turns before and after a turn outside of questions in which its speaker may go on.
_TURNS_AROUND = 10
# Code points of a listener's interjection, such as `Mm-hmm.`, at most.
_LONGEST_INTERJECTION = 40


@dataclass(frozen=True)
class StoredPassage:
    """A passage as stored: its turns, all of one speaker, and the ids of what they belong to."""

    id: str
    turns: tuple[sa.Row[Any], ...]
    interview_id: str
    question_id: str | None
    answer_id: str | None
    speaker_id: str | None
    # Places of turns before which a listener put in a word or two: the passage runs over several answers.
    interrupted_before: tuple[int, ...] = ()

    def passage(self, *, as_claimed: bool | None) -> Passage:
        """Convert to the passage that `judge` takes."""
        return Passage(
            self.id, tuple(PassageTurn(turn.id, turn.text) for turn in self.turns), as_claimed, self.interrupted_before
        )


class Candidates:
    """Finds the documents that may say one quotation. Methods return numbers of documents."""

    def __init__(self, connection: sa.Connection, quotation: Quotation) -> None:
        self._connection = connection
        self._quotation = quotation
        self._phrases = [self._phrase(place, place + 1) for place in range(min(len(quotation.words), _MAX_COUNTED))]
        terms = {term for phrase in self._phrases if phrase for term in phrase.terms()}
        self._documents = documents_with(connection, terms)
        # In how many documents each word is at most. Words that the index does not count may be in all.
        self._frequencies = [self._count(phrase) for phrase in self._phrases]

    def whole(self, filtered: sa.Select[Any] | None = None) -> list[int]:
        """Find documents with a phrase of each fragment of the quotation, around the rarest word of the fragment."""
        fragments = [(one.start, one.end) for one in self._quotation.fragments] or [(0, len(self._quotation.words))]
        spans = [self._around_rarest(start, end) for start, end in fragments if end > start]
        # The four rarest phrases leave few enough documents.
        spans = sorted(spans, key=lambda span: self._rarity(*span))[:4]
        return self._with_phrases(spans, filtered, MAX_WHOLE)

    def near(self, filtered: sa.Select[Any] | None = None) -> list[int]:
        """Find documents with most of the rare words of the quotation, or with two of its parts unchanged."""
        votes: Counter[int] = Counter()
        for place in self._rare():
            phrase = self._phrases[place]
            if phrase is not None:
                weight = inverse_frequency(self._frequency(place), self._documents[""])
                for number in newest(self._connection, _query([phrase]), filtered, _MAX_VOTES):
                    votes[number] += round(100 * weight)
        for one, other in itertools.combinations(self._parts(), 2):
            for number in self._with_phrases([one, other], filtered, _MAX_NEAR):
                votes[number] += 1_000
        return [number for number, _votes in votes.most_common(_MAX_NEAR)]

    def _with_phrases(self, spans: Sequence[tuple[int, int]], filtered: sa.Select[Any] | None, limit: int) -> list[int]:
        phrases = [self._phrase(*span) for span in spans]
        asked = [phrase for phrase in phrases if phrase is not None]
        if not asked or any(self._frequency(place) == 0 for span in spans for place in range(*span)):
            return []
        return newest(self._connection, _query(asked), filtered, limit)

    def _phrase(self, start: int, end: int) -> Phrase | None:
        """Return the phrase of some words. In scripts without spaces, a single character takes the next one with it."""
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
        begin = min(max(start, rarest - _PHRASE_WORDS // 2), end - _PHRASE_WORDS)
        return begin, begin + _PHRASE_WORDS

    def _rare(self) -> list[int]:
        """Return the positions of the words that vote, the rarest first."""
        places = {phrase: place for place, phrase in enumerate(self._phrases) if phrase and self._frequency(place)}
        chosen: list[int] = []
        votes = 0
        for place in sorted(places.values(), key=self._frequency)[:_MAX_RARE]:
            votes += self._frequency(place)
            if votes > _MAX_VOTES:
                break
            chosen.append(place)
        return chosen

    def _parts(self) -> list[tuple[int, int]]:
        """Split the quotation into three or four parts: one altered word leaves at least two of them unchanged."""
        length = len(self._quotation.words)
        count = 3 if length < 16 else 4
        cuts = [length * number // count for number in range(count + 1)]
        parts = [(one, two) for one, two in itertools.pairwise(cuts) if two > one]
        return [self._around_rarest(*part) for part in parts]


def _read_phrase(text: str) -> Phrase | None:
    # Quotation marks and the star are operators of the query language.
    groups = read_query(f'"{text.translate(_NO_MARKS)}"').groups
    return groups[0][0] if groups else None


_NO_MARKS = str.maketrans(dict.fromkeys('"“”„‟*', " "))


def _query(phrases: Iterable[Phrase]) -> Query:
    return Query(Mode.SEARCH, tuple((phrase,) for phrase in phrases), within=Within.SPOKEN)


def read_passages(connection: sa.Connection, numbers: Sequence[int]) -> list[StoredPassage]:
    """Read the passages of some documents, in their order: questions, answers, and runs of a speaker's other turns."""
    if not numbers:
        return []
    columns = (SearchDocument.number, SearchDocument.question_id, SearchDocument.turn_id)
    rows = connection.execute(sa.select(*map(col, columns)).where(col(SearchDocument.number).in_(numbers))).all()
    order = {number: place for place, number in enumerate(numbers)}
    rows = sorted(rows, key=lambda row: order[row.number])
    of_questions = _of_questions(connection, [row.question_id for row in rows if row.question_id])
    others = _outside_questions(connection, [row.turn_id for row in rows if row.turn_id])
    found: dict[str, StoredPassage] = {}
    for row in rows:
        for passage in of_questions[row.question_id] if row.question_id else others.get(row.turn_id, ()):
            found.setdefault(passage.id, passage)
    return list(found.values())


def read_interrupted_passages(connection: sa.Connection, stored: Sequence[StoredPassage]) -> list[StoredPassage]:
    """Read what the speakers of some passages say around them over a listener's interjections, such as `Mm-hmm.`"""
    windows: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in sorted(stored, key=lambda each: each.turns[0].position):
        first = one.turns[0].position - _TURNS_AROUND
        last = min(one.turns[-1].position, one.turns[0].position + _TURNS_AROUND) + _TURNS_AROUND
        ranges = windows[one.interview_id]
        if ranges and first <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        else:
            ranges.append((first, last))
    found: list[StoredPassage] = []
    for interview_id, ranges in windows.items():
        for first, last in ranges:
            rows = connection.execute(
                sa.select(*map(col, _TURN_COLUMNS))
                .where(
                    col(Turn.interview_id) == interview_id,
                    col(Turn.position).between(first, last),
                    col(Turn.kind).in_(SPOKEN),
                )
                .order_by(col(Turn.position))
            )
            found += _over_interjections(list(rows))
    return found


def _over_interjections(turns: Sequence[sa.Row[Any]]) -> Iterator[StoredPassage]:
    run: list[sa.Row[Any]] = []
    breaks: list[int] = []
    is_interrupted = False
    for turn in [*turns, None]:
        if turn is not None and run and turn.speaker_id == run[-1].speaker_id is not None:
            if is_interrupted:
                breaks.append(len(run))
            run.append(turn)
        elif (
            turn is not None
            and run
            and len(turn.text) <= _LONGEST_INTERJECTION
            and is_interjection(token_texts(turn.text))
        ):
            is_interrupted = True
            continue
        else:
            if breaks:
                whole = _stored_passage(run)
                yield replace(whole, id=f"{whole.id} and on", interrupted_before=tuple(breaks))
            run, breaks = ([] if turn is None else [turn]), []
        is_interrupted = False


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
        found[question_id].append(_stored_passage(turns))
    return found


def _outside_questions(connection: sa.Connection, turn_ids: Sequence[str]) -> dict[str, tuple[StoredPassage, ...]]:
    """Read turns outside of questions, each with the adjoining turns of its speaker."""
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
    # A run ends at a question or another speaker, but not at notes and headings, which are not selected.
    for key, run in itertools.groupby(rows, key=lambda row: (row.interview_id, row.question_id, row.speaker_id)):
        if key[1] is None:
            turns = list(run)
            found.update((turn.id, (_stored_passage(turns),)) for turn in turns)
    return found


def _stored_passage(turns: Sequence[sa.Row[Any]]) -> StoredPassage:
    first = turns[0]
    return StoredPassage(
        first.id, tuple(turns), first.interview_id, first.question_id, first.answer_id, first.speaker_id
    )
