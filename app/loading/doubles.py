"""Finds speakers who may be one person, with what speaks for it and against it. Pure.

Only those are compared who share a key: a word of their names beside an initial of another one, such a word with a
letter left out or without its vowels, or a page. Of keys that many share, only neighbours in the order of names are
compared, so that the work grows with the number of speakers, and not with its square.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from rapidfuzz.distance import OSA

from app.loading.same_person import exclude_each_other, words_of_person
from app.text.folding import fold
from app.text.names import name_key

# Speakers who share a key and are all compared, at most; of more, each is with its nearest in the order of names.
_MAX_ALIKE, _NEIGHBOURS = 24, 6
# Names and aliases of a speaker, and words of each, that are compared at most.
_MAX_NAMES, _MAX_WORDS = 6, 6
# Letters of the longer of two words that may differ in one letter, and of the shorter of two that may differ in two.
_SHORTEST, _LONG = 4, 6
# Letters that are written in many ways when a name comes from another script or language.
_SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "f": "v", "w": "v", **dict.fromkeys("aeiouyjh")})
# Scores, from 0 to 100: of how alike two names are, and of what else speaks for or against it.
_SAME_WORDS, _OTHER_ORDER, _SPELLED, _INITIALS, _ONE_WORD, _SAME_FAMILY = 85, 75, 75, 60, 35, 15
_LETTER, _MORE_NAMES = 8, 5
_SAME_PAGE, _SAME_PLACE, _SAME_SERIES = 40, 15, 5
_SAME_INTERVIEW, _OTHER_PAGES, _UNDONE, _OTHER_PLACE, _BOTH_OFTEN, _SEVERAL = 60, 60, 60, 15, 10, 10
# Letters of scripts that write names without spaces.
_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Interviews from which on a spelling is hardly a slip.
_OFTEN = 3


@dataclass(frozen=True)
class ListedSpeaker:
    """A speaker who is compared with others."""

    id: str
    slug: str
    name: str
    aliases: Sequence[str] = ()
    same_as: frozenset[str] = frozenset()
    affiliations: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    interviews: frozenset[str] = frozenset()
    answers: int = 0


@dataclass
class Double:
    """Two speakers who may be one person; `first` is the one who answers more. `reasons` speak for it."""

    first: ListedSpeaker
    second: ListedSpeaker
    score: int
    reasons: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    # The one of the two whose name is short, and may be several people's.
    short_id: str | None = None


class _Alike(NamedTuple):
    score: int
    reason: str
    # Whether letters differ, as by a slip.
    is_spelling: bool = False
    # Whether the shorter name has initials, or one word, and may be several people's.
    is_short: bool = False


@dataclass
class _Compared:
    speaker: ListedSpeaker
    names: list[tuple[str, list[str]]]
    key: str


def find_doubles(
    speakers: Iterable[ListedSpeaker], distinct: Collection[frozenset[str]], undone: Mapping[frozenset[str], str]
) -> list[Double]:
    """Find likely doubles, the likeliest first.

    `distinct` are pairs of ids that are two people by an editor; `undone` are pairs whose merging was undone, and when.
    """
    compared = [_Compared(one, _names(one), name_key(one.name)) for one in speakers]
    compared.sort(key=lambda one: (one.key, one.speaker.id))
    pairs: set[tuple[int, int]] = set()
    for keys in (_pages, _whole_names, _words, _sounds, _without_a_letter):
        pairs.update(_pairs(compared, keys))
    found = []
    for first, second in sorted(pairs):
        ids = frozenset({compared[first].speaker.id, compared[second].speaker.id})
        if ids not in distinct:
            double = _judge(compared[first], compared[second], undone.get(ids))
            if double is not None:
                found.append(double)
    _weigh_short_names(found)
    found.sort(key=lambda one: (-one.score, -one.first.answers, -one.second.answers, one.first.slug, one.second.slug))
    return list(_without_what_follows(found))


def _weigh_short_names(doubles: Sequence[Double]) -> None:
    """Say of a short name, such as `J. Roe`, how many speakers with other names could be meant."""
    meant: dict[str, set[str]] = defaultdict(set)
    for double in doubles:
        if double.short_id is not None:
            other = double.second if double.short_id == double.first.id else double.first
            meant[double.short_id].add(name_key(other.name))
    for double in doubles:
        if double.short_id is not None and (count := len(meant[double.short_id])) > 1:
            double.score = max(0, double.score - _SEVERAL)
            double.against.append(f"{count} speakers could be meant by the shorter name")


def _without_what_follows(doubles: Iterable[Double]) -> Iterator[Double]:
    """Leave out pairs of one name who are both paired with another one of that name: of ten, nine pairs tell all."""
    leader: dict[str, str] = {}

    def lead(one: str) -> str:
        while leader.get(one, one) != one:
            one = leader[one]
        return one

    for double in doubles:
        first, second = lead(double.first.id), lead(double.second.id)
        if name_key(double.first.name) != name_key(double.second.name) or double.against:
            yield double
        elif first != second:
            leader[second] = first
            yield double


def _names(speaker: ListedSpeaker) -> list[tuple[str, list[str]]]:
    """Return the names of a speaker with their words, without what is no name of a person."""
    names = dict.fromkeys([speaker.name, *speaker.aliases])
    return [(name, words[:_MAX_WORDS]) for name in list(names)[:_MAX_NAMES] if (words := words_of_person(name))]


def _pairs(
    compared: Sequence[_Compared], keys: Callable[[_Compared], Iterator[tuple[str, ...]]]
) -> Iterator[tuple[int, int]]:
    """Yield the places of those who share a key."""
    sharing: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, one in enumerate(compared):
        for key in set(keys(one)):
            sharing[key].append(place)
    for places in sharing.values():
        if len(places) <= _MAX_ALIKE:
            yield from combinations(places, 2)
        else:
            for at, place in enumerate(places):
                yield from ((place, other) for other in places[at + 1 : at + 1 + _NEIGHBOURS])


def _pages(one: _Compared) -> Iterator[tuple[str, ...]]:
    yield from ((page,) for page in one.speaker.same_as)


def _whole_names(one: _Compared) -> Iterator[tuple[str, ...]]:
    yield from (tuple(sorted(words)) for _name, words in one.names)


def _words(one: _Compared) -> Iterator[tuple[str, ...]]:
    """Each word with each initial of another one; and the last word alone, which may be a family name."""
    for _name, words in one.names:
        yield (words[-1],)
        yield from _beside(words, lambda word: [word] if len(word) > 1 else [])


def _sounds(one: _Compared) -> Iterator[tuple[str, ...]]:
    for _name, words in one.names:
        yield from _beside(words, lambda word: [sound] if len(sound := _sound(word)) > 1 else [])


def _without_a_letter(one: _Compared) -> Iterator[tuple[str, ...]]:
    """The first and the last word, whole and with any letter left out: two words that differ in one share one."""
    for _name, words in one.names:
        ends = {words[0], words[-1]}
        yield from _beside(words, lambda word: _deletions(word) if word in ends else [])  # noqa: B023 - used at once


def _beside(words: Sequence[str], forms: Callable[[str], Sequence[str]]) -> Iterator[tuple[str, ...]]:
    for place, word in enumerate(words):
        initials = {other[0] for at, other in enumerate(words) if at != place} or {""}
        yield from ((form, initial) for form in forms(word) for initial in initials)


def _sound(word: str) -> str:
    sound = word.translate(_SOUNDS)
    return "".join(letter for at, letter in enumerate(sound) if at == 0 or letter != sound[at - 1])


def _deletions(word: str) -> list[str]:
    if len(word) < _SHORTEST - 1:
        return []
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]


def _judge(one: _Compared, other: _Compared, undone: str | None) -> Double | None:
    """Compare two speakers; None if nothing speaks for their being one person."""
    first, second = sorted((one.speaker, other.speaker), key=lambda each: (-each.answers, each.slug))
    alike = max(
        (_alike(name, other_name) for name in one.names for other_name in other.names), default=None, key=_score_of
    )
    if alike is None and _same_places(first, second):
        alike = _same_family(one, other)
    if alike is None and not first.same_as & second.same_as:
        return None
    reasons = [(alike.score, alike.reason)] if alike else []
    reasons += _evidence_for(first, second)
    against = list(_evidence_against(first, second, is_spelling=alike is not None and alike.is_spelling))
    if undone is not None:
        against.append((_UNDONE, f"they were merged, and that was undone on {undone}"))
    score = sum(points for points, _said in reasons) - sum(points for points, _said in against)
    said, said_against = ([one for _points, one in some] for some in (reasons, against))
    short = min((first, second), key=lambda one: len("".join(words_of_person(one.name)))) if _is_short(alike) else None
    return Double(first, second, max(0, min(100, score)), said, said_against, short.id if short else None)


def _evidence_for(first: ListedSpeaker, second: ListedSpeaker) -> Iterator[tuple[int, str]]:
    if pages := first.same_as & second.same_as:
        yield _SAME_PAGE, f"the same page is stated of both: {min(pages)}"
    if places := _same_places(first, second):
        yield _SAME_PLACE, f"the same affiliation: {min(places)}"
    if series := first.series & second.series:
        yield _SAME_SERIES, f"both are in the series {min(series)}"


def _evidence_against(first: ListedSpeaker, second: ListedSpeaker, *, is_spelling: bool) -> Iterator[tuple[int, str]]:
    if both := first.interviews & second.interviews:
        more = f" and {len(both) - 1} more" if len(both) > 1 else ""
        yield _SAME_INTERVIEW, f"both take part in {min(both)}{more}"
    if first.same_as and second.same_as and not first.same_as & second.same_as:
        yield _OTHER_PAGES, "other pages are stated of each"
    excluded = any(exclude_each_other(second.affiliations, place) for place in first.affiliations)
    if excluded and not _same_places(first, second):
        yield _OTHER_PLACE, "their affiliations have no word in common"
    if is_spelling and min(len(first.interviews), len(second.interviews)) >= _OFTEN:
        yield _BOTH_OFTEN, "each spelling stands in several interviews"


def _is_short(alike: _Alike | None) -> bool:
    return alike is not None and alike.is_short


def _score_of(alike: _Alike | None) -> int:
    return alike.score if alike else -1


def _same_places(first: ListedSpeaker, second: ListedSpeaker) -> set[str]:
    keys = {name_key(one) for one in second.affiliations} - {""}
    return {one for one in first.affiliations if name_key(one) in keys}


def _same_family(one: _Compared, other: _Compared) -> _Alike | None:
    """Whether two have one last word and first letter, as `Bill Roe` and `Bob Roe`: enough beside other reasons."""
    for _name, words in one.names:
        for _other_name, others in other.names:
            if min(len(words), len(others)) > 1 and (words[-1], words[0][0]) == (others[-1], others[0][0]):
                return _Alike(_SAME_FAMILY, f"the same family name and initial: {words[-1]}")
    return None


def _alike(one: tuple[str, list[str]], other: tuple[str, list[str]]) -> _Alike | None:
    """Say how two names are alike: each word of the shorter one is in the longer one, or its initial, or near it."""
    (name, words), (other_name, others) = one, other
    if words == others:
        # A given name alone is anybody's. Chinese, Japanese and Korean names have no spaces.
        is_full = len(words) > 1 or len(_WITHOUT_SPACES.findall(name)) > 1
        return _Alike(_SAME_WORDS if is_full else _ONE_WORD, _same_words(name, other_name))
    if sorted(words) == sorted(others):
        return _Alike(_OTHER_ORDER, f"the same words in another order: {name}, {other_name}")
    shorter, longer = sorted((words, others), key=len)
    matched = _match(shorter, longer)
    if matched is None:
        return None
    letters, initials = matched
    both = f"{name}, {other_name}"
    if len(shorter) == 1:
        # A given name alone is anybody's; a family name is that of few.
        if len(longer) > 1 and shorter[0] != longer[-1]:
            return None
        reason = f"a name alone is the last one of the other: {both}" if len(longer) > 1 else f"near names: {both}"
        return _Alike(_ONE_WORD - _LETTER * letters, reason, letters > 0, len(longer) > 1)
    more = _MORE_NAMES * (len(longer) - len(shorter))
    if initials:
        score = _INITIALS - more - _LETTER * letters
        return _Alike(score, f"full names and initials: {both}", letters > 0, True)
    if letters:
        counted = f"{letters} letter{'s' if letters > 1 else ''} differ{'' if letters > 1 else 's'}"
        script = " in other letters," if fold(name).isascii() != fold(other_name).isascii() else ""
        return _Alike(_SPELLED - more - _LETTER * letters, f"{script} {counted}: {both}".strip(), True)
    return _Alike(_SPELLED - more, f"one has more names: {both}")


def _same_words(name: str, other: str) -> str:
    if name == other:
        return f"the same name: {name}"
    if fold(name).isascii() != fold(other).isascii():
        return f"the same name in other letters: {name}, {other}"
    return f"the same words: {name}, {other}"


def _match(shorter: Sequence[str], longer: Sequence[str]) -> tuple[int, int] | None:
    """Match each word with one of the longer name, in order; return how many letters differ, and how many initials
    stand for names. None if a word has no match, or if only initials match.
    """
    letters = initials = full = at = 0
    for word in shorter:
        for place in range(at, len(longer)):
            other = longer[place]
            if len(word) == 1 or len(other) == 1:
                if word[0] == other[0]:
                    initials += len(word) != len(other)
                    break
            elif (distance := _distance(word, other)) is not None:
                letters += distance
                full += 1
                break
        else:
            return None
        at = place + 1
    is_end = len(shorter) == 1 or shorter[-1] == longer[-1] or _distance(shorter[-1], longer[-1]) is not None
    return (letters, initials) if full and is_end and letters <= 3 else None


def _distance(word: str, other: str) -> int | None:
    """Count the letters that differ between two words; None if these are too many for a slip."""
    if word == other:
        return 0
    shortest, longest = sorted((len(word), len(other)))
    farthest = 0 if longest < _SHORTEST else 2 if shortest >= _LONG else 1
    distance = int(OSA.distance(word, other, score_cutoff=farthest))
    return distance if distance <= farthest else None
