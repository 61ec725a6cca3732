"""Makes turns of cues, for captions, timestamped text and tables.

In captions a voice or a speaker's label starts a turn, and the cues after it continue the turn, joined by one space.
In a file without any voice or label, every cue is a turn without a speaker.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.transcripts.cue_labels import split_at_labels
from app.transcripts.cue_text import Cue, GatheredText, Voice, VoiceSpan
from app.transcripts.source import Source
from app.transcripts.transcript import Ledger, Metadata, Tally, Transcript, Turn, TurnKind


@dataclass
class _CueTurn:
    voice: Voice
    text: GatheredText
    offset: int
    start_ms: int | None
    end_ms: int | None
    kind: TurnKind | None


def turns_by_voice(cues: list[Cue], ledger: Ledger, tally: Tally) -> list[Turn]:
    """Make turns of cues, in the order of the source; a cue without a voice continues the turn before it."""
    voiced = any(span.voice for cue in cues for span in cue.spans) or split_at_labels(cues, ledger, tally)
    turns: list[_CueTurn] = []
    for cue in cues:
        for index, span in enumerate(cue.spans):
            if turns and voiced and not span.voice:
                _continue(turns[-1], cue, new_cue=index == 0)
            else:
                turns.append(_opened(cue, span))
                if voiced and not span.voice:
                    tally.note(
                        "unlabelled", "text before the first speaker is kept as a turn without a speaker", cue.offset
                    )
            turns[-1].text.extend(span.pieces)
    return _closed(turns, ledger, tally)


def _continue(turn: _CueTurn, cue: Cue, *, new_cue: bool) -> None:
    if new_cue:
        turn.text.join(" ")
    turn.end_ms = turn.end_ms if cue.end_ms is None else cue.end_ms


def turns_by_cue(cues: list[Cue], ledger: Ledger, tally: Tally, *, find_labels: bool = True) -> list[Turn]:
    """Make turns of cues, in the order of the source; every cue is a turn, and a label belongs to its cue only."""
    if find_labels:
        split_at_labels(cues, ledger, tally, lone_label=True)
    turns: list[_CueTurn] = []
    for cue in cues:
        for span in cue.spans:
            turns.append(_opened(cue, span))
            turns[-1].text.extend(span.pieces)
    return _closed(turns, ledger, tally)


def _opened(cue: Cue, span: VoiceSpan) -> _CueTurn:
    return _CueTurn(span.voice or Voice(None), GatheredText(), cue.offset, cue.start_ms, cue.end_ms, cue.kind)


def _closed(turns: list[_CueTurn], ledger: Ledger, tally: Tally) -> list[Turn]:
    """Close turns; a label without text makes a remark and no turn."""
    return [turn for turn in (_close(each, ledger, tally) for each in turns) if turn]


def _close(turn: _CueTurn, ledger: Ledger, tally: Tally) -> Turn | None:
    text, segments = turn.text.close(ledger)
    if not segments:
        if turn.voice.label:
            tally.note("empty-turn", f"the label {turn.voice.label!r} has no text; it makes no turn", turn.offset)
        return None
    end_ms = turn.end_ms
    if end_ms is not None and turn.start_ms is not None and end_ms < turn.start_ms:
        end_ms = None
    return Turn(text, segments, label=turn.voice.label, kind=turn.kind, start_ms=turn.start_ms, end_ms=end_ms)


def check_times(cues: Iterable[Cue], tally: Tally) -> None:
    """Remark on cues that end before they start, and drop that end, and on cues that start before an earlier one."""
    latest = -1
    for cue in cues:
        if cue.start_ms is None:
            continue
        if cue.end_ms is not None and cue.end_ms < cue.start_ms:
            tally.note("ends-early", "a cue ends before it starts; its end is left out", cue.offset)
            cue.end_ms = None
        if cue.start_ms < latest:
            tally.note(
                "out-of-order", "a cue starts before the cue in front of it; the order of the file is kept", cue.offset
            )
        latest = max(latest, cue.start_ms)


def finish_cues(
    source: Source, format_name: str, cues: list[Cue], metadata: Metadata, ledger: Ledger, tally: Tally
) -> Transcript:
    """Make the transcript of cues in which a speaker goes on until the next one.

    Raises:
        TranscriptError: the cues have no text.
    """
    check_times(cues, tally)
    return finish_turns(source, format_name, turns_by_voice(cues, ledger, tally), metadata, ledger, tally)


def finish_turns(
    source: Source, format_name: str, turns: list[Turn], metadata: Metadata, ledger: Ledger, tally: Tally
) -> Transcript:
    """Make the transcript of turns, and account for every character.

    Raises:
        TranscriptError: there are no turns.
    """
    if not turns:
        raise source.error("there is no text in this file", 0)
    tally.close()
    remarks, counts = ledger.close()
    return Transcript(source, format_name, tuple(turns), metadata, remarks, counts)
