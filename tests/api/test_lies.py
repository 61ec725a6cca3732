"""Requests that ask for what is not there, and the exact answer to each: `python -m tests.api.test_lies` prints them.

A list lies if it looks narrowed and is not, or is silently empty; an error lies if it blames something else. Each row
is tried at every address that takes such a request.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from app.api.problem_kinds import KINDS
from tests.api.examples import seed_client

SCOPED = (
    "/v1/interviews/worldnewsam-3712/questions",
    "/v1/topics/peace/questions",
    "/v1/speakers/worldnewsam-3712-interviewee/answers",
)
WITH_WORDS = ("/v1/questions", "/v1/answers", "/v1/interviews", *SCOPED)
ITEMS = (*WITH_WORDS, "/v1/search?q=peace")
NEAR = ("/v1/questions/gky5nhbt0gvp-q1/related", "/v1/questions/gky5nhbt0gvp-q1/asked-elsewhere")
LISTS = (*ITEMS, *NEAR, "/v1/speakers", "/v1/topics")
DETAILS = (
    "/v1/questions/gky5nhbt0gvp-q1",
    "/v1/answers/gky5nhbt0gvp-a1",
    "/v1/interviews/worldnewsam-3712",
    "/v1/interviews/worldnewsam-3712/transcript",
    "/v1/interviews/worldnewsam-3712/source",
    "/v1/speakers/worldnewsam-3712-interviewee",
    "/v1/topics/peace",
)
# Where something is looked up by a name in the address.
NAMED = {
    "/v1/questions/{}": "id",
    "/v1/questions/{}/related": "id",
    "/v1/questions/{}/asked-elsewhere": "id",
    "/v1/answers/{}": "id",
    "/v1/interviews/{}": "interview",
    "/v1/interviews/{}/transcript": "interview",
    "/v1/interviews/{}/source": "interview",
    "/v1/speakers/{}": "speaker",
    "/v1/topics/{}": "topic",
    "/v1/questions/{}/citation": "id",
    "/v1/questions/{}/topics": "id",
    "/v1/questions/{}/topics/peace": "id",
    "/v1/questions/gky5nhbt0gvp-q3/topics/{}": "topic",
    "/v1/answers/{}/citation": "id",
    "/v1/interviews/{}/citation": "interview",
}
INTERVIEWEE, INTERVIEWER, INTERVIEW = "worldnewsam-3712-interviewee", "worldnewsam-3712-interviewer", "worldnewsam-3712"
PEOPLE = (INTERVIEWER, INTERVIEWEE)
BAD = "invalid-parameter"
LITERAL = "nothing found"


@dataclass(frozen=True)
class Lie:
    """What is tried, the addresses that it is tried at, and the one answer that is right."""

    what: str
    addresses: tuple[str, ...]
    kind: str
    # The one parameter that is blamed, and what may have been meant.
    parameter: str | None = None
    suggestions: tuple[str, ...] = ()
    method: str = "GET"
    body: bytes | None = None

    @property
    def status(self) -> int:
        """The status code."""
        return 200 if self.kind == LITERAL else KINDS[self.kind].status


def asked(query: str, places: tuple[str, ...]) -> tuple[str, ...]:
    """Give the addresses of places with a query."""
    return tuple(f"{place}{'&' if '?' in place else '?'}{query}" for place in places)


def _places(parameter: str) -> tuple[str, ...]:
    """Give the lists that a parameter narrows."""
    if parameter == "interview":
        return tuple(place for place in (*ITEMS, "/v1/speakers") if place != SCOPED[0])
    of_speakers = {"topic", "q", "language", "publisher", "series", "year", "role"}
    return (*ITEMS, "/v1/speakers") if parameter in of_speakers else ITEMS


def _misspelled() -> Iterator[Lie]:
    for wrong, right, places in (
        ("topik=peace", ("topic",), ITEMS),
        ("Topic=peace", ("topic",), ITEMS),
        ("topic[]=peace", ("topic",), ITEMS),
        ("speeker=x", ("speaker",), ITEMS),
        ("answer_by=x", ("answered_by",), ITEMS),
        ("facet=topic", ("facets",), ITEMS),
        ("limitt=1", ("limit",), LISTS),
        ("curser=x", ("cursor",), LISTS),
        ("LIMIT=1", ("limit",), LISTS),
        ("pgae=1", ("page",), LISTS),
        ("field=id", ("fields",), LISTS),
        ("per_page=1", ("limit",), LISTS),
        ("offset=1", ("cursor", "page"), LISTS),
        ("search=peace", ("q",), ITEMS),
        ("lang=en", ("language",), ITEMS),
        ("person=x", ("speaker",), ITEMS),
    ):
        name = wrong.partition("=")[0]
        yield Lie("a misspelled parameter", asked(wrong, places), "unknown-parameter", name, right)
    yield Lie("a parameter that means nothing", asked("zzzz=1", LISTS), "unknown-parameter", "zzzz")
    yield Lie("a parameter with no name", asked("=1", LISTS), "unknown-parameter", "")
    yield Lie(
        "spelling by another name", ("/v1/search?q=peace&exact=true",), "unknown-parameter", "exact", ("as_written",)
    )
    for value in ("", "1", "TRUE", "maybe"):
        yield Lie("as written, in part", (f"/v1/search?q=peace&as_written={value}",), BAD, "as_written")
    for value in ("", "fuzzy"):
        yield Lie("a mode that is not there", (f"/v1/search?q=peace&mode={value}",), BAD, "mode")
    yield Lie("nothing to search for", ("/v1/search", "/v1/search?topic=peace"), BAD, "q")
    yield Lie("a parameter of lists on one item", asked("limit=1", DETAILS), "unknown-parameter", "limit")


def _names() -> Iterator[Lie]:
    for parameter, wrong, meant in (
        ("topic", "interfaith-dialog", ("interfaith-dialogue",)),
        ("speaker", "worldnewsam-3712-interviewed", PEOPLE[::-1]),
        ("asked_by", "worldnewsam-3712-intervewer", PEOPLE),
        ("answered_by", "worldnewsam-3712-intervewee", PEOPLE[::-1]),
        ("interview", "worldnewsam-3721", (INTERVIEW,)),
        ("language", "eng", ("en",)),
        ("publisher", "worldnewsam.con", ("worldnewsam.com",)),
    ):
        for sign, what in (("", "a name that is not there"), ("-", "not a name that is not there")):
            addresses = asked(f"{parameter}={sign}{wrong}", _places(parameter))
            yield Lie(what, addresses, "invalid-parameter", parameter, meant)
    for parameter, right in (
        ("topic", "interfaith-dialogue"),
        ("speaker", INTERVIEWEE),
        ("asked_by", INTERVIEWEE),
        ("answered_by", INTERVIEWEE),
        ("interview", INTERVIEW),
        ("language", "en"),
        ("publisher", "worldnewsam.com"),
    ):
        meant = PEOPLE[::-1] if right == INTERVIEWEE else (right,)
        addresses = asked(f"{parameter}={right.upper()}", _places(parameter))
        yield Lie("a name in the wrong case", addresses, "invalid-parameter", parameter, meant)
    yield Lie("one wrong name among right ones", asked("topic=peace,tolerence", ITEMS), BAD, "topic", ("tolerance",))
    yield Lie("a name of a series where there is none", asked("series=x", ITEMS), BAD, "series")


NUMBERS = (
    "NaN",
    "Infinity",
    str(2**64),
    str(2**31),
    "-1",
    "101",
    "1.5",
    "1e3",
    "0x10",
    "1_0",
    "+1",
    "%20" + "1",
    "",
)
DIGITS = (("five in Arabic digits", "%D9%A5"), ("five in full width", "%EF%BC%95"), ("a superscript", "%C2%B2"))


def _numbers() -> Iterator[Lie]:
    for value in NUMBERS:
        yield Lie(f"the number {value or '(empty)'}", asked(f"limit={value}", LISTS), BAD, "limit")
        if value != "101":
            yield Lie(f"the page {value or '(empty)'}", asked(f"page={value}", LISTS), BAD, "page")
        yield Lie(f"the context {value or '(empty)'}", asked(f"context={value}", DETAILS[:2]), BAD, "context")
        if value:
            yield Lie(f"the name {value}", asked(f"topic={value.replace('+', '%2B')}", ITEMS), BAD, "topic")
    for parameter in ("limit", "page"):
        yield Lie(f"the number 0 as {parameter}", asked(f"{parameter}=0", LISTS), BAD, parameter)
    yield Lie("a page past the depth that is answered", asked("page=10001", LISTS), BAD, "page")
    yield Lie("a page past that depth, by its items", asked("page=101&limit=100", LISTS), BAD, "page")
    for what, value in DIGITS:
        yield Lie(what, asked(f"limit={value}", LISTS), BAD, "limit")
        yield Lie(what, asked(f"published_from={value}", ITEMS), BAD, "published_from")


def _empty() -> Iterator[Lie]:
    for parameter in ("topic", "speaker", "asked_by", "answered_by", "interview", "language", "publisher", "series"):
        for value in ("", ",", "-", "%20"):
            addresses = asked(f"{parameter}={value}", _places(parameter))
            yield Lie(f"an empty value, {value or 'nothing'}", addresses, BAD, parameter)
    yield Lie("an empty value", asked("q=", WITH_WORDS), BAD, "q")
    for parameter in ("answered", "published_from", "published_to", "topic_scope", "topic_state", "facets"):
        yield Lie("an empty value", asked(f"{parameter}=", ITEMS), BAD, parameter)
    for parameter in ("year", "role"):
        yield Lie("an empty value", asked(f"{parameter}=", _places(parameter)), BAD, parameter)
    for parameter in ("sort", "fields"):
        yield Lie("an empty value", asked(f"{parameter}=", LISTS), BAD, parameter)
    yield Lie("an empty cursor", asked("cursor=", LISTS), "invalid-cursor", "cursor")


def _many_and_long() -> Iterator[Lie]:
    yield Lie("a filter 1,000 times", asked("&".join(["topic=peace"] * 1000), ITEMS), BAD, "topic")
    yield Lie("a filter 2,000 times", asked("&".join(["topic=peace"] * 2000), ITEMS), "uri-too-long")
    for query in ("limit=1", "sort=title", "cursor=x", "q=a"):
        name = query.partition("=")[0]
        places = WITH_WORDS if name == "q" else LISTS
        yield Lie("what can stand once 1,000 times", asked("&".join([query] * 1000), places), BAD, name)
    yield Lie("1,000 names", asked(f"topic={','.join(['peace'] * 1000)}", ITEMS), BAD, "topic")
    for parameter in ("topic", "speaker", "interview", "language", "publisher", "series", "q", "published_from"):
        for length, kind, blamed in ((10_000, BAD, parameter), (20_000, "uri-too-long", None)):
            addresses = asked(f"{parameter}={'x' * length}", _places(parameter))
            yield Lie(f"{length:,} characters", addresses, kind, blamed)
    for parameter in ("sort", "limit", "page", "cursor", "fields"):
        yield Lie("10,000 characters", asked(f"{parameter}={'x' * 10_000}", LISTS), BAD, parameter)
    yield Lie("a name of 10,000 characters", asked(f"{'x' * 10_000}=1", LISTS), "unknown-parameter", "x" * 120)
    yield Lie("a name of 20,000 characters", asked(f"{'x' * 20_000}=1", LISTS), "uri-too-long")


BYTES = (
    ("NUL", "%00"),
    ("NUL within text", "a%00b"),
    ("a byte that is never UTF-8", "%ff"),
    ("UTF-8 cut short", "%e2%82"),
    ("overlong UTF-8", "%c0%ae"),
    ("NUL in overlong UTF-8", "%c0%80"),
    ("a lone surrogate", "%ed%a0%80"),
    ("a pair of surrogates, CESU-8", "%ed%a0%bd%ed%b8%80"),
    ("past the last code point", "%f4%90%80%80"),
)


def _bytes() -> Iterator[Lie]:
    for what, value in BYTES:
        yield Lie(f"{what}, in a value", asked(f"topic={value}", ITEMS), "bad-request")
        yield Lie(f"{what}, in any value", asked(f"q={value}", (*WITH_WORDS, "/v1/search")), "bad-request")
        yield Lie(f"{what}, in a name", asked(f"{value}=1", (*LISTS, *DETAILS)), "bad-request")
        yield Lie(f"{what}, in a path", tuple(address.format(value) for address in NAMED), "bad-request")
    # As JSON would write it, it is six plain characters.
    yield Lie(r"\ud800 as JSON writes it", asked(r"topic=%5Cud800", ITEMS), BAD, "topic")
    yield Lie(r"\ud800 as JSON writes it, in words", asked(r"q=%5Cud800", WITH_WORDS), LITERAL)


SPECIAL = (
    ("SQL", "' OR '1'='1"),
    ("SQL", "'; DROP TABLE question; --"),
    ("SQL", 'x" UNION SELECT sql FROM sqlite_master --'),
    ("LIKE", "%"),
    ("LIKE", "_____"),
    ("LIKE", "%" * 200),
    ("LIKE", "\\"),
    ("full text", '"*"'),
    ("full text", "NEAR(zzz yyy)"),
    ("full text", "question:zzz"),
    ("full text", "^zzz AND NOT {x}"),
    ("full text", "zzz:*"),
)


def _special() -> Iterator[Lie]:
    for what, value in SPECIAL:
        yield Lie(f"{what} in words", asked(f"q={quote(value)}", WITH_WORDS), LITERAL)
        if "," not in value:
            yield Lie(f"{what} in a name", asked(f"topic={quote(value)}", ITEMS), BAD, "topic")
            yield Lie(f"{what} in a sort", asked(f"sort={quote(value[:100])}", LISTS), BAD, "sort")


def _other_values() -> Iterator[Lie]:
    yield Lie("a misspelled sort", asked("sort=titel", WITH_WORDS), BAD, "sort", ("title",))
    yield Lie("a sort twice", asked("sort=title,title", WITH_WORDS), BAD, "sort", ())
    yield Lie("a sort in two parameters", asked("sort=title&sort=-title", WITH_WORDS), BAD, "sort", ())
    yield Lie("a misspelled sort beside another", asked("sort=title&sort=x", ITEMS), BAD, "sort", ())
    yield Lie("a misspelled facet", asked("facets=topic,speeker", ITEMS), BAD, "facets", ("speaker",))
    yield Lie("a facet in the wrong case", asked("facets=Topic", ITEMS), BAD, "facets", ("topic",))
    yield Lie("a misspelled field", asked("fields=id,txt", ("/v1/questions",)), BAD, "fields", ("text",))
    yield Lie("a misspelled field", asked("fields=id,txt", DETAILS[:2]), BAD, "fields", ("text", "context"))
    yield Lie("a misspelled field to leave out", asked("fields=-txt", ("/v1/questions",)), BAD, "fields", ("text",))
    with_turns = tuple(place for place in (*ITEMS, *NEAR, *DETAILS[:2]) if place != "/v1/interviews")
    yield Lie("a misspelled facet beside another", asked("facets=year&facets=topik", ITEMS), BAD, "facets", ("topic",))
    yield Lie("a misspelled part", asked("include=turn", with_turns), BAD, "include", ("turns",))
    yield Lie("a part of another shape", asked("include=turns", ("/v1/topics", "/v1/speakers")), BAD, "include", ())
    yield Lie("a guard of no table", asked("csv_guard=false", LISTS), BAD, "csv_guard", ())
    yield Lie("a field of nothing", asked("fields=id.x", ("/v1/questions", *DETAILS[:2])), BAD, "fields", ("id",))
    yield Lie("relevance of no words", asked("sort=relevance", ("/v1/questions", "/v1/answers")), BAD, "sort")
    yield Lie("a cursor and a page", asked("cursor=x&page=2", LISTS), BAD, "page")
    for value, meant in (("EXACT", ("exact",)), ("exakt", ("exact",)), ("all", ())):
        yield Lie(f"the scope {value}", asked(f"topic_scope={value}", ITEMS), BAD, "topic_scope", meant)
    for value, known in (("CSV", ("csv",)), ("ndjsn", ("ndjson",)), ("xlsx", ()), ("", ())):
        yield Lie(f"the format {value or '(empty)'}", asked(f"format={value}", ITEMS), BAD, "format", known)
    yield Lie("a format of interviews for questions", asked("format=tei", ("/v1/questions",)), BAD, "format")
    yield Lie("a feed of what has none", asked("format=atom", ("/v1/speakers", "/v1/topics")), BAD, "format")
    yield Lie("facets in a feed", asked("format=atom&facets=topic", WITH_WORDS), BAD, "facets")
    yield Lie("a format of interviews for one question", asked("format=tei", DETAILS[:2]), BAD, "format")
    yield Lie("context in JSON-LD", asked("format=jsonld&context=2", DETAILS[:2]), BAD, "context")
    yield Lie("a format of lists for an interview", asked("format=csv", DETAILS[2:4]), BAD, "format")
    for value in ("Interviewee", "guest", "interviewee,guest", "-guest"):
        yield Lie(f"the role {value}", asked(f"role={value}", _places("role")), BAD, "role")
    for value in ("23", "02023", "0000", "2023-11", "NaN", "-1", "2023,x", "%D9%A2023"):
        yield Lie(f"the year {value}", asked(f"year={value}", _places("year")), BAD, "year")
    for value in ("1", "yes", "TRUE", "maybe", "null"):
        yield Lie(f"{value} for true", asked(f"answered={value}", ITEMS), BAD, "answered")
    for value in ("2023-02-29", "2023-13", "2023-1", "0000", "99999", "NaN", "-1", "1e3", "today", str(2**64)):
        yield Lie(f"the date {value}", asked(f"published_from={value}", ITEMS), BAD, "published_from")


def _cursors(client: TestClient) -> Iterator[Lie]:
    def cursor(address: str) -> str:
        link = client.get(address).json()["page"]["next"]
        return str(link.rpartition("cursor=")[2])

    kind = ("invalid-cursor", "cursor")
    good = {
        place: cursor(f"{place}?limit=1") for place in ("/v1/questions", "/v1/answers", "/v1/speakers", "/v1/topics")
    }
    for place, given in good.items():
        others = tuple(other for other in LISTS if other != place)
        yield Lie(f"a cursor of {place} elsewhere", asked(f"cursor={given}", others), *kind)
        for what, wrong in (
            ("a cursor cut short", given[:-1]),
            ("a cursor cut to half", given[: len(given) // 2]),
            ("a cursor with a changed first letter", ("B" if given[0] == "A" else "A") + given[1:]),
            ("a cursor with a changed last letter", given[:-2] + ("B" if given[-2] == "A" else "A") + given[-1]),
            ("a cursor with more", given + "AAAA"),
            ("a cursor twice over", given + given),
            ("a cursor in lower case", given.lower()),
        ):
            yield Lie(what, asked(f"cursor={wrong}", (place,)), *kind)
    for query in ("topic=peace", "answered=true", "sort=title", "q=peace"):
        given = cursor(f"/v1/questions?limit=1&{query}")
        yield Lie(f"a stale cursor, from before {query} was taken off", asked(f"cursor={given}", ITEMS), *kind)
        addresses = asked(f"{query}&cursor={good['/v1/questions']}", WITH_WORDS)
        yield Lie(f"a stale cursor, from before {query} was added", addresses, *kind)
    for value in (
        "x",
        "0",
        "-1",
        "NaN",
        "null",
        "AAAA",
        "eyJpZCI6MX0",
        "a b",
        "%2Fetc%2Fpasswd",
        "%F0%9F%98%80",
        "=",
        "1" * 999,
    ):
        yield Lie("a cursor that is made up", asked(f"cursor={value}", LISTS), *kind)


CITED = ("/v1/questions/gky5nhbt0gvp-q1/citation", "/v1/answers/gky5nhbt0gvp-a1/citation")
QUOTED = "/v1/quotes/verify?text=harmony"


def _passages() -> Iterator[Lie]:
    for value in ("NaN", "-1", "1.5", "1e3", str(2**64), "0x10", "%D9%A5", ""):
        for parameter in ("start", "end"):
            yield Lie(f"{value or '(empty)'} as {parameter}", asked(f"{parameter}={value}", CITED), BAD, parameter)
    yield Lie("a range past the text", asked("start=0&end=99999", CITED), BAD, "end")
    yield Lie("a range that ends before it starts", asked("start=9&end=3", CITED), BAD, "end")
    for place, turn in zip(CITED, ("gky5nhbt0gvp-t1", "gky5nhbt0gvp-t2"), strict=True):
        yield Lie("a turn of another place", asked("turn=gky5nhbt0gvp-t9", (place,)), BAD, "turn", (turn,))
    yield Lie("a misspelled parameter", asked("strat=1", CITED), "unknown-parameter", "strat", ("start",))
    yield Lie("nothing to verify", ("/v1/quotes/verify",), BAD, "text")
    for value in ("", "%20", "...", "%E2%80%A6", "%22%22"):
        yield Lie("a quotation without words", (f"/v1/quotes/verify?text={value}",), BAD, "text")
    yield Lie("a quotation of 12,000 characters", (f"/v1/quotes/verify?text={'x' * 12_000}",), BAD, "text")
    yield Lie("a speaker who is not there", asked("speaker=nobody", (QUOTED,)), BAD, "speaker")
    yield Lie("an interview that is not there", asked("interview=nothing", (QUOTED,)), BAD, "interview")
    yield Lie("a misspelled parameter", asked("speeker=x", (QUOTED,)), "unknown-parameter", "speeker", ("speaker",))


def _suggestions() -> Iterator[Lie]:
    places = ("/v1/suggestions",)
    for value in ("NaN", "-0.1", "1.01", "inf", "x", ""):
        yield Lie(
            f"{value or '(empty)'} as a confidence", asked(f"min_confidence={value}", places), BAD, "min_confidence"
        )
    for value, meant in (("open", ()), ("Proposed", ("proposed",)), ("", ())):
        yield Lie("a state that is not there", asked(f"state={value}", places), BAD, "state", meant)
    yield Lie("a topic that is not there", asked("topic=tolerence", places), BAD, "topic", ("tolerance",))
    yield Lie("two topics where one is taken", asked("topic=peace,tolerance", places), BAD, "topic")
    yield Lie("an interview that is not there", asked("interview=nothing", places), BAD, "interview")
    yield Lie(
        "a misspelled parameter",
        asked("min_confidance=1", places),
        "unknown-parameter",
        "min_confidance",
        ("min_confidence",),
    )
    yield Lie("a vocabulary in a format that is not there", ("/v1/vocabulary?format=csv",), BAD, "format")


def _paths() -> Iterator[Lie]:
    for address, parameter in NAMED.items():
        for what, value in (
            ("capital letters", "Peace"),
            ("a point", "1.5"),
            ("a minus before", "-1"),
            ("an underscore", "1_0"),
            ("digits of another script", "%D9%A5"),
            ("SQL", quote("' OR '1'='1")),
            ("LIKE", "%25"),
            ("a lone surrogate as JSON writes it", "%5Cud800"),
            ("10,000 characters", "x" * 10_000),
        ):
            yield Lie(f"{what}, in a path", (address.format(value),), BAD, parameter)
        for what, value in (("a name that is not there", "zzzz"), ("2^64", str(2**64)), ("1e3", "1e3"), ("nan", "nan")):
            yield Lie(f"{what}, in a path", (address.format(value),), "not-found")
    yield Lie("20,000 characters, in a path", tuple(one.format("x" * 20_000) for one in NAMED), "uri-too-long")
    for what, value in (("astral letters", "%F0%90%8C%B0"), ("a line's end", "x%0d%0aSet-Cookie:a")):
        places = ("/v1/questions", "/v1/answers", "/v1/interviews")
        yield Lie(f"{what} in a revision", tuple(f"{place}/{value}@2" for place in places), "not-found")
    for value in ("x", "0", "-1", "1.5", "1e3", str(2**64), "%D9%A5"):
        addresses = (f"/v1/questions/gky5nhbt0gvp-q1@{value}", f"/v1/interviews/worldnewsam-3712@{value}")
        yield Lie(f"the revision {value}", addresses, BAD, "revision")
    yield Lie("an answer's id for a question", ("/v1/questions/gky5nhbt0gvp-a1",), "not-found")
    yield Lie("a path out of the API", ("/v1/topics/..%2f..%2fetc%2fpasswd",), "not-found", "path", ("/v1",))
    yield Lie(
        "an address of another API", ("/api/questions", "/api/v1/questions"), "not-found", "path", ("/v1/questions",)
    )


def lies(client: TestClient) -> Iterator[Lie]:
    """Give the whole table; a client is needed for cursors that were really given out."""
    for part in (
        _misspelled,
        _names,
        _numbers,
        _empty,
        _many_and_long,
        _bytes,
        _special,
        _other_values,
        _passages,
        _suggestions,
        _paths,
    ):
        yield from part()
    yield from _cursors(client)


def _answer(client: TestClient, lie: Lie, address: str) -> tuple[int, str, list[tuple[str, tuple[str, ...]]]]:
    """Say how an address is answered: the status, the kind of problem, and what is blamed."""
    response = client.request(lie.method, address, content=lie.body)
    if response.status_code == 200:
        found = response.json()
        assert found["items"] == []
        assert found["page"]["total"] == 0
        return 200, LITERAL, []
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    # However often it was said, it is reported once.
    blamed = dict.fromkeys((one["parameter"], tuple(one["suggestions"])) for one in problem["errors"])
    return response.status_code, problem["type"].removeprefix("/problems/"), list(blamed)


def check(client: TestClient, lie: Lie, address: str) -> None:
    """Make sure that the one right answer is given."""
    blamed = [] if lie.parameter is None else [(lie.parameter, lie.suggestions)]
    expected = (lie.what, address[:200], lie.status, lie.kind, blamed)
    assert (lie.what, address[:200], *_answer(client, lie, address)) == expected


def test_no_lie_is_told_at_one_address_of_each_row(seed: TestClient) -> None:
    """Rows take their addresses in turn, so that every address is tried."""
    for row, lie in enumerate(lies(seed)):
        check(seed, lie, lie.addresses[row % len(lie.addresses)])


@pytest.mark.exhaustive
def test_no_lie_is_told(seed: TestClient) -> None:
    tried = 0
    for lie in lies(seed):
        for address in lie.addresses:
            check(seed, lie, address)
            tried += 1
    # As many as the table says.
    assert tried > 2_500


@pytest.mark.parametrize("address", ["/v1/topics/tolerence", "/v1/speakers/worldnewsam-3712-interviewed"])
def test_name_in_a_path_that_is_not_there_is_told_near_ones(seed: TestClient, address: str) -> None:
    assert "Did you mean" in seed.get(address).json()["detail"]


def _shown(text: str) -> str:
    text = text if len(text) <= 60 else f"{text[:40]}... ({len(text):,} characters)"
    return text.replace("|", "\\|").replace("`", "\\`")


def main() -> None:
    """Print the table as Markdown, with the answers as they are; what is tried at several parameters is one row."""
    rows: dict[tuple[str, str], tuple[str, str, list[str], int]] = {}
    with seed_client() as client:
        for lie in lies(client):
            status, kind, blamed = _answer(client, lie, lie.addresses[0])
            named = [
                f"`{_shown(name)}`" + (f" (meant {' or '.join(meant)}?)" if meant else "") for name, meant in blamed
            ]
            answer = str(status) if kind == LITERAL else f"{status} {kind}"
            example, _, before, times = rows.get((lie.what, answer), (lie.addresses[0], "", [], 0))
            parameters = list(dict.fromkeys([*before, *named]))
            rows[lie.what, answer] = (example, answer, parameters, times + len(lie.addresses))
    sys.stdout.write("| tried | for example | times | answer | blamed |\n|---|---|---|---|---|\n")
    for (what, _), (example, answer, named, times) in rows.items():
        request = _shown(example.removeprefix("/v1/"))
        sys.stdout.write(f"| {what} | `{request}` | {times} | {answer} | {', '.join(named)} |\n")
    sys.stdout.write(f"\n{sum(times for *_, times in rows.values()):,} requests\n")


if __name__ == "__main__":
    main()
