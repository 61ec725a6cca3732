"""Searches the full-text index, FTS5 on SQLite and tsvector on PostgreSQL, and ranks what it finds. Apart from app.db,
this is the module that knows the dialect.

Both indexes hold the same terms (see app.text.terms), so a query finds the same documents on both; `scoring` scores
them by their terms, so they are ranked the same too.
"""

import heapq
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import col

from app.models import SearchDocument, table_of
from app.queries.query import Phrase, Query, Within, documents_with
from app.queries.scoring import Document, Score, Scorer, Tier, max_documents
from app.text.terms import BREAK

# Documents that are ranked at most, the newest ones: words in more are too common for their ranking to matter.
MAX_RANKED = 5_000
# Documents that the words of a query for any of them may be in together: the rarest words are searched for up to this
# sum, and the remaining ones only add to the score.
_MAX_ANY_DOCUMENTS = 4 * MAX_RANKED
# Documents whose terms are read at a time, and characters that are read at most: long documents are few.
_READ_AT_A_TIME, _MAX_READ = 500, 20_000_000
# Documents that a filter may leave for it to be evaluated before the search.
_NARROW = 20_000
_FTS5_COLUMNS = {
    Within.ANYWHERE: "",
    Within.SPOKEN: "{question answers} : ",
    Within.ASKED: "{question} : ",
    Within.TITLE: "{title} : ",
}
_POSTGRESQL_LABELS = {Within.ANYWHERE: "", Within.SPOKEN: "AB", Within.ASKED: "A", Within.TITLE: "C"}
# The indexed text of a document, by the parts that a query may be restricted to.
_INDEXED_TEXT: Mapping[Within, Sequence[Any]] = {
    Within.ANYWHERE: (col(SearchDocument.title), col(SearchDocument.question), col(SearchDocument.answers)),
    Within.SPOKEN: (col(SearchDocument.question), col(SearchDocument.answers)),
    Within.ASKED: (col(SearchDocument.question),),
    Within.TITLE: (col(SearchDocument.title),),
}
# The table behind the index on both engines; its key is `rowid` on SQLite and `number` on PostgreSQL.
_INDEX = sa.table("search_index", sa.column("rowid", sa.Integer), sa.column("number", sa.Integer), sa.column("vector"))


@dataclass(frozen=True)
class Ranking:
    """How well documents match, by number; `is_exact` if all matching documents were ranked."""

    ranked: Mapping[int, Score]
    is_exact: bool
    total: int

    @property
    def scores(self) -> dict[int, float]:
        """The scores by number."""
        return {number: found.score for number, found in self.ranked.items()}

    def best(self, limit: int) -> list[int]:
        """Return the numbers of the best documents, the newest of equal ones first."""
        places = heapq.nlargest(limit, ((found, number) for number, found in self.ranked.items()))
        return [number for _found, number in places]


@dataclass(frozen=True)
class Scored:
    """Documents as they were scored, by number: the scores, and the interviews that they are of."""

    scores: dict[int, Score]
    interviews: dict[int, str]


@dataclass(frozen=True)
class Found:
    """The numbers of the newest documents that match, MAX_RANKED of them at most; `is_exact` if these are all."""

    numbers: Sequence[int]
    is_exact: bool
    total: int


class IndexQuery:
    """A query as the index of one engine takes it."""

    def __init__(self, connection: sa.Connection, query: Query) -> None:
        self.query = query
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._key = _INDEX.c.rowid if self._is_sqlite else _INDEX.c.number

    @property
    def key(self) -> sa.ColumnElement[int]:
        """The number of a document in the index."""
        return self._key

    def match(self) -> sa.ColumnElement[bool]:
        """Whether a row of the index matches."""
        if self._is_sqlite:
            return sa.literal_column("search_index").op("MATCH", is_comparison=True)(_fts5(self.query))
        return _INDEX.c.vector.op("@@", is_comparison=True)(_tsquery(_postgresql(self.query)))

    def numbers(self) -> sa.Select[Any]:
        """Select the numbers of all matching documents."""
        return sa.select(self._key.label("number")).select_from(_INDEX).where(self.match())


def matching(connection: sa.Connection, query: Query) -> sa.ColumnElement[bool]:
    """Whether a search document in the statement matches a query, evaluated with the index."""
    return col(SearchDocument.number).in_(IndexQuery(connection, query).numbers())


def matches(connection: sa.Connection, query: Query) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
    """Return the index joined with its documents, and the condition of a query, for scans that the index drives."""
    index, document = IndexQuery(connection, query), table_of(SearchDocument)
    return _INDEX.join(document, document.c.number == index.key), index.match()


def text_matches(connection: sa.Connection, query: Query) -> sa.ColumnElement[bool]:
    """Whether a search document in the statement matches a query, evaluated on its text without the index.

    This is faster than `matching` where a scan stops early and most documents match: the index finds all of them.
    """
    contains = sa.func.instr if connection.dialect.name == "sqlite" else sa.func.strpos
    space = sa.literal(" ")
    # The break between columns keeps a phrase from matching across them.
    between = sa.literal(f" {BREAK} ")
    joined = reduce(lambda one, other: one.concat(between).concat(other), _INDEXED_TEXT[query.within])
    said = space.concat(joined).concat(space)

    def has(phrase: Phrase) -> Iterator[sa.ColumnElement[bool]]:
        for terms in (*phrase.alternatives(), *((term,) for term in phrase.also)):
            ends = "" if phrase.is_prefix and terms[-1] not in phrase.also else " "
            yield contains(said, sa.literal(f" {' '.join(terms)}{ends}")) > 0

    def any_of(phrases: Sequence[Phrase]) -> sa.ColumnElement[bool]:
        return sa.or_(*(one for phrase in phrases for one in has(phrase)))

    excluded = [sa.not_(any_of(query.excluded))] if query.excluded else []
    return sa.and_(*map(any_of, query.groups), *excluded)


class least(GenericFunction[int]):  # noqa: N801 - a function of SQL is named as it is called there
    """The SQL function LEAST, which SQLite calls min."""

    type = sa.Integer()
    inherit_cache = True


@compiles(least, "sqlite")
def _least_on_sqlite(element: least, compiler: Any, **options: Any) -> str:
    return f"min({compiler.process(element.clauses, **options)})"


def rank(connection: sa.Connection, query: Query, filtered: sa.Select[Any] | None = None, *, count_to: int) -> Ranking:
    """Rank the documents that match a query: all, or the newest MAX_RANKED of them.

    The parameters are those of `find`.
    """
    found = find(connection, query, filtered, count_to=count_to)
    return Ranking(score(connection, query, found.numbers).scores, found.is_exact, found.total)


def find(
    connection: sa.Connection,
    query: Query,
    filtered: sa.Select[Any] | None = None,
    *,
    count_to: int,
    keep_common: bool = False,
) -> Found:
    """Find the documents that match a query: all, or the newest MAX_RANKED of them.

    `filtered` selects the numbers of the documents to search in; None means all. A query for any of its words does not
    search for the most common ones unless `keep_common` is set, because a narrow filter may leave only those. The total
    is counted up to one more than `count_to`.
    """
    documents = documents_with(connection, _terms(query))
    chosen = query if keep_common else _rarest_words(query, documents, _MAX_ANY_DOCUMENTS)
    numbers = newest(connection, chosen, filtered, MAX_RANKED + 1)
    is_exact = len(numbers) <= MAX_RANKED and chosen == query
    total = len(numbers)
    if not is_exact:
        total = _count(connection, IndexQuery(connection, query), filtered, documents, count_to)
    return Found(numbers[:MAX_RANKED], is_exact, total)


def score(
    connection: sa.Connection,
    query: Query,
    numbers: Collection[int],
    speaking: Mapping[int, frozenset[Phrase]] = MappingProxyType({}),
) -> Scored:
    """Score documents by a query, the newest first. Where they are too long to be read whole, the rest score 0.

    `speaking` says in which documents people speak whom the query names, and by which phrases.
    """
    scorer = Scorer(query, documents_with(connection, _terms(query)))
    scores = dict.fromkeys(numbers, Score(Tier.SOME, 0.0))
    interviews: dict[int, str] = {}
    for number, interview_id, document in _documents(connection, numbers):
        scores[number] = scorer.score(document, speaking.get(number, frozenset()))
        interviews[number] = interview_id
    return Scored(scores, interviews)


def read_documents(connection: sa.Connection, numbers: Collection[int]) -> list[tuple[int, str, Document]]:
    """Read documents: their numbers, the ids of their interviews, and their terms."""
    columns: tuple[Any, ...] = (SearchDocument.number, SearchDocument.interview_id)
    texts: tuple[Any, ...] = (SearchDocument.title, SearchDocument.question, SearchDocument.answers)
    rows = connection.execute(sa.select(*columns, *texts).where(col(SearchDocument.number).in_(numbers)))
    return [(number, interview_id, Document(*copies)) for number, interview_id, *copies in rows]


def _documents(connection: sa.Connection, numbers: Collection[int]) -> Iterator[tuple[int, str, Document]]:
    left = _MAX_READ
    remaining = iter(sorted(numbers, reverse=True))
    while left > 0 and (some := list(itertools.islice(remaining, _READ_AT_A_TIME))):
        for number, interview_id, document in read_documents(connection, some):
            left -= len(document.question) + len(document.answers)
            yield number, interview_id, document


def _terms(query: Query) -> set[str]:
    return {term for phrase in query.phrases() for term in phrase.terms()}


def count(connection: sa.Connection, query: Query, up_to: int) -> int:
    """Count the documents of the whole corpus that match a query, up to a limit."""
    found = IndexQuery(connection, query).numbers().limit(up_to).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())


def newest(connection: sa.Connection, query: Query, filtered: sa.Select[Any] | None, limit: int) -> list[int]:
    """Return the numbers of the newest documents that match a query, at most `limit`, unranked.

    `filtered` selects the numbers of the documents to search in; None means all.
    """
    index = IndexQuery(connection, query)
    narrowed = []
    if filtered is not None:
        narrowed = [_narrowed(connection, index, filtered, documents_with(connection, _terms(query)))]
    found = sa.select(index.key).select_from(_INDEX).where(index.match(), *narrowed)
    return list(connection.execute(found.order_by(index.key.desc()).limit(limit)).scalars())


def _rarest_words(query: Query, documents: Mapping[str, int], limit: int) -> Query:
    """Reduce a query for any of its words to the rarest ones, which are in at most `limit` documents together.

    The rarest word always stays, and in a small corpus all words do.
    """
    if len(query.groups) != 1 or len(query.groups[0]) == 1:
        return query
    chosen: list[Phrase] = []
    found = 0
    for phrase in sorted(query.groups[0], key=lambda one: max_documents(one, documents)):
        found += max_documents(phrase, documents)
        if chosen and found > limit:
            break
        chosen.append(phrase)
    if len(chosen) == len(query.groups[0]):
        return query
    return replace(query, groups=(tuple(phrase for phrase in query.groups[0] if phrase in chosen),))


def _is_common(query: Query, documents: Mapping[str, int]) -> bool:
    most = [sum(max_documents(phrase, documents) for phrase in group) for group in query.groups]
    return min(most, default=0) > _NARROW


def _narrowed(
    connection: sa.Connection, index: IndexQuery, filtered: sa.Select[Any], documents: Mapping[str, int]
) -> sa.ColumnElement[bool]:
    """Whether a row of the index is among the filtered documents, in the form that is fastest for the query."""
    if connection.dialect.name == "postgresql":
        return index.key.in_(filtered)
    # The unary plus keeps SQLite from querying the index once for each filtered document.
    key: sa.ColumnElement[int] = sa.literal_column("+search_index.rowid", sa.Integer)
    if _is_common(index.query, documents):
        some = filtered.limit(_NARROW + 1).subquery()
        if connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one() <= _NARROW:
            return key.in_(filtered)
    return filtered.where(col(SearchDocument.number) == key).correlate(_INDEX).exists()


def _count(
    connection: sa.Connection,
    index: IndexQuery,
    filtered: sa.Select[Any] | None,
    documents: Mapping[str, int],
    count_to: int,
) -> int:
    one: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(_INDEX).where(index.match())
    if filtered is not None:
        one = one.where(_narrowed(connection, index, filtered, documents))
    return int(
        connection.execute(sa.select(sa.func.count()).select_from(one.limit(count_to + 1).subquery())).scalar_one()
    )


def _fts5(query: Query) -> str:
    """Write a query in the syntax of FTS5. Terms are quoted, so that none is an operator."""
    found = " AND ".join(f"({' OR '.join(map(_fts5_phrase, group))})" for group in query.groups)
    if query.excluded:
        found = f"({found}) NOT ({' OR '.join(map(_fts5_phrase, query.excluded))})"
    return f"{_FTS5_COLUMNS[query.within]}({found})"


def _fts5_phrase(phrase: Phrase) -> str:
    star = " *" if phrase.is_prefix else ""
    alternatives = [f'"{" ".join(terms)}"{star}' for terms in phrase.alternatives()]
    return " OR ".join([*alternatives, *(f'"{term}"' for term in phrase.also)])


def _tsquery(text: str) -> sa.ColumnElement[Any]:
    return sa.cast(sa.literal(text, sa.Text), TSQUERY)


def _postgresql(query: Query) -> str:
    """Write a query as a tsquery. Terms are quoted, so that none is an operator."""
    labels = _POSTGRESQL_LABELS[query.within]
    parts = [_postgresql_any(group, labels) for group in query.groups]
    if query.excluded:
        parts.append(f"!{_postgresql_any(query.excluded, labels)}")
    return " & ".join(parts)


def _postgresql_any(phrases: Sequence[Phrase], labels: str) -> str:
    return f"({' | '.join(text for phrase in phrases for text in _postgresql_phrase(phrase, labels))})"


def _postgresql_phrase(phrase: Phrase, labels: str) -> Iterator[str]:
    """Yield the alternatives of a phrase."""
    for terms in phrase.alternatives():
        whole, last = (terms[:-1], [f"'{terms[-1]}':*{labels}"]) if phrase.is_prefix else (terms, [])
        yield f"({' <-> '.join([*(_labelled(term, labels) for term in whole), *last])})"
    yield from (_labelled(term, labels) for term in phrase.also)


def _labelled(term: str, labels: str) -> str:
    return f"'{term}':{labels}" if labels else f"'{term}'"
