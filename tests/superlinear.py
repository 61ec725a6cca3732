"""Finds regular expressions whose time grows faster than the text: two loops that can share the same characters.

A pattern becomes an automaton with one state for each of its character sets. It is superlinear if, with one text, it
can stay in one loop, go from it into a second one, and stay there, and if something behind the second loop can fail:
then every way to divide the text between the loops is tried. A search is a loop in front of the pattern. Loops inside
loops that can divide one text in several ways are exponential.

What this does not see: conditions in the middle of a pattern, which may forbid what it fears, and how often a pattern
is tried at places that the program chooses. Counted repetitions are no loops, however large their number.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

# Private, and nothing else says what a pattern consists of.
parser: Any = import_module("re._parser")
compiler: Any = import_module("re._compiler")
sre: Any = import_module("re._constants")

# Characters that stand for all others, beside those that a pattern names.
_SAMPLES = [
    *map(chr, range(128)),
    *"\u0085\u00a0\u2007\u2028\u202f\u3000\ufeff\u200b²٣½éßÉŽжЖ中のب한ˈ_’“”«»…–—¿¡：？。！【】（）＞♪№\U0001f600",
]
_CHARACTERS = frozenset((sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY))
_REPEATS = frozenset((sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT))
_WHOLE = 0
_START = 0


@dataclass
class _Part:
    """A part of a pattern: whether it can match nothing, and the states with which it begins and ends."""

    nullable: bool
    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Place:
    """Where a part stands: the scopes around it, and those of them in which something behind it can fail.

    What is optional or repeated, and an alternative beside one that cannot fail, is a scope: if a part of it fails,
    nothing outside is tried again.
    """

    around: tuple[int, ...] = (_WHOLE,)
    fails: frozenset[int] = frozenset()
    possessive: bool = False


class _Automaton:
    def __init__(self, pattern: re.Pattern[str], method: str) -> None:
        self.follow: list[Counter[int]] = [Counter()]
        self.places = [_Place()]
        self.flags = pattern.flags & (re.IGNORECASE | re.DOTALL | re.MULTILINE)
        self.scopes = 1
        self._kept: dict[str, frozenset[str]] = {}
        items: list[Any] = list(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))
        named = {chr(value) for value in _literals(items)}
        self.samples = sorted({*_SAMPLES, *named, *map(str.swapcase, named)})
        self.sets = [frozenset(self.samples)]
        if method == "search":
            self.connect({_START}, {_START})
            items = self.with_characters_before(items)
        at_end = frozenset({_WHOLE}) if method == "fullmatch" else frozenset[int]()
        self.connect({_START}, self.sequence(items, _Place(fails=at_end)).first)

    def with_characters_before(self, items: list[Any]) -> list[Any]:
        """Put what a leading condition says of the character before in front of a pattern, as part of it."""
        if not items:
            return items
        (what, value), *rest = items
        if what is sre.SUBPATTERN and (not rest or len(value[3]) == 1):
            return self.with_characters_before([*value[3], *rest])
        if what is sre.BRANCH and not rest:
            return [(sre.BRANCH, (None, [self.with_characters_before(list(branch)) for branch in value[1]]))]
        if what is sre.AT and value is sre.AT_BEGINNING and self.flags & re.MULTILINE:
            return [(sre.LITERAL, ord("\n")), *rest]
        if what is sre.AT and value is sre.AT_BOUNDARY and rest:
            begins = self.begins(rest)
            if begins and all(map(_is_word, begins)):
                return [(sre.IN, [(sre.CATEGORY, sre.CATEGORY_NOT_WORD)]), *rest]
        if what is sre.AT and value in {sre.AT_BEGINNING, sre.AT_BEGINNING_STRING}:
            return []
        if what is sre.ASSERT and value[0] < 0:
            return [*value[1], *rest]
        if what is sre.ASSERT_NOT and value[0] < 0 and len(value[1]) == 1 and value[1][0][0] in {sre.IN, sre.LITERAL}:
            kind, within = value[1][0]
            parts = within if kind is sre.IN else [value[1][0]]
            negated = parts[0][0] is sre.NEGATE
            return [(sre.IN, parts[1:] if negated else [(sre.NEGATE, None), *parts]), *rest]
        return items

    def begins(self, items: Sequence[Any]) -> frozenset[str]:
        """Return the characters with which a match of items begins; none if it can match nothing."""
        kept = len(self.sets)
        part = self.sequence(items, _Place())
        found = frozenset[str]().union(*(self.sets[state] for state in part.first))
        del self.sets[kept:], self.follow[kept:], self.places[kept:]
        return frozenset() if part.nullable else found

    def connect(self, last: Iterable[int], first: Iterable[int]) -> None:
        for state in last:
            self.follow[state].update(first)

    def state(self, characters: frozenset[str], place: _Place) -> _Part:
        self.sets.append(characters)
        self.follow.append(Counter())
        self.places.append(place)
        made = len(self.sets) - 1
        return _Part(nullable=False, first={made}, last={made})

    def scope(self, place: _Place) -> _Place:
        self.scopes += 1
        return replace(place, around=(*place.around, self.scopes))

    def sequence(self, items: Sequence[Any], place: _Place) -> _Part:
        behind = [place]
        for item in reversed(items):
            last = behind[-1]
            behind.append(replace(last, fails=last.fails | {last.around[-1]}) if _can_fail(item) else last)
        whole = _Part(nullable=True)
        for item, its_place in zip(items, reversed(behind[:-1]), strict=True):
            whole = self.joined(whole, self.item(item, its_place))
        return whole

    def joined(self, before: _Part, after: _Part) -> _Part:
        self.connect(before.last, after.first)
        return _Part(
            before.nullable and after.nullable,
            before.first | (after.first if before.nullable else set()),
            after.last | (before.last if after.nullable else set()),
        )

    def item(self, item: tuple[Any, Any], place: _Place) -> _Part:
        what, value = item
        if what in _CHARACTERS:
            return self.state(self.characters(item), place)
        if what is sre.SUBPATTERN:
            return self.sequence(value[3], place)
        if what is sre.ATOMIC_GROUP:
            return self.sequence(value, replace(place, possessive=True))
        if what is sre.BRANCH:
            return self.branches(value[1], place)
        if what is sre.GROUPREF_EXISTS:
            return self.branches([value[1], value[2] or []], place)
        if what in {sre.ASSERT, sre.ASSERT_NOT} and value[0] > 0:
            ahead = replace(place, fails=place.fails | {place.around[-1]})
            return _Part(nullable=True, first=self.sequence(value[1], ahead).first)
        if what in _REPEATS:
            least, most, body = value
            held = place.possessive or what is sre.POSSESSIVE_REPEAT
            return self.repeat(least, most, body, replace(place, possessive=held))
        if what is sre.GROUPREF:
            return self.state(frozenset(self.samples), place)
        return _Part(nullable=True)

    def branches(self, branches: Sequence[Sequence[Any]], place: _Place) -> _Part:
        escapes = not all(any(map(_can_fail, branch)) for branch in branches)
        parts = [self.sequence(branch, self.scope(place) if escapes else place) for branch in branches]
        return _Part(
            any(part.nullable for part in parts),
            set[int]().union(*(part.first for part in parts)),
            set[int]().union(*(part.last for part in parts)),
        )

    def repeat(self, least: int, most: Any, body: Sequence[Any], place: _Place) -> _Part:
        single = len(body) == 1 and body[0][0] in _CHARACTERS
        whole = self.sequence(body, place) if least and not (single and most is sre.MAXREPEAT) else _Part(nullable=True)
        if most is sre.MAXREPEAT:
            loop = self.sequence(body, place if single else self.scope(place))
            self.connect(loop.last, loop.first)
            return self.joined(whole, _Part(loop.nullable or not (single and least), loop.first, loop.last))
        if most > least:
            again = self.sequence(body, self.scope(place))
            whole = self.joined(whole, _Part(True, again.first, again.last))
        return whole

    def characters(self, item: tuple[Any, Any]) -> frozenset[str]:
        key = repr(item)
        if key not in self._kept:
            tree = parser.SubPattern(parser.State(), [item])
            tree.state.str = ""
            one = compiler.compile(tree, self.flags)
            self._kept[key] = frozenset(each for each in self.samples if one.fullmatch(each))
        return self._kept[key]


def _literals(items: Any) -> Iterable[int]:
    """Yield the characters that a parsed pattern names, with both ends of ranges."""
    for item in items if isinstance(items, (list, tuple, parser.SubPattern)) else ():
        if isinstance(item, tuple) and len(item) == 2 and item[0] in {sre.LITERAL, sre.NOT_LITERAL}:
            yield item[1]
        elif isinstance(item, tuple) and len(item) == 2 and item[0] is sre.RANGE:
            yield from item[1]
        else:
            yield from _literals(item)


def _can_fail(item: tuple[Any, Any]) -> bool:
    """Whether an item can fail: it has to match something, or tests a condition."""
    what, value = item
    if what in _REPEATS:
        return bool(value[0]) and any(map(_can_fail, value[2]))
    if what is sre.SUBPATTERN:
        return any(map(_can_fail, value[3]))
    if what is sre.ATOMIC_GROUP:
        return any(map(_can_fail, value))
    if what is sre.BRANCH:
        return all(any(map(_can_fail, branch)) for branch in value[1])
    if what is sre.GROUPREF_EXISTS:
        return any(map(_can_fail, value[1])) and any(map(_can_fail, value[2] or []))
    return True


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def superlinear(pattern: re.Pattern[str], method: str) -> str | None:
    """Say how a pattern is superlinear when it is used by `match`, `fullmatch` or `search`; None if it is not."""
    made = _Automaton(pattern, method)
    reach = _reach(made.follow)
    group_of = {
        state: min(other for other in reach[state] if state in reach[other])
        for state in range(len(reach))
        if state in reach[state]
    }
    for state, follow in enumerate(made.follow):
        for following, ways in follow.items():
            in_one_loop = state in group_of and group_of[state] == group_of.get(following)
            if ways > 1 and in_one_loop and made.places[state].fails and not made.places[state].possessive:
                return f"a loop in a loop over {_shown(made.sets[following])}"
    for state, group in group_of.items():
        place = made.places[state]
        for other in reach[state] & group_of.keys() - {state}:
            if place.possessive or made.places[other].fails.isdisjoint(place.around):
                continue
            if made.sets[state].isdisjoint(made.sets[other]):
                continue
            if _shares(made, group_of, (state, group), (other, group_of[other])):
                first = "the search" if state == _START else f"a loop over {_shown(made.sets[state])}"
                return f"{first} and a loop over {_shown(made.sets[other])}"
    return None


def _reach(follow: Sequence[Counter[int]]) -> list[set[int]]:
    """Return which states can come after each state."""
    reach = []
    for state in range(len(follow)):
        seen, left = set[int](), list(follow[state])
        while left:
            at = left.pop()
            if at not in seen:
                seen.add(at)
                left += follow[at]
        reach.append(seen)
    return reach


def _shares(made: _Automaton, group_of: dict[int, int], one: tuple[int, int], two: tuple[int, int]) -> bool:
    """Whether one text leads from a state back to it, from it to another one, and from the other one back to that."""
    start, goal = (one[0], one[0], two[0]), (one[0], two[0], two[0])
    seen, left = {start}, deque([start])
    while left:
        first, middle, last = left.popleft()
        for a in made.follow[first]:
            if group_of.get(a) != one[1]:
                continue
            for c in made.follow[last]:
                both = made.sets[a] & made.sets[c] if group_of.get(c) == two[1] else frozenset[str]()
                for b in made.follow[middle] if both else ():
                    if (a, b, c) not in seen and both & made.sets[b]:
                        if (a, b, c) == goal:
                            return True
                        seen.add((a, b, c))
                        left.append((a, b, c))
    return False


def _shown(characters: frozenset[str]) -> str:
    shown = sorted(characters, key=lambda each: (not each.isalnum(), each))
    return repr("".join(shown[:6])) + (" ..." if len(shown) > 6 else "")
