import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import TranscriptError
from app.transcripts.json_text import MAX_DEPTH, JsonNode, read_json, string_segments
from app.transcripts.source import Source

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def _source(text: str) -> Source:
    return Source("talk.json", text.encode("utf-8", "surrogatepass"))


def _plain(node: JsonNode) -> object:
    if isinstance(node.value, dict):
        return {key: _plain(value) for key, value in node.members.items()}
    if isinstance(node.value, list):
        return [_plain(value) for value in node.elements]
    return node.value


@given(_VALUES, st.booleans())
def test_valid_json_is_read_as_the_standard_library_reads_it(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    if "\\u0000" not in text:
        assert _plain(read_json(_source(text))) == value


@given(st.text())
def test_segments_of_a_string_lead_back_to_its_characters(value: str) -> None:
    text = json.dumps(value)
    if "\\u0000" in text:
        return
    source = _source(text)
    node = read_json(source)
    rebuilt = ""
    for segment in string_segments(source, node):
        written = text[segment.source_start : segment.source_end]
        assert segment.text_start == len(rebuilt)
        rebuilt += written if segment.is_copy else json.loads(f'"{written}"')
        assert segment.text_end == len(rebuilt)
    assert rebuilt == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1, "a": 2}', "stands twice"),
        ("[NaN]", "no number of JSON"),
        ("[-Infinity]", "no number of JSON"),
        ("[1e999]", "too large"),
        ("1" * 100_000, "digits"),
        ("[" * 200_000, "nested"),
        ('{"a":' * 200_000, "nested"),
        (r'"\ud800"', "surrogate"),
        (r'"\u0000"', "NUL"),
        ('"never closed', "does not end"),
        ('"a\tb"', "control character"),
        (r'"\x"', "escape"),
        ("{a: 1}", "key"),
        ('{"a" 1}', "':'"),
        ("[1 2]", "','"),
        ("[1,]", "value"),
        ("[True]", "quotation marks"),
        ("[] []", "after the end"),
        ("", "empty"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(TranscriptError, match=reason) as error:
        read_json(_source(text))
    assert error.value.line >= 1
    assert error.value.column >= 1


def test_depth_up_to_the_limit_is_read() -> None:
    read_json(_source("[" * MAX_DEPTH + "]" * MAX_DEPTH))


def test_one_value_on_each_line_is_read_as_an_array() -> None:
    assert _plain(read_json(_source('\ufeff{"a": 1}\n{"a": 2}\n'))) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(("value", "runs"), [("дом " * 3000, 6000), ("я" * 60_000, 1), ("a\n" * 60_000, 1)])
def test_strings_with_very_many_escapes_have_fewer_and_longer_runs(value: str, runs: int) -> None:
    source = _source(json.dumps(value))
    segments = string_segments(source, read_json(source))
    assert len(segments) == runs
    assert segments[-1].text_end == len(value)
    assert not segments[0].is_copy
