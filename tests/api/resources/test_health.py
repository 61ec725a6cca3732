from starlette.testclient import TestClient


def test_living_and_ready_server_says_so_and_is_not_cached(client: TestClient) -> None:
    servers = [{"name": "primary", "condition": "ready", "revision": 0}]
    for address, expected in (("/healthz", {"status": "ok"}), ("/readyz", {"status": "ready", "servers": servers})):
        response = client.get(address)
        assert (response.status_code, response.json()) == (200, expected)
        assert response.headers["Cache-Control"] == "no-store"
