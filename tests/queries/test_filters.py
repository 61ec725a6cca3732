import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from app.db import Database
from app.errors import ParameterError
from app.loading import LoadedInterview
from app.models import SearchDocument
from app.queries import answers, interviews, questions
from app.queries.facets import FacetName, count_facets
from app.queries.filters import FILTERS, Clause, Clauses, Filters
from app.queries.filters.grammar import clauses, escape
from app.queries.filters.topic_scope import TopicScope
from app.queries.paging import PageRequest, list_page, walk
from app.structure.pairing import Role
from app.text.dates import PartialDate
from app.text.folding import fold, slugify
from tests.profiles import examples
from tests.queries.corpus import (
    ASKERS,
    COLUMNS,
    DATES,
    GUESTS,
    LANGUAGES,
    PUBLISHERS,
    SERIES,
    TOPICS,
    WORDS,
    Exchange,
    Talk,
    corpora,
    stored,
)

ALL = PageRequest("list", limit=100)


def _below(topic: str) -> set[str]:
    found = {topic}
    while more := {slug for slug, above in TOPICS.items() if above in found} - found:
        found |= more
    return found


def _meets(asked: Clauses, holds: Callable[[str], bool]) -> bool:
    return all(any(map(holds, clause.values)) != clause.negated for clause in asked)


def slugs_of(corpus: list[Talk]) -> dict[tuple[int, str], str]:
    """The slug of each person by interview and name: one throughout the corpus."""
    known: dict[str, str] = {}
    given_out: dict[tuple[int, str], str] = {}
    taken: set[str] = set()
    for talk in corpus:
        names = [talk.asker, *(guest for one in talk.exchanges for guest, _words in one.answers)]
        for name in dict.fromkeys(names):
            slug = known.get(name)
            if slug is None:
                number, slug = 1, slugify(name)
                while slug in taken:
                    number += 1
                    slug = f"{slugify(name)}-{number}"
            taken.add(slug)
            known.setdefault(name, slug)
            given_out[talk.number, name] = slug
    return given_out


@dataclass(frozen=True)
class Asked:
    """A question with some of its answers, as the plain reading of filters sees it."""

    talk: Talk
    number: int
    exchange: Exchange
    asker: str
    answered_by: set[str]
    roles: dict[str, str]
    is_exact: bool

    @property
    def speakers(self) -> set[str]:
        return {self.asker, *self.answered_by}

    def has_topic(self, slug: str) -> bool:
        return bool(set(self.exchange.topics) & ({slug} if self.is_exact else _below(slug)))

    def says(self, word: str) -> bool:
        texts = [f"item {self.number} of {self.talk.number}: {' '.join(self.exchange.words)}?"]
        texts.append("\n\n".join(f"well, {' '.join(said)}." for _guest, said in self.exchange.answers))
        return _says(word, texts)


def _published(talk: Talk) -> PartialDate | None:
    return None if talk.published is None else PartialDate.parse(talk.published)


# What an interview has to meet, filter by filter; a filter of a column is in COLUMNS.
OF_INTERVIEW: dict[str, Callable[[Talk, Any], bool]] = {
    "interview": lambda talk, asked: _meets(asked, lambda slug: slug == talk.slug),
    "year": lambda talk, asked: _meets(asked, lambda year: (talk.published or "")[:4] == year),
    "published_from": lambda talk, date: (known := _published(talk)) is not None and known.latest >= date.earliest,
    "published_to": lambda talk, date: (known := _published(talk)) is not None and known.earliest <= date.latest,
}
# What a question has to meet.
OF_QUESTION: dict[str, Callable[[Asked, Any], bool]] = {
    "topic": lambda one, asked: _meets(asked, one.has_topic),
    "asked_by": lambda one, asked: _meets(asked, lambda slug: slug == one.asker),
    "answered_by": lambda one, asked: _meets(asked, lambda slug: slug in one.answered_by),
    "answered": lambda one, is_answered: is_answered == bool(one.exchange.answers),
    "interrogative": lambda one, asks: asks == one.exchange.asks,
    "q": lambda one, words: all(map(one.says, words.split())),
}
# What those who speak have to meet: in lists of interviews, anybody who takes part.
OF_PEOPLE: dict[str, Callable[[set[str], dict[str, str], Any], bool]] = {
    "speaker": lambda people, _roles, asked: _meets(asked, people.__contains__),
    "role": lambda people, roles, asked: _meets(asked, {roles[slug] for slug in people}.__contains__),
}


def test_a_plain_reading_is_written_for_every_filter() -> None:
    read = [*COLUMNS, *OF_INTERVIEW, *OF_QUESTION, *OF_PEOPLE]
    assert sorted(read) == sorted(each.name for each in FILTERS if each.narrow is not None)


def _interview_meets(filters: Filters, talk: Talk) -> bool:
    columns = all(
        _meets(filters.get(name) or (), lambda value, name=name: talk.columns[name] == value)  # type: ignore[misc]  # mypy infers no type for a lambda with a default
        for name in COLUMNS
    )
    return columns and all(
        meets(talk, asked) for name, meets in OF_INTERVIEW.items() if (asked := filters.get(name)) is not None
    )


def _people_meet(filters: Filters, people: set[str], roles: dict[str, str]) -> bool:
    return all(
        meets(people, roles, asked) for name, meets in OF_PEOPLE.items() if (asked := filters.get(name)) is not None
    )


def _question_meets(filters: Filters, one: Asked, *, with_people: bool = True) -> bool:
    of_question = all(
        meets(one, asked) for name, meets in OF_QUESTION.items() if (asked := filters.get(name)) is not None
    )
    return of_question and (not with_people or _people_meet(filters, one.speakers, one.roles))


def _says(word: str, texts: list[str]) -> bool:
    """Whether one of the texts has a word; what punctuation cuts up stands together."""
    wanted = " ".join(re.findall("[a-z0-9]+", fold(word)))
    return any(f" {wanted} " in f" {' '.join(re.findall('[a-z0-9]+', fold(text)))} " for text in texts)


@st.composite
def _clauses(draw: st.DrawFn, values: list[str]) -> Clauses:
    if not values:
        return ()
    one = st.builds(Clause, st.lists(st.sampled_from(values), min_size=1, max_size=2).map(tuple), negated=st.booleans())
    return tuple(draw(st.lists(one, max_size=2)))


@st.composite
def narrowings(draw: st.DrawFn, corpus: list[Talk], people: dict[tuple[int, str], str]) -> Filters:
    """Narrow by one to three of the filters: more at once would leave nothing."""
    slugs = sorted(set(people.values()))
    date = st.sampled_from([*DATES, "2020-03", "2022"]).map(PartialDate.parse)
    choices: dict[str, st.SearchStrategy[Any]] = {
        "topic": _clauses(sorted(TOPICS)),
        "speaker": _clauses(slugs),
        "asked_by": _clauses(slugs),
        "answered_by": _clauses(slugs),
        "interview": _clauses([talk.slug for talk in corpus]),
        "published_from": date,
        "published_to": date,
        "answered": st.booleans(),
        "interrogative": st.booleans(),
        "year": _clauses(["2019", "2020", "2021", "2022"]),
        "role": _clauses([role.value for role in Role]),
        "q": st.lists(st.sampled_from([*WORDS, "Item", "CAFE", "o'hara"]), min_size=1, max_size=2).map(" ".join),
    }
    for name in COLUMNS:
        choices[name] = _clauses(sorted({value for talk in corpus if (value := talk.columns[name]) is not None}))
    names = draw(st.lists(st.sampled_from(sorted(choices)), max_size=3, unique=True))
    return Filters(**{name: draw(choices[name]) for name in names}, topic_scope=draw(st.sampled_from(TopicScope)))


def _ordered(corpus: list[Talk]) -> list[Talk]:
    return sorted(corpus, key=lambda talk: (talk.earliest, talk.id), reverse=True)


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data(), corpus=corpora())
def test_filters_find_what_a_plain_reading_of_them_finds(
    database: Database, data: st.DataObject, corpus: list[Talk]
) -> None:
    """Both databases are compared with the same plain Python, order included, and so with each other."""
    people = slugs_of(corpus)
    with stored(database, corpus) as connection:
        everybody = walk(connection, interviews.listing(connection, Filters(), "title"))
        roles = {talk["slug"]: {person["slug"]: str(person["role"]) for person in talk["people"]} for talk in everybody}
        for _ in range(6):
            filters = data.draw(narrowings(corpus, people))
            asked_page = list_page(connection, questions.listing(connection, filters, "-published"), ALL)
            answered_page = list_page(connection, answers.listing(connection, filters, "-published"), ALL)
            talked_page = list_page(connection, interviews.listing(connection, filters, "-published"), ALL)
            asked, answered, talked = asked_page.items, answered_page.items, talked_page.items
            expected_questions, expected_answers, expected_interviews = [], [], []
            for talk in _ordered(corpus):
                if not _interview_meets(filters, talk):
                    continue
                any_question = False
                for number, exchange in enumerate(talk.exchanges):
                    asker = people[talk.number, talk.asker]
                    guests = [people[talk.number, guest] for guest, _words in exchange.answers]
                    is_exact = filters.get("topic_scope") is TopicScope.EXACT
                    one = Asked(talk, number, exchange, asker, set(guests), roles[talk.slug], is_exact)
                    if _question_meets(filters, one):
                        expected_questions.append((talk.slug, number + 1))
                    for position, guest in enumerate(guests, 1):
                        if _question_meets(filters, dataclasses.replace(one, answered_by={guest})):
                            expected_answers.append((talk.slug, number + 1, position))
                    any_question |= _question_meets(filters, one, with_people=False)
                taking_part = {slug for (number, _name), slug in people.items() if number == talk.number}
                if any_question and _people_meet(filters, taking_part, roles[talk.slug]):
                    expected_interviews.append(talk.slug)
            assert [(item["interview"]["slug"], item["position"]) for item in asked] == expected_questions
            assert [
                (item["interview"]["slug"], item["question"]["position"], item["position"]) for item in answered
            ] == expected_answers
            assert [item["slug"] for item in talked] == expected_interviews
            totals = (asked_page.total, answered_page.total, talked_page.total)
            assert totals == (len(asked), len(answered), len(talked))


def _sizes(database: Database, filters: Filters) -> tuple[int, int, int]:
    """How many questions are in the whole list, in its total, and in its facet of languages."""
    with database.read() as connection:
        listing = questions.listing(connection, filters, "-published")
        page = list_page(connection, listing, PageRequest("list", limit=1))
        assert listing.conditions is not None
        names = [FacetName("language")]
        facets = count_facets(
            connection, listing.conditions, names, total=page.total, total_is_exact=page.total_is_exact
        )
        return len(list(walk(connection, listing))), page.total, facets["language"][0]["count"]


def test_who_answers_a_question_twice_finds_it_once(
    database: Database, load: Callable[..., LoadedInterview], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.queries.limits.FEW_INTERVIEWS", 0)
    people = "".join(f'[[speakers]]\nlabels = ["{name}"]\nname = "{name}"\n' for name in ("Ann", "Ben"))
    load(
        "Q: Where is the mill?\nAnn: There.\nBen: Where?\nAnn: There!\nQ: Why?\nBen: So.", f'language = "en"\n{people}'
    )
    with database.read() as connection:
        given = list(
            walk(connection, answers.listing(connection, Filters(answered_by=(Clause(("sample-ann",)),)), "title"))
        )
    assert [answer["question"]["position"] for answer in given] == [1, 1]
    assert _sizes(database, Filters(answered_by=(Clause(("sample-ann",)),))) == (1, 1, 1)


@pytest.mark.parametrize("few", [0, 4_000])
def test_what_is_said_outside_of_questions_is_no_question_with_a_word(
    database: Database, load: Callable[..., LoadedInterview], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.queries.limits.RARE_QUESTIONS", few)
    load("A: Welcome to the mill.\nQ: Is this the mill?\nA: It is.\nQ: And that?\nA: That too.", 'language = "en"')
    with database.read() as connection:
        said = sa.select(sa.func.count()).select_from(SearchDocument).where(col(SearchDocument.turn_id).is_not(None))
        assert connection.execute(said).scalar_one() == 1
    assert _sizes(database, Filters(q="mill")) == (1, 1, 1)


def test_corpora_have_something_for_every_filter() -> None:
    assert all((ASKERS, GUESTS, LANGUAGES, PUBLISHERS, SERIES, WORDS))
    assert _below("nature") == {"nature", "rivers", "lakes", "floods"}


@pytest.mark.parametrize(
    ("occurrences", "read"),
    [
        ([], ()),
        (["a"], (Clause(("a",)),)),
        (["a,b"], (Clause(("a", "b")),)),
        (["a", "b"], (Clause(("a",)), Clause(("b",)))),
        (["-a"], (Clause(("a",), negated=True),)),
        (["-a,b"], (Clause(("a", "b"), negated=True),)),
        (["a", "-b"], (Clause(("a",)), Clause(("b",), negated=True))),
        (["a-b"], (Clause(("a-b",)),)),
        ([r"a\,b,c"], (Clause(("a,b", "c")),)),
        ([r"\-a", r"-\-a"], (Clause(("-a",)), Clause(("-a",), negated=True))),
        ([r"a\\,b"], (Clause(("a\\", "b")),)),
    ],
)
def test_comma_is_either_repetition_is_both_and_minus_is_not(occurrences: list[str], read: Clauses) -> None:
    assert clauses("topic", occurrences) == read


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=5))
def test_a_value_written_is_read_as_it_was(values: list[str]) -> None:
    assert clauses("publisher", [",".join(map(escape, values))]) == (Clause(tuple(values)),)


@pytest.mark.parametrize("value", ["\\", "a,\\", "a\\\\\\"])
def test_backslash_at_the_end_is_refused(value: str) -> None:
    with pytest.raises(ParameterError, match="backslash"):
        clauses("publisher", [value])


@pytest.mark.parametrize("value", ["", "-", ",", "a,", ",a", "a,,b", "-,a", " ", "a, "])
def test_empty_value_is_refused(value: str) -> None:
    with pytest.raises(ParameterError) as refused:
        clauses("topic", [value])
    assert refused.value.parameter == "topic"


def test_too_many_values_are_refused() -> None:
    clauses("topic", [",".join("a" * 50)])
    with pytest.raises(ParameterError, match="50"):
        clauses("topic", [",".join("a" * 51)])
