"""Small thesauri in the shapes that archives have: written for these tests, with made-up addresses and concepts."""

# As news agencies publish theirs: regional languages, a code for each concept, matches elsewhere, a retired concept.
MEDIA_TOPICS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix mt: <http://cv.example.org/mediatopic/> .

mt:scheme a skos:ConceptScheme ; skos:prefLabel "Media topics"@en-GB ; skos:hasTopConcept mt:100 .
mt:100 a skos:Concept ; skos:inScheme mt:scheme ; skos:topConceptOf mt:scheme ; skos:notation "medtop:100" ;
    skos:prefLabel "arts and culture"@en-GB , "arts et culture"@fr , "Kunst und Kultur"@de , "艺术与文化"@zh-Hans ;
    skos:definition "Les arts."@fr , "All forms of arts."@en-GB ;
    skos:exactMatch <http://www.example.com/entity/Q735> ; skos:narrower mt:101 .
mt:101 a skos:Concept ; skos:inScheme mt:scheme ; skos:broader mt:100 ; skos:notation "medtop:101" ;
    skos:prefLabel "theatre"@en-GB , "theater"@en-US , "théâtre"@fr .
mt:102 a skos:Concept ; skos:inScheme mt:scheme ; skos:broader mt:100 ;
    skos:prefLabel "opera"@en-GB ; skos:altLabel "music theatre"@en-GB .
mt:103 a skos:Concept ; skos:inScheme mt:scheme ; skos:broader mt:100 ; owl:deprecated true ;
    skos:prefLabel "operetta"@en-GB ; dct:isReplacedBy mt:102 .
mt:104 a skos:Concept ; skos:inScheme mt:scheme ; skos:broader mt:103 ; skos:prefLabel "singspiel"@en-GB .
mt:105 a skos:Concept ; owl:deprecated "true" ; skos:prefLabel "vaudeville"@en-GB .
"""

# As libraries publish theirs: alternative and hidden labels, scope notes, several concepts above one, extended labels.
THESAURUS = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#"
         xmlns:xl="http://www.w3.org/2008/05/skos-xl#">
  <skos:Concept rdf:about="http://voc.example.org/concept3">
    <skos:prefLabel xml:lang="en">Oral tradition</skos:prefLabel>
    <skos:prefLabel xml:lang="es">Tradición oral</skos:prefLabel>
    <skos:altLabel xml:lang="en">Folk tales</skos:altLabel>
    <skos:hiddenLabel xml:lang="en">Oral tradtion</skos:hiddenLabel>
    <skos:scopeNote xml:lang="en">What is handed down by word of mouth.</skos:scopeNote>
    <skos:broader rdf:resource="http://voc.example.org/concept2"/>
    <skos:broader rdf:resource="http://voc.example.org/concept1"/>
    <xl:prefLabel rdf:resource="http://voc.example.org/xl_en_3"/>
  </skos:Concept>
  <skos:Concept rdf:about="http://voc.example.org/concept1">
    <skos:prefLabel xml:lang="en">Culture</skos:prefLabel>
  </skos:Concept>
  <skos:Concept rdf:about="http://voc.example.org/concept2">
    <skos:prefLabel xml:lang="en">History</skos:prefLabel>
  </skos:Concept>
  <skos:Concept rdf:about="http://voc.example.org/concept4">
    <skos:prefLabel xml:lang="en">culture</skos:prefLabel>
  </skos:Concept>
  <skos:Collection rdf:about="http://voc.example.org/group1">
    <skos:member rdf:resource="http://voc.example.org/concept1"/>
  </skos:Collection>
  <xl:Label rdf:about="http://voc.example.org/xl_en_3">
    <xl:literalForm xml:lang="en">Oral tradition</xl:literalForm>
  </xl:Label>
</rdf:RDF>
"""

# As vocabulary servers write JSON-LD: their own words for the keys, labels as lists.
JSON_LD = """
{"@context": {"skos": "http://www.w3.org/2004/02/skos/core#", "uri": "@id", "type": "@type", "graph": "@graph",
  "prefLabel": "skos:prefLabel", "broader": {"@id": "skos:broader", "@type": "@id"}},
 "graph": [
  {"uri": "http://voc.example.org/a", "type": "skos:Concept",
   "prefLabel": [{"@language": "en", "@value": "Water"}, {"@language": "kk", "@value": "Су"}]},
  {"uri": "http://voc.example.org/b", "type": ["skos:Concept", "http://voc.example.org/Kind"],
   "prefLabel": {"@language": "en", "@value": "River"}, "broader": "http://voc.example.org/a"}]}
"""
