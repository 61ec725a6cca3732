"""The tools, one module each, in the order in which they are listed. `Tool` says how to add one."""

from app.agents.tools import (
    cite,
    compare_speakers,
    list_interviews,
    list_questions,
    list_speakers,
    list_topics,
    read,
    search,
    verify_quotation,
)
from app.agents.tools.tool import Tool

TOOLS: tuple[Tool, ...] = (
    search.TOOL,
    read.TOOL,
    list_questions.TOOL,
    list_topics.TOOL,
    list_speakers.TOOL,
    list_interviews.TOOL,
    verify_quotation.TOOL,
    compare_speakers.TOOL,
    cite.TOOL,
)

__all__ = ["TOOLS", "Tool"]
