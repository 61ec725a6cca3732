"""Clients are generated from the served document, compiled strictly, and run against a server as its users run it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.conftest import NO_CLIENT_TOOLS, ROOT
from tests.server import running

# What all of them need is built once, by one process.
pytestmark = pytest.mark.xdist_group("clients")


NODE = ROOT / "node_modules"
PYTHON = ROOT / ".venv-clients" / "bin"
EXAMPLES = ROOT / "docs" / "clients"
TOPIC = "interfaith-dialogue"


def _require(tool: Path) -> None:
    if not tool.exists():
        if os.environ.get("QUOTH_TEST_REQUIRE_CLIENTS"):
            pytest.fail(f"clients have to be tested here, and {tool} is not there: run make client-tools")
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


def _run(folder: Path, *command: str | Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"} if path else None
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def typescript(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a user: the generated types, and the program."""
    _require(NODE / ".bin" / "tsc")
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules").symlink_to(NODE)
    (folder / "package.json").write_text('{"type": "module"}')
    options = {"strict": True, "noUncheckedIndexedAccess": True, "exactOptionalPropertyTypes": True}
    modules = {"module": "nodenext", "target": "es2022", "types": ["node"]}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options | modules}))
    shutil.copy(EXAMPLES / "questions.ts", folder)
    done = _run(folder, NODE / ".bin" / "openapi-typescript", f"{address}/openapi.json", "--output", "quoth.d.ts")
    assert done.returncode == 0, done.stderr
    done = _run(folder, NODE / ".bin" / "tsc")
    assert (done.returncode, done.stdout) == (0, "")
    return folder


def test_typescript_client_compiles_and_gets_every_page(typescript: Path, address: str, expected: str) -> None:
    done = _run(typescript, "node", "questions.js", address, TOPIC)
    assert (done.stdout, done.stderr) == (expected, "")


def test_typescript_client_is_told_what_was_refused(typescript: Path, address: str) -> None:
    done = _run(typescript, "node", "questions.js", address, "interfaith-dialog")
    assert done.returncode == 1
    assert f"Did you mean '{TOPIC}'?" in done.stderr


def test_typescript_types_are_exact(typescript: Path) -> None:
    wrong = [
        ("const one: number = question.text;", "'string' is not assignable to type 'number'"),
        ("const two: string = question.asked_by.slug;", "'question.asked_by' is possibly 'null'"),
        ("const three = question.txt;", "Property 'txt' does not exist"),
        ('quoth.GET("/v1/questions", { params: { query: { topik: ["peace"] } } });', "'topik' does not exist"),
        ('quoth.GET("/v1/questions", { params: { query: { limit: "5" } } });', "'string' is not assignable to type"),
        ('quoth.GET("/v1/question", {});', "'\"/v1/question\"' is not assignable"),
    ]
    program = (typescript / "questions.ts").read_text().partition("async function*")[0]
    program += "const quoth = createClient<paths, Json>();\ndeclare const question: Question;\n"
    (typescript / "wrong.ts").write_text(program + "\n".join(line for line, _fault in wrong))
    done = _run(typescript, NODE / ".bin" / "tsc", "--noEmit")
    (typescript / "wrong.ts").unlink()
    assert done.stdout.count("error TS") == len(wrong), done.stdout
    for _line, fault in wrong:
        assert fault in done.stdout


@pytest.fixture(scope="module")
def python(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a user: the generated package, and the program."""
    _require(PYTHON / "openapi-python-client")
    folder = tmp_path_factory.mktemp("python")
    shutil.copy(EXAMPLES / "questions.py", folder)
    # This one module is the generator's own, the same for every document, and does not pass the strict check.
    (folder / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-quoth_client.client]\nignore_errors = true\n")
    source = ("--url", f"{address}/openapi.json", "--meta", "none", "--output-path", "quoth_client")
    generate = _run(folder, PYTHON / "openapi-python-client", "generate", *source, "--fail-on-warning", path=PYTHON)
    assert generate.returncode == 0, generate.stdout + generate.stderr
    return folder


def test_python_client_type_checks_and_gets_every_page(python: Path, address: str, expected: str) -> None:
    done = _run(python, PYTHON / "mypy", "questions.py", "quoth_client")
    assert done.returncode == 0, done.stdout
    done = _run(python, PYTHON / "python", "-W", "error", "questions.py", address, TOPIC)
    assert (done.stdout, done.stderr) == (expected, "")


def test_python_client_is_told_what_was_refused(python: Path, address: str) -> None:
    done = _run(python, PYTHON / "python", "questions.py", address, "interfaith-dialog")
    assert done.returncode == 1
    assert f"Did you mean '{TOPIC}'?" in done.stderr
