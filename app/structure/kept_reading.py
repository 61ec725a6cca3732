"""How a file was read that is withheld since, without the words of its turns. Statements are applied to that and to
what is left of the words, which is stored with the turns. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from app.structure.pairing import RolesBefore
from app.text.dates import PartialDate
from app.transcripts.source import Source
from app.transcripts.transcript import (
    Account,
    ByteClass,
    Metadata,
    Segment,
    SpeakerStatement,
    Transcript,
    Turn,
    TurnKind,
)

Reading = Mapping[str, Any]
# Keys of the metadata with text that may quote what is said.
_QUOTING = ("title", "summary", "rights", "published_evidence")


@dataclass(frozen=True)
class WithheldSource(Source):
    """A file whose bytes are withheld."""

    stored_sha256: str = ""
    stored_encoding: str = ""

    @cached_property
    def sha256(self) -> str:
        """That of the bytes that it had."""
        return self.stored_sha256

    @cached_property
    def encoding(self) -> str:
        """That of the bytes that it had."""
        return self.stored_encoding


def keep_reading(
    transcript: Transcript, turns: Sequence[Turn], roles: RolesBefore, language: str | None
) -> dict[str, Any]:
    """Return what is kept of a transcript, given with its turns before anything is stated of them.

    `roles` are those of people while all the words were there, and `language` the one that was inferred.
    """
    metadata = transcript.metadata
    if metadata.language is None and language is not None:
        metadata = replace(metadata, language=language, language_is_inferred=True)
    published = metadata.published and metadata.published.text
    return {
        "turns": [
            [turn.label, turn.speaker, turn.kind, turn.start_ms, turn.end_ms, [list(run) for run in turn.segments]]
            for turn in turns
        ],
        "metadata": {**asdict(replace(metadata, published=None)), "published": published},
        "roles": [dict(roles.stated), dict(roles.others)],
    }


def blank_reading(reading: Reading, blanked: Callable[[str], str]) -> dict[str, Any]:
    """Return what is kept of a transcript without words that are redacted."""
    metadata = dict(reading["metadata"])
    for key in _QUOTING:
        metadata[key] = metadata[key] and blanked(metadata[key])
    return {**reading, "metadata": metadata}


def transcript_of(
    reading: Reading, texts: Sequence[str], source: WithheldSource, format_name: str, bytes_by_class: Mapping[str, int]
) -> Transcript | None:
    """Return a transcript as it was read, given what is left of the texts of its turns; None if these are of turns that
    were read otherwise.
    """
    turns = tuple(
        Turn(text, tuple(Segment(*run) for run in runs), label, speaker, kind and TurnKind(kind), start_ms, end_ms)
        for text, (label, speaker, kind, start_ms, end_ms, runs) in zip(texts, reading["turns"], strict=False)
    )
    if len(texts) != len(reading["turns"]) or any(len(one.text) != one.segments[-1].text_end for one in turns):
        return None
    values = dict(reading["metadata"])
    values["published"] = values["published"] and PartialDate.parse(values["published"])
    values["speakers"] = tuple(_speaker(one) for one in values["speakers"])
    values["topics"] = tuple(values["topics"])
    account = Account((), {ByteClass(name): count for name, count in bytes_by_class.items()})
    return Transcript(source, format_name, turns, Metadata(**values), (), account)


def roles_in(reading: Reading) -> RolesBefore:
    """Return the roles of people while all the words were there."""
    return RolesBefore(*reading["roles"])


def _speaker(kept: Mapping[str, Any]) -> SpeakerStatement:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()}
    return SpeakerStatement(**values)
