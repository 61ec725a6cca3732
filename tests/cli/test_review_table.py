import csv
import io

import pytest

from app.cli.review_table import read_table, write_table
from app.errors import MetadataError
from app.loading import Decision
from app.models import TopicState
from app.queries.suggestions import Proposal
from app.topics.concepts import Method
from app.topics.evidence import EvidenceKind
from app.topics.suggestion import ExchangeText, ExchangeTurn

KNOWN = {("x-q1", "rivers"), ("x-q1", "mills")}
HEAD = "question_id,topic,decision\n"


def _written(label: str = "River", asked: str = "Where?") -> list[dict[str, str]]:
    evidence = {"kind": EvidenceKind.LABEL.value, "turn_id": "x-t1", "start": 0, "end": 5, "label": label}
    proposal = Proposal("x", "x-q1", "rivers", label, TopicState.PROPOSED, Method.PHRASE, 0.5, [evidence])
    exchange = ExchangeText("x-q1", "x", "en", (ExchangeTurn("x-t1", asked, True),))
    file = io.StringIO()
    assert write_table(file, [proposal], lambda _id: exchange) == 1
    return list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))


def test_row_tells_what_to_decide() -> None:
    [row] = _written()
    assert (row["question_id"], row["topic"], row["decision"], row["confidence"], row["evidence"]) == (
        "x-q1", "rivers", "", "0.50", "Where",
    )  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    [row] = _written(f"{start}1+1", f"{start}cmd|' /c calc'!A0")
    assert all(not cell.startswith(start) for cell in row.values())
    assert row["label"] == f"'{start}1+1"


def test_decisions_are_read_and_other_columns_do_not_matter() -> None:
    data = "\ufefftopic,note,decision,question_id\r\nrivers,x, Accept ,x-q1\r\nmills,y,REJECT,x-q1\r\nnever,,skip,\r\n"
    assert read_table("t.csv", data.encode(), KNOWN) == [
        Decision("x-q1", "rivers", TopicState.CONFIRMED),
        Decision("x-q1", "mills", TopicState.REJECTED),
    ]


def test_semicolons_of_a_spreadsheet_are_read() -> None:
    [decision] = read_table("t.csv", b"question_id;topic;decision\nx-q1;rivers;undecided\n", KNOWN)
    assert decision.state is TopicState.PROPOSED


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("question_id,topic\nx,y\n", "line 1: there is no column decision"),
        ("", "line 1: there is no column question_id, topic, decision"),
        (f"{HEAD}x-q1,rivers,\nx-q1,rivers,acept\n", "line 3: 'acept' is not a decision.*Did you mean 'accept'"),
        (f"{HEAD}x-q9,rivers,accept\n", "line 2: there is no suggestion of topic 'rivers' on question 'x-q9'"),
        (f"{HEAD}x-q1,rivers,accept\nx-q1,rivers,reject\n", "line 3: .*decided differently above"),
        (f'{HEAD}"x-q1\nx",rivers,accept\n', "line 3: there is no suggestion"),
        (f"{HEAD}{'x' * 200_000},rivers,accept\n", "line 2: not valid CSV"),
    ],
)
def test_wrong_line_is_named(text: str, reason: str) -> None:
    with pytest.raises(MetadataError, match=rf"^t.csv: {reason}"):
        read_table("t.csv", text.encode(), KNOWN)


def test_table_in_another_encoding_is_refused() -> None:
    with pytest.raises(MetadataError, match="not UTF-8"):
        read_table("t.csv", f"{HEAD}é".encode("latin-1"), KNOWN)
