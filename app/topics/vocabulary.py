"""The vocabulary file: concepts with labels, definitions and the concept above each one."""

import tomllib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app.errors import MetadataError, did_you_mean
from app.text import SLUG_MAX_LENGTH, SLUG_PATTERN, nearest

Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=SLUG_MAX_LENGTH)]
# A database cannot hold NUL as text, though TOML can spell it.
Text = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]*$")]


class Concept(BaseModel):
    """One topic as the vocabulary states it."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[Text, Field(max_length=500)]
    definition: Text | None = None
    broader: Slug | None = None
    alternative: list[Text] = []
    exact_match: list[Annotated[str, Field(pattern=r"^https?://")]] = []


_VOCABULARY = TypeAdapter(dict[Slug, Concept])


def read_vocabulary(name: str, data: bytes) -> dict[str, Concept]:
    """Read a vocabulary; concepts come back by slug, each after the one above it.

    Raises:
        MetadataError: it is not TOML in UTF-8, a key is unknown, `broader` names no concept or leads in a circle.
    """
    try:
        concepts = _VOCABULARY.validate_python(tomllib.loads(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise MetadataError(name, "", f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MetadataError(name, "", f"not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        reason = "there is no such key" if first["type"] == "extra_forbidden" else first["msg"]
        raise MetadataError(name, ".".join(str(part) for part in first["loc"]), reason) from None
    ordered: dict[str, Concept] = {}
    for slug in concepts:
        for step in reversed(_way_up(name, slug, concepts)):
            ordered.setdefault(step, concepts[step])
    return ordered


def _way_up(name: str, slug: str, concepts: dict[str, Concept]) -> list[str]:
    way = [slug]
    while (above := concepts[way[-1]].broader) is not None:
        if above not in concepts:
            hint = did_you_mean(nearest(above, concepts))
            raise MetadataError(name, f"{way[-1]}.broader", f"there is no topic {above!r}.{hint}")
        if above in way:
            circle = " > ".join([*way[way.index(above) :], above])
            raise MetadataError(name, f"{way[-1]}.broader", f"topics lead in a circle: {circle}")
        way.append(above)
    return way
