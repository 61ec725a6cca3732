"""Finds the words of an interview that are to be redacted, and the places where the same words stay."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.errors import ParameterError
from app.loading.identity import StoredInterview
from app.loading.import_plan import read_stored
from app.models import Answer, Contribution, Interview, Question, Speaker, Turn, table_of
from app.queries.names import absent, absent_id
from app.quotes.redactions import RedactedWords, Span, is_blank, merged, widened
from app.text.paragraphs import PARAGRAPH

_LETTERS: dict[str, type[SQLModel]] = {"t": Turn, "q": Question, "a": Answer}


class Selection:
    """What is selected by a name: an interview, by slug or id; or a turn, a question or an answer, by id.

    Raises:
        NotFoundError, MovedError, GoneError: no item has this name now.
    """

    def __init__(self, connection: sa.Connection, name: str) -> None:
        self._connection, self._name = connection, name
        self.interview, self._is_whole_interview = self._find()
        self.before: StoredInterview = read_stored(connection, self.interview.id)
        self._selected = [row for row in self.before.turns if self._is_whole_interview or self._is_of(row)]

    def _find(self) -> tuple[Any, bool]:
        """Return the row of the interview, and whether the name is that of the interview itself."""
        interviews = sa.select(table_of(Interview))
        _head, _dash, tail = self._name.rpartition("-")
        table = _LETTERS.get(tail[:1]) if tail[1:].isdigit() and tail.isascii() else None
        called = sa.or_(col(Interview.slug) == self._name, col(Interview.id) == self._name)
        interview = self._connection.execute(interviews.where(called)).first()
        if interview is not None:
            return interview, True
        if table is None:
            raise absent(self._connection, Interview, self._name)
        owner = sa.select(table_of(table).c.interview_id).where(table_of(table).c.id == self._name)
        interview = self._connection.execute(interviews.where(col(Interview.id) == owner.scalar_subquery())).first()
        if interview is None:
            raise absent_id(self._connection, table_of(table).name, self._name)
        return interview, False

    def _is_of(self, row: Any) -> bool:
        is_question = row.question_id == self._name and row.answer_id is None
        return bool(is_question or self._name in (row.id, row.answer_id))

    def spans(self, words: str | None, span: Span | None) -> dict[str, list[Span]]:
        """Return the spans to redact, widened to whole words, by turn id: each place with some words, or a span in code
        points of the text, or all.

        Raises:
            ParameterError: the item does not have the words, or the span is not within its text.
        """
        selected: dict[str, list[Span]] = {}
        if words is not None:
            wanted = RedactedWords.of(words, is_whole=False)
            if not wanted.keys:
                raise ParameterError("words", f"There is no word in {words!r}.")
            selected = {row.id: wanted.found_in(row.text) for row in self._selected}
        elif span is not None:
            if self._is_whole_interview:
                raise ParameterError("span", "A span is of one item; for a whole interview, give the words.")
            length = len(PARAGRAPH.join(row.text for row in self._selected))
            if not 0 <= span[0] < span[1] <= length:
                raise ParameterError("span", f"{span[0]} to {span[1]} is not within its {length} characters.")
            at = 0
            for row in self._selected:
                start, end = max(0, span[0] - at), min(len(row.text), span[1] - at)
                selected[row.id] = [widened(row.text, start, end)] if start < end else []
                at += len(row.text) + len(PARAGRAPH)
        elif self._is_whole_interview:
            raise ParameterError(
                "words", "Give the words to redact; to take out a whole interview, use 'quoth withdraw'."
            )
        else:
            selected = {row.id: [(0, len(row.text))] for row in self._selected}
        texts = {row.id: row.text for row in self._selected}
        spans = {
            turn_id: [one for one in merged(some) if not is_blank(texts[turn_id][slice(*one)])]
            for turn_id, some in selected.items()
        }
        spans = {turn_id: some for turn_id, some in spans.items() if some}
        if not spans:
            problem = f"The words {words!r} are not in" if words is not None else "Nothing is left to redact in"
            raise ParameterError("words" if words is not None else "span", f"{problem} {self._name!r}.")
        return spans

    def phrases(self, spans: Mapping[str, Sequence[Span]]) -> list[RedactedWords]:
        """Return the words that stand in spans, each once."""
        texts = {row.id: row.text for row in self.before.turns}
        phrases = [
            RedactedWords.of(texts[turn_id][slice(*one)], is_whole=one == (0, len(texts[turn_id])))
            for turn_id, some in spans.items()
            for one in some
        ]
        return [phrase for phrase in dict.fromkeys(phrases) if phrase.keys]

    def metadata_with(self, phrases: Sequence[RedactedWords]) -> list[str]:
        """Name the metadata of the interview and its speakers that has such words, to be corrected in its source."""
        columns: tuple[Any, ...] = (Speaker.slug, Speaker.name, Speaker.aliases)
        contribution: tuple[Any, ...] = (Contribution.affiliation, Contribution.labels)
        people = self._connection.execute(
            sa.select(*map(col, (*columns, *contribution)))
            .join(Contribution, col(Contribution.speaker_id) == col(Speaker.id))
            .where(col(Contribution.interview_id) == self.interview.id)
            .order_by(col(Contribution.position))
        ).all()
        texts = {
            f"the {name} of the interview": str(getattr(self.interview, name) or "")
            for name in ("publisher", "series", "source_url")
        }
        texts["the slug of the interview"] = self.interview.slug.replace("-", " ")
        for row in people:
            stated = [row.name or "", *row.aliases, row.affiliation or "", *row.labels]
            texts[f"what is stated of the speaker {row.slug!r}"] = "\n".join(stated)
        return [place for place, text in texts.items() if any(phrase.found_in(text) for phrase in phrases)]
