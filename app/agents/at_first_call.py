"""Tools over HTTP from the first call on: most servers are never asked for them, and the library of the protocol takes
as much memory and time to import as half of the rest.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup, TaskStatus
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api import problem_kinds, problems


class AtFirstCall:
    """Answers requests at the address of the tools, inside `running`."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._tasks: TaskGroup | None = None
        self._one_at_a_time = anyio.Lock()
        self._endpoint: ASGIApp | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be ready to answer while the block runs."""
        async with anyio.create_task_group() as tasks:
            self._tasks, self._one_at_a_time = tasks, anyio.Lock()
            yield
            self._tasks = self._endpoint = None
            tasks.cancel_scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._tasks is None:
            answer: ASGIApp = problems.problem(problem_kinds.UNAVAILABLE, scope["path"], "The server is not ready.")
        else:
            answer = self._endpoint or await self._begin(self._tasks)
        await answer(scope, receive, send)

    async def _begin(self, tasks: TaskGroup) -> ASGIApp:
        async with self._one_at_a_time:
            if self._endpoint is None:
                self._endpoint = await tasks.start(self._serve)
        return self._endpoint

    async def _serve(self, *, task_status: TaskStatus[ASGIApp]) -> None:
        # In a thread, so that other requests are answered meanwhile.
        over_http = await anyio.to_thread.run_sync(import_module, "app.agents.over_http")
        async with over_http.serving(self._app) as endpoint:
            task_status.started(endpoint)
            await anyio.sleep_forever()
