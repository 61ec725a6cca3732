"""What keeps its id when a transcript is corrected: random edits of generated talks through the import itself, and the
shares of unchanged turns, questions and answers that keep theirs.

python -m benchmarks.alignment [--talks N] [--revisions N] [--edits N] [--seed N]
"""

import argparse
import datetime
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.loading import LoadedInterview, load_interview
from app.models import Turn
from app.structure.prepare import prepare
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from benchmarks.authors import at
from benchmarks.edits import Talk

_NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
Numbers = tuple[int, ...]


@dataclass(frozen=True)
class Ids:
    """The ids that a talk has in the database: of turns by number, of questions and answers by those of their turns."""

    turns: dict[int, str]
    questions: dict[Numbers, str]
    answers: dict[Numbers, str]

    @property
    def of_turns(self) -> dict[Numbers, str]:
        """The ids of turns, as those of questions and answers."""
        return {(number,): item for number, item in self.turns.items()}

    @property
    def words(self) -> dict[str, Numbers]:
        """What each id stands for."""
        return {
            **{item: (number,) for number, item in self.turns.items()},
            **{item: numbers for of_noun in (self.questions, self.answers) for numbers, item in of_noun.items()},
        }


def load_talk(connection: sa.Connection, talk: Talk) -> LoadedInterview:
    """Import a talk as it is now."""
    sidecar = read_sidecar("talk.toml", talk.metadata.encode())
    return load_interview(
        connection,
        prepare(Source("talk.txt", talk.text.encode()), sidecar, "talk.toml"),
        at(_NOW),
    )


def ids_of(connection: sa.Connection, interview_id: str, talk: Talk) -> Ids:
    """Read the ids of a talk that has just been imported."""
    rows = connection.execute(
        sa.select(col(Turn.id), col(Turn.question_id), col(Turn.answer_id), col(Turn.text))
        .where(col(Turn.interview_id) == interview_id)
        .order_by(col(Turn.position))
    ).all()
    assert [row.text for row in rows] == [turn.text for turn in talk.turns]
    questions: dict[str, list[int]] = {}
    answers: dict[str, list[int]] = {}
    for row, turn in zip(rows, talk.turns, strict=True):
        if row.answer_id is not None:
            answers.setdefault(row.answer_id, []).append(turn.number)
        elif row.question_id is not None:
            questions.setdefault(row.question_id, []).append(turn.number)
    return Ids(
        {turn.number: row.id for row, turn in zip(rows, talk.turns, strict=True)},
        {tuple(numbers): item for item, numbers in questions.items()},
        {tuple(numbers): item for item, numbers in answers.items()},
    )


def alike(before: Ids, after: Ids) -> dict[str, dict[Numbers, tuple[str, str]]]:
    """Return the ids before and after of turns, questions and answers that an edit left alone, by their turns."""
    return {
        "turns": _of_both(before.of_turns, after.of_turns),
        "questions": _of_both(before.questions, after.questions),
        "answers": _of_both(before.answers, after.answers),
    }


def _of_both(old: dict[Numbers, str], new: dict[Numbers, str]) -> dict[Numbers, tuple[str, str]]:
    return {key: (old[key], new[key]) for key in old if key in new}


def main() -> None:
    """Print the shares, by kind of edit where one edit makes a revision, and how many ids were given to other words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--talks", type=int, default=200)
    parser.add_argument("--revisions", type=int, default=5)
    parser.add_argument("--edits", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    unchanged: Counter[tuple[str, str]] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    reused = 0
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'talks.db'}")
        database.migrate()
        for number in range(arguments.talks):
            talk = Talk(arguments.seed * 1_000_000 + number, exchanges=20)
            with database.write() as connection:
                loaded = load_talk(connection, talk)
                before = ids_of(connection, loaded.interview_id, talk)
                used = dict(before.words)
                for _revision in range(arguments.revisions):
                    kinds = {talk.edit_at_random() for _ in range(arguments.edits)}
                    load_talk(connection, talk)
                    after = ids_of(connection, loaded.interview_id, talk)
                    kind = kinds.pop() if arguments.edits == 1 else "several"
                    for noun, found in alike(before, after).items():
                        unchanged[kind, noun] += len(found)
                        missed[kind, noun] += sum(was != is_now for was, is_now in found.values())
                    now = after.words
                    reused += sum(used[item] != now[item] for item in now if item in used and item not in before.words)
                    used |= now
                    before = after
                connection.rollback()
        database.close()
    print(f"{arguments.talks} talks, {arguments.revisions} revisions of {arguments.edits} random edits each")
    for kind in sorted({kind for kind, _noun in unchanged}):
        shares = (
            f"{noun} {unchanged[kind, noun] - missed[kind, noun]:,} of {unchanged[kind, noun]:,}"
            for noun in ("turns", "questions", "answers")
        )
        print(f"{kind:12} kept their id: {', '.join(shares)}")
    total = unchanged.total() - missed.total()
    print(
        f"together {total:,} of {unchanged.total():,} ({total / unchanged.total():.6%}); ids given to others: {reused}"
    )


if __name__ == "__main__":
    main()
