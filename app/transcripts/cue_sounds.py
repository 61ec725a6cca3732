"""Sets sounds in captions apart from speech: `[door slams]`, `(LAUGHTER)`, `♪ fiddle ♪`, `APPLAUSE`; and credits.

Captions for the deaf print them on lines of their own. Where the sounds of a file stand mostly beside words on one
line, as in captions made of a written transcript, they stay with the words, also where a line is wrapped before one.
"""

import re
from collections.abc import Iterable, Sequence

from app.text.folding import fold
from app.transcripts.asides import credit_in
from app.transcripts.cue_text import Cue, VoiceSpan, split_pieces
from app.transcripts.labels import is_sound

_BRACKETED = (
    r"\[[^\[\]]{1,200}\]|\((?P<aside>[^()]{1,120})\)|（[^（）]{1,120}）|【[^【】]{1,120}】"
    r"|<[^<>\n]{1,80}>|\*[^*\n]{1,80}\*"
)
_SUNG = r"[♪♫♬♩¶][^♪♫♬♩¶]{0,300}[♪♫♬♩¶]?|\#[ ][^#\n]{1,200}[ ]\#"
# Whole lines: a bracket may go on in the next line, because captions are wrapped by width.
_SOUND_LINES = re.compile(
    rf"^[ \t\u00a0]{{0,8}}(?:[-–—][ \t]{{0,4}})?(?P<sound>{_BRACKETED}|{_SUNG})"
    rf"(?:[ \t]{{0,4}}(?:{_BRACKETED.replace('?P<aside>', '?:')}|{_SUNG})){{0,6}}[ \t\u00a0]{{0,8}}(?:\r\n|\r|\n|\Z)",
    re.MULTILINE,
)
_INLINE = re.compile(r"\[[^\[\]]{1,200}\]|\([^()]{1,120}\)")
_HAS_SMALL = re.compile(r"[a-zß-öø-ÿа-яα-ω]")
_LINE = re.compile(r"^[^\r\n]*(?:\r\n|\r|\n|\Z)", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+")
# Words of a sentence in round brackets that is said aside, at least.
_SENTENCE_WORDS = 4
# Words of a sound in capitals without brackets, at most.
_MOST_WORDS = 6
_SPEECH_WORDS = frozenset(("i", "you", "he", "she", "we", "they", "no", "not", "the"))
# Cues at the beginning and the end of captions in which credits stand that could be speech.
_ENDS = 3


def set_credits_apart(cues: Sequence[Cue]) -> None:
    """Cut credits such as `Captions by ...` out of the speech, as notes; they go on to the end of their cue."""
    for index, cue in enumerate(cues):
        at_an_end = index < _ENDS or index >= len(cues) - _ENDS
        cue.spans = [part for span in cue.spans for part in _without_credit(span, at_an_end=at_an_end)]


def _without_credit(span: VoiceSpan, *, at_an_end: bool) -> Iterable[VoiceSpan]:
    text = span.text()
    for line in _LINE.finditer(text):
        found = credit_in(line.group())
        if found == "sure" or (found and at_an_end and not text[: line.start()].strip()):
            before, after = split_pieces(span.pieces, [line.start()])
            if any(not isinstance(piece, str) for piece in before):
                yield VoiceSpan(span.voice, before)
            yield VoiceSpan(None, after, is_note=True)
            return
    yield span


def set_sounds_apart(cues: Sequence[Cue]) -> None:
    """Cut sounds on lines of their own out of the speech, as notes."""
    texts = [text for cue in cues for span in cue.spans if not span.is_note and (text := span.text())]
    alone = sum(len(list(_sounds(text))) for text in texts)
    if alone < sum(len(_INLINE.findall(text)) for text in texts) - alone:
        return
    # In captions that are in capitals throughout, capitals mean nothing.
    capitals = any(map(_HAS_SMALL.search, texts))
    for cue in cues:
        cue.spans = [part for span in cue.spans for part in ((span,) if span.is_note else _parted(span, capitals))]


def _sounds(text: str) -> Iterable[tuple[int, int]]:
    """Yield the start and end of each sound that has its lines for itself."""
    for match in _SOUND_LINES.finditer(text):
        if not _is_said_aside(match):
            yield match.span()


def _parted(span: VoiceSpan, capitals: bool) -> Iterable[VoiceSpan]:
    text = span.text()
    sounds = list(_sounds(text))
    if capitals:
        sounds += [match.span() for match in _LINE.finditer(text) if _is_shouted_sound(match.group())]
    if not sounds:
        return [span]
    bounds = [bound for sound in sorted(set(sounds)) for bound in sound]
    parts = []
    for index, pieces in enumerate(split_pieces(span.pieces, bounds)):
        is_note = index % 2 == 1
        if any(not isinstance(piece, str) for piece in pieces):
            parts.append(VoiceSpan(None if is_note or index else span.voice, pieces, is_note=is_note))
    if span.voice and (not parts or parts[0].voice is None):
        # The label stays before the sound: `IDA: (laughs)` and the next line are hers.
        parts.insert(0, VoiceSpan(span.voice, []))
    return parts


def _is_said_aside(match: re.Match[str]) -> bool:
    """Whether round brackets hold a whole sentence: somebody says it aside."""
    aside = (match["aside"] or "").strip()
    return aside.endswith((".", "?", "!", "…")) and len(aside.split()) >= _SENTENCE_WORDS


def _is_shouted_sound(line: str) -> bool:
    """Whether a line in capitals names a sound: `APPLAUSE`, `PHONE RINGS`, `CHEERING AND APPLAUSE`."""
    words = _WORD.findall(line)
    if not 0 < len(words) <= _MOST_WORDS or not line.isupper() or line.rstrip().endswith((".", "?", "!", ",")):
        return False
    return is_sound(line) and _SPEECH_WORDS.isdisjoint(map(fold, words))
