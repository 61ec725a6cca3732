"""What a filter is, and the filters that a request gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.queries.conditions import Condition, Conditions, Rows
from app.queries.filters.grammar import Clause, Clauses, Grammar
from app.queries.names import Named, find_ids

# The lists that filters narrow. Lists of one topic, speaker or interview are lists of questions or answers.
OF_INTERVIEWS = frozenset({"questions", "answers", "interviews", "search", "speakers"})
OF_QUESTIONS = OF_INTERVIEWS - {"speakers"}


class Filters:
    """The filters that a request gives, each as its grammar reads it. Every filter narrows by itself, so that one more
    never lets more rows through.
    """

    def __init__(self, **values: Any) -> None:
        self._values = {name: value for name, value in values.items() if value is not None and value != ()}

    @property
    def names(self) -> frozenset[str]:
        """The names of the filters that are given."""
        return frozenset(self._values)

    def get(self, name: str) -> Any:
        """Return the value of a filter; None where it is not given."""
        return self._values.get(name)

    def replacing(self, **values: Any) -> "Filters":
        """Return the same filters with other values for some; None removes one."""
        return Filters(**{**self._values, **values})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filters) and self._values == other._values

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"Filters({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"


@dataclass(frozen=True)
class Narrowing:
    """The list that a filter narrows: rows of which kind, and with which other filters."""

    connection: sa.Connection
    rows: Rows
    filters: Filters

    def resolve(self, parameter: str, clauses: Clauses, table: Named) -> list[tuple[Clause, list[str]]]:
        """Pair each clause of slugs with their ids.

        Raises:
            ParameterError: a slug is not known; near ones are suggested.
        """
        slugs = {value for clause in clauses for value in clause.values}
        ids = find_ids(self.connection, parameter, slugs, table)
        return [(clause, [ids[value] for value in clause.values]) for clause in clauses]


@dataclass(frozen=True)
class Narrowed:
    """The conditions that a filter becomes, each of them met by every row that is left."""

    on_interview: Sequence[Condition] = ()
    on_question: Sequence[Condition] = ()


@dataclass(frozen=True)
class Facet:
    """Counts the rows of a list by the values of a filter.

    `count` is given the list's conditions and its rows. It returns a statement with the columns `value` and `rows` and,
    where they apply, `label`, `own` and `broader`, the most frequent value first.
    """

    count: Callable[[Conditions, sa.CTE], sa.Select[Any]]
    # The values form a hierarchy: each says `own`, its count without those below it, and what is `broader`.
    is_hierarchy: bool = False
    # Interviews are counted by their questions, which are many.
    is_of_questions: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter of lists. To add one, write a module of this package that ends in `FILTER = Filter(...)`, and add it to
    FILTERS in `app/queries/filters/__init__.py`, at the place where the documentation should list it.

    Everything else follows from the value: the query parameter and whether it repeats, its place and example in the
    OpenAPI document, the facet of the same name, and the cases of the tests: plans on both engines, and facets and
    filters against plain Python. `make tables` writes it into the documentation, and `make contract` accepts it. A
    filter of a column of interviews is a call of `column_filter`, in some lines; it needs an index with the columns
    of the sorts, or the tests of plans fail.
    """

    name: str
    grammar: Grammar
    # What the OpenAPI document says, before the sentence of the grammar.
    description: str
    # The conditions of a value; None for an option that says how another filter is read.
    narrow: Callable[[Narrowing, Any], Narrowed] | None = None
    example: str | bool | None = None
    lists: frozenset[str] = OF_QUESTIONS
    # Questions meet it. In a list of speakers, they answer a question that does.
    is_of_questions: bool = False
    facet: Facet | None = None
    # The column of interviews that has one of the values, where it is as simple as that.
    column: str | None = None
    # Values as they are written in an address, the commonest first: tests and benchmarks try them. Empty where a
    # corpus has none.
    values: Callable[[sa.Connection], Sequence[str]] = field(default=lambda _connection: ())

    @property
    def full_description(self) -> str:
        """What the OpenAPI document says of the parameter."""
        return f"{self.description} {self.grammar.sentence}".rstrip()

    def read(self, value: Any) -> Any:
        """Read a validated parameter as the value of this filter.

        Raises:
            ParameterError: it does not follow the grammar.
        """
        return self.grammar.read(self.name, value)

    def parse(self, written: str) -> Any:
        """Read one value as it is written in an address."""
        if self.grammar.repeats:
            return self.read([written])
        return self.read({"true": True, "false": False}.get(written, written))
