"""Describes what reading understood of a transcript, in plain values. Pure."""

from dataclasses import asdict
from itertools import chain, repeat
from typing import Any

from app.structure.pairing import Role, Structure
from app.structure.prepare import PreparedTranscript
from app.transcripts import sniff


def report_on(prepared: PreparedTranscript, *, turns: bool = False) -> dict[str, Any]:
    """Describe a transcript in plain values; with `turns`, also every turn and which turns answer which."""
    transcript, structure, metadata = prepared.transcript, prepared.structure, prepared.metadata
    guesses = [guess for form, guess in sniff(transcript.source) if form.name == transcript.format]
    report: dict[str, Any] = {
        "file": transcript.source.name,
        "slug": prepared.slug,
        "title": prepared.title,
        "format": transcript.format,
        "why": guesses[0].reason if guesses else "the option --format says so",
        "encoding": transcript.source.encoding,
        "language": metadata.language,
        "language_is_inferred": metadata.language_is_inferred,
        "published": metadata.published.text if metadata.published else None,
        "published_evidence": metadata.published_evidence,
        "publisher": metadata.publisher,
        "series": metadata.series,
        "source_url": metadata.source_url,
        "source_url_as_printed": metadata.source_url_as_printed,
        "tags": list(metadata.topics),
        "speakers": [asdict(part) for part in structure.participants],
        "roles_to_state": roles_to_state(prepared),
        "turn_count": len(transcript.turns),
        "question_count": len(structure.exchanges),
        "answer_count": sum(len(exchange.answers) for exchange in structure.exchanges),
        "unanswered_count": sum(not exchange.answers for exchange in structure.exchanges),
        "topics": {
            index + 1: [slug for slug, has_topic in stated.items() if has_topic]
            for index, stated in prepared.topics.items()
        },
        "bytes": len(transcript.source.data),
        "bytes_by_class": {kind.value: count for kind, count in transcript.bytes_by_class.items()},
        "open_statements": [asdict(one) for one in prepared.unfit],
        "remarks": [asdict(remark) for remark in transcript.remarks],
    }
    if turns:
        report["turns"] = [_turn(prepared, index) for index in range(len(transcript.turns))]
        report["pairs"] = _pairs(structure)
    return report


def _pairs(structure: Structure) -> list[dict[str, list[int]]]:
    """List which turns ask and which answer them; turns of interviewees before the first question answer none."""
    pairs = [
        {"q": exchange.question_turns, "a": [turn for answer in exchange.answers for turn in answer.turns]}
        for exchange in structure.exchanges
    ]
    first = structure.exchanges[0].question_turns[0] if structure.exchanges else 0
    opening = [
        index
        for index, part in enumerate(structure.participant_of[:first])
        if part is not None and structure.participants[part].role is Role.INTERVIEWEE
    ]
    return [{"q": [], "a": opening}, *pairs] if opening else pairs


def _turn(prepared: PreparedTranscript, index: int) -> dict[str, Any]:
    turn, part_index = prepared.transcript.turns[index], prepared.structure.participant_of[index]
    part = None if part_index is None else prepared.structure.participants[part_index]
    return {
        "i": index,
        "kind": prepared.structure.kinds[index].value,
        # A turn without a speaker, such as a jingle, is named by its label.
        "speaker": part.name if part else turn.label,
        "label": turn.label,
        "role": None if part is None or part.role is Role.UNKNOWN else part.role.value,
        "start": None if turn.start_ms is None else turn.start_ms / 1000,
        "end": None if turn.end_ms is None else turn.end_ms / 1000,
        "source_start": turn.source_start,
        "source_end": turn.source_end,
        "text": turn.text,
    }


def roles_to_state(prepared: PreparedTranscript) -> list[dict[str, Any]]:
    """List what to state of people where nobody is known to ask, if it is the first one who asks."""
    if not lacks_roles(prepared):
        return []
    unknown = [person for person in prepared.structure.participants if person.role is Role.UNKNOWN]
    roles = chain([Role.INTERVIEWER], repeat(Role.INTERVIEWEE))
    return [{"labels": list(one.labels), "role": role.value} for one, role in zip(unknown, roles, strict=False)]


def lacks_roles(prepared: PreparedTranscript) -> bool:
    """Tell whether there are no questions because nobody is known to ask."""
    structure = prepared.structure
    return not structure.exchanges and any(person.role is Role.UNKNOWN for person in structure.participants)
