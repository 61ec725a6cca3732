"""/v1: what there is, and where. It follows from the routes, so it has every one that needs no key."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Request
from fastapi.routing import APIRoute

from app.api.addresses import INDEX
from app.api.database import Open
from app.api.http.read_limiter import ReadingRoute
from app.api.http.terms import terms_of
from app.api.parameters.declared import query_parameters, read_routes
from app.api.parameters.items import NoParameters
from app.api.routers import resource_router
from app.api.schemas.index import Index, IndexedResource
from app.errors import EMPTY_CORPUS
from app.queries.interviews import has_interviews

router = resource_router(INDEX, "index", ReadingRoute)


@router.get("", summary="List all resources")
def get_index(request: Request, database: Open, _none: Annotated[NoParameters, Query()]) -> Index:
    """List all resources with their addresses."""
    with database.read() as connection:
        notice = None if has_interviews(connection) else EMPTY_CORPUS
    base = request.app.state.settings.public_url
    by_resource: dict[str, list[APIRoute]] = {}
    for route in read_routes(request.app):
        is_public = route.include_in_schema and terms_of(route, 0).scope is None
        if is_public and route.path.startswith(f"{INDEX}/"):
            by_resource.setdefault(resource_of(route.path), []).append(route)
    return Index(
        resources=[_indexed(name, routes, base) for name, routes in by_resource.items()],
        notice=notice,
        documentation=f"{base}/docs",
        openapi=f"{base}/openapi.json",
    )


def resource_of(path: str) -> str:
    """Return the resource that a path leads to: `questions` for /v1/questions/{id}."""
    return path.removeprefix(f"{INDEX}/").partition("/")[0]


def _indexed(name: str, routes: Sequence[APIRoute], base: str) -> IndexedResource:
    whole = f"{INDEX}/{name}"
    needs_nothing = any(
        route.path == whole and not any(field.is_required() for field in query_parameters(route).values())
        for route in routes
    )
    return IndexedResource(
        name=name,
        description=routes[0].description.partition("\n")[0],
        address=f"{base}{whole}" if needs_nothing else None,
        templates=[f"{base}{route.path}{_query_of(route)}" for route in routes],
    )


def _query_of(route: APIRoute) -> str:
    names = ",".join(query_parameters(route))
    return f"{{?{names}}}" if names else ""
