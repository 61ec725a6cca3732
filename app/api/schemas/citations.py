"""Shapes of citations."""

from typing import Any, Literal

from pydantic import Field

from app.api.schemas.shape import Count, Id, Shape
from app.citations import Noun


class TextQuoteSelector(Shape):
    """Selects by words, with the words around them (Web Annotation Data Model, section 4.2.4)."""

    type: Literal["TextQuoteSelector"]
    exact: str = Field(description="The characters of the range.")
    prefix: str = Field(description="Characters before them.")
    suffix: str = Field(description="Characters after them.")


class TextPositionSelector(Shape):
    """Selects by position, in code points from 0 (Web Annotation Data Model, section 4.2.5)."""

    type: Literal["TextPositionSelector"]
    start: Count
    end: Count


class TurnTarget(Shape):
    """A range of the text of one turn; both selectors select it."""

    type: Literal["SpecificResource"]
    source: str = Field(description="The record in which the turn stands; the selectors are for the turn's `text`.")
    turn_id: Id
    is_unique: bool = Field(
        description="Whether the quote with its prefix and suffix stands once in the text. Where it does not, only the "
        "position tells which one is meant."
    )
    is_verbatim: bool = Field(
        description="Whether `exact` has the very characters that are cited. A source may write some of them as "
        "escapes or entities, or have markup between them."
    )
    selector: list[TextQuoteSelector | TextPositionSelector]


class SourceTarget(TurnTarget):
    """The range of the source file that the words of one turn were read from; both selectors select it."""

    source: str = Field(
        description="The source file; the selectors are for its text: its bytes decoded, a byte order mark included, "
        "or, of a DOCX file, the text of its paragraphs."
    )
    sha256: str = Field(min_length=64, max_length=64, description="SHA-256 of the file, in hexadecimal.")


class Selectors(Shape):
    """Targets of the Web Annotation Data Model: the cited range, turn by turn. Of a whole interview there are none."""

    turns: list[TurnTarget]
    source: list[SourceTarget]


class Citation(Shape):
    """What it takes to cite an item, or a range of its characters."""

    noun: Noun = Field(description="What is cited, or contains what is cited.")
    id: Id
    revision: int | None = Field(
        ge=1, le=2**31 - 1, description="The item's revision, to which the permalink is pinned."
    )
    text: str | None = Field(description="The cited words, verbatim; null for a whole interview.")
    turn: str | None = Field(description="The turn that was asked for, in whose text the range counts.")
    start: int | None = Field(
        ge=0,
        le=2**31 - 1,
        description="Where the range begins in the item's `text`, or in that of the turn that was asked for, in code "
        "points; null where the whole is cited.",
    )
    end: int | None = Field(ge=0, le=2**31 - 1, description="Where the range ends, likewise.")
    permalink: str = Field(
        description="Address of a page that shows the item in this revision, with the cited words marked: `start` and "
        "`end` count in the item's text, or in that of the turn that `turn` names."
    )
    selectors: Selectors
    text_fragment: str | None = Field(
        description="Link to the words on the publisher's page, for browsers that know text fragments; null where the "
        "source states no address. Whether the page still has the words is not looked up."
    )
    sentence: str = Field(description="The reference in plain words.")
    csl: dict[str, Any] = Field(
        description="The reference as a CSL-JSON item; variables without a value are left out, as its schema asks."
    )
