"""For language models: tools by the Model Context Protocol (MCP), over HTTP and over standard input and output, and
/llms.txt. Everything is answered by the API itself, so that both follow the same rules.

The library of the protocol is an extra, and is imported only when a tool is called.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

from fastapi import FastAPI

from app.agents import llms_txt
from app.agents.at_first_call import AtFirstCall
from app.api.routers import add_routes

# Where the tools are, over HTTP.
PATH = "/mcp"


def is_installed() -> bool:
    """Tell whether the extra `mcp` is installed."""
    return find_spec("mcp") is not None


def install(app: FastAPI) -> None:
    """Serve /llms.txt, and tools where the settings and what is installed allow it."""
    add_routes(app, llms_txt.router)
    app.state.tools = None
    if app.state.settings.mcp and is_installed():
        app.state.tools = AtFirstCall(app)
        app.router.add_route(PATH, app.state.tools, methods=["POST"], include_in_schema=False)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Answer calls of tools over HTTP while the block runs, where they are served."""
    if app.state.tools is None:
        yield
    else:
        async with app.state.tools.running():
            yield
