"""Lets REDbot, an independent auditor of HTTP, look at every GET of a server with the seed: `make audit-http`.

Prints its notes by level and how often each was made; ends with status 1 if one is bad, or an answer is not whole.
REDbot brings a package named as the tests' folder is, so it has an environment of its own: this script runs there, and
is given the Python that has Quoth.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from configparser import ConfigParser
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import thor
from httplint.note import levels
from redbot.resource import HttpResource

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "app/api/documentation/static"
# Pages that the document does not describe, and what errors look like.
OTHERS = (
    "/",
    "/docs",
    "/openapi.json",
    "/problems/",
    "/problems/not-found",
    *(
        f"/{file.relative_to(ROOT / 'app/api/documentation')}"
        for file in (ROOT / "app/api/documentation/static").glob("*/swagger-ui*")
    ),
    "/nothing",
    "/v1/questions?limit=0",
)
_START_SECONDS = 30
_AUDIT_SECONDS = 120
Address = tuple[str, str]


def addresses(document: dict[str, Any]) -> list[Address]:
    """List an address and an Accept header for each representation of each GET, with the parameters' examples."""
    found = []
    for path, operations in document["paths"].items():
        if "get" not in operations or "security" in operations["get"]:
            continue
        operation = operations["get"]
        parameters = operation.get("parameters", [])
        for parameter in parameters:
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        query = {
            parameter["name"]: parameter["example"]
            for parameter in parameters
            if parameter["in"] == "query"
            and parameter["name"] in {"topic", "limit", "facets"}
            and "example" in parameter
        }
        for media_type in operation["responses"]["200"]["content"]:
            found.append((path, media_type))
            if query:
                found.append((f"{path}?{urlencode(query, doseq=True)}", media_type))
    return found


def audit(base: str, asked: list[Address]) -> int:
    """Audit each address, print the findings, and return how many of them are bad."""
    config = ConfigParser()
    config.read_dict({"redbot": {"enable_local_access": "True"}})
    findings: dict[tuple[str, str], list[str]] = defaultdict(list)
    broken = 0
    supported: dict[str, int] = defaultdict(int)
    resources = {one: HttpResource(config["redbot"]) for one in asked}
    waiting = set(resources)

    def done(one: Address) -> None:
        waiting.discard(one)
        if not waiting:
            thor.stop()

    # Its event loop runs once in a process, so all are asked in one go.
    for (path, accept), resource in resources.items():
        resource.set_request(base + path, headers=[("Accept", accept)])
        resource.on("check_done", partial(done, (path, accept)))
        resource.check()
    thor.schedule(_AUDIT_SECONDS, thor.stop)
    thor.run()
    for (path, accept), resource in resources.items():
        if not resource.response.complete:
            print(f"NOT WHOLE: {path} ({resource.fetch_error})")
            broken += 1
        for name in ("inm_support", "ims_support", "gzip_support"):
            supported[name] += bool(getattr(resource, name))
        notes = list(resource.response.notes)
        for check in resource.subreqs.values():
            notes += check.response.notes
        for note in notes:
            findings[note.level.name, type(note).__name__].append(f"{path} ({accept})")
    print(
        f"{len(asked)} addresses; conditional by ETag: {supported['inm_support']}, by date: "
        f"{supported['ims_support']}; compressed: {supported['gzip_support']}\n"
    )
    for level in (levels.BAD, levels.WARN, levels.INFO, levels.GOOD):
        of_level = {note: where for (name, note), where in findings.items() if name == level.name}
        print(f"{level.name}: {sum(map(len, of_level.values()))}")
        for note, where in sorted(of_level.items()):
            print(f"  {len(where):4} {note}")
            if level in {levels.BAD, levels.WARN}:
                print("".join(f"         {one}\n" for one in dict.fromkeys(where)), end="")
    return broken + sum(len(where) for (name, _), where in findings.items() if name == levels.BAD.name)


def main(python: str) -> int:
    """Load the seed into a database of its own, serve it, and audit the server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    program = [python, "-m", "app"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "QUOTH_DATABASE_URL": f"sqlite:///{folder}/audit.db"}
        for arguments in (["migrate"], ["load", "data"]):
            subprocess.run([*program, *arguments], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        server = subprocess.Popen(
            [*program, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            return 1 if audit(base, addresses(_document(base)) + [(path, "*/*") for path in OTHERS]) else 0
        finally:
            server.terminate()
            server.wait()


def _document(base: str) -> dict[str, Any]:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urlopen(f"{base}/openapi.json") as response:  # noqa: S310 - the server was started here
                document: dict[str, Any] = json.load(response)
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return document


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
