"""The tools as the protocol has them, whatever the transport: the one place, beside the transports, that knows the
library of the protocol.
"""

import json
import logging
from typing import Any

import mcp_types as types
from fastapi import FastAPI
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError

from app.agents.api import Api, RefusedError
from app.agents.tools import TOOLS
from app.errors import ParameterError
from app.logs import without_message
from app.text.folding import nearest

_log = logging.getLogger("quoth.agents")
_INSTRUCTIONS = """\
Quoth has transcripts of interviews as questions with their answers, verbatim. What you cite is a question, an answer, \
or a range of its characters: each has a stable id, and `cite` gives a permanent address that is pinned to its words. \
Start with search, list_topics or list_speakers; `read` shows a passage whole. Quote only words that a tool showed \
you, check quotations from elsewhere with verify_quotation, and name who said it, in which interview and when. Null \
means that the source does not say: do not fill it in. A speaker without a name stays without one."""
_FAULT = "Something went wrong in the server; it has been logged. Trying again may help."
_BY_NAME = {tool.name: tool for tool in TOOLS}
_LISTED = types.ListToolsResult(
    tools=[
        types.Tool(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            input_schema=tool.input_schema,
            output_schema=tool.output_schema,
            annotations=types.ToolAnnotations(
                title=tool.title,
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=False,
            ),
        )
        for tool in TOOLS
    ]
)


def make_server(app: FastAPI) -> Server[Any]:
    """Make a server of the protocol whose tools ask the API of an application."""
    api = Api(app, app.state.settings.public_url)

    async def call_tool(_context: ServerRequestContext[Any], call: types.CallToolRequestParams) -> types.CallToolResult:
        tool = _BY_NAME.get(call.name)
        if tool is None:
            known = nearest(call.name[:100], _BY_NAME) or sorted(_BY_NAME)
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {call.name[:100]!r}; there are {', '.join(known)}.")
        try:
            answer = await tool.call(api, call.arguments or {})
        except ParameterError as error:
            return _refused(f"{error.parameter}: {error}")
        except RefusedError as error:
            return _refused(str(error))
        except Exception as error:  # noqa: BLE001 - the protocol would send its text to the caller
            # Whatever is said of a fault stays here: it may quote what was asked.
            shown = error if app.state.settings.log_query else without_message(error)
            _log.error("the tool %s failed", tool.name, exc_info=shown)
            return _refused(_FAULT)
        content = answer.model_dump(mode="json")
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=content)

    async def list_tools(
        _context: ServerRequestContext[Any], _page: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return _LISTED

    return Server(
        "quoth",
        version=app.version,
        title="Quoth",
        description="Questions and answers from interview transcripts, each traceable to its source.",
        instructions=_INSTRUCTIONS,
        website_url=app.state.settings.public_url or None,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _refused(reason: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=reason)], is_error=True)
