"""A client that has signed in to the desk."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.testclient import TestClient

from app.db import Database
from app.models import Scope
from app.web.desk.session import COOKIE, DESK, SIGN_IN, TOKEN_FIELD
from tests.api.keyed import key_for

_TOKEN = re.compile(rf'name="{TOKEN_FIELD}" value="(\w+)"')


class DeskClient:
    """Sends what a browser would: the cookie, and in each form the token of the page that it stands on."""

    def __init__(self, client: TestClient, key: str) -> None:
        self.client = client
        self.sign_in = client.post(SIGN_IN, data={"key": key, "next": DESK}, follow_redirects=False)
        self.token = self.sign_in.cookies.get(COOKIE) or _cookie(self.sign_in)

    def get(self, path: str = DESK) -> Any:
        return self._keep(self.client.get(path, headers=self._headers(), follow_redirects=False))

    def form_token(self) -> str:
        found = _TOKEN.search(self.get().text)
        assert found
        return found[1]

    def post(self, path: str, fields: Mapping[str, Any] | None = None, **more: Any) -> Any:
        return self.send(path, {TOKEN_FIELD: self.form_token(), **(fields or {})}, **more)

    def send(self, path: str, fields: Mapping[str, Any], **more: Any) -> Any:
        """Post these fields and no others."""
        return self._keep(self.client.post(path, data=fields, headers=self._headers(), follow_redirects=False, **more))

    def _headers(self) -> dict[str, str]:
        # The client leaves cookies out that are for HTTPS alone.
        return {"Cookie": f"{COOKIE}={self.token}"} if self.token else {}

    def _keep(self, answer: Any) -> Any:
        self.token = _cookie(answer) or self.token
        return answer


def at_the_desk(client: TestClient, database: Database, *scopes: Scope) -> DeskClient:
    """Sign in with a new key."""
    return DeskClient(client, key_for(database, *scopes).key)


def _cookie(answer: Any) -> str:
    found = re.search(rf"{COOKIE}=(\w+)", answer.headers.get("Set-Cookie", ""))
    return found[1] if found else ""
