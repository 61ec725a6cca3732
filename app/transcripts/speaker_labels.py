"""Decides which label candidates are speakers. One line cannot tell a name from prose; the whole file can."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from app.transcripts.front_matter import FrontMatter
from app.transcripts.label_words import ABBREVIATIONS
from app.transcripts.labels import (
    declared_initials,
    initials_of,
    is_name_shaped,
    is_person,
    is_speaker_word,
    label_key,
    matches_name,
    name_keys,
    stated_role,
)
from app.transcripts.people import expected_names
from app.transcripts.printed_labels import leading_label
from app.transcripts.text_lines import LineKind, TextLine
from app.transcripts.transcript import Ledger

# A label made of words that the text also prints in lower case is a name only if it occurs more often than this.
_RARE = 3
_ADDRESS_MARKS = frozenset("/@_")
# Characters that are split into words at a time: a list of all words of a large file could exceed memory.
_WINDOW = 1_000_000
_WORD = re.compile(r"[^\W\d_]+")
# Styles that one file mixes. Every style that is not named here is a kind of emphasis.
_GROUPS = {"colon": "plain", "time": "plain", "dash": "plain"} | {
    style: style for style in ("period", "point", "alone", "heading")
}


def speakers_among(
    labels_in_order: Sequence[str], known_people: Collection[str] = (), words: Collection[str] = ()
) -> set[str]:
    """Return the candidates that are speakers, or parts of the recording such as `Break`.

    `labels_in_order` are all candidates of a file. A label that states a role, or names one of `known_people`, is a
    speaker. A label that looks like a name is one if it recurs, or if it occurs once but looks like the labels of
    clear speakers. `words` are the words that the text prints in lower case: a rare label made of nothing else is
    prose (`Digital Cameras:`).
    """
    counts = Counter(labels_in_order)
    folded = Counter(label_key(label) for label in labels_in_order)
    name_forms = name_keys(known_people)
    declared = {label_key(parts[1]) for label in counts if (parts := declared_initials(label))}
    certain = {
        label
        for label in counts
        if is_speaker_word(label) or matches_name(label, name_forms) or label_key(label) in declared
    }
    named = {
        label
        for label in counts
        if label not in certain
        and is_person(label)
        and is_name_shaped(label)
        and folded[label_key(label)] > (_RARE if is_prose(label, words) else 1)
    }
    found = certain | named
    if not found:
        return _alternating(labels_in_order)
    shapes = {_shape(label) for label in found if not stated_role(label)}
    keys = {label_key(label) for label in found}
    initials = {label_key(label) for label in found if _shape(label) == "initials"}
    once = {
        label
        for label in counts
        if label not in found
        and (
            not is_person(label)
            or (is_name_shaped(label) and _looks_alike(label, shapes, keys, initials) and not is_prose(label, words))
        )
    }
    return found | once


def is_prose(label: str, words: Collection[str]) -> bool:
    """Whether the text also prints every word of a label in lower case; `words` are those that it does."""
    return all(word.strip(".,'’()").lower() in words for word in label.split())


def _shape(label: str) -> str:
    letters = [character for character in label if character.isalpha()]
    if label.isupper() and len(letters) <= 4:
        return "initials"
    if label.isupper():
        return "capitals"
    return "one word" if len(label.split()) == 1 else "full name"


def _looks_alike(label: str, shapes: set[str], keys: set[str], initials: set[str]) -> bool:
    shape = _shape(label)
    if shape in shapes or declared_initials(label):
        return True
    # A full name introduces somebody who is then called by initials or by the first name.
    if shape == "full name" and "initials" in shapes:
        return True
    return not keys.isdisjoint(label_key(label).split()) or not initials.isdisjoint(initials_of(label))


def _alternating(labels_in_order: Sequence[str]) -> set[str]:
    """Accept two different names that each occur once, if there is no other candidate: an exchange of two turns."""
    names = [label for label in labels_in_order if is_person(label) and is_name_shaped(label)]
    return set(names) if len(names) == len(labels_in_order) and len(set(names)) > 1 else set()


def find_labels(text: str, lines: Sequence[TextLine]) -> None:
    """Set the label candidate of every line of text."""
    for line in lines:
        if line.kind is LineKind.TEXT and not line.in_code:
            line.label = leading_label(text[line.start : line.end])


def _strings(text: str) -> set[str]:
    """Collect the different strings between white space."""
    tokens: set[str] = set()
    start = 0
    while start < len(text):
        end = text.find(" ", start + _WINDOW)
        end = len(text) if end < 0 else end
        tokens.update(text[start:end].split())
        start = end
    return tokens


# Several formats examine the same text, one after another.
@lru_cache(maxsize=1)
def _prose_words(text: str) -> frozenset[str]:
    """Collect the words that a text prints in lower case."""
    # Addresses and file names print names in lower case too.
    tokens: Iterable[str] = _strings(text)
    if any(mark in text for mark in _ADDRESS_MARKS):
        tokens = (token for token in tokens if _ADDRESS_MARKS.isdisjoint(token))
    plain = " ".join(tokens)
    return frozenset(filter(str.islower, _WORD.findall(plain)))


def find_speakers(text: str, lines: Sequence[TextLine], front: FrontMatter) -> tuple[frozenset[str], int]:
    """Return the labels that are speakers, and the number of lines that begin with one.

    A file prints its labels in one style. In another style only the same speakers and roles such as `Reporter:` are
    accepted, because a bold remark in an answer or a colon in prose is no label. Labels of lines in another style are
    removed from these lines.
    """
    people = expected_names(front.metadata.speakers, front.people)
    words = _prose_words(text)
    # A time beside a label makes it a speaker: prose has none there.
    people += [
        line.label.text
        for line in lines
        if line.label and line.label.time_ms is not None and _could_speak(line.label.text, words)
    ]
    _cut_off_headings(lines)
    by_group: dict[str, list[str]] = {}
    for line in lines:
        if line.label:
            by_group.setdefault(_GROUPS.get(line.label.style, "emphasis"), []).append(line.label.text)
    found = {group: speakers_among(labels, people, words) for group, labels in by_group.items()}
    sizes = {group: sum(label in found[group] for label in labels) for group, labels in by_group.items()}
    if not sizes or max(sizes.values()) == 0:
        return frozenset(), 0
    main = max(sizes, key=lambda group: sizes[group])
    keys = {label_key(label) for label in found[main]}
    names = name_keys(people)
    speakers = set(found[main])
    count = 0
    for line in lines:
        if line.label is None:
            continue
        label, group = line.label.text, _GROUPS.get(line.label.style, "emphasis")
        if group != main and not _same_in_other_style(label, group, keys, names):
            line.label = None
        elif label in speakers or group != main:
            speakers.add(label)
            line.kind = LineKind.TEXT
            count += 1
    return frozenset(speakers), count


def _could_speak(label: str, words: Collection[str]) -> bool:
    return is_name_shaped(label) and is_person(label) and not is_prose(label, words)


def _cut_off_headings(lines: Sequence[TextLine]) -> None:
    """Cut headings off the labels in capitals behind them: `OPENING STATEMENT THE PRESIDENT. ...`."""
    capitals = [line for line in lines if line.label and line.label.style == "period"]
    counts = Counter(line.label.text for line in capitals if line.label)
    on_their_own = {label for label, count in counts.items() if count > 1 or is_speaker_word(label)}
    for line in capitals:
        label = line.label
        if label is None or label.text in on_their_own:
            continue
        words = label.text.split(" ")
        # In `MR. SMITH` there is no heading `MR.`.
        first_end = next((n for n, word in enumerate(words) if word.strip(".") not in ABBREVIATIONS), 0) + 1
        suffixes = (" ".join(words[first:]) for first in range(first_end, len(words)))
        if spoken := next((suffix for suffix in suffixes if suffix in on_their_own), None):
            start = label.end - len(spoken)
            line.label = replace(label, text=spoken, start=start)
            line.heading_end = line.start + start


def _same_in_other_style(label: str, group: str, keys: set[str], names: Collection[str]) -> bool:
    if group not in {"plain", "emphasis"}:
        return False
    return (
        label_key(label) in keys
        or (bool(stated_role(label)) and is_speaker_word(label) and len(label.split()) < 4)
        or (matches_name(label, names) and len(label) > 2)
    )


def remark_prose_labels(lines: Sequence[TextLine], speakers: Collection[str], ledger: Ledger) -> None:
    """Remark once on each label candidate that is no speaker and was left in the text."""
    counts = Counter(line.label.text for line in lines if line.label and line.label.text not in speakers)
    noted: set[str] = set()
    for line in lines:
        if line.label and line.label.text in counts and line.label.text not in noted and line.begins_paragraph:
            noted.add(line.label.text)
            ledger.remark(
                "prose-label", f"{line.label.text!r} looks like prose and was not taken as a speaker", line.start
            )
