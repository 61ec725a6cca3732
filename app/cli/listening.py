"""The socket that `quoth serve` listens on, bound before anything is printed or started."""

import errno
import socket

from app.cli.terminal import Exit, fail
from app.settings import Settings

_FIRST_UNRESERVED_PORT = 1024


def listen(settings: Settings) -> socket.socket:
    """Bind the host and port of the settings; end the command with what to do where that is impossible."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sends small pieces at once (TCP_NODELAY) only where the protocol is stated: else answers take 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
    except OSError as error:
        bound.close()
        fail(_reason(settings, error), Exit.UNAVAILABLE)
    bound.set_inheritable(True)
    return bound


def address_of(bound: socket.socket) -> str:
    """Return the address that a socket is reached at, with the port that the system chose where 0 was asked for."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reason(settings: Settings, error: OSError) -> str:
    host, port = settings.host, settings.port
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return (
            f"port {port} of {host} is in use, perhaps by another 'quoth serve'; end that program, or take another "
            f"port with --port {other} or QUOTH_PORT={other}"
        )
    if error.errno == errno.EACCES and port < _FIRST_UNRESERVED_PORT:
        return f"port {port} is reserved for the administrator; take one from 1024 on, such as --port 8000"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine; take 127.0.0.1, or 0.0.0.0 for all of its addresses, as --host"
    return f"cannot listen on port {port} of {host}: {error.strerror}"
