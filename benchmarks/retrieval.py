"""How well answers are found: each question of a folder of transcripts is a query, and its own answers the only right
result. Against FTS5 as it comes (porter, bm25) over the same texts, and, on PostgreSQL, against its own ts_rank.

python -m benchmarks.retrieval FOLDER [FOLDER ...] [--url POSTGRESQL]

With --meaning, words against words and meaning for each folder, on two sets of queries: questions, whose own answers
are searched for without the questions; and a sentence from the middle of an answer, taken out of it. Nobody typed
these queries, and others might be answered as well: the figures compare rankings, and say little of one.
"""

import argparse
import datetime
import os
import random
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import process_time

import sqlalchemy as sa

from app.db import Database
from app.loading import DocumentWriter
from app.loading.documents import DocumentTurn
from app.loading.vectors import embed_documents
from app.models import Answer, Interview, Question, Turn, table_of
from app.queries.meaning import DEPTH, reranked, vectors_of
from app.queries.query import Mode, expanded, read_query
from app.queries.search import rank
from app.queries.spelling import find_slips
from app.structure.batches import ReadOptions, RefusedFile, prepare_one
from app.structure.files import find_files
from app.text.meaning import MeaningModel, nearness, open_model
from app.text.paragraphs import PARAGRAPH
from app.text.sentences import sentences
from app.transcripts.transcript import TurnKind

_DEPTH = 10
# A question of fewer words is "Why?" and asks for nothing that an index could know.
_FEWEST_WORDS = 4
_SHORTEST_ANSWER = 5
_SEED = 3
# Queries of a folder from which on it is a set of its own.
_FEWEST_PAIRS = 20

# A query, and the place of its own answer in the list of answers.
Pair = tuple[str, int]
Finder = Callable[[str], Sequence[int]]


def read_pairs(folders: Sequence[Path]) -> tuple[list[Pair], list[tuple[str, str | None]], int]:
    """Read transcripts as loading does; return queries, answers with their language, and how many files were read."""
    pairs: list[Pair] = []
    answers: list[tuple[str, str | None]] = []
    files = 0
    for job in find_files(folders).transcripts:
        prepared = prepare_one(job, ReadOptions())
        if isinstance(prepared, RefusedFile):
            continue
        files += 1
        for exchange in prepared.structure.exchanges:
            answer = PARAGRAPH.join(prepared.text_of(one.turns) for one in exchange.answers)
            if len(answer.split()) < _SHORTEST_ANSWER:
                continue
            question = prepared.text_of(exchange.question_turns)
            if len(question.split()) >= _FEWEST_WORDS:
                pairs.append((question, len(answers)))
            answers.append((answer, prepared.metadata.language))
    return pairs, answers, files


def fill(database: Database, answers: Sequence[tuple[str, str | None]]) -> dict[int, int]:
    """Index each answer as a document without its question; return the place of each answer by document number."""
    with database.write() as connection, DocumentWriter(connection) as documents:
        for place, (text, language) in enumerate(answers):
            for table, row in _rows(place, text):
                connection.execute(sa.insert(table), row)
            documents.add(
                f"i{place}", "", language, [DocumentTurn(f"t{place}", TurnKind.ANSWER, text, f"q{place}", f"a{place}")]
            )
    with database.read() as connection:
        numbers = connection.exec_driver_sql("SELECT number, question_id FROM search_document").all()
    return {number: int(question_id[1:]) for number, question_id in numbers}


def _rows(place: int, text: str) -> Iterator[tuple[sa.Table, dict[str, object]]]:
    """The rows that a search document refers to."""
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    interview = {"id": f"i{place}", "slug": f"i{place}", "title": "", "revision": 1, "modified_at": day}
    counters = dict.fromkeys(("turns_numbered", "questions_numbered", "answers_numbered", "speakers_numbered"), 1)
    attribution = {"language_attribution": "unknown"}
    yield table_of(Interview), {**interview, **counters, **attribution}
    question = {"id": f"q{place}", "interview_id": f"i{place}", "position": 1}
    yield table_of(Question), question
    yield table_of(Answer), {"id": f"a{place}", "interview_id": f"i{place}", "question_id": f"q{place}", "position": 1}
    turn = {"id": f"t{place}", "interview_id": f"i{place}", "position": 1, "kind": "answer", "text": text}
    yield table_of(Turn), {**turn, "source_start": 0, "source_end": 0, "question_id": f"q{place}"}


def quoth(database: Database, places: dict[int, int], mode: Mode, *, corrected: bool = False) -> Finder:
    """Find as /v1/search does."""

    def find_answers(text: str) -> list[int]:
        with database.read() as connection:
            query = read_query(text, mode)
            if corrected:
                slips = find_slips(connection, query)
                query = query.replacing({slip.word: slip.suggestions for slip in slips if slip.is_replaced})
            found = rank(connection, expanded(connection, query), count_to=_DEPTH).best(_DEPTH)
        return [places[number] for number in found]

    return find_answers


def plain_fts5(answers: Sequence[tuple[str, str | None]], joiner: str) -> Finder:
    """FTS5 as most would set it up: porter over unicode61, bm25, every word of the query."""
    plain = sqlite3.connect(":memory:")
    plain.execute("CREATE VIRTUAL TABLE answers USING fts5 (text, tokenize = 'porter unicode61')")
    plain.executemany("INSERT INTO answers (rowid, text) VALUES (?, ?)", enumerate(text for text, _ in answers))

    def find_answers(text: str) -> list[int]:
        words = joiner.join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", text.lower())))
        rows = plain.execute(
            "SELECT rowid FROM answers WHERE answers MATCH ? ORDER BY bm25(answers) LIMIT ?", (words, _DEPTH)
        )
        return [row[0] for row in rows]

    return find_answers


def plain_postgresql(database: Database, answers: Sequence[tuple[str, str | None]]) -> Finder:
    """PostgreSQL as most would set it up: english, ts_rank, any word of the query."""
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE plain (place integer PRIMARY KEY, vector tsvector)")
        connection.execute(
            sa.text("INSERT INTO plain VALUES (:place, to_tsvector('english', :text))"),
            [{"place": place, "text": text} for place, (text, _language) in enumerate(answers)],
        )
    statement = sa.text(
        "SELECT place FROM plain, "
        "CAST(replace(CAST(plainto_tsquery('english', :text) AS text), '&', '|') AS tsquery) AS q "
        "WHERE vector @@ q ORDER BY ts_rank(vector, q) DESC, place LIMIT :depth"
    )

    def find_answers(text: str) -> list[int]:
        with database.read() as connection:
            return list(connection.execute(statement, {"text": text, "depth": _DEPTH}).scalars())

    return find_answers


def measure(name: str, pairs: Sequence[Pair], find_answers: Finder) -> None:
    """Print the mean reciprocal rank and the recall among the first ten."""
    reciprocal, recall = _figures(pairs, find_answers)
    print(f"| {name} | {reciprocal:.3f} | {recall:.3f} |")


def _figures(pairs: Sequence[Pair], find_answers: Finder) -> tuple[float, float]:
    """Return the mean reciprocal rank and the recall among the first ten."""
    reciprocal, found = 0.0, 0
    for text, right in pairs:
        answers = list(find_answers(text))
        if right in answers:
            found += 1
            reciprocal += 1 / (answers.index(right) + 1)
    return reciprocal / len(pairs), found / len(pairs)


def by_meaning(database: Database, places: dict[int, int], model: MeaningModel) -> Finder:
    """Find as /v1/search does where ranking by meaning is on."""

    def find_answers(text: str) -> list[int]:
        with database.read() as connection:
            ranking = rank(connection, expanded(connection, read_query(text, Mode.ASK)), count_to=_DEPTH)
            ranks = [(0, ranking.scores[number], number) for number in ranking.best(DEPTH)]
            near = nearness(model.vector(text), vectors_of(connection, model, [number for *_, number in ranks]))
        return [places[number] for _tier, _score, number in reranked(ranks, near)[:_DEPTH]]

    return find_answers


def sentences_taken_out(answers: Sequence[tuple[str, str | None]]) -> tuple[list[Pair], list[tuple[str, str | None]]]:
    """Take one sentence of eight to forty words out of each answer of four sentences or more, as a query for it."""
    source, pairs, rest = random.Random(_SEED), list[Pair](), list(answers)
    for place, (text, language) in enumerate(answers):
        parts = [text[start:end] for start, end in sentences(text)]
        chosen = [index for index, part in enumerate(parts) if 8 <= len(part.split()) <= 40]
        if len(parts) >= 4 and chosen:
            index = source.choice(chosen)
            pairs.append((parts[index], place))
            rest[place] = (" ".join(parts[:index] + parts[index + 1 :]), language)
    return pairs, rest


def compare_meaning(folders: Sequence[Path], setting: str) -> None:
    """Measure words against words and meaning, and what the vectors cost."""
    model = open_model(setting)
    assert model is not None
    before = _resident_mb()
    model.vector("The model is loaded.")
    print(f"the model: {_resident_mb() - before:.0f} MB more in memory\n")
    print("| set | queries | words MRR | R@10 | and meaning MRR | R@10 |\n|---|--:|--:|--:|--:|--:|")
    totals: dict[str, list[float]] = {}
    made, seconds = 0, 0.0
    for folder in folders:
        asked, answers, _files = read_pairs([folder])
        taken, rest = sentences_taken_out(answers)
        for kind, pairs, texts in (("questions", asked, answers), ("sentences", taken, rest)):
            if len(pairs) < _FEWEST_PAIRS:
                continue
            with tempfile.TemporaryDirectory() as temporary:
                database = Database(f"sqlite:///{temporary}/meaning.db")
                database.migrate()
                places = fill(database, texts)
                began = process_time()
                made += embed_documents(database, model).made
                seconds += process_time() - began
                figures = [
                    *_figures(pairs, quoth(database, places, Mode.ASK)),
                    *_figures(pairs, by_meaning(database, places, model)),
                ]
                database.close()
            _print_row(f"{folder.name}, {kind}", len(pairs), figures)
            sums = totals.setdefault(kind, [0.0] * 5)
            totals[kind] = [one + other * len(pairs) for one, other in zip(sums, [1.0, *figures], strict=True)]
    for kind, (count, *sums) in totals.items():
        _print_row(f"all, {kind}", int(count), [one / count for one in sums])
    began = process_time()
    for number in range(50):
        model.vector(f"How did the council decide about ferry {number}, and who opposed it?")
    print(
        f"\n{seconds / made * 1000:.0f} s of a core for 1,000 documents, {(process_time() - began) * 20:.0f} ms a query"
    )


def _print_row(name: str, count: int, figures: Sequence[float]) -> None:
    print(f"| {name} | {count} | {' | '.join(f'{figure:.3f}' for figure in figures)} |", flush=True)


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _with_slip(text: str, source: random.Random) -> str:
    """Put one slip into the longest word: two letters the wrong way round, one left out, or one twice."""
    word = max(re.findall(r"[A-Za-z]+", text) or [text], key=len)
    place = source.randrange(1, max(2, len(word) - 1))
    slips = (
        word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :],
        word[:place] + word[place + 1 :],
        word[:place] + word[place : place + 1] + word[place:],
    )
    return text.replace(word, source.choice(slips))


def main() -> None:
    """Read, index and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--url", help="an empty PostgreSQL database, to measure that too")
    parser.add_argument("--meaning", metavar="MODEL", help="minilm, or a folder: compare ranking by meaning")
    arguments = parser.parse_args()
    if arguments.meaning:
        compare_meaning(arguments.folders, arguments.meaning)
        return
    pairs, answers, files = read_pairs(arguments.folders)
    print(f"{files} transcripts, {len(answers)} answers, {len(pairs)} questions of {_FEWEST_WORDS} words or more\n")
    source = random.Random(_SEED)
    slips = [(_with_slip(text, source), right) for text, right in pairs]
    print("| | MRR@10 | R@10 |\n|---|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        measure("plain FTS5, every word", pairs, plain_fts5(answers, " "))
        measure("plain FTS5, any word", pairs, plain_fts5(answers, " OR "))
        database = Database(f"sqlite:///{folder}/retrieval.db")
        database.migrate()
        places = fill(database, answers)
        measure("Quoth on SQLite, mode=ask", pairs, quoth(database, places, Mode.ASK))
        measure("the same, a slip in each question", slips, quoth(database, places, Mode.ASK))
        measure("the same, replaced", slips, quoth(database, places, Mode.ASK, corrected=True))
        database.close()
        if arguments.url:
            database = Database(arguments.url)
            database.migrate()
            places = fill(database, answers)
            measure("PostgreSQL's ts_rank, any word", pairs, plain_postgresql(database, answers))
            measure("Quoth on PostgreSQL, mode=ask", pairs, quoth(database, places, Mode.ASK))
            database.close()


if __name__ == "__main__":
    main()
