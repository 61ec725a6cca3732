"""Units of speech as Rezonator has them."""

import pytest

from app.errors import TranscriptError
from app.transcripts import read, rezonator
from app.transcripts.source import Source
from tests.transcripts.reading import read_as, said

TALK = "ADA;\twho kept the bees,\n\tin winter?\nBEN;\tmy aunt did.\n\n\tshe knew; how.\n"
TALK += "ADA;\tand then?\nADA;\tafter her?\nBEN;\tnobody.\n"


def test_lines_after_a_tab_go_on_with_the_name_above() -> None:
    assert said(read_as(rezonator.FORMAT, TALK, "talk.txt")) == [
        ("ADA", "who kept the bees, in winter?"),
        ("BEN", "my aunt did. she knew; how."),
        ("ADA", "and then? after her?"),
        ("BEN", "nobody."),
    ]
    assert read(Source("talk.txt", TALK.encode())).format == "rezonator"


@pytest.mark.parametrize(
    "text",
    [
        "speaker;text\nADA;who?\nBEN;she.\n",
        "ADA;\twho?\nBEN;\tshe.\n",
        "ADA: who?\n\tso?\nBEN: she.\n",
        "x;\ty\n\tz\nplain\n",
    ],
)
def test_tables_and_other_text_are_of_no_such_form(text: str) -> None:
    assert rezonator.sniff(Source("talk.txt", text.encode())).confidence == 0


def test_text_without_names_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no line begins with a name"):
        rezonator.parse(Source("talk.txt", b"who kept the bees?\n"))
