"""Speakers are found by the words of their names, and sorted by their names and the number of their answers."""

from collections.abc import Generator

import sqlalchemy as sa
from sqlmodel import col

from app.loading.speaker_index import entry_of, words_of
from app.maintenance.integrity.check import Check, ItemCounter, Problem, stream
from app.models import Answer, Speaker, SpeakerEntry, SpeakerWord, table_of


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    answers = sa.select(sa.func.count()).where(col(Answer.speaker_id) == col(Speaker.id)).correlate(Speaker)
    columns = (col(Speaker.id), col(Speaker.name), col(Speaker.aliases), answers.scalar_subquery().label("answers"))
    for row in stream(connection, sa.select(*columns)):
        counter.add()
        entry = sa.select(table_of(SpeakerEntry)).where(col(SpeakerEntry.speaker_id) == row.id)
        stored = connection.execute(entry).first()
        if stored is None or dict(stored._mapping) != entry_of(row):
            yield row.id, "is sorted by another name or number of answers than it has"
        words = sa.select(col(SpeakerWord.word), col(SpeakerWord.whole)).where(col(SpeakerWord.speaker_id) == row.id)
        if {(one.word, one.whole) for one in connection.execute(words)} != words_of(row):
            yield row.id, "is found by other words than those of its names"


CHECK = Check(
    "names",
    "speakers are found by their names and sorted by their answers",
    "empty speaker_entry and speaker_word; 'quoth migrate' builds them anew",
    _find_problems,
    is_derived=True,
)
