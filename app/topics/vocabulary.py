"""Reads and writes vocabularies as TOML, to be edited by hand. Each table is a concept; its name is the topic's slug.

A label written as a string has no language; a table gives labels by language: `label = {en = "Faith", fr = "Foi"}`. The
label in the first language is the one shown. In such a table, `und` stands for no language.
"""

import tomllib
from collections.abc import Iterator
from typing import Annotated, Any

import tomli_w
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from app.errors import MetadataError
from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN
from app.topics.concepts import Concept, ConceptLabel, LabelKind, Vocabulary, checked, in_order, language_tag

_NO_LANGUAGE = "und"
_ADDRESS = r"^(https?://|urn:)[^\x00\s]+$"


def _tag(value: str) -> str:
    tag = language_tag(value)
    if tag is None:
        raise ValueError("this is no language tag, such as en or pt-BR")
    return tag


Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=SLUG_MAX_LENGTH)]
# TOML can write NUL, which a database cannot store in text.
Text = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]*$")]
LabelText = Annotated[Text, Field(max_length=500)]
Language = Annotated[str, AfterValidator(_tag)]
Address = Annotated[str, Field(pattern=_ADDRESS)]


def _by_language(value: Any) -> Any:
    return value if isinstance(value, dict) else {_NO_LANGUAGE: value}


class _ConceptTable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: Annotated[dict[Language, LabelText], BeforeValidator(_by_language), Field(min_length=1)]
    alternative: Annotated[dict[Language, list[LabelText]], BeforeValidator(_by_language)] = {}
    hidden: Annotated[dict[Language, list[LabelText]], BeforeValidator(_by_language)] = {}
    definition: Text | None = None
    broader: Slug | None = None
    uri: Address | None = None
    notation: Text | None = None
    exact_match: list[Annotated[str, Field(pattern=r"^https?://")]] = []
    replaces: list[Slug | Address] = []

    def concept(self) -> Concept:
        """Return the concept, with labels in their stored order."""
        return Concept(
            labels=in_order(self._labels(), _language(next(iter(self.label)))),
            definition=self.definition,
            broader=self.broader,
            uri=self.uri,
            notation=self.notation,
            exact_match=tuple(sorted(set(self.exact_match))),
            replaces=tuple(sorted(set(self.replaces))),
        )

    def _labels(self) -> Iterator[ConceptLabel]:
        yield from (ConceptLabel(LabelKind.PREFERRED, _language(key), text) for key, text in self.label.items())
        for kind, given in ((LabelKind.ALTERNATIVE, self.alternative), (LabelKind.HIDDEN, self.hidden)):
            yield from (ConceptLabel(kind, _language(key), text) for key, texts in given.items() for text in texts)


def _language(key: str) -> str | None:
    return None if key == _NO_LANGUAGE else key


_FILE = TypeAdapter(dict[Slug, _ConceptTable])


def read_vocabulary(name: str, data: bytes) -> dict[str, Concept]:
    """Read a vocabulary: its concepts by slug, each after its broader one.

    Raises:
        MetadataError: it is not TOML in UTF-8, has an unknown key, or does not pass `checked`.
    """
    try:
        tables = _FILE.validate_python(tomllib.loads(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise MetadataError(name, "", f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MetadataError(name, "", f"not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        reason = "there is no such key" if first["type"] == "extra_forbidden" else first["msg"]
        # Leave out of the path what is not in the file.
        place = (str(part) for part in first["loc"] if part not in {"[key]", _NO_LANGUAGE})
        raise MetadataError(name, ".".join(place), reason) from None
    return checked(name, {slug: table.concept() for slug, table in tables.items()})


def write_vocabulary(concepts: Vocabulary) -> bytes:
    """Write a vocabulary as TOML in UTF-8 from which `read_vocabulary` reads the same."""
    return tomli_w.dumps({slug: _table(concept) for slug, concept in concepts.items()}).encode()


def _table(concept: Concept) -> dict[str, Any]:
    by_kind: dict[LabelKind, dict[str, list[str]]] = {kind: {} for kind in LabelKind}
    for label in concept.labels:
        by_kind[label.kind].setdefault(label.language or _NO_LANGUAGE, []).append(label.text)
    shown = {language: texts[0] for language, texts in by_kind[LabelKind.PREFERRED].items()}
    stated = {
        "label": _without_und(shown),
        "alternative": _without_und(by_kind[LabelKind.ALTERNATIVE]),
        "hidden": _without_und(by_kind[LabelKind.HIDDEN]),
        "definition": concept.definition,
        "broader": concept.broader,
        "uri": concept.uri,
        "notation": concept.notation,
        "exact_match": list(concept.exact_match),
        "replaces": list(concept.replaces),
    }
    return {key: value for key, value in stated.items() if value}


def _without_und(by_language: dict[str, Any]) -> Any:
    """Write a label as a string if it has no language."""
    return by_language[_NO_LANGUAGE] if list(by_language) == [_NO_LANGUAGE] else by_language
