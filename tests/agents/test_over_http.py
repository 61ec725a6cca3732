"""What protects the tools over HTTP, and what they cost where nobody calls them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from mcp.client.client import Client
from starlette.testclient import TestClient

from app import agents
from app.agents.tools import TOOLS
from app.api.http.terms import MAX_BODY_BYTES
from app.main import create_app
from app.settings import Settings
from tests.agents.calls import HEADERS, call
from tests.seed import ROOT
from tests.server import running

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def status(client: TestClient, **headers: str) -> int:
    return client.post("/mcp", json=LIST, headers={**HEADERS, **headers}).status_code


def test_hosts_and_origins_of_others_are_refused(seed: TestClient) -> None:
    assert status(seed) == status(seed, Host="127.0.0.1:8000") == status(seed, Host="[::1]:9") == 200
    assert status(seed, Origin="http://localhost:6274") == 200
    for host in ("quotes.example", "localhost.quotes.example", "127.0.0.1.quotes.example:80"):
        refused = seed.post("/mcp", json=LIST, headers={**HEADERS, "Host": host})
        assert (refused.status_code, refused.json()["type"]) == (421, "/problems/misdirected-request")
    for origin in ("https://quotes.example", "http://localhost.quotes.example", "null"):
        refused = seed.post("/mcp", json=LIST, headers={**HEADERS, "Origin": origin})
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/foreign-origin")


def test_public_address_is_a_host_and_an_origin(seeded: object, database_url: str) -> None:
    settings = Settings(database_url=database_url, public_url="https://quotes.example/archive")
    with TestClient(create_app(settings)) as client:
        assert status(client, Host="quotes.example", Origin="https://quotes.example") == 200
        assert status(client, Host="quotes.example", Origin="https://others.example") == 403
        [question] = call(client, "list_questions", limit=1)["items"]
        assert question["address"] == f"https://quotes.example/archive/v1/questions/{question['id']}"
        assert call(client, "cite", id=question["id"])["permalink"].startswith(
            "https://quotes.example/archive/questions/"
        )
        passage = call(client, "read", id=question["address"])
        assert passage["id"] == question["id"]


def test_body_is_bounded(seed: TestClient) -> None:
    too_long = seed.post(
        "/mcp", content=b"[" * (MAX_BODY_BYTES + 1), headers={**HEADERS, "Content-Type": "application/json"}
    )
    assert (too_long.status_code, too_long.json()["type"]) == (413, "/problems/content-too-large")
    for content in (b"[" * 60_000, b"{", b"\xff", b'{"a":' * 9_000):
        answer = seed.post("/mcp", content=content, headers={**HEADERS, "Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500, content[:10]
    untyped = seed.post("/mcp", content=b"{}", headers={**HEADERS, "Content-Type": "text/plain"})
    assert (untyped.status_code, untyped.json()["type"]) == (400, "/problems/bad-request")


def test_only_post_is_answered(seed: TestClient) -> None:
    for method in ("GET", "DELETE", "PUT"):
        refused = seed.request(method, "/mcp", headers={"Host": "localhost", "Accept": "text/event-stream"})
        assert (refused.status_code, refused.headers["Allow"]) == (405, "POST, OPTIONS")
    asked = {"Origin": "http://localhost:6274", "Access-Control-Request-Method": "POST"}
    preflight = seed.options("/mcp", headers=asked)
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Methods"]) == (204, "POST, OPTIONS")


def test_answer_is_kept_by_no_cache(seed: TestClient) -> None:
    answer = seed.post("/mcp", json=LIST, headers=HEADERS)
    assert "no-" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("why", ["setting", "extra"])
def test_tools_are_not_served(seeded: object, database_url: str, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    if why == "extra":
        monkeypatch.setattr(agents, "is_installed", lambda: False)
    with TestClient(create_app(Settings(database_url=database_url, mcp=why != "setting"))) as client:
        assert status(client) == 404
        assert "/mcp" not in client.get("/llms.txt").text


# Prints which libraries of the protocol are imported before a tool is called, and after.
_IMPORTED = """
import sys
from starlette.testclient import TestClient
from app.main import create_app
from app.settings import Settings
from tests.agents.calls import HEADERS
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
with TestClient(create_app(Settings(database_url=sys.argv[1]))) as client:
    client.get("/v1/questions")
    before = "mcp.server" in sys.modules
    client.post("/mcp", json=LIST, headers=HEADERS).raise_for_status()
    print(before, "mcp.server" in sys.modules)
"""


@pytest.mark.slow
def test_library_of_the_protocol_is_imported_when_a_tool_is_called(seeded: object, database_url: str) -> None:
    command = [sys.executable, "-c", _IMPORTED, database_url]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"]


def test_first_calls_at_the_same_time_are_answered(seeded: object, database_url: str) -> None:
    with TestClient(create_app(Settings(database_url=database_url))) as client, ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _: status(client), range(4))) == [200] * 4


def test_before_the_server_is_ready_tools_are_unavailable(seeded: object, database_url: str) -> None:
    client = TestClient(create_app(Settings(database_url=database_url)))
    refused = client.post("/mcp", json=LIST, headers=HEADERS)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")


@pytest.mark.slow
def test_client_of_the_protocol_is_served() -> None:
    async def ask(address: str) -> tuple[list[str], str, bool]:
        async with Client(f"{address}/mcp") as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            found = await client.call_tool("verify_quotation", {"text": "tolerance alone is not enough"})
            refused = await client.call_tool("list_questions", {"topic": ["pece"]})
            assert found.structured_content is not None
            return tools, found.structured_content["verdict"], refused.is_error or False

    with running() as address:
        assert anyio.run(ask, address) == ([tool.name for tool in TOOLS], "exact", True)
