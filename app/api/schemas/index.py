"""The index: what there is, and where."""

from pydantic import Field

from app.api.schemas.shape import Shape


class IndexedResource(Shape):
    """A kind of thing that there is."""

    name: str
    description: str
    address: str | None = Field(description="Where it is; null where an address needs something filled in.")
    templates: list[str] = Field(
        description="Addresses with what can be filled in, as URI templates (RFC 6570): `{id}` has to be, "
        "and of what stands in `{?...}` as much as is wanted."
    )


class Index(Shape):
    """Everything that can be read here."""

    resources: list[IndexedResource]
    notice: str | None = Field(description="What to do first, while the corpus is empty; else null.")
    documentation: str = Field(description="A page to read about all of this, and to try it.")
    openapi: str = Field(description="The OpenAPI document.")
