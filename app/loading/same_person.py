"""Who is the same person in several interviews. Pure.

A full name that is printed the same way is one person's throughout a corpus, unless something speaks against it: the
interview has two people of this name, other pages or offices are stated of them, or several people could be meant.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from app.text.folding import fold
from app.text.names import name_words
from app.transcripts.label_words import ABBREVIATIONS, NOT_PEOPLE, PARTICLES, ROLE_OF, UNNAMED

# Titles that stand before a family name alone, which many people have. Some are family names too.
_TITLE_WORDS = (
    "mister miss madam madame monsieur sir lady lord dame professor doctor king queen prince princess judge justice "
    "general colonel major captain lieutenant sergeant admiral bishop archbishop cardinal pope father mother brother "
    "sister rabbi imam sheikh reverend uncle aunt frau herr señor señora signor signora"
)
# Offices and parts in a conversation, which are nobody's name.
_OFFICE_WORDS = (
    "president vice prime minister premier chancellor secretary senator governor ambassador commissioner mayor council "
    "councillor councilman councilwoman congressman congresswoman representative member spokesman spokeswoman "
    "spokesperson director manager committee board staff press police department house office company team"
)
_TITLES = frozenset(map(fold, _TITLE_WORDS.split())) | {word.lower() for word in ABBREVIATIONS}
_NO_NAMES = frozenset(_OFFICE_WORDS.split()) | UNNAMED | NOT_PEOPLE | ROLE_OF.keys()
# Given names that are particles elsewhere: `Ben Carman`, `Joshua ben Levi`.
_GIVEN = frozenset({"ben", "al", "di"})
# Names that stand for anybody.
_ANYBODY = frozenset({"john doe", "jane doe", "joe bloggs", "max mustermann", "erika mustermann"})
# Words of an affiliation that say nothing of where somebody is.
_COMMON = frozenset({"the", "of", "and", "at", "for", "in", "a", "an", "de", "la", "le", "del", "der", "die", "und"})


@dataclass
class KnownPerson:
    """Somebody who is stored under a name, and what is stated of them anywhere."""

    id: str
    same_as: frozenset[str] = frozenset()
    affiliations: set[str] = field(default_factory=set)
    # Whether they take part in an interview of the series that is asked about.
    is_of_series: bool = False


def is_full_name(name: str) -> bool:
    """Whether a name has two words that are more than initials."""
    return len([word for word in name.split() if len(word.rstrip(".")) > 1]) > 1


def tells_a_person(name: str) -> bool:
    """Whether a name has a given and a family name, so that it hardly means two people: `Jane Roe`, not `Mr. Roe`,
    `Male Voice 12` or `Committee member`.
    """
    if any(character.isdigit() for character in name) or name.casefold() in _ANYBODY:
        return False
    words = _without_titles(name)
    if any(word[0].islower() and fold(word) not in PARTICLES for word in words):
        return False
    telling = [
        word
        for place, word in enumerate(map(fold, words))
        if len(word) > 1 and word not in _NO_NAMES and (word not in PARTICLES or (place == 0 and word in _GIVEN))
    ]
    return len(telling) > 1


def words_of_person(name: str) -> list[str]:
    """Return the words of a name in Latin letters, without titles; none of a part in a conversation, which is no name:
    `k` and `tokayev` for `President K. Tokayev`, none for `Male Voice 12`.
    """
    if any(character.isdigit() for character in name) or name.casefold() in _ANYBODY:
        return []
    words = _without_titles(name)
    while words and fold(words[0]) in _NO_NAMES:
        words = words[1:]
    latin = name_words(" ".join(words))
    return [] if any(len(word) > 1 and word in _NO_NAMES and word not in PARTICLES for word in latin) else latin


def _without_titles(name: str) -> list[str]:
    words = [stripped for word in name.split() if (stripped := word.strip(".,;:()\"'“”‘’"))]
    while words and fold(words[0]) in _TITLES:
        words = words[1:]
    return words


def find_same(
    known: Sequence[KnownPerson],
    name: str,
    same_as: Collection[str],
    affiliation: str | None,
    taken: Collection[str],
    *,
    is_alone: bool,
    across_series: bool,
) -> str | None:
    """Find who of those known under a full name it is; None if nobody, or if several could be.

    `taken` are others of the interview, `is_alone` whether nobody else there has the name. Within a series, offices
    may change.
    """
    possible = [one for one in known if one.id not in taken and not are_others(one.same_as, same_as)]
    if of_series := [one for one in possible if one.is_of_series]:
        return of_series[0].id
    if not (across_series and is_alone and tells_a_person(name)):
        return None
    if linked := [one for one in possible if one.same_as.intersection(same_as)]:
        return linked[0].id if len(linked) == 1 else None
    # If others are known under the name, even such as it cannot be, it is the name of several people.
    is_one = len(known) == 1 and bool(possible) and not exclude_each_other(possible[0].affiliations, affiliation)
    return possible[0].id if is_one else None


def are_others(stated: Collection[str], same_as: Collection[str]) -> bool:
    """Whether pages are stated of both, and none of both."""
    return bool(stated) and bool(same_as) and not set(stated) & set(same_as)


def exclude_each_other(affiliations: Collection[str], affiliation: str | None) -> bool:
    """Whether somebody is stated to be elsewhere, in words of which none is the same."""
    words = _telling_words(affiliation or "")
    return bool(words) and bool(affiliations) and not any(words & _telling_words(one) for one in affiliations)


def _telling_words(affiliation: str) -> set[str]:
    return set(name_words(affiliation)) - _COMMON
