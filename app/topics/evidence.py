"""The evidence for a suggested topic, as plain values that are stored and shown unchanged."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from app.topics.matching import LabelMatch
from app.topics.neighbours import Neighbour

Evidence = dict[str, Any]


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    LABEL = "label"
    QUESTION = "question"
    TAG = "tag"
    INTERVIEW = "interview"


def label_found(turn_id: str, match: LabelMatch) -> Evidence:
    """A label of the topic occurs in a turn's text, from start up to end, in code points."""
    return _evidence(EvidenceKind.LABEL, turn_id=turn_id, start=match.start, end=match.end, label=match.label.text)


def question_alike(neighbour: Neighbour) -> Evidence:
    """A question with the topic resembles this one, most of all in some terms."""
    return _evidence(
        EvidenceKind.QUESTION,
        question_id=neighbour.id,
        similarity=round(neighbour.similarity, 4),
        terms=list(neighbour.terms),
    )


def label_in_interview(label: str) -> Evidence:
    """The topic, shown by its label, is named elsewhere in the interview, or in its title."""
    return _evidence(EvidenceKind.INTERVIEW, label=label)


def interview_alike(neighbour: Neighbour) -> Evidence:
    """An interview with the topic resembles the whole interview, most of all in some terms."""
    return _evidence(
        EvidenceKind.INTERVIEW,
        interview_id=neighbour.id,
        similarity=round(neighbour.similarity, 4),
        terms=list(neighbour.terms),
    )


def tag_stated(tag: str) -> Evidence:
    """The source of the interview has a tag that names the topic."""
    return _evidence(EvidenceKind.TAG, tag=tag)


def _evidence(kind: EvidenceKind, **values: Any) -> Evidence:
    keys = ("turn_id", "start", "end", "label", "question_id", "similarity", "terms", "tag", "interview_id")
    return {"kind": kind.value, **{key: values.get(key) for key in keys}}


def still_valid(evidence: Iterable[Evidence], before: Mapping[str, str], now: Mapping[str, str]) -> list[Evidence]:
    """Leave out labels whose words changed when turns were corrected; `before` and `now` are texts by turn id."""
    return [
        one
        for one in evidence
        if one["kind"] != EvidenceKind.LABEL
        or before.get(one["turn_id"], "")[one["start"] : one["end"]]
        == now.get(one["turn_id"], "\0")[one["start"] : one["end"]]
    ]
