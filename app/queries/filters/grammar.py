"""How the value of a filter is written in an address: the form that the API describes and checks, and what it is read
as.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from app.errors import ParameterError
from app.text.dates import PartialDate
from app.text.folding import SLUG_PATTERN

# Values of one filter in a request, at most: each becomes a part of the statement.
MAX_VALUES = 50
# Characters of one value, at most.
MAX_VALUE_LENGTH = 500
_SPECIAL = re.compile(r"[\\,]")
# A value ends at a comma; a backslash takes the next character as it is.
_VALUE = re.compile(r"((?:[^\\,]|\\.)*)(,|$)", re.DOTALL)
# The year 0000 does not exist. Not every dialect of regular expressions can say that with a look-ahead.
_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_SLUG = SLUG_PATTERN.removeprefix("^").removesuffix("$")
_LANGUAGE = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_ESCAPED = r"(?:[^,\\\x00]|\\[^\x00])+"
_ANY_TEXT = r"^[^\x00]+$"


@dataclass(frozen=True)
class Clause:
    """One occurrence of a parameter: any of these values or, negated, none of them."""

    values: tuple[str, ...]
    negated: bool = False


Clauses = tuple[Clause, ...]


@dataclass(frozen=True)
class Grammar:
    """A form of values: how a query parameter is declared, what its value is read as, and a sentence that explains it.

    `read` takes the filter's name and the validated parameter. It returns None or an empty tuple where the filter does
    not apply, and raises ParameterError.
    """

    annotation: Any
    read: Callable[[str, Any], Any] = lambda _name, value: value
    sentence: str = ""
    default: Any = None
    repeats: bool = False


def clauses(parameter: str, occurrences: Iterable[str]) -> Clauses:
    """Read values: a comma means either, a repeated parameter means both, a leading minus means not.

    A backslash before a comma, a minus or a backslash takes it as part of the value.

    Raises:
        ParameterError: a value is empty, or there are too many.
    """
    read = []
    for occurrence in occurrences:
        negated = occurrence.startswith("-")
        values = _values(parameter, occurrence.removeprefix("-"))
        if not all(value.strip() for value in values):
            raise ParameterError(parameter, "A value is empty; write one value, or several with commas between them.")
        read.append(Clause(values, negated))
    if sum(len(clause.values) for clause in read) > MAX_VALUES:
        raise ParameterError(parameter, f"At most {MAX_VALUES} values can be given.")
    return tuple(read)


def _values(parameter: str, text: str) -> tuple[str, ...]:
    if "\\" not in text:
        return tuple(text.split(","))
    values, position = [], 0
    while True:
        match = _VALUE.match(text, position)
        if match is None:
            raise ParameterError(parameter, "A backslash stands at the end; write two for one that is meant.")
        values.append(re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL))
        if not match[2]:
            return tuple(values)
        position = match.end()


def escape(value: str) -> str:
    """Write a value so that it is read as this one value."""
    escaped = _SPECIAL.sub(r"\\\g<0>", value)
    return f"\\{escaped}" if escaped.startswith("-") else escaped


def described_as(pattern: str) -> Any:
    """Describe the form of a value without checking it: the look-up of the value explains better what is wrong."""
    return Field(json_schema_extra={"pattern": pattern})


def comma_list(one: str, sign: str = "") -> str:
    """Return a regular expression for values of one form with commas between them."""
    return f"^{sign}(?:{one})(?:,(?:{one}))*$"


def _storable(value: str) -> str:
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("the value has a character that no text can have")
    return value


def _years(value: str) -> str:
    for year in value.removeprefix("-").split(","):
        if not re.fullmatch(_YEAR, year):
            raise ValueError("write a year as YYYY, or several with commas between them")
    return value


def _partial_date(value: str) -> str:
    PartialDate.parse(value)
    return value


def _words(value: str) -> str:
    if not value.strip():
        raise ValueError("write at least one word")
    return value


def _true_or_false(value: Any) -> Any:
    """Take the two words only: pydantic would also take 1, yes and on."""
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError("write true or false")
    return value


def one_of(names: Iterable[str]) -> Callable[[str], str]:
    """Make a check that a value is one of some names, or several of them with commas between them."""
    known = list(names)

    def check(value: str) -> str:
        for name in value.removeprefix("-").split(","):
            if name not in known:
                raise ValueError(f"write one of {', '.join(known)}, or several with commas between them")
        return value

    return check


Text = Annotated[str, Field(max_length=MAX_VALUE_LENGTH), AfterValidator(_storable)]
Storable = AfterValidator(_storable)
TrueOrFalse = Annotated[bool, BeforeValidator(_true_or_false)]
AnyText = described_as(_ANY_TEXT)
_EITHER_BOTH_NOT = "Commas mean either, repeating the parameter means both, a leading minus means not"
_ESCAPES = "a backslash takes a comma or a minus as part of a value"


def values_of(pattern: str, *checks: Any, escapes: bool = False) -> Grammar:
    """Make the grammar of a filter that takes many values of one form."""
    annotation = Annotated[
        list[Annotated[Text, *checks, described_as(comma_list(pattern, "-?"))]], Field(max_length=MAX_VALUES)
    ]
    sentence = f"{_EITHER_BOTH_NOT}; {_ESCAPES}." if escapes else f"{_EITHER_BOTH_NOT}."
    return Grammar(annotation, clauses, sentence, default=[], repeats=True)


def choice_of(names: type[StrEnum], default: StrEnum) -> Grammar:
    """Make the grammar of an option: one of some names."""
    return Grammar(names, default=default)


SLUGS = values_of(_SLUG)
LANGUAGES = values_of(_LANGUAGE, escapes=True)
TEXTS = values_of(_ESCAPED, escapes=True)
YEARS = values_of(_YEAR, AfterValidator(_years))
DATE = Grammar(
    Annotated[
        str,
        AfterValidator(_partial_date),
        Field(max_length=10),
        WithJsonSchema(
            {"type": "string", "maxLength": 10, "pattern": f"^{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"}
        ),
    ]
    | None,
    lambda _name, value: None if value is None else PartialDate.parse(value),
)
BOOLEAN = Grammar(TrueOrFalse | None)
WORDS = Grammar(Annotated[Text, AfterValidator(_words), AnyText] | None)
