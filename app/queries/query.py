"""Parses search queries: words, "phrases", prefixes*, -exclusions and OR; questions in natural language; and `who said`
with words that somebody may have said.

Any text is a valid query: an operator where it has no meaning is a word or ignored.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import col

from app.models import SearchTerm, SearchWord
from app.text.asking import asks
from app.text.terms import STOPWORDS, Word, located_words, stem

# Words and phrases of a query at most, to bound the time of a search.
MAX_OPERANDS = 60
# Letters of a prefix at least: a single one begins too many words.
_SHORTEST_PREFIX = 2
# Ways to correct a phrase, at most.
_MAX_WAYS = 8
# Words that a prefix is expanded to, at most.
_MAX_EXPANSION = 1_000
_PIECE = re.compile(r'(?P<minus>-?)"(?P<quoted>[^"“”„]*)"(?P<star>\*?)|(?P<plain>[^\s"]+)|"')
_QUOTES = str.maketrans("“”„‟«»", '""""""')
# Words from which a text without operators that asks is read as a question: fewer are looked for as they are.
_QUESTION_WORDS = 3
_OPERATOR = re.compile(r'(?:^|\s)-\w|\w\*(?:\s|$)|\sOR\s|["“„«]')
# `Who said that the wall is safe?`, in the languages in which it is one verb; what follows is what was said.
_WHO_SAID = re.compile(
    r"\s{0,20}(?:who\s+(?:(?:ever|once|first|has|had|was\s+it\s+(?:who|that))\s+)?"
    r"(?:said|says|say|told\s+\w+|claimed|claims|wrote)(?:\s+that)?|wer\s+(?:sagte|sagt|hat\s+gesagt)|"
    r"qui\s+(?:a\s+dit|dit)(?:\s+que)?|qui[eé]n\s+(?:dijo|dice)(?:\s+que)?|quem\s+disse(?:\s+que)?|"
    r"chi\s+(?:ha\s+detto|disse)(?:\s+che)?|кто\s+(?:сказал|говорил)(?:\s*,)?(?:\s+что)?)"
    r"[\s:,]{1,20}(?:dass\s+|that\s+|['\"“„«‘]){0,2}(?P<words>\S.*)",
    re.IGNORECASE | re.DOTALL,
)


class Mode(StrEnum):
    """How a query is read."""

    SEARCH = "search"
    ASK = "ask"


class Within(StrEnum):
    """Which parts of a document the words of a query have to be in."""

    ANYWHERE = "anywhere"
    # In a question or an answer, not only in the interview's title.
    SPOKEN = "spoken"
    ASKED = "asked"
    TITLE = "title"


@dataclass(frozen=True)
class Phrase:
    """Consecutive words, often just one. `also` are further terms that the prefix of a one-word phrase stands for."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_quoted: bool = False
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = " ".join(self.words)
        shown = f'"{shown}"' if self.is_quoted or len(self.words) > 1 else shown
        return f"{shown}*" if self.is_prefix else shown

    def alternatives(self) -> list[tuple[str, ...]]:
        """Return the terms by which the phrase may be indexed: stemmed in English texts, unchanged in others."""
        plain = self.words
        stemmed = tuple(map(stem, plain))
        if self.is_prefix:
            # A prefix is not stemmed, since it is not a word.
            stemmed = (*stemmed[:-1], plain[-1])
        return list(dict.fromkeys((stemmed, plain)))

    @property
    def is_stopword(self) -> bool:
        """Whether it is one word that says nothing about a subject."""
        return len(self.words) == 1 and self.words[0] in STOPWORDS and not self.is_prefix

    def replacing(self, corrections: Mapping[str, Sequence[str]]) -> "list[Phrase]":
        """Return the phrase with words replaced: one for each replacement of a word, or the phrase as it is."""
        if self.is_quoted or self.is_prefix or corrections.keys().isdisjoint(self.words):
            return [self]
        ways = itertools.product(*(corrections.get(word, (word,)) for word in self.words))
        return [replace(self, words=tuple(way)) for way in itertools.islice(ways, _MAX_WAYS)]

    def terms(self) -> set[str]:
        """Return the complete terms of the index that the phrase may match, without prefixes."""
        whole = {term for one in self.alternatives() for term in (one[:-1] if self.is_prefix else one)}
        return whole | set(self.also)


@dataclass(frozen=True)
class Query:
    """A parsed query. A document matches if it has a phrase of each group and no excluded phrase.

    `is_cut` says that the text had more operands than MAX_OPERANDS. `said` are words that are looked for in this order
    first, and `quotation` is how they were written, where the query asks who said them.
    """

    mode: Mode
    groups: tuple[tuple[Phrase, ...], ...] = ()
    excluded: tuple[Phrase, ...] = ()
    within: Within = Within.ANYWHERE
    is_cut: bool = False
    said: Phrase | None = None
    quotation: str | None = None

    @property
    def concepts(self) -> tuple[tuple[Phrase, ...], ...]:
        """What a document is ranked by: the groups or, in a query for any of its words, each of these."""
        return tuple((one,) for one in self.phrases()) if self.mode is Mode.ASK else self.groups

    def phrases(self) -> list[Phrase]:
        """Return the phrases of all groups, without excluded ones."""
        return list(dict.fromkeys(phrase for group in self.groups for phrase in group))

    def relaxed(self) -> "Query | None":
        """Return the query for any of its words instead of all. Quoted phrases stay required.

        Returns None if that is the same query.
        """
        required = tuple(group for group in self.groups if all(phrase.is_quoted for phrase in group))
        plain = [phrase for group in self.groups if group not in required for phrase in group]
        if len(self.groups) - len(required) < 2:
            return None
        # What words like `the` are in says nothing about them.
        telling = [phrase for phrase in plain if not phrase.is_stopword]
        return replace(self, groups=(*required, tuple(dict.fromkeys(telling or plain))))

    def without(self, phrases: Iterable[Phrase]) -> "Query":
        """Return the query without the groups that have one of these phrases, and without them among others."""
        gone = set(phrases)
        left = [group for group in self.groups if self.mode is Mode.ASK or gone.isdisjoint(group)]
        kept = (tuple(phrase for phrase in group if phrase not in gone) for group in left)
        return replace(self, groups=tuple(group for group in kept if group))

    def replacing(self, corrections: Mapping[str, Sequence[str]]) -> "Query":
        """Return the query with some words replaced, each by one or more of which any will do.

        Words of quoted phrases, beginnings and excluded words stay as they are written.
        """
        groups = (tuple(new for one in group for new in one.replacing(corrections)) for group in self.groups)
        return replace(self, groups=tuple(dict.fromkeys(tuple(dict.fromkeys(group)) for group in groups)))


def read_query(text: str, mode: Mode | None = Mode.SEARCH) -> Query:
    """Parse a query. It has no groups if the text has no letter or digit.

    Without a mode, a text that asks is read as a question.
    """
    if mode is Mode.ASK or (mode is None and is_question(text)):
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
        # A query with exclusions only searches for these words.
        groups, excluded = [[phrase] for phrase in excluded], []
    found = dict.fromkeys(tuple(dict.fromkeys(group)) for group in groups)
    return Query(mode or Mode.SEARCH, tuple(found), tuple(dict.fromkeys(excluded)), is_cut=len(operands) > MAX_OPERANDS)


def is_question(text: str) -> bool:
    """Whether a text is a question in natural language, and not words to look for."""
    if _WHO_SAID.match(text):
        return True
    return not _OPERATOR.search(text) and len(text.split()) >= _QUESTION_WORDS and asks(text)


def _read_question(text: str) -> Query:
    """Search for any word of a question in natural language, without stop words. Of `who said X`, X is what matters."""
    who_said = _WHO_SAID.match(text)
    quotation = None if who_said is None else who_said["words"].strip(" \t\n?!\"'“”„«»‘’").rstrip("?")
    about = quotation or text
    words = list(dict.fromkeys(phrase for run in about.split() for phrase in _phrases_of_words(run)))
    significant = [phrase for phrase in words if not phrase.is_stopword]
    words = significant or words
    chosen, is_cut = tuple(words[:MAX_OPERANDS]), len(words) > MAX_OPERANDS
    said = _phrase(quotation, is_prefix=False, is_quoted=True) if quotation and not is_cut else None
    return Query(Mode.ASK, (chosen,) if chosen else (), is_cut=is_cut, said=said, quotation=quotation if said else None)


def _phrases_of_words(run: str) -> Iterator[Phrase]:
    """Yield each word of a run as a phrase. Scripts without spaces are indexed by pairs of characters."""
    words = list(located_words(run))
    for place, word in enumerate(words):
        if not word.is_tail:
            yield Phrase((word.text,))
        elif place == 0 or words[place - 1].end != word.end:
            yield Phrase((word.text,), is_prefix=True)


def _operands(text: str) -> Iterator[tuple[bool, bool, Phrase]]:
    """Yield (is OR, is excluded, phrase). An OR that does not stand between two phrases is a word."""
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
    # Pieces without a letter or digit are ignored.
    operands = [(is_or, is_excluded, phrase) for is_or, is_excluded, phrase in read if phrase is not None]
    for place, (is_or, is_excluded, phrase) in enumerate(operands):
        before = operands[place - 1] if place else None
        after = operands[place + 1] if place + 1 < len(operands) else None
        between = before is not None and after is not None and not (before[0] or before[1] or after[0] or after[1])
        yield is_or and between, is_excluded, phrase


def _phrase(text: str, *, is_prefix: bool, is_quoted: bool) -> Phrase | None:
    words = list(located_words(text))
    if not words:
        return None
    if words[-1].is_tail:
        # The last word of a script without spaces is one character.
        return _unspaced_phrase(words, is_quoted=is_quoted)
    long_enough = len(words) > 1 or len(words[-1].text) >= _SHORTEST_PREFIX
    return Phrase(tuple(word.text for word in words), is_prefix and long_enough, is_quoted)


def _unspaced_phrase(words: list[Word], *, is_quoted: bool) -> Phrase:
    if len(words) > 1 and words[-2].end == words[-1].end:
        return Phrase(tuple(word.text for word in words[:-1]), is_prefix=False, is_quoted=is_quoted)
    return Phrase(tuple(word.text for word in words), is_prefix=True, is_quoted=is_quoted)


def expanded(connection: sa.Connection, query: Query) -> Query:
    """Add to each prefix the stems of its words that do not begin with it: `happine*` stands for the stem `happi`."""
    return replace(
        query,
        groups=tuple(tuple(_expanded(connection, phrase) for phrase in group) for group in query.groups),
        excluded=tuple(_expanded(connection, phrase) for phrase in query.excluded),
    )


def _expanded(connection: sa.Connection, phrase: Phrase) -> Phrase:
    if not phrase.is_prefix or len(phrase.words) > 1 or not phrase.words[0].isascii():
        return phrase
    prefix, word = phrase.words[0], col(SearchWord.word)
    with_prefix = sa.select(word).where(word >= prefix, word < f"{prefix}\U0010ffff").order_by(word)
    stems = {stem(found) for found in connection.execute(with_prefix.limit(_MAX_EXPANSION)).scalars()}
    return replace(phrase, also=tuple(sorted(one for one in stems if not one.startswith(prefix))))


def documents_with(connection: sa.Connection, terms: set[str]) -> dict[str, int]:
    """Return in how many documents each term is; the empty term stands for all documents."""
    counts = sa.select(col(SearchTerm.term), col(SearchTerm.documents)).where(col(SearchTerm.term).in_({*terms, ""}))
    return dict.fromkeys({*terms, ""}, 0) | {row.term: row.documents for row in connection.execute(counts)}
