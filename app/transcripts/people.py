"""Finds out who is behind a label: `AJ` is the `Adam Jonas (AJ)` of the same file, `Jane` the only `Jane Roe`.

Only what the file itself prints counts, and a label that could mean two people stays as it is.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from app.transcripts.labels import (
    declared_initials,
    initials_of,
    is_answer_label,
    is_name_shaped,
    is_person,
    is_speaker_word,
    label_key,
    stated_role,
)
from app.transcripts.transcript import SpeakerStatement, Turn, TurnKind

_MAX_INITIALS = 5
# Names among which a label is searched for, at most. No conversation has more speakers.
_MOST_PEOPLE = 500
_OFFICE = re.compile(
    r"the\.? (?:vice )?(?:president|prime minister|chancellor|secretary|premier|minister|governor|king|queen)"
)
_SHORT_NUMBERED = re.compile(r"[^\W\d_]{1,3}(\d{1,2})")
_FILE_NAME_PARTS = re.compile(r"__|[_ ]-[_ ]|\(|\)")


@dataclass(frozen=True)
class Naming:
    """A label, the name that it stands for, and the evidence for it in the file."""

    label: str
    name: str
    evidence: str


def name_speakers(
    turns: Sequence[Turn], stated: Sequence[SpeakerStatement], file_name: str = ""
) -> tuple[list[Turn], list[Naming]]:
    """Set Turn.speaker where the file says who is behind a label; also return all namings, in order."""
    labels = list(dict.fromkeys(turn.label for turn in turns if turn.label))
    if len(labels) > 4 * _MOST_PEOPLE:
        return list(turns), []
    namings = {naming.label: naming for naming in _namings(labels, stated, file_name)}
    named = [_named(turn, namings.get(turn.label)) if turn.label else turn for turn in turns]
    return named, list(namings.values())


def _named(turn: Turn, naming: Naming | None) -> Turn:
    if naming is None or turn.speaker is not None:
        return turn
    # `A1` is no answer where it is short for `Audience 1`.
    kind = (
        None
        if turn.kind is TurnKind.ANSWER and not is_answer_label(naming.name) and _is_numbered(naming)
        else turn.kind
    )
    return replace(turn, speaker=naming.name, kind=kind)


def _is_numbered(naming: Naming) -> bool:
    return naming.name[-1:].isdigit() and naming.label[-1:].isdigit()


def _namings(labels: Sequence[str], stated: Sequence[SpeakerStatement], file_name: str) -> Iterator[Naming]:
    declared = {label: parts for label in labels if (parts := declared_initials(label))}
    by_initials: dict[str, set[str]] = {}
    for name, aside in declared.values():
        by_initials.setdefault(label_key(aside), set()).add(name)
    listed = [each.name for each in stated if each.name][:_MOST_PEOPLE]
    printed = [name for name, _ in declared.values()]
    printed += [label for label in labels if label not in declared and _is_full_name(label)]
    printed = printed[:_MOST_PEOPLE]
    for label in labels:
        if label in declared:
            yield Naming(label, declared[label][0], "the label itself")
        elif len(names := by_initials.get(label_key(label), set())) == 1:
            yield Naming(label, next(iter(names)), "initials declared beside the full name")
        elif (numbered := _numbered(label, labels)) is not None:
            yield Naming(label, numbered, "a label of this file")
        elif not is_speaker_word(label):
            yield from _by_name(label, printed, listed)
    yield from _by_role(labels, stated)
    yield from _by_office(labels, file_name)


def _is_full_name(label: str) -> bool:
    return len(label.split()) > 1 and is_person(label) and is_name_shaped(label) and not is_speaker_word(label)


def _numbered(label: str, labels: Sequence[str]) -> str | None:
    """Return `Audience 1` for `A1` if the file prints both."""
    short = _SHORT_NUMBERED.fullmatch(label)
    if short is None:
        return None
    found = [
        other
        for other in labels[:_MOST_PEOPLE]
        if other != label and label_key(other)[:1] == label_key(label)[:1] and _ends_in(other, short[1])
    ]
    return found[0] if len(found) == 1 else None


def _ends_in(label: str, number: str) -> bool:
    word, _, last = label.rpartition(" ")
    return last == number and len(word) > 1


def _by_name(label: str, printed: Sequence[str], listed: Sequence[str]) -> Iterator[Naming]:
    if not is_person(label) or len(label.split()) > 1:
        return
    for names, where in ((printed, "a label of this file"), (listed, "the file's list of speakers")):
        full = _unique(name for name in names if len(name.split()) > 1 and _stands_for(label, name))
        if full:
            yield Naming(label, full, where)
            return
        # Two people could be meant.
        if full is None:
            return


def _unique(names: Iterator[str]) -> str | None:
    """Return the one name among these, an empty string for none, None for several."""
    found = {label_key(name): name for name in names}
    if len(found) > 1:
        return None
    return next(iter(found.values()), "")


def _stands_for(label: str, name: str) -> bool:
    words, key = label_key(name).split(), label_key(label)
    if key in {words[0], words[-1]} and len(key) > 1:
        return True
    letters = label.replace(".", "")
    # One letter could be anybody's. Initials are capitals, but for particles (AvW, JVdJ).
    return 1 < len(letters) <= _MAX_INITIALS and letters[-1].isupper() and label_key(letters) in initials_of(name)


def _by_role(labels: Sequence[str], stated: Sequence[SpeakerStatement]) -> Iterator[Naming]:
    """Name the person behind `A:` or `Interviewer:` if the file lists exactly one of that role."""
    for role in ("interviewee", "interviewer", "moderator"):
        mine = [label for label in labels if stated_role(label) == role]
        people = [each for each in stated if each.name and each.role == role]
        if not people and role == "interviewee" and not any(each.role for each in stated):
            people = [each for each in stated if each.name]
        if len(people) == 1 and len({label_key(label) for label in mine}) == 1 and people[0].name:
            for label in mine:
                yield Naming(label, people[0].name, f"the only {role} that the file lists")


def _by_office(labels: Sequence[str], file_name: str) -> Iterator[Naming]:
    """Name the holder of an office (`THE PRESIDENT`) after the file, if it has one such label and one name."""
    offices = [label for label in labels if _OFFICE.fullmatch(label_key(label))]
    if len({label_key(label) for label in offices}) != 1:
        return
    person = person_in_file_name(file_name)
    if person:
        for label in offices:
            yield Naming(label, person, "the name of the file")


def person_in_file_name(file_name: str) -> str | None:
    """Return the full name in a file name that also has a date, such as `1961-11-08__John F. Kennedy.txt`."""
    parts = [part.strip(" _") for part in _FILE_NAME_PARTS.split(PurePath(file_name).stem)]
    names = [part for part in parts if len(part.split()) > 1 and is_name_shaped(part)]
    dated = any(any(character.isdigit() for character in part) for part in parts)
    return names[0] if len(names) == 1 and dated else None


def expected_names(stated: Collection[SpeakerStatement], others: Collection[str]) -> list[str]:
    """List the names that may occur as labels: the stated speakers, then everybody else whom the file mentions."""
    return list(dict.fromkeys([*(each.name for each in stated if each.name), *others]))
