"""Which routes can be read, and which parameters a route takes. The OpenAPI document says so too, but takes long to
derive.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from pydantic.fields import FieldInfo


def read_routes(app: FastAPI) -> Iterator[APIRoute]:
    """Yield the routes of an application that answer GET, in the order in which they are tried."""
    for each in iter_route_contexts(app.routes):
        route = each.original_route
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            yield route


def query_parameters(route: APIRoute) -> dict[str, FieldInfo]:
    """Return the parameters of a route's query, by name."""
    return _fields(route.dependant.query_params)


def query_names(route: APIRoute) -> set[str]:
    """Return the names of all parameters of a route's query, those of its dependencies too."""
    return set(_names(route.dependant))


def _names(dependant: Any) -> Iterator[str]:
    for one in dependant.query_params:
        yield from _fields([one]) or [one.alias]
    for inner in dependant.dependencies:
        yield from _names(inner)


def body_parameters(route: APIRoute) -> dict[str, FieldInfo]:
    """Return the keys of the body that a route takes, by name."""
    return _fields(route.dependant.body_params)


def _fields(declared: list) -> dict[str, FieldInfo]:  # type: ignore[type-arg]  # FastAPI's class for them is private
    models = [one.field_info.annotation for one in declared]
    return {
        field.alias or name: field
        for model in models
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, field in model.model_fields.items()
    }
