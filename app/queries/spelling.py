"""Suggests corrections of misspelled words in a query: similar words that occur in the corpus."""

from collections.abc import Iterable

import sqlalchemy as sa
from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlmodel import col

from app.models import Interview, SearchDocument, SearchWord, Turn
from app.queries.embedding import Item
from app.queries.query import Mode, Phrase, Query, documents_with
from app.queries.search import newest
from app.text.terms import STOPWORDS, located_words, stem, words_of

# Letters of a word that is corrected at least, and of one that may have two wrong letters instead of one.
_SHORTEST = 4
_LONG = 7
# Similar words that are compared by frequency, and words of the corpus that are tested for similarity, at most.
_MAX_SIMILAR = 20
_MAX_TESTED = 60_000
# A word in the corpus may be misspelled too, if it is in at most 2 documents and a similar word in 20 times as many.
_RARE = 2
_FAR_MORE = 20
# Documents with a word's stem that are read to find the word itself, at most.
_MAX_READ = 200


def did_you_mean(connection: sa.Connection, text: str, query: Query) -> Item | None:
    """Return the text with its misspelled words corrected, or None if no word has a correction."""
    whole = {word for phrase in query.phrases() if not phrase.is_prefix for word in phrase.words}
    asked = sorted(word for word in whole if len(word) >= _SHORTEST and word not in STOPWORDS and word.isalpha())
    counts = documents_with(connection, {form for word in asked for form in (word, stem(word))})
    corrections = {}
    for word in asked:
        documents = max(counts[word], counts[stem(word)])
        if documents <= _RARE and (near := _correction(connection, word, documents)) is not None:
            corrections[word] = near
    if not corrections:
        return None
    corrected, place = [], 0
    for found in located_words(text):
        if found.text in corrections:
            corrected += [text[place : found.start], corrections[found.text]]
            place = found.end
    return {
        "query": "".join([*corrected, text[place:]]),
        "words": [{"word": word, "suggestion": near} for word, near in corrections.items()],
    }


def _correction(connection: sa.Connection, word: str, documents: int) -> str | None:
    """Return the most similar word that enough documents have; of equally similar ones, the most common."""
    max_distance = 2 if len(word) >= _LONG and not documents else 1
    # Few misspellings are in the first letter. Without a result, it may be missing or swapped with the second.
    for initial in dict.fromkeys((word[0], word[1])):
        near = dict(_similar(word, _words_like(connection, word, initial, max_distance), max_distance))
        counts = documents_with(connection, {form for known in near for form in (known, stem(known))})
        common = {known: max(counts[known], counts[stem(known)]) for known in near if stem(known) != stem(word)}
        enough = documents * _FAR_MORE if documents else 1
        known = [one for one, count in common.items() if count >= enough]
        if known:
            return min(known, key=lambda one: (near[one], -common[one], one))
    return None


def _words_like(connection: sa.Connection, word: str, initial: str, max_distance: int) -> Iterable[str]:
    column = col(SearchWord.word)
    length = sa.func.length(column)
    like = sa.select(column).where(
        column >= initial,
        column < f"{initial}\U0010ffff",
        length.between(len(word) - max_distance, len(word) + max_distance),
    )
    return connection.execute(like.limit(_MAX_TESTED)).scalars().all()


def _similar(word: str, known: Iterable[str], max_distance: int) -> Iterable[tuple[str, int]]:
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=max_distance, limit=_MAX_SIMILAR)  # type: ignore[arg-type]  # its overloads are typed more narrowly than what it takes
    return ((near, int(distance)) for near, distance, _place in found if near != word)


def is_spoken(connection: sa.Connection, word: str) -> bool:
    """Whether a folded word occurs in the searchable record, judged by the newest documents with its stem."""
    numbers = newest(connection, Query(Mode.SEARCH, ((Phrase((word,)),),)), None, _MAX_READ)
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
    return any(word in words_of(text) for some in (said, titles) for text in connection.execute(some).scalars())
