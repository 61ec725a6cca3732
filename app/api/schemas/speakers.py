"""Speakers."""

from typing import ClassVar

from pydantic import Field

from app.api.schemas.shape import COLUMNS, Address, Count, DisplayName, Parted, Shape, WebPage
from app.models import SpeakerFields
from app.queries.people_search import NameMatch
from app.structure.pairing import Attribution, Role


class RoleCount(Shape):
    """In how many interviews a speaker has a role."""

    role: Role
    interview_count: Count


class Speaker(Parted, SpeakerFields):
    """A person, or a known unknown."""

    model_config = COLUMNS
    path: ClassVar[str] = "speakers/{slug}"
    columns: ClassVar[tuple[str, ...]] = (
        "slug",
        "name",
        "display_name",
        "web_page",
        "aliases",
        "same_as",
        "question_count",
        "answer_count",
        "roles.role",
        "roles.interview_count",
    )

    display_name: DisplayName
    address: Address
    web_page: WebPage
    aliases: list[str]
    same_as: list[str] = Field(description="Addresses that identify the same person elsewhere.")
    attribution: Attribution = Field(
        description="How it is known that this is one person: stated within one interview, where interviews state the "
        "same page (`same_as`), or where an editor says so; inferred where a full name that several interviews print "
        "the same way is taken for one person."
    )
    question_count: Count
    answer_count: Count
    roles: list[RoleCount]
    match: NameMatch | None = Field(
        description="How `q` found this speaker: by the whole `name`, its own or an alias; by `words` of it, or their "
        "beginnings; or by a `near` name. Null without `q`."
    )
