"""Bytes in, a Transcript out. Pure: no database, no network, no clock."""

from app.errors import TranscriptError
from app.transcripts import (
    akoma_ntoso,
    delimited,
    docx,
    html,
    labelled,
    markdown,
    ohms,
    podcast_json,
    speech_recognition,
    subrip,
    tei,
    timestamped,
    webvtt,
)
from app.transcripts.source import Source
from app.transcripts.transcript import NO, Guess, Transcript, TranscriptFormat

FORMATS: tuple[TranscriptFormat, ...] = (
    webvtt.FORMAT,
    subrip.FORMAT,
    podcast_json.FORMAT,
    speech_recognition.FORMAT,
    tei.FORMAT,
    akoma_ntoso.FORMAT,
    ohms.FORMAT,
    docx.FORMAT,
    html.FORMAT,
    delimited.FORMAT,
    timestamped.FORMAT,
    labelled.FORMAT,
    markdown.FORMAT,
)


def sniff(source: Source) -> list[tuple[TranscriptFormat, Guess]]:
    """Ask every format how sure it is; the surest stands first, and formats that say no are left out."""
    guesses = [(known, known.sniff(source)) for known in FORMATS]
    likely = [(known, guess) for known, guess in guesses if guess.confidence > 0]
    return sorted(likely, key=lambda pair: (-pair[1].confidence, source.suffix not in pair[0].suffixes))


def read(source: Source, format_name: str | None = None, *, keep_unlabelled: bool = False) -> Transcript:
    """Read a source in the named format, or in the one that is surest.

    With `keep_unlabelled`, a text that no format recognizes becomes one turn of nobody a paragraph.

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
        return _parse(source, by_name[format_name])
    if surest := next(iter(sniff(source)), None):
        return _parse(source, *surest)
    if keep_unlabelled:
        return labelled.parse_unlabelled(source)
    # Asking for the characters tells a file that is no text, or in another encoding, with the place.
    reason = "no speaker labels and no known format were found; --keep-unlabelled keeps it as turns of nobody"
    raise source.error(reason, 0) if source.text else TranscriptError(source.name, reason)


def text_of(source: Source, format_name: str) -> str:
    """Return the text in which offsets count, of a source that was read in this format.

    Raises:
        TranscriptError: the source is not in this format.
    """
    # The text of an archive has to be taken out of it again; that of every other file is its bytes.
    return read(source, format_name).text if format_name == docx.FORMAT.name else source.text


def _parse(source: Source, known: TranscriptFormat, guess: Guess = NO) -> Transcript:
    transcript = guess.parse() if guess.parse else known.parse(source)
    if not transcript.turns:
        raise TranscriptError(source.name, f"read as {known.name}, and not one turn was found")
    return transcript
