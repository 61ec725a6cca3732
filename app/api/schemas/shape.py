"""What every shape of an answer has in common, and the kinds of values that many have."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema
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


Address = Annotated[str, Field(description="Where this is by itself.")]
WebPage = Annotated[str, Field(description="Where people read this: its page in the reader.")]
DisplayName = Annotated[
    str, Field(description="What to call the speaker: the name or, where the source states none, the role in words.")
]
TextHtml = Annotated[
    str, Field(description="The text as HTML that is safe to show: paragraphs, emphasis, lists, quotes and links.")
]

ShortText = Annotated[
    str | None,
    Field(
        description="What it asks, in 160 characters, for a list; null where the whole text is as short. Inferred.",
        max_length=160,
    ),
]
Interrogative = Annotated[bool, Field(description="Whether any of its sentences asks. Inferred from the words.")]

# Fields that belong to no part and are worked out of the rest of an item where they are shown.
DERIVED = frozenset({"address", "web_page", "short_text", "interrogative"})


class Part(StrEnum):
    """What belongs to an item and is shown where `include` asks for it."""

    TURNS = "turns"
    ASKING = "asking"
    PEOPLE = "people"
    TOPICS = "topics"
    INTERVIEW = "interview"
    SOURCE = "source"
    VOCABULARY = "vocabulary"
    HIGHLIGHTS = "highlights"
    TEXT_HTML = "text_html"


Parts = Mapping[str, Part]


class Parted:
    """A shape some of whose fields are shown where they are asked for: `parts` says which belong to which part.

    `path` is where an item is below /v1, of a shape that has an address, and where its page is below the root, of one
    that has a `web_page`. `columns` are those of a table of its items,
    where it is not all that is shown.
    """

    parts: ClassVar[Parts] = {}
    path: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the fields of parts as there or not."""
        schema = handler(core_schema)
        described = handler.resolve_ref_schema(schema)
        for name, part in cls.parts.items():
            described["properties"][name]["x-include"] = part.value
            if name in described.get("required", ()):
                described["required"].remove(name)
        return schema


class Shape(Parted, BaseModel):
    """What every shape has in common."""

    model_config = SHAPE
