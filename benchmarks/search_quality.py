"""How well searches find what was meant, asked as people ask: through /v1/search, with a query and nothing else.

python -m benchmarks.search_quality FOLDER [FOLDER ...] [--url POSTGRESQL]

The transcripts are loaded, and queries of six kinds are made of them with a fixed seed, each with one document that is
right, or, for a name alone, with one person:

- words: three telling words of an answer
- slip: the same with a slip in one of them, so that it stands nowhere
- who said: `who said` and seven words of an answer in a row
- name and words: `what did NAME say about` two telling words of an answer
- name: the full name of somebody who answers; right is what that person says
- question: a question of six words or more as it was asked; right is its own exchange
"""

import argparse
import datetime
import random
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col
from starlette.testclient import TestClient

from app.db import Database
from app.loading import load_interview
from app.main import create_app
from app.models import Answer, Question, Speaker, Turn
from app.settings import Settings
from app.structure.batches import ReadOptions, RefusedFile, prepare_one
from app.structure.files import find_files
from app.text.terms import STOPWORDS, words_of
from benchmarks.authors import at

_SEED, _EACH, _DEPTH = 11, 200, 10
_NOW = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
# Seconds of a statement, at most: quality is measured, and on busy machines too.
_PATIENCE_SECONDS = 60
# Documents that have a telling word, at most, and letters of it, at least.
_TELLING, _LETTERS = 12, 5
_FEWEST_WORDS = 6
_WORD = re.compile(r"[A-Za-z]+")


class Case(NamedTuple):
    """A query, and the ids of the questions that are right."""

    query: str
    right: frozenset[str]


class Said(NamedTuple):
    """One exchange of the record."""

    question_id: str
    question: str
    answer: str
    name: str | None


def load_folders(database: Database, folders: Sequence[Path]) -> int:
    """Load every transcript that can be read; return how many."""
    loaded = 0
    for job in find_files(folders).transcripts:
        prepared = prepare_one(job, ReadOptions())
        if not isinstance(prepared, RefusedFile):
            with database.write() as connection:
                load_interview(connection, prepared, at(_NOW))
            loaded += 1
    return loaded


def read_exchanges(connection: sa.Connection) -> list[Said]:
    """Read the exchanges that were loaded, in order."""
    texts: dict[tuple[str, str | None], list[str]] = {}
    columns: tuple[Any, ...] = (Turn.question_id, Turn.answer_id, Turn.text)
    turns = sa.select(*columns).where(col(Turn.question_id).is_not(None))
    for row in connection.execute(turns.order_by(col(Turn.interview_id), col(Turn.position))):
        texts.setdefault((row.question_id, row.answer_id), []).append(row.text)
    answers: tuple[Any, ...] = (Answer.id, Answer.question_id, Speaker.name)
    rows = connection.execute(
        sa.select(*answers)
        .join(Question, col(Question.id) == col(Answer.question_id))
        .outerjoin(Speaker, col(Speaker.id) == col(Answer.speaker_id))
        .where(col(Answer.position) == 1)
        .order_by(col(Question.interview_id), col(Question.position))
    )
    return [
        Said(
            row.question_id, " ".join(texts[row.question_id, None]), " ".join(texts[row.question_id, row.id]), row.name
        )
        for row in rows
    ]


def _telling(text: str, frequency: Counter[str]) -> list[str]:
    words = dict.fromkeys(word.lower() for word in _WORD.findall(text))
    return [
        word for word in words if len(word) >= _LETTERS and word not in STOPWORDS and 0 < frequency[word] <= _TELLING
    ]


def _slip(word: str, known: Counter[str], source: random.Random) -> str | None:
    place = source.randrange(1, len(word) - 1)
    slips = [
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        word[:place] + word[place + 1 :],
        word[:place] + word[place] + word[place:],
    ]
    source.shuffle(slips)
    return next((slip for slip in slips if not known[slip]), None)


def make_cases(exchanges: Sequence[Said], each: int = _EACH) -> dict[str, list[Case]]:
    """Make the queries of each kind: `each` at most, or all for 0."""
    source = random.Random(_SEED)
    frequency: Counter[str] = Counter()
    for said in exchanges:
        frequency.update(set(words_of(f"{said.question} {said.answer}")))
    kinds: dict[str, list[Case]] = {name: [] for name in KINDS}
    shuffled = list(exchanges)
    source.shuffle(shuffled)
    for said in shuffled:
        right = frozenset([said.question_id])
        telling = _telling(said.answer, frequency)
        if len(telling) >= 3:
            chosen = source.sample(telling, 3)
            kinds["words"].append(Case(" ".join(chosen), right))
            if slipped := _slip(chosen[0], frequency, source):
                kinds["slip"].append(Case(" ".join([slipped, *chosen[1:]]), right))
            if said.name and " " in said.name:
                about = " and ".join(chosen[:2])
                kinds["name and words"].append(Case(f"What did {said.name} say about {about}?", right))
        plain = re.sub(r"[^\w\s'’]", "", said.answer).split()
        if said.answer.isascii() and len(plain) >= 30:
            first = source.randrange(len(plain) - 7)
            kinds["who said"].append(Case(f"who said {' '.join(plain[first : first + 7])}", right))
        if len(said.question.split()) >= _FEWEST_WORDS:
            kinds["question"].append(Case(said.question[:600], right))
    by_name: dict[str, list[str]] = {}
    for said in exchanges:
        if said.name and " " in said.name:
            by_name.setdefault(said.name, []).append(said.question_id)
    kinds["name"] = [Case(name, frozenset(ids)) for name, ids in sorted(by_name.items())]
    return {name: cases[: (each or None)] for name, cases in kinds.items()}


KINDS = ("words", "slip", "who said", "name and words", "name", "question")


def measure(client: TestClient, cases: Sequence[Case]) -> tuple[float, float]:
    """Return the mean reciprocal rank of the first right hit, and the share of queries with one among the first ten."""
    reciprocal, found = 0.0, 0
    for case in cases:
        answer = client.get("/v1/search", params={"q": case.query, "limit": _DEPTH, "fields": "id"})
        items = answer.json()["items"] if answer.is_success else []
        place = next((place for place, item in enumerate(items, start=1) if item["id"] in case.right), None)
        if place is not None:
            found += 1
            reciprocal += 1 / place
    return reciprocal / (len(cases) or 1), found / (len(cases) or 1)


def main() -> None:
    """Load, ask and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--url", help="an empty PostgreSQL database, to measure that in place of SQLite")
    parser.add_argument("--each", type=int, default=_EACH, help="queries of each kind, at most; 0 for all")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="kinds of queries")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.url or f"sqlite:///{folder}/quality.db"
        database = Database(url)
        database.migrate()
        loaded = load_folders(database, arguments.folders)
        with database.read() as connection:
            exchanges = read_exchanges(connection)
        database.close()
        print(
            f"{loaded} transcripts, {len(exchanges)} exchanges\n\n| kind | queries | MRR@10 | R@10 |\n|---|--:|--:|--:|"
        )
        with TestClient(create_app(Settings(database_url=url, statement_seconds=_PATIENCE_SECONDS))) as client:
            for name, cases in make_cases(exchanges, arguments.each).items():
                if name not in arguments.kinds:
                    continue
                mean, recall = measure(client, cases)
                print(f"| {name} | {len(cases)} | {mean:.3f} | {recall:.3f} |", flush=True)


if __name__ == "__main__":
    main()
