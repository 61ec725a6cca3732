"""What nothing can be quicker than in the same server, an ASGI application that sends bytes which it was given; and in
the same framework, a handler that does, with the parameters of a list.
"""

import json
import os
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.parameters.lists import QuestionParameters

# Names a file with headers and body; see `Answer` in benchmarks.serving.
ANSWER = "BENCHMARK_ANSWER"


def make() -> ASGIApp:
    """Make the application."""
    given = json.loads(Path(os.environ[ANSWER]).read_text())
    body = given["body"].encode()
    whole = [(name.encode(), value.encode()) for name, value in given["headers"]]
    confirmed = [(name.encode(), value.encode()) for name, value in given["headers_of_304"]]

    async def bare(scope: Scope, _receive: Receive, send: Send) -> None:
        if any(name == b"if-none-match" for name, _value in scope["headers"]):
            await send({"type": "http.response.start", "status": 304, "headers": confirmed})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": whole})
        await send({"type": "http.response.body", "body": body})

    return bare


def make_framed() -> FastAPI:
    """Make the application that has a framework around it, and checks parameters."""
    app = FastAPI()
    body = json.loads(Path(os.environ[ANSWER]).read_text())["body"].encode()

    @app.get("/v1/questions")
    async def framed(_parameters: Annotated[QuestionParameters, Query()]) -> Response:
        return Response(body, media_type="application/json")

    return app
