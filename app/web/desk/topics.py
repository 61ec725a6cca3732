"""/desk/topics: suggested topics, one after another, each with the question, its answers and the words that speak for
it; accepted, rejected, left for later, and undone.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from app import loading
from app.api.parameters.items import NoParameters
from app.api.parameters.lists import Cursor
from app.errors import GoneError, MovedError, NotFoundError, ParameterError
from app.loading import Decision
from app.models import Scope, TopicState
from app.queries import question_topics, topic_review
from app.queries.cursor import write_cursor
from app.queries.embedding import Item
from app.queries.filters.grammar import Storable
from app.queries.paging import Listing, PageRequest, list_page, read_page
from app.queries.topics import find_topic
from app.topics.evidence import EvidenceKind
from app.web.desk.review_steps import Decided, Skipped, Step, read_steps, write_steps
from app.web.desk.session import DESK, Desk, DoneName, SignedIn, desk_router
from app.web.marking import Marked
from app.web.said import words
from app.web.site import Site, site_of

_MOST_NAME = 200
# Turns of an exchange that are shown beside those with evidence, and characters of each, at most.
_MOST_TURNS, _MOST_CHARACTERS, _BEFORE_EVIDENCE = 20, 5_000, 800
# Least confidences that are offered.
LEAST = (0.0, 0.3, 0.5, 0.7, 0.9)
_DONE = {TopicState.CONFIRMED: "accepted", TopicState.REJECTED: "rejected", TopicState.PROPOSED: "waits"}

router = desk_router()


class Order(StrEnum):
    """In which order suggestions are shown."""

    INTERVIEW = "interview"
    SURE = "-confidence"
    UNSURE = "confidence"


class ReviewParameters(NoParameters):
    """Which suggestions, the place among them, and what was done before, to be undone; `narrow` offers other ones."""

    interview: Annotated[str, Storable, Field(max_length=_MOST_NAME)] = ""
    topic: Annotated[str, Storable, Field(max_length=_MOST_NAME)] = ""
    least: Annotated[float, Field(ge=0, le=1)] = 0
    state: TopicState = TopicState.PROPOSED
    order: Order = Order.INTERVIEW
    narrow: bool = False
    cursor: Cursor | None = None
    steps: Annotated[str, Field(max_length=12_000)] = ""
    done: DoneName | None = None

    def address(self, steps: Sequence[Step], cursor: str | None, path: str = "", *, narrow: bool = False) -> str:
        """Return the address of the same suggestions at a place, with steps to undo."""
        values = {
            "interview": self.interview,
            "topic": self.topic,
            "least": self.least or "",
            "state": "" if self.state is TopicState.PROPOSED else self.state.value,
            "order": "" if self.order is Order.INTERVIEW else self.order.value,
            "narrow": "true" if narrow else "",
            "cursor": cursor or "",
            "steps": write_steps(steps),
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{DESK}/topics{path}{'?' if query else ''}{query}"


@router.get("/topics")
def show_suggestion(desk: SignedIn, asked: Annotated[ReviewParameters, Query()]) -> Response:
    """Show the suggestion at a place, with what speaks for it."""
    return _page(desk, asked, read_steps(asked.steps))


@router.post("/topics")
def decide(desk: SignedIn, asked: Annotated[ReviewParameters, Query()]) -> Response:
    """Decide on a suggestion, if it is still the one that was shown; then show the next one."""
    desk.require(Scope.WRITE)
    question, topic = (desk.form.one(name)[:_MOST_NAME] for name in ("question", "topic"))
    wanted, steps = _wanted(desk), read_steps(asked.steps)
    with desk.write() as connection:
        shown = _find(connection, question, topic)
        if shown is not None and shown["seen"] == desk.form.one("made_from"):
            loading.decide(connection, [Decision(question, topic, wanted)], desk.author())
            step = Decided(question, topic, TopicState(shown["state"]), wanted)
            return desk.go(asked.address([*steps, step], asked.cursor), done=f"topic-{_DONE[wanted]}")
    return _page(desk, asked, steps, changed=(question, shown))


@router.post("/topics/undo")
def undo(desk: SignedIn, asked: Annotated[ReviewParameters, Query()]) -> Response:
    """Decide on the last suggestion as it was before, if nobody else has decided since."""
    desk.require(Scope.WRITE)
    *steps, last = read_steps(asked.steps) or [Skipped("")]
    if not isinstance(last, Decided) or last.before is None:
        raise ParameterError("steps", "There is no decision to undo.")
    with desk.write() as connection:
        shown = _find(connection, last.question, last.topic)
        if shown is not None and shown["state"] == last.after:
            loading.decide(connection, [Decision(last.question, last.topic, last.before)], desk.author())
            return desk.go(asked.address(steps, asked.cursor), done="topic-undone")
    return _page(desk, asked, steps, changed=(last.question, shown))


def _wanted(desk: Desk) -> TopicState:
    try:
        return TopicState(desk.form.one("do"))
    except ValueError:
        raise ParameterError("do", "Press one of the buttons of the page.") from None


def _find(connection: sa.Connection, question: str, topic: str) -> Item | None:
    """Find a suggestion with its exchange; None where it is none any more."""
    try:
        item = question_topics.find_question_topic(connection, question, topic)
    except (NotFoundError, MovedError, GoneError):
        return None
    return None if item["method"] is None else _with_exchange(connection, item)


def _with_exchange(connection: sa.Connection, item: Item) -> Item:
    """Add the exchange, and `seen`, which is another one as soon as anything is that a decision rests on."""
    exchange = topic_review.find_exchange(connection, item["question"]["id"], item["interview"]["id"])
    shown = [
        item["state"],
        item["confidence"],
        item["evidence"],
        [[one["id"], one["text"]] for one in exchange["turns"]],
    ]
    return {**item, "exchange": exchange, "seen": hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]}


def _listing(connection: sa.Connection, asked: ReviewParameters) -> tuple[Listing, str]:
    """Return the list of suggestions, and the scope of its cursors."""
    listing = question_topics.suggestions(
        connection,
        asked.order.value,
        (asked.state,),
        asked.least,
        interview=asked.interview or None,
        topic=asked.topic or None,
    )
    return listing, f"desk topics {asked.interview} {asked.topic} {asked.least} {asked.state} {asked.order}"


def _page(
    desk: Desk, asked: ReviewParameters, steps: Sequence[Step], *, changed: tuple[str, Item | None] | None = None
) -> Response:
    site = site_of(desk.request)
    with desk.read() as connection:
        listing, scope = _listing(connection, asked)
        listed = read_page(connection, listing, PageRequest(scope, 1, asked.cursor))
        shown, after = None, None
        if listed.items:
            [item] = listing.embed(connection, listed.items)
            shown = _shown(site, connection, _with_exchange(connection, item))
            keys = [listed.items[0]._mapping[f"key_{place}"] for place in range(len(listing.keys))]
            after = asked.address([*steps, Skipped(asked.cursor or "")], write_cursor(scope, keys, backwards=False))
        # Counting takes a while where many wait: only for those who choose.
        topics = topic_review.count_by_topic(connection, asked.state) if asked.narrow else []
        interviews = topic_review.count_by_interview(connection, asked.state) if asked.narrow else []
        changes = topic_review.last_changes(connection, "question", [changed[0]]) if changed else []
    last = steps[-1] if steps else None
    return desk.page(
        "desk/topics.html",
        status=409 if changed else 200,
        asked=asked,
        one=shown,
        total=listed.total,
        topics=_with_chosen(topics, asked.topic),
        interviews=_with_chosen(interviews, asked.interview),
        least=LEAST,
        states=list(TopicState),
        orders=list(Order),
        to_decide=asked.address(steps, asked.cursor),
        to_skip=after,
        to_undo=asked.address(steps, asked.cursor, "/undo") if isinstance(last, Decided) else None,
        to_return=asked.address(steps[:-1], last.cursor) if isinstance(last, Skipped) else None,
        to_narrow=asked.address(steps, asked.cursor, narrow=True),
        to_begin=asked.address(steps, None),
        changed=changed,
        changes=changes,
        # It stands beside the suggestion, and not at the top of the page.
        said=asked.done if changed is None else None,
    )


def _with_chosen(counted: list[Item], slug: str) -> list[Item]:
    """Add what is chosen to what can be, where no suggestion is left of it."""
    is_there = not slug or any(one["slug"] == slug for one in counted)
    return counted if is_there else [{"slug": slug, "label": slug, "count": 0}, *counted]


def _shown(site: Site, connection: sa.Connection, item: Item) -> Item:
    """Return a suggestion as its page shows it."""
    listing = question_topics.of_question(connection, item["question"]["id"], "label")
    others = list_page(connection, listing, PageRequest("others", 100)).items
    turns = _turns(site, item)
    return {
        **item,
        "about": find_topic(connection, item["topic"]["slug"]),
        "percent": round(100 * item["confidence"]),
        "turns": turns,
        "omitted": len(item["exchange"]["turns"]) - len(turns),
        "reasons": _reasons(item, topic_review.find_alike(connection, item["evidence"])),
        "others": [one for one in others if one["topic"]["slug"] != item["topic"]["slug"]],
    }


def _turns(site: Site, item: Item) -> list[Item]:
    """Return turns of the exchange as HTML, with the words that are evidence marked."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for piece in item["evidence"]:
        if piece["kind"] == EvidenceKind.LABEL and piece["words"]:
            spans[piece["turn_id"]].append((piece["start"], piece["end"]))
    text_format = item["exchange"]["text_format"]
    turns = [turn for place, turn in enumerate(item["exchange"]["turns"]) if place < _MOST_TURNS or turn["id"] in spans]
    return [
        {
            **turn,
            "is_begun": start > 0,
            "is_cut": end < len(turn["text"]),
            "html": words(
                site.texts,
                _cut(turn, start, end),
                text_format,
                marks=[Marked(first - start, last - start) for first, last in spans[turn["id"]] if last <= end],
            ),
        }
        for turn in turns[: 2 * _MOST_TURNS]
        for start, end in (_window(turn["text"], spans[turn["id"]]),)
    ]


def _window(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return which characters of a long text are shown: from a little before the first evidence."""
    if len(text) <= _MOST_CHARACTERS:
        return 0, len(text)
    start = max(0, min((first for first, _last in spans), default=0) - _BEFORE_EVIDENCE)
    return start, min(len(text), start + _MOST_CHARACTERS)


def _cut(turn: Mapping[str, Any], start: int, end: int) -> Item:
    redactions = [
        {**one, "start": one["start"] - start, "end": one["end"] - start}
        for one in turn["redactions"]
        if start <= one["start"] and one["end"] <= end
    ]
    return {"text": turn["text"][start:end], "redactions": redactions}


def _reasons(item: Item, alike: Mapping[str, Item]) -> list[Item]:
    """Return what speaks for a suggestion: the kind, and what it names. Words that stand often are counted."""
    asked = {turn["id"] for turn in item["exchange"]["turns"] if turn["is_question"]}
    found = Counter(
        ("question" if piece["turn_id"] in asked else "answer", piece["words"])
        for piece in item["evidence"]
        if piece["kind"] == EvidenceKind.LABEL and piece["words"]
    )
    reasons: list[Item] = [
        {"kind": f"words-{place}", "words": each, "count": count} for (place, each), count in found.items()
    ]
    for piece in item["evidence"]:
        like = alike.get(piece["question_id"] or piece["interview_id"] or "")
        kind = EvidenceKind(piece["kind"])
        if kind is EvidenceKind.TAG:
            reasons.append({"kind": "tag", "words": piece["tag"]})
        elif kind is EvidenceKind.INTERVIEW and piece["interview_id"] is None:
            reasons.append({"kind": "elsewhere", "words": piece["label"]})
        elif kind is not EvidenceKind.LABEL:
            percent = round(100 * piece["similarity"])
            reasons.append({"kind": f"like-{kind}", "like": like, "terms": piece["terms"], "percent": percent})
    return reasons
