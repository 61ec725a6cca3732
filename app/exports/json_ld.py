"""JSON-LD in the vocabulary of schema.org: a Conversation whose parts are Questions with their Answers, and Messages;
or one Question or one Answer, the same node as there, with the Conversation that it is part of.

Answers are suggestedAnswer, which does not claim that they are right. A publisher has no type, because sources do not
say whether it is a person or an organization.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.exports.format import (
    InterviewDocument,
    InterviewFormat,
    Item,
    ItemDocument,
    ItemFormat,
    page_of,
    timestamp,
    urn,
)
from app.exports.speech import label_of, people_of, role_is_inferred, role_of
from app.text.paragraphs import PARAGRAPH
from app.transcripts.transcript import SPOKEN

CONTEXT = "https://schema.org"
# Characters that could end a script element, or that end a line in JavaScript but not in JSON.
_IN_HTML = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029", "\x7f": "\\u007f"}
)


def render(document: InterviewDocument) -> str:
    """Write an interview as JSON-LD that can be embedded in HTML."""
    return embeddable(_conversation(document))


def render_item(document: ItemDocument) -> str:
    """Write a question with its answers, or an answer with its question, as JSON-LD that can be embedded in HTML."""
    answer, base = document.answer, document.base
    node = urn(document.interview["id"])
    about = _Part(node, document.interview["language"], base)
    if answer is None:
        whole = about.question(document.question)
        answers = [about.answer(each) for each in document.question["answers"]]
        whole |= {"answerCount": len(answers), "suggestedAnswer": answers}
    else:
        whole = about.answer(answer) | {"parentItem": about.question(document.question)}
    return embeddable(present({"@context": CONTEXT, **whole, "isPartOf": _origin(node, document.interview, base)}))


@dataclass(frozen=True)
class _Part:
    """How parts of one interview are described, each by itself. `node` is the interview's."""

    node: str
    language: str | None
    base: str

    def question(self, question: Item) -> dict[str, Any]:
        topics = [
            {"@type": "DefinedTerm", "name": topic["label"], "termCode": topic["slug"]} for topic in question["topics"]
        ]
        return self._said("Question", question, question["asked_by"]) | ({"about": topics} if topics else {})

    def answer(self, answer: Item) -> dict[str, Any]:
        return self._said("Answer", answer, answer["speaker"])

    def _said(self, kind: str, item: Item, by: Item | None) -> dict[str, Any]:
        return present(
            {
                "@id": f"{self.node}#{item['id']}",
                "@type": kind,
                "identifier": item["id"],
                "url": page_of(self.base, kind.lower(), item["id"]) if self.base else None,
                "text": item["text"],
                "inLanguage": self.language,
                "version": item["revision"],
                "author": _person(self.node, by) if by else None,
            }
        )


def _origin(node: str, interview: Item, base: str) -> dict[str, Any]:
    """Describe the interview that a question or an answer is part of."""
    return present(
        {
            "@id": node,
            "@type": "Conversation",
            "identifier": interview["id"],
            "url": page_of(base, "interview", interview["slug"]) if base else None,
            "name": interview["title"],
            "datePublished": interview["published"],
            "isBasedOn": interview["source_url"],
            "publisher": _publisher(interview),
            "isPartOf": _series(interview),
        }
    )


def _publisher(interview: Item) -> dict[str, Any] | None:
    return {"name": interview["publisher"]} if interview["publisher"] else None


def _series(interview: Item) -> dict[str, Any] | None:
    return {"@type": "CreativeWorkSeries", "name": interview["series"]} if interview["series"] else None


def embeddable(node: dict[str, Any]) -> str:
    """Write a node so that it can stand in a script element."""
    return json.dumps(node, ensure_ascii=False, indent=2).translate(_IN_HTML) + "\n"


def _conversation(document: InterviewDocument) -> dict[str, Any]:
    interview, record = document.interview, document.record
    people = people_of(record)
    node = urn(interview["id"])
    return present(
        {
            "@context": CONTEXT,
            "@id": node,
            "@type": "Conversation",
            "identifier": interview["id"],
            "url": page_of(document.base, "interview", interview["slug"]) if document.base else None,
            "name": interview["title"],
            "inLanguage": interview["language"],
            "datePublished": interview["published"],
            "dateModified": timestamp(interview["modified_at"]),
            "version": interview["revision"],
            "abstract": interview["summary"],
            "copyrightNotice": interview["rights"],
            "isBasedOn": interview["source_url"],
            "publisher": _publisher(interview),
            "isPartOf": _series(interview),
            "about": [
                {"@type": "DefinedTerm", "name": topic["label"], "termCode": topic["slug"]}
                for topic in interview["topics"]
            ],
            "contributor": [_contributor(node, person) for person in people.values()],
            "hasPart": list(_parts(node, document.written(record["turns"]), people)),
        }
    )


def _contributor(node: str, person: Item) -> dict[str, Any]:
    whole = _person(node, person)
    role = role_of(person)
    if role is None:
        return whole
    inferred = role_is_inferred(person)
    return present({"@type": "Role", "roleName": role, "description": inferred, "contributor": whole})


def _person(node: str, person: Item) -> dict[str, Any]:
    return present(
        {
            "@id": f"{node}#{person['slug']}",
            "@type": "Person",
            "name": person["name"],
            "affiliation": {"name": person["affiliation"]} if person["affiliation"] else None,
        }
    )


def _parts(node: str, turns: Iterable[Item], people: Mapping[str, Item]) -> Iterator[dict[str, Any]]:
    """Return the parts of the record in order: a question with its answers is one part, as is every other turn."""
    parts: dict[str, dict[str, Any]] = {}
    texts: dict[str, list[str]] = {}
    for turn in turns:
        whole = turn["answer_id"] or turn["question_id"] or turn["id"]
        texts.setdefault(whole, []).append(turn["text"])
        if whole in parts:
            continue
        parts[whole] = _part(node, whole, turn, people)
        if turn["answer_id"]:
            question = parts[turn["question_id"]]
            question.setdefault("suggestedAnswer", []).append(parts[whole])
            question["answerCount"] += 1
    for whole, said in texts.items():
        parts[whole]["text"] = PARAGRAPH.join(said)
    return (part for part in parts.values() if part["@type"] != "Answer")


def _part(node: str, whole: str, turn: Item, people: Mapping[str, Item]) -> dict[str, Any]:
    speaker = _speaker(node, turn, people)
    kind: dict[str, Any] = {"@type": "CreativeWork", "genre": str(turn["kind"])}
    if turn["answer_id"]:
        kind = {"@type": "Answer", "author": speaker}
    elif turn["question_id"]:
        kind = {"@type": "Question", "author": speaker, "answerCount": 0}
    elif turn["kind"] in SPOKEN:
        kind = {"@type": "Message", "sender": speaker}
    return present({"@id": f"{node}#{whole}", **kind, "position": turn["position"], "text": turn["text"]})


def _speaker(node: str, turn: Item, people: Mapping[str, Item]) -> dict[str, Any] | None:
    if turn["speaker"]:
        return {"@id": f"{node}#{turn['speaker']}"}
    # The label of an unidentified speaker makes a person without an id.
    label = label_of(turn, people)
    return {"@type": "Person", "alternateName": label} if label else None


def present(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that are there."""
    return {key: value for key, value in values.items() if value is not None and value != []}


_NAME, _MEDIA_TYPE, _SUFFIX = "jsonld", "application/ld+json", ".jsonld"
_DESCRIPTION = "JSON-LD in the vocabulary of schema.org"
FORMAT = InterviewFormat(_NAME, _MEDIA_TYPE, _SUFFIX, _DESCRIPTION, render)
ITEM_FORMAT = ItemFormat(_NAME, _MEDIA_TYPE, _SUFFIX, _DESCRIPTION, render_item)
