import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.citations import Target, cite
from app.citations.selectors import in_source, in_turn, source_range
from app.citations.subject import CitedSpan
from app.transcripts import read
from app.transcripts.source import Source
from tests.citations.subjects import answer, turn, untimed

# Few different characters, so that passages repeat; some are outside the Basic Multilingual Plane, and one is a mark.
REPETITIVE = st.lists(st.sampled_from(("a", "b", "ab", " ", "\n", "𝔘", "👩\u200d👧", "e\u0301", "word ")), min_size=1)


def _by_quote(text: str, target: Target) -> list[int]:
    """Resolve a TextQuoteSelector as its specification says: every place where prefix, exact and suffix meet."""
    return [
        at
        for at in range(len(text) + 1)
        if text[at:].startswith(target.exact + target.suffix) and text[:at].endswith(target.prefix)
    ]


def _by_position(text: str, target: Target) -> str:
    """Resolve a TextPositionSelector by code points, each of which is one unit of UTF-32."""
    units = text.encode("utf-32-le")
    return units[4 * target.start : 4 * target.end].decode("utf-32-le")


@st.composite
def _spans(draw: st.DrawFn) -> CitedSpan:
    repeated = draw(REPETITIVE) * draw(st.integers(1, 30))
    text = "".join([*draw(REPETITIVE), *repeated, *draw(REPETITIVE)])
    start = draw(st.integers(0, len(text) - 1))
    return CitedSpan(turn(1, text), start, draw(st.integers(start + 1, len(text))))


@untimed
@given(_spans())
@example(CitedSpan(turn(1, "𝔘𝔘𝔘"), 1, 2))
@example(CitedSpan(turn(1, "la " * 2000), 3000, 3002))
def test_both_selectors_select_the_cited_characters(span: CitedSpan) -> None:
    text = span.turn["text"]
    target = in_turn(span)
    assert _by_position(text, target) == target.exact == text[span.start : span.end]
    places = _by_quote(text, target)
    assert span.start in places
    assert target.is_unique == (len(places) == 1)
    assert target.is_verbatim
    if not target.is_unique:
        assert (target.prefix, target.suffix) == (text[: span.start][-1024:], text[span.end :][:1024])


def test_context_grows_until_a_repeated_passage_is_told_apart_and_no_further() -> None:
    text = f"begin {'over and over ' * 20}end"
    target = in_turn(CitedSpan(turn(1, text), 104, 108))
    assert target.is_unique
    assert 32 < max(len(target.prefix), len(target.suffix)) <= 256
    assert in_turn(CitedSpan(turn(1, "once upon a time"), 0, 4)).prefix == ""
    hopeless = in_turn(CitedSpan(turn(1, "a" * 10_000), 5_000, 5_001))
    assert not hopeless.is_unique
    assert (len(hopeless.prefix), len(hopeless.suffix)) == (1024, 1024)


def _words(text: str) -> str:
    return "".join(text.split())


FILES = {
    "talk.txt": "Q: Why 𝔘 the river?\nA: Why not, why not.\nIt began there.\n\nQ: And then?\nA: Why not, why not.\n",
    "talk.md": "**Q:** Why *so* late?\n\n**A:** It was &amp; is late.\n\nWhy not.\n\n**Q:** And?\n\n**A:** Why not.\n",
    "talk.html": "<p><cite>Ann:</cite> Why R&amp;D &lt;now&gt;?</p><p><cite>Bob:</cite> It <b>is</b> &eacute;asy,"
    " <i>very</i> easy &#128105; 👩.</p><p><cite>Ann:</cite> Why R&amp;D?</p><p><cite>Bob:</cite> Because.</p>",
    "talk.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Why is it\n\n00:02.000 --> 00:03.000\n<v Ann>so late &amp; "
    "dark?\n\n00:03.000 --> 00:04.000\n<v Bob>It was <i>always</i> late.\n",
    "talk.json": '{"version": "1.0.0", "segments": [{"speaker": "Ann", "startTime": 1, "endTime": 2, "body": "Why '
    '\\u00e9 \\"now\\"?"}, {"speaker": "Bob", "startTime": 2, "endTime": 3, '
    '"body": "A tab\\tand \\ud83d\\udc69 so."}]}',
}


def _as_printed(name: str, passage: str) -> str:
    """Read a piece of a source as its format does, by means of the standard library."""
    if name.endswith("json"):
        return re.sub(r"\\ud83d\\udc69", "👩", passage).replace("\\u00e9", "é").replace('\\"', '"').replace("\\t", "\t")
    if name.endswith("vtt"):
        passage = re.sub(r"\n\n[\d:.]+ --> [\d:.]+\n<v Ann>", " ", passage)
    if name.endswith(("md", "txt")):
        return passage
    return html.unescape(re.sub(r"<[^>]*>", "", passage))


@pytest.mark.parametrize("name", FILES)
def test_source_of_a_range_says_what_the_range_says(name: str) -> None:
    source = Source(name, FILES[name].encode())
    transcript = read(source)
    for number, one in enumerate(transcript.turns):
        runs = [list(run) for run in one.segments]
        is_slice = len(runs) == 1 and one.segments[0].is_copy
        item = turn(
            number,
            one.text,
            source_start=one.source_start,
            source_end=one.source_end,
            segments=None if is_slice else runs,
        )
        for start in range(len(one.text)):
            for end in range(start + 1, len(one.text) + 1):
                passage = one.text[start:end]
                if not passage.strip():
                    continue
                span = CitedSpan(item, start, end)
                target = in_source(span, source.text)
                assert _by_position(source.text, target) == target.exact
                assert target.start in _by_quote(source.text, target)
                assert target.is_verbatim == (target.exact == passage)
                assert _words(passage) in _words(_as_printed(name, target.exact)), (passage, target.exact)
        whole = source_range(CitedSpan(item, 0, len(one.text)))
        assert whole == (one.source_start, one.source_end)


def test_escape_is_taken_whole_and_says_that_the_characters_differ() -> None:
    source = "R&amp;D is fun"
    item = turn(1, "R&D is fun", source_end=len(source), segments=[[0, 1, 0, 1], [1, 2, 1, 6], [2, 10, 6, 14]])
    taken = in_source(CitedSpan(item, 1, 2), source)
    assert (taken.exact, taken.is_verbatim) == ("&amp;", False)
    after = in_source(CitedSpan(item, 2, 6), source)
    assert (after.exact, after.is_verbatim) == ("D is", True)


def test_character_that_no_run_has_lies_between_its_neighbours() -> None:
    source = "one<br>two"
    item = turn(1, "one;two", source_end=len(source), segments=[[0, 3, 0, 3], [4, 7, 7, 10]])
    assert source_range(CitedSpan(item, 3, 4)) == (3, 7)
    assert source_range(CitedSpan(item, 3, 5)) == (3, 8)
    assert source_range(CitedSpan(item, 2, 4)) == (2, 7)
    spaced = {**item, "text": "one two"}
    assert source_range(CitedSpan(spaced, 3, 5)) == (7, 8)
    assert source_range(CitedSpan(spaced, 2, 4)) == (2, 3)


def test_range_over_turns_has_one_target_a_turn_and_nothing_of_what_joins_them() -> None:
    subject = answer(turn(1, "It began"), turn(2, "by the river"), turn(3, "in spring"))
    found = cite(subject, 3, 24)
    assert found.text == "began\n\nby the river\n\n"
    assert [(each.turn_id, each.exact) for each in found.in_turns] == [("1x-t1", "began"), ("1x-t2", "by the river")]
