"""Finds a quotation in what the record said before a correction."""

import itertools
from collections.abc import Callable, Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.citations import Noun, permalink_to
from app.models import PastInterview
from app.queries.embedding import Item
from app.quotes import FAITHFUL, Match, Passage, PassageTurn, judge
from app.transcripts.transcript import SPOKEN

# Past revisions that are read for one quotation, the last ones: each is a whole interview.
_MAX_READ = 6


def find_superseded(
    connection: sa.Connection,
    text: str,
    joints: Sequence[int],
    interview_ids: Collection[str],
    speakers: Sequence[str],
    go_on: Callable[[], None],
) -> Item | None:
    """Return the last past wording of some interviews that has a quotation unchanged, and its address.

    `speakers` are the slugs of those to whom it is attributed, any one of them; there may be none. `go_on` is as in
    `judge`.
    """
    rows = connection.execute(
        sa.select(col(PastInterview.interview_id), col(PastInterview.revision), col(PastInterview.content))
        .where(col(PastInterview.interview_id).in_(interview_ids))
        .order_by(col(PastInterview.revision).desc())
        .limit(_MAX_READ)
    )
    for row in rows:
        judgement = judge(text, _passages(row.content["turns"], speakers), joints=joints, go_on=go_on)
        if judgement.verdict in FAITHFUL:
            return _item(row, judgement.matches[0])
    return None


def _passages(turns: Sequence[Item], speakers: Sequence[str]) -> list[Passage]:
    """Return what each speaker says in a row, in a past revision."""
    spoken = [turn for turn in turns if turn["kind"] in SPOKEN]
    runs = itertools.groupby(spoken, key=lambda turn: (turn["question_id"], turn["answer_id"], turn["speaker"]))
    return [
        Passage(
            str(number),
            tuple(PassageTurn(turn["id"], turn["text"]) for turn in run),
            key[2] in speakers if speakers and key[2] else None,
        )
        for number, (key, run) in enumerate(runs)
    ]


def _item(row: sa.Row[Any], match: Match) -> Item:
    place = match.turn_ranges[0]
    return {
        "revision": row.revision,
        "text": match.text,
        "permalink": permalink_to(
            Noun.INTERVIEW, row.interview_id, row.revision, place.turn_id, place.start, place.end
        ),
    }
