"""Files of vocabularies: TOML, and SKOS in the syntaxes of RDF, each read and written."""

from dataclasses import dataclass
from pathlib import PurePath

from app.topics.concepts import Concept, StoredConcepts, Vocabulary
from app.topics.vocabulary import read_vocabulary, write_vocabulary

DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class VocabularyFile:
    """A format of vocabularies: its name in `?format=`, its media type, and the suffix of its files."""

    name: str
    media_type: str
    suffix: str
    description: str


TURTLE = VocabularyFile("turtle", "text/turtle", ".ttl", "SKOS in Turtle")
RDF_XML = VocabularyFile("rdfxml", "application/rdf+xml", ".rdf", "SKOS in RDF/XML")
JSON_LD = VocabularyFile("jsonld", "application/ld+json", ".jsonld", "SKOS in JSON-LD")
TOML = VocabularyFile("toml", "application/toml", ".toml", "TOML")
VOCABULARY_FILES = (TURTLE, RDF_XML, JSON_LD, TOML)


@dataclass(frozen=True)
class ReadVocabulary:
    """A vocabulary that was read, and remarks on what could not be."""

    concepts: dict[str, Concept]
    remarks: list[str]


def is_toml(name: str) -> bool:
    """Tell whether a file is TOML, by its suffix; every other one is SKOS."""
    return PurePath(name).suffix.lower() == TOML.suffix


def read_file(name: str, data: bytes, language: str, stored: StoredConcepts) -> ReadVocabulary:
    """Read a vocabulary; the suffix of its name says whether it is TOML. Of SKOS, labels in `language` are shown, and
    concepts that are stored keep their slugs.

    Raises:
        MetadataError: it cannot be read, or is no vocabulary.
    """
    if is_toml(name):
        return ReadVocabulary(read_vocabulary(name, data), [])
    # Commands that need no RDF start faster without it.
    from app.topics.skos import read_skos

    thesaurus = read_skos(name, data, language, stored)
    return ReadVocabulary(thesaurus.concepts, thesaurus.remarks)


def write_file(name: str, concepts: Vocabulary, address: str) -> bytes:
    """Write a vocabulary in the format that the suffix of a name says. Topics without an address of their own get one
    below `address`, the public address of the API.

    Raises:
        ValueError: no format has this suffix; the message lists those that there are.
    """
    if is_toml(name):
        return write_vocabulary(concepts)
    from app.topics.skos import SUFFIXES, syntax_of, write_skos

    if PurePath(name).suffix.lower() not in SUFFIXES:
        raise ValueError(f"the suffix names the format: use {TOML.suffix}, {', '.join(SUFFIXES)}")
    return write_skos(concepts, syntax_of(name, b""), address)
