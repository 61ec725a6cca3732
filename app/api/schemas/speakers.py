"""Speakers."""

from pydantic import Field

from app.api.schemas.shape import COLUMNS, Count, Shape
from app.models import SpeakerFields
from app.queries.people_search import NameMatch
from app.structure.pairing import Role


class RoleCount(Shape):
    """In how many interviews a speaker has a role."""

    role: Role
    interviews: Count


class Speaker(SpeakerFields):
    """A person, or a known unknown."""

    model_config = COLUMNS

    aliases: list[str]
    same_as: list[str] = Field(description="Addresses that identify the same person elsewhere.")
    questions: Count
    answers: Count
    roles: list[RoleCount]
    match: NameMatch | None = Field(
        description="How `q` found this speaker: by the whole `name`, its own or an alias; by `words` of it, or their "
        "beginnings; or by a `near` name. Null without `q`."
    )
