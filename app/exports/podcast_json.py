"""JSON transcripts of the podcast namespace, version 1.0.0: a segment for each turn that has a time.

An end that the source does not state is left out, as the namespace allows; a turn without a time has no place. The
namespace serves these files as application/json, which is Quoth's own JSON here, so they have a type of their own.
https://github.com/Podcastindex-org/podcast-namespace/blob/main/transcripts/transcripts.md
"""

import json
from collections.abc import Mapping
from typing import Any

from app.exports.cues import states_end, timed, turns_in_order
from app.exports.format import InterviewDocument, InterviewFormat, Item
from app.exports.plain_text import bracketed
from app.exports.speech import label_of, people_of
from app.transcripts.transcript import SPOKEN

VERSION = "1.0.0"


def render(document: InterviewDocument) -> str:
    """Write an interview as JSON of the podcast namespace.

    Raises:
        NoTimesError: no turn has a time.
    """
    people = people_of(document.record)
    segments = [_segment(turn, people) for turn in document.written(timed(turns_in_order(document)))]
    return json.dumps({"version": VERSION, "segments": segments}, ensure_ascii=False, indent=2) + "\n"


def _segment(turn: Item, people: Mapping[str, Item]) -> dict[str, Any]:
    is_spoken = turn["kind"] in SPOKEN
    segment = {
        "speaker": label_of(turn, people) if is_spoken else None,
        "startTime": turn["start_ms"] / 1000,
        "endTime": turn["end_ms"] / 1000 if states_end(turn) else None,
        "body": turn["text"] if is_spoken else bracketed(turn["text"]),
    }
    return {key: value for key, value in segment.items() if value is not None}


FORMAT = InterviewFormat(
    name="podcastjson",
    media_type="application/vnd.quoth.podcast+json",
    suffix=".podcast.json",
    description="JSON transcript of the podcast namespace, where the source has times",
    render=render,
    needs_times=True,
)
