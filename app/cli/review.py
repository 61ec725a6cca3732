"""Suggested topics reviewed at a terminal, one at a time with its evidence; each decision is stored at once."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
from rich.text import Text

from app.cli.terminal import out, say, visible
from app.db import Database
from app.loading import Author, Decision, decide
from app.models import TopicState
from app.queries.suggestions import Proposal, exchanges
from app.topics.evidence import EvidenceKind
from app.topics.suggestion import ExchangeText, ExchangeTurn

KEYS = "a accept, r reject, s skip, u undo, q quit"
_STATES = {"a": TopicState.CONFIRMED, "r": TopicState.REJECTED}
# Code points of an answer shown before and after the words that are evidence.
_AROUND = 120


@dataclass
class Reviewed:
    """Counts of suggestions by what was decided on them."""

    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    left: int = 0


def review(database: Database, proposals: Sequence[Proposal], sign: Callable[[], Author]) -> Reviewed:
    """Show suggestions one by one and store each decision, each signed; the end of the input means quit."""
    outcomes: dict[int, str] = {}
    place, shown = 0, None
    while place < len(proposals):
        one = proposals[place]
        with database.read() as connection:
            exchange = next(exchanges(connection, [one.question_id]), None)
        if exchange is None:
            # The question was taken out while others were reviewed.
            place += 1
            continue
        if shown != one.question_id:
            out.rule(Text(f"{one.interview}, question {one.question_id}"))
            shown = one.question_id
        _show(one, exchange, f"{place + 1} of {len(proposals)}")
        key = _key()
        if key == "q":
            break
        if key == "u":
            place = _undo(database, proposals, outcomes, place, sign)
            continue
        if key == "s":
            outcomes[place] = key
        elif not _decide(database, one, _STATES[key], sign):
            say("Somebody else has decided this in the meantime, or it is not suggested any more.")
        else:
            outcomes[place] = key
        place += 1
    counted = list(outcomes.values())
    return Reviewed(counted.count("a"), counted.count("r"), counted.count("s"), len(proposals) - len(counted))


def _undo(
    database: Database,
    proposals: Sequence[Proposal],
    outcomes: dict[int, str],
    place: int,
    sign: Callable[[], Author],
) -> int:
    """Take back the last outcome, and return the place to go on from."""
    if not outcomes:
        say("There is nothing to undo.")
        return place
    last = max(outcomes)
    if outcomes.pop(last) in _STATES:
        _decide(database, proposals[last], TopicState.PROPOSED, sign)
    return last


def _decide(database: Database, one: Proposal, state: TopicState, sign: Callable[[], Author]) -> bool:
    with database.write() as connection:
        return bool(decide(connection, [Decision(one.question_id, one.topic, state)], sign()))


def _key() -> str:
    while True:
        out.print(f"[{KEYS}] ", end="", markup=False, highlight=False)
        if sys.stdin.isatty():
            key = click.getchar().lower()
            say(visible(key))
        else:
            line = sys.stdin.readline()
            out.print()
            key = line.strip()[:1].lower() if line else "q"
        if key in {"a", "r", "s", "u", "q"}:
            return key
        say("Press one of these keys.")


def _show(one: Proposal, exchange: ExchangeText, place: str) -> None:
    spans: dict[str, list[tuple[int, int]]] = {}
    for piece in one.evidence:
        if piece["kind"] == EvidenceKind.LABEL:
            spans.setdefault(piece["turn_id"], []).append((piece["start"], piece["end"]))
    for turn in exchange.turns:
        if turn.is_question:
            out.print(Text("Q  ", style="bold cyan") + _marked(turn, spans.get(turn.id, []), 0, len(turn.text)))
        elif turn.id in spans:
            for start, end in _windows(spans[turn.id], len(turn.text)):
                out.print(Text("A  ", style="bold green") + _marked(turn, spans[turn.id], start, end))
    for piece in one.evidence:
        if piece["kind"] == EvidenceKind.QUESTION:
            say(f"   like {piece['question_id']} ({piece['similarity']:.2f}): {', '.join(piece['terms'])}")
        elif piece["kind"] == EvidenceKind.INTERVIEW and piece["interview_id"] is None:
            say(f"   named elsewhere in the interview: {visible(piece['label'])!r}")
        elif piece["kind"] == EvidenceKind.INTERVIEW:
            say(f"   interview like {piece['interview_id']} ({piece['similarity']:.2f}): {', '.join(piece['terms'])}")
        elif piece["kind"] == EvidenceKind.TAG:
            say(f"   the source is tagged {visible(piece['tag'])!r}")
    out.print(
        Text(f"{place}  ")
        + Text(visible(one.label), style="bold")
        + Text(f" ({one.topic})? {one.confidence:.2f}, {one.method}")
    )


def _marked(turn: ExchangeTurn, spans: Sequence[tuple[int, int]], start: int, end: int) -> Text:
    """Return a part of a turn with the evidence in brackets, so that it stands out without colours too."""
    shown = Text("… " if start else "")
    at = start
    for first, last in sorted(spans):
        if start <= first and last <= end and first >= at:
            shown.append(visible(turn.text[at:first]))
            shown.append(f"[{visible(turn.text[first:last])}]", style="bold yellow")
            at = last
    shown.append(visible(turn.text[at:end]))
    return shown.append(" …" if end < len(turn.text) else "")


def _windows(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        start, end = max(0, first - _AROUND), min(length, last + _AROUND)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        else:
            windows.append((start, end))
    return windows
