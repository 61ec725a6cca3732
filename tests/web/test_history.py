"""Revisions of an interview, and what differs between two of them."""

import re
from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from app.text.differences import Edit
from app.web.record_differences import ChangeKind, TurnChange, Unchanged, compare_records

INTERVIEW = """\
Q: How long have you kept the weir?
LORNA: I have kept the weir for twenty-seven years, and the gate is grey.
Q: And the frost?
LORNA: We lost three geese in the frost of 1991.
Q: Who may cross?
LORNA: Only the ferryman may cross it at night.
"""


def _turn(number: int, text: str, speaker: str | None = "roe", kind: str = "answer") -> dict[str, Any]:
    return {"id": f"1x-t{number}", "text": text, "speaker": speaker, "speaker_label": None, "kind": kind}


def _record(*turns: dict[str, Any], name: str = "Jane Roe") -> dict[str, Any]:
    return {"turns": list(turns), "people": [{"slug": "roe", "display_name": name}]}


STATED = dict.fromkeys(
    ("title", "published", "publisher", "series", "language", "source_url", "rights", "summary"), "x"
)


def test_turns_are_compared_by_what_they_are_and_words_within_them() -> None:
    before = _record(_turn(1, "One."), _turn(2, "It cost 45 pounds."), _turn(3, "Gone."), _turn(4, "Last."))
    after = _record(
        _turn(1, "One."), _turn(2, "It cost 35 pounds."), _turn(4, "Last.", None), _turn(5, "New.", kind="note")
    )
    found = compare_records(STATED, {**STATED, "title": "y", "summary": None}, before, after, 10)
    assert [(one.name, one.before, one.after) for one in found.stated] == [("title", "x", "y"), ("summary", "x", None)]
    assert [one.kind for one in found.turns] == [
        ChangeKind.SAME, ChangeKind.CHANGED, ChangeKind.REMOVED, ChangeKind.CHANGED, ChangeKind.ADDED,
    ]  # fmt: skip
    changed = found.turns[1]
    assert isinstance(changed, TurnChange)
    assert [(piece.edit, piece.text) for piece in changed.pieces] == [
        (None, "It cost "), (Edit.DELETED, "45"), (Edit.INSERTED, "35"), (None, " pounds."),
    ]  # fmt: skip
    moved = found.turns[3]
    assert isinstance(moved, TurnChange)
    assert (moved.who_before, moved.who_after) == ("Jane Roe", None)
    assert (found.changed, found.left_out) == (4, 0)


def test_one_that_was_taken_out_first_stands_first_and_a_long_list_is_cut() -> None:
    before = _record(*(_turn(number, f"Words {number}.") for number in range(1, 9)))
    after = _record(*(_turn(number, f"Words {number}!") for number in range(3, 9)))
    found = compare_records(STATED, STATED, before, after, 3)
    assert [one.kind for one in found.turns] == [ChangeKind.REMOVED, ChangeKind.REMOVED, ChangeKind.CHANGED]
    assert (found.changed, found.left_out) == (8, 5)
    same = compare_records(STATED, STATED, before, before, 3)
    assert isinstance(same.turns[0], Unchanged)
    assert (same.turns[0].count, same.changed) == (8, 0)


def test_a_question_that_became_an_answer_differs() -> None:
    before, after = _record(_turn(1, "So?", kind="question")), _record(_turn(1, "So?"))
    [one] = compare_records(STATED, STATED, before, after, 3).turns
    assert isinstance(one, TurnChange)
    assert one.is_other_kind


def test_pages_list_revisions_and_show_what_changed(load: Callable[..., Any], client: TestClient) -> None:
    slug = load(INTERVIEW, 'title = "The <b>weir</b>"').slug
    alone = client.get(f"/interviews/{slug}/revisions")
    assert "nothing was corrected since" in alone.text
    assert client.get(f"/interviews/{slug}/difference").status_code == 422
    corrected = INTERVIEW.replace("three geese", "five <i>geese</i>").replace(" at night", "")
    load(corrected, 'title = "The weir"')
    load(corrected + "Q: More?\nLORNA: No.\n", 'title = "The weir"')
    listed = client.get(f"/interviews/{slug}/revisions").text
    assert [int(number) for number in re.findall(r"<h2>Revision (\d+)", listed)] == [3, 2, 1]
    addresses = [one.replace("&amp;", "&") for one in re.findall(r'href="(/interviews/[^"]+difference[^"]*)"', listed)]
    assert len(addresses) >= 2
    for address in addresses:
        assert client.get(address).status_code == 200
    page = client.get(f"/interviews/{slug}/difference?from=1&to=2").text
    assert "2 turns differ" in page
    assert "<del>three</del>" in page
    assert "&lt;i&gt;" in page
    assert "<i>" not in page
    assert "<del>" in page[page.index("About the interview") :]
    last = client.get(f"/interviews/{slug}/difference").text
    assert last.count('class="turn-change added"') == 2
    assert client.get(f"/interviews/{slug}/difference?from=1&to=9").status_code == 404
    assert client.get("/interviews/nothing/difference").status_code == 404
