"""Ranks by meaning what was found by words. Only the first hits are ranked anew; the others keep their places."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview, SearchDocument, SearchVector, Turn
from app.queries.paging import Rank, Ranked
from app.queries.query import Mode, read_query
from app.queries.telling_words import spoken_text
from app.text.asking import asking
from app.text.meaning import MeaningModel, nearness
from app.text.paragraphs import PARAGRAPH

# Hits that are ranked anew, at most.
DEPTH = 100
# The part of meaning in a rank; the rest is that of words.
SHARE = 0.5
# Characters of a question, and of a whole text, that the model is given, at most: it reads no more of most texts.
_LONGEST_QUESTION, _LONGEST_TEXT = 240, 800


class DocumentText(NamedTuple):
    """What a search document says, as the model reads it, what its question alone says, and in which language."""

    text: str
    asked: str
    language: str | None

    @property
    def sha256(self) -> str:
        """What tells the texts from others."""
        return hashlib.sha256(f"{self.text}\0{self.asked}".encode()).hexdigest()


def ranked_by_meaning(connection: sa.Connection, model: MeaningModel, text: str, found: Ranked) -> Ranked:
    """Rank the first hits of a search half by words, half by meaning; without vectors, as they were."""
    words = " ".join(word for phrase in read_query(text, Mode.ASK).phrases() for word in phrase.words)
    vectors = vectors_of(connection, model, [number for _tier, _score, number in found.ranks[:DEPTH]])
    if len(vectors) < 2 or not words:
        return found
    near = nearness(model.vector(text), vectors)
    notes = [*found.extra.get("notes", ()), "The first hits are ranked by words and by meaning."]
    return replace(found, ranks=reranked(found.ranks, near), extra={**found.extra, "notes": notes})


def reranked(ranks: Sequence[Rank], near: Mapping[int, float]) -> list[Rank]:
    """Change the order of the first ranks, within each tier, to that of words and meaning together.

    What has no nearness, such as what is said in a language that the model does not know, keeps its place. Scores
    belong to places: they go down as before.
    """
    ordered: list[Rank] = []
    for _tier, group in groupby(ranks[:DEPTH], key=lambda rank: rank[0]):
        places = list(group)
        known = [rank for rank in places if rank[2] in near]
        by_words = _scaled([score for _tier, score, _number in known])
        by_meaning = _scaled([near[number] for _tier, _score, number in known])
        fused = [
            ((1 - SHARE) * words + SHARE * meaning, rank[2])
            for words, meaning, rank in zip(by_words, by_meaning, known, strict=True)
        ]
        best = iter(sorted(fused, reverse=True))
        ordered += [(tier, score, next(best)[1] if number in near else number) for tier, score, number in places]
    return _descending([*ordered, *ranks[DEPTH:]])


def _scaled(values: Sequence[float]) -> list[float]:
    """Scale values to 0 to 1."""
    lowest, highest = min(values, default=0.0), max(values, default=0.0)
    return [(value - lowest) / ((highest - lowest) or 1.0) for value in values]


def _descending(ranks: Sequence[Rank]) -> list[Rank]:
    """Lower scores by the least where places of one score would otherwise not be in the order of their ranks."""
    lowered: list[Rank] = []
    for tier, score, number in ranks:
        if lowered and (tier, score, number) >= lowered[-1]:
            score = math.nextafter(lowered[-1][1], -math.inf)
        lowered.append((tier, score, number))
    return lowered


def vectors_of(connection: sa.Connection, model: MeaningModel, numbers: Sequence[int]) -> dict[int, bytes]:
    """Return the vectors of documents that this model made, by number."""
    return _made_by(connection, model, numbers, SearchVector.vector)


def vectors_of_questions(connection: sa.Connection, model: MeaningModel, numbers: Sequence[int]) -> dict[int, bytes]:
    """Return the vectors that this model made of the questions of documents alone, by number."""
    return _made_by(connection, model, numbers, SearchVector.asked)


def _made_by(connection: sa.Connection, model: MeaningModel, numbers: Sequence[int], column: Any) -> dict[int, bytes]:
    made = col(SearchVector.number).in_(numbers), col(SearchVector.model) == model.digest, column.is_not(None)
    rows = connection.execute(sa.select(col(SearchVector.number), column.label("made")).where(*made))
    return {row.number: row.made for row in rows}


def document_texts(connection: sa.Connection, numbers: Sequence[int]) -> dict[int, DocumentText]:
    """Return what documents say, by number: the beginning of a question with that of its answers, or a turn; and of a
    question alone.
    """
    columns: tuple[Any, ...] = (
        SearchDocument.number,
        Turn.text,
        Turn.answer_id,
        Interview.language,
        SearchDocument.question_id,
    )
    asked: dict[int, list[str]] = defaultdict(list)
    said: dict[int, list[str]] = defaultdict(list)
    languages: dict[int, str | None] = {}
    for of_document in (
        col(Turn.question_id) == col(SearchDocument.question_id),
        col(Turn.id) == col(SearchDocument.turn_id),
    ):
        turns = (
            sa.select(*columns)
            .join(Turn, of_document)
            .join(Interview, col(Interview.id) == col(SearchDocument.interview_id))
            .where(col(SearchDocument.number).in_(numbers))
            .order_by(col(Turn.position))
        )
        for number, text, answer_id, language, question_id in connection.execute(turns):
            (asked if question_id is not None and answer_id is None else said)[number].append(text)
            languages[number] = language
    return {
        number: _text(PARAGRAPH.join(asked[number]), PARAGRAPH.join(said[number]), language)
        for number, language in languages.items()
    }


def _text(asked: str, said: str, language: str | None) -> DocumentText:
    question = spoken_text((asking(asked, language).short_text or asked)[:_LONGEST_QUESTION]) if asked else ""
    whole = f"{question} {spoken_text(said[:_LONGEST_TEXT])}"
    return DocumentText(" ".join(whole.split())[:_LONGEST_TEXT], " ".join(question.split()), language)
