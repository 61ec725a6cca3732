"""What a large corpus costs against a small one: every filter and every sort of the list of questions, facets, search,
and page 10,000 against page 1, in one run and interleaved; and the memory of a process that serves the large one.

Pages are worked out in process, uncached, by the queries that the API calls. Ratios are medians of pairs, with
quartiles; a value is common, middling (nearest to one question in 200) or rare, of each corpus its own.

python -m benchmarks.scale [--small N] [--large N] [--small-url DATABASE --large-url DATABASE] [--rounds N]
    [--only TEXT] [--memory]

Databases that are empty are filled first (benchmarks.corpus), which takes eight minutes a million questions on SQLite.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.db import Database
from app.models import (
    Answer,
    Interview,
    Question,
    QuestionTopic,
    SearchDocument,
    SearchTerm,
    Speaker,
    Topic,
)
from app.queries import answers, interviews, questions, speakers, topics
from app.queries.facets import FacetName, count_facets
from app.queries.filters import Clause, Filters
from app.queries.filters.topic_scope import TopicScope
from app.queries.hits import search
from app.queries.paging import Listing, PageRequest, list_page
from app.queries.query import Mode
from app.text.dates import PartialDate
from benchmarks.corpus import fill

DEPTH_AIM, SCALE_AIM, MEMORY_AIM = 1.1, 1.3, 250
_DEEP_PAGE = 10_000
_MIDDLING = 200
_SORTS = ("-published", "published", "title", "-title", "position", "-position")
_FIRST = PageRequest("list")


def _frequencies(*joined: Any) -> sa.Select[Any]:
    value, *_ = joined
    return sa.select(value.label("value"), sa.func.count().label("rows")).where(value.is_not(None)).group_by(value)


def _statements() -> dict[str, sa.Select[Any]]:
    """How often each value of a filter is met, by questions."""
    of_interview = {
        name: _frequencies(getattr(Interview, name)).join(Question, col(Question.interview_id) == col(Interview.id))
        for name in ("language", "publisher", "series")
    }
    in_topic = _frequencies(col(Topic.slug)).select_from(QuestionTopic)
    return of_interview | {
        "topic": in_topic.join(Topic, col(Topic.id) == col(QuestionTopic.topic_id)),
        "asked_by": _frequencies(col(Speaker.slug))
        .select_from(Question)
        .join(Speaker, col(Speaker.id) == col(Question.asked_by)),
        "answered_by": _frequencies(col(Speaker.slug))
        .select_from(Answer)
        .join(Speaker, col(Speaker.id) == col(Answer.speaker_id)),
    }


@dataclass
class Corpus:
    """A database with its typical values."""

    database: Database
    questions: int = 0
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def read_values(self) -> None:
        """Find a common, a middling and a rare value of each filter."""
        with self.database.read() as connection:
            self.questions = connection.execute(sa.select(sa.func.count()).select_from(Question)).scalar_one()
            for name, statement in _statements().items():
                rows = sorted((row.rows, row.value) for row in connection.execute(statement))
                near = min(rows, key=lambda row: abs(row[0] - self.questions / _MIDDLING))
                self.values[name] = {"common": rows[-1][1], "middling": near[1], "rare": rows[0][1]}
            terms = sa.select(col(SearchTerm.term), col(SearchTerm.documents)).where(col(SearchTerm.term) != "")
            # Words of titles are in most documents and are not said: `q` finds nothing by them.
            titles = connection.execute(sa.select(col(SearchDocument.title)).limit(_MIDDLING)).scalars()
            unsaid = {term for title in titles for term in title.split()}
            rows = sorted((row.documents, row.term) for row in connection.execute(terms) if row.term.isalpha())
            rows = [row for row in rows if row[1] not in unsaid]
            if rows:
                near = min(rows, key=lambda row: abs(row[0] - self.questions / _MIDDLING))
                self.values["q"] = {"common": rows[-1][1], "middling": near[1], "rare": rows[0][1]}

    def filters(self) -> Iterator[tuple[str, Filters]]:
        """Yield each narrowing that is measured."""
        yield "no filter", Filters()
        for name, values in self.values.items():
            for kind, value in values.items():
                given: Any = value if name == "q" else (Clause((value,)),)
                yield f"{name}, {kind}", Filters(**{name: given})
        common = {name: values["common"] for name, values in self.values.items()}
        two = {name: tuple(dict.fromkeys(values.values())) for name, values in self.values.items()}
        for name in ("topic", "publisher", "asked_by"):
            yield f"{name}, either of three", Filters(**{name: (Clause(two[name]),)})
            yield f"{name}, not the common one", Filters(**{name: (Clause((common[name],), negated=True),)})
        yield "topic, exact", Filters(topic=(Clause((common["topic"],)),), topic_scope=TopicScope.EXACT)
        yield "speaker, common", Filters(speaker=(Clause((common["asked_by"],)),))
        yield "speaker, rare", Filters(speaker=(Clause((self.values["answered_by"]["rare"],)),))
        yield "role, moderator", Filters(role=(Clause(("moderator",)),))
        yield "role, nobody's", Filters(role=(Clause(("audience",)),))
        yield "year, common", Filters(year=(Clause(("2024",)),))
        yield "year, rare", Filters(year=(Clause(("1951",)),))
        yield "published from 2024", Filters(published_from=PartialDate.parse("2024"))
        yield "published to 1960", Filters(published_to=PartialDate.parse("1960"))
        yield "answered", Filters(answered=True)
        yield "unanswered", Filters(answered=False)
        by_topic = (Clause((common["topic"],)),)
        yield "topic and publisher, common", Filters(topic=by_topic, publisher=(Clause((common["publisher"],)),))
        rare = (Clause((self.values["publisher"]["rare"],)),)
        yield "topic, common, and publisher, rare", Filters(topic=by_topic, publisher=rare)
        yield (
            "topic, common, and host, middling",
            Filters(topic=by_topic, asked_by=(Clause((self.values["asked_by"]["middling"],)),)),
        )


Work = Callable[[sa.Connection], object]


def _page(lister: Callable[..., Listing], *arguments: Any) -> Work:
    return lambda connection: list_page(connection, lister(connection, *arguments), _FIRST)


def _topics(connection: sa.Connection) -> object:
    return list_page(connection, topics.listing("label"), _FIRST)


def cases(corpus: Corpus) -> Iterator[tuple[str, Work]]:
    """Yield what is measured: a name, and what to do with a connection."""
    for name, filters in corpus.filters():
        sorts = _SORTS if name == "no filter" or "topic" in name or "publisher, " in name else _SORTS[:3]
        for sort in (*sorts, "relevance") if filters.get("q") else sorts:
            yield f"questions, {name}, by {sort}", _page(questions.listing, filters, sort)
    for name, filters in corpus.filters():
        if name in {"no filter", "topic, common", "topic, middling", "answered_by, common", "publisher, common"}:
            yield f"answers, {name}", _page(answers.listing, filters, "-published")
            yield f"interviews, {name}", _page(interviews.listing, filters, "-published")
    yield "interviews, by -modified", _page(interviews.listing, Filters(), "-modified")
    yield "speakers", _page(speakers.listing, Filters(), "slug")
    yield "topics", _topics
    for name, filters in corpus.filters():
        if name in {"no filter", "topic, middling", "publisher, common", "asked_by, common"}:
            for facet in FacetName:
                yield f"facet {facet.value}, {name}", _facet(filters, facet)
    for kind, word in corpus.values.get("q", {}).items():
        yield (
            f"search, a {kind} word",
            lambda connection, word=word: list_page(  # type: ignore[misc]  # a bound default
                connection, search(connection, word, Mode.SEARCH, Filters()), _FIRST
            ),
        )


def _facet(filters: Filters, facet: FacetName) -> Work:
    def work(connection: sa.Connection) -> object:
        listing = questions.listing(connection, filters, "-published")
        page = list_page(connection, listing, _FIRST)
        assert listing.conditions is not None
        return count_facets(
            connection, listing.conditions, [facet], total=page.total, total_is_exact=page.total_is_exact
        )

    return work


def seconds(database: Database, work: Work) -> float:
    """Time one reading in its own transaction, as a request has it. SQLite's work is this process's: its CPU time says
    the same on a machine that others use too.
    """
    clock = time.process_time if database.is_sqlite else time.perf_counter
    start = clock()
    with database.read() as connection:
        work(connection)
    return clock() - start


def _spread(values: list[float]) -> tuple[float, float, float]:
    low, middle, high = statistics.quantiles(values, n=4)
    return low, middle, high


def compare(small: Corpus, large: Corpus, rounds: int, only: str) -> dict[str, float]:
    """Print each case's ratio, and return the medians by name."""
    ratios = {}
    for (name, one), (_name, many) in zip(cases(small), cases(large), strict=True):
        if only not in name:
            continue
        pairs = []
        for _round in range(rounds + 1):
            took = seconds(small.database, one), seconds(large.database, many)
            pairs.append(took)
            if sum(took) > 1:
                break
        pairs = pairs[1:] or pairs
        if len(pairs) < 2:
            pairs *= 2
        low, middle, high = _spread([many / one for one, many in pairs])
        ratios[name] = middle
        first, second = (statistics.median(pair[side] for pair in pairs) * 1000 for side in (0, 1))
        reached = "" if middle <= SCALE_AIM else "  ABOVE"
        print(f"{middle:7.2f} ({low:.2f} to {high:.2f})  {first:7.1f} ms {second:7.1f} ms  {name}{reached}", flush=True)
    return ratios


def depth(corpus: Corpus, rounds: int) -> None:
    """Walk to a deep page of each of some lists and compare it with the first."""
    for name, filters, sort in (
        ("no filter", Filters(), "-published"),
        ("no filter, upwards", Filters(), "published"),
        ("a common topic", Filters(topic=(Clause((corpus.values["topic"]["common"],)),)), "-published"),
        ("a common publisher", Filters(publisher=(Clause((corpus.values["publisher"]["common"],)),)), "-published"),
        ("by title", Filters(), "title"),
    ):
        with corpus.database.read() as connection:
            listing = questions.listing(connection, filters, sort)
            cursor, pages = None, 0
            while pages < _DEEP_PAGE - 1:
                steps = min(100, 20 * (_DEEP_PAGE - 1 - pages))
                page = list_page(connection, listing, PageRequest("list", limit=steps, cursor=cursor))
                if page.next is None:
                    break
                cursor, pages = page.next, pages + steps // 20
        deep = PageRequest("list", cursor=cursor)

        def at(request: PageRequest, filters: Filters = filters, sort: str = sort) -> Work:
            return lambda connection: list_page(connection, questions.listing(connection, filters, sort), request)

        ratios = []
        for _round in range(rounds + 1):
            one, many = seconds(corpus.database, at(_FIRST)), seconds(corpus.database, at(deep))
            ratios.append(many / one)
        low, middle, high = _spread(ratios[1:])
        reached = "reached" if middle <= DEPTH_AIM else "ABOVE"
        print(f"{middle:7.2f} ({low:.2f} to {high:.2f})  page {pages + 1} against page 1, {name}: {reached}")


def memory(url: str, addresses: list[str]) -> None:
    """Serve a database in a process of its own, ask for pages of all kinds, and tell what stays in memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"QUOTH_DATABASE_URL": url, "QUOTH_PORT": str(port), "QUOTH_HOST": "127.0.0.1"}
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen([sys.executable, "-m", "app", "serve"], env=environment, stdout=log, stderr=log)
        try:
            for _attempt in range(100):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").close()
                    break
                except OSError:
                    time.sleep(0.2)
            for _round in range(5):
                for address in addresses:
                    try:
                        with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}") as answer:
                            answer.read()
                    except OSError as error:
                        print(f"{address}: {error}")
            told = dict(line.split(":", 1) for line in Path(f"/proc/{server.pid}/status").read_text().splitlines())
            anonymous, peak = (int(told[name].split()[0]) / 1024 for name in ("RssAnon", "VmHWM"))
            reached = "reached" if peak <= MEMORY_AIM else "ABOVE"
            print(f"a serving process: {anonymous:.0f} MiB of its own, at most {peak:.0f} MiB resident: {reached}")
        finally:
            server.terminate()
            server.wait()


def main() -> None:
    """Build what is not there, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--small-url", help="a database for the small corpus; else a temporary SQLite file")
    parser.add_argument("--large-url", help="a database for the large corpus; else a temporary SQLite file")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", default="", help="measure what has this in its name")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpora = []
        for name, size in (("small", arguments.small), ("large", arguments.large)):
            corpus = Corpus(Database(getattr(arguments, f"{name}_url") or f"sqlite:///{folder}/{name}.db"))
            corpus.database.migrate()
            with corpus.database.read() as connection:
                is_empty = connection.execute(sa.select(col(Interview.id)).limit(1)).first() is None
            if is_empty:
                fill(corpus.database, size)
            corpus.read_values()
            corpora.append(corpus)
            print(f"{name}: {corpus.questions} questions; {corpus.values}")
        small, large = corpora
        ratios = compare(small, large, arguments.rounds, arguments.only)
        within = sum(ratio <= SCALE_AIM for ratio in ratios.values())
        print(f"{within} of {len(ratios)} within {SCALE_AIM} times of the small corpus")
        if not arguments.only:
            depth(large, arguments.rounds)
            common = large.values["topic"]["common"]
            addresses = [
                *(f"/v1/questions?limit=100&page={page}" for page in range(1, 60)),
                *(f"/v1/questions?topic={common}&limit=100&page={page}" for page in range(1, 60)),
                *(f"/v1/questions?sort={sort}" for sort in _SORTS),
                "/v1/questions?facets=topic,speaker,publisher,series,year,language",
                *(f"/v1/search?q={word}" for word in large.values.get("q", {}).values()),
                "/v1/interviews?limit=100",
                "/v1/topics?limit=100",
            ]
            memory(large.database.url.render_as_string(hide_password=False), addresses)
        for corpus in corpora:
            corpus.database.close()


if __name__ == "__main__":
    main()
