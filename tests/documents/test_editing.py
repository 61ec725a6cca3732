"""Runs every example of docs/editing.md, in the order in which it stands there."""

import re
import shlex
from typing import Any

from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.models import Scope
from app.settings import Settings
from tests.api.keyed import key_for
from tests.conftest import ROOT
from tests.documents.test_guide import ADDRESS, examples_in, first_unmatched, is_shown, printed_by_curl

PAGE = (ROOT / "docs" / "editing.md").read_text(encoding="utf-8")
_TALK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _requested(command: str, files: dict[str, bytes]) -> dict[str, Any]:
    """Take a curl command that sends something apart, into what a client is given."""
    program, *words = shlex.split(command)
    assert program == "curl"
    request: dict[str, Any] = {"method": "GET", "headers": {"Accept": "*/*", "Accept-Encoding": "identity"}}
    for word in (iterator := iter(words)):
        match word:
            case "-H":
                name, _, value = next(iterator).partition(":")
                request["headers"][name] = value.strip()
            case "-X":
                request["method"] = next(iterator)
            case "-F":
                name, _, file = next(iterator).partition("=@")
                request.setdefault("files", []).append((name, (file, files[file])))
            case "-d":
                request["content"] = next(iterator)
            case "--data-binary":
                request["content"] = files[next(iterator).removeprefix("@")]
            case "-i" | "-s":
                pass
            case _:
                assert word.startswith(f"{ADDRESS}/"), word
                request["url"] = word
    if request["method"] == "GET" and request.keys() & {"content", "files"}:
        request["method"] = "POST"
    return request


def test_every_example_is_answered_as_shown(database: Database, database_url: str) -> None:
    [talk] = _TALK.findall(PAGE)
    files = {"mill-talk.txt": talk.encode(), "mill-talk.toml": b'title = "The mill"\n'}
    examples = [one for one in examples_in(PAGE) if one.command.startswith("curl")]
    assert len(examples) > 5
    key, values = key_for(database, Scope.WRITE).key, dict[str, str]()
    with TestClient(create_app(Settings(database_url=database_url, upload_seconds=300))) as client:
        for one in examples:
            command = one.command.replace("$KEY", key).replace("<etag>", values.get("etag", ""))
            requested, _, shown_by = command.partition(" | ")
            response = client.request(**_requested(requested, files))
            values = dict(response.headers.items())
            printed = printed_by_curl(response, with_head=" -i " in requested, as_jq=shown_by == "jq")
            shown = one.shown
            assert is_shown(shown, printed), f"{one.command}\n{first_unmatched(shown, printed)}\n{printed[:2000]}"
