"""/desk/interviews/{interview}/topics: which topics a question has, stated at the interview at work."""

import sqlalchemy as sa
from sqlmodel import col
from starlette.responses import Response

from app import loading
from app.api.parameters.values import InterviewName
from app.errors import StatementError, did_you_mean
from app.models import Topic, TopicState
from app.text.folding import fold, nearest
from app.web.desk.at_work import AtWork
from app.web.desk.interview import reading_options, write_step
from app.web.desk.session import SignedIn, desk_router

_MOST_NAME = 300

router = desk_router()


@router.post("/interviews/{interview}/topics")
def state_topic(interview: InterviewName, desk: SignedIn) -> Response:
    """Confirm, reject or add a topic of a question, or take back what was said of it."""
    state, _, slug = desk.form.one("decide").partition(":")

    def change(connection: sa.Connection, at_work: AtWork) -> None:
        turn = at_work.turn(desk.form.one("turn"))
        if turn["question_id"] is None or turn["answer_id"] is not None or state not in set(TopicState):
            raise StatementError("topics are stated of a question: open a turn that asks")
        loading.state_topic(
            connection,
            turn["question_id"],
            slug or topic_named(connection, desk.form.one("topic")[:_MOST_NAME]),
            TopicState(state),
            desk.author(),
            **reading_options(desk),
        )

    return write_step(interview, desk, change, "topic", "topic")


def topic_named(connection: sa.Connection, written: str) -> str:
    """Return the slug of the topic with this slug or label.

    Raises:
        StatementError: there is none, or several have this label.
    """
    if not written:
        raise StatementError("write the topic that the question has")
    topics: dict[str, str] = {
        row.slug: row.label for row in connection.execute(sa.select(col(Topic.slug), col(Topic.label)))
    }
    if written in topics:
        return written
    called = sorted(slug for slug, label in topics.items() if fold(label) == fold(written))
    if len(called) > 1:
        raise StatementError(f"several topics have this label; write one of {', '.join(called)}")
    if called:
        return called[0]
    hint = did_you_mean(nearest(written, topics), topics)
    raise StatementError(f"there is no topic {written!r}.{hint}")
