"""Private words that once made this code hard to read do not come back: `python -m tests.test_words` lists their uses.

Names are looked for in the syntax tree, prose in comments and docstrings.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Word:
    """A word, where it is private, and what to write instead."""

    word: str
    kind: Literal["name", "prose"]
    instead: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds it: a whole name, or words of a text across the ends of its lines."""
        if self.kind == "name":
            return re.compile(self.word)
        return re.compile(rf"\b{self.word}\b".replace(" ", r"\s+(?:#\s*)?"), re.IGNORECASE)


WORDS = (
    Word("_?told", "name", "what it is: message, fields, on_progress, exit_on_error"),
    Word("Told", "name", "what it is: FeedItem, message"),
    Word("Known", "name", "RevisionCache"),
    Word("Keeping|Kept|keeping", "name", "ResponseCache, and its entries"),
    Word("_?(?:dressed|Dressed|of_one_request|known_as)", "name", "common headers, request headers, request id"),
    Word("Lane|_?lane", "name", "ReadLimiter, slot"),
    Word("PATIENCE_SECONDS", "name", "what is waited for: GRACE_SECONDS, TIMEOUT_SECONDS"),
    Word("Rendered", "name", "Representation"),
    Word("Trace|trace_of", "name", "RequestContext, request_context: a trace is OpenTelemetry's"),
    Word("_?(?:soundness|examine)", "name", "integrity, check"),
    Word("so many", "prose", "the unit and the reason: 'Rows that a count examines at most: above this ...'"),
    Word("so long", "prose", "the unit and the reason: 'Seconds that a writer waits for another, at most: ...'"),
    Word("as of an? \\w+\\.", "prose", "'Same as in Question.'"),
    Word("met on a walk", "prose", "found by a scan"),
    Word("nobody is told", "prose", "nothing reports"),
    Word("(?:is|are) told", "prose", "who reports what to whom"),
    Word("of (?:one's|its|their) own way", "prose", "what is different about it"),
    Word("whoever", "prose", "the person or program that does it"),
)


def _names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id


def _prose(text: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            if docstring:
                yield node.body[0].lineno, docstring
    block: list[str] = []
    first = last = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            if block and token.start[0] != last + 1:
                yield first, "\n".join(block)
                block = []
            if not block:
                first = token.start[0]
            block.append(token.string)
            last = token.start[0]
    if block:
        yield first, "\n".join(block)


@cache
def uses() -> dict[Word, list[str]]:
    """Find every use of every word, as `file:line`."""
    found: dict[Word, list[str]] = {word: [] for word in WORDS}
    for file in sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        if file == Path(__file__):
            continue
        text = file.read_text(encoding="utf-8")
        here = [word for word in WORDS if word.pattern.search(text)]
        if not here:
            continue
        tree, address = ast.parse(text), file.relative_to(ROOT)
        names, prose = list(_names(tree)), list(_prose(text, tree))
        for word in here:
            for line, one in names if word.kind == "name" else prose:
                times = bool(word.pattern.fullmatch(one)) if word.kind == "name" else len(word.pattern.findall(one))
                found[word] += [f"{address}:{line}"] * times
    return found


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.word)
def test_private_word_is_not_used_again(word: Word) -> None:
    found = uses()[word]
    assert not found, f"write {word.instead}; {word.word!r} stands in {', '.join(found)}"


def test_words_are_found_in_names_comments_and_docstrings_alone() -> None:
    text = '"""So\nmany rows."""\n# It is\n# told so\n\ndef told(x): return "so many", told\n'
    tree = ast.parse(text)
    by_word = {word.word: word for word in WORDS}
    assert [line for line, name in _names(tree) if by_word["_?told"].pattern.fullmatch(name)] == [6]
    assert [line for line, one in _prose(text, tree) if by_word["so many"].pattern.search(one)] == [1]
    assert [line for line, one in _prose(text, tree) if by_word["(?:is|are) told"].pattern.search(one)] == [3]


def main() -> None:
    """Print how often each word is used, and where."""
    for word, found in uses().items():
        sys.stdout.write(f"{len(found)} {word.word}: {' '.join(found)}\n")


if __name__ == "__main__":
    main()
