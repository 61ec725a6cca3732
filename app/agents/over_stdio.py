"""Tools over standard input and output, for a program on the same machine that starts Quoth itself."""

from fastapi import FastAPI
from mcp.server.stdio import stdio_server

from app.agents.server import make_server


async def serve(app: FastAPI) -> None:
    """Answer calls until the standard input ends. Nothing but the protocol is written on the standard output."""
    server = make_server(app)
    async with app.router.lifespan_context(app), stdio_server() as (requests, answers):
        await server.run(requests, answers, server.create_initialization_options())
