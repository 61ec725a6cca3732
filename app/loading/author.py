"""Who makes a change, when, from where and why: told to every function that writes content, kept by every revision."""

import datetime
from dataclasses import dataclass
from typing import Any

from app.models import Origin

__all__ = ["Author", "Origin", "Signature"]


@dataclass(frozen=True)
class Signature:
    """When something was stated first and by whom, as a file says."""

    when: datetime.datetime | None
    who: str | None


@dataclass(frozen=True)
class Author:
    """Who makes a change, when, why and from where. Everybody can read why, but not who.

    `stated` is what a file says of who stated it first, where a statement comes from a file.
    """

    when: datetime.datetime
    who: str | None
    why: str | None
    origin: Origin
    stated: Signature | None = None

    @property
    def signature(self) -> dict[str, Any]:
        """When, who and from where, as columns of the tables."""
        return {"made_at": self.when, "made_by": self.who, "made_from": self.origin}
