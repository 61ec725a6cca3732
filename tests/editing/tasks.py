"""What editors do to an archive, each task with what has to be stored afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.text.folding import REDACTED
from tests.editing.hands import TALK, Hand

CORRECTED = TALK.replace("behind our house", "behind the house")
MILL = "Where did the river begin? And who kept the mill?"
KEPT, WAR, BACK = "Did anybody keep it?", "In the war, I mean?", "Would you go back there?"
NOTE = {"begins": "Every summer", "kind": "note"}


class Seen:
    """What is stored, by the words of turns."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.turns = {row[2]: row for row in content["turns"]}

    def kind(self, words: str) -> str:
        """The kind of the turn with these words."""
        return str(self.turns[words][1])

    def speaker(self, words: str) -> str | None:
        """The slug of who speaks it."""
        found: str | None = self.turns[words][3]
        return found

    def question(self, words: str) -> str | None:
        """The words of the question that it belongs to; of several turns, with a stroke between them."""
        found: str | None = self.turns[words][4]
        return found

    def interview(self, slug: str = "talk") -> tuple[Any, ...]:
        """Slug, title, language, date, publisher, series, summary and rights."""
        [row] = [one for one in self.content["interviews"] if one[0] == slug]
        return tuple(row)

    def people(self, slug: str = "talk") -> list[tuple[Any, ...]]:
        """Slug, name and role of who takes part."""
        return [tuple(row[1:]) for row in self.content["speakers"] if row[0] == slug]

    def topics(self, question: str) -> dict[str, str]:
        """The state of each topic of a question."""
        return {topic: state for asked, topic, state in self.content["topics"] if asked == question}


@dataclass(frozen=True)
class Task:
    """One thing that an editor does, and whether what is stored then is right."""

    name: str
    do: Callable[[Hand], Any]
    is_right: Callable[[Seen], bool]


def _rename(hand: Hand) -> None:
    hand.state(speakers=[_person(["A"], name="Ada Weir")])
    hand.state(speakers=[_person(["A"], name="Ada Brook")])


def _undo(hand: Hand, times: int) -> None:
    hand.state(turns=[NOTE])
    for _ in range(times):
        hand.undo()


def _edit_then_correct(hand: Hand) -> None:
    hand.state(title="The mill", turns=[NOTE], questions=[{"begins": "Did anybody", "topics": ["mills"]}])
    hand.correct(CORRECTED)


def _correct_then_edit(hand: Hand) -> None:
    hand.correct(CORRECTED)
    hand.state(title="The mill", turns=[NOTE], questions=[{"begins": "Did anybody", "topics": ["mills"]}])


def _gone_and_back(hand: Hand) -> None:
    hand.state(turns=[{"begins": "My aunt kept it", "kind": "note"}])
    hand.correct(TALK.replace("My aunt kept it. Did you know her?", "Nobody did, I believe."))
    hand.correct(TALK)


def _merge_and_undo(hand: Hand) -> None:
    hand.merge("ida-brandt", "ida-brand")
    hand.undo_last_statement()


def _part_and_undo(hand: Hand) -> None:
    hand.part("eve-stone", "third", "Eva Stone")
    hand.undo_last_statement()


def _hold_and_release(hand: Hand) -> None:
    hand.state(turns=[NOTE])
    hand.hold()
    assert not any(row[0] == "talk" for row in hand.content()["interviews"])
    hand.release()


def _withdraw_and_lift(hand: Hand) -> None:
    hand.withdraw()
    assert not any(row[0] == "talk" for row in hand.content()["interviews"])
    hand.lift()


def _person(labels: list[str], **stated: Any) -> dict[str, Any]:
    return {"labels": labels, **stated}


def _after_correction(seen: Seen) -> bool:
    return (
        "Under the old mill, behind the house." in seen.turns
        and seen.interview()[1] == "The mill"
        and seen.kind("Every summer.") == "note"
        and seen.topics(KEPT) == {"mills": "confirmed"}
    )


TASKS = (
    Task("give a title", lambda hand: hand.state(title="The mill"), lambda seen: seen.interview()[1] == "The mill"),
    Task(
        "state date, publisher, series, summary and rights",
        lambda hand: hand.state(
            published="1987-05", publisher="Radio Weir", series="Mills", summary="On a mill.", rights="CC BY 4.0"
        ),
        lambda seen: seen.interview()[3:] == ("1987-05", "Radio Weir", "Mills", "On a mill.", "CC BY 4.0"),
    ),
    Task(
        "rename the interview",
        lambda hand: hand.state(slug="mill-talk"),
        lambda seen: bool(seen.interview("mill-talk")),
    ),
    Task(
        "name a speaker",
        lambda hand: hand.state(speakers=[_person(["A"], name="Ada Weir")]),
        lambda seen: ("ada-weir", "Ada Weir", "interviewee") in seen.people(),
    ),
    Task(
        "rename a speaker who was named",
        _rename,
        lambda seen: ("ada-brook", "Ada Brook", "interviewee") in seen.people() and len(seen.people()) == 3,
    ),
    Task(
        "give a speaker another role",
        lambda hand: hand.state(speakers=[_person(["B"], role="interviewer")]),
        lambda seen: {role for slug, _name, role in seen.people() if slug == "talk-b"} == {"interviewer"},
    ),
    Task(
        "say that two labels are one person",
        lambda hand: hand.state(speakers=[_person(["A", "B"], name="Ada Weir")]),
        lambda seen: len(seen.people()) == 2 and seen.speaker("I knew her well.") == "ada-weir",
    ),
    Task(
        "say that somebody else speaks a turn",
        lambda hand: hand.state(turns=[{"begins": "I knew her", "speaker": "A"}]),
        lambda seen: seen.speaker("I knew her well.") == "talk-interviewee" and len(seen.people()) == 2,
    ),
    Task(
        "say that nobody speaks a turn",
        lambda hand: hand.state(turns=[{"begins": "I knew her", "speaker": ""}]),
        lambda seen: seen.speaker("I knew her well.") is None,
    ),
    Task(
        "make a turn a note",
        lambda hand: hand.state(turns=[NOTE]),
        lambda seen: (seen.kind("Every summer."), seen.question("Every summer.")) == ("note", None),
    ),
    Task(
        "turn a note into speech",
        lambda hand: hand.state(turns=[{"begins": "(Applause)", "kind": "speech", "speaker": "B"}]),
        lambda seen: seen.kind("(Applause)") != "note" and seen.speaker("(Applause)") == "talk-b",
    ),
    Task(
        "make a turn a heading",
        lambda hand: hand.state(turns=[{"begins": "(Applause)", "kind": "heading"}]),
        lambda seen: seen.kind("(Applause)") == "heading",
    ),
    Task(
        "make every turn with a label a note",
        lambda hand: hand.state(turns=[{"label": "B", "kind": "note"}]),
        lambda seen: seen.kind("I knew her well.") == "note",
    ),
    Task(
        "part a turn in two",
        lambda hand: hand.state(turns=[{"begins": "My aunt kept", "part_at": "Did you know"}]),
        lambda seen: {"My aunt kept it.", "Did you know her?"} <= seen.turns.keys(),
    ),
    Task(
        "part a turn, and let somebody else ask the second part",
        lambda hand: hand.state(
            turns=[
                {"begins": "My aunt kept", "part_at": "Did you know"},
                {"begins": "Did you know", "speaker": "Q", "kind": "question"},
            ]
        ),
        lambda seen: (
            seen.speaker("Did you know her?") == "talk-interviewer"
            and seen.question("I knew her well.") == "Did you know her?"
        ),
    ),
    Task(
        "join a turn with the next one",
        lambda hand: hand.state(turns=[{"begins": "My aunt kept", "join_next": True}]),
        lambda seen: "My aunt kept it. Did you know her?\n\nI knew her well." in seen.turns,
    ),
    Task(
        "join two questions",
        lambda hand: hand.state(exchanges=[{"question": ["Did anybody keep", "In the war, I mean"]}]),
        lambda seen: (
            seen.question("In the war, too.") == f"{KEPT} / {WAR}"
            and seen.question("My aunt kept it. Did you know her?") == f"{KEPT} / {WAR}"
        ),
    ),
    Task(
        "move an answer to another question",
        lambda hand: hand.state(
            exchanges=[{"question": ["In the war, I mean"], "answers": ["I knew her", "In the war, too"]}]
        ),
        lambda seen: seen.question("I knew her well.") == WAR and seen.kind("I knew her well.") == "answer",
    ),
    Task(
        "say that a question has no answers",
        lambda hand: hand.state(exchanges=[{"question": ["Would you go"], "answers": []}]),
        lambda seen: seen.question("Every summer.") is None and seen.question(BACK) == BACK,
    ),
    Task(
        "say that a turn is no question at all",
        lambda hand: hand.state(turns=[{"begins": "In the war, I mean", "kind": "statement"}]),
        lambda seen: seen.kind(WAR) == "statement" and seen.question(WAR) is None,
    ),
    Task(
        "say that an answer asks",
        lambda hand: hand.state(turns=[{"begins": "I knew her", "kind": "question"}]),
        lambda seen: seen.kind("I knew her well.") == "question" and seen.question("I knew her well.") is not None,
    ),
    Task(
        "give a question a topic",
        lambda hand: hand.state(questions=[{"begins": "Would you go", "topics": ["mills"]}]),
        lambda seen: seen.topics(BACK) == {"mills": "confirmed"},
    ),
    Task(
        "drop a topic that was suggested",
        lambda hand: hand.state(questions=[{"begins": "In the war, I mean", "rejected": ["war"]}]),
        lambda seen: seen.topics(WAR) == {"war": "rejected"},
    ),
    Task(
        "accept a suggestion in review",
        lambda hand: hand.decide("In the war, I mean", "war", "confirmed"),
        lambda seen: seen.topics(WAR) == {"war": "confirmed"},
    ),
    Task(
        "reject a suggestion in review",
        lambda hand: hand.decide("In the war, I mean", "war", "rejected"),
        lambda seen: seen.topics(WAR) == {"war": "rejected"},
    ),
    Task("undo", lambda hand: _undo(hand, 1), lambda seen: seen.kind("Every summer.") == "answer"),
    Task("undo an undo", lambda hand: _undo(hand, 2), lambda seen: seen.kind("Every summer.") == "note"),
    Task("edit, then correct the file", _edit_then_correct, _after_correction),
    Task("correct the file, then edit", _correct_then_edit, _after_correction),
    Task(
        "correct words that a statement means away, and back",
        _gone_and_back,
        lambda seen: seen.kind("My aunt kept it. Did you know her?") == "note",
    ),
    Task(
        "two editors at once",
        lambda hand: hand.both_state({"title": "The mill"}, {"summary": "On a mill."}),
        lambda seen: (seen.interview()[1], seen.interview()[6]) == ("The mill", "On a mill."),
    ),
    Task(
        "merge two speakers",
        lambda hand: hand.merge("ida-brandt", "ida-brand"),
        lambda seen: seen.speaker("Nobody.") == "ida-brandt",
    ),
    Task("undo a merge", _merge_and_undo, lambda seen: seen.speaker("Nobody.") == "ida-brand"),
    Task(
        "part a speaker who is two people",
        lambda hand: hand.part("eve-stone", "third", "Eva Stone"),
        lambda seen: (seen.speaker("And later?"), seen.speaker("Where was the ferry?")) == ("eva-stone", "eve-stone"),
    ),
    Task(
        "undo that a speaker was parted",
        _part_and_undo,
        lambda seen: seen.speaker("And later?") == "eve-stone",
    ),
    Task(
        "take words out",
        lambda hand: hand.redact("behind our house"),
        lambda seen: f"Under the old mill, {16 * REDACTED}." in seen.turns,
    ),
    Task("hold back, and release", _hold_and_release, lambda seen: seen.kind("Every summer.") == "note"),
    Task(
        "withdraw, and allow the file again",
        _withdraw_and_lift,
        lambda seen: seen.kind("Every summer.") == "answer",
    ),
)
