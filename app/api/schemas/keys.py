"""Keys, without their secrets."""

import datetime

from pydantic import Field

from app.api.schemas.shape import Shape
from app.models import Scope


class KeyItem(Shape):
    """A key: who has it, what it allows, and whether it still does."""

    prefix: str = Field(description="The part of the key that it is recognized by.")
    name: str = Field(description="Whose key it is.")
    scopes: list[Scope] = Field(description="What it allows.")
    made_at: datetime.datetime
    made_by: str | None = Field(description="Who made it.")
    expires_at: datetime.datetime | None = Field(description="From when on it opens nothing; null if it does not end.")
    revoked_at: datetime.datetime | None = Field(description="When it was revoked.")
    last_used_at: datetime.datetime | None = Field(description="When it was last used, to the hour.")


class KeyList(Shape):
    """All keys, the newest first."""

    items: list[KeyItem]
