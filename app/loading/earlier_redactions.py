"""What no file may bring back: interviews that were withdrawn, and words that were redacted, even where a corrected
file has them in another place or form.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import WithdrawnError
from app.models import FormerName, Redaction, Revision, Turn, Withdrawal, table_of
from app.quotes.redactions import Fingerprint, Span, blank, brought_back, merged
from app.structure.prepare import PreparedTranscript

# What is stated of an interview in words of its own or of its source.
STATED_WORDS = ("title", "summary", "rights", "published_evidence")
Row = dict[str, Any]
_SLUGS = sa.select(col(FormerName.name)).where(
    col(FormerName.noun) == "interview", col(FormerName.item_id) == col(Withdrawal.interview_id)
)
_WITHDRAWN = (
    sa.select(
        col(Withdrawal.interview_id),
        col(Revision.made_at),
        col(Revision.reason),
        _SLUGS.order_by(col(FormerName.name)).limit(1).scalar_subquery().label("slug"),
    )
    .join(Revision, col(Revision.number) == col(Withdrawal.revision))
    .where(col(Withdrawal.sha256) == sa.bindparam("sha256"))
)


@dataclass(frozen=True)
class RedactedTranscript:
    """A transcript without what was redacted; by turn, what `Turn.redactions` holds; whether its file has the words."""

    prepared: PreparedTranscript
    redactions: Mapping[int, list[Row]] = field(default_factory=dict)
    is_withheld: bool = False


def refuse_withdrawn(connection: sa.Connection, prepared: PreparedTranscript) -> None:
    """Make sure that a file is not of an interview that was withdrawn.

    Raises:
        WithdrawnError: it is.
    """
    withdrawn = connection.execute(_WITHDRAWN, {"sha256": prepared.transcript.source.sha256}).first()
    if withdrawn is not None:
        name = withdrawn.slug or withdrawn.interview_id
        raise WithdrawnError(prepared.transcript.source.name, name, withdrawn.made_at, withdrawn.reason)


def apply_earlier_redactions(
    connection: sa.Connection, interview_id: str, prepared: PreparedTranscript
) -> RedactedTranscript:
    """Take out of a transcript what has been redacted in the interview that it corrects."""
    columns: tuple[Any, ...] = (table_of(Redaction), col(Revision.reason), col(Revision.made_at))
    redacted = connection.execute(
        sa.select(*columns)
        .join(Revision, col(Revision.number) == col(Redaction.revision))
        .where(col(Redaction.interview_id) == interview_id)
        .order_by(col(Redaction.number))
    ).all()
    if not redacted:
        return RedactedTranscript(prepared)
    return _KeepingOut(prepared, redacted, _marked(connection, interview_id)).done()


def redaction_of(span: Span, reason: str | None, redacted_at: Any) -> Row:
    """Write a redacted passage as `Turn.redactions` holds it."""
    return {"start": span[0], "end": span[1], "reason": reason, "redacted_at": redacted_at.isoformat()}


def together(redactions: Iterable[Row]) -> list[Row]:
    """Put redactions of one text in order, and those together that touch, under the reason of the last one."""
    ordered = list(redactions)
    found = []
    for start, end in merged((one["start"], one["end"]) for one in ordered):
        last = [one for one in ordered if start <= one["start"] and one["end"] <= end][-1]
        found.append({**last, "start": start, "end": end})
    return found


def _marked(connection: sa.Connection, interview_id: str) -> list[Any]:
    columns = (col(Turn.text), col(Turn.redactions))
    of_interview = sa.select(*columns).where(col(Turn.interview_id) == interview_id)
    return list(connection.execute(of_interview.order_by(col(Turn.position))))


class _KeepingOut:
    """A transcript on its way through everything that was redacted before."""

    def __init__(self, prepared: PreparedTranscript, redacted: Sequence[Any], stored: Sequence[Any]) -> None:
        self._prepared, self._redacted, self._stored = prepared, redacted, stored
        self._texts = [turn.text for turn in prepared.transcript.turns]
        self._redactions: dict[int, list[Row]] = defaultdict(list)
        self._is_withheld = False

    def done(self) -> RedactedTranscript:
        """Take out the words themselves, and then what stands in the places where they stood."""
        prints = [
            (Fingerprint(row.length, row.is_whole, row.salt, [tuple(piece) for piece in row.pieces]), row)
            for row in self._redacted
        ]
        for place, text in enumerate(self._texts):
            for fingerprint, row in prints:
                self._take_out(place, fingerprint.found_in(text), row.reason, row.made_at)
        marked = {
            index: [(one["start"], one["end"]) for one in row.redactions]
            for index, row in enumerate(self._stored)
            if row.redactions
        }
        newest = self._redacted[-1]
        for place, spans in brought_back([row.text for row in self._stored], marked, self._texts).items():
            self._take_out(place, spans, newest.reason, newest.made_at)
        metadata = self._stated(prints)
        self._is_withheld = self._is_withheld or any(
            fingerprint.found_in(self._prepared.transcript.text) for fingerprint, _row in prints
        )
        turns = tuple(
            replace(turn, text=text) for turn, text in zip(self._prepared.transcript.turns, self._texts, strict=True)
        )
        transcript = replace(self._prepared.transcript, turns=turns)
        prepared = replace(self._prepared, transcript=transcript, metadata=metadata)
        redactions = {place: together(some) for place, some in self._redactions.items()}
        return RedactedTranscript(prepared, redactions, self._is_withheld)

    def _take_out(self, place: int, spans: Sequence[Span], reason: str | None, redacted_at: Any) -> None:
        text = self._texts[place]
        self._texts[place] = blank(text, spans)
        # A file in which the words are taken out already has nothing to withhold.
        self._is_withheld = self._is_withheld or self._texts[place] != text
        self._redactions[place] += [redaction_of(span, reason, redacted_at) for span in spans]

    def _stated(self, prints: Sequence[tuple[Fingerprint, Any]]) -> Any:
        """Take the words out of what is stated of the interview; a title may also come from the name of the file."""
        metadata = self._prepared.metadata
        stated = {name: getattr(metadata, name) for name in STATED_WORDS}
        stated["title"] = stated["title"] or PurePath(self._prepared.transcript.source.name).stem
        changed: dict[str, Any] = {}
        for name, text in stated.items():
            spans = [span for fingerprint, _row in prints for span in fingerprint.found_in(text)] if text else []
            if spans:
                changed[name] = blank(text, spans)
        self._is_withheld = self._is_withheld or bool(changed)
        return replace(metadata, **changed)
