import json
from dataclasses import replace
from typing import Any

import msgspec_schemaorg.models as vocabulary
from hypothesis import given
from pyld import jsonld

from app.exports.format import InterviewDocument, ItemDocument
from app.exports.json_ld import CONTEXT, render, render_item
from app.structure.pairing import Role
from app.transcripts.transcript import TurnKind
from tests.exports.documents import conversations, document, person, spoken, texts, turn

SCHEMA = "http://schema.org/"


def _offline(address: str, _options: Any) -> dict[str, Any]:
    assert address == CONTEXT
    # The terms of schema.org are what follows its address; `url` and its kin are typed as addresses there.
    context = {"@vocab": SCHEMA, "isBasedOn": {"@type": "@id"}, "url": {"@type": "@id"}}
    return {"document": {"@context": context}, "documentUrl": address, "contextUrl": None}


def _nodes(given_: InterviewDocument) -> dict[str, dict[str, Any]]:
    return _understood(render(given_))


def _understood(written: str) -> dict[str, dict[str, Any]]:
    """What a processor of JSON-LD understands: nodes by id."""
    flat = jsonld.flatten(json.loads(written), options={"documentLoader": _offline})
    return {node["@id"]: node for node in flat}


def _of(nodes: dict[str, dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [node for node in nodes.values() if node.get("@type") == [SCHEMA + name]]


@given(conversations(texts))
def test_processor_reads_the_same_questions_and_answers(given_: InterviewDocument) -> None:
    nodes = _nodes(given_)
    said = []
    for question in _of(nodes, "Question"):
        [asked] = question[f"{SCHEMA}text"]
        [answer] = question[f"{SCHEMA}suggestedAnswer"]
        [answered] = nodes[answer["@id"]][f"{SCHEMA}text"]
        said += [asked["@value"], answered["@value"]]
    assert sorted(said) == sorted(text for _, text in spoken(given_))


@given(conversations(texts))
def test_nothing_in_it_ends_a_script(given_: InterviewDocument) -> None:
    written = render(given_)
    assert not set(written) & set("<>&\u2028\u2029")
    parts = json.loads(written)["hasPart"]
    assert [text for part in parts for text in (part["text"], part["suggestedAnswer"][0]["text"])] == [
        text for _, text in spoken(given_)
    ]


def _whole() -> InterviewDocument:
    people = [
        {**person("roe", "ROE", Role.INTERVIEWEE, "Jane Roe"), "affiliation": "The Mill"},
        person("q", "Q", Role.INTERVIEWER),
        person("x", "X"),
    ]
    turns = [
        turn(1, TurnKind.HEADING, "Part one"),
        turn(2, TurnKind.QUESTION, "Why?", speaker="q", question_id="1x-q1"),
        turn(3, TurnKind.NOTE, "laughs"),
        turn(4, TurnKind.QUESTION, "And how?", speaker="q", question_id="1x-q1"),
        turn(5, TurnKind.ANSWER, "So.", speaker="roe", question_id="1x-q1", answer_id="1x-a1"),
        turn(6, TurnKind.ANSWER, "No.", speaker="x", question_id="1x-q1", answer_id="1x-a2"),
        turn(7, TurnKind.ANSWER, "Really.", speaker="roe", question_id="1x-q1", answer_id="1x-a1"),
        turn(8, TurnKind.STATEMENT, "Thanks.", speaker_label="SOMEBODY"),
        turn(9, TurnKind.QUESTION, "Any more?", speaker="q", question_id="1x-q2"),
    ]
    return replace(
        document(
            turns,
            people,
            language="en",
            published="2023-11",
            publisher="The Mill",
            series="Rivers",
            source_url="https://a.example/talk",
            summary="On rivers.",
            rights="CC BY",
            topics=[{"slug": "rivers", "label": "Rivers", "questions": 1}],
        ),
        base="https://quoth.example",
    )


def _types_in(written: str) -> set[Any]:
    """The types in a document, after checking that each has the properties that the vocabulary gives it."""
    seen = set()

    def check(node: Any) -> None:
        if isinstance(node, list):
            for each in node:
                check(each)
        elif isinstance(node, dict):
            model = getattr(vocabulary, node.get("@type", "Thing"))
            # A role repeats the property in which it stands.
            repeated = {"contributor"} if node.get("@type") == "Role" else set()
            properties = {key for key in node if not key.startswith("@")} - repeated
            assert properties <= set(model.__struct_fields__), (node.get("@type"), properties)
            seen.add(node.get("@type"))
            for value in node.values():
                check(value)

    check(json.loads(written))
    return seen


def test_every_type_and_property_is_of_the_vocabulary() -> None:
    assert _types_in(render(_whole())) >= {
        "Conversation",
        "Question",
        "Answer",
        "Message",
        "Role",
        "Person",
        "DefinedTerm",
        "CreativeWork",
    }


def test_turns_of_a_question_and_of_an_answer_are_one_part_each() -> None:
    written = json.loads(render(_whole()))
    assert [(part["@type"], part["position"]) for part in written["hasPart"]] == [
        ("CreativeWork", 1),
        ("Question", 2),
        ("CreativeWork", 3),
        ("Message", 8),
        ("Question", 9),
    ]
    question, unanswered = written["hasPart"][1], written["hasPart"][4]
    assert (question["text"], question["answerCount"]) == ("Why?\n\nAnd how?", 2)
    assert [answer["text"] for answer in question["suggestedAnswer"]] == ["So.\n\nReally.", "No."]
    assert unanswered["answerCount"] == 0
    assert "suggestedAnswer" not in unanswered


def _item(text: str = "Why?", answered: str = "So.") -> ItemDocument:
    """The question of the whole interview, as it is found by itself."""
    roe, q, x = _whole().record["people"]
    topics = [{"slug": "rivers", "label": "Rivers"}]
    question = {"id": "1x-q1", "revision": 2, "text": text, "asked_by": q, "topics": topics}
    said = [("1x-a1", answered, roe), ("1x-a2", "No.", x), ("1x-a3", "Hm.", None)]
    answers = [{"id": each, "revision": 1, "text": words, "speaker": speaker} for each, words, speaker in said]
    return ItemDocument({**question, "answers": answers}, _whole().interview, base="https://quoth.example")


def _answer(of: ItemDocument) -> ItemDocument:
    """Its first answer by itself."""
    question = {key: value for key, value in of.question.items() if key != "answers"}
    return replace(of, question=question, answer=of.question["answers"][0])


def test_one_question_and_one_answer_are_of_the_vocabulary() -> None:
    shared = {"Question", "Answer", "Person", "DefinedTerm", "Conversation", "CreativeWorkSeries"}
    assert _types_in(render_item(_item())) >= shared
    assert _types_in(render_item(_answer(_item()))) >= shared


@given(texts(), texts())
def test_processor_reads_one_question_and_its_answers(asked: str, answered: str) -> None:
    for document_, kind in ((_item(asked, answered), "Question"), (_answer(_item(asked, answered)), "Answer")):
        written = render_item(document_)
        assert not set(written) & set("<>&\u2028\u2029")
        assert json.loads(written)["@type"] == kind
        nodes = _understood(written)
        [question] = _of(nodes, "Question")
        [first] = [node for node in _of(nodes, "Answer") if node[f"{SCHEMA}identifier"] == [{"@value": "1x-a1"}]]
        assert (question[f"{SCHEMA}text"], first[f"{SCHEMA}text"]) == ([{"@value": asked}], [{"@value": answered}])


def test_item_is_the_same_node_as_in_its_interview() -> None:
    within, alone = _nodes(_whole()), _understood(render_item(_item()))
    for name in ("Question", "Answer"):
        ids = [{node["@id"] for node in _of(nodes, name)} for nodes in (alone, within)]
        assert ids[0] & ids[1]
    [conversation] = _of(alone, "Conversation")
    assert conversation["@id"] in {node["@id"] for node in _of(within, "Conversation")}
    written = json.loads(render_item(_item()))
    assert (written["answerCount"], len(written["suggestedAnswer"])) == (3, 3)
    assert written["url"] == "https://quoth.example/questions/1x-q1"
    assert written["isPartOf"]["isBasedOn"] == "https://a.example/talk"
    answer = json.loads(render_item(_answer(_item())))
    assert answer["parentItem"]["@id"] == written["@id"]
    assert "suggestedAnswer" not in answer["parentItem"]


def test_item_names_nobody_whom_the_source_does_not_name() -> None:
    written = json.loads(render_item(_item()))
    assert "name" not in written["author"]
    named = [answer.get("author", {}).get("name") for answer in written["suggestedAnswer"]]
    assert named == ["Jane Roe", None, None]
    assert "author" not in written["suggestedAnswer"][2]


def test_item_of_a_server_without_an_address_has_no_addresses() -> None:
    written = json.loads(render_item(replace(_item(), base="")))
    assert "url" not in written
    assert "url" not in written["isPartOf"]


def test_who_is_not_named_has_no_name() -> None:
    nodes = _nodes(_whole())
    named = {node["@id"].partition("#")[2]: node.get(f"{SCHEMA}name") for node in _of(nodes, "Person")}
    assert named["q"] is None
    assert named["x"] is None
    assert named["roe"] == [{"@value": "Jane Roe"}]
    assert json.loads(render(_whole()))["hasPart"][3]["sender"] == {"@type": "Person", "alternateName": "SOMEBODY"}


def test_partial_date_stays_partial_and_unknown_is_absent() -> None:
    assert json.loads(render(_whole()))["datePublished"] == "2023-11"
    plain = json.loads(render(document([turn(1, TurnKind.STATEMENT, "x")])))
    assert set(plain) == {
        "@context", "@id", "@type", "identifier", "name", "dateModified", "version", "hasPart"
    }  # fmt: skip
