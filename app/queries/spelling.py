"""Finds slips in the words of a query: words that stand nowhere, or hardly anywhere, beside similar ones that do."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlmodel import col

from app.models import Interview, SearchDocument, SearchWord, SpeakerWord, Turn
from app.queries.conditions import Sql
from app.queries.embedding import Item
from app.queries.query import Mode, Phrase, Query, documents_with
from app.queries.search import newest
from app.text.links import without_addresses
from app.text.names import name_words
from app.text.terms import STOPWORDS, located_words, stem, words_of

# Wrong letters by letters of the word, at most, in a word that is suggested: one of four, two of seven, and so on.
_RATIO = (2, 7)
# The same in a word that is searched for in place of another. A letter in place of another one makes another word more
# often than one too many, one too few or two that changed places, so it counts half more; so does each further one.
_CLEAR_RATIO, _HALF_MORE = 0.3, 0.5
# Letters of a word that is corrected, at least and at most.
_SHORTEST, _LONGEST = 4, 40
# Similar words that are compared by frequency, and words of the corpus that are tested for similarity, at most.
_MAX_SIMILAR = 20
_MAX_TESTED = 60_000
# Equally similar words that are suggested, at most; among more, it is not clear that the word is a slip of any.
_MAX_SUGGESTED = 5
# A word in the corpus may be misspelled too, if it is in at most 2 documents and a similar word in 20 times as many.
_RARE = 2
_FAR_MORE = 20
# Documents with a word's stem that are read to find the word itself, at most.
_MAX_READ = 200
# Words whose documents are counted in one statement.
_WORDS_AT_A_TIME = 5000


@dataclass(frozen=True)
class Slip:
    """A word that may be a slip, and the words that are most similar to it, the most common first.

    `is_replaced` says that the word stands nowhere, and that the others are searched for in its place.
    """

    word: str
    suggestions: tuple[str, ...]
    is_replaced: bool


def find_slips(connection: sa.Connection, query: Query) -> list[Slip]:
    """Find the words of a query that may be slips. The parts of names are words too.

    A word of a quoted phrase is never replaced, because quotation marks say that it is meant.
    """
    phrases = [phrase for phrase in query.phrases() if not phrase.is_prefix]
    loose = {word for phrase in phrases if not phrase.is_quoted for word in phrase.words}
    whole = loose.union(*(phrase.words for phrase in phrases))
    asked = sorted(
        word for word in whole if _SHORTEST <= len(word) <= _LONGEST and word not in STOPWORDS and word.isalpha()
    )
    counts = documents_with(connection, {form for word in asked for form in (word, stem(word))})
    rare = [word for word in asked if max(counts[word], counts[stem(word)]) <= _RARE]
    names = _names(connection, rare)
    slips = []
    for word in rare:
        documents = max(counts[word], counts[stem(word)])
        if word in names or not (near := _suggestions(connection, word, documents)):
            continue
        is_clear = _is_clear(word, near[0]) and len(near) <= _MAX_SUGGESTED
        slips.append(Slip(word, tuple(near[:_MAX_SUGGESTED]), is_clear and not documents and word in loose))
    return slips


def corrected_text(text: str, slips: Sequence[Slip]) -> str:
    """Return the text of a query with each of these words replaced by its first suggestion."""
    nearest = {slip.word: slip.suggestions[0] for slip in slips}
    corrected, place = [], 0
    for found in located_words(text):
        if found.text in nearest:
            corrected += [text[place : found.start], nearest[found.text]]
            place = found.end
    return "".join([*corrected, text[place:]])


def did_you_mean(text: str, slips: Sequence[Slip]) -> Item | None:
    """Say what may have been meant, and which of it was searched for; None if nothing is a slip."""
    if not slips:
        return None
    return {
        "query": corrected_text(text, slips),
        "words": [
            {
                "word": slip.word,
                "suggestion": slip.suggestions[0],
                "suggestions": list(slip.suggestions),
                "replaced": slip.is_replaced,
            }
            for slip in slips
        ],
    }


def _names(connection: sa.Connection, words: Collection[str]) -> set[str]:
    """Return those of some words that are parts of people's names."""
    keys = {word: " ".join(name_words(word)) for word in words}
    known = sa.select(col(SpeakerWord.word)).where(
        col(SpeakerWord.word).in_(set(keys.values())), sa.not_(col(SpeakerWord.whole))
    )
    found = set(connection.execute(known.distinct()).scalars())
    return {word for word, key in keys.items() if key in found}


def _suggestions(connection: sa.Connection, word: str, documents: int) -> list[str]:
    """Return the most similar words that enough documents have, or that are parts of names; the most common first."""
    farthest = 1 if documents else len(word) * _RATIO[0] // _RATIO[1]
    enough = documents * _FAR_MORE if documents else 1
    common: dict[str, int] = {}
    # Few misspellings are in the first letter. Without a clear result, it may be missing or swapped with the second.
    for initial in dict.fromkeys((word[0], word[1])):
        said = _similar(word, _like(connection, col(SearchWord.word), word, initial, farthest), farthest)
        counts = documents_with(connection, {form for known in said for form in (known, stem(known))})
        found = {known: max(counts[known], counts[stem(known)]) for known in said if stem(known) != stem(word)}
        common |= {known: count for known, count in found.items() if count >= enough}
        if not documents:
            of_names = sa.not_(col(SpeakerWord.whole))
            names = _like(connection, col(SpeakerWord.word), word, initial, farthest, of_names)
            common |= {known: common.get(known, 0) for known in _similar(word, names, farthest)}
        if any(_is_clear(word, known) for known in common):
            break
    nearest = min((_cost(word, known) for known in common), default=0.0)
    equal = [known for known in common if _cost(word, known) == nearest]
    return sorted(equal, key=lambda known: (-common[known], known))


def _is_clear(word: str, near: str) -> bool:
    """Whether a word is so near that the other one can be taken for a slip of it."""
    return _cost(word, near) <= len(word) * _CLEAR_RATIO


def _cost(word: str, near: str) -> float:
    """Return by how many letters a word differs from another, where some count more."""
    letters = int(OSA.distance(word, near))
    has_other_letters = len(word) == len(near) and sorted(word) != sorted(near)
    return letters + _HALF_MORE * (letters - 1) + _HALF_MORE * has_other_letters


def _like(
    connection: sa.Connection, column: Any, word: str, initial: str, farthest: int, *conditions: Sql
) -> Sequence[str]:
    length = sa.func.length(column).between(len(word) - farthest, len(word) + farthest)
    like = sa.select(column).where(column >= initial, column < f"{initial}\U0010ffff", length, *conditions)
    return connection.execute(like.distinct().limit(_MAX_TESTED)).scalars().all()


def _similar(word: str, known: Sequence[str], farthest: int) -> list[str]:
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=farthest, limit=_MAX_SIMILAR)
    return [near for near, _distance, _place in found if near != word]


def still_spoken(connection: sa.Connection, words: Collection[str]) -> set[str]:
    """Return those of some folded words that occur in the searchable record, judged by the newest documents with their
    stems.
    """
    asked, found = sorted(words), set[str]()
    for first in range(0, len(asked), _WORDS_AT_A_TIME):
        phrases = [Phrase((word,)) for word in asked[first : first + _WORDS_AT_A_TIME]]
        documents = documents_with(connection, {term for phrase in phrases for term in phrase.terms()})
        for phrase in phrases:
            if any(documents[term] for term in phrase.terms()):
                # The texts have most of the other words too, which then need not be looked for.
                texts = _newest_texts(connection, phrase)
                while phrase.words[0] not in found and (text := next(texts, None)) is not None:
                    found.update(words_of(without_addresses(text)))
    return found.intersection(asked)


def _newest_texts(connection: sa.Connection, phrase: Phrase) -> Iterator[str]:
    """Yield what is said in the newest documents with the stem of a word, and the titles of their interviews."""
    numbers = newest(connection, Query(Mode.SEARCH, ((phrase,),)), None, _MAX_READ)
    columns = (col(SearchDocument.question_id), col(SearchDocument.turn_id))
    rows = connection.execute(sa.select(*columns).where(col(SearchDocument.number).in_(numbers))).all()
    said = sa.select(col(Turn.text)).where(
        sa.or_(
            col(Turn.question_id).in_([row.question_id for row in rows if row.question_id]),
            col(Turn.id).in_([row.turn_id for row in rows if row.turn_id]),
        )
    )
    titles = (
        sa.select(col(Interview.title))
        .join(SearchDocument, col(SearchDocument.interview_id) == col(Interview.id))
        .where(col(SearchDocument.number).in_(numbers))
        .distinct()
    )
    for some in (said, titles):
        yield from connection.execute(some).scalars()
