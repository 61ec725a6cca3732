"""What something was before, and what changed."""

import datetime

from pydantic import Field

from app.api.schemas.lists import PageInfo
from app.api.schemas.questions import Contributor
from app.api.schemas.shape import Count, Id, IsCurrent, Revision, Shape, SupersededBy, Text
from app.citations import Noun
from app.models import ChangeAction
from app.text.differences import Edit


class RevisionSource(Shape):
    """The source file that a revision was made from."""

    file_name: str
    format: str
    sha256: str = Field(min_length=64, max_length=64, description="SHA-256 of the file, in hexadecimal.")


class MadeRevision(Shape):
    """When, why and from what a revision was made."""

    revision: Revision
    corpus_revision: int = Field(
        ge=1, le=2**31 - 1, description="The revision of the whole corpus that brought it; these are in order of time."
    )
    made_at: datetime.datetime
    reason: str | None = Field(description="Why, as whoever loaded the file said.")
    transcript: RevisionSource
    is_current: IsCurrent
    superseded_by: SupersededBy


class ItemRevision(MadeRevision):
    """One wording of a question or an answer."""

    text: Text
    speaker: Contributor | None = Field(description="Who asked or answered, as this revision has it.")
    interview_revision: int = Field(ge=1, le=2**31 - 1, description="The first revision of the interview to have it.")
    last_interview_revision: int = Field(ge=1, le=2**31 - 1, description="The last one, as far as now.")
    replaced_by: list[str] = Field(
        description="Ids of what has its words now, if it was taken out after this revision and that is known."
    )


class ItemChange(Shape):
    """What a revision of an interview did to one question, answer or speaker."""

    noun: str
    id: Id
    action: ChangeAction
    replaced_by: list[str] = Field(description="Ids of what has the words of an item that was taken out, if known.")


class InterviewRevision(MadeRevision):
    """One revision of an interview."""

    is_kept: bool = Field(
        description="Whether the interview can be read as it was. Of revisions that are older than this, the source is "
        "there."
    )
    changes: list[ItemChange] = Field(
        description="Questions and answers that it changed; those of the first revision all came with it and are not "
        "listed. A question is changed with its answers."
    )


class ItemRevisionPage(Shape):
    """A page of the revisions of a question or an answer, the newest first."""

    items: list[ItemRevision]
    page: PageInfo


class InterviewRevisionPage(Shape):
    """A page of the revisions of an interview, the newest first."""

    items: list[InterviewRevision]
    page: PageInfo


class Wording(Shape):
    """One of two wordings."""

    revision: Revision
    text: Text
    speaker: Contributor | None = Field(description="Who asked or answered, as this revision has it.")


class WordDifference(Shape):
    """Words that differ. Offsets count code points in the `text` of the one wording and of the other."""

    edit: Edit
    start_before: Count
    end_before: Count
    start_after: Count
    end_after: Count
    text_before: str
    text_after: str


class RevisionComparison(Shape):
    """Two wordings of a question or an answer, and the words in which they differ, in order."""

    noun: Noun
    id: Id
    before: Wording
    after: Wording
    differences: list[WordDifference]
