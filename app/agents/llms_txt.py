"""/llms.txt: what there is here and where, for language models; see https://llmstxt.org."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.agents.api import Api, RefusedError

LLMS_TXT = "/llms.txt"
_COUNTED = ("interviews", "questions", "speakers", "topics")
_INTRODUCTION = """\
# Quoth

> Questions and answers from interview transcripts, verbatim, each traceable to the exact characters of its source file.

{counts}

The unit to cite is a **question** or an **answer**, or a range of its characters. Each has a stable id, and an address
that is pinned to its words: {base}/answers/ID?revision=1&start=10&end=40#passage is a page that marks characters 10 to
40 of an answer in its first revision. {base}/v1/answers/ID/citation gives that address and the reference.

- Texts are verbatim; quote them as they are, with who said it, in which interview and when.
- Null means that the source does not say. `attribution` says whether who speaks is stated or inferred.
- A parameter that is not known, and a name that does not exist, are refused with what may have been meant.
- Lists have a `total`, and go on at `page.next`.

## Documentation

- [The API in five minutes]({base}/docs/guide): a guide with examples of this server.
- [OpenAPI document]({base}/openapi.json): every operation, parameter and field.
- [Index]({base}/v1): all addresses, as templates.
"""
_TOOLS = """
## Tools

- [Model Context Protocol]({base}/mcp): tools to search, read, verify and cite, over streamable HTTP, without a key.
"""

router = APIRouter(include_in_schema=False)


@router.get(LLMS_TXT)
async def get_llms_txt(request: Request) -> Response:
    """Tell what there is, what can be cited, and the addresses."""
    base = request.app.state.settings.public_url
    api = Api(request.app, base)
    index = await api.get("/v1")
    parts = [_INTRODUCTION.format(base=base, counts=await _counts(api, index["notice"]))]
    if request.app.state.tools is not None:
        parts.append(_TOOLS.format(base=base))
    parts.append("\n## API\n\n")
    parts += _addresses(index["resources"])
    return Response("".join(parts), media_type="text/plain")


async def _counts(api: Api, notice: str | None) -> str:
    if notice is not None:
        return notice
    counted = []
    for name in _COUNTED:
        try:
            page = (await api.get(f"/v1/{name}", {"limit": 1}))["page"]
        except RefusedError:
            # It takes too long to count, or the database is busy; the addresses are of use all the same.
            continue
        noun = name[:-1] if page["total"] == 1 else name
        counted.append(f"{'' if page['total_is_exact'] else 'more than '}{page['total']:,} {noun}")
    return f"There are {', '.join(counted)}." if counted else "What there is cannot be counted now."


def _addresses(resources: Iterable[dict[str, Any]]) -> Iterable[str]:
    """Yield a line for each resource."""
    for one in resources:
        address = one["address"] or one["templates"][0].partition("{?")[0]
        yield f"- [{one['name']}]({address}): {one['description']}\n"
