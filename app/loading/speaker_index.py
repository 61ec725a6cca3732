"""Keeps in step what speakers are found and sorted by: the words of their names, and how many answers they gave.

Whatever writes names, aliases or answers calls `index_speakers` with those whom it concerns, once it is done.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Contribution, Speaker, SpeakerEntry, SpeakerWord, table_of
from app.text.names import name_key, name_words

# Speakers that are read and written at a time.
_AT_A_TIME = 500
_IDS: Any = sa.bindparam("ids", expanding=True)
_SPEAKERS = sa.select(
    col(Speaker.id),
    col(Speaker.name),
    col(Speaker.aliases),
    sa.select(sa.func.count())
    .where(col(Answer.speaker_id) == col(Speaker.id))
    .correlate(Speaker)
    .scalar_subquery()
    .label("answers"),
).where(col(Speaker.id).in_(_IDS))
_ENTRIES = sa.select(table_of(SpeakerEntry)).where(col(SpeakerEntry.speaker_id).in_(_IDS))
_WORDS = sa.select(table_of(SpeakerWord)).where(col(SpeakerWord.speaker_id).in_(_IDS))


def index_speakers(connection: sa.Connection, speaker_ids: Collection[str]) -> None:
    """Write anew what these speakers are found and sorted by, where it changed; those who are gone have nothing."""
    ids = sorted(set(speaker_ids))
    for first in range(0, len(ids), _AT_A_TIME):
        _index(connection, ids[first : first + _AT_A_TIME])


def index_missing_speakers(connection: sa.Connection) -> int:
    """Index the speakers who are not, and return how many these are."""
    missing = sa.select(col(Speaker.id)).where(~sa.exists().where(col(SpeakerEntry.speaker_id) == col(Speaker.id)))
    ids = list(connection.execute(missing).scalars())
    index_speakers(connection, ids)
    return len(ids)


def people_of(connection: sa.Connection, interview_id: str) -> list[str]:
    """List who takes part in an interview now."""
    taking_part = sa.select(col(Contribution.speaker_id)).where(col(Contribution.interview_id) == interview_id)
    return list(connection.execute(taking_part).scalars())


def entry_of(speaker: Any) -> dict[str, Any]:
    """Return the row that the list sorts a speaker by."""
    name = name_key(speaker.name or "")
    return {"speaker_id": speaker.id, "name": name, "unnamed": speaker.name is None, "answers": speaker.answers}


def words_of(speaker: Any) -> set[tuple[str, bool]]:
    """Return the words that a speaker is found by, and whether each is a whole name."""
    names = [words for name in (speaker.name, *speaker.aliases) if name and (words := name_words(name))]
    return {(" ".join(words), True) for words in names} | {(word, False) for words in names for word in words}


def _index(connection: sa.Connection, ids: Sequence[str]) -> None:
    speakers = connection.execute(_SPEAKERS, {"ids": ids}).all()
    stored = {row.speaker_id: dict(row._mapping) for row in connection.execute(_ENTRIES, {"ids": ids})}
    entries = {row.id: entry_of(row) for row in speakers}
    stale = [one for one, entry in entries.items() if one in stored and stored[one] != entry]
    if stale:
        connection.execute(sa.delete(SpeakerEntry).where(col(SpeakerEntry.speaker_id).in_(stale)))
    _insert(connection, table_of(SpeakerEntry), (row for one, row in entries.items() if stored.get(one) != row))
    known: dict[str, set[tuple[str, bool]]] = {}
    for row in connection.execute(_WORDS, {"ids": ids}):
        known.setdefault(row.speaker_id, set()).add((row.word, row.whole))
    renamed = {row.id: words for row in speakers if (words := words_of(row)) != known.get(row.id, set())}
    former = [one for one in renamed if one in known]
    if former:
        connection.execute(sa.delete(SpeakerWord).where(col(SpeakerWord.speaker_id).in_(former)))
    _insert(
        connection,
        table_of(SpeakerWord),
        (
            {"word": word, "whole": whole, "speaker_id": one}
            for one, words in renamed.items()
            for word, whole in sorted(words)
        ),
    )


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    if some := list(rows):
        connection.execute(sa.insert(table), some)
