"""The tool `list_interviews`."""

from app.agents.shapes import Interviews
from app.agents.tools.lists import list_parameters, listing
from app.agents.tools.tool import FILTERS, Tool
from app.api.parameters.lists import InterviewParameters

TOOL = Tool(
    name="list_interviews",
    title="List interviews",
    description="List interviews with their people, dates and publishers, the newest first. Filters on questions give "
    f"interviews in which one question meets them all. {FILTERS}",
    answer=Interviews,
    run=listing("/v1/interviews", Interviews),
    passed_on=list_parameters(InterviewParameters),
)
