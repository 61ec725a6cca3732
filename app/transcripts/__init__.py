"""Bytes in, a Transcript out. Pure: no database, no network, no clock."""

from app.errors import TranscriptError
from app.transcripts import html, labelled, podcast_json, speech_recognition
from app.transcripts.source import Source
from app.transcripts.transcript import Guess, Transcript, TranscriptFormat

FORMATS: tuple[TranscriptFormat, ...] = (labelled.FORMAT, podcast_json.FORMAT, speech_recognition.FORMAT, html.FORMAT)


def sniff(source: Source) -> list[tuple[TranscriptFormat, Guess]]:
    """Ask every format how sure it is; the surest stands first, and formats that say no are left out."""
    guesses = [(known, known.sniff(source)) for known in FORMATS]
    likely = [(known, guess) for known, guess in guesses if guess.confidence > 0]
    return sorted(likely, key=lambda pair: (-pair[1].confidence, source.suffix not in pair[0].suffixes))


def read(source: Source, format_name: str | None = None) -> Transcript:
    """Read a source in the named format, or in the one that is surest.

    Raises:
        TranscriptError: the file is empty, no format recognizes it, or the format cannot read it.
        ValueError: there is no format of that name.
    """
    if not source.data:
        raise TranscriptError(source.name, "the file is empty")
    if format_name is not None:
        by_name = {known.name: known for known in FORMATS}
        if format_name not in by_name:
            raise ValueError(f"there is no format {format_name!r}; the formats are {', '.join(by_name)}")
        return by_name[format_name].parse(source)
    guesses = sniff(source)
    if not guesses:
        raise TranscriptError(source.name, "no speaker labels and no known transcript format were found", 1, 1)
    return guesses[0][0].parse(source)
