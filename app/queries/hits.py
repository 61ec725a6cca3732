"""Lists the hits of a search, the best first: questions and turns outside of questions, with snippets."""

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col

from app.models import Interview, SearchDocument, TopicState, Turn
from app.queries import limits, questions
from app.queries.conditions import Conditions, row_condition
from app.queries.embedding import (
    Item,
    document_select,
    people_and_formats_of,
    with_interview,
)
from app.queries.filters import Filters, conditions
from app.queries.highlights import Highlighter, TextMatches, best_snippet, marked
from app.queries.items import interview_of
from app.queries.paging import Rank, Ranked
from app.queries.query import Mode, Query, expanded, read_query
from app.queries.search import MAX_RANKED, Ranking, count, matching, rank
from app.queries.spelling import did_you_mean
from app.text.paragraphs import PARAGRAPH
from app.text.terms import is_stemmed

# Hits for all words below which hits for any of them are added.
_FEW = 5
# Snippets and highlights of a hit, at most.
_MAX_SNIPPETS = 3
MAX_HIGHLIGHTS = 500


class Matched(StrEnum):
    """Which words the hits have."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class RankingKind(StrEnum):
    """Whether everything that matches was ranked."""

    EXACT = "exact"
    BOUNDED = "bounded"


class HitKind(StrEnum):
    """What a hit is."""

    QUESTION = "question"
    TURN = "turn"


def search(connection: sa.Connection, text: str, mode: Mode, filters: Filters) -> Ranked:
    """Search the record. The list comes with remarks on the search as a whole.

    Raises:
        ParameterError: a filter names something unknown.
    """
    given = conditions(connection, filters, "documents")
    read = read_query(text, mode)
    query = expanded(connection, read)
    notes = []
    if query.is_cut:
        notes.append("The query is long: its last words were left out.")
    if not query.groups:
        notes.append("The query has no letter and no digit to search for.")
        summary = _summary(text, query, Matched.NONE, RankingKind.EXACT, notes, None)
        embed = _embedder(query, given.topic_states)
        nothing = given.adding(row_condition(sa.false()))
        return Ranked([], embed, 0, total_is_exact=True, conditions=nothing, extra=summary)
    filtered = _filtered(given)
    strict = rank(connection, query, filtered, count_to=limits.TOTAL_CAP, keep_common=filtered is not None)
    matched, used, ranking = _matched(query), query, strict
    loose = query.relaxed() if mode is Mode.SEARCH and strict.total < _FEW else None
    # Count in the whole corpus, not within the filters: otherwise, one more filter could add hits.
    if loose is not None and (filtered is None or count(connection, query, _FEW) < _FEW):
        matched, used, ranking = Matched.ANY, loose, strict
        ranking = rank(connection, loose, filtered, count_to=limits.TOTAL_CAP, keep_common=filtered is not None)
        notes.append("Few items have all the words: those with some of them follow.")
    elif loose is not None and not strict.total:
        notes.append("What the filters leave has not all the words; mode=ask finds any of them.")
    kind = RankingKind.EXACT if ranking.is_exact else RankingKind.BOUNDED
    if kind is RankingKind.BOUNDED:
        notes.append(f"The words are common: of what matches, at most the newest {MAX_RANKED:,} are ranked and shown.")
    return Ranked(
        _ranks(strict, ranking),
        _embedder(used, given.topic_states),
        min(ranking.total, limits.TOTAL_CAP),
        total_is_exact=ranking.total <= limits.TOTAL_CAP,
        conditions=given.adding(row_condition(matching(connection, used))),
        extra=_summary(text, used, matched, kind, notes, did_you_mean(connection, text, read)),
    )


def _matched(query: Query) -> Matched:
    return Matched.ANY if query.mode is Mode.ASK and len(query.phrases()) > 1 else Matched.ALL


def _summary(
    text: str, query: Query, matched: Matched, ranking: RankingKind, notes: Sequence[str], meant: Item | None
) -> Item:
    return {
        "query": {
            "text": text,
            "mode": query.mode,
            "words": [str(phrase) for phrase in query.phrases()],
            "excluded": [str(phrase) for phrase in query.excluded],
        },
        "matched": matched,
        "ranking": ranking,
        "notes": list(notes),
        "did_you_mean": meant,
    }


def _filtered(given: Conditions) -> sa.Select[Any] | None:
    narrowed = given.by_index()
    return document_select(col(SearchDocument.number)).where(*narrowed) if narrowed else None


def _ranks(strict: Ranking, ranking: Ranking) -> list[Rank]:
    """Put documents with all the words before those with some of them."""
    if ranking is strict:
        return sorted(((1, score, number) for number, score in strict.scores.items()), reverse=True)
    scores = {**strict.scores, **ranking.scores}
    return sorted(((int(number in strict.scores), score, number) for number, score in scores.items()), reverse=True)


class _TurnText(NamedTuple):
    """A turn of a hit; `begins` is where its text begins in the text of its question or answer."""

    turn_id: str
    answer_id: str | None
    text: str
    begins: int


def _embedder(query: Query, states: Sequence[TopicState]) -> Any:
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
        turn_texts = _turns_of_questions(connection, list(asked))
        hits = []
        for _tier, score, number in ranks:
            question_id, turn_id = items[number]
            if question_id is not None:
                hits.append(_hit(highlighter, score, asked[question_id], None, turn_texts[question_id]))
            else:
                turn = turns[turn_id]
                hits.append(_hit(highlighter, score, None, turn, [_TurnText(turn_id, None, turn["text"], 0)]))
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


def _turns_of_questions(connection: sa.Connection, question_ids: Sequence[str]) -> dict[str, list[_TurnText]]:
    """Return the turns of questions and of their answers, by question and in order."""
    columns: tuple[Any, ...] = (Turn.id, Turn.question_id, Turn.answer_id, Turn.text)
    rows = connection.execute(
        sa.select(*columns).where(col(Turn.question_id).in_(question_ids)).order_by(col(Turn.position))
    )
    turn_texts: dict[str, list[_TurnText]] = defaultdict(list)
    ends: dict[tuple[str, str | None], int] = {}
    for turn_id, question_id, answer_id, text in rows:
        begins = ends.get((question_id, answer_id), 0)
        turn_texts[question_id].append(_TurnText(turn_id, answer_id, text, begins))
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
        "score": float(f"{score:.6g}"),
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
    """Return the id of the answer with the most phrases of the query, then with the most matches, then the first."""
    phrases: dict[str, set[int]] = defaultdict(set)
    times: dict[str, int] = defaultdict(int)
    for one, matches in found:
        if one.answer_id is not None and matches.highlights:
            phrases[one.answer_id].update(*matches.phrases)
            times[one.answer_id] += len(matches.highlights)
    return max(phrases, key=lambda answer: (len(phrases[answer]), times[answer]), default=None)


def _snippets(found: Sequence[tuple[_TurnText, TextMatches]]) -> list[Item]:
    """Return the best snippets, at most one a turn, in the order of the record."""
    snippets = [
        (snippet, order, one)
        for order, (one, matches) in enumerate(found)
        if (snippet := best_snippet(one.text, matches)) is not None
    ]
    best = sorted(snippets, key=lambda shown: (shown[0].score, -shown[1]), reverse=True)[:_MAX_SNIPPETS]
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
        for snippet, _order, one in sorted(best, key=lambda shown: shown[1])
    ]
