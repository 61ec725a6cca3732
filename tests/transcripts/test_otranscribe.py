"""oTranscribe documents."""

import json

import pytest

from app.errors import TranscriptError
from app.transcripts import otranscribe, read
from app.transcripts.source import Source
from app.transcripts.transcript import ByteClass
from tests.transcripts.reading import read_as, said, starts


def document(text: str, *, ascii_only: bool = True) -> str:
    return json.dumps({"text": text, "media": "bees.mp3", "media-time": 12.5}, ensure_ascii=ascii_only)


def mark(seconds: str, clock: str) -> str:
    return f'<span class="timestamp" contenteditable="false" data-timestamp="{seconds}">{clock}</span>'


@pytest.mark.parametrize("ascii_only", [True, False])
def test_html_in_a_string_is_read_with_exact_times(ascii_only: bool) -> None:
    text = (
        f"<p>{mark('3.1', '0:03')}<b>Ada:</b> Who kept the b\u00eas?</p><p>{mark('9.5', '0:09')}Ben: My aunt.<br /></p>"
        "<p><b>Ada:</b> And &amp; then?</p><p><b>Ben:</b> Nobody.</p>"
    )
    transcript = read_as(otranscribe.FORMAT, document(text, ascii_only=ascii_only), "talk.otr")
    assert said(transcript) == [
        ("Ada", "Who kept the b\u00eas?"),
        ("Ben", "My aunt."),
        ("Ada", "And & then?"),
        ("Ben", "Nobody."),
    ]
    assert starts(transcript) == [3100, 9500, None, None]
    assert transcript.bytes_by_class[ByteClass.TIME] == len("0:030:09")


def test_text_without_speakers_is_refused_unless_it_is_to_be_kept() -> None:
    source = Source("talk.otr", document("<p>It rained all day.</p><p>Nobody came.</p>").encode())
    with pytest.raises(TranscriptError, match=r"read as otranscribe, but no speaker labels .* --keep-unlabelled"):
        read(source)
    assert [turn.label for turn in read(source, keep_unlabelled=True).turns] == [None]


def test_other_json_is_no_otranscribe() -> None:
    for text in ('{"text": "plain", "media": "x"}', '{"text": "<p>x</p>"}', "[]", "Ada: {"):
        assert otranscribe.sniff(Source("x.json", text.encode())).confidence == 0
    with pytest.raises(TranscriptError, match='no "text"'):
        otranscribe.parse(Source("x.otr", b'{"media": "x"}'))
