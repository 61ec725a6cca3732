"""What may have been meant by a word that hardly any document has: near words of the corpus itself."""

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

_SHORTEST = 4
# From this length on, two letters may be wrong.
_LONG = 7
_NEAR = 20
_MOST_WORDS = 60_000
# A word that is there may be a slip all the same: it is rare, and one beside it is far more common.
_RARE = 2
_FAR_MORE = 20
# So many documents of a word's stem are read to find the word itself.
_READ = 200


def did_you_mean(connection: sa.Connection, text: str, query: Query) -> Item | None:
    """Suggest the text with each misspelled word replaced; None where every word is known, or nothing is near."""
    whole = {word for phrase in query.phrases() if not phrase.is_prefix for word in phrase.words}
    asked = sorted(word for word in whole if len(word) >= _SHORTEST and word not in STOPWORDS and word.isalpha())
    counts = documents_with(connection, {form for word in asked for form in (word, stem(word))})
    meant = {}
    for word in asked:
        documents = max(counts[word], counts[stem(word)])
        if documents <= _RARE and (near := _nearest(connection, word, documents)) is not None:
            meant[word] = near
    if not meant:
        return None
    corrected, place = [], 0
    for found in located_words(text):
        if found.text in meant:
            corrected += [text[place : found.start], meant[found.text]]
            place = found.end
    return {
        "query": "".join([*corrected, text[place:]]),
        "words": [{"word": word, "suggestion": near} for word, near in meant.items()],
    }


def _nearest(connection: sa.Connection, word: str, documents: int) -> str | None:
    """Find the nearest word that more documents have; of equally near ones, the most common."""
    wrong = 2 if len(word) >= _LONG and not documents else 1
    # Of slips, few are in the first letter; where nothing begins as written, it may be left out or in a wrong place.
    for initial in dict.fromkeys((word[0], word[1])):
        near = dict(_near(word, _words_like(connection, word, initial, wrong), wrong))
        counts = documents_with(connection, {form for known in near for form in (known, stem(known))})
        common = {known: max(counts[known], counts[stem(known)]) for known in near if stem(known) != stem(word)}
        enough = documents * _FAR_MORE if documents else 1
        known = [one for one, count in common.items() if count >= enough]
        if known:
            return min(known, key=lambda one: (near[one], -common[one], one))
    return None


def _words_like(connection: sa.Connection, word: str, initial: str, wrong: int) -> Iterable[str]:
    column = col(SearchWord.word)
    length = sa.func.length(column)
    like = sa.select(column).where(
        column >= initial,
        column < f"{initial}\U0010ffff",
        length.between(len(word) - wrong, len(word) + wrong),
    )
    return connection.execute(like.limit(_MOST_WORDS)).scalars().all()


def _near(word: str, known: Iterable[str], wrong: int) -> Iterable[tuple[str, int]]:
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=wrong, limit=_NEAR)  # type: ignore[arg-type]  # its overloads are typed more narrowly than what it takes
    return ((near, int(distance)) for near, distance, _place in found if near != word)


def is_spoken(connection: sa.Connection, word: str) -> bool:
    """Whether a folded word stands in what can be searched, as far as the newest documents with its stem tell."""
    numbers = newest(connection, Query(Mode.SEARCH, ((Phrase((word,)),),)), None, _READ)
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
