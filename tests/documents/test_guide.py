"""Runs every example of README.md and docs/api.md against the seed; `python -m tests.documents.test_guide` prints those
of docs/api.md with whole answers.

An example is a `$ curl` line in a console block, and below it the answer. `...` alone on a line stands for any lines,
within a line for any text. After `| jq` JSON is printed indented. Headers, with -i or -I, may be left out and stand in
any order. `<etag>` and the like stand for that header of the answer before, `<next>` and `<previous>` for the links of
its page. `$KEY` is a key that allows everything.
"""

import difflib
import json
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from tests.api.examples import seed_client
from tests.api.keyed import key_for
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINKS = ("next", "previous")


@dataclass(frozen=True)
class Example:
    """A command of the guide and the answer that it shows."""

    command: str
    shown: str


@dataclass
class Shell:
    """Runs the curl commands of the guide, and remembers what one answer gives to the next request."""

    client: TestClient
    values: dict[str, str] = field(default_factory=dict)
    # What the shell has in variables such as $KEY.
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, command: str) -> str:
        """Give what the command prints."""
        command = re.sub(r"<([a-z-]+)>", lambda name: self.values[name[1]], command)
        requested, _, shown_by = command.partition(" | ")
        assert shown_by in {"", "jq"}, f"the tests do not know {shown_by}"
        for name, value in self.variables.items():
            requested = requested.replace(f"${name}", value)
        options, address, headers, method, body = _read(requested)
        assert address.startswith(f"{ADDRESS}/"), address
        # As curl does: any type, and no content coding unless asked for.
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", **headers}
        follows = "-L" in options
        response = self.client.request(method, address, headers=headers, content=body, follow_redirects=follows)
        self.values = dict(response.headers.items())
        if (
            "json" in response.headers.get("content-type", "")
            and response.text
            and "ndjson" not in response.headers["content-type"]
        ):
            document = response.json()
            page = document.get("page", {}) if isinstance(document, dict) else {}
            self.values |= {name: page[name] for name in _LINKS if page.get(name)}
        return printed_by_curl(response, with_head=bool({"-i", "-I"} & options), as_jq=shown_by == "jq")


def printed_by_curl(response: Any, *, with_head: bool, as_jq: bool) -> str:
    """Give what curl prints of an answer, with its head or without, with JSON as jq prints it or as it comes."""
    # A terminal shows no difference between the two ends of a line.
    body: str = response.text.replace("\r\n", "\n")
    if as_jq and body:
        body = json.dumps(response.json(), indent=2, ensure_ascii=False)
    if not with_head:
        return body
    lines = [f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers.multi_items()]
    return "\n".join([*lines, "", body])


def _read(command: str) -> tuple[set[str], str, dict[str, str], str, str | None]:
    """Take a curl command apart: its options, the address, headers, the method and the body."""
    program, *words = shlex.split(command)
    assert program == "curl"
    options, addresses, headers = set(), [], {}
    method = body = None
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(":")
            headers[name] = value.strip()
        elif word == "--compressed":
            headers["Accept-Encoding"] = "gzip"
        elif word == "-X":
            method = words.pop(0)
        elif word in {"-d", "--data-binary"}:
            body = words.pop(0)
        elif word in {"-si", "-sI"}:
            options |= {"-s", f"-{word[-1]}"}
        elif word.startswith("-"):
            assert word in {"-s", "-i", "-I", "-L"}, f"the tests do not know {word}"
            options.add(word)
        else:
            addresses.append(word)
    (address,) = addresses
    method = method or ("HEAD" if "-I" in options else "GET" if body is None else "POST")
    return options, address, headers, method, body


def examples_in(text: str) -> Iterator[Example]:
    """Give the examples of a guide in order."""
    for block in _BLOCK.findall(text):
        joined = re.sub(r" \\\n\s*", " ", block)
        for part in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            yield Example(command, shown)


def is_shown(shown: str, printed: str) -> bool:
    """Tell whether an answer is the one that is shown, for all that is left out."""
    if shown.startswith("HTTP/"):
        shown_head, _, shown = shown.partition("\n\n")
        head, _, printed = printed.partition("\n\n")
        lines = head.splitlines()
        for line in shown_head.splitlines():
            if line != "..." and not any(re.fullmatch(_pattern(line), one, re.IGNORECASE) for one in lines):
                return False
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == "..." else f"{_pattern(line)}\n" for line in shown.rstrip("\n").splitlines()
    )
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n" if printed.strip() else "") is not None


def first_unmatched(shown: str, printed: str) -> str:
    """Name the first line of an example that its answer does not have there, and what is most like it there."""
    lines = shown.splitlines()
    for number, line in enumerate(lines, start=1):
        is_head = shown.startswith("HTTP/") and "" not in lines[:number]
        if not is_shown("\n".join([*lines[:number], *([""] if is_head else []), "..."]), printed):
            near = difflib.get_close_matches(line, printed.splitlines(), n=1, cutoff=0.3)
            return f"line {number} of the example: {line}\nmost like it in the answer: {near[0] if near else 'nothing'}"
    return "the answer goes on after the example ends"


def _pattern(line: str) -> str:
    return ".*?".join(re.escape(part) for part in line.split("..."))


@pytest.mark.parametrize("shown", ["a\n...\nd\n", "...\n", "a\nb\nc\nd\n", "a\nb...\nc\n...\n", "a\n...\nb\n...\nd\n"])
def test_what_is_left_out_may_be_anything(shown: str) -> None:
    assert is_shown(shown, "a\nb\nc\nd\n")


@pytest.mark.parametrize("shown", ["", "a\n", "a\nb\nd\n", "b\n...\n", "a\n...\nx\n", "a\nb\nc\nd\ne\n", "A\n...\n"])
def test_what_is_not_left_out_has_to_be_there(shown: str) -> None:
    assert not is_shown(shown, "a\nb\nc\nd\n")


def test_headers_stand_in_any_order_and_those_that_are_shown_are_there() -> None:
    printed = "HTTP/1.1 200 OK\netag: x\nvary: Accept\n\nbody"
    assert is_shown("HTTP/1.1 200 OK\nVary: Acc...\nETag: x\n\nbody\n", printed)
    assert not is_shown("HTTP/1.1 200 OK\nAge: 1\n\nbody\n", printed)
    assert not is_shown("HTTP/1.1 304 Not Modified\n\nbody\n", printed)
    assert not is_shown("HTTP/1.1 200 OK\n", printed)


def test_failure_names_the_first_line_that_is_not_there() -> None:
    assert "line 3 of the example: tota: 3\nmost like it in the answer: total: 4" in first_unmatched(
        "a\n...\ntota: 3\nb\n", "a\nx\ntotal: 4\nb\n"
    )
    assert "line 2 of the example: Age: 1\n" in first_unmatched(
        "HTTP/1.1 200\nAge: 1\n\nb\n", "HTTP/1.1 200\nX: 1\n\nb\n"
    )
    assert "goes on" in first_unmatched("a\n", "a\nb\n")


@pytest.mark.parametrize(("text", "at_least"), [(README, 1), (GUIDE, 25)], ids=["README.md", "docs/api.md"])
def test_every_example_is_answered_as_shown(own_seed: TestClient, seeded: Database, text: str, at_least: int) -> None:
    examples = list(examples_in(text))
    assert len(examples) >= at_least
    shell = Shell(own_seed, variables={"KEY": key_for(seeded).key})
    for example in examples:
        printed = shell.run(example.command)
        if not is_shown(example.shown, printed):
            pytest.fail(f"$ {example.command}\n{first_unmatched(example.shown, printed)}", pytrace=False)


def test_every_code_block_is_an_example() -> None:
    blocks = re.findall(r"^```(\w*)$", GUIDE, re.MULTILINE)
    assert set(blocks[::2]) == {"console"}
    assert len(_BLOCK.findall(GUIDE)) == GUIDE.count("```") / 2


def main() -> None:
    """Print every example with its whole answer."""
    with seed_client() as client:
        database = Database(client.app.state.settings.database_url)  # type: ignore[attr-defined]  # it is the application
        shell = Shell(client, variables={"KEY": key_for(database).key})
        for example in examples_in(GUIDE):
            sys.stdout.write(f"$ {example.command}\n{shell.run(example.command)}\n\n")
        database.close()


if __name__ == "__main__":
    main()
