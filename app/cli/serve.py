"""The command `quoth serve`: one serving process, or several under a supervisor that replaces one that dies."""

import ctypes
import gc
import multiprocessing
import os
import signal
import threading
from contextlib import closing, suppress
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.terminal import Exit, exit_on_error, out
from app.db.replicas import open_servers
from app.logs import configuration
from app.settings import read_settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from uvicorn import Config

# How long an idle connection is kept, and how long a request may still take when the server is asked to stop.
_IDLE_SECONDS = 10
_SHUTDOWN_SECONDS = 20
# The number of a parameter in glibc's malloc.h: how many heaps there may be.
_M_ARENA_MAX = -8


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; else QUOTH_HOST, else 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; else QUOTH_PORT, else 8000.")] = None,
    workers: Annotated[int | None, typer.Option(help="Serving processes; else QUOTH_WORKERS, else 1.")] = None,
) -> None:
    """Serve the API and its documentation.

    SIGTERM and SIGINT stop it: requests under way are finished first, for up to 20 seconds. With several workers, one
    that dies is replaced, and SIGHUP replaces all of them one after another.
    """
    # The other commands start faster without the server.
    import uvicorn

    from app.api.observability.metrics import check_installed, counted_together

    with exit_on_error():
        settings = read_settings(host=host, port=port, workers=workers)
        check_installed(settings)
        with closing(open_servers(settings)) as servers:
            servers.states()
    # Each serving process reads the environment for itself.
    os.environ["QUOTH_DATABASE_URL"] = settings.database_url
    address = f"http://{settings.host}:{settings.port}"
    out.print(f"Quoth serves {servers.primary}", highlight=False, soft_wrap=True)
    out.print(f"  {address}/docs\n  {address}/v1/questions", highlight=False, soft_wrap=True)
    config = uvicorn.Config(
        "app.cli.serve:make_worker",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        server_header=False,
        log_config=configuration(settings.log_format, settings.log_level),
        # Its limits on a request's head are the application's own; see app.api.guard.
        http="httptools",
        ws="none",
        # Nothing is taken from X-Forwarded-*: no answer depends on who asks or by which scheme.
        proxy_headers=False,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    with counted_together(settings):
        has_started = _supervise(config) if settings.workers > 1 else _run(config)
    if not has_started:
        raise typer.Exit(Exit.UNAVAILABLE)


def _run(config: "Config") -> bool:
    """Serve in this process until it is asked to stop; tell whether it could start."""
    from uvicorn import Server

    server = Server(config)
    # It ends by itself where the port is taken, having said so.
    with suppress(KeyboardInterrupt, SystemExit):
        server.run()
    return server.started


def _supervise(config: "Config") -> bool:
    """Serve in several processes until this one is asked to stop; tell whether they could start."""
    from uvicorn.config import STARTUP_FAILURE
    from uvicorn.supervisors import Multiprocess

    class Supervisor(Multiprocess):
        def terminate_all(self) -> None:
            # As long as somebody has the socket, connections are taken in that nobody will answer.
            for listening in self.sockets:
                listening.close()
            super().terminate_all()

    try:
        supervisor = Supervisor(config, sockets=[config.bind_socket()])
    except SystemExit:
        # The port is taken, and that was said.
        return False
    supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)


def make_worker() -> "FastAPI":
    """Make the application of one serving process, in that process."""
    # As in serve().
    from app.main import create_app

    share_one_heap()
    app = create_app()
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        threading.Thread(target=_end_with, args=(supervisor.sentinel,), daemon=True).start()
    # What the program consists of is never garbage; looking through it stops all requests for a tenth of a second.
    gc.collect()
    gc.freeze()
    return app


def share_one_heap() -> None:
    """Let all threads that are still to come take memory from one heap, where the C library is glibc.

    It would give each of them one of its own, in which what is kept stands among what is over, so that a process takes
    ever more; and threads that take turns gain nothing by it. See mallopt(3).
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _end_with(supervisor: int) -> None:
    """Stop, as if asked to, when the supervisor is gone: nobody would stop or replace this process any more."""
    wait([supervisor])
    os.kill(os.getpid(), signal.SIGTERM)
