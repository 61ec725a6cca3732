"""Validates JSON-LD by the vocabulary of schema.org: types, the properties of each, and what these may hold."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec_schemaorg.models as vocabulary

# Names in an annotation such as Union[List[Union['URL', 'EntryPoint']], Union['URL', 'EntryPoint'], None].
_NAME = re.compile(r"[A-Za-z_.]+")
_NO_TYPES = {"Union", "List", "None", "Optional"}
_TEXTS = {"str", "URL", "date", "datetime", "time", "datetime.date", "datetime.datetime", "datetime.time"}
_NUMBERS = {"int", "float"}
_ADDRESSES = {"@id", "url", "sameAs", "urlTemplate"}
# What Google asks of rich results, for the types that it has some for (developers.google.com/search/docs).
_REQUIRED = {
    "QAPage": {"mainEntity"},
    "Question": {"text"},
    "Answer": {"text"},
    "ProfilePage": {"mainEntity"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "item"},
    "SearchAction": {"target", "query-input"},
}


def faults(node: Any, where: str = "") -> list[str]:
    """Return what is wrong with a node and everything inside it."""
    return list(_faults(node, where or "node"))


def _faults(node: Any, where: str) -> Iterator[str]:
    if isinstance(node, list):
        for place, each in enumerate(node):
            yield from _faults(each, f"{where}[{place}]")
        return
    if not isinstance(node, dict):
        return
    kind = node.get("@type", "Thing")
    model = getattr(vocabulary, kind, None)
    if model is None:
        yield f"{where}: there is no type {kind}"
        return
    if missing := _REQUIRED.get(kind, set()) - set(node):
        yield f"{where}: {kind} has no {missing}"
    if kind == "QAPage" and "answerCount" not in node.get("mainEntity", {}):
        yield f"{where}: the question of a QAPage has no answerCount"
    for name, value in node.items():
        yield from _of_property(model, name, value, f"{where}.{name}")


def _of_property(model: Any, name: str, value: Any, where: str) -> Iterator[str]:
    if name in _ADDRESSES:
        for address in value if isinstance(value, list) else [value]:
            if not urlsplit(address).scheme:
                yield f"{where}: {address!r} is not absolute"
    if name.startswith("@"):
        return
    if value is None or value == [] or value == "":
        yield f"{where}: it is empty"
    # An input of an action repeats one of its properties (schema.org/docs/actions.html).
    ranges = _ranges(model, name.removesuffix("-input"))
    if not ranges:
        yield f"{where}: {model.__name__} has no such property"
        return
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            own = {base.__name__ for base in getattr(vocabulary, each.get("@type", "Thing"), object).__mro__}
            if "@type" in each and not own & ranges:
                yield f"{where}: a {each['@type']} stands where {sorted(ranges)} may"
        elif not ranges & (_NUMBERS if isinstance(each, int | float) else _TEXTS):
            yield f"{where}: {each!r} stands where {sorted(ranges)} may"
    yield from _faults(value, where)


def _ranges(model: Any, name: str) -> set[str]:
    for base in model.__mro__:
        if name in getattr(base, "__annotations__", {}):
            return set(_NAME.findall(str(base.__annotations__[name]))) - _NO_TYPES
    return set()
