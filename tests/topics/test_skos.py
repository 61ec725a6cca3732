import json

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.namespace import RDF, SKOS

from app.errors import MetadataError
from app.topics.concepts import Concept, ConceptLabel, LabelKind, StoredConcepts, Vocabulary, checked, in_order
from app.topics.skos import Syntax, Thesaurus, read_skos, syntax_of, write_skos
from app.topics.vocabulary import read_vocabulary
from tests.conftest import ROOT
from tests.topics.thesauri import JSON_LD, MEDIA_TOPICS, THESAURUS

_RDFLIB = {Syntax.TURTLE: "turtle", Syntax.RDF_XML: "xml", Syntax.JSON_LD: "json-ld"}


def _read(text: str, name: str = "v.ttl", language: str = "en", known: StoredConcepts | None = None) -> Thesaurus:
    return read_skos(name, text.encode(), language, known)


def _concept(body: str) -> str:
    return f"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <http://x.example/> .\n{body}"


def test_media_topics_are_read() -> None:
    read = _read(MEDIA_TOPICS)
    assert list(read.concepts) == ["arts-and-culture", "theatre", "opera", "singspiel"]
    arts, theatre, opera = (read.concepts[slug] for slug in ("arts-and-culture", "theatre", "opera"))
    assert (arts.notation, arts.definition, arts.broader) == ("medtop:100", "All forms of arts.", None)
    assert arts.uri == "http://cv.example.org/mediatopic/100"
    assert arts.exact_match == ("http://www.example.com/entity/Q735",)
    assert ConceptLabel(LabelKind.PREFERRED, "zh-Hans", "艺术与文化") in arts.labels
    assert theatre.label == "theatre"
    assert theatre.broader == opera.broader == "arts-and-culture"
    # What stood below the concept that was replaced stands below the one that replaced it.
    assert read.concepts["singspiel"].broader == "opera"
    assert opera.replaces == ("http://cv.example.org/mediatopic/103",)
    assert [remark for remark in read.remarks if "mediatopic/105" in remark and "deprecated" in remark]


def test_language_asked_for_names_the_topics() -> None:
    read = _read(MEDIA_TOPICS, language="fr")
    assert list(read.concepts)[:2] == ["arts-et-culture", "theatre"]
    assert read.concepts["arts-et-culture"].definition == "Les arts."
    # What has no label in it is named in another.
    assert "opera" in read.concepts


def test_thesaurus_is_read_and_what_is_left_out_is_told() -> None:
    read = _read(THESAURUS, "v.rdf")
    assert list(read.concepts) == ["culture", "history", "oral-tradition", "culture-2"]
    oral = read.concepts["oral-tradition"]
    assert (oral.broader, oral.definition) == ("culture", "What is handed down by word of mouth.")
    assert [label.text for label in oral.labels] == ["Oral tradition", "Tradición oral", "Folk tales", "Oral tradtion"]
    remarks = "\n".join(read.remarks)
    assert "concept1 is kept, http://voc.example.org/concept2 left out" in remarks
    assert "SKOS-XL labels are not read, only the plain ones: http://voc.example.org/concept3" in remarks
    assert "'culture-2', because 'culture' is another topic" in remarks
    assert "collections are no topics" in remarks


def test_json_ld_with_words_of_its_own_is_read() -> None:
    read = _read(JSON_LD, "v.jsonld")
    assert read.concepts["river"].broader == "water"
    assert read.remarks == []


def test_concept_keeps_the_slug_it_has() -> None:
    uri = "http://cv.example.org/mediatopic/"
    known = StoredConcepts({f"{uri}101": "stage"}, {f"{uri}102": "music"}, frozenset({"stage", "music", "theatre"}))
    assert {"stage", "music"} <= set(_read(MEDIA_TOPICS, known=known).concepts)


def test_new_concept_never_takes_the_slug_of_another_topic() -> None:
    read = _read(MEDIA_TOPICS, known=StoredConcepts(slugs=frozenset({"theatre", "theatre-2"})))
    assert "theatre-3" in read.concepts
    assert "theatre" not in read.concepts


def test_concept_at_a_new_address_is_found_by_its_old_one() -> None:
    text = _concept(':new a skos:Concept ; skos:prefLabel "Stage" ; skos:exactMatch :old .')
    known = StoredConcepts({"http://x.example/old": "theatre"}, {}, frozenset({"theatre"}))
    assert list(_read(text, known=known).concepts) == ["theatre"]


def test_slugs_do_not_depend_on_the_order_of_statements() -> None:
    body = [f':c{number} a skos:Concept ; skos:prefLabel "Same"@en .' for number in range(12)]
    there, back = _read(_concept("\n".join(body))), _read(_concept("\n".join(reversed(body))))
    assert {slug: one.uri for slug, one in there.concepts.items()} == {
        slug: one.uri for slug, one in back.concepts.items()
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (':a a skos:Concept ; skos:prefLabel "A" ; skos:broader :b .', "below http://x.example/b, which is no concept"),
        (
            """:a a skos:Concept ; skos:prefLabel "A" ; skos:broader :b .
            :b a skos:Concept ; skos:prefLabel "B" ; skos:narrower :a ; skos:broader :a .""",
            "circle: a > b > a",
        ),
        (':a a skos:Concept ; skos:altLabel "A" .', "http://x.example/a: it has no skos:prefLabel"),
        (f':a a skos:Concept ; skos:prefLabel "{"A" * 501}" .', "longer than 500"),
        (':a skos:prefLabel "A" .', "no skos:Concept"),
        (':a a skos:Concept ; skos:prefLabel "A .', "line 3"),
        (
            ':a a skos:Concept ; skos:prefLabel "A" ; <http://purl.org/dc/terms/isReplacedBy> :z .',
            "http://x.example/z is no concept of this file",
        ),
        (
            """:a a skos:Concept ; skos:prefLabel "A" ; <http://purl.org/dc/terms/isReplacedBy> :b .
            :b a skos:Concept ; skos:prefLabel "B" ; <http://purl.org/dc/terms/isReplacedBy> :a .""",
            "replace one another",
        ),
    ],
)
def test_impossible_thesaurus_is_refused_with_names(body: str, reason: str) -> None:
    with pytest.raises(MetadataError) as refused:
        _read(_concept(body))
    assert reason in str(refused.value)
    assert str(refused.value).startswith("v.ttl")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("v.rdf", '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r>&b;</r>'),
        ("v.rdf", "<r>"),
        ("v.jsonld", '{"@context": "http://127.0.0.1:1/context.jsonld", "@id": "http://x/a"}'),
        ("v.jsonld", "[" * 100_000),
        ("v.ttl", "\x00"),
        ("v.ttl", "[" * 100_000),
        ("v.ttl", ""),
    ],
)
def test_hostile_file_is_refused_and_nothing_is_fetched(name: str, text: str) -> None:
    with pytest.raises(MetadataError, match=f"^{name}: "):
        _read(text, name)


@pytest.mark.parametrize(
    ("name", "data", "syntax"),
    [
        ("v", b"@prefix skos: <x> .", Syntax.TURTLE),
        ("v", b"  <?xml version='1.0'?>", Syntax.RDF_XML),
        ("v", b"\xef\xbb\xbf{}", Syntax.JSON_LD),
        ("v.TTL", b"{", Syntax.TURTLE),
        ("v.json", b"", Syntax.JSON_LD),
    ],
)
def test_syntax_is_told_by_suffix_or_beginning(name: str, data: bytes, syntax: Syntax) -> None:
    assert syntax_of(name, data) is syntax


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
_LABELS = st.lists(
    st.tuples(
        st.sampled_from([LabelKind.ALTERNATIVE, LabelKind.HIDDEN]), st.sampled_from([None, "en", "pt-BR"]), _TEXT
    ),
    max_size=4,
)


@st.composite
def _vocabularies(draw: st.DrawFn) -> dict[str, Concept]:
    slugs = draw(st.lists(st.from_regex(r"[a-z]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True), unique=True, max_size=6))
    concepts: dict[str, Concept] = {}
    for number, slug in enumerate(slugs):
        shown = draw(st.dictionaries(st.sampled_from([None, "en", "fr", "zh-Hans"]), _TEXT, min_size=1))
        labels = [ConceptLabel(LabelKind.PREFERRED, language, text) for language, text in shown.items()]
        labels += [ConceptLabel(*label) for label in draw(_LABELS)]
        concepts[slug] = Concept(
            labels=in_order(labels, "en"),
            definition=draw(st.none() | _TEXT),
            broader=draw(st.none() | st.sampled_from(slugs[:number])) if number else None,
            uri=draw(st.none() | st.just(f"http://x.example/{number}")),
            notation=draw(st.none() | _TEXT),
            exact_match=tuple(draw(st.lists(st.just(f"https://y.example/{number}"), max_size=1))),
            replaces=tuple(draw(st.lists(st.just(f"former-name-{number}-of"), max_size=1))),
        )
    return checked("drawn", concepts)


@given(_vocabularies().filter(bool), st.sampled_from(list(Syntax)), st.sampled_from(["", "https://quoth.example/"]))
def test_written_thesaurus_reads_back_as_the_same(vocabulary: Vocabulary, syntax: Syntax, address: str) -> None:
    suffix = {Syntax.TURTLE: "ttl", Syntax.RDF_XML: "rdf", Syntax.JSON_LD: "jsonld"}[syntax]
    assert read_skos(f"v.{suffix}", write_skos(vocabulary, syntax, address), "en").concepts == vocabulary


# The other reader's own JSON-LD parser uses what that library deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("syntax", Syntax)
def test_written_thesaurus_says_the_same_to_another_reader(syntax: Syntax) -> None:
    data = (ROOT / "data" / "topics.toml").read_bytes()
    vocabulary = read_vocabulary("topics.toml", data)
    graph = rdflib.Graph().parse(data=write_skos(vocabulary, syntax).decode(), format=_RDFLIB[syntax])
    assert {str(one) for one in graph.subjects(RDF.type, SKOS.Concept)} == {
        f"urn:quoth:topic:{slug}" for slug in vocabulary
    }
    for slug, concept in vocabulary.items():
        topic = rdflib.URIRef(f"urn:quoth:topic:{slug}")
        assert [str(one) for one in graph.objects(topic, SKOS.prefLabel)] == [concept.label]
        assert {str(one) for one in graph.objects(topic, SKOS.altLabel)} == {one.text for one in concept.labels[1:]}
        above = [str(one).removeprefix("urn:quoth:topic:") for one in graph.objects(topic, SKOS.broader)]
        assert above == ([concept.broader] if concept.broader else [])
        assert {str(one) for one in graph.objects(topic, SKOS.exactMatch)} == set(concept.exact_match)


def test_former_slugs_are_written_as_concepts_that_were_replaced() -> None:
    concept = Concept((ConceptLabel(LabelKind.PREFERRED, None, "Stage"),), replaces=("theatre",))
    graph = rdflib.Graph().parse(data=write_skos({"stage": concept}, Syntax.TURTLE).decode(), format="turtle")
    found = graph.query(
        "PREFIX dct: <http://purl.org/dc/terms/> PREFIX owl: <http://www.w3.org/2002/07/owl#> "
        "SELECT ?old WHERE { ?old owl:deprecated true ; dct:isReplacedBy <urn:quoth:topic:stage> }"
    )
    assert [str(one) for row in found.bindings for one in row.values()] == ["urn:quoth:topic:theatre"]


def test_thesaurus_of_a_news_agency_s_size_is_read() -> None:
    graph = [
        {
            "@id": f"http://x.example/{number}",
            "@type": "http://www.w3.org/2004/02/skos/core#Concept",
            "http://www.w3.org/2004/02/skos/core#prefLabel": [
                {"@language": language, "@value": f"Concept {number}"} for language in ("en", "fr", "de", "es", "ar")
            ],
            **(
                {"http://www.w3.org/2004/02/skos/core#broader": [{"@id": f"http://x.example/{number // 10}"}]}
                if number
                else {}
            ),
        }
        for number in range(1200)
    ]
    assert len(_read(json.dumps(graph), "v.json").concepts) == 1200
