"""Keeps what was stated of an interview outside its file, where a file is loaded with less: without its row of the
manifest, one of its metadata files or an option. It stays as it was, and the report names it.

Of columns of the interview only the names are kept, so that there is one copy of what a redaction rewrites. Topics that
an editor stated stay on their questions.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.models import Question, QuestionTopic, Topic, TopicOrigin, TopicState, Transcript, Turn
from app.structure.prepare import PreparedTranscript, restate
from app.text.paragraphs import PARAGRAPH
from app.transcripts.sidecar import Sidecar, sidecar_of

_COLUMNS = (
    "slug",
    "title",
    "language",
    "published",
    "published_evidence",
    "publisher",
    "series",
    "source_url",
    "summary",
    "rights",
)
_SPEAKERS, _QUESTIONS = "speakers", "questions"
# Key of the report of a transcript.
STATED = "stated"
StatedTopic = tuple[str, str, bool]


@dataclass(frozen=True)
class Earlier:
    """What is stored of an interview that a file corrects: its row, the report of its file, and how to find the topics
    that were stated of its questions: a question's text, a topic's slug and whether the question has the topic.
    """

    interview: Any
    report: Mapping[str, Any]
    topics: Callable[[], Iterable[StatedTopic]]

    @property
    def keys(self) -> list[str]:
        """The keys that were stated."""
        return list(self.report.get(STATED, {}).get("keys", ()))


def stated_metadata(prepared: PreparedTranscript) -> dict[str, Any]:
    """Return what to keep of the statements about an interview, for the report of its transcript."""
    return stated_in(prepared.sidecar, prepared.kept_metadata)


def stated_in(sidecar: Sidecar, kept: Collection[str] = ()) -> dict[str, Any]:
    """Return what to keep of the statements of a metadata file; `kept` are keys that earlier ones stated."""
    keys = [key for key in (*_COLUMNS, _SPEAKERS, _QUESTIONS) if key in kept or getattr(sidecar, key)]
    speakers = [speaker.model_dump(exclude_unset=True) for speaker in sidecar.speakers]
    return {"keys": keys, **({_SPEAKERS: speakers} if speakers else {})}


def read_earlier(connection: sa.Connection, interview: Any) -> Earlier:
    """Read what is stored of an interview, given by its row."""
    of_revision = sa.and_(col(Transcript.interview_id) == interview.id, col(Transcript.revision) == interview.revision)
    report = connection.execute(sa.select(col(Transcript.report)).where(of_revision)).scalar_one()
    return Earlier(interview, report, lambda: _stated_topics(connection, interview.id))


def earlier_of_rows(rows: Mapping[str, Any], interview: Any) -> Earlier:
    """Return what is held back of an interview, given its rows by table and that of the interview."""

    def topics() -> Iterable[StatedTopic]:
        texts: dict[str, list[str]] = defaultdict(list)
        for turn in sorted(rows["turn"], key=lambda turn: int(turn["position"])):
            if turn["question_id"] is not None and turn["answer_id"] is None:
                texts[turn["question_id"]].append(turn["text"])
        slugs = {topic["id"]: topic["slug"] for topic in rows["topics_named"]}
        for row in rows["question_topic"]:
            if row["origin"] == TopicOrigin.EDITOR:
                is_rejected = row["state"] == TopicState.REJECTED
                yield PARAGRAPH.join(texts[row["question_id"]]), slugs[row["topic_id"]], not is_rejected

    newest = max(rows["transcript"], key=lambda row: int(row["revision"]))
    return Earlier(interview, newest["report"], topics)


def keep_metadata(prepared: PreparedTranscript, earlier: Earlier) -> PreparedTranscript:
    """Add to a transcript what was stated before and is not stated now.

    Raises:
        MetadataError: with the speakers that were stated, a question that is named now is not there.
    """
    now = {*prepared.sidecar.model_fields_set, *prepared.kept_metadata}
    missing = [key for key in earlier.keys if key not in now]
    if "published" in now:
        # The evidence was for another date.
        missing = [key for key in missing if key != "published_evidence"]
    if not missing:
        return prepared
    values = {key: value for key in missing if key in _COLUMNS and (value := getattr(earlier.interview, key))}
    if _SPEAKERS in missing:
        values[_SPEAKERS] = earlier.report[STATED].get(_SPEAKERS, [])
    if values:
        stated = sidecar_of("what was stated before", values)
        prepared = restate(prepared, prepared.sidecar.over_sidecar(stated))
    if _QUESTIONS in missing:
        prepared = _with_topics(prepared, earlier.topics())
    return replace(prepared, kept_metadata=(*prepared.kept_metadata, *missing))


def _with_topics(prepared: PreparedTranscript, stated: Iterable[StatedTopic]) -> PreparedTranscript:
    """Add the topics that were stated of questions with the same words."""
    by_text: dict[str, dict[str, bool]] = defaultdict(dict)
    for text, slug, has_topic in stated:
        by_text[text][slug] = has_topic
    topics = {
        index: by_text[text]
        for index, exchange in enumerate(prepared.structure.exchanges)
        if (text := prepared.text_of(exchange.question_turns)) in by_text
    }
    return replace(prepared, topics=topics)


def _stated_topics(connection: sa.Connection, interview_id: str) -> Iterable[StatedTopic]:
    texts: dict[str, list[str]] = defaultdict(list)
    asked = sa.and_(
        col(Turn.interview_id) == interview_id, col(Turn.question_id).is_not(None), col(Turn.answer_id).is_(None)
    )
    columns: tuple[Any, ...] = (col(Turn.question_id), col(Turn.text))
    for question_id, text in connection.execute(sa.select(*columns).where(asked).order_by(col(Turn.position))):
        texts[question_id].append(text)
    stated = (
        sa.select(col(QuestionTopic.question_id), col(Topic.slug), col(QuestionTopic.state))
        .join(Topic, col(Topic.id) == col(QuestionTopic.topic_id))
        .join(Question, col(Question.id) == col(QuestionTopic.question_id))
        .where(col(Question.interview_id) == interview_id, col(QuestionTopic.origin) == TopicOrigin.EDITOR)
    )
    return [
        (PARAGRAPH.join(texts[question_id]), slug, state is not TopicState.REJECTED)
        for question_id, slug, state in connection.execute(stated)
    ]
