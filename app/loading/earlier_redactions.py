"""Applies the earlier redactions of an interview to a file that corrects it, wherever the file has the words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Redaction, Revision, Turn, table_of
from app.quotes.redactions import Fingerprint, Span, blank, brought_back, merged
from app.structure.hosts import StatedHosts
from app.structure.kept_reading import WithheldSource
from app.structure.prepare import PreparedTranscript
from app.text.folding import REDACTED
from app.transcripts.file_names import title_in_file_name
from app.transcripts.transcript import Turn as ReadTurn

# Columns of an interview with text that may quote it.
STATED_WORDS = ("title", "summary", "rights", "published_evidence")
Row = dict[str, Any]


@dataclass(frozen=True)
class RedactedTranscript:
    """A transcript after redaction, with the value of `Turn.redactions` by index of the turn.

    `is_withheld` says whether the file has redacted words, so that it cannot be given out.
    """

    prepared: PreparedTranscript
    redactions: Mapping[int, list[Row]] = field(default_factory=dict)
    is_withheld: bool = False


def apply_earlier_redactions(
    connection: sa.Connection, interview_id: str, prepared: PreparedTranscript
) -> RedactedTranscript:
    """Redact in a transcript what has been redacted in the interview that it corrects."""
    redacted = _redactions(connection, interview_id)
    if not redacted:
        # The file may be withheld for the sake of another interview.
        return RedactedTranscript(prepared, is_withheld=isinstance(prepared.transcript.source, WithheldSource))
    return _Redactor(prepared, redacted, _stored_turns(connection, interview_id)).apply()


def left_of(
    connection: sa.Connection, interview_id: str, prepared: PreparedTranscript, turns: Sequence[ReadTurn]
) -> list[str]:
    """Return what earlier redactions leave of the texts of turns of a transcript that corrects an interview."""
    other = replace(prepared, transcript=replace(prepared.transcript, turns=tuple(turns)))
    redacted = apply_earlier_redactions(connection, interview_id, other).prepared
    return [turn.text for turn in redacted.transcript.turns]


def blanking(connection: sa.Connection, interview_id: str) -> Callable[[str], str]:
    """Return the function that blanks in a text what has been redacted in an interview."""
    fingerprints = [_fingerprint(row) for row in _redactions(connection, interview_id)]

    def blanked(text: str) -> str:
        return blank(text, [span for fingerprint in fingerprints for span in fingerprint.found_in(text)])

    return blanked


def _redactions(connection: sa.Connection, interview_id: str) -> Sequence[Any]:
    columns: tuple[Any, ...] = (table_of(Redaction), col(Revision.reason), col(Revision.made_at))
    select = sa.select(*columns).join(Revision, col(Revision.number) == col(Redaction.revision))
    of_interview = select.where(col(Redaction.interview_id) == interview_id)
    return connection.execute(of_interview.order_by(col(Redaction.number))).all()


def _fingerprint(row: Any) -> Fingerprint:
    return Fingerprint(row.length, row.is_whole, row.salt, [tuple(piece) for piece in row.pieces])


def redaction_entry(span: Span, reason: str | None, redacted_at: Any) -> Row:
    """Return a redacted span as an entry of `Turn.redactions`."""
    return {"start": span[0], "end": span[1], "reason": reason, "redacted_at": redacted_at.isoformat()}


def merge_entries(redactions: Iterable[Row]) -> list[Row]:
    """Sort the entries of one text, and merge those that touch; the reason is that of the last one."""
    ordered = list(redactions)
    entries = []
    for start, end in merged((one["start"], one["end"]) for one in ordered):
        last = [one for one in ordered if start <= one["start"] and one["end"] <= end][-1]
        entries.append({**last, "start": start, "end": end})
    return entries


def _stored_turns(connection: sa.Connection, interview_id: str) -> list[Any]:
    columns = (col(Turn.text), col(Turn.redactions))
    of_interview = sa.select(*columns).where(col(Turn.interview_id) == interview_id)
    return list(connection.execute(of_interview.order_by(col(Turn.position))))


class _Redactor:
    """Applies stored redactions to one transcript."""

    def __init__(self, prepared: PreparedTranscript, redacted: Sequence[Any], stored: Sequence[Any]) -> None:
        self._prepared, self._redacted, self._stored = prepared, redacted, stored
        self._texts = [turn.text for turn in prepared.transcript.turns]
        self._redactions: dict[int, list[Row]] = defaultdict(list)
        self._is_withheld = False

    def apply(self) -> RedactedTranscript:
        """Redact the words themselves, then what stands in the place where redacted words stood."""
        fingerprints = [(_fingerprint(row), row) for row in self._redacted]
        if isinstance(self._prepared.transcript.source, WithheldSource):
            self._is_withheld = True
            self._carry_over()
        else:
            self._redact_words(fingerprints)
        metadata = self._redacted_metadata(fingerprints)
        turns = tuple(
            replace(turn, text=text) for turn, text in zip(self._prepared.transcript.turns, self._texts, strict=True)
        )
        transcript = replace(self._prepared.transcript, turns=turns)
        names = self._prepared.series_hosts.names
        hosts = StatedHosts(frozenset(one for one in names if not any(each.found_in(one) for each, _ in fingerprints)))
        prepared = replace(self._prepared, transcript=transcript, metadata=metadata, series_hosts=hosts)
        redactions = {place: merge_entries(some) for place, some in self._redactions.items()}
        return RedactedTranscript(prepared, redactions, self._is_withheld)

    def _carry_over(self) -> None:
        """Keep what is said of each character that is redacted: statements part and join turns, and move none."""
        entries = iter(
            [
                next((one for one in row.redactions or () if one["start"] <= at < one["end"]), None)
                for row in self._stored
                for at, character in enumerate(row.text)
                if character == REDACTED
            ]
        )
        for place, text in enumerate(self._texts):
            before = None
            for at in (at for at, character in enumerate(text) if character == REDACTED):
                entry, some = next(entries, None), self._redactions[place]
                if entry is not None and entry is before and some[-1]["end"] == at:
                    some[-1]["end"] += 1
                elif entry is not None:
                    some.append({**entry, "start": at, "end": at + 1})
                before = entry

    def _redact_words(self, fingerprints: Sequence[tuple[Fingerprint, Any]]) -> None:
        for place, text in enumerate(self._texts):
            for fingerprint, row in fingerprints:
                self._redact(place, fingerprint.found_in(text), row.reason, row.made_at)
        redacted_spans = {
            index: [(one["start"], one["end"]) for one in row.redactions]
            for index, row in enumerate(self._stored)
            if row.redactions
        }
        newest = self._redacted[-1]
        for place, spans in brought_back([row.text for row in self._stored], redacted_spans, self._texts).items():
            self._redact(place, spans, newest.reason, newest.made_at)
        self._is_withheld = self._is_withheld or any(
            fingerprint.found_in(self._prepared.transcript.text) for fingerprint, _row in fingerprints
        )

    def _redact(self, place: int, spans: Sequence[Span], reason: str | None, redacted_at: Any) -> None:
        text = self._texts[place]
        self._texts[place] = blank(text, spans)
        # A file in which the words are blanked already has nothing to withhold.
        self._is_withheld = self._is_withheld or self._texts[place] != text
        self._redactions[place] += [redaction_entry(span, reason, redacted_at) for span in spans]

    def _redacted_metadata(self, fingerprints: Sequence[tuple[Fingerprint, Any]]) -> Any:
        """Redact the words in the metadata. A title may also come from the name of the file."""
        metadata = self._prepared.metadata
        stated = {name: getattr(metadata, name) for name in STATED_WORDS}
        stated["title"] = stated["title"] or title_in_file_name(self._prepared.transcript.source.name)
        changed: dict[str, Any] = {}
        for name, text in stated.items():
            spans = [span for fingerprint, _row in fingerprints for span in fingerprint.found_in(text)] if text else []
            if spans:
                changed[name] = blank(text, spans)
        self._is_withheld = self._is_withheld or bool(changed)
        return replace(metadata, **changed)
