from starlette.testclient import TestClient


def test_living_and_ready_server_says_so_and_is_not_cached(client: TestClient) -> None:
    for address, status in (("/healthz", "ok"), ("/readyz", "ready")):
        response = client.get(address)
        assert (response.status_code, response.json()) == (200, {"status": status})
        assert response.headers["Cache-Control"] == "no-store"
