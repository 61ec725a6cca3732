"""Routers, and how an application gets their routes."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, FastAPI
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute

from app.api.parameters.single import single_values


def resource_router(
    prefix: str, tag: str, route_class: type[APIRoute] = APIRoute, dependencies: Sequence[Dependency] = ()
) -> APIRouter:
    """Make the router of a module of resources; its operations are listed under the tag."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=route_class,
        generate_unique_id_function=operation_id,
        dependencies=[Depends(single_values), *dependencies],
    )


def operation_id(route: APIRoute) -> str:
    """Name an operation as its function, in camelCase."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """Add the routes of a router to an application, as they are.

    `include_router` of FastAPI would analyse all handlers again in each application, when the first request comes.
    """
    app.router.routes.extend(router.routes)
