"""The tool `verify_quotation`."""

from typing import Any

from app.agents.api import Api
from app.agents.arguments import OwnArguments, parameters_of
from app.agents.shapes import Verified
from app.agents.tools.tool import Tool
from app.api.parameters.quotes import QuoteParameters


async def _verify(api: Api, _own: OwnArguments, body: dict[str, Any]) -> Verified:
    return Verified.model_validate(await api.post("/v1/quotes/verify", body))


TOOL = Tool(
    name="verify_quotation",
    title="Verify a quotation",
    description="Check whether words were really said, and by whom: compares a quotation word by word with the "
    "record, and says what differs. Use it for every quotation before it is passed on. An ellipsis (… or ...) marks "
    "what was left out, [brackets] what was put in. Only `exact`, `folded` and `elided` are quotations that hold, and "
    "their `cautions` still have to be looked at.",
    answer=Verified,
    run=_verify,
    passed_on=parameters_of(QuoteParameters),
    required=("text",),
)
