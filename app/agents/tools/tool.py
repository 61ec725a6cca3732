"""What a tool is."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.agents.api import Api, Arguments
from app.agents.arguments import OwnArguments, Schema, given, own_of, read_own, without_titles
from app.api.schemas.shape import Shape

# Items on a page of a list: fewer than the API gives, because a model reads every word.
PAGE = 10
# What filters of every list have in common.
FILTERS = (
    "Filters take lists: every entry has to hold; within an entry, commas mean either, and a leading minus means not. "
    "A slug that is not known is refused, with near ones; list_topics, list_speakers and list_interviews have "
    "them."
)


@dataclass(frozen=True)
class Tool:
    """A tool for language models; it only reads. To add one, write a module of this package that ends in
    `TOOL = Tool(...)`, and add it to TOOLS in `app/agents/tools/__init__.py`. The protocol, the documentation and the
    tests follow from the value.

    `passed_on` are schemas of arguments that are parameters of the API; `own` are the others. `run` gets the API, the
    tool's own arguments and those that are passed on. It raises ParameterError and RefusedError.
    """

    name: str
    title: str
    description: str
    answer: type[Shape]
    run: Callable[[Api, Any, dict[str, Any]], Awaitable[Shape]]
    passed_on: Mapping[str, Schema] = field(default_factory=dict)
    own: type[OwnArguments] = OwnArguments
    # Names of arguments that have to be given.
    required: tuple[str, ...] = ()

    @cached_property
    def input_schema(self) -> Schema:
        """The arguments, as JSON Schema."""
        return {
            "type": "object",
            "properties": {**own_of(self.own), **self.passed_on},
            "required": list(self.required),
            "additionalProperties": False,
        }

    @cached_property
    def output_schema(self) -> Schema:
        """The answer, as JSON Schema."""
        return without_titles(self.answer.model_json_schema(mode="serialization"))

    async def call(self, api: Api, arguments: Arguments) -> Shape:
        """Answer a call.

        Raises:
            ParameterError: an argument is not known, is missing or has a value that it cannot have.
            RefusedError: the API refuses what is asked.
        """
        found = given(arguments, self.input_schema["properties"], self.required)
        own = read_own(self.own, found)
        return await self.run(api, own, {name: value for name, value in found.items() if name in self.passed_on})
