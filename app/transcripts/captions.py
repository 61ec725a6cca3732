"""Makes turns of cues, for captions, timestamped text and tables.

In captions a voice, a speaker's label or arrows start a turn, and the cues after it continue the turn, joined by one
space; so do cues with the same voice inside a sentence. In a file without any of these, every cue is a turn without a
speaker. Sounds are notes, and the speaker before them goes on after them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.transcripts.cue_labels import split_at_labels
from app.transcripts.cue_sounds import set_credits_apart, set_sounds_apart
from app.transcripts.cue_text import Cue, GatheredText, Voice, VoiceSpan
from app.transcripts.people import name_and_remark
from app.transcripts.rolling import drop_repeated_lines
from app.transcripts.source import Source
from app.transcripts.speaker_changes import ends_sentence
from app.transcripts.transcript import ByteClass, Ledger, Metadata, Tally, Transcript, Turn, TurnKind


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
    set_credits_apart(cues)
    # Marks in the text say more than voices: markup may name one voice where arrows tell several apart.
    voiced = any(span.voice for cue in cues for span in cue.spans) or split_at_labels(cues, ledger, tally)
    if voiced:
        # Elsewhere a sound stands in nobody's mouth: every cue is a turn of its own.
        set_sounds_apart(cues)
    turns: list[_CueTurn] = []
    spoken: _CueTurn | None = None
    for cue in cues:
        new_cue = True
        for span in cue.spans:
            if span.is_note:
                turns.append(_opened(cue, span))
            elif spoken and voiced and _goes_on(spoken, span):
                _continue(spoken, cue, new_cue=new_cue)
                spoken.text.extend(span.pieces)
            else:
                spoken = _opened(cue, span)
                turns.append(spoken)
                if voiced and not span.voice:
                    tally.note(
                        "unlabelled", "text before the first speaker is kept as a turn without a speaker", cue.offset
                    )
            new_cue = new_cue and span.is_note
    return _closed(turns, ledger, tally)


def _goes_on(turn: _CueTurn, span: VoiceSpan) -> bool:
    """Whether a span continues a turn: it has no voice of its own, or the same one in the middle of a sentence."""
    if span.voice is None:
        return True
    label = span.voice.label
    return label is not None and label == turn.voice.label and not ends_sentence(turn.text.last_words())


def _continue(turn: _CueTurn, cue: Cue, *, new_cue: bool) -> None:
    if new_cue:
        turn.text.join(" ")
    turn.end_ms = turn.end_ms if cue.end_ms is None else cue.end_ms


def turns_by_cue(cues: list[Cue], ledger: Ledger, tally: Tally, *, find_labels: bool = True) -> list[Turn]:
    """Make turns of cues, in the order of the source; every cue is a turn, and a label belongs to its cue only."""
    if find_labels:
        split_at_labels(cues, ledger, tally, captions=False)
    return _closed([_opened(cue, span) for cue in cues for span in cue.spans], ledger, tally)


def _opened(cue: Cue, span: VoiceSpan) -> _CueTurn:
    kind = TurnKind.NOTE if span.is_note else cue.kind
    text = GatheredText(list(span.pieces))
    return _CueTurn(span.voice or Voice(None), text, cue.offset, cue.start_ms, cue.end_ms, kind)


def _closed(turns: Iterable[_CueTurn], ledger: Ledger, tally: Tally) -> list[Turn]:
    """Close turns; a label without text makes a remark and no turn."""
    return [turn for turn in (_close(each, ledger, tally) for each in turns) if turn]


def _close(turn: _CueTurn, ledger: Ledger, tally: Tally) -> Turn | None:
    text, segments = turn.text.close(ledger, ByteClass.NOTE if turn.kind is TurnKind.NOTE else ByteClass.TEXT)
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
    drop_repeated_lines(cues, ledger, tally)
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
    turns = name_and_remark(turns, metadata.speakers, source.name, ledger, captions=True)
    remarks, counts = ledger.close()
    return Transcript(source, format_name, tuple(turns), metadata, remarks, counts)
