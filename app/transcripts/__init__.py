"""Reads the bytes of a file into a Transcript. Pure: no database, no network, no clock."""

from app.errors import TranscriptError
from app.transcripts import (
    akoma_ntoso,
    chat,
    delimited,
    docx,
    elan,
    exmaralda,
    html,
    jats,
    labelled,
    markdown,
    odt,
    ohms,
    otranscribe,
    pdf,
    podcast_json,
    rezonator,
    rtf,
    sbv,
    speech_recognition,
    subrip,
    substation,
    tagged_voices,
    tei,
    textgrid,
    timestamped,
    ttml,
    webvtt,
    wikitext,
)
from app.transcripts.placeholder import placeholder_in
from app.transcripts.source import Source
from app.transcripts.transcript import Guess, TextFormat, Transcript, TranscriptFormat, Turn, TurnKind
from app.transcripts.unread import unread_reason
from app.transcripts.unread_text import certain_text_reason, unknown_text_reason

# Of formats that are equally sure of a file and of its suffix, the first one here reads it.
FORMATS: tuple[TranscriptFormat, ...] = (
    webvtt.FORMAT,
    subrip.FORMAT,
    sbv.FORMAT,
    substation.FORMAT,
    ttml.FORMAT,
    otranscribe.FORMAT,
    podcast_json.FORMAT,
    speech_recognition.FORMAT,
    tei.FORMAT,
    akoma_ntoso.FORMAT,
    ohms.FORMAT,
    jats.FORMAT,
    elan.FORMAT,
    exmaralda.FORMAT,
    textgrid.FORMAT,
    chat.FORMAT,
    docx.FORMAT,
    odt.FORMAT,
    rtf.FORMAT,
    pdf.FORMAT,
    html.FORMAT,
    tagged_voices.FORMAT,
    delimited.FORMAT,
    wikitext.FORMAT,
    rezonator.FORMAT,
    timestamped.FORMAT,
    labelled.FORMAT,
    markdown.FORMAT,
)

_UNLABELLED = "no speaker labels were found; --keep-unlabelled keeps each paragraph as a turn without a speaker"
_TEXT_FORMATS = {format_.name: format_.text_format for format_ in FORMATS}
_EXTRACTING = frozenset(format_.name for format_ in FORMATS if format_.extracts)


def text_format_of(format_name: str) -> TextFormat:
    """Return what the texts are written in that a format reads; plain where the format is not known any more."""
    return _TEXT_FORMATS.get(format_name, TextFormat.PLAIN)


def sniff(source: Source) -> list[tuple[TranscriptFormat, Guess]]:
    """Return the formats that a source may have, the surest first; of equally sure ones, first that of its suffix."""
    guesses = [(format_, format_.sniff(source)) for format_ in FORMATS]
    return _by_confidence(source, [(format_, guess) for format_, guess in guesses if guess.confidence > 0])


def _surest(source: Source) -> tuple[TranscriptFormat, Guess] | None:
    """Return the first of `sniff`. Formats that could not be it are not asked: some examine every line."""
    found: list[tuple[TranscriptFormat, Guess]] = []
    for format_ in sorted(FORMATS, key=lambda each: -each.surest):
        if found and max(guess.confidence for _, guess in found) > format_.surest:
            break
        if (guess := format_.sniff(source)).confidence > 0:
            found.append((format_, guess))
    found.sort(key=lambda pair: FORMATS.index(pair[0]))
    return next(iter(_by_confidence(source, found)), None)


def _by_confidence(source: Source, found: list[tuple[TranscriptFormat, Guess]]) -> list[tuple[TranscriptFormat, Guess]]:
    return sorted(found, key=lambda pair: (-pair[1].confidence, source.suffix not in pair[0].suffixes))


def read(source: Source, format_name: str | None = None, *, keep_unlabelled: bool = False) -> Transcript:
    """Read a source in the named format, or in the one that is surest.

    With `keep_unlabelled`, every paragraph of a text without speakers, questions or times becomes a turn without a
    speaker.

    Raises:
        TranscriptError: the file is empty or of a kind that is not read, no format recognizes it, the format cannot
            read it, or it has neither speakers nor questions nor times and is not to be kept without them.
        ValueError: there is no format of that name.
    """
    if not source.data:
        raise TranscriptError(source.name, "the file is empty")
    if reason := unread_reason(source.data) or certain_text_reason(source):
        raise TranscriptError(source.name, reason)
    transcript = _read(source, format_name, keep_unlabelled)
    if not transcript.turns:
        raise TranscriptError(source.name, f"read as {transcript.format}, but no turn was found")
    if (placeholder := placeholder_in(transcript)) is not None:
        raise TranscriptError(source.name, f"the file says itself that there is no transcript: {placeholder!r}")
    if not keep_unlabelled and not any(map(_is_told_apart, transcript.turns)):
        raise TranscriptError(source.name, f"read as {transcript.format}, but {_UNLABELLED}")
    return transcript


def _read(source: Source, format_name: str | None, keep_unlabelled: bool) -> Transcript:
    if format_name is not None:
        by_name = {format_.name: format_ for format_ in FORMATS}
        if format_name not in by_name:
            raise ValueError(f"there is no format {format_name!r}; the formats are {', '.join(by_name)}")
        return by_name[format_name].parse(source)
    if surest := _surest(source):
        format_, guess = surest
        return guess.parse() if guess.parse else format_.parse(source)
    # A file that is no text, or in another encoding, is refused with the place when its characters are asked for.
    if reason := unknown_text_reason(source):
        raise source.error(reason, 0)
    if keep_unlabelled:
        return labelled.parse_unlabelled(source)
    raise source.error(f"no known format was found, and {_UNLABELLED}", 0)


def _is_told_apart(turn: Turn) -> bool:
    """Whether something says who speaks or asks, or when: prose has nothing of it."""
    return (
        turn.label is not None
        or turn.speaker is not None
        or turn.start_ms is not None
        or turn.kind in {TurnKind.QUESTION, TurnKind.ANSWER}
    )


def text_of(source: Source, format_name: str) -> str:
    """Return the text in which offsets count, of a source that was read in this format.

    Raises:
        TranscriptError: the source is not in this format.
    """
    return read(source, format_name, keep_unlabelled=True).text if format_name in _EXTRACTING else source.text
