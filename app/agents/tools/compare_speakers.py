"""The tool `compare_speakers`."""

from typing import Any

from app.agents.api import Api
from app.agents.arguments import OwnArguments, parameters_of
from app.agents.shapes import Compared
from app.agents.tools.tool import Tool
from app.api.parameters.quotes import CompareParameters

# Answers of each speaker.
_ANSWERS = 5


async def _compare(api: Api, _own: OwnArguments, query: dict[str, Any]) -> Compared:
    return Compared.model_validate(await api.get("/v1/compare", {"limit": _ANSWERS, **query}))


_parameters = parameters_of(CompareParameters, "topic", "speaker", "limit")
TOOL = Tool(
    name="compare_speakers",
    title="Compare what speakers say",
    description="Show what two to four people answer and ask on one topic, side by side, each answer with its "
    "question. Texts are cut after their beginning: `read` has them whole.",
    answer=Compared,
    run=_compare,
    passed_on={
        **_parameters,
        "speaker": {**_parameters["speaker"], "description": "Slugs of two to four speakers."},
        "limit": {**_parameters["limit"], "default": _ANSWERS},
    },
    required=("topic", "speaker"),
)
