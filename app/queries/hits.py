"""Searches the record: reads what is asked, finds what may be meant, and puts the best first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import SearchDocument
from app.queries import limits
from app.queries.conditions import Conditions, Sql, row_condition
from app.queries.embedding import Item, document_select
from app.queries.filters import Filters, conditions
from app.queries.hit_items import embedder
from app.queries.named import Named, find_named, speakers_of, spoken_by
from app.queries.paging import Rank, Ranked
from app.queries.query import Mode, Query, expanded, read_query
from app.queries.ranking import MAX_SPREAD, spread
from app.queries.search import MAX_RANKED, Found, count, find, matching, newest, read_documents, score
from app.queries.spelling import Slip, corrected_text, did_you_mean, find_slips

# Hits for all words below which hits for any of them are added.
_FEW = 5


class Matched(StrEnum):
    """Which words the hits have."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class RankingKind(StrEnum):
    """Whether everything that matches was ranked."""

    EXACT = "exact"
    BOUNDED = "bounded"


@dataclass(frozen=True)
class _Reading:
    """How a query is taken: as it was written, with slips replaced, and what it names."""

    text: str
    query: Query
    slips: Sequence[Slip]
    named: Named

    @property
    def searched(self) -> str:
        """The text that is searched for."""
        return corrected_text(self.text, [slip for slip in self.slips if slip.is_replaced])


@dataclass(frozen=True)
class _Candidates:
    """Documents that are to be ranked, and a condition that all that match meet."""

    numbers: Sequence[int]
    condition: Sql
    is_exact: bool


def search(
    connection: sa.Connection, text: str, mode: Mode | None, filters: Filters, *, as_written: bool = False
) -> Ranked:
    """Search the record. The list comes with remarks on the search as a whole.

    Words that stand nowhere are replaced by the nearest ones, unless the text is to be searched `as_written`. Without a
    mode, a text that asks is read as a question.

    Raises:
        ParameterError: a filter names something unknown.
    """
    given = conditions(connection, filters, "documents")
    reading = _read(connection, text, mode, as_written=as_written)
    query, named, notes = reading.query, reading.named, _notes(reading)
    if not query.groups:
        notes.append("The query has no letter and no digit to search for.")
        summary = _summary(reading, Matched.NONE, RankingKind.EXACT, notes)
        nothing = given.adding(row_condition(sa.false()))
        return Ranked([], embedder(query, ()), 0, total_is_exact=True, conditions=nothing, extra=summary)
    filtered = _filtered(given)
    strict = find(connection, query, filtered, count_to=limits.TOTAL_CAP, keep_common=filtered is not None)
    spoken = _find_spoken(connection, query, given, named)
    matched = Matched.ANY if query.mode is Mode.ASK and len(query.phrases()) > 1 else Matched.ALL
    used, found = query, strict
    is_few = len({*strict.numbers, *(spoken.numbers if spoken else ())}) < _FEW
    is_name_alone = bool(spoken and spoken.numbers and not query.without(named.phrases).groups)
    loose = query.relaxed() if query.mode is Mode.SEARCH and is_few and not is_name_alone else None
    # Count in the whole corpus, not within the filters: otherwise, one more filter could add hits.
    if loose is not None and (filtered is None or _count_whole(connection, query, named) < _FEW):
        matched, used = Matched.ANY, loose
        found = find(connection, loose, filtered, count_to=limits.TOTAL_CAP, keep_common=filtered is not None)
        notes.append("Few items have all the words: those with some of them follow.")
    elif loose is not None and not strict.total:
        notes.append("What the filters leave has not all the words; mode=ask finds any of them.")
    candidates = _candidates(connection, query, used, given, named, (strict, found), spoken)
    shown = replace(used, groups=(*used.groups, (used.said,))) if used.said else used
    total = len(candidates.numbers) if candidates.is_exact else _count(connection, given, candidates.condition)
    kind = RankingKind.EXACT if candidates.is_exact else RankingKind.BOUNDED
    if kind is RankingKind.BOUNDED:
        notes.append(f"The words are common: of what matches, at most the newest {MAX_RANKED:,} are ranked and shown.")
    return Ranked(
        _ranks(connection, query, named, candidates),
        embedder(shown, given.topic_states, named.speaker_ids),
        min(total, limits.TOTAL_CAP),
        total_is_exact=total <= limits.TOTAL_CAP,
        conditions=given.adding(row_condition(candidates.condition)),
        is_bounded=not candidates.is_exact,
        extra=_summary(reading, matched, kind, notes),
    )


def _read(connection: sa.Connection, text: str, mode: Mode | None, *, as_written: bool) -> _Reading:
    asked = read_query(text, mode)
    slips = find_slips(connection, asked)
    if as_written:
        slips = [replace(slip, is_replaced=False) for slip in slips]
    meant = asked.replacing({slip.word: slip.suggestions for slip in slips if slip.is_replaced})
    reading = _Reading(text, expanded(connection, meant), slips, Named())
    return replace(reading, named=find_named(connection, reading.searched, reading.query))


def _notes(reading: _Reading) -> list[str]:
    notes = []
    if reading.query.is_cut:
        notes.append("The query is long: its last words were left out.")
    for slip in reading.slips:
        if slip.is_replaced:
            others = " or ".join(f"\u201c{one}\u201d" for one in slip.suggestions)
            notes.append(
                f"Nothing has the word \u201c{slip.word}\u201d: {others} is searched for in its place. "
                "as_written=true searches for it as it is written."
            )
    return notes


def _summary(reading: _Reading, matched: Matched, ranking: RankingKind, notes: Sequence[str]) -> Item:
    query = reading.query
    return {
        "query": {
            "text": reading.text,
            "searched": reading.searched,
            "mode": query.mode,
            "words": [str(phrase) for phrase in query.phrases()],
            "excluded": [str(phrase) for phrase in query.excluded],
        },
        "matched": matched,
        "ranking": ranking,
        "notes": list(notes),
        "did_you_mean": did_you_mean(reading.text, reading.slips),
        "named": reading.named.shown(),
        "quotation": query.quotation,
    }


def _filtered(given: Conditions, *more: Sql) -> sa.Select[Any] | None:
    narrowed = [*given.by_index(), *more]
    return document_select(col(SearchDocument.number)).where(*narrowed) if narrowed else None


def _is_spoken(named: Named) -> Sql:
    return col(SearchDocument.number).in_(spoken_by(named.speaker_ids))


def _find_spoken(connection: sa.Connection, query: Query, given: Conditions, named: Named) -> Found | None:
    """Find the documents in which people speak whom the query names, and which have its other words."""
    if not named.speaker_ids:
        return None
    rest = query.without(named.phrases)
    filtered = _filtered(given, _is_spoken(named))
    if rest.groups:
        return find(connection, rest, filtered, count_to=limits.TOTAL_CAP, keep_common=True)
    numbers = _newest_spoken(connection, given, named)
    return Found(numbers[:MAX_RANKED], len(numbers) <= MAX_RANKED, len(numbers))


def _newest_spoken(connection: sa.Connection, given: Conditions, named: Named) -> Sequence[int]:
    number = col(SearchDocument.number)
    newest_first = document_select(number).where(*given.by_index(), _is_spoken(named)).order_by(number.desc())
    return connection.execute(newest_first.limit(MAX_RANKED + 1)).scalars().all()


def _count_whole(connection: sa.Connection, query: Query, named: Named) -> int:
    """Count what has all the words in the whole corpus, as far as it matters whether that is little."""
    by_text = count(connection, query, _FEW)
    if by_text >= _FEW or not named.speaker_ids:
        return by_text
    spoken = _find_spoken(connection, query, Conditions("documents", (), ()), named)
    return by_text + (spoken.total if spoken else 0)


def _candidates(
    connection: sa.Connection,
    query: Query,
    used: Query,
    given: Conditions,
    named: Named,
    by_words: Sequence[Found],
    spoken: Found | None,
) -> _Candidates:
    """Put together what was found in several ways, what matters most first, up to what can be ranked."""
    parts: list[Sequence[int]] = []
    is_exact = by_words[-1].is_exact
    condition = matching(connection, used)
    if query.said is not None:
        said = Query(Mode.SEARCH, ((query.said,),))
        parts.append(newest(connection, said, _filtered(given), MAX_RANKED))
        condition = sa.or_(condition, matching(connection, said))
    if spoken is not None:
        rest = query.without(named.phrases)
        parts.append(spoken.numbers)
        is_exact = is_exact and spoken.is_exact
        by_people = _is_spoken(named)
        if rest.groups and (used is not query or query.mode is Mode.ASK):
            # A query for any of its words: who speaks is one of them.
            more = _newest_spoken(connection, given, named)
            parts.append(more[:MAX_RANKED])
            is_exact = is_exact and len(more) <= MAX_RANKED
        elif rest.groups:
            by_people = sa.and_(by_people, matching(connection, rest))
        condition = sa.or_(condition, by_people)
    parts += [found.numbers for found in by_words]
    numbers = list(dict.fromkeys(number for part in parts for number in part))
    return _Candidates(numbers[:MAX_RANKED], condition, is_exact and len(numbers) <= MAX_RANKED)


def _count(connection: sa.Connection, given: Conditions, condition: Sql) -> int:
    some = document_select(sa.literal_column("1")).where(*given.by_index(), condition)
    counted = some.limit(limits.TOTAL_CAP + 1).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(counted)).scalar_one())


def _ranks(connection: sa.Connection, query: Query, named: Named, candidates: _Candidates) -> list[Rank]:
    speaking = {
        number: frozenset(
            phrase for name in named.names if not ids.isdisjoint(name.speaker_ids) for phrase in name.phrases
        )
        for number, ids in speakers_of(connection, named.speaker_ids, candidates.numbers).items()
    }
    scored = score(connection, query, candidates.numbers, speaking)
    ranks: list[Rank] = sorted(((*found, number) for number, found in scored.scores.items()), reverse=True)
    # Whatever else reorders the first hits, such as `ranking.reordered`, belongs here.
    first = read_documents(connection, [number for _tier, _score, number in ranks[:MAX_SPREAD]])
    return spread(ranks, scored.interviews, {number: document for number, _interview, document in first})
