"""The documents and words that search works on are those of the record."""

from collections.abc import Generator

import sqlalchemy as sa
from sqlmodel import col

from app.loading.documents import documents_of
from app.maintenance.integrity.check import REBUILD_SEARCH, Check, ItemCounter, Problem, stream
from app.models import Interview, SearchDocument, SearchWord, table_of

# Words looked up in one statement, at most: engines limit the parameters of one.
_WORDS_PER_STATEMENT = 500


def _find_problems(connection: sa.Connection, counter: ItemCounter) -> Generator[Problem]:
    columns = [table_of(SearchDocument).c[name] for name in ("question_id", "turn_id", "title", "question", "answers")]
    word = table_of(SearchWord).c.word
    interviews = sa.select(col(Interview.id), col(Interview.title), col(Interview.language))
    for row in stream(connection, interviews):
        documents, words = documents_of(connection, row.id, row.title, row.language)
        wanted = {tuple(one[column.name] for column in columns) for one in documents}
        stored = connection.execute(sa.select(*columns).where(col(SearchDocument.interview_id) == row.id))
        present = {tuple(one) for one in stored}
        counter.add(len(documents))
        for key in sorted({one[0] or one[1] for one in wanted ^ present}):
            yield str(key), "the words that search finds it by are not the words that it says"
        spoken = sorted(words)
        for first in range(0, len(spoken), _WORDS_PER_STATEMENT):
            some = spoken[first : first + _WORDS_PER_STATEMENT]
            if missing := sorted(set(some) - set(connection.execute(sa.select(word).where(word.in_(some))).scalars())):
                yield row.id, f"{len(missing)} of its words are missing in search_word, such as {missing[0]!r}"


CHECK = Check("documents", "what can be searched is what was said", REBUILD_SEARCH, _find_problems, is_derived=True)
