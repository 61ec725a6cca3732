"""No regular expression of the application is superlinear in the text that it is used on."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import pytest

import app
from tests.superlinear import superlinear

_ROOT = Path(app.__file__).parent
_METHODS = {
    **dict.fromkeys(("search", "finditer", "findall", "sub", "subn", "split"), "search"),
    **{name: name for name in ("match", "fullmatch")},
}


# Why a pattern that could be superlinear is not, or on what short text it is used.
_REASONS = {
    "app.quotes.names_in_prose": "all of them are looked for in the 240 characters beside a quotation",
    "app.quotes.marks._SENTENCE_END": "a run of white space with two line ends matches, and another has one start",
    r"app.settings: \s*,\s*(?=[^,/?]*://)|\s+": "whoever runs the server sets it",
    "app.text.asking._LAST_SPACE": "the text is cut to the length of a short form before",
    "app.transcripts.textgrid._VALUE": "behind a quotation mark that is never closed stand pairs only: the next one is",
    "app.transcripts.unspoken._IN_ITALICS": "a mark stands between the two loops, and no blank is one",
}


@dataclass(frozen=True)
class _Use:
    """A pattern, how it is used, and the name by which a reason is given for it."""

    name: str
    pattern: re.Pattern[str]
    method: str


def _uses() -> Iterator[_Use]:
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(_ROOT.rglob("*.py"))}
    # A name with an underscore is used in its own module only.
    methods: dict[tuple[Path | None, str], set[str]] = {}
    for path, tree in trees.items():
        called = {id(node.func.value): node.func.attr for node in ast.walk(tree) if _is_call_of_method(node)}
        for node in ast.walk(tree):
            if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                key = (path if name.startswith("_") else None, name)
                methods.setdefault(key, set()).add(_METHODS.get(called.get(id(node), ""), "search"))
    for path, tree in trees.items():
        module = ".".join(path.relative_to(_ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        for name, value in vars(importlib.import_module(module)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str) and _is_assigned(tree, name):
                for method in sorted(methods.get((path if name.startswith("_") else None, name), {"search"})):
                    yield _Use(f"{module}.{name}", value, method)
        for node in ast.walk(tree):
            # A pattern that is put together where it is used cannot be known here.
            if _is_call_of_method(node) and ast.unparse(node.func.value) == "re" and _is_constant(node.args[0]):
                yield _inline(module, node)


class _MethodCall(ast.Call):
    func: ast.Attribute


def _is_call_of_method(node: ast.AST) -> TypeGuard[_MethodCall]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS


def _is_assigned(tree: ast.Module, name: str) -> bool:
    """Whether a module makes this constant itself, and does not import it."""
    targets = [
        node.targets if isinstance(node, ast.Assign) else [node.target]
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
    ]
    return any(isinstance(target, ast.Name) and target.id == name for each in targets for target in each)


def _is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant)


def _inline(module: str, call: _MethodCall) -> _Use:
    pattern = ast.literal_eval(call.args[0])
    flags = re.NOFLAG
    for each in [*call.args[2:], *(keyword.value for keyword in call.keywords)]:
        for part in ast.walk(each):
            if isinstance(part, ast.Attribute) and part.attr.isupper():
                flags |= getattr(re, part.attr)
    return _Use(f"{module}: {pattern}", re.compile(pattern, flags), _METHODS[call.func.attr])


def test_no_pattern_is_superlinear_without_a_reason() -> None:
    found = {use.name: f"{use.method}: {how}" for use in _uses() if (how := superlinear(use.pattern, use.method))}
    explained = {
        name: reason for name in found for reason in _REASONS if name == reason or name.startswith(f"{reason}.")
    }
    assert {name: how for name, how in found.items() if name not in explained} == {}
    assert sorted(_REASONS.keys() - set(explained.values())) == []


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(a+)+b", "match"),
        (r"(?:a*)*b", "match"),
        (r"([^\W_]+ ?)+:", "match"),
        (r"(?:a|ab|b)*c", "match"),
        (r"[ab]+a+c", "match"),
        (r"x*x*", "fullmatch"),
        (r"(?:a+a+b)?", "match"),
        (r"[ \t]+$", "search"),
        (r"\s*x", "search"),
        (r"x*+y", "search"),
        (r"(?=.*x)a", "search"),
        (r"<[^>]*>", "search"),
        (r"x[xy]*z", "search"),
        (r"(?:\r\n|\n)+$", "search"),
        (r"[ \t]*(?:\r\n|\n)[ \t]*", "search"),
    ],
)
def test_superlinear_patterns_are_found(pattern: str, method: str) -> None:
    assert superlinear(re.compile(pattern), method) is not None


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"\s+", "search"),
        (r"[ab]+c+d", "match"),
        (r"(?:a|ab)*c", "match"),
        (r"x*x*", "match"),
        (r"x*+x*y", "match"),
        (r"(\s|\w)+;", "match"),
        (r"a{1,4}a{1,4}b", "search"),
        (r"<[^<>]*>", "search"),
        (r"^a+b", "search"),
        (r"(?m)^a+b", "search"),
        (r"\ba+b", "search"),
        (r"(?<!a)a+b", "search"),
        (r"(?:ab*c)+", "search"),
        (r"(?m)^NOTE.*(?:\n(?!\n).*)*", "search"),
    ],
)
def test_linear_patterns_are_left_alone(pattern: str, method: str) -> None:
    assert superlinear(re.compile(pattern), method) is None
