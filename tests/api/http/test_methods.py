from starlette.testclient import TestClient

READ = (
    "/v1/questions",
    "/v1/topics/peace",
    "/docs",
    "/healthz",
    "/problems/",
    "/openapi.json",
    "/v1/questions?nothing=1",
)
PREFLIGHT = {"Origin": "https://example.org", "Access-Control-Request-Headers": "if-none-match"}


def test_options_names_the_methods_and_has_no_body(client: TestClient) -> None:
    for address in READ:
        response = client.options(address)
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert "Access-Control-Allow-Methods" not in response.headers
    assert client.options("/nothing").status_code == 404


def test_page_of_another_origin_may_read_and_send_any_header(client: TestClient) -> None:
    response = client.options("/v1/questions", headers={**PREFLIGHT, "Access-Control-Request-Method": "GET"})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Headers"] == "*"
    assert int(response.headers["Access-Control-Max-Age"]) > 0
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_page_of_another_origin_may_not_write(client: TestClient) -> None:
    for method in ("DELETE", "PUT", "PATCH"):
        response = client.options("/v1/questions", headers={**PREFLIGHT, "Access-Control-Request-Method": method})
        assert method not in response.headers["Access-Control-Allow-Methods"]


def test_other_method_is_not_smuggled_in_by_a_header(client: TestClient) -> None:
    plain = client.get("/healthz").json()
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert client.get("/healthz", headers={name: "DELETE"}).json() == plain
        assert client.post("/healthz", headers={name: "GET"}).status_code == 405


def test_trace_echoes_nothing(client: TestClient) -> None:
    response = client.request("TRACE", "/v1/questions", headers={"Cookie": "secret=1"})
    assert response.status_code == 405
    assert "secret" not in response.text
