"""How the process and its servers are."""

from typing import Annotated

from pydantic import Field

from app.api.schemas.shape import Shape
from app.db.replicas import Condition


class Health(Shape):
    """Whether the server lives, or is ready."""

    status: str


class ServerHealth(Shape):
    """One database server."""

    name: Annotated[str, Field(description="`primary`, or `replica 1` and so on in the order of the setting.")]
    condition: Annotated[
        Condition,
        Field(description="`behind`: what the primary has is not all there yet; it is not read from meanwhile."),
    ]
    revision: Annotated[
        Annotated[int, Field(ge=0, le=2**31 - 1)] | None,
        Field(description="Its newest corpus revision; null while it cannot be read."),
    ]


class Readiness(Health):
    """Whether answers can be given, and the servers that they are read from."""

    servers: list[ServerHealth]
