"""The tool `list_questions`."""

from app.agents.shapes import Questions
from app.agents.tools.lists import list_parameters, listing
from app.agents.tools.tool import FILTERS, Tool
from app.api.parameters.lists import QuestionParameters

TOOL = Tool(
    name="list_questions",
    title="List questions with answers",
    description="List what was asked and answered, narrowed by topic, person, interview, series, date and more, the "
    "newest first; with `limit` 1 it tells how many there are. Texts are cut after their beginning: `read` has them "
    f"whole. {FILTERS}",
    answer=Questions,
    run=listing("/v1/questions", Questions),
    passed_on=list_parameters(QuestionParameters),
)
