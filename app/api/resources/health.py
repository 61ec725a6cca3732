"""/healthz and /readyz: whether the process lives, and whether it can answer."""

from typing import Annotated

from fastapi import Query, Response

from app.api.database import Open
from app.api.parameters.items import NoParameters
from app.api.routers import resource_router
from app.api.schemas.health import Health, Readiness, ServerHealth

router = resource_router("", "operation")


@router.get("/healthz", summary="Check that it runs")
async def get_health(response: Response, _none: Annotated[NoParameters, Query()]) -> Health:
    """Tell that the process lives; says nothing of the database."""
    response.headers["Cache-Control"] = "no-store"
    return Health(status="ok")


@router.get("/readyz", summary="Check that it answers")
def get_readiness(response: Response, database: Open, _none: Annotated[NoParameters, Query()]) -> Readiness:
    """Tell whether a database can be read and has the schema of this version, and how each server is; 503 where not."""
    states = database.states()
    response.headers["Cache-Control"] = "no-store"
    servers = [ServerHealth(name=one.name, condition=one.condition, revision=one.revision) for one in states]
    return Readiness(status="ready", servers=servers)
