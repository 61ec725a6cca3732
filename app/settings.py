"""Settings, read from the environment (prefix QUOTH_) when asked for; there is no global instance."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.errors import SettingsError


def _database_url(url: str) -> str:
    try:
        parsed: URL = make_url(url)
    except ArgumentError:
        raise ValueError("write a database address such as sqlite:///var/quoth.db or postgresql://host/name") from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError("the database is SQLite or PostgreSQL: sqlite:///FILE or postgresql://HOST/NAME")
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ValueError("name a file for SQLite, such as sqlite:///var/quoth.db; a database in memory is not shared")
    return url


class Settings(BaseSettings):
    """Everything that an operator may set."""

    model_config = SettingsConfigDict(env_prefix="QUOTH_", extra="ignore")

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        default="sqlite:///var/quoth.db",
        description="Address of the database: an SQLite file or a PostgreSQL database.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(default=1, ge=1, le=64, description="Number of serving processes.")
    cache_seconds: int = Field(
        default=60, ge=0, le=31_536_000, description="How long caches may answer without asking; 0: ask every time."
    )
    statement_seconds: float = Field(
        default=1.0, gt=0, le=3600, description="How long one reading statement of a request may take, in seconds."
    )
    public_url: Annotated[str, Field(pattern=r"^(https?://[^\s?#]+[^/\s?#])?$")] = Field(
        default="", description="Where readers reach this server, for absolute links; links are relative without it."
    )
    cache_bytes: int = Field(
        default=32 * 1024 * 1024,
        ge=0,
        le=2**40,
        description="How many bytes of answers each serving process keeps in memory; 0: none.",
    )


def read_settings(**overrides: object) -> Settings:
    """Read the environment; keywords that are not None win over it.

    Raises:
        SettingsError: a variable has a value that it cannot have.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        first = error.errors()[0]
        name = f"QUOTH_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise SettingsError(name, first["msg"].removeprefix("Value error, ")) from None
