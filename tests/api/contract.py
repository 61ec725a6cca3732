"""What clients may rely on, and what breaks it: `make contract` accepts a change of the OpenAPI document that does not.

A parameter may take more and an answer may say more; values that were taken must still be taken, and values that are
sent must be ones that the accepted description allows. JSON Schemas are compared by that rule, structurally; a keyword
that the comparison does not know is an error, never a yes.

oasdiff, the usual tool, is a Go program that Debian and PyPI do not have, and npm only in one person's wrapper.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenery.parse import NoMatch, parse

from app.main import create_app
from app.settings import Settings

ACCEPTED = Path(__file__).with_name("contract.json")
# Words for people, which may change at any time.
_WORDS = frozenset(
    {"description", "summary", "title", "example", "examples", "info", "tags", "servers", "externalDocs"}
)
_NAMED = frozenset({"properties", "schemas", "paths", "responses", "content"})
# Upper bounds and lower bounds: a value within the smaller range is within the larger.
_AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_EQUAL = ("pattern", "format", "contentMediaType", "contentEncoding", "propertyNames", "uniqueItems")
_KNOWN = frozenset(
    {"type", "enum", "const", "anyOf", "oneOf", "$ref", "properties", "required", "additionalProperties", "items"}
    | {"default", "deprecated", "discriminator", *_AT_MOST, *_AT_LEAST, *_EQUAL}
)
Schema = Mapping[str, Any]


def contract_of(document: Any, *, named: bool = False) -> Any:
    """Leave out what clients do not rely on: words and examples, and of headers all but their names.

    In a `named` mapping, keys are names, not keywords.
    """
    if isinstance(document, list):
        return [contract_of(one) for one in document]
    if not isinstance(document, dict):
        return document
    kept = {key: value for key, value in document.items() if named or not (key in _WORDS or key.startswith("x-"))}
    if not named and "headers" in kept:
        kept["headers"] = sorted(kept["headers"])
    return {key: contract_of(value, named=not named and key in _NAMED) for key, value in kept.items()}


def breaking_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Say what in a new document would break a client of the old one, each with its place.

    Raises:
        ValueError: a schema has a keyword that is not compared.
    """
    return list(_Comparison(old, new).documents())


@dataclass
class _Comparison:
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    compared: set[tuple[str, str]] = field(default_factory=set)

    def documents(self) -> Iterator[str]:
        for name in self.old["components"]["schemas"]:
            if name not in self.new["components"]["schemas"]:
                yield f"components: the schema {name} is gone; generated clients have a type of that name"
        for path, methods in self.old["paths"].items():
            for method, operation in methods.items():
                place = f"{method.upper()} {path}"
                now = self.new["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{place}: is gone"
                else:
                    yield from self._operation(place, operation, now)

    def _operation(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{place}: operationId was {old['operationId']} and is {new['operationId']}"
        if (new.get("security") or self.new.get("security")) and not (old.get("security") or self.old.get("security")):
            yield f"{place}: asks who is calling"
        before = {(one["in"], one["name"]): one for one in old.get("parameters", [])}
        after = {(one["in"], one["name"]): one for one in new.get("parameters", [])}
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{place}: the parameter {key[1]} has to be given"
        for key, parameter in before.items():
            if key not in after:
                yield f"{place}: the parameter {key[1]} is gone"
            else:
                yield from self._parameter(f"{place}, parameter {key[1]}", parameter, after[key])
        yield from self._body(place, old.get("requestBody"), new.get("requestBody"))
        yield from self._responses(place, old["responses"], new["responses"])

    def _body(self, place: str, old: Schema | None, new: Schema | None) -> Iterator[str]:
        if new is not None and new.get("required") and not (old or {}).get("required"):
            yield f"{place}: a body has to be sent"
        for media_type, content in (old or {}).get("content", {}).items():
            here = f"{place}, body {media_type}"
            now = (new or {}).get("content", {}).get(media_type)
            if now is None:
                yield f"{here}: is no longer taken"
            else:
                yield from self._beyond(f"{here} as it was taken", content["schema"], self.old, now["schema"], self.new)

    def _parameter(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        for name, was, now in (
            ("style", old.get("style"), new.get("style")),
            ("explode", old.get("explode"), new.get("explode")),
            ("default", old["schema"].get("default"), new["schema"].get("default")),
        ):
            if was != now:
                yield f"{place}: {name} was {was!r} and is {now!r}"
        # What was taken must still be taken.
        yield from self._beyond(f"{place} as it was taken", old["schema"], self.old, new["schema"], self.new)

    def _responses(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        for status, response in old.items():
            if status not in new:
                if status < "400":
                    yield f"{place}: is no longer answered with {status}"
                continue
            for name in response.get("headers", []):
                if name not in new[status].get("headers", []):
                    yield f"{place}, {status}: the header {name} is gone"
            for media_type, content in response.get("content", {}).items():
                here = f"{place}, {status} {media_type}"
                now = new[status].get("content", {}).get(media_type)
                if now is None:
                    yield f"{here}: is gone"
                else:
                    # What is sent must be what was allowed.
                    yield from self._beyond(
                        f"{here} as it is sent", now["schema"], self.new, content["schema"], self.old
                    )

    def _beyond(
        self, place: str, inner: Schema, inner_root: Schema, outer: Schema, outer_root: Schema
    ) -> Iterator[str]:
        """Say why a value of the inner schema might not be one of the outer."""
        pair = (inner.get("$ref", ""), outer.get("$ref", ""))
        if all(pair):
            # One comparison in each direction is enough, and ends the walk through schemas that hold themselves.
            marked = (f"{id(inner_root)}{pair[0]}", pair[1])
            if marked in self.compared:
                return
            self.compared.add(marked)
        allowed = list(_branches(outer, outer_root))
        for branch in _branches(inner, inner_root):
            found = [list(self._branch(place, branch, inner_root, one, outer_root)) for one in allowed]
            if all(found):
                same = [reasons for reasons, one in zip(found, allowed, strict=True) if _type(one) == _type(branch)]
                if same:
                    yield from min(same, key=len)
                else:
                    yield f"{place}: {_type(branch)} is beyond {' or '.join(_type(one) for one in allowed)}"

    def _branch(
        self, place: str, inner: Schema, inner_root: Schema, outer: Schema, outer_root: Schema
    ) -> Iterator[str]:
        kinds = (_type(inner), _type(outer))
        if kinds[1] != "anything" and kinds[0] != kinds[1] and kinds != ("integer", "number"):
            yield f"{place}: {kinds[0]} is beyond {kinds[1]}"
            return
        values, allowed = _values(inner), _values(outer)
        if allowed is not None and (values is None or not values <= allowed):
            beyond = "any value" if values is None else ", ".join(sorted(values - allowed))
            yield f"{place}: {beyond} is beyond {', '.join(sorted(allowed))}"
        yield from _bounds(place, inner, outer, is_listed=values is not None)
        yield from self._object(place, inner, inner_root, outer, outer_root)
        if "items" in outer:
            yield from self._beyond(f"{place}[]", inner.get("items", {}), inner_root, outer["items"], outer_root)

    def _object(
        self, place: str, inner: Schema, inner_root: Schema, outer: Schema, outer_root: Schema
    ) -> Iterator[str]:
        keys = inner.get("properties", {})
        for key in outer.get("required", []):
            if key not in inner.get("required", []):
                yield f"{place}.{key}: is not always there"
        for key, schema in outer.get("properties", {}).items():
            if key in keys:
                yield from self._beyond(f"{place}.{key}", keys[key], inner_root, schema, outer_root)
            elif key not in outer.get("required", []) and outer_root is self.old:
                # What is taken from clients may have keys that they do not know.
                yield f"{place}.{key}: is no longer described"
        others = outer.get("additionalProperties", True)
        if others is not True:
            mine = inner.get("additionalProperties", True)
            unknown = [key for key in keys if key not in outer.get("properties", {})]
            if others is False and (mine is not False or unknown):
                yield f"{place}: keys that were excluded"
            elif others is not False and mine is not False:
                mine = {} if mine is True else mine
                yield from self._beyond(f"{place}.*", mine, inner_root, others, outer_root)


def _branches(schema: Schema, root: Schema) -> Iterator[Schema]:
    """Give the alternatives of a schema, each of one type and without references."""
    if unknown := set(schema) - _KNOWN - _WORDS:
        raise ValueError(f"schemas are not compared by {', '.join(sorted(unknown))}")
    rest = {key: value for key, value in schema.items() if key not in {"$ref", "anyOf", "oneOf"}}
    if "$ref" in schema:
        target = root["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for branch in _branches(target, root):
            yield {**branch, **rest}
    elif "anyOf" in schema or "oneOf" in schema:
        for one in schema.get("anyOf") or schema["oneOf"]:
            for branch in _branches(one, root):
                yield {**rest, **branch}
    elif isinstance(schema.get("type"), list):
        for kind in schema["type"]:
            yield {**schema, "type": kind}
    else:
        yield schema


def _type(schema: Schema) -> str:
    return str(schema.get("type", "anything"))


def _values(schema: Schema) -> set[str] | None:
    """Give the listed values as JSON; None where they are not listed."""
    if "const" in schema:
        return {json.dumps(schema["const"])}
    return {json.dumps(value) for value in schema["enum"]} if "enum" in schema else None


def _bounds(place: str, inner: Schema, outer: Schema, *, is_listed: bool) -> Iterator[str]:
    for words, sign in ((_AT_MOST, 1), (_AT_LEAST, -1)):
        for word in words:
            if word in outer and not is_listed and (word not in inner or inner[word] * sign > outer[word] * sign):
                yield f"{place}: {word} {inner.get(word, 'unbounded')} is beyond {outer[word]}"
    for word in _EQUAL:
        if word not in outer or inner.get(word) == outer[word]:
            continue
        if word == "pattern" and is_listed and all(re.search(outer[word], value) for value in inner.get("enum", [])):
            continue
        if word == "pattern" and word in inner and _takes_all(outer[word], inner[word]):
            continue
        yield f"{place}: {word} {inner.get(word, 'of any kind')} is beyond {outer[word]}"


def _takes_all(outer: str, inner: str) -> bool:
    """Tell whether all text of one pattern is also of another; False too where that cannot be told."""
    automata = []
    for pattern in (inner, outer):
        if not (pattern.startswith("^") and pattern.endswith("$")):
            return False
        try:
            automata.append(parse(pattern[1:-1]))
        except NoMatch:
            return False
    return bool(automata[0].difference(automata[1]).empty())


def current() -> Any:
    """Describe what this version of the code offers."""
    return contract_of(create_app(Settings()).openapi())


def accepted() -> Any:
    """Read what was accepted last."""
    return json.loads(ACCEPTED.read_text(encoding="utf-8"))


def main() -> int:
    """Accept what the code offers now, unless it breaks what was accepted before; `--break` accepts that too."""
    new = current()
    # What cannot be compared with itself could not be compared later.
    breaking_changes(new, new)
    broken = breaking_changes(accepted(), new) if ACCEPTED.exists() else []
    for change in broken:
        print(change, file=sys.stderr)
    if broken and "--break" not in sys.argv[1:]:
        print(
            "Nothing was accepted: within v1 clients rely on this (BREAK=1 accepts it all the same).", file=sys.stderr
        )
        return 1
    text = json.dumps(new, ensure_ascii=False, indent=1)
    # What has nothing inside it stands on one line.
    text = re.sub(r"[\[{][^\[\]{}]*[\]}]", lambda flat: re.sub(r"\n\s*", " ", flat[0]), text)
    ACCEPTED.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
