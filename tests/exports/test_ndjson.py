import json

from hypothesis import given
from hypothesis import strategies as st

from app.exports.ndjson import render
from app.structure.pairing import Role
from tests.exports.documents import MODIFIED, texts


@given(st.lists(texts(), max_size=5))
def test_every_item_is_one_line_of_json(said: list[str]) -> None:
    items = [{"text": text, "role": Role.AUDIENCE, "at": MODIFIED, "none": None} for text in said]
    lines = "".join(render(items, ["text", "role", "at", "none"])).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [
        {"text": text, "role": "audience", "at": "2026-01-02T03:04:05Z", "none": None} for text in said
    ]


def test_keys_stand_in_the_order_of_the_columns_and_others_are_left_out() -> None:
    said = {"end": 2, "start": 1, "number": 7}
    item = {"spans": [said, said], "by": None, "of": {"title": "T", "id": "1"}, "id": "2"}
    columns = ["id", "by.name", "spans.start", "spans.end", "of.id", "of.title"]
    spans = '[{"start":1,"end":2},{"start":1,"end":2}]'
    assert list(render([item], columns)) == [f'{{"id":"2","by":null,"spans":{spans},"of":{{"id":"1","title":"T"}}}}\n']
