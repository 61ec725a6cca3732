"""The full-text index: which documents a query finds, and which of them are better. With app.db, the only place that
knows the dialect: FTS5 and its bm25 on SQLite, tsvector and inverse document frequency on PostgreSQL.

Both indexes hold the same terms (see app.terms), so that a query finds the same on both; scores differ.
"""

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, array
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import col

from app.models import SearchDocument, table_of
from app.queries.query import Phrase, Query, Within, documents_with
from app.text.terms import BREAK

# So many of the newest documents are ranked; past that a word is so common that no order of all of them says much.
MAX_RANKED = 5_000
# A query for any of its words looks for the rarest, which are in no more documents than this together; the others
# count for the order of what is found.
_MAX_LOOSE = 4 * MAX_RANKED
# A word in one document of so many counts for no score, where rarer ones are there.
_HARDLY_TELLS = 4
# A filter that leaves fewer documents than this is worked out before the words are looked for.
_NARROW = 20_000
# A beginning of a word is taken to be in one document of so many.
_BEGINNING_IN = 20
# How much a place counts: the title stands on every document of an interview.
TITLE_WEIGHT, QUESTION_WEIGHT, ANSWERS_WEIGHT = 0.5, 2.0, 1.0
# As PostgreSQL takes them, at most 1: of D, which nothing has, C, B and A.
_POSTGRESQL_WEIGHTS = sa.cast(
    array([0.0, *(weight / QUESTION_WEIGHT for weight in (TITLE_WEIGHT, ANSWERS_WEIGHT, QUESTION_WEIGHT))]),
    sa.ARRAY(sa.REAL),
)
_FTS5_COLUMNS = {Within.ANYWHERE: "", Within.SPOKEN: "{question answers} : ", Within.ASKED: "{question} : "}
_POSTGRESQL_LABELS = {Within.ANYWHERE: "", Within.SPOKEN: "AB", Within.ASKED: "A"}
# What is indexed of a document, in each place where words may have to stand.
_COPIES: Mapping[Within, Sequence[Any]] = {
    Within.ANYWHERE: (col(SearchDocument.title), col(SearchDocument.question), col(SearchDocument.answers)),
    Within.SPOKEN: (col(SearchDocument.question), col(SearchDocument.answers)),
    Within.ASKED: (col(SearchDocument.question),),
}
# The table of both engines that stands behind the index; SQLite calls the key rowid.
_INDEX = sa.table("search_index", sa.column("rowid", sa.Integer), sa.column("number", sa.Integer), sa.column("vector"))

# A second opinion on documents that words have found: a score for each, of any scale, higher for better.
Scorer = Callable[[sa.Connection, Query, Sequence[int]], Mapping[int, float]]


@dataclass(frozen=True)
class Ranking:
    """Documents by number, each with its score; `is_exact` where all that match were ranked."""

    scores: dict[int, float]
    is_exact: bool
    total: int

    def best(self, limit: int) -> list[int]:
        """Return the numbers of the best documents, the newest of equal ones first."""
        places = heapq.nlargest(limit, ((score, number) for number, score in self.scores.items()))
        return [number for _score, number in places]


class IndexQuery:
    """A query in the words of one engine's index. `also` is a query that documents need not meet, and that counts for
    their score.
    """

    def __init__(self, connection: sa.Connection, query: Query, also: Query | None = None) -> None:
        self.query, self.also = query, also
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._key = _INDEX.c.rowid if self._is_sqlite else _INDEX.c.number

    @property
    def key(self) -> sa.ColumnElement[int]:
        """The number of a document in the index."""
        return self._key

    def match(self) -> sa.ColumnElement[bool]:
        """Whether a row of the index is found."""
        if self._is_sqlite:
            return sa.literal_column("search_index").op("MATCH", is_comparison=True)(self._fts5())
        return _INDEX.c.vector.op("@@", is_comparison=True)(_tsquery(_postgresql(self.query)))

    def numbers(self) -> sa.Select[Any]:
        """Select the numbers of all documents that are found."""
        return sa.select(self._key.label("number")).select_from(_INDEX).where(self.match())

    def newest(
        self, documents: Mapping[str, int], narrowed: Sequence[sa.ColumnElement[bool]], limit: int
    ) -> sa.Select[Any]:
        """Select number and score of the newest documents, given in how many documents each term is."""
        if self._is_sqlite:
            weights = (TITLE_WEIGHT, QUESTION_WEIGHT, ANSWERS_WEIGHT)
            score = -sa.func.bm25(sa.literal_column("search_index"), *weights, type_=sa.Float)
            found = sa.select(self._key.label("number"), score.label("score")).select_from(_INDEX)
            return found.where(self.match(), *narrowed).order_by(self._key.desc()).limit(limit)
        found = sa.select(self._key.label("number"), _INDEX.c.vector).where(self.match(), *narrowed)
        # Only what is left is worth a score: PostgreSQL would score everything and sort then.
        left = found.order_by(self._key.desc()).limit(limit).subquery()
        return sa.select(left.c.number, self._postgresql_score(left.c.vector, documents).label("score"))

    def _fts5(self) -> str:
        # bm25 counts every phrase of the expression, so what only counts has to be in it and exclude nothing.
        return _fts5(self.query) if self.also is None else f"({_fts5(self.query)}) AND ({_fts5(self.also)})"

    def _postgresql_score(self, vector: Any, documents: Mapping[str, int]) -> sa.ColumnElement[float]:
        score: sa.ColumnElement[float] = sa.literal(0.0, sa.Float)
        for phrase in (self.also or self.query).phrases():
            for terms, text in _postgresql_phrases(phrase, _POSTGRESQL_LABELS[self.query.within]):
                # Of a beginning nobody knows how often it stands.
                rarest = min((documents.get(term, 0) for term in terms), default=documents[""] // _BEGINNING_IN)
                rank = sa.func.ts_rank(_POSTGRESQL_WEIGHTS, vector, _tsquery(text), 1, type_=sa.REAL)
                score = score + inverse_frequency(rarest, documents[""]) * sa.cast(rank, sa.Float)
        return score


def inverse_frequency(documents: int, of: int) -> float:
    """How much a term tells that is in so many documents, always above 0."""
    return math.log1p((max(of, documents) - documents + 0.5) / (documents + 0.5))


def matching(connection: sa.Connection, query: Query) -> sa.ColumnElement[bool]:
    """Whether a search document, joined in the statement, is found by a query."""
    return col(SearchDocument.number).in_(IndexQuery(connection, query).numbers())


def matches(connection: sa.Connection, query: Query) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
    """Join the index with its documents, and say which a query finds: they are met as the index comes upon them."""
    words, document = IndexQuery(connection, query), table_of(SearchDocument)
    return _INDEX.join(document, document.c.number == words.key), words.match()


def saying(connection: sa.Connection, query: Query) -> sa.ColumnElement[bool]:
    """Whether a search document, joined in the statement, is found by a query, read from the document itself.

    That is for where one is met at a time and most are found: the index is made for finding all of them.
    """
    contains = sa.func.instr if connection.dialect.name == "sqlite" else sa.func.strpos
    space = sa.literal(" ")
    # No phrase reaches over what stands between columns.
    between = sa.literal(f" {BREAK} ")
    said = space.concat(reduce(lambda one, other: one.concat(between).concat(other), _COPIES[query.within])).concat(
        space
    )

    def holds(phrase: Phrase) -> Iterator[sa.ColumnElement[bool]]:
        for terms in (*phrase.alternatives(), *((term,) for term in phrase.also)):
            ends = "" if phrase.is_prefix and terms[-1] not in phrase.also else " "
            yield contains(said, sa.literal(f" {' '.join(terms)}{ends}")) > 0

    def any_of(phrases: Sequence[Phrase]) -> sa.ColumnElement[bool]:
        return sa.or_(*(way for phrase in phrases for way in holds(phrase)))

    excluded = [sa.not_(any_of(query.excluded))] if query.excluded else []
    return sa.and_(*map(any_of, query.groups), *excluded)


class least(GenericFunction[int]):  # noqa: N801 - a function of SQL is named as it is called there
    """The smallest of some values; on SQLite, min() of several is that."""

    type = sa.Integer()
    inherit_cache = True


@compiles(least, "sqlite")
def _least_on_sqlite(element: least, compiler: Any, **options: Any) -> str:
    return f"min({compiler.process(element.clauses, **options)})"


def rank(
    connection: sa.Connection,
    query: Query,
    filtered: sa.Select[Any] | None = None,
    *,
    count_to: int,
    keep_common: bool = False,
    second: Scorer | None = None,
    share: float = 0.0,
) -> Ranking:
    """Rank the documents that a query finds, all of them or, of very many, the newest.

    `filtered` selects the number of every document that may be found; None lets all be. A query for any of its words
    does not look for the most common ones unless `keep_common`: within a narrow filter they may be the only ones that
    are there. The total is counted to one more than `count_to`. A second scorer takes part in the order with its share
    of the whole.
    """
    documents = documents_with(connection, {term for phrase in query.phrases() for term in phrase.terms()})
    chosen = query if keep_common else _telling(query, documents, _MAX_LOOSE)
    # A word of every other document tells next to nothing, and takes longest to look at.
    also = None if chosen == query else _without_commonest(query, chosen, documents)
    words = IndexQuery(connection, chosen, also)
    narrowed = [] if filtered is None else [_narrowed(connection, words, filtered, documents)]
    newest = words.newest(documents, narrowed, MAX_RANKED + 1)
    scores: dict[int, float] = {number: score for number, score in connection.execute(newest).all()}  # noqa: C416 - rows are no pairs to mypy
    is_exact = len(scores) <= MAX_RANKED and chosen == query
    total = len(scores)
    if len(scores) > MAX_RANKED:
        scores.pop(min(scores))
    if not is_exact:
        total = _count(connection, IndexQuery(connection, query), filtered, documents, count_to)
    if second is not None:
        scores = fused(scores, second(connection, query, list(scores)), share)
    return Ranking(scores, is_exact, total)


def count(connection: sa.Connection, query: Query, up_to: int) -> int:
    """Count the documents of the whole corpus that a query finds, up to a number."""
    found = IndexQuery(connection, query).numbers().limit(up_to).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())


def newest(connection: sa.Connection, query: Query, filtered: sa.Select[Any] | None, most: int) -> list[int]:
    """Return the numbers of the newest documents that a query finds, so many at most and without ranking them.

    `filtered` selects the number of every document that may be found; None lets all be.
    """
    words = IndexQuery(connection, query)
    narrowed = []
    if filtered is not None:
        terms = {term for phrase in query.phrases() for term in phrase.terms()}
        narrowed = [_narrowed(connection, words, filtered, documents_with(connection, terms))]
    found = sa.select(words.key).select_from(_INDEX).where(words.match(), *narrowed)
    return list(connection.execute(found.order_by(words.key.desc()).limit(most)).scalars())


def fused(first: Mapping[int, float], second: Mapping[int, float], share: float) -> dict[int, float]:
    """Combine two scorings of the same documents, each brought to 0 to 1, as a convex combination.

    What the second says nothing of is the worst to it.
    """
    one, other = _normalized(first), _normalized(second)
    return {number: (1 - share) * score + share * other.get(number, 0.0) for number, score in one.items()}


def _normalized(scores: Mapping[int, float]) -> dict[int, float]:
    lowest, highest = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    return {number: (score - lowest) / (highest - lowest or 1.0) for number, score in scores.items()}


def _telling(query: Query, documents: Mapping[str, int], at_most: int) -> Query:
    """Look only for the rarest of a query's words, where any of them will do and the others find too much.

    The rarest word always stays, and so does every word of a small corpus.
    """
    if len(query.groups) != 1 or len(query.groups[0]) == 1:
        return query
    kept: list[Phrase] = []
    found = 0
    for phrase in sorted(query.groups[0], key=lambda one: _at_most(one, documents)):
        found += _at_most(phrase, documents)
        if kept and found > at_most:
            break
        kept.append(phrase)
    if len(kept) == len(query.groups[0]):
        return query
    return replace(query, groups=(tuple(phrase for phrase in query.groups[0] if phrase in kept),))


def _without_commonest(query: Query, chosen: Query, documents: Mapping[str, int]) -> Query:
    """Leave out of a query for any of its words those that hardly count, and are not looked for."""
    counting = tuple(
        phrase
        for phrase in query.groups[0]
        if phrase in chosen.groups[0] or _at_most(phrase, documents) * _HARDLY_TELLS < documents[""]
    )
    return replace(query, groups=(counting,), excluded=())


def _at_most(phrase: Phrase, documents: Mapping[str, int]) -> int:
    """In how many documents a phrase can be."""
    if phrase.is_prefix and len(phrase.words) == 1:
        return documents[""]
    ways = [min(documents.get(term, 0) for term in one) for one in phrase.alternatives()]
    return sum(ways) + sum(documents.get(term, 0) for term in phrase.also)


def _common(query: Query, documents: Mapping[str, int]) -> bool:
    most = [sum(_at_most(phrase, documents) for phrase in group) for group in query.groups]
    return min(most, default=0) > _NARROW


def _narrowed(
    connection: sa.Connection, words: IndexQuery, filtered: sa.Select[Any], documents: Mapping[str, int]
) -> sa.ColumnElement[bool]:
    """Say that a row of the index is among the filtered documents, in the way that costs least."""
    if connection.dialect.name == "postgresql":
        return words.key.in_(filtered)
    # The plus keeps SQLite from asking the index once for each document of a filter.
    key: sa.ColumnElement[int] = sa.literal_column("+search_index.rowid", sa.Integer)
    if _common(words.query, documents):
        some = filtered.limit(_NARROW + 1).subquery()
        if connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one() <= _NARROW:
            return key.in_(filtered)
    return filtered.where(col(SearchDocument.number) == key).correlate(_INDEX).exists()


def _count(
    connection: sa.Connection,
    words: IndexQuery,
    filtered: sa.Select[Any] | None,
    documents: Mapping[str, int],
    count_to: int,
) -> int:
    one: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(_INDEX).where(words.match())
    if filtered is not None:
        one = one.where(_narrowed(connection, words, filtered, documents))
    return int(
        connection.execute(sa.select(sa.func.count()).select_from(one.limit(count_to + 1).subquery())).scalar_one()
    )


def _fts5(query: Query) -> str:
    """Write a query in the language of FTS5. Every term is quoted: none can be an operator."""
    found = " AND ".join(f"({' OR '.join(map(_fts5_phrase, group))})" for group in query.groups)
    if query.excluded:
        found = f"({found}) NOT ({' OR '.join(map(_fts5_phrase, query.excluded))})"
    return f"{_FTS5_COLUMNS[query.within]}({found})"


def _fts5_phrase(phrase: Phrase) -> str:
    star = " *" if phrase.is_prefix else ""
    ways = [f'"{" ".join(terms)}"{star}' for terms in phrase.alternatives()]
    return " OR ".join([*ways, *(f'"{term}"' for term in phrase.also)])


def _tsquery(text: str) -> sa.ColumnElement[Any]:
    return sa.cast(sa.literal(text, sa.Text), TSQUERY)


def _postgresql(query: Query) -> str:
    """Write a query as a tsquery. Every term is quoted: none can be an operator."""
    labels = _POSTGRESQL_LABELS[query.within]
    parts = [_postgresql_any(group, labels) for group in query.groups]
    if query.excluded:
        parts.append(f"!{_postgresql_any(query.excluded, labels)}")
    return " & ".join(parts)


def _postgresql_any(phrases: Sequence[Phrase], labels: str) -> str:
    return f"({' | '.join(text for phrase in phrases for _terms, text in _postgresql_phrases(phrase, labels))})"


def _postgresql_phrases(phrase: Phrase, labels: str) -> list[tuple[tuple[str, ...], str]]:
    """Return each way in which a phrase is indexed: its whole terms, and the tsquery."""
    ways = []
    for terms in phrase.alternatives():
        whole, last = (terms[:-1], f"'{terms[-1]}':*{labels}") if phrase.is_prefix else (terms, None)
        quoted = [_labelled(term, labels) for term in whole] + ([last] if last else [])
        ways.append((whole, f"({' <-> '.join(quoted)})"))
    return [*ways, *(((term,), _labelled(term, labels)) for term in phrase.also)]


def _labelled(term: str, labels: str) -> str:
    return f"'{term}':{labels}" if labels else f"'{term}'"
