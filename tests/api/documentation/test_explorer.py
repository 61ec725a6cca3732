import hashlib
import re

from starlette.testclient import TestClient

from app.api.documentation.explorer import EXPLORER, STATIC


def test_vendored_files_are_those_that_were_summed() -> None:
    lines = (STATIC / EXPLORER / "SHA256SUMS").read_text().splitlines()
    listed = {name.lstrip("*"): digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    present = {path.name for path in (STATIC / EXPLORER).iterdir()} - {"SHA256SUMS"}
    assert set(listed) >= {name for name in present if name.endswith((".js", ".css", ".png"))}
    for name, digest in listed.items():
        assert hashlib.sha256((STATIC / EXPLORER / name).read_bytes()).hexdigest() == digest
    assert "LICENSE" in present


def test_page_asks_no_other_server(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert not re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]+", page.text)
    for address in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text):
        assert client.get(address).status_code == 200
    assert "'self'" in page.headers["Content-Security-Policy"]
    assert "http" not in page.headers["Content-Security-Policy"]


def test_vendored_files_never_change_at_their_address(client: TestClient) -> None:
    assert "immutable" in client.get(f"/static/{EXPLORER}/swagger-ui.css").headers["Cache-Control"]


def test_root_leads_to_the_docs(client: TestClient) -> None:
    response = client.get("/", follow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (307, "/docs")
