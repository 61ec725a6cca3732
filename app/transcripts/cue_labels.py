"""Decides from the whole file which changes of speaker in its cues are real, and splits the cues there."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from app.transcripts.cue_text import Cue, Voice, VoiceSpan, mark_pieces, split_pieces
from app.transcripts.label_decision import speakers_among
from app.transcripts.label_evidence import is_prose
from app.transcripts.label_forms import is_full_name
from app.transcripts.labels import is_name_shaped, is_person, label_key
from app.transcripts.speaker_changes import SpeakerChange, find_changes, first_line_label
from app.transcripts.transcript import ByteClass, Ledger, Tally

_WORD = re.compile(r"[^\W\d_]+")
# Arrows that begin a line, in a file without labels, at least: fewer may be anything.
_MIN_ARROWS = 2
# Share of cues with a label from which on a cue without one goes on, so that every label is a speaker's.
_ALL_LABELLED = 0.75
# Share of cues whose first line is a name, and of these names that recur, at least.
_FIRST_LINES, _IN_FULL = 0.8, 0.5
# Share of cues that begin with a name in brackets, at least.
_BRACKETED = 0.4
# Words of a label that occurs once, at most.
_MOST_WORDS = 4


def split_at_labels(cues: list[Cue], ledger: Ledger, tally: Tally, *, captions: bool = True) -> bool:
    """Split cues where somebody else begins, give each part its voice, and return whether labels or arrows say so.

    Where the text is no `captions`, one label is accepted even if it is the only one and the file does not begin with
    it, and neither arrows nor dashes count.
    """
    found = _without_weak_labels(find_changes(cues, captions=captions))
    changes = [change for _, marks in found for change in marks]
    names = _speakers(cues, changes, captions)
    if captions and not names and (named := _names_on_first_lines(found)):
        found = named
        names = {change.label for _, marks in found for change in marks if change.label}
    arrows = captions and sum(change.marker == "arrows" for change in changes) >= (1 if names else _MIN_ARROWS)
    dashes = captions and any(_is_dialogue(marks) for _, marks in found)
    if not names and not arrows and not dashes:
        return False
    voiced = bool(names) or arrows
    cuts = [(span, _real(marks, names, arrows=arrows, keep_dashes=not voiced)) for span, marks in found]
    if captions and len(names) == 1 and not arrows and not cuts[0][1]:
        # Some speech recognizers print "Speaker 1:" before all speech from some minute on.
        tally.note(
            "lone-label",
            f"{next(iter(names))!r} is the only label in the file and does not begin it; it is kept as text",
            cues[0].offset,
        )
        return False
    by_span = {id(span): marks for span, marks in cuts}
    for cue in cues:
        cue.spans = [piece for span in cue.spans for piece in _cut(span, by_span.get(id(span), ()), ledger)]
    return voiced


def _without_weak_labels(
    found: list[tuple[VoiceSpan, list[SpeakerChange]]],
) -> list[tuple[VoiceSpan, list[SpeakerChange]]]:
    """Leave out labels in brackets, unless several names recur, and many cues begin with one: they may be sounds."""
    counts = Counter(
        change.label
        for _, marks in found
        for change in marks
        if change.weak and change.label and _is_name(change.label)
    )
    recurring = {label for label, count in counts.items() if count > 1}
    spoken = sum(bool(span.text().strip()) for span, _ in found)
    if len(recurring) > 1 and sum(counts[label] for label in recurring) >= _BRACKETED * spoken:
        return found
    kept = [(span, [change for change in marks if not change.weak or change.marker]) for span, marks in found]
    return [(span, [change.without_label() if change.weak else change for change in marks]) for span, marks in kept]


def _real(
    marks: Sequence[SpeakerChange], names: Collection[str], *, arrows: bool, keep_dashes: bool
) -> list[SpeakerChange]:
    """Return the changes of a span that count; those that begin inside the one before are its wrapped second half."""
    dialogue = _is_dialogue(marks)
    kept: list[SpeakerChange] = []
    for change in marks:
        if change.label is not None and change.label in names:
            real = change
        elif (change.marker == "arrows" and arrows) or (change.marker == "dash" and dialogue and change.begins):
            real = change.without_label(keep_marker=keep_dashes)
        else:
            continue
        if not kept or real.start >= kept[-1].speech_start:
            kept.append(real)
    return kept


def _is_dialogue(marks: Sequence[SpeakerChange]) -> bool:
    """Whether two people speak in a cue, each after a dash; the first may have none.

    A dash at the start of a cue that has no second one goes on with a sentence.
    """
    dashes = [change for change in marks if change.marker == "dash" and change.begins]
    return len(dashes) > 1 or any(change.start > 0 and change.opens for change in dashes)


def _speakers(cues: Sequence[Cue], changes: Sequence[SpeakerChange], captions: bool) -> set[str]:
    """Return the labels that are speakers."""
    leading = [change for change in changes if change.leads and change.label]
    labels = [change.label for change in leading if change.label]
    names = speakers_among(labels)
    if not captions or not labels:
        return names
    counts = Counter(map(label_key, labels))
    inside = {change.label for change in leading if not change.opens}
    # A label in the middle of a sentence is a word of it, unless it recurs or shares a name with another label.
    words = Counter(word for label in names for word in set(label_key(label).split()))
    names = {
        label
        for label in names
        if counts[label_key(label)] > 1
        or label not in inside
        or (len(label.split()) > 1 and any(words[word] > 1 for word in label_key(label).split()))
    }
    # Behind arrows, a name with a colon is a label.
    names |= {
        change.label for change in leading if change.label and change.marker == "arrows" and _is_name(change.label)
    }
    return names | _one_offs(cues, leading, names) if names else names


def _names_on_first_lines(
    found: Sequence[tuple[VoiceSpan, list[SpeakerChange]]],
) -> list[tuple[VoiceSpan, list[SpeakerChange]]]:
    """Read the first line of each cue as a label, if it is a name in nearly every cue and the names recur."""
    named = [(span, marks, first_line_label(span.text())) for span, marks in found]
    spoken = sum(bool(span.text().strip()) for span, _, _ in named)
    counts = Counter(label_key(change.label) for _, _, change in named if change and change.label)
    recurring = sum(count for count in counts.values() if count > 1)
    in_full = all(is_full_name(change.label or "") for *_, change in named if change)
    enough = _IN_FULL if in_full else _FIRST_LINES
    if len(counts) < 2 or counts.total() < _FIRST_LINES * spoken or recurring < enough * counts.total():
        return []
    return [(span, [change] if change else marks) for span, marks, change in named]


def _is_name(label: str) -> bool:
    # Who calls by telephone has a number for a name.
    named = is_name_shaped(label) or (len(label) > _MOST_WORDS and not any(map(str.isalpha, label)))
    return is_person(label) and named and len(label.split()) <= _MOST_WORDS


def _one_offs(cues: Sequence[Cue], leading: Sequence[SpeakerChange], names: Collection[str]) -> set[str]:
    """Return the labels that occur once: of people whom the captions mention, or printed like no other words.

    They are if all labels are in capitals, or if every cue has a label.
    """
    text = "\n".join(span.text() for cue in cues for span in cue.spans)
    words = Counter(_WORD.findall(text))
    small = {word for word in words if word.islower()}
    likely = {
        change.label
        for change in leading
        if change.label
        and change.label not in names
        and change.opens
        and _is_name(change.label)
        and not is_prose(change.label, small)
    }
    if not likely:
        return set()
    spoken = sum(any(span.text().strip() for span in cue.spans) for cue in cues)
    labelled = sum(change.start == 0 and (change.label in names or change.label in likely) for change in leading)
    if labelled >= _ALL_LABELLED * spoken:
        return likely
    printed = Counter(word for change in leading if change.label for word in _WORD.findall(change.label))
    capitals = bool(small) and any(map(str.isupper, names))
    return {
        label
        for label in likely
        if (capitals and label.isupper()) or all(words[word] > printed[word] for word in _WORD.findall(label))
    }


def _cut(span: VoiceSpan, changes: Sequence[SpeakerChange], ledger: Ledger) -> Iterable[VoiceSpan]:
    """Cut a span at its changes, and mark the characters of labels, arrows and dashes."""
    if not changes:
        return [span]
    bounds = [bound for each in changes for bound in (each.start, each.time_start, each.time_end, each.speech_start)]
    stretches = list(split_pieces(span.pieces, sorted(bounds)))
    spans = [VoiceSpan(span.voice, stretches[0])]
    for index, each in enumerate(changes):
        before, time, after, speech = stretches[4 * index + 1 : 4 * index + 5]
        for pieces, byte_class in ((before, ByteClass.LABEL), (time, ByteClass.TIME), (after, ByteClass.LABEL)):
            mark_pieces(pieces, byte_class, ledger)
        spans.append(VoiceSpan(Voice(each.label), speech))
    return [each for each in spans if each.pieces or each.voice]
