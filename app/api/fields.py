"""What is shown of an item: what its shape shows by itself, the parts that `include` asks for, and the `fields` that a
request picks or leaves out, all checked against the shape.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from app.api.schemas.shape import Part, Parted
from app.errors import ParameterError
from app.text.folding import nearest

# As pydantic reads it: True for a whole field, a mapping for a part of it, and "__all__" for each item of a list.
Included = dict[str, Any]
# Fields by name, each with those inside it; True for a field that has none.
Tree = dict[str, Any]
ALL = "all"
EVERY_PART = frozenset(Part)


@dataclass(frozen=True, eq=False)
class Selection:
    """What is shown of items of one shape; `is_sparse` says whether a request named the fields."""

    shape: type[BaseModel]
    tree: Tree
    parts: frozenset[Part] = frozenset()
    is_sparse: bool = False

    @cached_property
    def included(self) -> Included:
        """The selection as pydantic reads it."""
        return _included(self.shape, self.tree)

    @cached_property
    def columns(self) -> list[str]:
        """The paths of all values that are shown, such as `answers.text`, in the order of the shape."""
        return list(_paths(self.shape, self.tree))


@lru_cache(maxsize=256)
def select(
    shape: type[BaseModel], include: str | None = None, fields: str | None = None, *, is_table: bool = False
) -> Selection:
    """Read `include` such as `turns,people` and `fields` such as `id,answers.text` or `-text`.

    A table has the columns of its shape in place of what the shape shows by itself.

    Raises:
        ParameterError: the shape has no such part or field; near ones are suggested.
    """
    parts = _parts(shape, include)
    shown = shown_of(shape, parts)
    if is_table and (columns := getattr(shape, "columns", ())):
        more = _without(shown, shown_of(shape, frozenset()))
        shown = _both(_tree(columns), more)
    if fields is None:
        return Selection(shape, shown, parts)
    paths = fields.split(",")
    named = [path for path in paths if not path.startswith("-")]
    tree: Tree = {} if named else shown
    for path in named:
        tree = _both(tree, _named(shape, path, parts))
    for path in paths:
        if path.startswith("-"):
            tree = _without(tree, _named(shape, path[1:], EVERY_PART))
    return Selection(shape, tree, parts, is_sparse=True)


@cache
def everything(shape: type[BaseModel]) -> Selection:
    """Select all that a shape has, but for HTML, which follows from the texts."""
    parts = EVERY_PART - {Part.TEXT_HTML}
    return Selection(shape, shown_of(shape, parts), parts)


@cache
def shown_of(shape: type[BaseModel], parts: frozenset[Part]) -> Tree:
    """Return what a shape shows by itself and with some parts."""
    of_parts = _of_parts(shape)
    return {
        name: _inside_of(field.annotation, parts)
        for name, field in shape.model_fields.items()
        if name not in of_parts or of_parts[name] in parts
    }


@cache
def parts_of(shape: type[BaseModel]) -> frozenset[Part]:
    """Return the parts that a shape or anything inside it has."""
    inside = [_inside(field.annotation)[0] for field in shape.model_fields.values()]
    return frozenset(_of_parts(shape).values()).union(*(parts_of(each) for each in inside if each is not None))


def _of_parts(shape: type[BaseModel]) -> dict[str, Part]:
    return dict(shape.parts) if issubclass(shape, Parted) else {}


def _parts(shape: type[BaseModel], include: str | None) -> frozenset[Part]:
    if include is None:
        return frozenset()
    known = [*(part for part in Part if part in parts_of(shape)), ALL]
    names = include.split(",")
    for name in names:
        if name not in known:
            raise ParameterError(
                "include",
                f"There is no part {name[:80]!r} here; there are {', '.join(known)}.",
                nearest(name, known, limit=1),
            )
    return EVERY_PART if ALL in names else frozenset(map(Part, names))


def _inside_of(annotation: Any, parts: frozenset[Part]) -> Tree | bool:
    inner, _many = _inside(annotation)
    return True if inner is None else shown_of(inner, parts)


def _named(shape: type[BaseModel], path: str, parts: frozenset[Part]) -> Tree:
    """Return the tree of one path; what is inside the last field is what is shown of it."""
    names = path.split(".")
    branches: list[str] = []
    inner: type[BaseModel] | None = shape
    annotation: Any = None
    for name in names:
        before = "".join(f"{each}." for each in branches)
        if inner is None:
            whole = before.removesuffix(".")[:120]
            raise ParameterError("fields", f"The field {whole!r} has no fields inside it.", [whole])
        field = inner.model_fields.get(name)
        if field is None:
            known = [f"{before}{each}" for each in inner.model_fields]
            reason = f"There is no field {before + name[:120]!r} here; there are {', '.join(known)}."
            raise ParameterError("fields", reason, nearest(f"{before}{name}", known))
        branches.append(name)
        annotation = field.annotation
        inner, _many = _inside(annotation)
    tree: Any = _inside_of(annotation, parts)
    for name in reversed(names):
        tree = {name: tree}
    return dict(tree)


def _tree(paths: tuple[str, ...]) -> Tree:
    tree: Tree = {}
    for path in paths:
        *way, last = path.split(".")
        branch = tree
        for name in way:
            branch = branch.setdefault(name, {})
        branch[last] = True
    return tree


def _both(one: Tree, other: Tree) -> Tree:
    """Return what is in either of two trees."""
    added = dict(one)
    for name, inside in other.items():
        there = one.get(name)
        added[name] = _both(there, inside) if isinstance(there, dict) and isinstance(inside, dict) else inside
    return added


def _without(tree: Tree, other: Tree) -> Tree:
    """Return what is in the first tree and not in the second."""
    left = {}
    for name, inside in tree.items():
        taken = other.get(name)
        if taken is None:
            left[name] = inside
        elif isinstance(inside, dict) and isinstance(taken, dict) and (rest := _without(inside, taken)):
            left[name] = rest
    return left


def _included(shape: type[BaseModel], tree: Tree) -> Included:
    included: Included = {}
    for name, inside in tree.items():
        inner, many = _inside(shape.model_fields[name].annotation)
        part = True if inner is None or inside is True else _included(inner, inside)
        included[name] = {"__all__": part} if many and part is not True else part
    return included


def _paths(shape: type[BaseModel], tree: Tree) -> Iterator[str]:
    for name, field in shape.model_fields.items():
        inside = tree.get(name)
        inner, _many = _inside(field.annotation)
        if inner is None or inside is True:
            yield from (name,) if inside else ()
        elif inside:
            yield from (f"{name}.{path}" for path in _paths(inner, inside))


def inside_of(annotation: Any) -> type[BaseModel] | None:
    """Return the shape inside a field, if there is one."""
    return _inside(annotation)[0]


def _inside(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """Return the one shape inside a field, if any, and whether the field is a list of such shapes."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _inside(arguments[0])
    if origin in {Union, UnionType}:
        found = [_inside(argument) for argument in arguments if argument is not type(None)]
        return found[0] if len(found) == 1 else (None, False)
    if origin is list:
        return _inside(arguments[0])[0], True
    return None, False
