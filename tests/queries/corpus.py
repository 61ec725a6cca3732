"""Random small corpora for the property tests, as plain Python, and the way into a database."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from hypothesis import strategies as st

from app.db import Database
from app.loading import load_interview, load_vocabulary
from app.queries.filters import FILTERS
from app.structure.prepare import prepare
from app.text.dates import PartialDate
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW

# Each topic and the one above it.
TOPICS = {"nature": None, "rivers": "nature", "lakes": "nature", "floods": "rivers", "work": None, "mills": "work"}
LANGUAGES = ("en", "fr", "kk")
PUBLISHERS = ("Hill Press", "Meadow & Son", "50% Paper_House")
SERIES = ("Voices", "Émigrés")
# Values of each filter of a column.
COLUMNS: dict[str, tuple[str, ...]] = {
    each.name: {"language": LANGUAGES, "publisher": PUBLISHERS, "series": SERIES}.get(
        each.name, (f"{each.name} one", f"{each.name} two")
    )
    for each in FILTERS
    if each.column is not None
}
DATES = ("2019", "2020", "2020-02", "2020-02-29", "2020-03-01", "2021-12-31")
ASKERS = ("Ada Berg", "Bo Lind")
GUESTS = ("Cy Holm", "Di Falk", "Bo Lind")
WORDS = ("river", "mill", "flood", "Сongress", "café", "100%", "under_score", "O’Hara", "ÅNGSTRÖM", "snow\\fall")


@dataclass(frozen=True)
class Exchange:
    """One question: its own words, those of each answer with who gave it, its topics, and whether it asks."""

    words: tuple[str, ...]
    answers: tuple[tuple[str, tuple[str, ...]], ...]
    topics: tuple[str, ...]
    asks: bool = True


@dataclass
class Talk:
    """One interview; `id` is known once it is stored."""

    number: int
    title: str
    published: str | None
    # The value of each filter of a column, by name.
    columns: dict[str, str | None]
    asker: str
    exchanges: list[Exchange]
    id: str = field(default="")

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return f"talk-{self.number}"

    @property
    def series(self) -> str | None:
        """The series."""
        return self.columns["series"]

    @property
    def earliest(self) -> datetime.date:
        """What it is sorted by."""
        return PartialDate.parse(self.published).earliest if self.published else datetime.date.min

    def text(self) -> str:
        """The transcript."""
        lines = []
        for number, one in enumerate(self.exchanges):
            lines.append(f"Q: Item {number} of {self.number}: {' '.join(one.words)}{'?' if one.asks else '.'}")
            lines += [f"A{GUESTS.index(guest)}: Well, {' '.join(words)}." for guest, words in one.answers]
        return "\n".join(lines)

    def metadata(self) -> str:
        """The metadata file."""
        given = {"slug": self.slug, "title": self.title, "published": self.published, **self.columns}
        stated = {name: value for name, value in given.items() if value is not None}
        lines = [f"{name} = {value!r}".replace("'", '"') for name, value in stated.items()]
        lines.append(f'[[speakers]]\nlabels = ["Q"]\nname = "{self.asker}"\nrole = "interviewer"')
        guests = dict.fromkeys(guest for one in self.exchanges for guest, _words in one.answers)
        lines += [f'[[speakers]]\nlabels = ["A{GUESTS.index(name)}"]\nname = "{name}"' for name in guests]
        for number, one in enumerate(self.exchanges):
            if one.topics:
                topics = ", ".join(f'"{topic}"' for topic in one.topics)
                lines.append(f'[[questions]]\nbegins = "Item {number} of"\ntopics = [{topics}]')
        return "\n".join(lines)

    def store(self, connection: sa.Connection) -> str:
        """Load it, and return the interview's id."""
        source = Source(f"{self.slug}.txt", self.text().encode())
        sidecar = read_sidecar(f"{self.slug}.toml", self.metadata().encode())
        self.id = load_interview(connection, prepare(source, sidecar, f"{self.slug}.toml"), at(NOW)).interview_id
        return self.id


_words = st.lists(st.sampled_from(WORDS), max_size=3).map(tuple)


@st.composite
def exchanges(draw: st.DrawFn, asker: str, fewest_answers: int) -> Exchange:
    """One question. Nobody answers twice in a row, which would be one answer."""
    guests = [guest for guest in GUESTS if guest != asker]
    answers: list[tuple[str, tuple[str, ...]]] = []
    for guest in draw(st.lists(st.sampled_from(guests), min_size=fewest_answers, max_size=3)):
        if not answers or answers[-1][0] != guest:
            answers.append((guest, draw(_words)))
    topics = draw(st.lists(st.sampled_from(sorted(TOPICS)), max_size=2, unique=True))
    return Exchange(draw(_words), tuple(answers), tuple(topics), draw(st.booleans()))


@st.composite
def talks(draw: st.DrawFn, number: int) -> Talk:
    """One interview, told from every other by its number."""
    asker = draw(st.sampled_from(ASKERS))
    return Talk(
        number=number,
        title=draw(st.sampled_from(["A talk", "a talk", "Ein Gespräch", "Zweites"])),
        asker=asker,
        # A question with no answer between it and the next would be one with it, so only the last may have none.
        exchanges=[
            *draw(st.lists(exchanges(asker, 1), min_size=1, max_size=3)),
            *draw(st.lists(exchanges(asker, 0), max_size=1)),
        ],
        published=draw(st.none() | st.sampled_from(DATES)),
        columns={name: draw(st.none() | st.sampled_from(values)) for name, values in COLUMNS.items()},
    )


@st.composite
def corpora(draw: st.DrawFn, largest: int = 4) -> list[Talk]:
    """A few interviews."""
    return [draw(talks(number)) for number in range(draw(st.integers(1, largest)))]


class _UndoneError(Exception):
    pass


@contextmanager
def stored(database: Database, corpus: list[Talk]) -> Iterator[sa.Connection]:
    """Store a corpus for the time of the block, and nothing after it."""
    vocabulary = "".join(
        f'[{slug}]\nlabel = "{slug.title()}"\n' + (f'broader = "{above}"\n' if above else "")
        for slug, above in TOPICS.items()
    )
    try:
        with database.write() as connection:
            load_vocabulary(connection, read_vocabulary("topics.toml", vocabulary.encode()), at(NOW))
            for talk in corpus:
                talk.store(connection)
            yield connection
            raise _UndoneError  # noqa: TRY301 - how a transaction of the application is undone
    except _UndoneError:
        pass
