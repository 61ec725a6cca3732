from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from app.api.documentation.openapi import examples
from app.main import create_app
from app.settings import Settings
from tests.api.examples import seed_answers
from tests.differences import assert_same


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_every_operation_and_parameter_is_described(document: dict[str, Any]) -> None:
    assert len(_operations(document)) >= 14
    for operation in _operations(document):
        assert operation["description"].strip()
        assert operation["summary"].strip()
        for parameter in operation.get("parameters", []):
            assert parameter["description"].strip(), (operation["operationId"], parameter["name"])


def test_summaries_are_titles_of_three_to_five_words_and_no_two_alike(document: dict[str, Any]) -> None:
    summaries = [operation["summary"] for operation in _operations(document)]
    assert [one for one in summaries if not 3 <= len(one.split()) <= 5 or one.endswith(".")] == []
    assert sorted(set(summaries)) == sorted(summaries)


def test_names_to_choose_from_are_arrays_of_enums_that_clients_write_with_commas(document: dict[str, Any]) -> None:
    found = set()
    for operation in _operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["name"] in {"facets", "fields", "include", "sort"}:
                found.add(parameter["name"])
                assert (parameter["style"], parameter["explode"]) == ("form", False)
                names = _names(document, parameter)
                constants = names.get("x-enum-varnames", names["enum"])
                assert len(set(constants)) == len(set(names["enum"])) == len(names["enum"])
                assert all(constant.isidentifier() for constant in constants)
    assert found == {"facets", "fields", "include", "sort"}


def _names(document: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    assert parameter["schema"]["type"] == "array"
    names: dict[str, Any] = parameter["schema"]["items"]
    return document["components"]["schemas"][names["$ref"].rpartition("/")[2]] if "$ref" in names else names


def test_every_field_that_is_named_can_be_picked_and_left_out(seed: TestClient, document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            given = {one["name"]: one for one in operation.get("parameters", [])}
            # What takes a key is tried in tests of its own.
            if "fields" not in given or "security" in operation:
                continue
            address = path
            for one in operation["parameters"]:
                if one["in"] == "path":
                    address = address.replace(f"{{{one['name']}}}", one["example"])
            query = {name: one["example"] for name, one in given.items() if one["required"] and one["in"] == "query"}
            names = _names(document, given["fields"])["enum"]
            picked = [name for name in names if not name.startswith("-")]
            left_out = [name for name in names if name.startswith("-")]
            for fields in (picked, left_out):
                response = seed.get(address, params={**query, "fields": ",".join(fields)})
                assert response.status_code == 200, response.text
            top = {name for name in picked if "." not in name}
            item = seed.get(address, params={**query, "fields": ",".join(top)}).json()
            item = item["items"][0] if "page" in item and "items" in item and item["items"] else item
            assert set(item) - {"items", "page"} <= top, path


def test_query_parameters_are_never_null(document: dict[str, Any]) -> None:
    for operation in _operations(document):
        for parameter in operation.get("parameters", []):
            assert "null" not in str(parameter["schema"])
            assert parameter["schema"].get("default", "") is not None


def test_examples_are_what_the_seed_answers(seed: TestClient) -> None:
    assert_same(_without_scores(seed_answers(seed)), _without_scores(examples()))


def _without_scores(value: Any) -> Any:
    """The two databases find the same and score it differently."""
    if isinstance(value, dict):
        return {name: _without_scores(one) for name, one in value.items() if name != "score"}
    return [_without_scores(one) for one in value] if isinstance(value, list) else value


def test_every_operation_has_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    for operation in _operations(document):
        # What takes a key is about what nobody else sees.
        if operation["operationId"] in {"getSource", "getSourceFile", "getVocabulary"} or "security" in operation:
            continue
        content = operation["responses"]["200"]["content"]["application/json"]
        assert_same(content["example"], examples()[operation["operationId"]])
        schema = {**content["schema"], "components": document["components"]}
        OAS31Validator(schema).validate(content["example"])


@pytest.mark.slow
def test_examples_of_parameters_work(seed: TestClient, document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        if "get" not in operations or "security" in operations["get"]:
            continue
        address, query, required = path, {}, {}
        headers = {}
        for parameter in operations["get"].get("parameters", []):
            if parameter["in"] == "path":
                address = address.replace(f"{{{parameter['name']}}}", parameter["example"])
            elif parameter["in"] == "header":
                headers[parameter["name"]] = str(parameter["example"])
            elif "example" in parameter:
                query[parameter["name"]] = parameter["example"]
                if parameter.get("required"):
                    required[parameter["name"]] = parameter["example"]
        # The seed is of no series.
        query.pop("series", None)
        for name, value in query.items():
            asked = {**required, name: value}
            assert (address, name, seed.get(address, params=asked).status_code) == (address, name, 200)
        assert seed.get(address, params=query, headers=headers).status_code == 200


def test_problems_of_an_operation_are_described(document: dict[str, Any]) -> None:
    responses = document["paths"]["/v1/questions"]["get"]["responses"]
    assert {"200", "400", "422", "500", "503"} <= set(responses)
    assert "application/problem+json" in responses["422"]["content"]
