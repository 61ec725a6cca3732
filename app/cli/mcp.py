"""The command `quoth mcp`: tools for language models on standard input and output."""

import logging.config
from contextlib import closing

import anyio

from app.agents import is_installed
from app.cli.terminal import Exit, exit_on_error, fail
from app.db.replicas import open_servers
from app.extras import how_to_install
from app.logs import configuration
from app.settings import read_settings


def mcp() -> None:
    """Serve tools for language models (MCP) on standard input and output, for a program that starts this command.

    It ends when the standard input ends. Over HTTP, `quoth serve` has the same tools at /mcp.
    """
    if not is_installed():
        fail(f"the library for it is not installed; run: {how_to_install('mcp')}", Exit.CONFIG)
    # The other commands start faster without the application.
    from app.agents.over_stdio import serve
    from app.main import create_app

    with exit_on_error():
        # Over HTTP there is nothing to serve here.
        settings = read_settings(mcp=False, metrics=False)
        with closing(open_servers(settings)) as servers:
            servers.states()
        logging.config.dictConfig(configuration(settings.log_format, settings.log_level))
        app = create_app(settings)
    anyio.run(serve, app)
