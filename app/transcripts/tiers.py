"""Makes one conversation of the tiers of an annotated recording, for ELAN, EXMARaLDA and Praat.

Each speaker has a tier with what is said, and may have others: words, sounds, translations, comments. One tier of each
speaker is read; their annotations are put in the order of time.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from app.transcripts.cue_text import Cue, SourceRun, Voice, VoiceSpan
from app.transcripts.labels import stated_role
from app.transcripts.stated import stated_language
from app.transcripts.transcript import Ledger, SpeakerStatement
from app.transcripts.xml import XmlText

_PART = re.compile(r"[^\W_]+")
_SPEECH_WORDS = frozenset(
    (
        *("utterance", "utterances", "utt", "utts", "text", "txt", "tx", "transcription", "transcriptions", "trans"),
        *("transcript", "orth", "orthography", "orthographic", "ort", "speech", "ref", "default", "tier", "sentence"),
        *("sentences", "phrase", "phrases", "ipu", "ipus", "turn", "turns", "verbal", "spoken", "content"),
    )
)
_WORD_WORDS = frozenset(("word", "words", "token", "tokens", "tok", "wd", "wrd"))
_OTHER_WORDS = frozenset(
    (
        *("note", "notes", "comment", "comments", "remark", "remarks", "description", "gesture", "gestures", "gaze"),
        *("hand", "hands", "head", "face", "phone", "phones", "phoneme", "phonemes", "phonetic", "phon", "segments"),
        *("syll", "syllable", "syllables", "mau", "kan", "sampa", "ipa", "translation", "translations", "tr", "ft"),
        *("free", "fte", "fe", "gloss", "glosses", "ge", "gls", "ps", "mb", "mp", "mot", "morph", "morphs", "mor"),
        *("morpheme", "morphemes", "pos", "lemma", "lemmas", "noise", "noises", "music", "event", "events"),
        *("laughter", "silence", "silences", "pause", "pauses", "topic", "topics", "section", "sections", "chapter"),
        *("chapters", "prosody", "intonation", "tones", "breaks", "misc", "code", "codes", "coding", "nonverbal"),
        *("kommentar", "kommentare", "übersetzung", "traduction", "traducción", "notas", "commentaire", "vad"),
    )
)
# A word of two letters alone is as likely somebody's initials.
_INITIALS = 2
# What aligners write into intervals in which nobody speaks.
_SILENCE = re.compile(r"(?:<?(?:sil|silence|sp|spn|p:?|nib|usb)>?|#+|[-_.*]+|\{[A-Z]{2}\}|\(\.+\)|x)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[\w.:@-]{0,40}\d")
# Share of the annotations of a tier that look like numbers, above which they are no speech.
_MANY = 0.8


@dataclass
class Annotation:
    """What one tier has between two times in milliseconds. `place` orders it among all where it has no time."""

    offset: int
    start_ms: int | None
    end_ms: int | None
    pieces: list[SourceRun | str]
    runs: Sequence[XmlText] = ()
    place: float | None = None

    @property
    def text(self) -> str:
        """The decoded characters."""
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)

    def trimmed(self) -> list[SourceRun | str]:
        """Return the pieces without white space at the end, which separates events."""
        pieces = list(self.pieces)
        while pieces and isinstance(pieces[-1], str) and not pieces[-1].strip():
            pieces.pop()
        if pieces and isinstance(last := pieces[-1], SourceRun) and last.is_copy:
            text = last.text.rstrip()
            pieces[-1] = SourceRun(text, last.start, last.start + len(text))
        return pieces

    def order(self) -> tuple[bool, float]:
        """Return what annotations are sorted by."""
        place = self.place if self.place is not None else self.start_ms
        return place is None, place or 0


@dataclass
class Tier:
    """A tier. `participant` is the speaker as the file states it, `parent` the name of the tier that it depends on.

    It is no speech if the file says that it annotates or describes.
    """

    name: str
    participant: str | None = None
    parent: str | None = None
    language: str | None = None
    is_speech: bool = True
    annotations: list[Annotation] = field(default_factory=list)

    def spoken(self) -> list[Annotation]:
        """Return the annotations with words."""
        found = [each for each in self.annotations if each.text.strip()]
        if not self.is_word_sized(found):
            return found
        return [each for each in found if not _SILENCE.fullmatch(each.text.strip())]

    @staticmethod
    def is_word_sized(annotations: Sequence[Annotation]) -> bool:
        """Whether most annotations are single words, so that a turn consists of many."""
        texts = [each.text.split() for each in annotations]
        return len(texts) > 2 and median(map(len, texts)) <= 1


@dataclass(frozen=True)
class ChosenTiers:
    """The tiers that hold speech, each with its label, and those that do not."""

    spoken: tuple[tuple[Tier, str | None], ...]
    others: tuple[Tier, ...]

    def cues(self) -> list[Cue]:
        """Return the annotations of all spoken tiers as cues in the order of time."""
        found: list[tuple[Annotation, int]] = []
        for number, (tier, _) in enumerate(self.spoken):
            found += [(each, number) for each in tier.spoken()]
        found.sort(key=lambda pair: (*pair[0].order(), pair[1]))
        # In a file with one tier and no speakers, the text may have labels.
        alone = len(self.spoken) == 1 and self.spoken[0][1] is None
        cues: list[Cue] = []
        before: tuple[Annotation, int] | None = None
        joins = {number: Tier.is_word_sized(tier.spoken()) for number, (tier, _) in enumerate(self.spoken)}
        for each, number in found:
            goes_on = before is not None and before[1] == number and before[0].offset < each.offset
            if goes_on and joins[number]:
                cues[-1].spans[0].pieces += [" ", *each.trimmed()]
                cues[-1].end_ms = each.end_ms
            else:
                voice = None if alone or goes_on else Voice(self.spoken[number][1])
                cues.append(Cue(each.offset, each.start_ms, each.end_ms, [VoiceSpan(voice, each.trimmed())]))
            before = (each, number)
        return cues

    def speakers(self) -> tuple[SpeakerStatement, ...]:
        """State the roles that tiers are named after: a tier `Interviewer` with the participant Ada Lind."""
        return tuple(
            SpeakerStatement(name=label, role=role, labels=(label,))
            for tier, label in self.spoken
            if label and tier.participant == label and (role := _role_in(tier.name)) and stated_role(label) is None
        )

    def language(self) -> str | None:
        """Return the language of the spoken tiers, if there is one only."""
        languages = {stated_language(tier.language) for tier, _ in self.spoken}
        return languages.pop() if len(languages) == 1 else None

    def remark_others(self, ledger: Ledger) -> None:
        """Remark the tiers with text that are not read."""
        filled = [tier for tier in self.others if any(each.text.strip() for each in tier.annotations)]
        if filled:
            names = ", ".join(repr(tier.name[:40]) for tier in filled[:4])
            more = f" and {len(filled) - 4} more" if len(filled) > 4 else ""
            first = next(each.offset for each in filled[0].annotations if each.text.strip())
            ledger.remark("other-tiers", f"tiers without speech of their own are not read: {names}{more}", first)


def choose_tiers(tiers: Sequence[Tier]) -> ChosenTiers:
    """Choose one tier for each speaker: sentences rather than words, and neither sounds, translations nor comments."""
    by_name = {tier.name: tier for tier in tiers}
    groups: dict[str | None, list[Tier]] = {}
    labels: dict[str | None, str | None] = {}
    for tier in tiers:
        label = tier.participant or label_of(_root(tier, by_name).name) or None
        key = label.casefold() if label else None
        labels.setdefault(key, label)
        groups.setdefault(key, []).append(tier)
    spoken: list[tuple[Tier, str | None]] = []
    for key, group in groups.items():
        fitting = [tier for tier in group if _rank(tier) < _NEVER and tier.spoken()]
        if fitting:
            spoken.append((min(fitting, key=_rank), labels[key]))
    chosen = {id(tier) for tier, _ in spoken}
    return ChosenTiers(tuple(spoken), tuple(tier for tier in tiers if id(tier) not in chosen))


def _root(tier: Tier, by_name: dict[str, Tier]) -> Tier:
    seen = 0
    while tier.parent is not None and tier.parent in by_name and seen < 20:
        tier, seen = by_name[tier.parent], seen + 1
    return tier


_NEVER = 100


def _rank(tier: Tier) -> int:
    """Say how little a tier looks like what somebody says; _NEVER for one that is something else."""
    words = Counter(word.casefold() for word in _PART.findall(tier.name))
    if tier.participant:
        words -= Counter(word.casefold() for word in _PART.findall(tier.participant))
    texts = [each.text.strip() for each in tier.annotations if each.text.strip()]
    numbers = sum(bool(_IDENTIFIER.fullmatch(text)) for text in texts)
    if len(words) == 1 and not (tier.parent or tier.participant):
        words = Counter({word: 1 for word in words if len(word) > _INITIALS})
    if not tier.is_speech or not words.keys().isdisjoint(_OTHER_WORDS) or (texts and numbers > _MANY * len(texts)):
        return _NEVER
    if not words.keys().isdisjoint(_WORD_WORDS):
        kind = 40
    else:
        kind = 0 if not words.keys().isdisjoint(_SPEECH_WORDS) else 10
        kind += 20 if any(len(word) > 3 and stated_language(word) and not word.isdigit() for word in words) else 0
    return kind + (5 if tier.parent else 0)


def label_of(name: str) -> str | None:
    """Return whom a tier is named after: `Ada` of `Ada - words` or `tx@Ada`; None if it only says what it holds."""
    parts = list(_PART.finditer(name))
    kept = [part for part in parts if part.group().casefold() not in _SPEECH_WORDS | _WORD_WORDS | _OTHER_WORDS]
    if len(kept) == len(parts) or (len(parts) == 1 and len(name.strip()) <= _INITIALS):
        return name.strip() or None
    without_language = [part for part in kept if len(part.group()) < 4 or not stated_language(part.group())]
    kept = without_language if len(without_language) < len(kept) and without_language else kept
    return name[kept[0].start() : kept[-1].end()].strip() if kept else None


def _role_in(name: str) -> str | None:
    role = stated_role(name)
    if role:
        return str(role)
    return next((str(found) for part in _PART.findall(name) if len(part) > 3 and (found := stated_role(part))), None)
