"""Finds out who is behind a label: `AJ` is the `Adam Jonas (AJ)` of the same file, `ROE` the only `IDA ROE, HOST`.

Only what the file itself prints counts, and a label that could mean two people stays as it is.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.transcripts.label_forms import (
    is_full_name,
    is_office,
    is_titled,
    joint_names,
    label_form,
    title_of,
    without_title,
)
from app.transcripts.labels import (
    declared_initials,
    initial_tiers,
    is_answer_label,
    is_name_shaped,
    is_person,
    label_key,
    names_nobody,
    stated_role,
)
from app.transcripts.marks import mark_roles
from app.transcripts.mentioned import person_in_file_name
from app.transcripts.misprints import is_misprint, misprinted
from app.transcripts.transcript import Ledger, SpeakerStatement, Turn, TurnKind

_MAX_INITIALS = 5
# Names among which a label is searched for, at most. No conversation has more speakers.
_MOST_PEOPLE = 500
_OFFICE = re.compile(
    r"the\.? (?:vice )?(?:president|prime minister|chancellor|secretary|premier|minister|governor|king|queen)"
)
_SHORT_NUMBERED = re.compile(r"[^\W\d_]{1,3}(\d{1,2})")


@dataclass(frozen=True)
class Naming:
    """A label, the name that it stands for, and the evidence for it in the file."""

    label: str
    name: str
    evidence: str


@dataclass(frozen=True)
class _People:
    """Who is named in a file: names that labels print, names that it lists, and what initials are declared for whom.

    `once` are the keys of the full names that stand at one turn only, and are too little for a first name alone.
    `beside` are pairs of folded names of turns in a row, of which neither person is the other.
    """

    printed: tuple[str, ...]
    listed: tuple[str, ...]
    by_initials: dict[str, set[str]]
    titles: dict[str, set[str]]
    once: frozenset[str]
    beside: frozenset[tuple[str, str]]


def name_speakers(
    turns: Sequence[Turn], stated: Sequence[SpeakerStatement], file_name: str = "", *, captions: bool = False
) -> tuple[list[Turn], list[Naming]]:
    """Set Turn.speaker where the file says who is behind a label; also return all namings, in order.

    In captions, a full name at a single cue is not enough to be that of everybody with the same first name.
    """
    labels = list(dict.fromkeys(turn.label for turn in turns if turn.label))
    if len(labels) > 4 * _MOST_PEOPLE:
        return list(turns), []
    declared = {label_key(parts[1]) for label in labels if (parts := declared_initials(label))}
    marks = mark_roles(turns, [each.name for each in stated if each.name])
    # `P` is no mark of a question where the file has a `Patrick (P)`.
    if any(label_key(label) in declared for label in marks):
        marks = {}
    spoken = [turn.label for turn in turns if turn.label]
    once = [label for label, count in Counter(spoken).items() if count == 1] if captions else []
    people = _people_of(labels, marks, stated, frozenset(map(key_of, once)), _beside(spoken))
    found = _namings(labels, stated, file_name, people, marks)
    namings = {naming.label: naming for naming in found}
    known = {key_of(each.name) for each in stated if each.name}
    # Initials count for the name that they stand for.
    names = {label: namings[label].name if label in namings else label_form(label).name for label in labels}
    for wrong, right in misprinted([names[label] for label in spoken], known).items():
        for label in labels:
            if names[label] == wrong:
                namings[label] = Naming(label, right, f"a misprint of {right!r}")
    named = [_named(turn, namings.get(turn.label)) if turn.label else turn for turn in turns]
    return named, list(namings.values())


def name_and_remark(
    turns: Sequence[Turn],
    stated: Sequence[SpeakerStatement],
    file_name: str,
    ledger: Ledger,
    *,
    captions: bool = False,
) -> list[Turn]:
    """Set Turn.speaker where the file says who is behind a label, and remark on each label that is another name."""
    named, namings = name_speakers(turns, stated, file_name, captions=captions)
    first_use = {turn.label: turn.source_start for turn in reversed(named) if turn.label}
    for naming in namings:
        if naming.label != naming.name:
            ledger.remark(
                "several-names",
                f"{naming.label!r} was taken to be {naming.name!r}, by {naming.evidence}",
                first_use[naming.label],
            )
    return named


def key_of(name: str) -> str:
    """Return what all printings of a name share: no title, no description, no case, no accents."""
    return label_key(without_title(label_form(name).name))


def _named(turn: Turn, naming: Naming | None) -> Turn:
    if naming is None or turn.speaker is not None:
        return turn
    # `A1` is no answer where it is short for `Audience 1`, and `MC` no moderator where it is short for Max Corvin.
    kind = (
        None
        if turn.kind is TurnKind.ANSWER and not is_answer_label(naming.name) and _is_numbered(naming)
        else turn.kind
    )
    return replace(turn, speaker=naming.name, kind=kind)


def _is_numbered(naming: Naming) -> bool:
    return naming.name[-1:].isdigit() and naming.label[-1:].isdigit()


def _namings(
    labels: Sequence[str],
    stated: Sequence[SpeakerStatement],
    file_name: str,
    people: _People,
    marks: Mapping[str, str],
) -> Iterator[Naming]:
    apart = {*marks, *_told_apart_by_origin(labels)}
    unnamed = []
    for label in labels:
        naming = None if label in apart else _naming_of(label, labels, people)
        if naming is None:
            unnamed.append(label)
        elif naming.name != label:
            yield naming
    yield from _by_role(unnamed, [*stated, *_with_roles(labels, people)], marks)
    yield from _by_office(unnamed, file_name)


def _told_apart_by_origin(labels: Sequence[str]) -> Iterator[str]:
    """Yield labels that differ only in where somebody is from: `Mr. Roe of Ohio` and `Mr. Roe of Utah` are two."""
    origins: dict[str, dict[str, str]] = {}
    for label in labels:
        form = label_form(label)
        if form.office and form.office.startswith(("of ", "from ", "vom ", "aus ")):
            origins.setdefault(label_key(form.name), {})[label] = label_key(form.office)
    for found in origins.values():
        if len(set(found.values())) > 1:
            yield from found


def _beside(spoken: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Return the names that follow one another twice, as two people do: who goes on has the same label again."""
    keys = {label: key_of(label) for label in set(spoken)}
    pairs = Counter(tuple(sorted((keys[before], keys[after]))) for before, after in pairwise(spoken) if before != after)
    return frozenset((one, other) for (one, other), count in pairs.items() if count > 1)


def _people_of(
    labels: Sequence[str],
    marks: Collection[str],
    stated: Sequence[SpeakerStatement],
    once: frozenset[str],
    beside: frozenset[tuple[str, str]],
) -> _People:
    apart = {*marks, *_told_apart_by_origin(labels)}
    labels = [label for label in labels if label not in apart]
    listed = tuple(each.name for each in stated if each.name)[:_MOST_PEOPLE]
    by_initials: dict[str, set[str]] = {}
    titles: dict[str, set[str]] = {}
    printed: dict[str, str] = {}
    capitals = {label_key(label) for label in labels if label.isupper() and " " not in label}
    for label in labels:
        name = _name_in(label, listed)
        if name is None:
            continue
        # A magazine or a band may have initials too: `Harbor Notes:`, then `HN:`.
        shortened = len(name.split()) > 1 and initial_tiers(name)[0] in capitals
        if (is_full_name(name) or shortened) and not joint_names(label):
            # Of two printings the one without a title is the better name.
            key = key_of(name)
            if key not in printed or title_of(printed[key]):
                printed[key] = name
        if (declared := declared_initials(label)) and not joint_names(label) and _is_short(declared[1]):
            by_initials.setdefault(label_key(declared[1]), set()).add(name)
        if title := title_of(name):
            titles.setdefault(label_key(name.split()[-1]), set()).add(title)
    return _People(
        tuple(printed.values())[:_MOST_PEOPLE], listed, by_initials, titles, once - set(map(key_of, listed)), beside
    )


def _is_short(aside: str) -> bool:
    return (
        len(aside.split()) == 1 and len(aside) <= 2 * _MAX_INITIALS and stated_role(aside) is None
    ) or aside.isupper()


def _name_in(label: str, listed: Sequence[str]) -> str | None:
    """Return the name that a label itself prints, without what is said about the person; None if there is none."""
    if joint := joint_names(label):
        return _joined(label, joint)
    form = label_form(label)
    aside = form.aside
    if aside and is_full_name(aside) and not is_full_name(form.name):
        known = any(label_key(aside) == label_key(name) for name in listed)
        # `Senator QUILL (South Bay)` is Quill, `The Minister for Ferries (Oskar Venn)` is Venn.
        is_post = is_office(form.name) and not is_titled(form.name)
        if known or is_post or names_nobody(form.name) or not (is_name_shaped(form.name) or is_titled(form.name)):
            return aside
    if names_nobody(form.name) and not form.aside:
        return None
    return form.name


def _naming_of_joint(label: str, parts: Sequence[str], labels: Sequence[str], people: _People) -> Naming:
    """Name each of the people who speak together: `JB & TV` are `Jens and Tor` where the file says so."""
    namings = [_naming_of(part, labels, people) for part in parts]
    names = [naming.name if naming else part for naming, part in zip(namings, parts, strict=True)]
    return Naming(label, label if names == list(parts) else " and ".join(names), "the label itself")


def _joined(label: str, parts: Sequence[str]) -> str:
    """Return a joint label without what stands in brackets: `Ulf (UB) and Greta (GM)` are `Ulf and Greta`."""
    names = [label_form(part).name for part in parts]
    return label if names == list(parts) else " and ".join(names)


def _naming_of(label: str, labels: Sequence[str], people: _People) -> Naming | None:
    if not is_person(label):
        return None
    if joint_names(label):
        return _naming_of_joint(label, joint_names(label), labels, people)
    # The initials of somebody in the file are that person, also where they are a word for a role (`MC`).
    if len(declared := people.by_initials.get(label_key(label), set())) == 1:
        return Naming(label, next(iter(declared)), "initials declared beside the full name")
    if (numbered := _numbered(label, labels)) is not None:
        return Naming(label, numbered, "a label of this file")
    name = _name_in(label, people.listed)
    if name is None:
        return _by_initials(label, people) if label.isupper() else None
    for names, where in ((people.printed, "a label of this file"), (people.listed, "the file's list of speakers")):
        full = _unique(other for other in names if _stands_for(name, other, people))
        # Two people could be meant.
        if full is None:
            break
        if full:
            return Naming(label, full, where if label_key(name) == label_key(label) else "the label itself")
    return _by_initials(label, people) or (Naming(label, name, "the label itself") if name != label else None)


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


def _unique(names: Iterator[str]) -> str | None:
    """Return the one name among these, an empty string for none, None for several; of a name and its misprints the
    first.
    """
    found = {key_of(name): name for name in names}
    first = next(iter(found), "")
    if len(found) > 1 and not all(key == first or is_misprint(key, first) for key in found):
        return None
    return found.get(first, "")


def _stands_for(name: str, full: str, people: _People) -> bool:
    """Whether a name is short for a full name, or another printing of it."""
    key, whole = key_of(name), key_of(full)
    if key == whole:
        return name != full
    words = [word.strip("\"“”'‘’()") for word in whole.split()]
    if len(words) > 2 and key in words[1:-1] and not set(whole.split()) & {key}:
        # `Robert "Bob" Roe` is Bob.
        return True
    if len(words) < 2 or len(key) < 2:
        return False
    title, full_title = title_of(name), title_of(full)
    if title:
        # `Mr. Venn` and `Mrs. Venn` are two people, and either could be Toni Venn.
        titles = people.titles.get(key.split()[-1], set())
        return key == words[-1] and (len(titles) == 1 or title == full_title) and full_title in {None, title}
    first, *others = key.split()
    if len(first) == 1 and others == words[1:]:
        return first == words[0][0]
    # Two who alternate are two people, however much their names have in common.
    alternate = tuple(sorted((key, whole))) in people.beside
    return not alternate and (key == words[-1] or (key == words[0] and whole not in people.once))


def _by_initials(label: str, people: _People) -> Naming | None:
    """Name the person whose initials these are: first whose they are exactly, then whose some of them are."""
    letters = label.replace(".", "").replace(" ", "")
    # One letter could be anybody's. Initials are capitals, but for particles (AvW, JVdJ).
    if not (1 < len(letters) <= _MAX_INITIALS and letters[-1].isupper() and is_person(label)):
        return None
    for names, where in ((people.printed, "a label of this file"), (people.listed, "the file's list of speakers")):
        tiers = [(name, initial_tiers(without_title(name))) for name in names if len(without_title(name).split()) > 1]
        for tier in range(3):
            full = _unique(name for name, mine in tiers if mine[tier] == label_key(letters))
            if full is None:
                return None
            if full:
                return Naming(label, full, where)
    return None


def _with_roles(labels: Sequence[str], people: _People) -> Iterator[SpeakerStatement]:
    """Yield the people beside whose names a label states a role: `Moderator Anna Holm`, `Ida Roe (host)`."""
    found = {(_name_in(label, people.listed), role) for label in labels if (role := label_form(label).role)}
    yield from (SpeakerStatement(name=name, role=role) for name, role in sorted(found, key=str) if name)


def _by_role(labels: Sequence[str], stated: Sequence[SpeakerStatement], marks: Mapping[str, str]) -> Iterator[Naming]:
    """Name the person behind `A:` or `Interviewer:` if the file lists exactly one of that role."""
    for role in ("interviewee", "interviewer", "moderator"):
        mine = [label for label in labels if (marks.get(label) or stated_role(label)) == role]
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


def expected_names(stated: Collection[SpeakerStatement], others: Collection[str]) -> list[str]:
    """List the names that may occur as labels: the stated speakers, then everybody else whom the file mentions."""
    return list(dict.fromkeys([*(each.name for each in stated if each.name), *others]))
