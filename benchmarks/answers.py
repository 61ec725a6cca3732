"""Whether quotations and searches with a known right answer get it: loads FOLDER/record, then asks the API for every
line of FOLDER/verify-cases.jsonl and FOLDER/search-cases.jsonl.

python -m benchmarks.answers FOLDER [--url POSTGRESQL]

Of a quotation (`quote`, and the slug of the `speaker` it is said to be by), `right` names the verdicts that are right;
those after the word `never` are not. Of a search (`request`), the rule follows from the words of its `kind`: see
`SEARCHES`. The status is 1 if anything is wrong; what has no rule is shown with what is right, to be judged by eye.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.quotes import Verdict
from app.settings import Settings
from app.text.terms import words_of
from benchmarks.search_quality import load_folders

_VERDICT = re.compile("|".join(Verdict))
_MARKED = re.compile(r"<mark>(.*?)</mark>")
_FEWEST_WORDS = 5
# A case, the answer of the API, and the texts of its hits.
Rule = Callable[[Mapping[str, Any], Any, list[str]], bool]


def _names_person(_case: Mapping[str, Any], found: Any, hits: list[str]) -> bool:
    """Whether the person is named beside hits."""
    asked = set(words_of(found["query"]["text"]))
    named = [set(words_of(person["name"] or "")) for person in found["named"]["people"]]
    return bool(hits) and any(asked & words for words in named)


def _has_words_first(_case: Mapping[str, Any], found: Any, hits: list[str]) -> bool:
    """Whether the first hit has every word where somebody says it, and nothing is marked inside an address."""
    spoken = set(words_of(re.sub(r"\]\([^)\s]*\)|https?://\S+", " ", hits[0]))) if hits else set()
    shown = [snippet["html"] for item in found["items"] for snippet in item["snippets"]]
    in_address = any(re.search(r"\]\([^)\s]*<mark>|https?://[^\s<]*<mark>", html) for html in shown)
    return set(found["query"]["words"]) <= spoken and not in_address


def _says_something_first(_case: Mapping[str, Any], _found: Any, hits: list[str]) -> bool:
    """Whether the first hit is longer than an interjection."""
    return bool(hits) and len(words_of(hits[0])) >= _FEWEST_WORDS


def _has_phrase_first(case: Mapping[str, Any], _found: Any, hits: list[str]) -> bool:
    """Whether the first hit has the words that somebody is to have said, one after the other."""
    phrase = words_of(re.sub(r"^.*?\bwho said\b|&.*$", "", case["request"]))
    return bool(hits) and f" {' '.join(phrase)} " in f" {' '.join(words_of(hits[0]))} "


def _replaces_slip(_case: Mapping[str, Any], found: Any, hits: list[str]) -> bool:
    """Whether a word that stands nowhere is searched for as suggested, and the answer says so."""
    words = (found["did_you_mean"] or {"words": []})["words"]
    replaced = [one for one in words if one["replaced"]]
    said = all(any(one["word"] in note for note in found["notes"]) for one in replaced)
    first = set(words_of(hits[0])) if hits else set()
    return bool(replaced) and said and all(first & set(one["suggestions"]) for one in replaced)


# What is right of a kind of search, by words of the kind.
SEARCHES: Mapping[str, Rule] = {
    "name finds": _names_person,
    "link": _has_words_first,
    "interjection": _says_something_first,
    "who said": _has_phrase_first,
    "slip": _replaces_slip,
}


def check_quotations(client: TestClient, cases: list[dict[str, Any]]) -> Iterator[bool | None]:
    """Verify quotations; print and yield which verdicts are right."""
    for case in cases:
        wanted = {"text": case["quote"], **({"speaker": case["speaker"]} if case.get("speaker") else {})}
        answer = client.get("/v1/quotes/verify", params=wanted)
        verdict = answer.json().get("verdict", f"status {answer.status_code}")
        right = _VERDICT.findall(case["right"].partition("never")[0])
        yield _print_case(case, verdict in right if right else None, verdict)


def check_searches(client: TestClient, cases: list[dict[str, Any]]) -> Iterator[bool | None]:
    """Ask searches; print and yield which are answered as is right."""
    for case in cases:
        request = re.sub(r" \(.*\)$", "", case["request"])
        answer = client.get(request)
        if not answer.is_success:
            yield _print_case(case, False, f"status {answer.status_code}")
            continue
        found = answer.json()
        hits = [" ".join(snippet["text"] for snippet in item["snippets"]) for item in found["items"]]
        rules = [rule for words, rule in SEARCHES.items() if words in case["kind"]]
        is_right = all(rule(case, found, hits) for rule in rules) if rules else None
        yield _print_case(case, is_right, repr(hits[0]) if hits else "nothing")


def _print_case(case: Mapping[str, Any], is_right: bool | None, found: str) -> bool | None:
    print(f"{ {True: 'right', False: 'WRONG', None: 'by eye'}[is_right]:6}  {case['id']}, {case['kind']}: {found}")
    if not is_right:
        print(f"        right: {case['right']}")
    return is_right


def _cases(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines() if line.strip()] if file.is_file() else []


def main() -> int:
    """Load, ask and judge; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", help="an empty PostgreSQL database, in place of SQLite")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        url = arguments.url or f"sqlite:///{temporary}/answers.db"
        database = Database(url)
        database.migrate()
        loaded = load_folders(database, [arguments.folder / "record"])
        database.close()
        with TestClient(create_app(Settings(database_url=url))) as client:
            judged = [
                *check_quotations(client, _cases(arguments.folder / "verify-cases.jsonl")),
                *check_searches(client, _cases(arguments.folder / "search-cases.jsonl")),
            ]
    counts = ", ".join(f"{judged.count(value)} {name}" for name, value in _OUTCOMES.items())
    print(f"\n{loaded} transcripts, {len(judged)} cases: {counts}")
    return 1 if False in judged or not judged else 0


_OUTCOMES = {"right": True, "wrong": False, "by eye": None}

if __name__ == "__main__":
    sys.exit(main())
