"""/desk/interviews/{interview}: the interview at work. Each step states one thing, as one version of what is stated."""

import re
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app import loading
from app.api.parameters.items import NoParameters
from app.api.parameters.values import InterviewName
from app.errors import MetadataError, NotFoundError, ParameterError, StatementError
from app.models import Scope
from app.queries.embedding import Item
from app.queries.filters.grammar import Storable
from app.structure import editing_steps as steps
from app.structure.pairing import Role
from app.text.sentences import sentences
from app.transcripts.metadata_tables import StatedKind
from app.transcripts.sidecar import sidecar_of
from app.web.desk.at_work import (
    TURNS_ON_A_PAGE,
    AtWork,
    StaleError,
    changes_since,
    groups_on_page,
    read_at_work,
    refuse_stale,
    topics_of_turn,
)
from app.web.desk.session import DESK, TOKEN_FIELD, Desk, DoneName, SignedIn, desk_router

# Places at which a turn can be parted that are offered; others are written.
_MOST_PLACES = 200
_SHOWN = 90
_MOST_NAME = 300
# What means another thing in another state: a form with all fields would bring back what others have changed.
_OF_ONE_STATE = frozenset({"undo", "version", "metadata"})
# Decisions of reviewers are no part of that state.
_LEAVES_STATE = frozenset({"topic"})
_NUMBER = re.compile(r"[0-9]{1,9}")
Document = dict[str, Any]

router = desk_router()


class AtWorkParameters(NoParameters):
    """Which page of the interview, which turn is open, and what was done before."""

    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    turn: Annotated[str, Storable, Field(max_length=200)] | None = None
    done: DoneName | None = None


@router.get("/interviews/{interview}")
def show_interview(interview: InterviewName, desk: SignedIn, asked: Annotated[AtWorkParameters, Query()]) -> Response:
    """Show a page of an interview with what can be stated of its turns."""
    with desk.read() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
        is_open = asked.turn in at_work.index_of
        topics = topics_of_turn(connection, at_work, asked.turn) if asked.turn and is_open else ()
    last = max(1, ceil(len(at_work.record["turns"]) / TURNS_ON_A_PAGE))
    return desk.page(
        "desk/interview.html",
        interview=at_work.interview,
        at_work=at_work,
        people=at_work.record["people"],
        groups=groups_on_page(at_work, min(asked.page, last)),
        page=min(asked.page, last),
        pages=last,
        opened=_opened(at_work, asked.turn, topics) if is_open else None,
        roles=list(Role),
        kinds=list(StatedKind),
        done=asked.done,
    )


def _opened(at_work: AtWork, turn_id: str | None, topics: Sequence[Item]) -> dict[str, Any]:
    """Return what the page shows of the turn that is open."""
    turn = at_work.turn(turn_id or "")
    text, following = turn["text"], at_work.following(turn["id"])
    starts = [start for start, _end in sentences(text) if start][:_MOST_PLACES]
    return {
        "turn": turn,
        "following": following,
        "places": [(start, _short(text[start : start + 2 * _SHOWN])) for start in starts],
        "questions": [(number, one, _short(at_work.short(one))) for number, one in at_work.nearby(turn["id"])],
        "topics": topics,
        "stated": list(steps.stated_of(at_work.document, turn["id"])),
    }


def _short(text: str) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= _SHOWN else f"{whole[:_SHOWN]}…"


@router.post("/interviews/{interview}/steps")
def take_step(interview: InterviewName, desk: SignedIn) -> Response:
    """Take one step: state what the pressed button says, unless somebody else has changed the interview meanwhile."""
    verb, _, item = desk.form.one("do").partition(":")
    step = STEPS.get(verb)
    if step is None:
        raise ParameterError("do", "Press one of the buttons of the page.")

    def change(connection: sa.Connection, at_work: AtWork) -> None:
        # Each step is later than all that was stated before.
        document = {**step(at_work, item, desk), "later_stands": True}
        loading.state_by_ids(connection, at_work.interview["slug"], document, desk.author(), **reading_options(desk))

    return write_step(interview, desk, change, "step", verb)


@router.post("/interviews/{interview}/undo")
def undo(interview: InterviewName, desk: SignedIn) -> Response:
    """State what was stated before the newest version."""

    def change(connection: sa.Connection, at_work: AtWork) -> None:
        loading.undo_statements(connection, at_work.interview["slug"], desk.author(), **reading_options(desk))

    return write_step(interview, desk, change, "undone", "undo")


@router.post("/interviews/{interview}/version")
def state_version(interview: InterviewName, desk: SignedIn) -> Response:
    """State again what was stated in an earlier version; version 0 states nothing."""
    number = desk.form.one("version")
    if not _NUMBER.fullmatch(number):
        raise ParameterError("version", "Choose a version of the list.")

    def change(connection: sa.Connection, at_work: AtWork) -> None:
        slug = at_work.interview["slug"]
        documents = {0: {}, **{one.version: one.document for one in at_work.stated.versions}}
        if int(number) not in documents:
            raise NotFoundError("version of the statements", number)
        sidecar = sidecar_of("the statements", {**documents[int(number)], "later_stands": True})
        loading.state(connection, slug, sidecar, desk.author(), **reading_options(desk))

    return write_step(interview, desk, change, "version", "version")


def write_step(
    interview: str, desk: Desk, change: Callable[[sa.Connection, AtWork], None], done: str, verb: str
) -> Response:
    """Make a change, if the interview is in the state from which the form was made; then lead back to the turn."""
    desk.require(Scope.WRITE)
    turn = desk.form.one("do").rpartition(":")[2] or desk.form.one("turn")
    try:
        with desk.write() as connection:
            at_work = read_at_work(connection, interview, held=desk.finds_held)
            refuse_stale(at_work, desk.form.one("made_from"))
            change(connection, at_work)
            # By its id: a step can give it another slug.
            after = read_at_work(connection, at_work.interview["id"], held=desk.finds_held)
            if after.state == at_work.state and verb not in _LEAVES_STATE:
                done = "nothing"
    except StaleError:
        return _stale(interview, desk, can_repeat=verb not in _OF_ONE_STATE)
    except (MetadataError, StatementError) as error:
        reason = error.reason if isinstance(error, MetadataError) else str(error)
        return desk.page("desk/refused.html", status=422, interview=at_work.interview, reason=reason, anchor=turn)
    return desk.go(_place_of(after, at_work, turn, desk), done=done)


def _place_of(after: AtWork, before: AtWork, item: str, desk: Desk) -> str:
    """Return where a step was taken: the address of the turn, or of the one that is in its place now."""
    turn = before.questions[item][0][0] if item in before.questions else item
    place, turns = before.index_of.get(turn), after.record["turns"]
    if place is not None and turn not in after.index_of and turns:
        turn = turns[min(place, len(turns) - 1)]["id"]
    address, index = f"{DESK}/interviews/{after.interview['slug']}", after.index_of.get(turn)
    if index is None:
        return address
    still_open = f"&turn={turn}" if desk.form.one("turn") == item else ""
    return f"{address}?page={index // TURNS_ON_A_PAGE + 1}{still_open}#{turn}"


def _stale(interview: str, desk: Desk, *, can_repeat: bool) -> Response:
    """Say who has changed the interview meanwhile, and let the step be taken again."""
    with desk.read() as connection:
        at_work = read_at_work(connection, interview, held=desk.finds_held)
        changes = changes_since(connection, at_work, desk.form.one("made_from"))
    own = {"made_from", TOKEN_FIELD}
    fields = [(name, value) for name in desk.form.fields if name not in own for value in desk.form.all(name)]
    return desk.page(
        "desk/stale.html",
        status=409,
        interview=at_work.interview,
        state=at_work.state,
        changes=changes,
        fields=fields,
        can_repeat=can_repeat,
    )


def reading_options(desk: Desk) -> dict[str, bool]:
    """Return how an interview is read anew, and whether one that is held back is found."""
    across_series = bool(desk.request.app.state.settings.names_across_series)
    return {"across_series": across_series, "held": desk.finds_held}


# What a button does: the interview at work, what the button names, and the form give what is to be stated.
Step = Callable[[AtWork, str, Desk], Document]


def _kind(kind: StatedKind) -> Step:
    def say(at_work: AtWork, item: str, desk: Desk) -> Document:
        turns, label = _turns(at_work, item, desk)
        return steps.say_what(at_work.document, turns, kind.value, label)

    return say


def _who(at_work: AtWork, item: str, desk: Desk) -> Document:
    (turns, label), name = _turns(at_work, item, desk), desk.form.one("name")[:_MOST_NAME]
    is_chosen, _, chosen = desk.form.one("speaker").partition(":")
    if not name and is_chosen not in {"nobody", "as"}:
        raise StatementError("choose who speaks, or write a name")
    return steps.say_who(at_work.document, turns, name or chosen, label)


def _turns(at_work: AtWork, item: str, desk: Desk) -> tuple[list[str], str | None]:
    """Return a turn alone, or all turns with its label, and the label, where the step is to be taken with them."""
    turn = at_work.turn(item)
    label: str | None = turn["speaker_label"]
    if label is None or not desk.form.one("all") or desk.form.one("turn") != turn["id"]:
        return [turn["id"]], None
    return [one["id"] for one in at_work.record["turns"] if one["speaker_label"] == label], label


def _part(at_work: AtWork, item: str, desk: Desk) -> Document:
    turn, words, place = at_work.turn(item), desk.form.one("words"), desk.form.one("at")
    if words:
        if turn["text"].count(words) != 1:
            raise StatementError("write words that stand in the turn, and only once, as they are there")
        at = turn["text"].index(words)
    elif _NUMBER.fullmatch(place):
        at = int(place)
    else:
        raise StatementError("choose the place at which the turn is to be parted, or write the words there")
    return steps.part(at_work.document, turn["id"], turn["text"], at)


def _join(at_work: AtWork, item: str, _desk: Desk) -> Document:
    turn = at_work.turn(item)
    following = at_work.following(turn["id"])
    if following is None:
        raise StatementError("it is the last turn, so there is none to join it with")
    return steps.join_next(at_work.document, turn["id"], following["id"], following["text"])


def _move(at_work: AtWork, item: str, desk: Desk) -> Document:
    """Move what is said in a row with a turn, or the turn if it answers nothing yet, to the answers of a question."""
    moved = _together(at_work, item)
    asked, answered = at_work.question(desk.form.one("question"))
    if set(moved) & set(asked):
        raise StatementError("a question cannot answer itself")
    return steps.state_exchange(at_work.document, asked, [*answered, *(one for one in moved if one not in answered)])


def _answers_nothing(at_work: AtWork, item: str, _desk: Desk) -> Document:
    turn = at_work.turn(item)
    if turn["answer_id"] is None:
        raise StatementError("this turn answers nothing")
    asked, answered = at_work.question(turn["question_id"])
    moved = _together(at_work, item)
    return steps.state_exchange(at_work.document, asked, [one for one in answered if one not in moved])


def _together(at_work: AtWork, item: str) -> list[str]:
    turn = at_work.turn(item)
    if turn["answer_id"] is None:
        return [turn["id"]]
    return [one["id"] for one in at_work.record["turns"] if one["answer_id"] == turn["answer_id"]]


def _join_question(at_work: AtWork, item: str, _desk: Desk) -> Document:
    asked, answered = at_work.question(item)
    ids = list(at_work.questions)
    if ids[0] == item:
        raise StatementError("this is the first question, so there is none before it")
    before = at_work.questions[ids[ids.index(item) - 1]]
    return steps.state_exchange(at_work.document, [*before[0], *asked], [*before[1], *answered])


def _no_question(at_work: AtWork, item: str, _desk: Desk) -> Document:
    asked, _answered = at_work.question(item)
    return steps.say_what(at_work.document, asked, StatedKind.STATEMENT.value)


def _take_back(at_work: AtWork, item: str, _desk: Desk) -> Document:
    mark, _, turn_id = item.partition(":")
    following = at_work.following(at_work.turn(turn_id)["id"])
    return steps.take_back(at_work.document, mark, following["id"] if following else None)


def _labels_of(at_work: AtWork, slug: str) -> tuple[Mapping[str, Any], list[str]]:
    """Return somebody who takes part, and the labels that they have."""
    person = next((one for one in at_work.record["people"] if one["slug"] == slug), None)
    if person is None:
        raise NotFoundError("speaker of the interview", slug)
    return person, person["labels"] or [person["name"]]


def _person(at_work: AtWork, item: str, desk: Desk) -> Document:
    person, labels = _labels_of(at_work, item)
    name, role = desk.form.one(f"name-{item}")[:_MOST_NAME], desk.form.one(f"role-{item}")
    if role not in set(Role):
        raise ParameterError("role", "Choose one of the roles.")
    is_said = role != Role.UNKNOWN and (person["role_attribution"] == "stated" or role != person["role"])
    return steps.describe_speaker(at_work.document, labels, name or None, role if is_said else None)


def _same(at_work: AtWork, item: str, desk: Desk) -> Document:
    other = desk.form.one(f"same-{item}")
    if not other or other == item:
        raise StatementError("choose who else of the interview it is")
    _person, labels = _labels_of(at_work, item)
    _other, others = _labels_of(at_work, other)
    return steps.say_same(at_work.document, others, labels)


STEPS: dict[str, Step] = {
    **{kind.value: _kind(kind) for kind in StatedKind},
    "who": _who,
    "part": _part,
    "join": _join,
    "move": _move,
    "nothing": _answers_nothing,
    "join-question": _join_question,
    "no-question": _no_question,
    "back": _take_back,
    "person": _person,
    "same": _same,
}
