"""Names that a corpus has, so that what is shown to somebody new works on whatever is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Answer, Interview, Question, Speaker, Topic, TopicCount, TopicQuestion, Transcript, Turn

# Words of an answer that are shown as a quotation, and the characters that they have at most.
_QUOTED_WORDS = 8
_QUOTED_CHARACTERS = 200
# Topics that are named, at most.
_TOPICS = 4


# Parameters whose values are names of a corpus: no value is one in every corpus.
OF_A_CORPUS = frozenset(
    {
        "interview",
        "speaker",
        "answered_by",
        "asked_by",
        "topic",
        "language",
        "publisher",
        "series",
        "year",
        "published_from",
        "published_to",
        "sha256",
        "turn",
        "q",
        "text",
    }
)


@dataclass(frozen=True)
class CorpusNames:
    """Names of one question of a corpus and of what belongs to it. What is not there is None."""

    question: str
    answer: str
    interview: str
    interview_id: str
    answered_by: str | None = None
    asked_by: str | None = None
    # Topics with questions, those of the most first; the question is on the first.
    topics: tuple[str, ...] = ()
    language: str | None = None
    publisher: str | None = None
    series: str | None = None
    published: str | None = None
    sha256: str | None = None
    turn: str | None = None
    # Words of the answer as they stand in it, and the longest of them.
    quotation: str | None = None
    word: str | None = None

    def parameters(self) -> Mapping[str, Any]:
        """Return a value of each parameter whose values are a corpus's own, by its name."""
        speakers = [name for name in dict.fromkeys((self.answered_by, self.asked_by)) if name is not None]
        values = {
            "interview": self.interview,
            "speaker": speakers or None,
            "answered_by": self.answered_by,
            "asked_by": self.asked_by,
            "topic": self.topics[0] if self.topics else None,
            "language": self.language,
            "publisher": self.publisher,
            "series": self.series,
            "year": None if self.published is None else self.published[:4],
            "published_from": self.published,
            "published_to": self.published,
            "sha256": self.sha256,
            "turn": self.turn,
            "q": self.word,
            "text": self.quotation,
        }
        return {name: value for name, value in values.items() if value is not None}


def find_names(connection: sa.Connection) -> CorpusNames | None:
    """Find a question with an answer, on the topic with the most questions where there are topics, in an interview
    whose file is not withheld where there is one; None where no question has an answer.
    """
    by_size = (
        sa.select(col(Topic.id), col(Topic.slug))
        .join(TopicCount, col(TopicCount.topic_id) == col(Topic.id))
        .group_by(col(Topic.id), col(Topic.slug))
        .having(sa.func.sum(col(TopicCount.own)) > 0)
        .order_by(sa.func.sum(col(TopicCount.own)).desc(), col(Topic.slug))
    )
    topics = connection.execute(by_size.limit(_TOPICS)).all()
    answered = sa.select(col(Answer.id)).where(col(Answer.speaker_id).is_not(None))
    with_file = answered.where(
        sa.exists().where(
            col(Transcript.interview_id) == col(Answer.interview_id),
            col(Interview.id) == col(Answer.interview_id),
            col(Transcript.revision) == col(Interview.revision),
            ~col(Transcript.withheld),
        )
    )
    found = None
    if topics:
        on_topic = with_file.join(TopicQuestion, col(TopicQuestion.question_id) == col(Answer.question_id)).where(
            col(TopicQuestion.topic_id) == topics[0].id
        )
        found = connection.execute(on_topic.order_by(col(TopicQuestion.question_id), col(Answer.id)).limit(1)).scalar()
    if found is None:
        topics = []
    for wanted in (with_file, answered, sa.select(col(Answer.id))):
        if found is None:
            found = connection.execute(wanted.order_by(col(Answer.id)).limit(1)).scalar()
    return None if found is None else _names_of(connection, found, tuple(one.slug for one in topics))


def _names_of(connection: sa.Connection, answer_id: str, topics: tuple[str, ...]) -> CorpusNames:
    answerer, asker = sa.orm.aliased(Speaker), sa.orm.aliased(Speaker)
    columns: list[Any] = [
        col(Question.id).label("question"),
        col(Answer.id).label("answer"),
        col(Interview.slug).label("interview"),
        col(Interview.id).label("interview_id"),
        col(answerer.slug).label("answered_by"),
        col(asker.slug).label("asked_by"),
        col(Interview.language),
        col(Interview.publisher),
        col(Interview.series),
        col(Interview.published),
        sa.select(col(Transcript.sha256))
        .where(col(Transcript.interview_id) == col(Interview.id), ~col(Transcript.withheld))
        .order_by(col(Transcript.revision).desc())
        .limit(1)
        .scalar_subquery()
        .label("sha256"),
    ]
    row: Any = connection.execute(
        sa.select(*columns)
        .select_from(Answer)
        .join(Question, col(Question.id) == col(Answer.question_id))
        .join(Interview, col(Interview.id) == col(Answer.interview_id))
        .outerjoin(answerer, col(answerer.id) == col(Answer.speaker_id))
        .outerjoin(asker, col(asker.id) == col(Question.asked_by))
        .where(col(Answer.id) == answer_id)
    ).one()
    turn = connection.execute(
        sa.select(col(Turn.id), col(Turn.text))
        .where(col(Turn.answer_id) == answer_id)
        .order_by(col(Turn.position))
        .limit(1)
    ).one()
    words = turn.text[:_QUOTED_CHARACTERS].split()[:_QUOTED_WORDS]
    letters = [word for word in ("".join(filter(str.isalpha, one)) for one in words) if word and word in turn.text]
    return CorpusNames(
        **row._mapping,
        topics=topics,
        turn=turn.id,
        # Where all of it was redacted, no word is left.
        quotation=" ".join(words) if letters else None,
        word=max(letters, key=len, default=None),
    )
