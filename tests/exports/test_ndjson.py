import json

from hypothesis import given
from hypothesis import strategies as st

from app.exports.ndjson import render
from app.pairing import Role
from tests.exports.documents import MODIFIED, texts


@given(st.lists(texts(), max_size=5))
def test_every_item_is_one_line_of_json(said: list[str]) -> None:
    items = [{"text": text, "role": Role.AUDIENCE, "at": MODIFIED, "none": None} for text in said]
    lines = "".join(render(items)).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [
        {"text": text, "role": "audience", "at": "2026-01-02T03:04:05Z", "none": None} for text in said
    ]
