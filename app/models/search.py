"""What search works on, derived from the record."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.models.columns import Exact


class SearchDocument(SQLModel, table=True):
    """The terms by which search finds a question, or a turn without a question, as `app.text.terms` makes them.

    Triggers keep a full-text index over these columns, search_index, in step. Higher numbers are newer.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        sa.CheckConstraint("(question_id IS NULL) <> (turn_id IS NULL)", name="one_item"),
        sa.Index(None, "interview_id"),
    )

    number: int | None = Field(default=None, primary_key=True)
    interview_id: str = Field(foreign_key="interview.id", sa_type=Exact)
    question_id: str | None = Field(default=None, foreign_key="question.id", sa_type=Exact, unique=True)
    turn_id: str | None = Field(default=None, foreign_key="turn.id", sa_type=Exact, unique=True)
    title: str = Field(sa_type=Exact)
    question: str = Field(sa_type=Exact)
    answers: str = Field(sa_type=Exact)
    # Whether any words of the question ask, as `app.text.asking` finds; null for a turn without a question.
    interrogative: bool | None = None


class SearchVector(SQLModel, table=True):
    """What a search document means, as `app.text.meaning` makes it. It goes with its document, so that what was taken
    out of the record leaves no vector.
    """

    __tablename__ = "search_vector"

    number: int = Field(
        primary_key=True,
        foreign_key="search_document.number",
        ondelete="CASCADE",
        sa_column_kwargs={"autoincrement": False},
    )
    # Digests of the model and of the text: a vector of another model or of another text is stale.
    model: str = Field(sa_type=Exact)
    text_sha256: str = Field(sa_type=Exact)
    vector: bytes
    # What the question means without its answers; null where the document has no question.
    asked: bytes | None = None


class SearchTerm(SQLModel, table=True):
    """The number of search documents that have a term; under the empty term, of all documents."""

    __tablename__ = "search_term"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: str = Field(primary_key=True, sa_type=Exact)
    documents: int


class SearchWord(SQLModel, table=True):
    """A word that was said, folded but not stemmed."""

    __tablename__ = "search_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: str = Field(primary_key=True, sa_type=Exact)


class SpeakerEntry(SQLModel, table=True):
    """What the list of speakers sorts somebody by: the name, as `app.text.names` makes it comparable, and the number of
    answers. `app.loading.speaker_index` keeps it in step.
    """

    __tablename__ = "speaker_entry"
    __table_args__ = (
        sa.Index(None, "name", "speaker_id"),
        sa.Index(None, "unnamed", "name", "speaker_id"),
        sa.Index(None, "answers", "speaker_id"),
    )

    speaker_id: str = Field(primary_key=True, foreign_key="speaker.id", ondelete="CASCADE", sa_type=Exact)
    # Empty for somebody whom no source names; they come last in either order.
    name: str = Field(sa_type=Exact)
    unnamed: bool
    answers: int


class SpeakerWord(SQLModel, table=True):
    """A word of a speaker's name or aliases, or the whole of one (`whole`), as `app.text.names` makes it comparable."""

    __tablename__ = "speaker_word"
    __table_args__ = (sa.Index(None, "speaker_id"), {"sqlite_with_rowid": False})

    word: str = Field(primary_key=True, sa_type=Exact)
    whole: bool = Field(primary_key=True)
    speaker_id: str = Field(primary_key=True, foreign_key="speaker.id", ondelete="CASCADE", sa_type=Exact)
