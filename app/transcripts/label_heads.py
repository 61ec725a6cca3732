"""Finds labels with lines of their own and no time, or a misprinted one: the whole file has to show that they are some.

label_lines finds those with a time, and says what each line could be.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.transcripts.label_decision import Outcome, Verdict
from app.transcripts.labels import is_speaker_word, label_key
from app.transcripts.moments import Moment
from app.transcripts.text_lines import LineKind, TextLine

SPACE = " \t\u00a0\u2007\u202f\u3000"
# Characters of a line with a name and a time, or with one of them, at most.
LONGEST_LINE = 180
# Layouts in which words follow on the line of the label: after a colon, or after a dash.
WITH_WORDS = frozenset({"words beside", "words behind"})
# A time that is misprinted: `00:0012`, `00;00:15`, `0O:00:20`.
_SPOILED = r"(?=[^\d\n]{0,2}\d)[(\[<]?[\dOol][\dOol:;.,]{1,12}[)\]>]?"
_SPOILED_LINE = re.compile(rf"[{SPACE}]{{0,4}}{_SPOILED}[{SPACE}]{{0,4}}")
# Names that are searched for, at most.
_MOST_NAMES = 200
# Names without a time, and the share of paragraphs that begin with one and of names that recur, at least.
_MIN_ALONE = 4
_NEARLY_ALL = 0.8
_WORD = re.compile(r"[^\W\d_]+")
_ARTICLES = frozenset(("the", "a", "an", "der", "die", "das", "le", "la", "el", "il"))


@dataclass(frozen=True, slots=True)
class Part:
    """A name, a time or both at the start of a line, where the rest of the line begins, and whether nothing is left."""

    name: tuple[int, int] | None
    moment: Moment | None
    rest: int
    is_whole: bool = True
    layout: str = "words beside"


@dataclass(frozen=True, slots=True)
class Head:
    """The lines that a label takes, as indexes in a list of lines with text."""

    layout: str
    first: int
    last: int
    name: tuple[int, int]
    moment: Moment | None
    speech: int


def misprinted_times(text: str, shown: Sequence[TextLine], heads: Sequence[Head]) -> Iterator[Head]:
    """Yield the labels of a file whose labels have a time where this time is misprinted, or missing."""
    names = {text[slice(*head.name)] for head in heads if head.layout not in WITH_WORDS}
    if not names or len(names) > _MOST_NAMES:
        return
    name = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(
        rf"[*_\[{SPACE}]{{0,4}}(?:{_SPOILED}[{SPACE}-]{{1,4}})?(?P<name>{name})(?P<after>[{SPACE}*_\]:|,-]{{0,6}}{_SPOILED})?"
        rf"[*_\]:{SPACE}]{{0,6}}"
    )
    taken = {index for head in heads for index in range(head.first, head.last + 1)}
    for index, line in enumerate(shown[:-1]):
        match = (
            None if index in taken else pattern.fullmatch(text, line.start, min(line.end, line.start + LONGEST_LINE))
        )
        if match is None:
            continue
        last = index
        if _SPOILED_LINE.fullmatch(text, shown[index + 1].start, shown[index + 1].end):
            last = index + 1
        elif not line.begins_paragraph and not match["after"] and match.start("name") == match.start():
            continue
        yield Head("spoiled", index, last, match.span("name"), None, shown[last].end)


def names_alone(text: str, shown: Sequence[TextLine], parts: Sequence[Sequence[Part]]) -> list[Head]:
    """Return the names that stand alone on the first line of nearly every paragraph, without any time.

    Headings do so too. Names recur, take turns, and are not also words of the text.
    """
    openings = [index for index, line in enumerate(shown) if line.begins_paragraph]
    heads = [
        Head("alone", index, index, part.name, None, part.rest)
        for index in openings
        for part in parts[index]
        if part.name and not part.moment and index + 1 < len(shown) and not shown[index + 1].begins_paragraph
    ]
    names = [label_key(text[slice(*head.name)]) for head in heads]
    counts = Counter(names)
    if len(heads) < _MIN_ALONE or len(counts) < 2 or len(heads) < _NEARLY_ALL * len(openings):
        return []
    changes = sum(before != after for before, after in pairwise(names))
    recurring = sum(count for count in counts.values() if count > 1)
    small = {word for word in _WORD.findall(text) if word.islower()}
    common = [name for name in counts if _is_common(name, small)]
    if recurring < _NEARLY_ALL * len(heads) or 2 * changes < len(heads) - 1 or common:
        return []
    return heads


def names_apart(text: str, shown: Sequence[TextLine], parts: Sequence[Sequence[Part]]) -> list[Head]:
    """Return the names that are paragraphs of their own above the paragraphs of speech, without any time.

    At least two of them recur and take turns. What stands alone like them and does not recur is a heading, or somebody
    who speaks once: below it, the speaker is in doubt.
    """
    alone = [
        (index, part)
        for index, line in enumerate(shown[:-1])
        if line.begins_paragraph and shown[index + 1].begins_paragraph and line.label is None
        for part in parts[index]
        if part.name and not part.moment and part.rest >= line.end
    ]
    names = {index: label_key(text[slice(*part.name)]) for index, part in alone if part.name}
    counts = Counter(names.values())
    small = {word for word in _WORD.findall(text) if word.islower()}
    heads = [
        Head("alone", index, index, part.name, None, part.rest)
        for index, part in alone
        if part.name
        and (is_speaker_word(names[index]) or (counts[names[index]] > 1 and not _is_common(names[index], small)))
        and index + 1 not in names
    ]
    found = [names[head.first] for head in heads]
    changes = sum(before != after for before, after in pairwise(found))
    recurring = {name for name in found if counts[name] > 1}
    if len(heads) < _MIN_ALONE or len(recurring) < 2 or 2 * changes < len(heads) - 1:
        return []
    capitals = all(text[slice(*head.name)].isupper() for head in heads)
    taken = {head.first for head in heads}
    for index, part in alone:
        if index in taken or index < heads[0].first or part.name is None or _is_common(names[index], small):
            continue
        name = text[slice(*part.name)]
        if name.isupper() == capitals and names[index].split()[0] not in _ARTICLES:
            shown[index].kind, shown[index].refused_label = LineKind.HEADING, name
            shown[index].verdict = Verdict(Outcome.DOUBT, "it stands alone as the names of the speakers do")
    return heads


def _is_common(name: str, small: Collection[str]) -> bool:
    return all(word in small or word in _ARTICLES for word in name.split())
