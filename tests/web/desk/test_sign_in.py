import datetime
import html
import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col
from starlette.testclient import TestClient

from app import loading
from app.api.http.failed_attempts import FailedAttempts
from app.db import Database
from app.loading.sessions import LONGEST, RENEWED_AFTER
from app.models import DeskSession, Scope
from app.web.desk.session import COOKIE, DESK, SIGN_IN, TOKEN_FIELD
from tests.api.keyed import bearer, key_for
from tests.web.desk.signed_in import DeskClient, at_the_desk


def _age(database: Database, by: datetime.timedelta) -> None:
    columns = ("signed_in_at", "made_at", "expires_at")
    with database.write() as connection:
        for row in connection.execute(sa.select(DeskSession.__table__)).all():  # type: ignore[attr-defined]  # a table
            older = {name: getattr(row, name) - by for name in columns}
            is_this = col(DeskSession.token_sha256) == row.token_sha256
            connection.execute(sa.update(DeskSession).where(is_this).values(**older))


def _is_signed_in(desk: DeskClient) -> bool:
    return bool(desk.get().status_code == 200)


def test_without_a_session_the_desk_asks_for_a_key_and_leads_on(client: TestClient, database: Database) -> None:
    answer = client.get(DESK, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SIGN_IN}?next=/desk")
    assert "quoth keys create" in client.get(SIGN_IN).text
    key = key_for(database, Scope.WRITE).key
    page = client.get(answer.headers["Location"])
    assert 'value="/desk"' in page.text
    assert "quoth keys create" not in page.text
    answer = client.post(SIGN_IN, data={"key": key, "next": "/desk/interviews/abc"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/interviews/abc")
    # To the very place: with what was asked for there.
    place = "/desk/topics?topic=peace&interview=b%C3%A4r"
    asked = client.get(place, follow_redirects=False).headers["Location"]
    sent = re.search(r'name="next" value="([^"]+)"', client.get(asked).text)
    assert sent
    answer = client.post(SIGN_IN, data={"key": key, "next": html.unescape(sent[1])}, follow_redirects=False)
    assert answer.headers["Location"] == place


def test_cookie_is_secure_and_for_the_desk_alone_and_nothing_is_cached(client: TestClient, database: Database) -> None:
    desk = at_the_desk(client, database, Scope.WRITE)
    cookie = desk.sign_in.headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/desk"} <= {part.strip() for part in cookie.split(";")}
    page = desk.get()
    for answer in (desk.sign_in, page, client.get(SIGN_IN), client.get(DESK, follow_redirects=False)):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    with database.read() as connection:
        stored = str(connection.exec_driver_sql("SELECT * FROM desk_session").all())
    assert desk.token not in stored
    assert "Set-Cookie" not in client.get("/").headers


@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example", "/desk//evil", "/desk\\x", "/other"])
def test_signing_in_leads_to_the_desk_and_nowhere_else(client: TestClient, database: Database, following: str) -> None:
    answer = client.post(
        SIGN_IN, data={"key": key_for(database, Scope.WRITE).key, "next": following}, follow_redirects=False
    )
    assert answer.headers["Location"] == DESK


def test_wrong_key_is_refused_and_tries_are_bounded(client: TestClient, database: Database) -> None:
    key = key_for(database, Scope.WRITE).key
    refused = client.post(SIGN_IN, data={"key": f"{key[:-1]}x"})
    assert (refused.status_code, "Set-Cookie" in refused.headers) == (403, False)
    assert key[:-1] not in refused.text
    app: Any = client.app
    app.state.access.attempts = FailedAttempts(address_burst=2)
    tried = [client.post(SIGN_IN, data={"key": "wrong"}).status_code for _ in range(4)]
    assert tried == [403, 403, 429, 429]
    assert client.post(SIGN_IN, data={"key": key}, follow_redirects=False).status_code == 303


def test_form_of_another_site_or_session_changes_nothing(client: TestClient, database: Database) -> None:
    desk, other = at_the_desk(client, database, Scope.WRITE), at_the_desk(client, database, Scope.WRITE)
    for token in ("", "0" * 64, other.form_token()):
        answer = desk.post(f"{DESK}/sign-out", {TOKEN_FIELD: token})
        assert answer.status_code == 403
        assert _is_signed_in(desk)
    right = {"key": key_for(database, Scope.WRITE).key}
    foreign = client.post(SIGN_IN, data=right, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
    assert (foreign.status_code, "Set-Cookie" in foreign.headers) == (403, False)
    assert desk.post(f"{DESK}/sign-out").status_code == 303


def test_form_that_another_site_sends_changes_nothing_whatever_it_knows(client: TestClient, database: Database) -> None:
    desk = at_the_desk(client, database, Scope.WRITE)
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 303)):
        data = {TOKEN_FIELD: desk.form_token()}
        headers = {"Cookie": f"{COOKIE}={desk.token}", "Sec-Fetch-Site": site}
        answer = client.post(f"{DESK}/sign-out", data=data, headers=headers, follow_redirects=False)
        assert answer.status_code == status, site
        assert _is_signed_in(desk) == (status == 403)


def test_signing_out_ends_the_session_and_everywhere_all_of_the_key(client: TestClient, database: Database) -> None:
    key = key_for(database, Scope.WRITE).key
    first, second, other = DeskClient(client, key), DeskClient(client, key), at_the_desk(client, database, Scope.WRITE)
    before = first.token
    first.post(f"{DESK}/sign-out")
    first.token = before
    assert [_is_signed_in(one) for one in (first, second, other)] == [False, True, True]
    third = DeskClient(client, key)
    second.post(f"{DESK}/sign-out", {"everywhere": "1"})
    assert [_is_signed_in(one) for one in (third, other)] == [False, True]


def test_token_is_replaced_while_it_is_used_and_forms_opened_before_still_go(
    client: TestClient, database: Database
) -> None:
    desk = at_the_desk(client, database, Scope.WRITE)
    before, form_token = desk.token, desk.form_token()
    _age(database, RENEWED_AFTER + datetime.timedelta(seconds=1))
    assert _is_signed_in(desk)
    assert desk.token != before
    assert desk.form_token() == form_token
    old = DeskClient.__new__(DeskClient)
    old.client, old.token = client, before
    assert _is_signed_in(old), "requests under way at the same time"
    _age(database, datetime.timedelta(minutes=2))
    old.token = before
    assert not _is_signed_in(old)
    assert _is_signed_in(desk)


def test_signing_out_ends_the_token_before_too(client: TestClient, database: Database) -> None:
    desk = at_the_desk(client, database, Scope.WRITE)
    before = desk.token
    _age(database, RENEWED_AFTER + datetime.timedelta(seconds=1))
    assert _is_signed_in(desk)
    assert desk.token != before
    assert desk.post(f"{DESK}/sign-out").status_code == 303
    desk.token = before
    assert not _is_signed_in(desk)


def test_session_ends_unused_and_in_any_case_after_half_a_day(client: TestClient, database: Database) -> None:
    desk = at_the_desk(client, database, Scope.WRITE)
    _age(database, datetime.timedelta(hours=2, minutes=1))
    assert not _is_signed_in(desk)
    desk = at_the_desk(client, database, Scope.WRITE)
    for _hour in range(int(LONGEST.total_seconds()) // 3600):
        assert _is_signed_in(desk)
        _age(database, datetime.timedelta(hours=1))
    assert not _is_signed_in(desk)


def test_session_ends_with_its_key(client: TestClient, database: Database) -> None:
    desk = at_the_desk(client, database, Scope.WRITE)
    with database.write() as connection:
        prefix = connection.exec_driver_sql("SELECT key_prefix FROM desk_session").scalar_one()
        loading.revoke_key(connection, prefix, datetime.datetime.now(datetime.UTC))
    assert not _is_signed_in(desk)


def test_session_opens_nothing_but_the_desk(client: TestClient, database: Database) -> None:
    desk = at_the_desk(client, database, Scope.KEYS)
    assert desk.get("/v1/keys").status_code == 401
    assert client.get("/v1/keys", headers=bearer(key_for(database, Scope.KEYS))).status_code == 200
