"""Writes what can be searched of an interview: its search documents, how many documents have each term, and the words
as they are spoken, for spelling. In the same transaction as the interview.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

import sqlalchemy as sa
from sqlmodel import col

from app.loading.vectors import KeptVectors
from app.models import Interview, SearchDocument, SearchTerm, SearchWord, Turn, table_of
from app.queries.spelling import still_spoken
from app.text.asking import asking
from app.text.paragraphs import PARAGRAPH
from app.text.terms import BREAK, IndexedTexts, index_copy, is_stemmed, join_copies, words_of
from app.transcripts.transcript import SPOKEN, TurnKind

_COLUMNS = ("title", "question", "answers")
# Interviews indexed before their counts are written, which bounds memory.
_INTERVIEWS_AT_A_TIME = 100
# Rows of an INSERT, at least: a full-text index writes a segment for each statement, and has to merge them later.
_ROWS_AT_A_TIME = 1_000
_ADDED = table_of(SearchDocument).insert().returning(col(SearchDocument.number))


class DocumentTurn(NamedTuple):
    """A turn as documents need it, with the question and the answer that it belongs to."""

    id: str
    kind: TurnKind
    text: str
    question_id: str | None
    answer_id: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Make one of a row of the table of turns."""
        return cls(*(row[name] for name in cls._fields))


class DocumentWriter:
    """Writes the search documents of one transaction, many at a time; a context manager.

    Counts are written once, when the block ends: a common term is updated once a transaction, not once an interview.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._pending: list[dict[str, Any]] = []
        self._counts: Counter[str] = Counter()
        self._words: set[str] = set()
        self._forgotten: set[str] = set()
        self._vectors = KeptVectors()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write()
            self._write_counts()

    def add(
        self,
        interview_id: str,
        title: str,
        language: str | None,
        turns: Iterable[DocumentTurn],
        indexed: IndexedTexts | None = None,
    ) -> None:
        """Write the documents of one interview, whose turns come in order; `indexed` may have their texts."""
        rows = self._rows(interview_id, title, language, turns, indexed)
        for row in rows:
            self._counts.update(terms_of(row))
        self._counts[""] += len(rows)
        self._pending += rows
        if len(self._pending) >= _ROWS_AT_A_TIME:
            self._write()

    def remove(self, interview_id: str, forget: Iterable[str] = ()) -> None:
        """Delete the documents of one interview.

        Words of the texts to `forget` that stand nowhere else are deleted too, so that spelling never suggests them.
        """
        for text in forget:
            self._forgotten.update(words_of(text))
        self._write()
        of_interview = col(SearchDocument.interview_id) == interview_id
        columns = (table_of(SearchDocument).c[name] for name in _COLUMNS)
        for row in self._connection.execute(sa.select(*columns).where(of_interview)).mappings():
            self._counts.subtract(terms_of(row))
            self._counts[""] -= 1
        self._vectors.take(self._connection, interview_id)
        self._connection.execute(sa.delete(SearchDocument).where(of_interview))

    def _write(self) -> None:
        if self._pending:
            # With RETURNING, SQLAlchemy writes many rows in one statement.
            added = self._connection.execute(_ADDED, self._pending).scalars()
            self._vectors.give(self._connection, [number for number in added if number is not None])
            self._pending.clear()

    def _rows(
        self,
        interview_id: str,
        title: str,
        language: str | None,
        turns: Iterable[DocumentTurn],
        indexed: IndexedTexts | None = None,
    ) -> list[dict[str, Any]]:
        stemmed = is_stemmed(language)
        indexed = indexed or IndexedTexts((), stemmed=stemmed)
        whole_title = words_of(title)
        self._words.update(whole_title)
        title_copy = index_copy([whole_title], stemmed=stemmed)
        of_questions: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        asked_in: dict[str, list[str]] = defaultdict(list)
        free: list[tuple[str, Sequence[str]]] = []
        for turn in turns:
            if turn.question_id is None and turn.kind not in SPOKEN:
                continue
            copies = indexed.copies(turn.text)
            if turn.question_id is not None:
                of_questions[turn.question_id][turn.answer_id is not None].extend(copies)
                if turn.answer_id is None:
                    asked_in[turn.question_id].append(turn.text)
            elif copies and copies[0]:
                free.append((turn.id, copies))
        self._words.update(indexed.words)
        made: list[tuple[str | None, str | None, str, str]] = [
            (question_id, None, join_copies(asked), join_copies(answered))
            for question_id, (asked, answered) in of_questions.items()
        ]
        made += [(None, turn_id, "", join_copies(copies)) for turn_id, copies in free]
        return [
            {
                "interview_id": interview_id,
                "question_id": question_id,
                "turn_id": turn_id,
                "title": title_copy,
                "question": question,
                "answers": answers,
                "interrogative": None
                if question_id is None
                else asking(PARAGRAPH.join(asked_in[question_id]), language).interrogative,
            }
            for question_id, turn_id, question, answers in made
        ]

    def _write_counts(self) -> None:
        # Sorted, so that two writers never deadlock.
        counted = sorted((term, count) for term, count in self._counts.items() if count)
        if counted:
            self._connection.execute(
                sa.text(
                    "INSERT INTO search_term (term, documents) VALUES (:term, :documents) ON CONFLICT (term) "
                    "DO UPDATE SET documents = search_term.documents + excluded.documents"
                ),
                [{"term": term, "documents": count} for term, count in counted],
            )
            if any(count < 0 for _term, count in counted):
                self._connection.execute(sa.delete(SearchTerm).where(col(SearchTerm.documents) <= 0))
        if self._words:
            self._connection.execute(
                sa.text("INSERT INTO search_word (word) VALUES (:word) ON CONFLICT DO NOTHING"),
                [{"word": word} for word in sorted(self._words)],
            )
        absent = self._forgotten - self._words
        absent -= still_spoken(self._connection, absent)
        if absent:
            forget = sa.delete(SearchWord).where(col(SearchWord.word) == sa.bindparam("absent"))
            self._connection.execute(forget, [{"absent": word} for word in sorted(absent)])
        self._counts.clear()
        self._words.clear()
        self._forgotten.clear()


def terms_of(row: Mapping[Any, Any]) -> set[str]:
    """Return the distinct terms of a document."""
    terms = set(f"{row['title']} {row['question']} {row['answers']}".split(" "))
    return terms - {"", BREAK}


def documents_of(
    connection: sa.Connection, interview_id: str, title: str, language: str | None
) -> tuple[list[dict[str, Any]], set[str]]:
    """Return the documents that an interview should have, and its words, without writing any."""
    made = DocumentWriter(connection)
    rows = made._rows(interview_id, title, language, _stored_turns(connection, interview_id))
    return rows, made._words


def index_missing(connection: sa.Connection) -> int:
    """Write the documents of interviews that have none, as after a migration; return the number of interviews."""
    indexed = sa.exists().where(col(SearchDocument.interview_id) == col(Interview.id))
    interview = sa.select(col(Interview.id), col(Interview.title), col(Interview.language))
    spoken = sa.exists().where(col(Turn.interview_id) == col(Interview.id), col(Turn.kind).in_(SPOKEN))
    missing = connection.execute(interview.where(~indexed, spoken).order_by(col(Interview.id))).all()
    for first in range(0, len(missing), _INTERVIEWS_AT_A_TIME):
        with DocumentWriter(connection) as documents:
            for row in missing[first : first + _INTERVIEWS_AT_A_TIME]:
                documents.add(row.id, row.title, row.language, _stored_turns(connection, row.id))
    return len(missing)


def _stored_turns(connection: sa.Connection, interview_id: str) -> Sequence[DocumentTurn]:
    columns: tuple[Any, ...] = (Turn.id, Turn.kind, Turn.text, Turn.question_id, Turn.answer_id)
    of_interview = sa.select(*columns).where(col(Turn.interview_id) == interview_id)
    return [DocumentTurn(*row) for row in connection.execute(of_interview.order_by(col(Turn.position)))]
