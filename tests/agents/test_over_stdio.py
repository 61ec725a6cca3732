"""`quoth mcp`: the protocol on standard input and output, and nothing else."""

import json
import os
import subprocess
import sys

import anyio
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from typer.testing import CliRunner

from app.agents.tools import TOOLS
from app.cli import mcp as command
from app.cli.program import cli
from app.cli.terminal import Exit
from app.db import Database
from tests.conftest import ROOT

STARTED = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


@pytest.mark.slow
def test_client_of_the_protocol_is_served(seeded: Database, database_url: str) -> None:
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "app", "mcp"], cwd=ROOT, env={"QUOTH_DATABASE_URL": database_url}
    )

    async def ask() -> tuple[list[str], object, bool]:
        async with Client(server) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            found = await client.call_tool("search", {"q": "tolerance"})
            refused = await client.call_tool("read", {"id": "gky5nhbt0gvp-q99"})
            assert found.structured_content is not None
            return tools, found.structured_content["total"], refused.is_error or False

    assert anyio.run(ask) == ([tool.name for tool in TOOLS], 3, True)


@pytest.mark.slow
def test_nothing_but_the_protocol_is_written(seeded: Database, database_url: str) -> None:
    """Log lines and broken messages included; the end of the input ends the command."""
    call = {"name": "search", "arguments": {"q": "tolerance"}}
    messages = [
        STARTED,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        "this is no message",
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ]
    lines = "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in messages)
    environment = {**os.environ, "QUOTH_DATABASE_URL": database_url, "QUOTH_LOG_LEVEL": "info"}
    with subprocess.Popen(
        [sys.executable, "-m", "app", "mcp"],
        cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(lines)
        process.stdin.flush()
        answered: list[dict[str, object]] = []
        while not any(one.get("id") == 2 for one in answered):
            answered.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        rest, log = process.stdout.read(), process.stderr.read()
    assert all(one["jsonrpc"] == "2.0" for one in answered)
    assert (rest, process.returncode) == ("", 0)
    assert "GET /v1/search 200" in log
    assert "tolerance" not in log


def test_command_says_how_to_install_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "is_installed", lambda: False)
    result = CliRunner().invoke(cli, ["mcp"])
    assert result.exit_code == Exit.CONFIG
    assert "[mcp]" in result.stderr
    assert result.stdout == ""


def test_database_that_is_not_there_is_told_before_anything_is_served() -> None:
    result = CliRunner().invoke(cli, ["mcp"], env={"QUOTH_DATABASE_URL": "sqlite:///nowhere/quoth.db"})
    assert result.exit_code == Exit.UNAVAILABLE
    assert result.stdout == ""
