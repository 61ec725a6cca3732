"""Sparse items: the `fields` that a request asks for, checked against the shape of the item."""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from app.errors import ParameterError
from app.text.folding import nearest

# As pydantic reads it: True for a whole field, a mapping for a part of it, and "__all__" for each item of a list.
Included = dict[str, Any]


def chosen(shape: type[BaseModel], fields: str) -> Included:
    """Read field names such as `id,answers.text` as the parts of a shape to include.

    Raises:
        ParameterError: the shape has no such field; near ones are suggested.
    """
    included: Included = {}
    for path in fields.split(","):
        _include(shape, "", path.split("."), included)
    return included


def columns_of(shape: type[BaseModel], included: Included | None = None) -> list[str]:
    """List the paths of all values of a shape, or of its included parts, such as `answers.text`."""
    columns: list[str] = []
    for name, field in shape.model_fields.items():
        part: Any = True if included is None else included.get(name)
        if part is None:
            continue
        inner, _many = _inside(field.annotation)
        if inner is None:
            columns.append(name)
        else:
            within = None if part is True else part.get("__all__", part)
            columns += [f"{name}.{path}" for path in columns_of(inner, within)]
    return columns


def _include(shape: type[BaseModel], before: str, names: list[str], included: Included) -> None:
    name, *rest = names
    path, field = f"{before}{name}", shape.model_fields.get(name)
    if field is None:
        known = [f"{before}{known}" for known in shape.model_fields]
        raise ParameterError(
            "fields", f"There is no field {path[:120]!r} here; there are {', '.join(known)}.", nearest(path, known)
        )
    if not rest:
        included[name] = True
        return
    inner, many = _inside(field.annotation)
    if inner is None:
        raise ParameterError("fields", f"The field {path[:120]!r} has no fields inside it.", [path[:120]])
    # Where the whole field is included too, a part of it is checked and adds nothing.
    part = {} if included.get(name) is True else included.setdefault(name, {"__all__": {}} if many else {})
    _include(inner, f"{path}.", rest, part.setdefault("__all__", {}) if many else part)


def _inside(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """Return the shape inside a field, if any, and whether the field is a list of such shapes."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _inside(arguments[0])
    if origin in {Union, UnionType}:
        found = [_inside(argument) for argument in arguments if argument is not type(None)]
        return found[0] if found else (None, False)
    if origin is list:
        return _inside(arguments[0])[0], True
    return None, False
