"""Every form of the desk needs a scope, whichever it is: a new one joins by itself."""

import re
from collections.abc import Callable
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from app.web.desk.interview import STEPS
from app.web.desk.session import DESK
from tests.web.desk.signed_in import at_the_desk
from tests.web.desk.test_interview import TALK

# Anybody with a key may send these.
FOR_ALL = frozenset({f"{DESK}/sign-in", f"{DESK}/sign-out"})
NAMES = {"interview": "mill-talk"}
# What is looked at before the state that a form was made from.
STEP = {f"{DESK}/interviews/{{interview}}/topics/undo": "?step=1:1:pc"}
FIELDS = {"do": f"{next(iter(STEPS))}:1", "version": "0"}


def test_no_form_does_anything_for_a_key_without_its_scope(
    client: TestClient, database: Database, load: Callable[..., Any]
) -> None:
    load(TALK, name="mill-talk.txt")
    desk = at_the_desk(client, database, Scope.KEYS)
    app: Any = client.app
    routes = (each for each in iter_route_contexts(app.routes) if isinstance(each.original_route, APIRoute))
    forms = {str(each.path) for each in routes if each.methods and "POST" in each.methods} - FOR_ALL
    of_desk = sorted(path for path in forms if path.startswith(f"{DESK}/"))
    assert len(of_desk) > 8
    answers = {}
    for path in of_desk:
        address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: NAMES.get(name[1], "1"), path)
        answers[path] = desk.post(f"{address}{STEP.get(path, '')}", FIELDS).status_code
    assert answers == dict.fromkeys(of_desk, 403)
