"""How much of what is asked about a corpus can be found out with the tools for language models alone, in how many calls
and bytes. Thirty questions are made of transcripts of your own: each says only what somebody who asks would know, such
as a name, a title or a few words. A fixed way of calling tools answers them, and what it finds is compared with the
database. What a model reads is counted: the text of every answer and refusal, and once the list of tools.

python -m benchmarks.agents FOLDER [FOLDER ...] [--questions N] [--transcript FILE]
"""

import argparse
import datetime
import json
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import anyio
import sqlalchemy as sa
from mcp.client.client import Client
from sqlmodel import col

from app.agents.server import make_server
from app.db import Database
from app.loading import load_interview
from app.main import create_app
from app.models import Answer, Interview, Question, Speaker, Turn
from app.settings import Settings
from app.structure.batches import ReadOptions, RefusedFile, prepare_all
from app.structure.files import find_files
from app.text.terms import STOPWORDS
from benchmarks.authors import at

_NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
# Words of a passage that is quoted.
_QUOTED = 14
# Turns shorter than this are not asked about.
_FEWEST_WORDS = 40
_WORD = re.compile(r"[^\W\d_]{3,}")
# Characters of an answer in the transcript of a session.
_SHOWN = 400


@dataclass(frozen=True)
class Said:
    """An answer that stands in the database, as far as a question may be made of it."""

    answer: str
    question: str
    text: str
    asked: str
    interview: str
    title: str
    speaker: str
    name: str
    # Questions of the interview that the speaker answers, and the text of the one after this; None after the last one.
    answered: int
    following: str | None


@dataclass(frozen=True)
class Asked:
    """A question about the corpus, and how it is answered: True where what the tools give is what stands there."""

    kind: str
    text: str
    solve: Callable[["Session"], Awaitable[bool]]


@dataclass
class Session:
    """Calls of tools, and what they cost."""

    client: Client
    calls: int = 0
    bytes_read: int = 0
    lines: list[str] = field(default_factory=list)

    async def call(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """Call a tool; a refusal is an empty answer with its reason."""
        answer = await self.client.call_tool(tool, arguments)
        text = str(getattr(answer.content[0], "text", ""))
        self.calls += 1
        self.bytes_read += len(text.encode())
        self.lines += [f"> {tool} {json.dumps(arguments, ensure_ascii=False)}", f"< {text[:_SHOWN]}"]
        if answer.is_error:
            return {"refusal": text, "items": [], "matches": [], "total": 0}
        content: dict[str, Any] = answer.structured_content or {}
        return content

    async def slug_of(self, name: str) -> str | None:
        """Look up somebody by name."""
        found = (await self.call("list_speakers", q=name, limit=3))["items"]
        return str(found[0]["slug"]) if found else None


def read_corpus(connection: sa.Connection) -> list[Said]:
    """Read the answers of people with a name, in a fixed order that mixes the interviews."""
    rows: Sequence[Any] = connection.execute(
        sa.select(Answer, Question, Interview, Speaker)
        .join(Question, col(Question.id) == col(Answer.question_id))
        .join(Interview, col(Interview.id) == col(Question.interview_id))
        .join(Speaker, col(Speaker.id) == col(Answer.speaker_id))
        .where(col(Speaker.name).is_not(None))
        .order_by(col(Interview.slug), col(Question.position), col(Answer.position))
        .with_only_columns(
            col(Answer.id), col(Question.id).label("question"), col(Interview.slug),
            col(Interview.title), col(Speaker.slug).label("speaker"), col(Speaker.name),
        )
    ).all()  # fmt: skip
    turns = connection.execute(
        sa.select(col(Turn.answer_id), col(Turn.question_id), col(Turn.text))
        .where(sa.or_(col(Turn.answer_id).is_not(None), col(Turn.question_id).is_not(None)))
        .order_by(col(Turn.interview_id), col(Turn.position))
    ).all()
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for turn in turns:
        texts[turn.answer_id or turn.question_id].append(turn.text)
    after = _following(connection, texts)
    answered: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        answered[row.slug, row.speaker].add(row.question)
    by_interview: defaultdict[str, list[Said]] = defaultdict(list)
    for row in rows:
        text = "\n\n".join(texts[row.id])
        if len(text.split()) >= _FEWEST_WORDS:
            by_interview[row.slug].append(
                Said(
                    answer=row.id,
                    question=row.question,
                    text=text,
                    asked="\n\n".join(texts[row.question]),
                    interview=row.slug,
                    title=row.title,
                    speaker=row.speaker,
                    name=row.name,
                    answered=len(answered[row.slug, row.speaker]),
                    following=after[row.question],
                )
            )
    mixed = chain.from_iterable(zip_longest(*by_interview.values()))
    return [said for said in mixed if said is not None]


def _following(connection: sa.Connection, texts: dict[str, list[str]]) -> dict[str, str | None]:
    """Return the text of the question after each one in its interview."""
    rows = connection.execute(
        sa.select(col(Question.id), col(Question.interview_id)).order_by(
            col(Question.interview_id), col(Question.position)
        )
    ).all()
    following: dict[str, str | None] = {}
    for row, later in zip_longest(rows, rows[1:]):
        is_there = later is not None and later.interview_id == row.interview_id
        following[row.id] = "\n\n".join(texts[later.id]) if is_there else None
    return following


def passage(said: Said) -> str:
    """Return words from the middle of the answer's longest line."""
    words = max(said.text.splitlines(), key=len).split()
    middle = max(0, (len(words) - _QUOTED) // 2)
    return " ".join(words[middle : middle + _QUOTED])


def who_said_it(said: Said, _corpus: Sequence[Said]) -> Asked:
    """Ask for the speaker and the answer of a quotation."""
    quoted = passage(said)

    async def solve(session: Session) -> bool:
        found = await session.call("verify_quotation", text=quoted)
        return found.get("verdict") in {"exact", "folded"} and any(
            match["answer_id"] == said.answer and match["speaker"]["slug"] == said.speaker for match in found["matches"]
        )

    return Asked("who said it", f"Who said “{quoted}”, and in answer to what?", solve)


def was_it_said(said: Said, _corpus: Sequence[Said]) -> Asked:
    """Ask whether a quotation is right that has one more word than was said."""
    words = passage(said).split()
    altered = " ".join([*words[: _QUOTED // 2], "never", *words[_QUOTED // 2 :]])

    async def solve(session: Session) -> bool:
        slug = await session.slug_of(said.name)
        found = await session.call("verify_quotation", text=altered, speaker=slug)
        return found.get("verdict") == "altered" and any(
            difference["quoted"].strip() == "never" for match in found["matches"] for difference in match["differences"]
        )

    return Asked("was it said", f"Did {said.name} say “{altered}”?", solve)


def wrong_speaker(said: Said, corpus: Sequence[Said]) -> Asked:
    """Ask whether somebody said what another person did."""
    other = next((one for one in corpus if one.speaker != said.speaker and one.name != said.name), said)
    quoted = passage(said)

    async def solve(session: Session) -> bool:
        slug = await session.slug_of(other.name)
        found = await session.call("verify_quotation", text=quoted, speaker=slug)
        return found.get("verdict") == "misattributed" and any(
            match["speaker"]["slug"] == said.speaker for match in found["matches"]
        )

    return Asked("wrong speaker", f"Did {other.name} say “{quoted}”? If not, who?", solve)


def what_about(said: Said, corpus: Sequence[Said]) -> Asked:
    """Ask for what somebody said, by three of the rarer words of it."""
    frequency = Counter(word for one in corpus for word in {*_WORD.findall(one.text.lower())})
    own = {word for word in _WORD.findall(said.text.lower()) if word not in STOPWORDS}
    words = sorted(own, key=lambda word: (frequency[word], word))[1:4]

    async def solve(session: Session) -> bool:
        slug = await session.slug_of(said.name)
        found = await session.call("search", q=" ".join(words), answered_by=[slug], limit=3)
        return any(said.answer == answer["id"] for hit in found["items"] for answer in _answers_of(hit))

    return Asked("what about", f"What did {said.name} say about {', '.join(words)}?", solve)


def what_next(said: Said, _corpus: Sequence[Said]) -> Asked:
    """Ask for the question that came after a passage."""
    quoted = passage(said)

    async def solve(session: Session) -> bool:
        found = await session.call("verify_quotation", text=quoted)
        at = next((match["question_id"] for match in found["matches"]), None)
        if at is None:
            return False
        here = await session.call("read", id=at, max_characters=200)
        if here["next_id"] is None:
            return said.following is None
        following = await session.call("read", id=here["next_id"])
        return bool(following["text"] == said.following)

    return Asked("what next", f"What was asked after “{quoted}”?", solve)


def how_many(said: Said, _corpus: Sequence[Said]) -> Asked:
    """Ask how much somebody answered in one interview."""

    async def solve(session: Session) -> bool:
        # Several people may have the name; one of them takes part in that interview.
        people = (await session.call("list_speakers", q=said.name))["items"]
        either = ",".join(one["slug"] for one in people if one["match"] == "name")
        named = (await session.call("list_interviews", speaker=[either], limit=50))["items"]
        interview = next((one["slug"] for one in named if one["title"] == said.title), None)
        found = await session.call("list_questions", answered_by=[either], interview=[interview], limit=1)
        return bool(found["total"] == said.answered and found.get("total_is_exact"))

    return Asked("how many", f"How many questions does {said.name} answer in “{said.title}”?", solve)


def read_to_the_end(said: Said, _corpus: Sequence[Said]) -> Asked:
    """Ask for a whole answer, by how its question begins."""
    begins = " ".join(said.asked.split()[:20])

    async def solve(session: Session) -> bool:
        found = await session.call("search", q=begins, mode="ask", interview=[said.interview], limit=5)
        if all(answer["id"] != said.answer for hit in found["items"] for answer in _answers_of(hit)):
            return False
        read = await session.call("read", id=said.answer)
        parts = [read["text"]]
        while read["next_start"] is not None:
            read = await session.call("read", id=said.answer, start=read["next_start"])
            parts.append(read["text"])
        return "".join(parts) == said.text

    return Asked("the whole answer", f"What was the whole answer to “{begins}” in {said.title}?", solve)


def how_to_cite(said: Said, _corpus: Sequence[Said]) -> Asked:
    """Ask for a reference to a passage, and follow its address."""
    quoted = passage(said)

    async def solve(session: Session) -> bool:
        found = await session.call("verify_quotation", text=quoted)
        if not found["matches"]:
            return False
        cited = await session.call("cite", id=found["matches"][0]["citation"]["permalink"], format="bibtex")
        read = await session.call("read", id=cited.get("permalink", ""))
        words = " ".join(str(read.get("text", "")).split())
        return words == quoted and str(cited["reference"]).startswith("@")

    return Asked("how to cite", f"How is “{quoted}” cited in BibTeX?", solve)


def slip(said: Said, _corpus: Sequence[Said]) -> Asked:
    """Ask for somebody by a name with a slip."""
    first, *rest = said.name.split()
    written = " ".join([first[:-1] + first[-1] * 2, *rest]) if rest else said.name + said.name[-1]

    async def solve(session: Session) -> bool:
        slug = await session.slug_of(written)
        found = await session.call("list_questions", answered_by=[slug], limit=1)
        return slug == said.speaker and found["total"] > 0

    return Asked("a slip", f"How many questions does {written} answer?", solve)


KINDS = (
    who_said_it, was_it_said, wrong_speaker, what_about, what_next, how_many, read_to_the_end, how_to_cite, slip,
)  # fmt: skip


def _answers_of(hit: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (hit["question"] or {}).get("answers", ())


def questions(corpus: Sequence[Said], number: int) -> list[Asked]:
    """Make questions of each kind in turn, each of another answer, spread over the corpus."""
    step = max(1, len(corpus) // number)
    return [KINDS[at % len(KINDS)](corpus[at * step % len(corpus)], corpus) for at in range(number)]


async def judge(client: Client, asked: Sequence[Asked], transcript: Path | None) -> None:
    """Answer the questions, and print what was solved and what it took."""
    listed = (await client.list_tools()).tools
    shown = [
        one.model_dump(by_alias=True, exclude_none=True, include={"name", "description", "input_schema"})
        for one in listed
    ]
    print(f"{len(listed)} tools, {len(json.dumps(shown, ensure_ascii=False).encode()):,} bytes to choose from")
    sessions: defaultdict[str, list[tuple[bool, Session]]] = defaultdict(list)
    lines: list[str] = []
    for one in asked:
        session = Session(client)
        is_solved = await one.solve(session)
        sessions[one.kind].append((is_solved, session))
        lines += [f"# {one.text}", *session.lines, "solved" if is_solved else "NOT SOLVED", ""]
        if not is_solved:
            print(f"not solved: {one.text[:150]}")
    sessions["all"] = [pair for pairs in list(sessions.values()) for pair in pairs]
    for kind, pairs in sessions.items():
        calls, read = sum(one.calls for _, one in pairs), sum(one.bytes_read for _, one in pairs)
        solved = sum(is_solved for is_solved, _ in pairs)
        print(
            f"{kind}: {solved} of {len(pairs)} solved, {calls / len(pairs):.1f} calls, {read / len(pairs):,.0f} bytes"
        )
    if transcript is not None:
        transcript.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Load the transcripts into a database of their own, and ask."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--transcript", type=Path, help="write every call, and how its answer begins, to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/corpus.db"
        database = Database(url)
        database.migrate()
        prepared = chain.from_iterable(prepare_all(find_files(arguments.folders).transcripts, ReadOptions(), 1))
        with database.write() as connection:
            for one in prepared:
                if not isinstance(one, RefusedFile):
                    load_interview(connection, one, at(_NOW))
        with database.read() as connection:
            corpus = read_corpus(connection)
        database.close()
        print(f"{len(corpus)} answers of people with a name")

        async def ask() -> None:
            app = create_app(Settings(database_url=url, statement_seconds=60))
            async with app.router.lifespan_context(app), Client(make_server(app)) as client:
                await judge(client, questions(corpus, arguments.questions), arguments.transcript)

        anyio.run(ask)


if __name__ == "__main__":
    main()
