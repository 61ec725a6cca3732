"""Sparse items: which fields of a shape somebody asks for, read once and checked against the shape itself."""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from app.errors import ParameterError
from app.text.folding import nearest

# As pydantic takes it: True for a whole field, a mapping for a part of it, and "__all__" for each item of a list.
Included = dict[str, Any]


def chosen(shape: type[BaseModel], fields: str) -> Included:
    """Read names with commas between them and dots inside, such as `id,answers.text`, as what to include of a shape.

    Raises:
        ParameterError: the shape has no such field; near ones are suggested.
    """
    included: Included = {}
    for path in fields.split(","):
        _include(shape, "", path.split("."), included)
    return included


def columns_of(shape: type[BaseModel], included: Included | None = None) -> list[str]:
    """Name every value of a shape, or of what is included of it, by its path, such as `answers.text`."""
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
    # Where the whole field is asked for too, a part of it is checked and adds nothing.
    part = {} if included.get(name) is True else included.setdefault(name, {"__all__": {}} if many else {})
    _include(inner, f"{path}.", rest, part.setdefault("__all__", {}) if many else part)


def _inside(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """Return the shape that a field has inside, if any, and whether it is a list of them."""
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
