"""What somebody searches for: words, "phrases", beginnings*, -exclusions and OR, read from any text at all. An operator
where it can mean nothing is taken as a word or passed over, and no input is wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import col

from app.models import SearchTerm, SearchWord
from app.text.terms import STOPWORDS, Word, located_words, stem

MAX_OPERANDS = 60
# Shorter beginnings stand for so many words that they say nothing.
_SHORTEST_PREFIX = 2
_MAX_EXPANSION = 1_000
_PIECE = re.compile(r'(?P<minus>-?)"(?P<quoted>[^"“”„]*)"(?P<star>\*?)|(?P<plain>[^\s"]+)|"')
_QUOTES = str.maketrans("“”„‟", '""""')


class Mode(StrEnum):
    """How a query is read."""

    SEARCH = "search"
    ASK = "ask"


class Within(StrEnum):
    """Where the words of a query have to stand."""

    ANYWHERE = "anywhere"
    # Not in the title of the interview alone.
    SPOKEN = "spoken"
    ASKED = "asked"


@dataclass(frozen=True)
class Phrase:
    """Words one after the other; usually one. `also` are stems that a beginning stands for."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_quoted: bool = False
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = " ".join(self.words)
        shown = f'"{shown}"' if self.is_quoted or len(self.words) > 1 else shown
        return f"{shown}*" if self.is_prefix else shown

    def alternatives(self) -> list[tuple[str, ...]]:
        """Return the ways in which the phrase is indexed: stemmed in English, as it is in other languages."""
        plain = self.words
        stemmed = tuple(map(stem, plain))
        if self.is_prefix:
            # The beginning of a word is no word: it has no stem.
            stemmed = (*stemmed[:-1], plain[-1])
        return list(dict.fromkeys((stemmed, plain)))

    def terms(self) -> set[str]:
        """Return every whole term of the index that the phrase asks for."""
        whole = {term for one in self.alternatives() for term in (one[:-1] if self.is_prefix else one)}
        return whole | set(self.also)


@dataclass(frozen=True)
class Query:
    """Each group has to be found by one of its phrases, and none of the excluded ones."""

    mode: Mode
    groups: tuple[tuple[Phrase, ...], ...] = ()
    excluded: tuple[Phrase, ...] = ()
    within: Within = Within.ANYWHERE
    # Whether the text says more than is searched for.
    is_cut: bool = False

    def phrases(self) -> list[Phrase]:
        """Return the phrases that are looked for."""
        return list(dict.fromkeys(phrase for group in self.groups for phrase in group))

    def relaxed(self) -> "Query | None":
        """Ask for any of the plain words instead of all; None where that is the same query.

        What was put in quotation marks is still required.
        """
        kept = tuple(group for group in self.groups if all(phrase.is_quoted for phrase in group))
        plain = [phrase for group in self.groups if group not in kept for phrase in group]
        if len(self.groups) - len(kept) < 2:
            return None
        return replace(self, groups=(*kept, tuple(dict.fromkeys(plain))))


def read_query(text: str, mode: Mode = Mode.SEARCH) -> Query:
    """Read a query. It has no groups where the text has nothing to search for."""
    if mode is Mode.ASK:
        return _read_question(text)
    either = False
    excluded: list[Phrase] = []
    groups: list[list[Phrase]] = []
    operands = list(_operands(text))
    for is_or, is_excluded, phrase in operands[:MAX_OPERANDS]:
        if is_or:
            either = True
            continue
        if is_excluded:
            excluded.append(phrase)
        elif either and groups:
            groups[-1].append(phrase)
        else:
            groups.append([phrase])
        either = False
    if not groups:
        # Nothing to exclude from: the words are meant.
        groups, excluded = [[phrase] for phrase in excluded], []
    found = dict.fromkeys(tuple(dict.fromkeys(group)) for group in groups)
    return Query(mode, tuple(found), tuple(dict.fromkeys(excluded)), is_cut=len(operands) > MAX_OPERANDS)


def _read_question(text: str) -> Query:
    """Any word of a question asked in natural language, but those that only ask."""
    words = list(dict.fromkeys(phrase for run in text.split() for phrase in _phrases_of_words(run)))
    telling = [phrase for phrase in words if not (len(phrase.words) == 1 and phrase.words[0] in STOPWORDS)]
    chosen = tuple((telling or words)[:MAX_OPERANDS])
    return Query(Mode.ASK, (chosen,) if chosen else (), is_cut=len(telling or words) > MAX_OPERANDS)


def _phrases_of_words(run: str) -> Iterator[Phrase]:
    """Yield each word of a run by itself, and unspaced writing pair by pair."""
    words = list(located_words(run))
    for place, word in enumerate(words):
        if not word.is_tail:
            yield Phrase((word.text,))
        elif place == 0 or words[place - 1].end != word.end:
            yield Phrase((word.text,), is_prefix=True)


def _operands(text: str) -> Iterator[tuple[bool, bool, Phrase]]:
    """Yield (is OR, is excluded, phrase); an OR that joins nothing is a word."""
    pieces = [piece for piece in _PIECE.finditer(text.translate(_QUOTES)) if piece.group() != '"']
    read = []
    for piece in pieces:
        if piece["plain"] is None:
            phrase = _phrase(piece["quoted"], is_prefix=bool(piece["star"]), is_quoted=True)
            read.append((False, bool(piece["minus"]), phrase))
        else:
            word = piece["plain"]
            phrase = _phrase(word.lstrip("-"), is_prefix=word.endswith("*"), is_quoted=False)
            read.append((word == "OR", word.startswith("-"), phrase))
    # What has no letter or digit asks for nothing.
    known = [(is_or, is_excluded, phrase) for is_or, is_excluded, phrase in read if phrase is not None]
    for place, (is_or, is_excluded, phrase) in enumerate(known):
        before = known[place - 1] if place else None
        after = known[place + 1] if place + 1 < len(known) else None
        between = before is not None and after is not None and not (before[0] or before[1] or after[0] or after[1])
        yield is_or and between, is_excluded, phrase


def _phrase(text: str, *, is_prefix: bool, is_quoted: bool) -> Phrase | None:
    words = list(located_words(text))
    if not words:
        return None
    if words[-1].is_tail:
        # The last character of unspaced writing is in the pair before it; alone, it begins a pair or ends a run.
        return _unspaced(words, is_quoted=is_quoted)
    long_enough = len(words) > 1 or len(words[-1].text) >= _SHORTEST_PREFIX
    return Phrase(tuple(word.text for word in words), is_prefix and long_enough, is_quoted)


def _unspaced(words: list[Word], *, is_quoted: bool) -> Phrase:
    if len(words) > 1 and words[-2].end == words[-1].end:
        return Phrase(tuple(word.text for word in words[:-1]), is_prefix=False, is_quoted=is_quoted)
    return Phrase(tuple(word.text for word in words), is_prefix=True, is_quoted=is_quoted)


def expanded(connection: sa.Connection, query: Query) -> Query:
    """Add to each beginning the stems of the words that begin so, where a stem does not: `happine*` is in `happi`."""
    return replace(
        query,
        groups=tuple(tuple(_expanded(connection, phrase) for phrase in group) for group in query.groups),
        excluded=tuple(_expanded(connection, phrase) for phrase in query.excluded),
    )


def _expanded(connection: sa.Connection, phrase: Phrase) -> Phrase:
    if not phrase.is_prefix or len(phrase.words) > 1 or not phrase.words[0].isascii():
        return phrase
    beginning, word = phrase.words[0], col(SearchWord.word)
    begins = sa.select(word).where(word >= beginning, word < f"{beginning}\U0010ffff").order_by(word)
    stems = {stem(found) for found in connection.execute(begins.limit(_MAX_EXPANSION)).scalars()}
    return replace(phrase, also=tuple(sorted(one for one in stems if not one.startswith(beginning))))


def documents_with(connection: sa.Connection, terms: set[str]) -> dict[str, int]:
    """Return in how many documents each of some terms is, and, under the empty term, how many documents there are."""
    counts = sa.select(col(SearchTerm.term), col(SearchTerm.documents)).where(col(SearchTerm.term).in_({*terms, ""}))
    return dict.fromkeys({*terms, ""}, 0) | {row.term: row.documents for row in connection.execute(counts)}
