"""The tool `list_speakers`."""

from app.agents.shapes import Speakers
from app.agents.tools.lists import list_parameters, listing
from app.agents.tools.tool import FILTERS, Tool
from app.api.parameters.lists import SpeakerParameters

TOOL = Tool(
    name="list_speakers",
    title="List speakers",
    description="List people with their roles and how much they asked and answered; `q` finds one by name, or by a "
    "name near to it, and gives the slug that other tools take. Somebody whom a source does not name is a speaker "
    f"without a name. {FILTERS}",
    answer=Speakers,
    run=listing("/v1/speakers", Speakers),
    passed_on=list_parameters(SpeakerParameters),
)
