"""Makes the items of a search of its ranks: questions, and turns outside of questions, with snippets and highlights."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview, SearchDocument, TopicState, Turn
from app.queries import questions
from app.queries.embedding import Item, people_and_formats_of, with_interview
from app.queries.highlights import Highlighter, TextMatches, best_snippet, marked, opening_snippet
from app.queries.items import interview_of
from app.queries.paging import Rank
from app.queries.query import Query
from app.text.paragraphs import PARAGRAPH
from app.text.terms import is_stemmed

# Snippets and highlights of a hit, at most.
_MAX_SNIPPETS = 3
MAX_HIGHLIGHTS = 500


class HitKind(StrEnum):
    """What a hit is."""

    QUESTION = "question"
    TURN = "turn"


class _TurnText(NamedTuple):
    """A turn of a hit; `begins` is where its text begins in the text of its question or answer."""

    turn_id: str
    answer_id: str | None
    text: str
    begins: int
    # Whether somebody whom the query names says it.
    is_named: bool


def embedder(query: Query, states: Sequence[TopicState], speaker_ids: Collection[str] = ()) -> Any:
    """Make what makes hits of ranks; `speaker_ids` are the people whom the query names."""
    highlighter = Highlighter(query)

    def embed(connection: sa.Connection, ranks: Sequence[Rank]) -> list[Item]:
        columns = (SearchDocument.number, SearchDocument.question_id, SearchDocument.turn_id)
        rows = connection.execute(
            sa.select(*map(col, columns)).where(
                col(SearchDocument.number).in_([number for _tier, _score, number in ranks])
            )
        )
        items = {row.number: (row.question_id, row.turn_id) for row in rows}
        asked = questions.with_ids(connection, [question for question, _turn in items.values() if question], states)
        turns = _turns(connection, [turn for _question, turn in items.values() if turn])
        turn_texts = _turns_of_questions(connection, list(asked), speaker_ids)
        hits = []
        for _tier, score, number in ranks:
            question_id, turn_id = items[number]
            if question_id is not None:
                hits.append(_hit(highlighter, score, asked[question_id], None, turn_texts[question_id]))
            else:
                turn = turns[turn_id]
                hits.append(_hit(highlighter, score, None, turn, [_TurnText(turn_id, None, turn["text"], 0, True)]))
        return hits

    return embed


def _turns(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Item]:
    columns = (
        Turn.id,
        Turn.interview_id,
        Turn.position,
        Turn.kind,
        Turn.speaker_id,
        Turn.text,
        Turn.source_start,
        Turn.source_end,
        Turn.start_ms,
        Turn.end_ms,
    )
    free = with_interview(*map(col, columns)).join(Interview, col(Interview.id) == col(Turn.interview_id))
    rows = connection.execute(free.where(col(Turn.id).in_(ids))).all()
    interviews = {row.interview_id for row in rows}
    people, text_formats = people_and_formats_of(connection, interviews)
    return {
        row.id: {
            **{name: row._mapping[name] for name in ("id", "position", "kind", "text")},
            **{name: row._mapping[name] for name in ("source_start", "source_end", "start_ms", "end_ms")},
            "text_format": text_formats[row.interview_id],
            "speaker": people[row.interview_id].get(row.speaker_id),
            "interview": interview_of(row),
        }
        for row in rows
    }


def _turns_of_questions(
    connection: sa.Connection, question_ids: Sequence[str], speaker_ids: Collection[str]
) -> dict[str, list[_TurnText]]:
    """Return the turns of questions and of their answers, by question and in order."""
    columns: tuple[Any, ...] = (Turn.id, Turn.question_id, Turn.answer_id, Turn.text, Turn.speaker_id)
    rows = connection.execute(
        sa.select(*columns).where(col(Turn.question_id).in_(question_ids)).order_by(col(Turn.position))
    )
    turn_texts: dict[str, list[_TurnText]] = defaultdict(list)
    ends: dict[tuple[str, str | None], int] = {}
    for turn_id, question_id, answer_id, text, speaker_id in rows:
        begins = ends.get((question_id, answer_id), 0)
        turn_texts[question_id].append(_TurnText(turn_id, answer_id, text, begins, speaker_id in speaker_ids))
        ends[question_id, answer_id] = begins + len(text) + len(PARAGRAPH)
    return turn_texts


def _hit(
    highlighter: Highlighter, score: float, question: Item | None, turn: Item | None, turn_texts: Sequence[_TurnText]
) -> Item:
    item = question or turn or {}
    interview = item["interview"]
    stemmed = is_stemmed(interview["language"])
    found = [(one, highlighter.find(one.text, stemmed=stemmed)) for one in turn_texts]
    return {
        "kind": HitKind.TURN if question is None else HitKind.QUESTION,
        "id": item["id"],
        "score": round(score, 6),
        "question": question,
        "turn": turn,
        "answer_id": _best_answer(found),
        "snippets": _snippets(found),
        "highlights": [
            {
                "turn_id": one.turn_id,
                "answer_id": one.answer_id,
                "start": span.start,
                "end": span.end,
                "text_start": one.begins + span.start,
                "text_end": one.begins + span.end,
            }
            for one, matches in found
            for span in matches.highlights
        ][:MAX_HIGHLIGHTS],
        "title_highlights": [
            {"start": span.start, "end": span.end}
            for span in highlighter.find(interview["title"], stemmed=stemmed).highlights
        ],
        "interview": interview,
    }


def _best_answer(found: Sequence[tuple[_TurnText, TextMatches]]) -> str | None:
    """Return the id of the answer of somebody who is named, if there is one, with the most phrases of the query, then
    with the most matches, then the first.
    """
    phrases: dict[str, set[int]] = defaultdict(set)
    times: dict[str, int] = defaultdict(int)
    named: set[str] = set()
    for one, matches in found:
        if one.answer_id is not None and (matches.highlights or one.is_named):
            phrases[one.answer_id].update(*matches.phrases)
            times[one.answer_id] += len(matches.highlights)
            named |= {one.answer_id} if one.is_named else set()
    return max(phrases, key=lambda answer: (answer in named, len(phrases[answer]), times[answer]), default=None)


def _snippets(found: Sequence[tuple[_TurnText, TextMatches]]) -> list[Item]:
    """Return the best snippets, at most one a turn, in the order of the record.

    Where no turn has a match, as in a hit by its title or by who speaks, it is the beginning of what is said: by
    somebody who is named, else in answer, else in question.
    """
    snippets = [
        (snippet, order, one)
        for order, (one, matches) in enumerate(found)
        if (snippet := best_snippet(one.text, matches)) is not None
    ]
    if not snippets and found:
        first = max((one for one, _matches in found), key=lambda one: (one.is_named, one.answer_id is not None))
        snippets = [(opening_snippet(first.text), 0, first)]
    best = sorted(snippets, key=lambda shown: (shown[2].is_named, shown[0].score, -shown[1]), reverse=True)
    return [
        {
            "turn_id": one.turn_id,
            "answer_id": one.answer_id,
            "start": snippet.start,
            "end": snippet.end,
            "text": one.text[snippet.start : snippet.end],
            "html": marked(one.text, snippet),
            "highlights": [{"start": span.start, "end": span.end} for span in snippet.highlights],
        }
        for snippet, _order, one in sorted(best[:_MAX_SNIPPETS], key=lambda shown: shown[1])
    ]
