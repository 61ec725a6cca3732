"""The change feed."""

import datetime
from typing import Any

from pydantic import Field

from app.api.schemas.shape import Shape
from app.models import ChangeAction


class Change(Shape):
    """What became of an item: the newest change of it."""

    noun: str = Field(
        description="What the item is: interview, question, answer, speaker or topic. Others may be added."
    )
    id: str = Field(description="The item's id; it survives corrections.")
    action: ChangeAction = Field(description="What the newest change did to the item.")
    revision: int = Field(ge=1, le=2**31 - 1, description="The revision of the corpus that the change made.")
    modified: datetime.datetime = Field(
        description="When that was. It moves only when the item changes; the order of the feed is that of revisions."
    )
    reason: str | None = Field(description="Why, where that was said.")
    replaced_by: list[str] | None = Field(
        description="Of an item that was taken out, the ids of what had its words then; null where that is not known."
    )
    address: str | None = Field(description="Where the item is; null for one that was taken out.")
    data: dict[str, Any] | None = Field(
        description="With `data=true`, what another Quoth has to store, to be handed on as it is: its form may change "
        "with the version. Null for what comes with its interview."
    )


class ChangesInfo(Shape):
    """Where a page lies in the change feed."""

    limit: int = Field(ge=1, le=100, description="Changes on a page, at most.")
    next: str = Field(description="Address of what comes after; the same again as long as nothing does.")
    is_whole: bool = Field(description="False where the last revision of the page goes on in the next one.")
    revision: int = Field(ge=0, le=2**31 - 1, description="The newest revision of the corpus; 0 for an empty one.")


class ChangePage(Shape):
    """A page of the change feed."""

    items: list[Change]
    page: ChangesInfo
