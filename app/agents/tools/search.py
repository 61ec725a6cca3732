"""The tool `search`."""

from typing import Any

from app.agents.api import Api
from app.agents.arguments import OwnArguments
from app.agents.shapes import Hits
from app.agents.tools.lists import list_parameters, page_of
from app.agents.tools.tool import FILTERS, PAGE, Tool
from app.api.parameters.lists import SearchParameters
from app.errors import EMPTY_CORPUS


async def _search(api: Api, _own: OwnArguments, query: dict[str, Any]) -> Hits:
    answer = await api.get("/v1/search", {"limit": PAGE, **query})
    page = page_of(answer, {name: value for name, value in query.items() if name != "q"}, "")
    if not answer["items"] and page["note"] == "":
        there_is_something = (await api.get("/v1/interviews", {"limit": 1}))["items"]
        words = "Nothing has these words. Try fewer or other ones, or mode=ask with a question in natural language."
        page["note"] = words if there_is_something else EMPTY_CORPUS
    return Hits.model_validate({**answer, **page})


TOOL = Tool(
    name="search",
    title="Search what was said",
    description="Find where something is said, in all interviews: questions with their answers, and turns that belong "
    "to no question, the best first, each with the passages that match, verbatim, and ids to `read` or `cite`. For "
    "everything on a topic or by a person without words to look for, use list_questions; to check a quotation, use "
    f"verify_quotation. {FILTERS}",
    answer=Hits,
    run=_search,
    passed_on=list_parameters(SearchParameters, without=frozenset({"sort"})),
    required=("q",),
)
