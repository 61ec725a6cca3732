"""The trail: who changed what, when, from where and why."""

import datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas.lists import PageInfo
from app.api.schemas.shape import Id, Shape
from app.models import ChangeAction, Origin


class AuditedInterview(Shape):
    """The interview that a revision made or changed as a whole."""

    id: Id
    slug: str | None = Field(description="What it is called now, or was called before it was taken out.")
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        description="Its own revision that this one made; null of one that made none, as when it was held back."
    )


class AuditedChanges(Shape):
    """How many items of a kind a revision created, changed or deleted."""

    noun: str
    action: ChangeAction
    count: int = Field(ge=1, le=2**31 - 1)


class AuditItem(Shape):
    """One revision of the corpus."""

    revision: int = Field(ge=1, le=2**31 - 1, description="The revision of the whole corpus.")
    made_at: datetime.datetime
    who: str | None = Field(
        description="The name of the key, or who ran the command; null of what the server did by itself, and where it "
        "is not known."
    )
    origin: Origin | None = Field(
        description="From where: `command`, `api`, `page`, or `server` of what it did by itself; null where it is not "
        "known, as in a mirror."
    )
    reason: str | None = Field(description="Why, as they said.")
    interview: AuditedInterview | None = Field(description="Null where it was of the corpus as a whole.")
    changes: list[AuditedChanges] = Field(
        description="What it changed; with `interview`, what it changed of that one. The items of a new interview are "
        "created with it, and not counted."
    )


class AuditPage(Shape):
    """A page of the trail, the newest first."""

    items: list[AuditItem]
    page: PageInfo
