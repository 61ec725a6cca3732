"""Searches the full-text index and ranks documents: with FTS5 and bm25 on SQLite, and with tsvector and inverse
document frequency on PostgreSQL. Apart from app.db, this is the module that knows the dialect.

Both indexes hold the same terms (see app.text.terms), so a query finds the same documents on both. Scores differ.
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

# Documents that are ranked at most, the newest ones: words in more are too common for their ranking to matter.
MAX_RANKED = 5_000
# Documents that the words of a query for any of them may be in together: the rarest words are searched for up to this
# sum, and the remaining ones only add to the score.
_MAX_ANY_DOCUMENTS = 4 * MAX_RANKED
# Words in more than one document of four add nothing to a score if there are rarer words.
_COMMON_SHARE = 4
# Documents that a filter may leave for it to be evaluated before the search.
_NARROW = 20_000
# One document of this many is assumed to have a word with some prefix.
_PREFIX_FREQUENCY = 20
# Weights of the columns. The title counts little, because all documents of an interview have it.
TITLE_WEIGHT, QUESTION_WEIGHT, ANSWERS_WEIGHT = 0.5, 2.0, 1.0
# The weights of D (unused), C, B and A as PostgreSQL takes them: at most 1.
_POSTGRESQL_WEIGHTS = sa.cast(
    array([0.0, *(weight / QUESTION_WEIGHT for weight in (TITLE_WEIGHT, ANSWERS_WEIGHT, QUESTION_WEIGHT))]),
    sa.ARRAY(sa.REAL),
)
_FTS5_COLUMNS = {Within.ANYWHERE: "", Within.SPOKEN: "{question answers} : ", Within.ASKED: "{question} : "}
_POSTGRESQL_LABELS = {Within.ANYWHERE: "", Within.SPOKEN: "AB", Within.ASKED: "A"}
# The indexed text of a document, by the parts that a query may be restricted to.
_INDEXED_TEXT: Mapping[Within, Sequence[Any]] = {
    Within.ANYWHERE: (col(SearchDocument.title), col(SearchDocument.question), col(SearchDocument.answers)),
    Within.SPOKEN: (col(SearchDocument.question), col(SearchDocument.answers)),
    Within.ASKED: (col(SearchDocument.question),),
}
# The table behind the index on both engines; its key is `rowid` on SQLite and `number` on PostgreSQL.
_INDEX = sa.table("search_index", sa.column("rowid", sa.Integer), sa.column("number", sa.Integer), sa.column("vector"))

# Scores documents that a query has found in another way, on any scale, the higher the better.
Scorer = Callable[[sa.Connection, Query, Sequence[int]], Mapping[int, float]]


@dataclass(frozen=True)
class Ranking:
    """Scores of documents by number; `is_exact` if all matching documents were ranked."""

    scores: dict[int, float]
    is_exact: bool
    total: int

    def best(self, limit: int) -> list[int]:
        """Return the numbers of the best documents, the newest of equal ones first."""
        places = heapq.nlargest(limit, ((score, number) for number, score in self.scores.items()))
        return [number for _score, number in places]


class IndexQuery:
    """A query as the index of one engine takes it.

    `also` is a query that documents need not match, and that adds to their score if they do.
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
        """Whether a row of the index matches."""
        if self._is_sqlite:
            return sa.literal_column("search_index").op("MATCH", is_comparison=True)(self._fts5())
        return _INDEX.c.vector.op("@@", is_comparison=True)(_tsquery(_postgresql(self.query)))

    def numbers(self) -> sa.Select[Any]:
        """Select the numbers of all matching documents."""
        return sa.select(self._key.label("number")).select_from(_INDEX).where(self.match())

    def newest(
        self, documents: Mapping[str, int], narrowed: Sequence[sa.ColumnElement[bool]], limit: int
    ) -> sa.Select[Any]:
        """Select number and score of the newest matching documents. `documents` counts the documents of each term."""
        if self._is_sqlite:
            weights = (TITLE_WEIGHT, QUESTION_WEIGHT, ANSWERS_WEIGHT)
            score = -sa.func.bm25(sa.literal_column("search_index"), *weights, type_=sa.Float)
            found = sa.select(self._key.label("number"), score.label("score")).select_from(_INDEX)
            return found.where(self.match(), *narrowed).order_by(self._key.desc()).limit(limit)
        found = sa.select(self._key.label("number"), _INDEX.c.vector).where(self.match(), *narrowed)
        # Limit in a subquery: PostgreSQL would otherwise compute the score of every match before sorting.
        left = found.order_by(self._key.desc()).limit(limit).subquery()
        return sa.select(left.c.number, self._postgresql_score(left.c.vector, documents).label("score"))

    def _fts5(self) -> str:
        # bm25 scores all phrases of the expression, so `also` has to be part of it without excluding anything.
        return _fts5(self.query) if self.also is None else f"({_fts5(self.query)}) AND ({_fts5(self.also)})"

    def _postgresql_score(self, vector: Any, documents: Mapping[str, int]) -> sa.ColumnElement[float]:
        score: sa.ColumnElement[float] = sa.literal(0.0, sa.Float)
        for phrase in (self.also or self.query).phrases():
            for terms, text in _postgresql_phrases(phrase, _POSTGRESQL_LABELS[self.query.within]):
                # The frequency of a prefix is not known.
                rarest = min((documents.get(term, 0) for term in terms), default=documents[""] // _PREFIX_FREQUENCY)
                rank = sa.func.ts_rank(_POSTGRESQL_WEIGHTS, vector, _tsquery(text), 1, type_=sa.REAL)
                score = score + inverse_frequency(rarest, documents[""]) * sa.cast(rank, sa.Float)
        return score


def inverse_frequency(documents: int, of: int) -> float:
    """Return the inverse document frequency of a term in `documents` of `of` documents, always above 0."""
    return math.log1p((max(of, documents) - documents + 0.5) / (documents + 0.5))


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
    """Rank the documents that match a query: all, or the newest MAX_RANKED of them.

    `filtered` selects the numbers of the documents to search in; None means all. A query for any of its words does not
    search for the most common ones unless `keep_common` is set, because a narrow filter may leave only those. The total
    is counted up to one more than `count_to`. A `second` scorer contributes to the score by its share.
    """
    documents = documents_with(connection, {term for phrase in query.phrases() for term in phrase.terms()})
    chosen = query if keep_common else _rarest_words(query, documents, _MAX_ANY_DOCUMENTS)
    # The most common words say next to nothing and take longest to score.
    also = None if chosen == query else _without_commonest(query, chosen, documents)
    index = IndexQuery(connection, chosen, also)
    narrowed = [] if filtered is None else [_narrowed(connection, index, filtered, documents)]
    best = index.newest(documents, narrowed, MAX_RANKED + 1)
    scores: dict[int, float] = {number: score for number, score in connection.execute(best).all()}  # noqa: C416 - rows are no pairs to mypy
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
        terms = {term for phrase in query.phrases() for term in phrase.terms()}
        narrowed = [_narrowed(connection, index, filtered, documents_with(connection, terms))]
    found = sa.select(index.key).select_from(_INDEX).where(index.match(), *narrowed)
    return list(connection.execute(found.order_by(index.key.desc()).limit(limit)).scalars())


def fused(first: Mapping[int, float], second: Mapping[int, float], share: float) -> dict[int, float]:
    """Combine two scorings of the same documents, each scaled to 0 to 1, as a convex combination.

    A document without a second score gets 0 as its second.
    """
    one, other = _normalized(first), _normalized(second)
    return {number: (1 - share) * score + share * other.get(number, 0.0) for number, score in one.items()}


def _normalized(scores: Mapping[int, float]) -> dict[int, float]:
    lowest, highest = min(scores.values(), default=0.0), max(scores.values(), default=0.0)
    return {number: (score - lowest) / (highest - lowest or 1.0) for number, score in scores.items()}


def _rarest_words(query: Query, documents: Mapping[str, int], limit: int) -> Query:
    """Reduce a query for any of its words to the rarest ones, which are in at most `limit` documents together.

    The rarest word always stays, and in a small corpus all words do.
    """
    if len(query.groups) != 1 or len(query.groups[0]) == 1:
        return query
    chosen: list[Phrase] = []
    found = 0
    for phrase in sorted(query.groups[0], key=lambda one: _max_documents(one, documents)):
        found += _max_documents(phrase, documents)
        if chosen and found > limit:
            break
        chosen.append(phrase)
    if len(chosen) == len(query.groups[0]):
        return query
    return replace(query, groups=(tuple(phrase for phrase in query.groups[0] if phrase in chosen),))


def _without_commonest(query: Query, chosen: Query, documents: Mapping[str, int]) -> Query:
    """Leave out of a query for any of its words the common ones that are not searched for."""
    counting = tuple(
        phrase
        for phrase in query.groups[0]
        if phrase in chosen.groups[0] or _max_documents(phrase, documents) * _COMMON_SHARE < documents[""]
    )
    return replace(query, groups=(counting,), excluded=())


def _max_documents(phrase: Phrase, documents: Mapping[str, int]) -> int:
    """Return in how many documents a phrase can be, at most."""
    if phrase.is_prefix and len(phrase.words) == 1:
        return documents[""]
    alternatives = [min(documents.get(term, 0) for term in one) for one in phrase.alternatives()]
    return sum(alternatives) + sum(documents.get(term, 0) for term in phrase.also)


def _is_common(query: Query, documents: Mapping[str, int]) -> bool:
    most = [sum(_max_documents(phrase, documents) for phrase in group) for group in query.groups]
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
    return f"({' | '.join(text for phrase in phrases for _terms, text in _postgresql_phrases(phrase, labels))})"


def _postgresql_phrases(phrase: Phrase, labels: str) -> list[tuple[tuple[str, ...], str]]:
    """Return the alternatives of a phrase, each as its complete terms and its tsquery."""
    alternatives = []
    for terms in phrase.alternatives():
        whole, last = (terms[:-1], f"'{terms[-1]}':*{labels}") if phrase.is_prefix else (terms, None)
        quoted = [_labelled(term, labels) for term in whole] + ([last] if last else [])
        alternatives.append((whole, f"({' <-> '.join(quoted)})"))
    return [*alternatives, *(((term,), _labelled(term, labels)) for term in phrase.also)]


def _labelled(term: str, labels: str) -> str:
    return f"'{term}':{labels}" if labels else f"'{term}'"
