"""A deterministic corpus of any number of questions, as transcripts and as the rows that loading them would write.

Lengths are log-normal, as in printed interviews: a page of 20 questions is some 35 KB of JSON. Topics, people, series
and publishers are as skewed as in an archive (Zipf), dates partial or unknown, some questions have several answers and
some none. `transcripts` are for what measures reading and loading; `build` fills a database in bulk, past the loader,
for what measures a large one: a test holds its rows against those of the loader.

python -m benchmarks.corpus --questions N --url DATABASE [--without-search]
"""

import argparse
import bisect
import datetime
import hashlib
import itertools
import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.db import Database
from app.loading import load_vocabulary
from app.loading.import_plan import interview_id_of
from app.loading.speaker_index import index_missing_speakers
from app.models import (
    Answer,
    Change,
    ChangeAction,
    Contribution,
    Interview,
    InterviewStatements,
    Origin,
    Question,
    QuestionTopic,
    Revision,
    SearchDocument,
    SearchTerm,
    SearchWord,
    Speaker,
    TopicOrigin,
    TopicState,
    Transcript,
    Turn,
    table_of,
)
from app.queries.filters import FILTERS
from app.structure.pairing import Attribution, Role
from app.text.asking import asking
from app.text.dates import EARLIEST, LATEST, PartialDate
from app.text.folding import slugify
from app.text.terms import BREAK, index_copy, is_stemmed, words_of
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.transcript import TurnKind
from benchmarks.authors import at

TOPICS = 200
NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
_SEED = 7
_PUBLISHERS, _SERIES, _HOSTS_EACH, _GUESTS_EACH = 120, 600, 3, 60
_FIRST = ("Ada", "Bo", "Cy", "Di", "Eva", "Finn", "Gia", "Hal", "Ida", "Jon", "Kai", "Liv")
_LAST = ("Berg", "Lind", "Holm", "Falk", "Dahl", "Moe", "Vik", "Ness", "Aas", "Lund")
_LANGUAGES = ("en", "fr", "de", "kk", "pt-BR", "mi")
_INTERVIEWS_AT_A_TIME = 500
# Insertion in the order of foreign keys.
_TABLES: tuple[type[SQLModel], ...] = (
    Revision,
    Interview,
    Speaker,
    Contribution,
    Transcript,
    Question,
    Answer,
    Turn,
    InterviewStatements,
    QuestionTopic,
    Change,
)


def _weights(count: int, exponent: float = 1.0) -> list[float]:
    """The cumulative weights of Zipf's law."""
    return list(itertools.accumulate(1 / rank**exponent for rank in range(1, count + 1)))


def _zipf(source: random.Random, weights: list[float]) -> int:
    return bisect.bisect(weights, source.random() * weights[-1], hi=len(weights) - 1)


_OF_TOPICS, _OF_PUBLISHERS, _OF_SERIES = _weights(TOPICS), _weights(_PUBLISHERS), _weights(_SERIES, 0.8)
# Other columns that a filter is of, so that there are values to try.
_OTHERS = tuple(sorted({each.column for each in FILTERS if each.column} - {"language", "publisher", "series"}))
_OF_OTHERS = _weights(50)
_OF_GUESTS, _OF_LANGUAGES, _OF_NAMES = _weights(_GUESTS_EACH, 0.6), _weights(len(_LANGUAGES), 1.6), _weights(50_000)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Words that are said again and again, with their terms, with and without endings: cut up once for all."""

    text: str
    words: frozenset[str]
    copies: tuple[str, str]
    terms: tuple[frozenset[str], frozenset[str]]

    @classmethod
    def of(cls, text: str) -> "_Sentence":
        words = words_of(text)
        plain, stemmed = index_copy([words], stemmed=False), index_copy([words], stemmed=True)
        return cls(text, frozenset(words), (plain, stemmed), (frozenset(plain.split()), frozenset(stemmed.split())))


@cache
def _sentences() -> tuple[list[_Sentence], list[float]]:
    """Return sentences of words as common as in speech, and the cumulative weights of how often each is said."""
    source = random.Random(_SEED)
    words = []
    for number in range(6000):
        letters = ("aeiou" if place % 2 else "bdfghklmnprstvw" for place in range(2 + number % 9))
        words.append("".join(source.choice(some) for some in letters))
    words[900::97] = [f"{word}é’{word[0]}" for word in words[900::97]]
    weights = _weights(len(words))
    made = []
    for _number in range(6000):
        length = max(3, round(source.lognormvariate(math.log(13), 0.6)))
        said = [words[_zipf(source, weights)] for _word in range(length)]
        made.append(_Sentence.of(f"{' '.join(said).capitalize()}."))
    return made, _weights(len(made), 0.3)


def _said(source: random.Random, median: float) -> list[_Sentence]:
    """Say something of about so many characters, with now and then a name that is hardly ever said."""
    sentences, weights = _sentences()
    wanted = max(20.0, source.lognormvariate(math.log(median), 0.7))
    said, length = [], 0
    while length < wanted:
        one = sentences[_zipf(source, weights)]
        if source.random() < 0.03:
            one = _Sentence.of(f"Name{_zipf(source, _OF_NAMES)} was there.")
        said.append(one)
        length += len(one.text) + 1
    return said


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, its answers with the number of the guest who gives each, and its topics."""

    question: list[_Sentence]
    answers: list[tuple[int, list[_Sentence]]]
    topics: list[int]


@dataclass(frozen=True, slots=True)
class Talk:
    """One interview of the corpus."""

    number: int
    title: str
    language: str | None
    published: str | None
    publisher: str | None
    series: str | None
    # Values of the other filters of a column, by name.
    others: dict[str, str]
    host: str
    host_role: Role
    guests: list[str]
    exchanges: list[Exchange]

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return f"interview-{self.number}"

    def lines(self) -> Iterator[tuple[str, list[_Sentence], int, int | None]]:
        """Yield each turn: its label, what is said, the place of its exchange and, of an answer, its place there."""
        for place, one in enumerate(self.exchanges):
            yield "Q", one.question, place, None
            for answer, (guest, said) in enumerate(one.answers):
                yield f"A{guest}", said, place, answer

    def transcript(self) -> str:
        """The transcript as a file."""
        return "".join(f"{label}: {_text(said)}\n" for label, said, _place, _answer in self.lines())

    def metadata(self) -> str:
        """The metadata file beside it."""
        given = ("slug", "title", "language", "published", "publisher", "series")
        lines = [f"{name} = '{value}'" for name in given if (value := getattr(self, name)) is not None]
        lines += [f"{name} = '{value}'" for name, value in self.others.items()]
        lines.append(f"[[speakers]]\nlabels = ['Q']\nname = '{self.host}'\nrole = '{self.host_role.value}'")
        for number, guest in enumerate(self.guests):
            lines.append(f"[[speakers]]\nlabels = ['A{number}']\nname = '{guest}'\nrole = 'interviewee'")
        for one in self.exchanges:
            if one.topics:
                quoted = ", ".join(f"'topic-{topic}'" for topic in one.topics)
                lines.append(f"[[questions]]\nbegins = '{one.question[0].text} '\ntopics = [{quoted}]")
        return "\n".join(lines)


def _text(said: Sequence[_Sentence]) -> str:
    return " ".join(one.text for one in said)


def vocabulary() -> str:
    """A vocabulary of three levels, in TOML."""
    lines = []
    for number in range(TOPICS):
        lines.append(f"[topic-{number}]\nlabel = 'Topic {number}'")
        if number >= 10:
            lines.append(f"broader = 'topic-{number // 10 - 1 if number < 110 else number - 100}'")
    return "\n".join(lines)


def talks(questions: int, questions_each: int | None = None) -> Iterator[Talk]:
    """Yield interviews until there are so many questions; without a number for each, their lengths are skewed."""
    left = questions
    for number in itertools.count():
        if left <= 0:
            return
        source = random.Random(_SEED * 1_000_003 + number)
        count = questions_each or max(1, round(source.lognormvariate(math.log(22), 0.7)))
        count = min(count, left)
        left -= count
        yield _talk(source, number, count)


def _talk(source: random.Random, number: int, questions: int) -> Talk:
    series = _zipf(source, _OF_SERIES) if source.random() < 0.8 else None
    # Names repeat within a series alone, so that it does not matter what else is loaded.
    pool = f"{number}x" if series is None else f"{series}s"
    hosts, guests = (1, 1) if series is None else (_HOSTS_EACH, _GUESTS_EACH)
    host = _name(f"{pool}{source.randrange(hosts)}h")
    chosen = {_zipf(source, _OF_GUESTS) % guests for _guest in range(1 if source.random() < 0.85 else 3)}
    people = [_name(f"{pool}{guest}g") for guest in sorted(chosen)]
    exchanges = []
    for place in range(questions):
        tags = {_zipf(source, _OF_TOPICS) for _tag in range(source.choice((0, 1, 1, 1, 2, 2, 3)))}
        several = len(people) > 1 and source.random() < 0.4
        # Everybody says something, so that every label of the metadata file is in the transcript.
        who = list(range(len(people))) if several or place == 0 else [source.randrange(len(people))]
        if place == questions - 1 and place > 0 and source.random() < 0.5:
            who = []  # An interview may end with a question; anywhere else it would be one with the next.
        question = [_Sentence.of(f"Item {place}."), *_said(source, 130)]
        exchanges.append(Exchange(question, [(guest, _said(source, 550)) for guest in who], sorted(tags)))
    return Talk(
        number=number,
        title=f"Talk {source.randrange(10**6)} of {number}",
        language=_LANGUAGES[_zipf(source, _OF_LANGUAGES)] if source.random() < 0.95 else None,
        published=_date(source),
        publisher=_publisher(source, series),
        series=None if series is None else f"Series {series}",
        others={name: f"{name.title()} {_zipf(source, _OF_OTHERS)}" for name in _OTHERS},
        host=host,
        host_role=Role.MODERATOR if source.random() < 0.1 else Role.INTERVIEWER,
        guests=people,
        exchanges=exchanges,
    )


def _name(key: str) -> str:
    chosen = random.Random(key)
    return f"{chosen.choice(_FIRST)} {chosen.choice(_LAST)}{key}"


def _publisher(source: random.Random, series: int | None) -> str | None:
    if source.random() < 0.05:
        return None
    return f"Publisher {_zipf(random.Random(series) if series is not None else source, _OF_PUBLISHERS)}"


def _date(source: random.Random) -> str | None:
    """Give a date, as far as it is known; most interviews are recent."""
    exact = source.random()
    year = 2025 - min(75, int(source.expovariate(1 / 12)))
    month, day = 1 + source.randrange(12), 1 + source.randrange(28)
    if exact < 0.1:
        return None
    return f"{year}" if exact < 0.18 else f"{year}-{month:02}" if exact < 0.3 else f"{year}-{month:02}-{day:02}"


def interviews(questions: int, questions_each: int = 20) -> Iterator[tuple[str, str, str]]:
    """Yield (name, transcript, metadata) until there are enough questions."""
    for talk in talks(questions, questions_each):
        yield f"{talk.slug}.txt", talk.transcript(), talk.metadata()


def fill(database: Database, questions: int, *, search: bool = True) -> None:
    """Fill an empty, migrated database with so many questions, as loading their transcripts one by one would.

    Only `reading_sha256` is not what the loader would write. Without `search`, which takes half of the time, nothing
    can be searched.
    """
    with database.write() as connection:
        load_vocabulary(connection, read_vocabulary("topics.toml", vocabulary().encode()), at(NOW))
    build = _Build(database, search)
    for talk in talks(questions):
        build.add(talk)
    build.finish()


@dataclass
class _Build:
    database: Database
    search: bool
    rows: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=lambda: {table: [] for table in _TABLES})
    documents: list[dict[str, Any]] = field(default_factory=list)
    terms: Counter[str] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)
    # By name, which is one person's.
    people: dict[str, str] = field(default_factory=dict)
    revision: int = 1

    def add(self, talk: Talk) -> None:
        """Note the rows of one interview."""
        content = talk.transcript().encode()
        sha256 = hashlib.sha256(content).hexdigest()
        self.revision += 1
        interview_id = interview_id_of(sha256)
        new_people, speakers = self._speakers(talk, interview_id)
        self._interview(talk, interview_id, len(new_people))
        self._turns(talk, interview_id, speakers, content, sha256)
        self.rows[Revision].append(
            {
                "number": self.revision,
                "made_at": NOW,
                "interview_id": interview_id,
                "transcript_id": f"{interview_id}-r1",
                "reason": None,
                "made_from": Origin.COMMAND,
            }
        )
        self.rows[Change].append(
            {
                "revision": self.revision,
                "item_id": interview_id,
                "noun": "interview",
                "action": ChangeAction.CREATED,
                "replaced_by": None,
            }
        )
        if len(self.rows[Interview]) >= _INTERVIEWS_AT_A_TIME:
            self._flush()

    def _speakers(self, talk: Talk, interview_id: str) -> tuple[list[str], list[str]]:
        """Note who takes part; return the ids of those who are new, and of everybody: the host, then the guests."""
        new: list[str] = []
        speakers: list[str] = []
        roles = [talk.host_role, *(Role.INTERVIEWEE for _guest in talk.guests)]
        for position, name in enumerate([talk.host, *talk.guests]):
            if name not in self.people:
                self.people[name] = f"{interview_id}-s{len(new) + 1}"
                new.append(self.people[name])
                self.rows[Speaker].append(
                    {"id": self.people[name], "slug": slugify(name), "name": name, "aliases": [], "same_as": []}
                )
            speakers.append(self.people[name])
            self.rows[Contribution].append(
                {
                    "interview_id": interview_id,
                    "speaker_id": self.people[name],
                    "position": position + 1,
                    "role": roles[position],
                    "role_attribution": Attribution.STATED,
                    "attribution": Attribution.STATED,
                    "affiliation": None,
                    "labels": ["Q" if position == 0 else f"A{position - 1}"],
                }
            )
        return new, speakers

    def _interview(self, talk: Talk, interview_id: str, new_speakers: int) -> None:
        date = PartialDate.parse(talk.published) if talk.published else None
        answers = sum(len(one.answers) for one in talk.exchanges)
        self.rows[Interview].append(
            {
                "id": interview_id,
                "slug": talk.slug,
                "title": talk.title,
                "language": talk.language,
                "language_attribution": Attribution.STATED if talk.language else Attribution.UNKNOWN,
                "published": talk.published,
                "publisher": talk.publisher,
                "series": talk.series,
                "source_url": None,
                "published_earliest": date.earliest if date else EARLIEST,
                "published_latest": date.latest if date else LATEST,
                "undated": date is None,
                "published_evidence": None,
                "source_url_as_printed": None,
                "summary": None,
                "rights": None,
                "revision": 1,
                **talk.others,
                "modified_at": NOW,
                "turns_numbered": len(talk.exchanges) + answers,
                "questions_numbered": len(talk.exchanges),
                "answers_numbered": answers,
                "speakers_numbered": new_speakers,
            }
        )

    def _turns(self, talk: Talk, interview_id: str, speakers: list[str], content: bytes, sha256: str) -> None:
        lines = list(talk.lines())
        labels = sum(len(label) + 1 for label, _said, _place, _answer in lines)
        blank = 2 * len(lines)
        of_bytes = dict.fromkeys(("text", "label", "time", "markup", "front_matter", "source_line", "note", "blank"), 0)
        if document := read_sidecar("metadata.toml", talk.metadata().encode()).document:
            version = {"version": 1, "document": document, "in_file": document, "made_at": NOW}
            self.rows[InterviewStatements].append({"interview_id": interview_id, **version})
        of_bytes |= {"text": len(content) - labels - blank, "label": labels, "blank": blank}
        self.rows[Transcript].append(
            {
                "id": f"{interview_id}-r1",
                "interview_id": interview_id,
                "revision": 1,
                "format": "labelled-text",
                "encoding": "utf-8",
                "file_name": f"{talk.slug}.txt",
                "sha256": sha256,
                "reading_sha256": hashlib.sha256(content + talk.metadata().encode()).hexdigest(),
                "content": content,
                "report": {"bytes": of_bytes, "remarks": [], "tags": []},
            }
        )
        place_in_source, answers_given = 0, 0
        for position, (label, said, place, answer) in enumerate(lines, start=1):
            question_id, answer_id, text = f"{interview_id}-q{place + 1}", None, _text(said)
            speaker_id = speakers[0] if answer is None else speakers[1 + int(label[1:])]
            if answer is None:
                self.rows[Question].append(
                    {
                        "id": question_id,
                        "interview_id": interview_id,
                        "position": place + 1,
                        "asked_by": speaker_id,
                        "suggested_from": None,
                    }
                )
            else:
                answers_given += 1
                answer_id = f"{interview_id}-a{answers_given}"
                self.rows[Answer].append(
                    {
                        "id": answer_id,
                        "interview_id": interview_id,
                        "question_id": question_id,
                        "position": answer + 1,
                        "speaker_id": speaker_id,
                    }
                )
            begins = place_in_source + len(label) + 2
            self.rows[Turn].append(
                {
                    "id": f"{interview_id}-t{position}",
                    "interview_id": interview_id,
                    "position": position,
                    "kind": TurnKind.QUESTION if answer is None else TurnKind.ANSWER,
                    "speaker_id": speaker_id,
                    "speaker_label": label,
                    "text": text,
                    "start_ms": None,
                    "end_ms": None,
                    "source_start": begins,
                    "source_end": begins + len(text),
                    "segments": None,
                    "question_id": question_id,
                    "answer_id": answer_id,
                }
            )
            place_in_source = begins + len(text) + 1
        self._exchanges(talk, interview_id)

    def _exchanges(self, talk: Talk, interview_id: str) -> None:
        stemmed = is_stemmed(talk.language)
        title = _Sentence.of(talk.title)
        for place, one in enumerate(talk.exchanges):
            question_id = f"{interview_id}-q{place + 1}"
            self.rows[QuestionTopic] += [
                {
                    "question_id": question_id,
                    "topic_id": f"topic-{topic}",
                    "origin": TopicOrigin.EDITOR,
                    "state": TopicState.CONFIRMED,
                    "method": None,
                    "vocabulary": None,
                    "confidence": None,
                    "evidence": [],
                }
                for topic in one.topics
            ]
            if not self.search:
                continue
            said = [title, *one.question, *(each for _guest, answer in one.answers for each in answer)]
            self.terms.update(frozenset().union(*(each.terms[stemmed] for each in said)))
            self.terms[""] += 1
            self.words.update(*(each.words for each in said))
            self.documents.append(
                {
                    "interview_id": interview_id,
                    "question_id": question_id,
                    "turn_id": None,
                    "title": title.copies[stemmed],
                    "question": " ".join(each.copies[stemmed] for each in one.question),
                    "answers": f" {BREAK} ".join(
                        " ".join(each.copies[stemmed] for each in answer) for _guest, answer in one.answers
                    ),
                    "interrogative": asking(_text(one.question), talk.language).interrogative,
                }
            )

    def _flush(self) -> None:
        with self.database.write() as connection:
            for table, rows in self.rows.items():
                if rows:
                    connection.execute(sa.insert(table), rows)
                    rows.clear()
            if self.documents:
                statement = sa.insert(SearchDocument).returning(col(SearchDocument.number))
                connection.execute(statement, self.documents).all()
                self.documents.clear()

    def finish(self) -> None:
        """Write what is left, and what is counted over the whole corpus."""
        self._flush()
        with self.database.write() as connection:
            index_missing_speakers(connection)
            if self.terms:
                terms = [{"term": term, "documents": count} for term, count in sorted(self.terms.items())]
                connection.execute(sa.insert(table_of(SearchTerm)), terms)
                connection.execute(sa.insert(table_of(SearchWord)), [{"word": word} for word in sorted(self.words)])
        # As after a migration: statistics for the planner.
        self.database.migrate()


def main() -> None:
    """Fill a database from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--url", required=True, help="an empty database; its schema is made")
    parser.add_argument("--without-search", action="store_true", help="write no search documents: twice as fast")
    arguments = parser.parse_args()
    database = Database(arguments.url)
    database.migrate()
    start = time.perf_counter()
    fill(database, arguments.questions, search=not arguments.without_search)
    seconds = time.perf_counter() - start
    print(f"{arguments.questions} questions in {seconds:.0f} s")
    database.close()


if __name__ == "__main__":
    main()
