"""What tests of several formats share: reading a text in one format, and what of the turns they compare."""

from app.transcripts.source import Source
from app.transcripts.transcript import Transcript, TranscriptFormat


def read_as(format_: TranscriptFormat, text: str | bytes, name: str = "talk") -> Transcript:
    """Read a text in a format that recognizes it; every segment that is a copy is one."""
    source = Source(name, text if isinstance(text, bytes) else text.encode())
    assert format_.sniff(source).confidence > 0.9
    transcript = format_.parse(source)
    assert sum(transcript.bytes_by_class.values()) == len(source.data)
    for turn in transcript.turns:
        assert 0 <= turn.source_start <= turn.source_end
        for run in turn.segments:
            copied = transcript.text[run.source_start : run.source_end]
            assert not run.is_copy or turn.text[run.text_start : run.text_end] == copied
    return transcript


def said(transcript: Transcript) -> list[tuple[str | None, str]]:
    """Return the name or label of each turn, and its text."""
    return [(turn.speaker or turn.label, turn.text) for turn in transcript.turns]


def starts(transcript: Transcript) -> list[int | None]:
    """Return when each turn begins, in milliseconds."""
    return [turn.start_ms for turn in transcript.turns]


def codes(transcript: Transcript) -> list[str]:
    """Return the codes of the remarks."""
    return [remark.code for remark in transcript.remarks]
