"""Calls of tools as any client of the protocol makes them, over HTTP, without the library of the protocol."""

from typing import Any

import jsonschema
from starlette.testclient import TestClient

from app.agents.tools import TOOLS

HEADERS = {"Accept": "application/json, text/event-stream", "Host": "localhost"}
_SCHEMAS = {tool.name: tool.output_schema for tool in TOOLS}


def request(client: TestClient, method: str, **parameters: Any) -> dict[str, Any]:
    """Send one message of the protocol, and return the result."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    answer = client.post("/mcp", json=body, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def call(client: TestClient, tool: str, /, **arguments: Any) -> dict[str, Any]:
    """Call a tool that answers, and return the answer, which has to be of its schema."""
    result = request(client, "tools/call", name=tool, arguments=arguments)["result"]
    assert not result["isError"], result["content"]
    content: dict[str, Any] = result["structuredContent"]
    jsonschema.validate(content, _SCHEMAS[tool])
    return content


def refusal(client: TestClient, tool: str, /, **arguments: Any) -> str:
    """Call a tool that refuses, and return what it says."""
    result = request(client, "tools/call", name=tool, arguments=arguments)["result"]
    assert result["isError"]
    assert "structuredContent" not in result
    [content] = result["content"]
    return str(content["text"])
