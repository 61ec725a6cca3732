"""/desk/interviews/{interview}/topics: the topics of each question of an interview, stated and taken back."""

import hashlib
import json
import re
from collections.abc import Callable
from math import ceil
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app import loading
from app.api.parameters.items import NoParameters
from app.api.parameters.values import InterviewName
from app.errors import GoneError, MovedError, NotFoundError, ParameterError, StatementError
from app.models import Scope, TopicState
from app.queries import topic_review
from app.queries.embedding import Item
from app.web.desk.at_work import AtWork, StaleError, read_at_work, topics_of
from app.web.desk.interview import reading_options
from app.web.desk.question_topics import topic_named
from app.web.desk.review_steps import Decided, read_steps
from app.web.desk.session import DESK, Desk, DoneName, SignedIn, desk_router
from app.web.site import site_of

# Questions on a page, and topics that are offered when one is written.
_ON_A_PAGE, _MOST_OFFERED = 30, 500
_MOST_NAME = 300
# What a button says: the state, the question, what was stated of it, and the topic; without one, it is written.
_PRESSED = re.compile(rf"({'|'.join(TopicState)}):([\w-]{{1,140}}):([0-9a-f]{{16}}):([\w-]{{0,140}})", re.ASCII)

router = desk_router()


class TopicsParameters(NoParameters):
    """Which page of the questions, and what was done before, to be undone."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    step: Annotated[str, Field(max_length=400)] = ""
    done: DoneName | None = None


@router.get("/interviews/{interview}/topics")
def show_topics(interview: InterviewName, desk: SignedIn, asked: Annotated[TopicsParameters, Query()]) -> Response:
    """Show a page of the questions of an interview with their topics, in every state."""
    return _page(desk, interview, asked)


@router.post("/interviews/{interview}/topics/state")
def state_topic(interview: InterviewName, desk: SignedIn, asked: Annotated[TopicsParameters, Query()]) -> Response:
    """State that a question has a topic, that it has not, or take that back, if nobody else has stated anything."""

    def step(connection: sa.Connection, at_work: AtWork) -> Decided:
        pressed = _PRESSED.fullmatch(desk.form.one("do"))
        if pressed is None:
            raise ParameterError("do", "Press one of the buttons of the page.")
        wanted, question, seen, slug = pressed.groups()
        at_work.question(question)
        topics = topics_of(connection, at_work, [question]).get(question, [])
        if _seen(topics) != seen:
            raise StaleError
        slug = slug or topic_named(connection, desk.form.one(f"topic-{question}")[:_MOST_NAME])
        before = {topic["slug"]: topic["state"] for topic in topics}
        _state(connection, desk, question, slug, TopicState(wanted))
        return Decided(question, slug, before.get(slug), _now(connection, at_work, question, slug))

    return _write(desk, interview, asked, step, "topic-stated")


@router.post("/interviews/{interview}/topics/undo")
def undo(interview: InterviewName, desk: SignedIn, asked: Annotated[TopicsParameters, Query()]) -> Response:
    """State a topic as it was before the last step, if nobody else has stated anything of it since."""
    steps = read_steps(asked.step)
    if len(steps) != 1 or not isinstance(steps[0], Decided):
        raise ParameterError("step", "There is no step to undo.")
    last = steps[0]

    def step(connection: sa.Connection, at_work: AtWork) -> Decided:
        at_work.question(last.question)
        if _now(connection, at_work, last.question, last.topic) != last.after:
            raise StaleError
        # What was not there is taken back.
        _state(connection, desk, last.question, last.topic, last.before or TopicState.PROPOSED)
        return last.reversed()

    return _write(desk, interview, asked, step, "topic-undone")


def _write(
    desk: Desk, interview: str, asked: TopicsParameters, step: Callable[[sa.Connection, AtWork], Decided], done: str
) -> Response:
    desk.require(Scope.WRITE)
    texts = site_of(desk.request).texts
    try:
        with desk.write() as connection:
            at_work = read_at_work(connection, interview, held=desk.finds_held)
            taken = step(connection, at_work)
    except StaleError:
        return _page(desk, interview, asked, status=409, refused=str(texts("desk-topics-stale")))
    except (StatementError, MovedError, GoneError, NotFoundError) as error:
        return _page(desk, interview, asked, status=422, refused=str(error))
    except ParameterError as error:
        return _page(desk, interview, asked, status=422, refused=str(error))
    path = f"{DESK}/interviews/{at_work.interview['slug']}/topics"
    if taken.before == taken.after:
        return desk.go(f"{path}?page={asked.page}#{taken.question}", done="nothing")
    return desk.go(f"{path}?page={asked.page}&step={taken}#{taken.question}", done=done)


def _state(connection: sa.Connection, desk: Desk, question: str, slug: str, wanted: TopicState) -> None:
    author = desk.author()
    loading.state_topic(connection, question, slug, wanted, author, **reading_options(desk))


def _now(connection: sa.Connection, at_work: AtWork, question: str, slug: str) -> TopicState | None:
    topics = topics_of(connection, at_work, [question]).get(question, [])
    return next((TopicState(topic["state"]) for topic in topics if topic["slug"] == slug), None)


def _seen(topics: list[Item]) -> str:
    """Return a digest of what is stated and suggested of a question."""
    shown = sorted([topic["slug"], topic["origin"], topic["state"]] for topic in topics)
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def _page(
    desk: Desk, interview: str, asked: TopicsParameters, *, status: int = 200, refused: str | None = None
) -> Response:
    with desk.read() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
        ids = list(at_work.questions)
        pages = max(1, ceil(len(ids) / _ON_A_PAGE))
        page = min(asked.page, pages)
        shown = ids[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]
        topics = topics_of(connection, at_work, shown)
        offered = topic_review.labels_to_offer(connection, _MOST_OFFERED)
    return desk.page(
        "desk/interview_topics.html",
        status=status,
        interview=at_work.interview,
        is_held=at_work.stated.held_until is not None,
        questions=[_question(at_work, one, ids.index(one) + 1, topics.get(one, [])) for one in shown],
        offered=offered,
        page=page,
        pages=pages,
        step=asked.step if not refused and read_steps(asked.step) else "",
        refused=refused,
        done=None if refused else asked.done,
    )


def _question(at_work: AtWork, question: str, number: int, topics: list[Item]) -> dict[str, Any]:
    return {
        "id": question,
        "number": number,
        "short": at_work.short(question),
        "turn": at_work.questions[question][0][0],
        "seen": _seen(topics),
        **{state.value: [topic for topic in topics if topic["state"] == state] for state in TopicState},
    }
