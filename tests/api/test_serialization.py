import json
from typing import Any

import pytest
from pydantic import BaseModel, Field, ValidationError, computed_field, field_serializer, model_validator
from starlette.testclient import TestClient

from app.api.schemas.interviews import Interview, Record
from app.api.schemas.lists import AnswerPage, InterviewPage, QuestionPage, SpeakerPage, TopicPage
from app.api.schemas.questions import AnswerDetail, QuestionDetail, TurnPlace
from app.api.schemas.revisions import InterviewRevisionPage, ItemRevisionPage
from app.api.schemas.search import RelatedPage, SearchPage
from app.api.serialization import write

PAGES: dict[str, type[BaseModel]] = {
    "/v1/questions?facets=topic,year": QuestionPage,
    "/v1/answers?limit=3": AnswerPage,
    "/v1/interviews": InterviewPage,
    "/v1/speakers": SpeakerPage,
    "/v1/topics": TopicPage,
    "/v1/search?q=peace&facets=speaker": SearchPage,
    "/v1/questions/gky5nhbt0gvp-q2?context=2": QuestionDetail,
    "/v1/questions/gky5nhbt0gvp-q2/related": RelatedPage,
    "/v1/questions/gky5nhbt0gvp-q2/revisions": ItemRevisionPage,
    "/v1/answers/gky5nhbt0gvp-a2": AnswerDetail,
    "/v1/interviews/worldnewsam-3712": Interview,
    "/v1/interviews/worldnewsam-3712/transcript": Record,
    "/v1/interviews/worldnewsam-3712/revisions": InterviewRevisionPage,
}
PLACE = {"id": "t1", "source_start": 1, "source_end": 2, "start_ms": None, "end_ms": 7}


@pytest.mark.parametrize(("address", "shape"), PAGES.items())
def test_answer_is_what_its_shape_writes_byte_for_byte(seed: TestClient, address: str, shape: type[BaseModel]) -> None:
    answer = seed.get(f"{address}{'&' if '?' in address else '?'}include=all")
    assert answer.status_code == 200
    assert answer.text == shape.model_validate_json(answer.content).model_dump_json(by_alias=True)


def test_keys_stand_in_the_order_of_the_shape_and_unknown_ones_are_left_out() -> None:
    written = write(TurnPlace, {**dict(reversed(PLACE.items())), "number": 3})
    assert written == b'{"id":"t1","source_start":1,"source_end":2,"start_ms":null,"end_ms":7}'


def test_what_is_included_is_written_alone() -> None:
    assert write(TurnPlace, PLACE, {"id": True, "end_ms": True}) == b'{"id":"t1","end_ms":7}'


@pytest.mark.parametrize(
    "wrong", [{"source_start": -1}, {"source_end": "two"}, {"id": None}, {"id": "x" * 41}], ids=str
)
def test_content_of_another_shape_is_not_written(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        write(TurnPlace, {**PLACE, **wrong})


def test_content_without_a_field_is_not_written() -> None:
    with pytest.raises(ValidationError):
        write(TurnPlace, {name: value for name, value in PLACE.items() if name != "end_ms"})


class _Counted(BaseModel):
    words: list[str]

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own way
    @property
    def count(self) -> int:
        return len(self.words)


class _Spoken(BaseModel):
    text: str = Field(default="none", serialization_alias="said")
    counted: _Counted | None = None

    @field_serializer("text")
    def _loudly(self, text: str) -> str:
        return text.upper()


class _Checked(BaseModel):
    spoken: _Spoken

    @model_validator(mode="after")
    def _is_said(self) -> "_Checked":
        if not self.spoken.text:
            raise ValueError("nothing is said")
        return self


@pytest.mark.parametrize(
    "content", [{"spoken": {}}, {"spoken": {"text": "heé", "counted": {"words": ["a", "b"]}}}], ids=str
)
def test_shape_that_does_more_than_hold_its_fields_is_written_as_it_would_write(content: dict[str, Any]) -> None:
    expected = _Checked.model_validate(content).model_dump_json(by_alias=True)
    assert write(_Checked, content).decode() == expected
    assert "said" in json.loads(expected)["spoken"]


def test_shape_that_checks_itself_goes_on_to() -> None:
    with pytest.raises(ValidationError, match="nothing is said"):
        write(_Checked, {"spoken": {"text": ""}})
