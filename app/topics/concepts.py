"""Concepts of a vocabulary, independent of its file format, and the checks that a set of them has to pass."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from app.errors import MetadataError, did_you_mean
from app.text.folding import nearest

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
# Letters of a script subtag (Latn) and of a region subtag (GB).
_SCRIPT, _REGION = 4, 2


class LabelKind(StrEnum):
    """What a label is for: to be shown, to be shown beside it, or only to be found by."""

    PREFERRED = "preferred"
    ALTERNATIVE = "alternative"
    HIDDEN = "hidden"


class Method(StrEnum):
    """How a topic was found for a question; the evidence tells what in particular."""

    PHRASE = "phrase"
    NEIGHBOURS = "neighbours"
    TAG = "tag"
    COMBINED = "combined"


_KINDS = list(LabelKind)


@dataclass(frozen=True, slots=True)
class ConceptLabel:
    """A label of a concept; `language` is a BCP 47 tag, or None where the vocabulary states none."""

    kind: LabelKind
    language: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Concept:
    """One topic as a vocabulary states it.

    `labels` begin with the one that is shown, and have one preferred label a language. `broader` is the slug of the
    concept above. `uri` identifies the concept in its own vocabulary, `exact_match` the same concept in others.
    `replaces` are slugs or addresses of former topics that are merged into this one.
    """

    labels: tuple[ConceptLabel, ...]
    definition: str | None = None
    broader: str | None = None
    uri: str | None = None
    notation: str | None = None
    exact_match: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The label that is shown."""
        return self.labels[0].text


@dataclass(frozen=True)
class StoredConcepts:
    """The stored concepts: their slugs by `uri`, their slugs by `exact_match`, and all slugs."""

    uris: Mapping[str, str] = field(default_factory=dict)
    matches: Mapping[str, str] = field(default_factory=dict)
    slugs: frozenset[str] = frozenset()


Vocabulary = Mapping[str, Concept]


def in_order(labels: Iterable[ConceptLabel], shown_first: str | None = None) -> tuple[ConceptLabel, ...]:
    """Sort labels as they are stored: the one to be shown, then by kind, language and text.

    The preferred label in the language `shown_first` is shown, or else the one without a language, or else the first by
    language. A label that occurs with several kinds gets the first of them in the order of LabelKind.
    """
    kinds: dict[tuple[str | None, str], LabelKind] = {}
    for label in labels:
        key = (label.language, label.text)
        kinds[key] = min(kinds.get(key, label.kind), label.kind, key=_KINDS.index)
    ordered = sorted(
        (ConceptLabel(kind, language, text) for (language, text), kind in kinds.items()),
        key=lambda label: (_KINDS.index(label.kind), label.language or "", label.text),
    )
    shown = [label for label in ordered if label.kind is LabelKind.PREFERRED]
    # A language includes its regional variants: `en` also means `en-GB`.
    chosen = next(
        (
            label
            for wanted in (shown_first, None)
            for label in shown
            if label.language == wanted or (wanted and (label.language or "").startswith(f"{wanted}-"))
        ),
        shown[0] if shown else None,
    )
    return tuple(ordered) if chosen is None else (chosen, *(label for label in ordered if label != chosen))


def language_tag(text: str) -> str | None:
    """Return a BCP 47 tag in its usual case (RFC 5646, 2.1.1), or None if the text is not a tag."""
    if not _LANGUAGE.fullmatch(text):
        return None
    first, *others = text.split("-")
    cased = (
        part.title() if len(part) == _SCRIPT else part.upper() if len(part) == _REGION else part.lower()
        for part in others
    )
    return "-".join([first.lower(), *cased])


def checked(name: str, concepts: Mapping[str, Concept]) -> dict[str, Concept]:
    """Check a vocabulary and return its concepts by slug, each after its broader one. `name` is the file's.

    Raises:
        MetadataError: `broader` names no concept or leads in a circle, two concepts have one `uri`, or a topic is
            replaced twice or while it is there.
    """
    ordered: dict[str, Concept] = {}
    for slug in concepts:
        for step in reversed(_path_to_top(name, slug, concepts, ordered)):
            ordered.setdefault(step, concepts[step])
    uris: dict[str, str] = {}
    replaced: dict[str, str] = {}
    for slug, concept in ordered.items():
        if concept.uri is not None and uris.setdefault(concept.uri, slug) != slug:
            raise MetadataError(name, f"{slug}.uri", f"{uris[concept.uri]!r} is {concept.uri} already")
        for old in concept.replaces:
            if old in concepts:
                raise MetadataError(name, f"{slug}.replaces", f"{old!r} is a topic of this vocabulary itself")
            if replaced.setdefault(old, slug) != slug:
                raise MetadataError(name, f"{slug}.replaces", f"{replaced[old]!r} replaces {old!r} already")
    return ordered


def _path_to_top(
    name: str, slug: str, concepts: Mapping[str, Concept], checked_above: Mapping[str, Concept]
) -> list[str]:
    path, seen = [slug], {slug}
    while (above := concepts[path[-1]].broader) is not None:
        if above not in concepts:
            hint = did_you_mean(nearest(above, concepts))
            raise MetadataError(name, f"{path[-1]}.broader", f"there is no topic {above!r}.{hint}")
        if above in seen:
            circle = " > ".join([*path[path.index(above) :], above])
            raise MetadataError(name, f"{path[-1]}.broader", f"topics lead in a circle: {circle}")
        if above in checked_above:
            break
        path.append(above)
        seen.add(above)
    return path


def version_of(concepts: Vocabulary) -> str:
    """Return twelve hexadecimal digits of the SHA-256 of everything in a vocabulary that affects suggestions."""
    matched = [
        [slug, [asdict(label) for label in concepts[slug].labels], concepts[slug].broader] for slug in sorted(concepts)
    ]
    return hashlib.sha256(json.dumps(matched, ensure_ascii=True).encode()).hexdigest()[:12]
