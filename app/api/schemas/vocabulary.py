"""What loading a vocabulary does."""

from pydantic import Field

from app.api.schemas.shape import Shape


class VocabularyChange(Shape):
    """What loading a vocabulary did, or would do, by slugs of topics."""

    created: list[str]
    changed: list[str]
    unchanged: list[str]
    renamed: dict[str, str] = Field(description="New slugs by former ones; the former address leads on.")
    merged: dict[str, str] = Field(description="Topics that are no more, and those that have their questions now.")
    not_in_file: list[str] = Field(description="Stored topics that the file leaves out: they stay.")
    remarks: list[str] = Field(description="What of the file could not be kept.")
