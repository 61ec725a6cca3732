"""Requests with a key that ask for what is not there, or to write in a way that is not: rows as those of test_lies."""

from collections.abc import Iterator

from starlette.testclient import TestClient

from app.db import Database
from tests.api.keyed import bearer, key_for
from tests.api.test_lies import BAD, INTERVIEW, Lie, asked, check

LISTS = ("/v1/audit", "/v1/held", "/v1/statements", "/v1/doubles")
STATEMENTS = f"/v1/interviews/{INTERVIEW}/statements"
VERSION = f"{STATEMENTS}/versions/1"
TALK = b"Q: Where did the river begin?\n\nA: Under the old mill.\n"
UPLOADS = (("POST", "/v1/interviews?name=a.txt"), ("PUT", f"/v1/interviews/{INTERVIEW}/source?name=a.txt"))
TOPIC = "/v1/questions/gky5nhbt0gvp-q3/topics/peace"
# Requests that write, with bodies that are right.
WRITES = (
    *((method, address, TALK) for method, address in UPLOADS),
    ("PUT", STATEMENTS, b"{}"),
    ("PATCH", STATEMENTS, b"{}"),
    ("POST", f"{STATEMENTS}/undo", None),
    ("PUT", TOPIC, b'{"state": "confirmed"}'),
    ("DELETE", TOPIC, None),
    ("PUT", "/v1/vocabulary", b'[mills]\nlabel = "Mills"\n'),
    ("POST", f"/v1/interviews/{INTERVIEW}/redactions", b'{"words": "Pakistan"}'),
    ("PUT", f"/v1/interviews/{INTERVIEW}/withdrawal", None),
    ("PUT", f"/v1/interviews/{INTERVIEW}/embargo", b'{"until": "2199-12-31"}'),
)
NOT_NUMBERS = ("x", "0", "-1", "1.5", "1_0", "1e3", "%2B1", "%D9%A5", str(2**64))


def _reading() -> Iterator[Lie]:
    for value in ("0", "101", "-1", "1_0", "%D9%A5", "x", ""):
        yield Lie(f"the number {value or '(empty)'}", asked(f"limit={value}", LISTS), BAD, "limit")
    for wrong, right in (("limitt=1", "limit"), ("pgae=1", "page"), ("curser=x", "cursor"), ("field=id", "fields")):
        name = wrong.partition("=")[0]
        yield Lie("a misspelled parameter", asked(wrong, LISTS), "unknown-parameter", name, (right,))
    yield Lie("a cursor that is made up", asked("cursor=x", LISTS), "invalid-cursor", "cursor")
    yield Lie("what can stand once, twice", asked("limit=1&limit=1", LISTS), BAD, "limit")
    yield Lie("a misspelled sort", asked("sort=slgu", ("/v1/held",)), BAD, "sort", ("slug",))
    for value in ("maybe", "1", "TRUE", ""):
        yield Lie(f"{value or '(empty)'} as undone", asked(f"undone={value}", ("/v1/statements",)), BAD, "undone")
    for parameter in ("since", "until"):
        for value in ("yesterday", "2024-13-01", "2024-01-01T06:00:00", ""):
            addresses = asked(f"{parameter}={value}", ("/v1/audit",))
            yield Lie(f"{value or '(empty)'} as a time", addresses, BAD, parameter)
    yield Lie("an interview that is not there", asked("interview=nothing", ("/v1/audit",)), BAD, "interview")
    for value in NOT_NUMBERS:
        yield Lie(f"the version {value}", (f"{STATEMENTS}/versions/{value}",), BAD, "version")
        yield Lie(f"the statement {value}", (f"/v1/statements/{value}",), BAD, "number")
        if value != "0":
            yield Lie(f"compared with {value}", asked(f"from={value}", (VERSION,)), BAD, "from")
    yield Lie("a version that is not there", (f"{STATEMENTS}/versions/99",), "not-found")
    yield Lie("a statement that is not there", ("/v1/statements/99",), "not-found")
    yield Lie("an interview that is not held back", (f"/v1/held/{INTERVIEW}",), "not-found")
    yield Lie("a prefix that is none", ("/v1/keys/0000000", "/v1/keys/0000000G", "/v1/keys/000000000"), BAD, "prefix")
    yield Lie("a key that is not there", ("/v1/keys/00000000",), "not-found")


def _writing() -> Iterator[Lie]:
    for method, address, body in WRITES:
        for value in ("maybe", "1", "TRUE", ""):
            what = f"{value or '(empty)'} as a dry run"
            yield Lie(what, asked(f"dry_run={value}", (address,)), BAD, "dry_run", (), method, body)
        twice = asked("dry_run=true&dry_run=false", (address,))
        yield Lie("a dry run and none", twice, BAD, "dry_run", (), method, body)
        wrong = asked("dryrun=true", (address,))
        yield Lie("a misspelled parameter", wrong, "unknown-parameter", "dryrun", ("dry_run",), method, body)
    for method, address in UPLOADS:
        for parameter in ("keep_unlabelled", "replace"):
            for value in ("yes", "1", ""):
                places = asked(f"{parameter}={value}", (address,))
                yield Lie(f"{value or '(empty)'} where it is true or false", places, BAD, parameter, (), method, TALK)
        for value, meant in (("web-vtt", ("webvtt",)), ("", ()), ("XYZ", ())):
            places = asked(f"format={value}", (address,))
            yield Lie(f"the format {value or '(empty)'}", places, BAD, "format", meant, method, TALK)
        unnamed = address.replace("a.txt", "")
        for value in ("", "..", "%2F", "x" * 256, "a%0Ab"):
            yield Lie("a name that is none", (f"{unnamed}{value}",), BAD, "name", (), method, TALK)
    for value in ("", "en_US", "%C3%A4"):
        places = asked(f"language={value}", ("/v1/vocabulary",))
        yield Lie("a language that is none", places, BAD, "language", (), "PUT", b'[mills]\nlabel = "Mills"\n')


def test_no_lie_is_told_to_who_has_a_key(own_seed: TestClient, seeded: Database) -> None:
    own_seed.headers.update(bearer(key_for(seeded), If_Match="*"))
    wrong = []
    for lie in (*_reading(), *_writing()):
        media_type = "application/toml" if "vocabulary" in lie.addresses[0] else "application/json"
        own_seed.headers["Content-Type"] = "application/octet-stream" if lie.body == TALK else media_type
        for address in lie.addresses:
            try:
                check(own_seed, lie, address)
            except AssertionError as error:
                wrong.append(f"{lie.method} {address[:120]}: {str(error)[:500]}")
    assert wrong == []
