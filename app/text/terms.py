"""Splits text into words and index terms. The index, queries and highlights all use this one definition of a word."""

import itertools
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from app.text.folding import DIACRITIC, REDACTED, fold
from app.text.links import without_addresses

# Stands between the turns of a document. No query has it, so no phrase matches across two turns.
BREAK = "¶"
# Bytes of an indexed text, at most: a tsvector of PostgreSQL holds one MiB. Hours of speech fit into this.
_MAX_COPY_BYTES = 500_000
# Words whose stem is cached, at most: more than the vocabulary of a large corpus.
_MAX_STEMS_CACHED = 300_000

MARKS = "".join(
    chr(point) for point in range(0x0300, 0x10000) if unicodedata.category(chr(point)).startswith("M")
)  # fmt: skip
# Invisible characters that stand inside words: soft hyphen, joiners, word joiner.
JOINERS = "\u00ad\u200c\u200d\u2060\ufeff"
# Characters of a word, at most; longer runs are split, because no index takes words of any length.
_MAX_WORD = 64
_ASCII_WORD = re.compile(r"[a-z0-9]{1,64}")
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}{JOINERS}])*")
_NOT_IN_WORDS = re.compile(rf"[^\w{MARKS}]|_")
# Scripts that are written without spaces between words, and Korean, whose particles are joined to words.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3031-\u3035\u3041-\u3096\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U000323af"
)
_JOINED = rf"[{MARKS}{JOINERS}\u1160-\u11ff\uff9e\uff9f]*"
_PART = re.compile(rf"(?P<unspaced>(?:[{UNSPACED}]{_JOINED})+)|[^{UNSPACED}]{{1,64}}")
_CLUSTER = re.compile(rf".{_JOINED}", re.DOTALL)
_ENGLISH = re.compile(r"[a-z]{3,64}")

# English words that say how something is asked and not what it is about.
_STOPWORDS = (
    "a about after all also am an and any anything are as at be because been before being between both but by can "
    "could did do does doing don done during each else ever every for from get give go going had has have having "
    "he her here hers him his how i if in into is isn it its itself just kind know let like ll look lot made make "
    "many may maybe me mean might mine more most much must my myself no nor not now of off oh ok okay on one only "
    "or other our ours out over own perhaps please quite re really s said same say see shall she should so some "
    "something sort such t take talk tell than that the their theirs them themselves then there these they thing "
    "things think this those through to too up us ve very want was we well were what whatever when where whether "
    "which while who whom whose why will with without would yeah yes yet you your yours yourself"
)
STOPWORDS = frozenset(_STOPWORDS.split())


class Word(NamedTuple):
    """A folded word and its place in the text, in code points.

    Scripts without spaces are split into overlapping pairs of characters. `is_tail` marks the last character of such a
    run, which stands alone, so that every single character is found as the beginning of a pair or as a tail.
    """

    text: str
    start: int
    end: int
    is_tail: bool = False


def words_of(text: str) -> list[str]:
    """Split a text into folded words."""
    folded = text.lower() if text.isascii() else fold(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    words: list[str] = []
    for whole in _WORD.findall(folded):
        if whole.isascii() and len(whole) <= _MAX_WORD:
            words.append(whole)
        else:
            words.extend(word.text for word in _words_in(whole, 0))
    return words


def located_words(text: str) -> Iterator[Word]:
    """Split a text into folded words with their places."""
    for match in _WORD.finditer(fold(text)):
        yield from _words_in(match.group(), match.start())


def _words_in(whole: str, start: int) -> Iterator[Word]:
    """Split a run of letters, which may mix scripts with and without spaces."""
    if whole.isascii() and len(whole) <= _MAX_WORD:
        yield Word(whole, start, start + len(whole))
        return
    for part in _PART.finditer(whole):
        if part["unspaced"]:
            yield from _pairs(part.group(), start + part.start())
        elif cleaned := _cleaned(part.group()):
            yield Word(cleaned, start + part.start(), start + part.end())


def _pairs(run: str, start: int) -> Iterator[Word]:
    clusters = [(_cleaned(one.group()), start + one.start(), start + one.end()) for one in _CLUSTER.finditer(run)]
    for (first, begin, _end), (second, _begin, end) in itertools.pairwise(clusters):
        yield Word(first + second, begin, end)
    last, begin, end = clusters[-1]
    yield Word(last, begin, end, is_tail=True)


@lru_cache(maxsize=100_000)
def _cleaned(part: str) -> str:
    """Remove accents and joiners, and normalize ligatures, wide letters and jamo (NFKC)."""
    composed = unicodedata.normalize("NFKC", DIACRITIC.sub("", part)).casefold()
    return _NOT_IN_WORDS.sub("", composed)


class _Stems(dict[str, str]):
    """Caches the stem of every word asked for: stemming is slow, and a vocabulary is small."""

    def __init__(self) -> None:
        super().__init__()
        # The stemmer is not thread-safe: it keeps the current word.
        self._lock = threading.Lock()
        self._stemmer = snowballstemmer.stemmer("english")

    def __missing__(self, word: str) -> str:
        if not _ENGLISH.fullmatch(word):
            return word
        with self._lock:
            stem = str(self._stemmer.stemWord(word))
            if len(self) < _MAX_STEMS_CACHED:
                self[word] = stem
        return stem


_STEMS = _Stems()


def stem(word: str) -> str:
    """Return the stem of an English word (Snowball's English stemmer); other words are returned as they are."""
    return _STEMS[word]


def is_stemmed(language: str | None) -> bool:
    """Whether words of a language are indexed by their stems: English, or not stated."""
    return language is None or language.partition("-")[0].lower() == "en"


def copy_of(words: Sequence[str], *, stemmed: bool) -> str:
    """Return the terms of words, with one space between them."""
    return " ".join(map(_STEMS.__getitem__, words) if stemmed else words)


def join_copies(copies: Sequence[str]) -> str:
    """Join copies with BREAK between them, and cut the result after _MAX_COPY_BYTES."""
    copy = f" {BREAK} ".join(copies)
    if len(copy) * 4 <= _MAX_COPY_BYTES or len(encoded := copy.encode()) <= _MAX_COPY_BYTES:
        return copy
    return encoded[:_MAX_COPY_BYTES].decode(errors="ignore").rpartition(" ")[0]


def index_copy(words: Sequence[Sequence[str]], *, stemmed: bool) -> str:
    """Return the copy of several turns, each given as its words."""
    return join_copies([copy_of(turn, stemmed=stemmed) for turn in words])


class IndexedTexts:
    """The index copies of texts, each worked out once, and the words of all of them.

    A copy is a text as it is indexed: its terms, with one space between them, without those of addresses.
    """

    def __init__(self, texts: Iterable[str], *, stemmed: bool) -> None:
        self._stemmed = stemmed
        self._copies: dict[str, tuple[str, ...]] = {}
        self.words: set[str] = set()
        for text in texts:
            self.copies(text)

    def copies(self, text: str) -> tuple[str, ...]:
        """Return the copies of a text: one, or one for each part between redacted words."""
        copies = self._copies.get(text)
        if copies is None:
            # Several, so that no phrase matches across redacted words.
            said = without_addresses(text)
            parts = [words for part in said.split(REDACTED) if (words := words_of(part)) or part == said]
            self.words.update(*parts)
            copies = self._copies[text] = tuple(copy_of(words, stemmed=self._stemmed) for words in parts)
        return copies
