"""The tables. XFields has the columns that are public as they stand; X(XFields, table=True) adds keys and derived ones.

Ids are text, stable, and the same wherever the same file was first imported.
"""

from app.models.columns import table_of
from app.models.history import (
    Change,
    ChangeAction,
    Embargo,
    FormerName,
    LoadedFile,
    Mirror,
    Origin,
    PastInterview,
    PastItem,
    Redaction,
    Revision,
    Withdrawal,
)
from app.models.keys import DeskSession, KeptAnswer, Key, Scope
from app.models.record import (
    Answer,
    Contribution,
    Interview,
    InterviewFields,
    Question,
    Speaker,
    SpeakerFields,
    Transcript,
    Turn,
)
from app.models.search import SearchDocument, SearchTerm, SearchVector, SearchWord, SpeakerEntry, SpeakerWord
from app.models.statements import InterviewStatements, SpeakerReading, Statement, StatementKind
from app.models.topics import QuestionTopic, Topic, TopicCount, TopicFields, TopicOrigin, TopicQuestion, TopicState

__all__ = [
    "Answer",
    "Change",
    "ChangeAction",
    "Contribution",
    "DeskSession",
    "Embargo",
    "FormerName",
    "Interview",
    "InterviewFields",
    "InterviewStatements",
    "KeptAnswer",
    "Key",
    "LoadedFile",
    "Mirror",
    "Origin",
    "PastInterview",
    "PastItem",
    "Question",
    "QuestionTopic",
    "Redaction",
    "Revision",
    "Scope",
    "SearchDocument",
    "SearchTerm",
    "SearchVector",
    "SearchWord",
    "Speaker",
    "SpeakerEntry",
    "SpeakerFields",
    "SpeakerReading",
    "SpeakerWord",
    "Statement",
    "StatementKind",
    "Topic",
    "TopicCount",
    "TopicFields",
    "TopicOrigin",
    "TopicQuestion",
    "TopicState",
    "Transcript",
    "Turn",
    "Withdrawal",
    "table_of",
]
