"""A corpus in which engines would differ if they were let: text that collations order in their own ways, letters whose
case is a matter of language, characters beyond the first plane, equal keys, nothing stated; with a history.
"""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from app.db import Database
from app.loading import DocumentWriter, load_interview, load_vocabulary
from app.structure.prepare import prepare
from app.topics.vocabulary import read_vocabulary
from app.transcripts.sidecar import read_sidecar
from app.transcripts.source import Source
from tests.authors import at
from tests.conftest import NOW, ROOT, SEED

TITLES = (
    "A talk", "a talk", "Ä talk", "ä talk", "Z talk", "z talk", "Émigrés", "Emigres", "Straße", "STRASSE", "strasse",
    "İstanbul", "istanbul", "ISTANBUL", "ıstanbul", "Жизнь", "жизнь", "Ёлка", "😀 talk", "\uff5e talk", "𝔄 talk",
    "talk 10", "talk 9", "talk-9", "talk_9", "talk9", "100% sure", "_under", "-dash", "ab", "a b", "a-b", "aB", "Ab",
    "Øre", "ñandú", "nandu", "中文", "日本語", "ﬁn",
)  # fmt: skip
PUBLISHERS = (
    "Hill Press",
    "hill press",
    "HILL",
    "Île",
    "Ile",
    "ile",
    "Öl & Gas",
    "Ol",
    "50% Paper_House",
    "Ωmega",
    "😀",
)
SERIES = ("Voices", "voices", "Vo-ices", "Émigrés", "Звук")
LANGUAGES = ("en", "de", "tr", "ru", "en-GB", "pt-BR")
DATES = ("2019", "2020", "2020-02", "2020-02-29", "2020-03-01", "2021-12-31", "1999-12")
PEOPLE = (
    "Ada Berg",
    "ada berg",
    "Åsa Öman",
    "Asa Oman",
    "Ümit Işık",
    "Umit Isik",
    "Юрий Ёлкин",
    "O’Hara",
    "Li 李",
    "Zoë",
)
WORDS = (
    "river", "River", "RIVER", "mill", "Straße", "strasse", "İzmir", "izmir", "ırmak", "Irmak", "река", "Река",
    "Сongress", "café", "cafe\u0301", "100%", "under_score", "naïve", "snow\\fall", "𝔄lpha", "😀", "中文字", "don’t",
    "re-use", "x²", "ﬁnd", "٣", "ÅNGSTRÖM", "ǅ", "İ",
)  # fmt: skip
TOPICS = {
    "nature": (None, "Nature"), "rivers": ("nature", "rivers"), "lakes": ("nature", "Lakes"),
    "floods": ("rivers", "Überflutung"), "work": (None, "work"), "mills": ("work", "Ümit mills"), "empty": (None, "Ö"),
}  # fmt: skip
_TALKS = 48


@dataclass
class _Talk:
    number: int
    title: str
    stated: dict[str, str]
    asker: str
    exchanges: list[tuple[str, list[tuple[int, str]], list[str]]]

    def source(self) -> Source:
        lines = []
        for place, (asked, answers, _topics) in enumerate(self.exchanges):
            lines.append(f"Q: Item {place} of {self.number}: {asked}?")
            lines += [f"A{guest}: Well, {said}." for guest, said in answers]
        return Source(f"talk-{self.number}.txt", "\n".join(lines).encode())

    def sidecar(self) -> bytes:
        lines = [f'slug = "talk-{self.number}"', f'title = "{self.title}"']
        lines += [f'{name} = "{value}"' for name, value in self.stated.items()]
        lines.append(f'[[speakers]]\nlabels = ["Q"]\nname = "{self.asker}"\nrole = "interviewer"')
        guests = dict.fromkeys(guest for _asked, answers, _topics in self.exchanges for guest, _said in answers)
        lines += [f'[[speakers]]\nlabels = ["A{guest}"]\nname = "{PEOPLE[guest]}"' for guest in guests]
        for place, (_asked, _answers, topics) in enumerate(self.exchanges):
            if topics:
                named = ", ".join(f'"{topic}"' for topic in topics)
                lines.append(f'[[questions]]\nbegins = "Item {place} of"\ntopics = [{named}]')
        return "\n".join(lines).encode()

    def store(self, connection: sa.Connection, documents: DocumentWriter, minutes: int) -> None:
        sidecar = read_sidecar("talk.toml", self.sidecar())
        now = NOW + datetime.timedelta(minutes=minutes, microseconds=minutes * 1_001)
        load_interview(connection, prepare(self.source(), sidecar, "talk.toml"), at(now), documents)


def _talks(drawn: random.Random) -> Iterator[_Talk]:
    for number in range(_TALKS):
        options = {"language": LANGUAGES, "publisher": PUBLISHERS, "series": SERIES, "published": DATES}
        stated = {name: drawn.choice(values) for name, values in options.items() if drawn.random() < 0.8}
        asker = drawn.choice(PEOPLE[:3])
        guests = [place for place, name in enumerate(PEOPLE) if name != asker]
        exchanges = [
            (
                " ".join(drawn.choices(WORDS, k=3)),
                [(guest, " ".join(drawn.choices(WORDS, k=4))) for guest in drawn.sample(guests, drawn.randint(1, 2))],
                drawn.sample([*TOPICS][:-1], drawn.randint(0, 2)),
            )
            for _ in range(drawn.randint(1, 4))
        ]
        yield _Talk(number, TITLES[number % len(TITLES)], stated, asker, exchanges)


def vocabulary() -> bytes:
    """The topics, as TOML."""
    return "".join(
        f'[{slug}]\nlabel = "{label}"\n' + (f'broader = "{above}"\n' if above else "")
        for slug, (above, label) in TOPICS.items()
    ).encode()


def store(database: Database) -> None:
    """Store all of it, correct some of it twice, and take something out."""
    drawn = random.Random(7)  # noqa: S311 - a corpus that is the same every time
    talks = list(_talks(drawn))
    with database.write() as connection, DocumentWriter(connection) as documents:
        for name, data in (("topics.toml", vocabulary()), ("data.toml", (ROOT / "data" / "topics.toml").read_bytes())):
            load_vocabulary(connection, read_vocabulary(name, data), at(NOW))
        beside = SEED.with_suffix(".toml")
        sidecar = read_sidecar(beside.name, beside.read_bytes())
        seed = prepare(Source(SEED.name, SEED.read_bytes()), sidecar, beside.name)
        load_interview(connection, seed, at(NOW), documents)
        for minutes, talk in enumerate(talks):
            talk.store(connection, documents, minutes)
    correct(database, drawn, talks[::5], _TALKS)
    correct(database, drawn, talks[::10], 2 * _TALKS)


def correct(database: Database, drawn: random.Random, talks: list[_Talk], minutes: int) -> None:
    """Change words of some interviews, and take the last question out of those that have several."""
    with database.write() as connection, DocumentWriter(connection) as documents:
        for talk in talks:
            _asked, answers, topics = talk.exchanges[0]
            talk.exchanges[0] = (" ".join(drawn.choices(WORDS, k=3)), answers, topics)
            del talk.exchanges[3:]
            talk.store(connection, documents, minutes)


def next_talk(database: Database) -> None:
    """Store one more, and correct one that is there: what an archive does after it has moved."""
    drawn = random.Random(7)  # noqa: S311 - as above
    first = next(_talks(drawn))
    first.exchanges.insert(0, ("What was left out", [(3, "a new answer")], ["rivers"]))
    with database.write() as connection, DocumentWriter(connection) as documents:
        first.store(connection, documents, 1_000)
        _Talk(1_000, "One more", {}, PEOPLE[0], [("river", [(2, "mill")], [])]).store(connection, documents, 1_001)
