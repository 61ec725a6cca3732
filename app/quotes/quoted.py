"""A quotation in an article, and whom the article names as its speaker."""

from dataclasses import dataclass
from enum import StrEnum


class QuotedKind(StrEnum):
    """What words in quotation marks look like: somebody's words, the title of a work, or a term."""

    QUOTATION = "quotation"
    TITLE = "title"
    TERM = "term"


class Doubt(StrEnum):
    """Why it is not sure whom an article claims as the speaker."""

    SEVERAL_NAMES = "several_names"
    SAME_NAME = "same_name"
    OTHER_NAME = "other_name"
    UNNAMED = "unnamed"


@dataclass(frozen=True)
class ClaimedSpeaker:
    """Whom an article names as the speaker of a quotation, as the article writes the name.

    `is_inferred` where no verb or sign makes the name that of the speaker: it only says "he" or "she", the quotation
    follows one of theirs, or their name alone stands in the sentence. With a `doubt`, nobody is claimed.
    """

    name: str
    is_inferred: bool = False
    doubt: Doubt | None = None


@dataclass(frozen=True)
class Quoted:
    """A quotation in an article: its text and its position, in code points and as line and column counted from 1.

    A quotation that "is interrupted," she said, "by its attribution" has `parts`; its text is theirs, joined. `around`
    are the words of the sentence around it.
    """

    text: str
    start: int
    end: int
    line: int
    column: int
    attribution: ClaimedSpeaker | None = None
    parts: tuple["Quoted", ...] = ()
    kind: QuotedKind = QuotedKind.QUOTATION
    around: str = ""
