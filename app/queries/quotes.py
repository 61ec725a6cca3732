"""Verifies quotations: the verdict, and the passages of the record that it rests on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.citations import Noun, permalink_to
from app.db.work import bounded
from app.models import Answer, Interview, Question, SearchDocument, Speaker
from app.queries import limits
from app.queries.embedding import INTERVIEW_COLUMNS, Item, document_select, people_of
from app.queries.filters import Clause, Clauses, Filters, conditions
from app.queries.names import renamed, unknown
from app.queries.passages import MAX_WHOLE, Candidates, StoredPassage, read_interrupted_passages, read_passages
from app.queries.quote_explanations import explain
from app.queries.superseded_wordings import find_superseded
from app.quotes import (
    FAITHFUL,
    Caution,
    Judgement,
    Match,
    Nearest,
    QuotationDifference,
    TurnRange,
    Verdict,
    judge,
    key_of,
    read_quotation,
    token_texts,
)

# Code points of the passage that are returned before and after a match.
CONTEXT_LENGTH = 200


@dataclass(frozen=True)
class Claim:
    """The speakers whom a quotation is attributed to: any one of them. `names` are folded, `shown` are to be read."""

    slugs: tuple[str, ...]
    shown: tuple[str, ...]
    ids: frozenset[str]
    names: frozenset[tuple[str, ...]]


def verify(
    connection: sa.Connection,
    text: str,
    speakers: Sequence[str] = (),
    interview: str | None = None,
    topic: str | None = None,
    joints: Sequence[int] = (),
) -> Item:
    """Judge a quotation that is attributed to any of some speakers, within an interview or a topic, all by slug.

    `joints` are the offsets at which an attribution interrupts it.

    Raises:
        ParameterError: a slug is unknown; similar ones are suggested.
        ClientLeftError, StatementTimeError: nobody waits for the verdict any more, or it takes a request too long.
    """
    claim = _claim(connection, speakers) if speakers else None
    within = Filters(interview=_clause(interview), topic=_clause(topic))
    go_on = bounded(limits.VERDICT_SECONDS, "The verdict took too long; send a shorter quotation.")
    judgement, stored_by_id = _judge(connection, text, claim, within, joints, go_on)
    matches = _matches(connection, judgement.matches, stored_by_id, claim)
    nearest = _nearest(connection, judgement.nearest, stored_by_id)
    superseded = None
    if judgement.verdict in {Verdict.ALTERED, Verdict.NOT_FOUND}:
        interview_ids = {one.interview_id for one in stored_by_id.values()}
        superseded = find_superseded(connection, text, joints, interview_ids, claim.slugs if claim else (), go_on)
    return {
        "verdict": judgement.verdict,
        "explanation": explain(judgement.verdict, matches, nearest, superseded, claim.shown if claim else ()),
        "text": text,
        "speakers": list(claim.slugs) if claim else [],
        "matches": matches,
        "nearest": nearest,
        "superseded": superseded,
        "is_complete": judgement.is_complete,
    }


def _clause(slug: str | None) -> Clauses:
    return () if slug is None else (Clause((slug,)),)


def _claim(connection: sa.Connection, slugs: Sequence[str]) -> Claim:
    columns = sa.select(col(Speaker.id), col(Speaker.slug), col(Speaker.name))
    rows = list(connection.execute(columns.where(col(Speaker.slug).in_(slugs))))
    missing = [slug for slug in slugs if slug not in {row.slug for row in rows}]
    former = renamed(connection, Speaker, missing)
    for slug in missing:
        if slug not in former:
            raise unknown(connection, "speaker", slug, Speaker)
    rows += connection.execute(columns.where(col(Speaker.id).in_(former.values())))
    return Claim(
        tuple(row.slug for row in rows),
        tuple(row.name or row.slug for row in rows),
        frozenset(row.id for row in rows),
        frozenset(_folded(row.name) for row in rows if row.name),
    )


def _folded(name: str) -> tuple[str, ...]:
    return tuple(map(key_of, token_texts(name)))


def _judge(
    connection: sa.Connection,
    text: str,
    claim: Claim | None,
    within: Filters,
    joints: Sequence[int],
    go_on: Callable[[], None],
) -> tuple[Judgement, dict[str, StoredPassage]]:
    """Judge the passages that may have the quotation word for word, and only if none says it, those similar to it."""
    everywhere = _filtered(connection, within)
    # Search the claimed speaker separately, so that others who say the same more often do not crowd them out.
    own = None if claim is None else _filtered(connection, within.replacing(speaker=(Clause(claim.slugs),)))
    candidates = Candidates(connection, read_quotation(text, joints))
    stored_by_id: dict[str, StoredPassage] = {}
    judgement = Judgement(Verdict.NOT_FOUND)
    for find in (candidates.whole, candidates.near):
        numbers = find(everywhere)
        is_cut = len(numbers) >= MAX_WHOLE
        if own is not None:
            numbers = list(dict.fromkeys([*find(own), *numbers]))
        stored = read_passages(connection, numbers)
        if find == candidates.near:
            stored += read_interrupted_passages(connection, stored)
        names = _names(connection, stored)
        stored_by_id = {one.id: one for one in stored}
        passages = [one.passage(as_claimed=_as_claimed(claim, one, names)) for one in stored]
        known = {key for name in names.values() for key in _folded(name or "")}
        judgement = judge(text, passages, known, joints, go_on)
        if judgement.verdict in (*FAITHFUL, Verdict.MISATTRIBUTED):
            return replace(judgement, is_complete=judgement.is_complete and not is_cut), stored_by_id
    return judgement, stored_by_id


def _filtered(connection: sa.Connection, within: Filters) -> sa.Select[Any] | None:
    narrowed = conditions(connection, within, "documents").by_index()
    return document_select(col(SearchDocument.number)).where(*narrowed) if narrowed else None


def _names(connection: sa.Connection, stored: Iterable[StoredPassage]) -> dict[str, str | None]:
    ids = {one.speaker_id for one in stored if one.speaker_id is not None}
    rows = connection.execute(sa.select(col(Speaker.id), col(Speaker.name)).where(col(Speaker.id).in_(ids)))
    return {row.id: row.name for row in rows}


def _as_claimed(claim: Claim | None, stored: StoredPassage, names: dict[str, str | None]) -> bool | None:
    """Whether the speaker is a claimed one. None where that is unknown: no speaker, or another one of the same name."""
    if claim is None or stored.speaker_id is None:
        return None
    if stored.speaker_id in claim.ids:
        return True
    name = names[stored.speaker_id]
    return None if name is not None and _folded(name) in claim.names else False


def _nearest(connection: sa.Connection, nearest: Nearest | None, stored_by_id: dict[str, StoredPassage]) -> Item | None:
    """Describe the nearest passage like a match, without what only a match has."""
    if nearest is None:
        return None
    shown = Match(nearest.passage, Verdict.NOT_FOUND, nearest.start, nearest.text, nearest.turn_ranges, (), ())
    [item] = _matches(connection, [shown], stored_by_id, None)
    kept = ("speaker", "interview", "question_id", "answer_id", "text", "before", "after", "places", "citation")
    return {**{key: item[key] for key in kept}, "words_in_common": nearest.words_in_common}


def _matches(
    connection: sa.Connection, matches: Sequence[Match], stored_by_id: dict[str, StoredPassage], claim: Claim | None
) -> list[Item]:
    interview_ids = {stored_by_id[match.passage.id].interview_id for match in matches}
    columns = sa.select(*INTERVIEW_COLUMNS, col(Interview.revision)).where(col(Interview.id).in_(interview_ids))
    interviews = {row.id: dict(row._mapping) for row in connection.execute(columns)}
    people = people_of(connection, interview_ids)
    cited = [_as_cited(stored_by_id[match.passage.id], match) for match in matches]
    revisions = _revisions(connection, [item for one in cited if (item := one.answer_id or one.question_id)])
    found = []
    for match in matches:
        stored = _as_cited(stored_by_id[match.passage.id], match)
        interview = dict(interviews[stored.interview_id])
        revision = interview.pop("revision")
        speaker = people[stored.interview_id].get(stored.speaker_id) if stored.speaker_id else None
        before, after = _context(match)
        found.append(
            {
                "verdict": match.verdict,
                "as_claimed": match.passage.as_claimed,
                "speaker": speaker,
                "interview": interview,
                "question_id": stored.question_id,
                "answer_id": stored.answer_id,
                "text": match.text,
                "before": before,
                "after": after,
                "places": [_turn_range(stored, turn_range) for turn_range in match.turn_ranges],
                "differences": [_difference(one) for one in match.differences],
                "cautions": [*match.cautions, *_cautions_on(claim, match, speaker)],
                "citation": _citation(stored, match, revision, revisions),
            }
        )
    return found


def _as_cited(stored: StoredPassage, match: Match) -> StoredPassage:
    """Return a passage that runs over several answers as one of the question and answer in which a match begins."""
    if not stored.interrupted_before:
        return stored
    turn = next(turn for turn in stored.turns if turn.id == match.turn_ranges[0].turn_id)
    return replace(stored, question_id=turn.question_id, answer_id=turn.answer_id)


def _cautions_on(claim: Claim | None, match: Match, speaker: Item | None) -> list[Caution]:
    if claim is None or match.passage.as_claimed:
        return []
    if speaker is None:
        return [Caution.SPEAKER_UNKNOWN]
    if match.passage.as_claimed is None:
        return [Caution.SAME_NAME]
    return [Caution.SPEAKER_UNNAMED] if speaker["name"] is None else []


def _context(match: Match) -> tuple[str, str]:
    text = match.passage.text
    before = text[max(0, match.start - CONTEXT_LENGTH) : match.start]
    end = match.start + len(match.text)
    return before, text[end : end + CONTEXT_LENGTH]


def _turn_range(stored: StoredPassage, turn_range: TurnRange) -> Item:
    turn = next(turn for turn in stored.turns if turn.id == turn_range.turn_id)
    source_start, source_end = _in_source(turn, turn_range.start, turn_range.end)
    return {
        "turn": turn.id,
        "start": turn_range.start,
        "end": turn_range.end,
        "source_start": source_start,
        "source_end": source_end,
        "start_ms": turn.start_ms,
        "end_ms": turn.end_ms,
    }


def _in_source(turn: sa.Row[Any], start: int, end: int) -> tuple[int, int]:
    """Return the source range of a part of a turn's text. A segment that is not verbatim is taken as a whole."""
    if turn.segments is None:
        return turn.source_start + start, turn.source_start + end
    overlapping = [run for run in turn.segments if run[0] < end and run[1] > start]
    if not overlapping:
        return turn.source_start, turn.source_end
    first, last = overlapping[0], overlapping[-1]
    begins, ends = first[2], last[3]
    if first[1] - first[0] == first[3] - first[2]:
        begins += max(0, start - first[0])
    if last[1] - last[0] == last[3] - last[2]:
        ends -= max(0, last[1] - end)
    return begins, ends


def _difference(one: QuotationDifference) -> Item:
    return {
        "kind": one.kind,
        "quoted": one.quoted,
        "quoted_start": one.quoted_start,
        "quoted_end": one.quoted_end,
        "stands": one.stands,
        "stands_start": one.stands_start,
        "stands_end": one.stands_end,
        "telling": [{"word": telling.word, "meaning": telling.meaning} for telling in one.meaningful_words],
        "likeness": one.likeness,
    }


def _revisions(connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    """Return the revisions of questions and answers, by id."""
    found: dict[str, int] = {}
    for table in (Question, Answer):
        rows = connection.execute(sa.select(col(table.id), col(table.revision)).where(col(table.id).in_(ids)))
        found.update({row.id: row.revision for row in rows})
    return found


def _citation(stored: StoredPassage, match: Match, revision: int, revisions: Mapping[str, int]) -> Item:
    """Cite a range of an answer, or else of a turn, because a question may be asked by several people in turn.

    If a match outside of answers has several turns, its range in the first one is cited.
    """
    noun, item_id = Noun.INTERVIEW, stored.interview_id
    turn_range = match.turn_ranges[0]
    turn: str | None = turn_range.turn_id
    start, end = turn_range.start, turn_range.end
    if stored.interrupted_before:
        pass
    elif stored.answer_id is not None:
        noun, item_id = Noun.ANSWER, stored.answer_id
        turn, start, end = None, match.start, match.start + len(match.text)
    elif stored.question_id is not None:
        noun, item_id = Noun.QUESTION, stored.question_id
    within = "" if turn is None else f"turn={turn}&"
    pinned = revision if noun is Noun.INTERVIEW else revisions[item_id]
    return {
        "permalink": permalink_to(noun, item_id, pinned, turn, start, end),
        "formats": f"/v1/{noun.plural}/{item_id}/citation?{within}start={start}&end={end}",
        "revision": revision,
        "revision_is_current": True,
    }
