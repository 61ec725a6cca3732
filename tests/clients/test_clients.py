"""Clients are generated from the served document, compiled strictly, and run against a server as its users run it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.conftest import NO_CLIENT_TOOLS, ROOT
from tests.server import running

NODE = ROOT / "node_modules"
PYTHON = ROOT / ".venv-clients" / "bin"
EXAMPLES = ROOT / "docs" / "clients"
TOPIC = "interfaith-dialogue"


def require(tool: Path) -> None:
    """Skip the test where a tool is not installed, unless clients have to be tested here."""
    if not tool.exists():
        if os.environ.get("QUOTH_TEST_REQUIRE_CLIENTS"):
            pytest.fail(f"clients have to be tested here, and {tool} is not there: run make clients")
        # Node.js need not be there for the other tests.
        pytest.skip(NO_CLIENT_TOOLS)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running() as served:
        yield served


@pytest.fixture(scope="module")
def expected(address: str) -> str:
    """What the programs have to print, from the same list on one page."""
    page = _get(f"{address}/v1/questions?topic={TOPIC}&limit=100")
    # The programs ask for two at a time: they have to turn pages.
    assert page["page"]["total"] > 2
    assert page["page"]["next"] is None
    lines = []
    for question in page["items"]:
        lines.append(f"{question['id']} {_name(question['asked_by'])}: {question['text']}\n")
        lines += [f"  {answer['id']} {_name(answer['speaker'])}: {answer['text']}\n" for answer in question["answers"]]
    return "".join(lines)


def _get(address: str) -> Any:
    with urlopen(address) as response:  # noqa: S310 - the address is our own
        return json.load(response)


def _name(speaker: dict[str, Any] | None) -> str:
    return speaker["display_name"] if speaker else "(not known)"


def run_in(folder: Path, *command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with more environment variables."""
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Generator:
    """How a client in TypeScript is generated, and what somebody writes with it.

    `wrong` pairs lines that must not compile with what the compiler says; `lists` prints the items of a request whose
    parameters are lists of names.
    """

    command: tuple[str, ...]
    program: str
    imports: str
    lists: str
    wrong: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()
    is_addressed: bool = True
    options: Mapping[str, bool] = field(default_factory=lambda: {"exactOptionalPropertyTypes": True})


_OF_A_QUESTION = (
    ("const one: number = question.text;", "'string' is not assignable to type 'number'"),
    ("const two: string = question.asked_by.slug;", "'question.asked_by' is possibly 'null'"),
    ("const three = question.txt;", "Property 'txt' does not exist"),
    ("const four: string = question.turns[0]!.id;", "'question.turns' is possibly 'undefined'"),
    ('const five: "markup" = question.text_format;', "is not assignable to type '\"markup\"'"),
)
_QUERIES = (
    ('{ topik: ["peace"] }', "'topik' does not exist"),
    ('{ limit: "5" }', "'string' is not assignable to type"),
    ('{ include: ["turn"] }', "'\"turn\"' is not assignable to type"),
    ('{ fields: ["answers.txt"] }', "'\"answers.txt\"' is not assignable to type"),
    ('{ facets: ["topik"] }', "'\"topik\"' is not assignable to type"),
    ('{ sort: ["newest"] }', "'\"newest\"' is not assignable to type"),
    ('{ topic_state: "any" }', "'\"any\"' is not assignable to type"),
)
_NAMES = {"include": ["turns", "people"], "sort": ["title", "-position"], "facets": ["topic", "year"]}
_GENERATORS = {
    "openapi-typescript": Generator(
        ("openapi-typescript", "{address}/openapi.json", "--output", "quoth.ts"),
        "questions",
        'import createClient from "openapi-fetch";\nimport type { components, paths } from "./quoth.js";\n'
        'type Question = components["schemas"]["Question"];\n'
        'const quoth = createClient<paths, "application/json" | "application/problem+json">('
        "{ baseUrl: process.argv[2]! });\n",
        'const { data } = await quoth.GET("/v1/questions", { params: { query: NAMES } });\n'
        "console.log(JSON.stringify(data!.items));\n",
        (
            *_OF_A_QUESTION,
            *((f'quoth.GET("/v1/questions", {{ params: {{ query: {query} }} }});', fault) for query, fault in _QUERIES),
            ('quoth.GET("/v1/question", {});', "'\"/v1/question\"' is not assignable"),
        ),
    ),
    "hey-api": Generator(
        ("openapi-ts", "--file", "hey-api.config.mjs", "--no-log-file"),
        "questions-hey-api",
        'import { createClient } from "./hey-api/client/index.js";\n'
        'import { listQuestions, type Question } from "./hey-api/index.js";\n'
        "const client = createClient({ baseUrl: process.argv[2]! });\n",
        "const { data } = await listQuestions({ client, query: NAMES });\nconsole.log(JSON.stringify(data!.items));\n",
        (*_OF_A_QUESTION, *((f"listQuestions({{ client, query: {query} }});", fault) for query, fault in _QUERIES)),
        files=("hey-api.config.mjs",),
        # What the generator adds of its own does not pass this.
        options={},
    ),
    "orval": Generator(
        ("orval", "--config", "./orval.config.cjs"),
        "questions-orval",
        'import { listQuestions, type Question } from "./orval.js";\n',
        "const answer = await listQuestions(NAMES);\n"
        "if (answer.status === 200) console.log(JSON.stringify(answer.data.items));\n",
        (
            *_OF_A_QUESTION,
            *((f"listQuestions({query});", fault) for query, fault in _QUERIES),
            ("(await listQuestions({})).data.items;", "Property 'items' does not exist"),
        ),
        files=("orval.config.cjs",),
        is_addressed=False,
    ),
}


@dataclass(frozen=True)
class Project:
    """A project of a user: the generated client, the programs, and what the compiler said."""

    generator: Generator
    folder: Path
    compiled: str
    address: str

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program; of some clients the address is generated."""
        address = (self.address,) if self.generator.is_addressed else ()
        return run_in(self.folder, "node", f"{program}.js", *address, *arguments)


@pytest.fixture(scope="module", params=_GENERATORS)
def typescript(request: pytest.FixtureRequest, address: str, tmp_path_factory: pytest.TempPathFactory) -> Project:
    generator = _GENERATORS[request.param]
    require(NODE / ".bin" / generator.command[0])
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "node_modules").symlink_to(NODE)
    (folder / "package.json").write_text('{"type": "module"}')
    options = {"strict": True, "noUncheckedIndexedAccess": True, "skipLibCheck": True, **generator.options}
    modules = {"module": "nodenext", "target": "es2022", "types": ["node"]}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options | modules}))
    for name in (f"{generator.program}.ts", *generator.files):
        shutil.copy(EXAMPLES / name, folder)
    (folder / "lists.ts").write_text(generator.imports + generator.lists.replace("NAMES", json.dumps(_NAMES)))
    lines = "".join(f"{line}\n" for line, _fault in generator.wrong)
    (folder / "wrong.ts").write_text(f"{generator.imports}declare const question: Question;\n{lines}")
    command = [part.format(address=address) for part in generator.command]
    done = run_in(folder, NODE / ".bin" / command[0], *command[1:], QUOTH=address)
    assert done.returncode == 0, done.stdout + done.stderr
    return Project(generator, folder, run_in(folder, NODE / ".bin" / "tsc").stdout, address)


def test_typescript_client_gets_every_page(typescript: Project, expected: str) -> None:
    done = typescript.run(typescript.generator.program, TOPIC)
    assert (done.stdout, done.stderr) == (expected, "")


def test_typescript_client_is_told_what_was_refused(typescript: Project) -> None:
    done = typescript.run(typescript.generator.program, "interfaith-dialog")
    assert done.returncode == 1
    assert f"Did you mean '{TOPIC}'?" in done.stderr


def test_typescript_client_sends_lists_of_names_as_the_server_reads_them(typescript: Project) -> None:
    query = "&".join(f"{name}={','.join(values)}" for name, values in _NAMES.items())
    done = typescript.run("lists")
    assert json.loads(done.stdout) == _get(f"{typescript.address}/v1/questions?{query}")["items"]


def test_typescript_types_are_exact_and_everything_else_compiles(typescript: Project) -> None:
    faults = re.findall(r"^(\S+)\((\d+),\d+\): error (.+(?:\n .+)*)", typescript.compiled, re.MULTILINE)
    assert {file for file, _line, _fault in faults} == {"wrong.ts"}, typescript.compiled
    lines = (typescript.folder / "wrong.ts").read_text().splitlines()
    found = {lines[int(line) - 1]: fault for _file, line, fault in faults}
    assert set(found) == {line for line, _fault in typescript.generator.wrong}, typescript.compiled
    for line, fault in typescript.generator.wrong:
        assert fault in found[line]


@pytest.fixture(scope="module")
def python(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a user: the generated package, and the program."""
    require(PYTHON / "openapi-python-client")
    folder = tmp_path_factory.mktemp("python")
    shutil.copy(EXAMPLES / "questions.py", folder)
    # This one module is the generator's own, the same for every document, and does not pass the strict check.
    (folder / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-quoth_client.client]\nignore_errors = true\n")
    generate_python(address, folder)
    return folder


# Types of files that are sent to Quoth, besides JSON.
_FILES = ("text/turtle", "application/rdf+xml", "application/ld+json", "application/toml")


def generate_python(address: str, folder: Path) -> None:
    """Generate a client in Python from the document of a server, as the package quoth_client in a folder."""
    # The generator waits for five seconds, and the server makes its document when it is asked for it first.
    _get(f"{address}/openapi.json")
    source = ("--url", f"{address}/openapi.json", "--meta", "none", "--output-path", "quoth_client")
    # The generator knows files only as bytes.
    config = folder / "generator.json"
    config.write_text(json.dumps({"content_type_overrides": dict.fromkeys(_FILES, "application/octet-stream")}))
    path = f"{PYTHON}:{os.environ['PATH']}"
    generate = run_in(
        folder,
        PYTHON / "openapi-python-client",
        "generate",
        *source,
        "--config",
        str(config),
        "--fail-on-warning",
        PATH=path,
    )
    assert generate.returncode == 0, generate.stdout + generate.stderr


_LISTS_IN_PYTHON = """
import json
import sys

from quoth_client import Client
from quoth_client.api.questions import list_questions
from quoth_client.models import (
    ListQuestionsFacetsItem,
    ListQuestionsIncludeItem,
    ListQuestionsSortItem,
    QuestionPage,
)

page = list_questions.sync(
    client=Client(base_url=sys.argv[1]),
    include=[ListQuestionsIncludeItem.TURNS, ListQuestionsIncludeItem.PEOPLE],
    sort=[ListQuestionsSortItem.TITLE, ListQuestionsSortItem.POSITION_DESCENDING],
    facets=[ListQuestionsFacetsItem.TOPIC, ListQuestionsFacetsItem.YEAR],
)
assert isinstance(page, QuestionPage)
print(json.dumps([question.id for question in page.items]))
for question in page.items:
    assert question.turns and question.answers[0].turns
"""
_WRONG_IN_PYTHON = (
    ("one: int = question.text", 'expression has type "str"'),
    ("two = question.asked_by.slug", 'Item "None" of "Contributor | None" has no attribute "slug"'),
    ("three = question.txt", 'has no attribute "txt"'),
    ('list_questions.sync(client=client, include=["turns"])', "incompatible type"),
    ('list_questions.sync(client=client, limit="5")', "incompatible type"),
    ('list_questions.sync(client=client, topik=["peace"])', 'Unexpected keyword argument "topik"'),
    ("four = QuestionField.ANSWERS_TXT", 'has no attribute "ANSWERS_TXT"'),
)


def test_python_client_type_checks_and_its_types_are_exact(python: Path) -> None:
    (python / "lists.py").write_text(_LISTS_IN_PYTHON)
    imports = (
        "from quoth_client import Client\nfrom quoth_client.api.questions import list_questions\n"
        "from quoth_client.models import Question, QuestionField\n\n\n"
        "def wrong(client: Client, question: Question) -> None:\n"
    )
    (python / "wrong.py").write_text(imports + "".join(f"    {line}\n" for line, _fault in _WRONG_IN_PYTHON))
    done = run_in(python, PYTHON / "mypy", "questions.py", "lists.py", "wrong.py", "quoth_client")
    faults = dict(re.findall(r"^wrong\.py:(\d+): error: (.+)", done.stdout, re.MULTILINE))
    assert done.stdout.count("error:") == len(faults) == len(_WRONG_IN_PYTHON), done.stdout
    first = imports.count("\n") + 1
    for number, (_line, fault) in enumerate(_WRONG_IN_PYTHON, first):
        assert fault in faults[str(number)]


def test_python_client_gets_every_page(python: Path, address: str, expected: str) -> None:
    done = run_in(python, PYTHON / "python", "-W", "error", "questions.py", address, TOPIC)
    assert (done.stdout, done.stderr) == (expected, "")


def test_python_client_sends_lists_of_names_as_the_server_reads_them(python: Path, address: str) -> None:
    (python / "lists.py").write_text(_LISTS_IN_PYTHON)
    done = run_in(python, PYTHON / "python", "lists.py", address)
    assert done.returncode == 0, done.stderr
    listed = _get(f"{address}/v1/questions?sort=title,-position")["items"]
    assert json.loads(done.stdout) == [question["id"] for question in listed]


def test_python_client_is_told_what_was_refused(python: Path, address: str) -> None:
    done = run_in(python, PYTHON / "python", "questions.py", address, "interfaith-dialog")
    assert done.returncode == 1
    assert f"Did you mean '{TOPIC}'?" in done.stderr
