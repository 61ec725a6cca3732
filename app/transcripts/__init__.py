"""Reads the bytes of a file into a Transcript. Pure: no database, no network, no clock."""

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
from app.transcripts.transcript import NO, Guess, TextFormat, Transcript, TranscriptFormat
from app.transcripts.unread import unread_reason

# Of formats that are equally sure of a file and of its suffix, the first one here reads it.
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


_TEXT_FORMATS = {format_.name: format_.text_format for format_ in FORMATS}
_EXTRACTING = frozenset(format_.name for format_ in FORMATS if format_.extracts)


def text_format_of(format_name: str) -> TextFormat:
    """Return what the texts are written in that a format reads; plain where the format is not known any more."""
    return _TEXT_FORMATS.get(format_name, TextFormat.PLAIN)


def sniff(source: Source) -> list[tuple[TranscriptFormat, Guess]]:
    """Return the formats that a source may have, the surest first; of equally sure ones, first that of its suffix."""
    guesses = [(format_, format_.sniff(source)) for format_ in FORMATS]
    likely = [(format_, guess) for format_, guess in guesses if guess.confidence > 0]
    return sorted(likely, key=lambda pair: (-pair[1].confidence, source.suffix not in pair[0].suffixes))


def read(source: Source, format_name: str | None = None, *, keep_unlabelled: bool = False) -> Transcript:
    """Read a source in the named format, or in the one that is surest.

    With `keep_unlabelled`, every paragraph of a text that no format recognizes becomes a turn without a speaker.

    Raises:
        TranscriptError: the file is empty or of a kind that is not read, no format recognizes it, or the format
            cannot read it.
        ValueError: there is no format of that name.
    """
    if not source.data:
        raise TranscriptError(source.name, "the file is empty")
    if reason := unread_reason(source.data):
        raise TranscriptError(source.name, reason)
    if format_name is not None:
        by_name = {format_.name: format_ for format_ in FORMATS}
        if format_name not in by_name:
            raise ValueError(f"there is no format {format_name!r}; the formats are {', '.join(by_name)}")
        return _parse(source, by_name[format_name])
    if surest := next(iter(sniff(source)), None):
        return _parse(source, *surest)
    if keep_unlabelled:
        return labelled.parse_unlabelled(source)
    # A file that is no text, or in another encoding, is refused with the place when its characters are asked for.
    reason = "no speaker labels and no known format were found; --keep-unlabelled keeps it as turns without a speaker"
    raise source.error(reason, 0) if source.text else TranscriptError(source.name, reason)


def text_of(source: Source, format_name: str) -> str:
    """Return the text in which offsets count, of a source that was read in this format.

    Raises:
        TranscriptError: the source is not in this format.
    """
    return read(source, format_name, keep_unlabelled=True).text if format_name in _EXTRACTING else source.text


def _parse(source: Source, format_: TranscriptFormat, guess: Guess = NO) -> Transcript:
    transcript = guess.parse() if guess.parse else format_.parse(source)
    if not transcript.turns:
        raise TranscriptError(source.name, f"read as {format_.name}, but no turn was found")
    return transcript
