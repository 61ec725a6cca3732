"""The command `quoth serve`: one serving process, or several under a supervisor that replaces those that die."""

import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from contextlib import closing, suppress
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.listening import address_of, listen
from app.cli.terminal import Exit, exit_on_error, out, say
from app.db.replicas import open_servers
from app.errors import EMPTY_CORPUS
from app.logs import configuration
from app.queries.interviews import has_interviews
from app.settings import Settings, read_settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from uvicorn import Config

# What people may open first.
_PLACES = {"read": "/", "edit": "/desk", "try the API": "/docs"}
# Seconds that requests may still take when the server is asked to stop.
_SHUTDOWN_SECONDS = 20
# A thread that works keeps the interpreter's lock for this long while others want it. The event loop wants it several
# times for each request.
_SWITCH_SECONDS = 0.0005
# The parameter of mallopt for the number of heaps, from glibc's malloc.h.
_M_ARENA_MAX = -8


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; by default QUOTH_HOST, or 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; by default QUOTH_PORT, or 8000.")] = None,
    workers: Annotated[int | None, typer.Option(help="Serving processes; by default QUOTH_WORKERS, or 1.")] = None,
) -> None:
    """Serve pages for people, the API and its documentation over HTTP.

    SIGTERM and SIGINT stop it, after requests under way have been answered, for at most 20 seconds. With several
    workers, one that dies is replaced, and SIGHUP replaces all of them one after another.
    """
    # The other commands start faster without the server.
    import uvicorn

    from app.api.http.rate_limit import shared_table
    from app.api.observability.metrics import check_installed, counted_together

    with exit_on_error():
        settings = read_settings(host=host, port=port, workers=workers)
        check_installed(settings)
        with closing(open_servers(settings)) as servers:
            servers.states()
            with servers.read(0) as opened:
                is_empty = not has_interviews(opened.connection)
    listening = listen(settings)
    # Each serving process reads the environment for itself.
    os.environ["QUOTH_DATABASE_URL"] = settings.database_url
    os.environ["QUOTH_HOST"], os.environ["QUOTH_PORT"] = settings.host, str(listening.getsockname()[1])
    address = address_of(listening)
    say(f"Quoth serves {servers.primary}")
    for purpose, path in _PLACES.items():
        say(f"  {purpose:<{max(map(len, _PLACES))}}  {address}{path}")
    if is_empty:
        say(EMPTY_CORPUS)
    # A file or a pipe would get these lines when the server ends.
    out.file.flush()
    config = uvicorn.Config(
        "app.cli.serve:make_worker",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        server_header=False,
        log_config=configuration(settings.log_format, settings.log_level),
        # Beside httptools it has deadlines and bounds.
        http="app.api.http.connections:BoundedProtocol",
        ws="none",
        **proxies_of(settings),
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    with counted_together(settings), shared_table(settings):
        has_started = (_supervise if settings.workers > 1 else _run)(config, listening)
    if not has_started:
        raise typer.Exit(Exit.UNAVAILABLE)


def proxies_of(settings: Settings) -> dict[str, Any]:
    """Return uvicorn's options of the proxies in front; of others, X-Forwarded-* is ignored."""
    return {"proxy_headers": bool(settings.trusted_proxies), "forwarded_allow_ips": settings.trusted_proxies}


def _run(config: "Config", listening: socket.socket) -> bool:
    """Serve in this process until it is asked to stop; return whether it could start."""
    from uvicorn import Server

    server = Server(config)
    with suppress(KeyboardInterrupt, SystemExit):
        server.run(sockets=[listening])
    return server.started


def _supervise(config: "Config", listening: socket.socket) -> bool:
    """Serve in several processes until this one is asked to stop; return whether they could start."""
    from uvicorn.config import STARTUP_FAILURE
    from uvicorn.supervisors import Multiprocess

    class Supervisor(Multiprocess):
        def terminate_all(self) -> None:
            # While the socket is open, the kernel accepts connections that no worker would answer.
            for each in self.sockets:
                each.close()
            super().terminate_all()

    supervisor = Supervisor(config, sockets=[listening])
    supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)


def make_worker() -> "FastAPI":
    """Make the application in one serving process."""
    # As in serve().
    from app.api.http.connections import raise_descriptor_limit
    from app.main import create_app

    share_one_heap()
    sys.setswitchinterval(_SWITCH_SECONDS)
    settings = read_settings()
    raise_descriptor_limit(settings.connections)
    app = create_app(settings)
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        threading.Thread(target=_end_with, args=(supervisor.sentinel,), daemon=True).start()
    # The program itself is never garbage; collecting it would stop all requests for a tenth of a second.
    gc.collect()
    gc.freeze()
    return app


def share_one_heap() -> None:
    """Let all threads started from now on allocate from one heap, if the C library is glibc.

    With a heap for each thread, long-lived objects fragment every heap and the process grows; threads that share the
    interpreter's lock gain nothing from several heaps. See mallopt(3).
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _end_with(supervisor: int) -> None:
    """Stop this process when its supervisor is gone, which alone could stop or replace it."""
    wait([supervisor])
    os.kill(os.getpid(), signal.SIGTERM)
