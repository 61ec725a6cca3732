"""What every shape of an answer has in common, and the kinds of values that many have."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel._compat import SQLModelConfig

# Serialized keys are always present, so the description of an answer says so.
SHAPE = ConfigDict(json_schema_serialization_defaults_required=True)
# The same for shapes that take over a table's public columns.
COLUMNS = SQLModelConfig(json_schema_serialization_defaults_required=True)

Id = Annotated[str, Field(description="Stable id; it survives corrections.", max_length=40)]
Text = Annotated[str, Field(description="The words, verbatim; turns are joined by an empty line.")]
Offset = Annotated[int, Field(ge=0, le=2**31 - 1, description="Offset in the source file, in code points.")]
TextOffset = Annotated[int, Field(ge=0, le=2**31 - 1, description="Offset in a text, in code points.")]
Milliseconds = Annotated[
    int | None, Field(ge=0, le=2**31 - 1, description="Time from the start of the recording, in milliseconds.")
]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
CitationAddress = Annotated[str, Field(description="Address of what it takes to cite this.")]
Position = Annotated[int, Field(ge=1, le=2**31 - 1, description="Place in order, from 1.")]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1, description="Counts the versions of its own words and structure.")]
IsCurrent = Annotated[bool, Field(description="Whether this is what it says now, and not a revision of before.")]
SupersededBy = Annotated[
    int | None, Field(ge=2, le=2**31 - 1, description="The revision that came after this one; null for the last one.")
]


class Shape(BaseModel):
    """What every shape has in common."""

    model_config = SHAPE
