"""The tool `list_topics`."""

from app.agents.shapes import Topics
from app.agents.tools.lists import list_parameters, listing
from app.agents.tools.tool import Tool
from app.api.parameters.lists import TopicParameters
from app.errors import NO_TOPICS

TOOL = Tool(
    name="list_topics",
    title="List topics",
    description="List the topics that questions are filed under, each with those above and below it and how many "
    "questions it has. Their slugs narrow search, list_questions and compare_speakers.",
    answer=Topics,
    run=listing("/v1/topics", Topics, NO_TOPICS),
    passed_on=list_parameters(TopicParameters),
)
