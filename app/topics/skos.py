"""Reads and writes vocabularies as SKOS (W3C, 2009) in Turtle, RDF/XML or JSON-LD.

SKOS can state more than a vocabulary here holds. Reading reports what it leaves out in remarks, and refuses a file that
cannot be represented correctly.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

import pyoxigraph as rdf

from app.errors import MetadataError
from app.text.folding import SLUG_MAX_LENGTH, SLUG_PATTERN, slugify
from app.topics.concepts import (
    Concept,
    ConceptLabel,
    LabelKind,
    StoredConcepts,
    Vocabulary,
    checked,
    in_order,
    language_tag,
)

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SKOS_XL = "http://www.w3.org/2008/05/skos-xl#"
_OWL = "http://www.w3.org/2002/07/owl#"
_TERMS = "http://purl.org/dc/terms/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_SCHEME = "urn:quoth:topics"
_TOPIC = "urn:quoth:topic:"
# A notation is a literal whose datatype says which system it belongs to (SKOS Reference, 6.5.1): here, slugs.
_SLUG_TYPE = "urn:quoth:slug"
# Characters of a label, as in vocabularies in TOML.
_MAX_LABEL = 500
_KIND_OF = {
    f"{_SKOS}prefLabel": LabelKind.PREFERRED,
    f"{_SKOS}altLabel": LabelKind.ALTERNATIVE,
    f"{_SKOS}hiddenLabel": LabelKind.HIDDEN,
}
_PREDICATE_OF = {kind: predicate for predicate, kind in _KIND_OF.items()}
# Concepts that a remark names, at most.
_MAX_NAMED = 5


class Syntax(StrEnum):
    """The RDF syntaxes of SKOS files."""

    TURTLE = "turtle"
    RDF_XML = "rdf-xml"
    JSON_LD = "json-ld"


_FORMATS = {
    Syntax.TURTLE: rdf.RdfFormat.TURTLE,
    Syntax.RDF_XML: rdf.RdfFormat.RDF_XML,
    Syntax.JSON_LD: rdf.RdfFormat.JSON_LD,
}
SUFFIXES = {
    ".ttl": Syntax.TURTLE,
    ".n3": Syntax.TURTLE,
    ".nt": Syntax.TURTLE,
    ".rdf": Syntax.RDF_XML,
    ".xml": Syntax.RDF_XML,
    ".owl": Syntax.RDF_XML,
    ".jsonld": Syntax.JSON_LD,
    ".json": Syntax.JSON_LD,
}


@dataclass(frozen=True)
class Thesaurus:
    """The content of a SKOS file: concepts by slug, each after its broader one, and remarks on what was changed."""

    concepts: dict[str, Concept]
    remarks: list[str]


def syntax_of(name: str, data: bytes) -> Syntax:
    """Return the syntax of a file by its suffix, or else by its first characters."""
    suffix = PurePath(name).suffix.lower()
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return Syntax.JSON_LD
    return Syntax.RDF_XML if start.startswith((b"<?xml", b"<rdf", b"<!--")) else Syntax.TURTLE


def read_skos(name: str, data: bytes, language: str, stored: StoredConcepts | None = None) -> Thesaurus:
    """Read a SKOS file. Topics are shown by their preferred label in `language`, if they have one.

    A concept that is stored already, by its address or an exact match, keeps its slug; a new one gets a slug made of
    its label. Where two would have the same slug, the later one by address gets a number.

    Raises:
        MetadataError: the file cannot be parsed or has no concept; or a concept has no preferred label, a broader
            concept that is not in the file, or is broader than itself.
    """
    return _Reader(name, _Graph(name, data), language, stored or StoredConcepts()).read()


class _Graph:
    """The statements of an RDF file by subject and predicate. Blank nodes are left out."""

    def __init__(self, name: str, data: bytes) -> None:
        syntax = syntax_of(name, data)
        if syntax is Syntax.RDF_XML and b"<!DOCTYPE" in data:
            raise MetadataError(name, "", "XML with a DOCTYPE is not read; save it as Turtle, or without the DOCTYPE")
        self._objects: dict[str, dict[str, list[rdf.NamedNode | rdf.Literal]]] = defaultdict(lambda: defaultdict(list))
        try:
            for quad in rdf.parse(data, format=_FORMATS[syntax], base_iri="urn:quoth:file"):
                if isinstance(quad.subject, rdf.NamedNode) and isinstance(quad.object, rdf.NamedNode | rdf.Literal):
                    self._objects[quad.subject.value][quad.predicate.value].append(quad.object)
        except (SyntaxError, ValueError) as error:
            line = f"line {error.lineno}: " if isinstance(error, SyntaxError) and error.lineno else ""
            reason = error.msg if isinstance(error, SyntaxError) else str(error)
            raise MetadataError(name, "", f"{line}not valid {syntax.value}: {reason}") from None

    def subjects(self) -> list[str]:
        return sorted(self._objects)

    def addresses(self, subject: str, predicate: str) -> list[str]:
        found = self._objects[subject].get(predicate, ())
        return sorted({one.value for one in found if isinstance(one, rdf.NamedNode)})

    def literals(self, subject: str, predicate: str) -> list[rdf.Literal]:
        found = self._objects[subject].get(predicate, ())
        return sorted(
            (one for one in found if isinstance(one, rdf.Literal)), key=lambda one: (one.language or "", one.value)
        )

    def says(self, subject: str, predicate: str) -> bool:
        return bool(self._objects[subject].get(predicate))


class _Reader:
    """Converts a graph to concepts."""

    def __init__(self, name: str, graph: _Graph, language: str, stored: StoredConcepts) -> None:
        self._name, self._graph, self._language, self._stored = name, graph, language, stored
        self._remarks: list[str] = []
        concepts = [subject for subject in graph.subjects() if f"{_SKOS}Concept" in graph.addresses(subject, _TYPE)]
        if not concepts:
            raise MetadataError(name, "", "there is no skos:Concept in it")
        self._replaced = self._replacements(concepts)
        gone = {one for one in concepts if one in self._replaced or self._is_deprecated(one)}
        self._gone, self._concepts = gone, [one for one in concepts if one not in gone]

    def read(self) -> Thesaurus:
        labels = {concept: self._labels(concept) for concept in self._concepts}
        slugs = self._slugs(labels)
        broader = self._broader()
        replaces: dict[str, list[str]] = defaultdict(list)
        for old in sorted(self._replaced):
            replaces[self._successor(old)].append(self._stored_slug(old) or old)
        concepts = {
            slugs[uri]: Concept(
                labels=labels[uri],
                definition=self._definition(uri),
                broader=slugs[broader[uri]] if uri in broader else None,
                uri=None if self._is_generated(uri, slugs[uri]) else uri,
                notation=next((one.value for one in self._notations(uri) if one.datatype.value != _SLUG_TYPE), None),
                exact_match=tuple(
                    one
                    for one in self._graph.addresses(uri, f"{_SKOS}exactMatch")
                    if one.startswith(("http://", "https://"))
                ),
                replaces=tuple(sorted(set(replaces[uri]))),
            )
            for uri in self._concepts
        }
        self._remark_on_omissions()
        return Thesaurus(checked(self._name, concepts), self._remarks)

    def _is_deprecated(self, uri: str) -> bool:
        return any(one.value in {"true", "1"} for one in self._graph.literals(uri, f"{_OWL}deprecated"))

    def _replacements(self, concepts: Iterable[str]) -> dict[str, str]:
        """Return the successors of replaced concepts, by address."""
        known = set(concepts)
        replaced: dict[str, str] = {}
        for uri in sorted(known):
            for successor in self._graph.addresses(uri, f"{_TERMS}isReplacedBy"):
                replaced.setdefault(uri, successor)
            for old in self._graph.addresses(uri, f"{_TERMS}replaces"):
                replaced.setdefault(old, uri)
        missing = sorted(set(replaced.values()) - known)
        if missing:
            raise MetadataError(self._name, "dct:isReplacedBy", f"{missing[0]} is no concept of this file")
        return replaced

    def _successor(self, uri: str) -> str:
        seen = [uri]
        while (successor := self._replaced.get(seen[-1])) is not None:
            if successor in seen:
                circle = " > ".join([*seen[seen.index(successor) :], successor])
                raise MetadataError(self._name, "dct:isReplacedBy", f"concepts replace one another: {circle}")
            seen.append(successor)
        if seen[-1] in self._gone:
            reason = f"{seen[-1]} is deprecated itself, and replaces {uri}"
            raise MetadataError(self._name, "dct:isReplacedBy", reason)
        return seen[-1]

    def _labels(self, uri: str) -> tuple[ConceptLabel, ...]:
        labels: list[ConceptLabel] = []
        preferred: set[str | None] = set()
        for predicate, kind in _KIND_OF.items():
            for literal in self._graph.literals(uri, predicate):
                text = " ".join(literal.value.replace("\x00", " ").split())
                if not text:
                    continue
                if len(text) > _MAX_LABEL:
                    reason = f"the label {text[:40]!r}... is longer than {_MAX_LABEL} characters"
                    raise MetadataError(self._name, uri, reason)
                language = language_tag(literal.language) if literal.language else None
                as_what = kind
                if kind is LabelKind.PREFERRED:
                    if language in preferred:
                        self._remarks.append(
                            f"{uri} has several preferred labels in one language: {text!r} became an alternative one"
                        )
                        as_what = LabelKind.ALTERNATIVE
                    preferred.add(language)
                labels.append(ConceptLabel(as_what, language, text))
        if not preferred:
            raise MetadataError(self._name, uri, "it has no skos:prefLabel")
        return in_order(labels, self._language)

    def _slugs(self, labels: Mapping[str, Sequence[ConceptLabel]]) -> dict[str, str]:
        """Return a slug for each concept. Stored slugs come first, so that no new concept takes one."""
        given: dict[str, str] = {}
        taken: set[str] = set()
        for uri in self._concepts:
            slug = self._stored_slug(uri)
            if slug is not None and slug not in taken:
                given[uri] = slug
                taken.add(slug)
        for uri in self._concepts:
            if uri in given:
                continue
            wanted = slugify(labels[uri][0].text, fallback="topic")
            slug, number = wanted, 1
            while slug in taken or slug in self._stored.slugs:
                number += 1
                ending = f"-{number}"
                slug = wanted[: SLUG_MAX_LENGTH - len(ending)] + ending
            if slug != wanted:
                self._remarks.append(
                    f"{uri} is named {slug!r}, because {wanted!r} is another topic; "
                    "if they are one, say so with an exact match"
                )
            given[uri] = slug
            taken.add(slug)
        return given

    def _stored_slug(self, uri: str) -> str | None:
        for notation in self._notations(uri):
            if notation.datatype.value == _SLUG_TYPE and re.fullmatch(SLUG_PATTERN, notation.value):
                return notation.value
        slug = self._stored.uris.get(uri) or self._stored.matches.get(uri)
        if slug is not None:
            return slug
        # A concept whose address changed has the old one as an exact match.
        old = [one for one in self._graph.addresses(uri, f"{_SKOS}exactMatch") if one in self._stored.uris]
        return self._stored.uris[old[0]] if len(old) == 1 and old[0] not in self._concepts_and_gone() else None

    def _concepts_and_gone(self) -> set[str]:
        return {*self._concepts, *self._gone}

    def _notations(self, uri: str) -> list[rdf.Literal]:
        return self._graph.literals(uri, f"{_SKOS}notation")

    @staticmethod
    def _is_generated(uri: str, slug: str) -> bool:
        """Whether `write_skos` made an address of the slug."""
        return uri == f"{_TOPIC}{slug}" or uri.endswith(f"/v1/topics/{slug}")

    def _definition(self, uri: str) -> str | None:
        """Return the definition, or else the scope note, in the requested language or else in any."""
        for predicate in (f"{_SKOS}definition", f"{_SKOS}scopeNote"):
            found = [one for one in self._graph.literals(uri, predicate) if one.value.strip()]
            if found:
                own = [one for one in found if (one.language or self._language).partition("-")[0] == self._language]
                return (own or found)[0].value.replace("\x00", " ").strip()
        return None

    def _broader(self) -> dict[str, str]:
        """Return the broader concept of each concept: of several, the first by address."""
        above: dict[str, set[str]] = defaultdict(set)
        for uri in self._concepts:
            above[uri].update(self._graph.addresses(uri, f"{_SKOS}broader"))
            for narrower in self._graph.addresses(uri, f"{_SKOS}narrower"):
                above[narrower].add(uri)
        known = set(self._concepts)
        broader = {}
        for uri in self._concepts:
            found = set()
            for one in above[uri]:
                if one in self._gone:
                    if one not in self._replaced:
                        self._remarks.append(f"{uri} stands below {one}, which is deprecated: it is at the top now")
                        continue
                    one = self._successor(one)
                if one not in known:
                    raise MetadataError(self._name, uri, f"it is below {one}, which is no concept of this file")
                found.add(one)
            if found:
                first, *others = sorted(found)
                broader[uri] = first
                if others:
                    self._remarks.append(
                        f"{uri} has {len(found)} broader concepts: {first} is kept, {', '.join(others)} left out"
                    )
        return broader

    def _remark_on_omissions(self) -> None:
        deprecated = sorted(one for one in self._gone if one not in self._replaced)
        if deprecated:
            self._remarks.append(f"deprecated, and not taken over: {_first_of(deprecated)}")
        extended = [
            uri
            for uri in self._concepts
            if any(self._graph.says(uri, f"{_SKOS_XL}{kind}") for kind in ("prefLabel", "altLabel", "hiddenLabel"))
        ]
        if extended:
            self._remarks.append(f"SKOS-XL labels are not read, only the plain ones: {_first_of(extended)}")
        groups = [one for one in self._graph.subjects() if f"{_SKOS}Collection" in self._graph.addresses(one, _TYPE)]
        if groups:
            self._remarks.append(f"collections are no topics and are not taken over: {_first_of(groups)}")


def _first_of(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
    return f"{', '.join(names[:_MAX_NAMED])}{more}"


def write_skos(concepts: Vocabulary, syntax: Syntax, address: str = "") -> bytes:
    """Write a vocabulary as SKOS from which `read_skos` reads the same vocabulary.

    A topic without an address of its own gets one below `address`, the public address of the API, or else a URN.
    """
    prefix = f"{address.rstrip('/')}/v1/topics/" if address else _TOPIC
    uris = {slug: concept.uri or f"{prefix}{slug}" for slug, concept in concepts.items()}
    statements = [_statement(_SCHEME, _TYPE, f"{_SKOS}ConceptScheme")]
    for slug, concept in concepts.items():
        uri, above = uris[slug], concept.broader
        statements += [
            _statement(uri, _TYPE, f"{_SKOS}Concept"),
            _statement(uri, f"{_SKOS}inScheme", _SCHEME),
            _statement(uri, f"{_SKOS}notation", _slug(slug)),
            _statement(uri, f"{_SKOS}broader", uris[above])
            if above
            else _statement(uri, f"{_SKOS}topConceptOf", _SCHEME),
        ]
        statements += [
            _statement(uri, _PREDICATE_OF[label.kind], rdf.Literal(label.text, language=label.language))
            for label in concept.labels
        ]
        for predicate, text in (("notation", concept.notation), ("definition", concept.definition)):
            if text is not None:
                statements.append(_statement(uri, f"{_SKOS}{predicate}", rdf.Literal(text)))
        statements += [_statement(uri, f"{_SKOS}exactMatch", match) for match in concept.exact_match]
        for old in concept.replaces:
            # A former slug, or the address of a concept from elsewhere.
            former = old if ":" in old else f"{prefix}{old}"
            statements += [
                _statement(former, _TYPE, f"{_SKOS}Concept"),
                _statement(former, f"{_OWL}deprecated", rdf.Literal("true", datatype=rdf.NamedNode(f"{_XSD}boolean"))),
                _statement(former, f"{_TERMS}isReplacedBy", uri),
            ]
            if former != old:
                statements.append(_statement(former, f"{_SKOS}notation", _slug(old)))
    prefixes = {"skos": _SKOS, "dct": _TERMS, "owl": _OWL, "xsd": _XSD}
    return rdf.serialize(statements, format=_FORMATS[syntax], prefixes=prefixes) or b""


def _statement(subject: str, predicate: str, value: str | rdf.Literal) -> rdf.Triple:
    """Make a triple. A `value` of type str is an address."""
    node = rdf.NamedNode(value) if isinstance(value, str) else value
    return rdf.Triple(rdf.NamedNode(subject), rdf.NamedNode(predicate), node)


def _slug(slug: str) -> rdf.Literal:
    return rdf.Literal(slug, datatype=rdf.NamedNode(_SLUG_TYPE))
