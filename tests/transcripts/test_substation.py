"""SubStation Alpha subtitles."""

import pytest

from app.errors import TranscriptError
from app.transcripts import substation
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass
from tests.transcripts.reading import codes, read_as, said, starts

HEAD = "[Script Info]\n; made by hand\nTitle: The bees\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\n"
HEAD += "Style: Default,Arial\n\n[Events]\n"
HEAD += "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"


def event(start: str, name: str, text: str, kind: str = "Dialogue") -> str:
    return f"{kind}: 0,{start},0:00:09.00,Default,{name},0,0,0,,{text}\n"


def test_events_are_in_the_order_of_their_times_and_names_are_speakers() -> None:
    text = (
        HEAD + event("0:00:03.50", "Ben", r"My {\i1}aunt{\i0}, I think,\Nat home.") + event("0:00:01.00", "Ada", "Who?")
    )
    transcript = read_as(substation.FORMAT, text, "talk.ass")
    assert said(transcript) == [("Ada", "Who?"), ("Ben", "My aunt, I think,\nat home.")]
    assert starts(transcript) == [1000, 3500]
    assert transcript.metadata.title == "The bees"
    assert transcript.bytes_by_class[ByteClass.LABEL] == len("AdaBen")


def test_drawings_comments_and_codes_are_no_words() -> None:
    text = HEAD + event("0:00:01.00", "", r"{\p1}m 0 0 l 100 0{\p0}") + event("0:00:01.00", "", "fix this", "Comment")
    text += event("0:00:02.00", "", r"{\pos(3,4)}Ada:\hWho?") + event("0:00:03.00", "", "Ben: She.")
    assert said(read_as(substation.FORMAT, text)) == [("Ada", "Who?"), ("Ben", "She.")]


def test_line_without_a_name_is_nobodys_where_others_have_one() -> None:
    text = HEAD + event("0:00:01.00", "Ada", "Who?") + event("0:00:02.00", "", "THE OLD MILL")
    assert said(read_as(substation.FORMAT, text)) == [("Ada", "Who?"), (None, "THE OLD MILL")]


def test_fields_are_those_that_the_file_names() -> None:
    text = "[Script Info]\r\n[Events]\r\nFormat: Marked, Start, End, Actor, Text\r\n"
    text += "Dialogue: Marked=0,0:00:01.00,0:00:02.00,Ada,So, who?\r\nDialogue: short\r\n"
    transcript = read_as(substation.FORMAT, text, "talk.ssa")
    assert said(transcript) == [("Ada", "So, who?")]
    assert codes(transcript) == ["short-event"]


def test_script_without_events_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no lines such as 'Dialogue:"):
        substation.parse(Source("talk.ass", HEAD.encode()))
