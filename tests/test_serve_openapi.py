# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The description of the API is valid in both versions, complete, and true: requests made from it never break the server."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from wazi.config import Serve
from wazi.desk import Desk
from wazi.serve.app import create
from wazi.serve.openapi import down

MINE = ("/api/", "/v1/", "/healthz", "/readyz", "/metrics")
METHODS = ("get", "post", "delete", "put", "patch")


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create(desk), base_url="http://127.0.0.1") as made:
        yield made


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method])
        for path, item in described["paths"].items()
        for method in METHODS
        if method in item and path.startswith(MINE)
    ]


@pytest.mark.parametrize("file", ["/openapi.json", "/openapi-3.0.json"])
def test_the_description_is_valid(client: TestClient, file: str) -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="pip install openapi-spec-validator")
    described = client.get(file).json()
    validator.validate(described)
    text = json.dumps(described)
    if file == "/openapi-3.0.json":
        assert described["openapi"] == "3.0.3"
        assert '"null"' not in text
        assert '"const"' not in text
    else:
        assert described["openapi"] == "3.1.0"


def test_both_versions_describe_the_same(client: TestClient) -> None:
    newer, older = (client.get(file).json() for file in ("/openapi.json", "/openapi-3.0.json"))
    assert [(path, method) for path, method, _ in operations(newer)] == [
        (path, method) for path, method, _ in operations(older)
    ]
    assert newer["components"]["schemas"].keys() == older["components"]["schemas"].keys()


def test_every_operation_is_named_once_and_says_what_it_does_and_how_it_fails(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    found = operations(described)
    names = [operation["operationId"] for _, _, operation in found]
    assert len(names) == len(set(names)) >= 19
    assert described["security"] == [{}, {"bearer": []}]
    for path, method, operation in found:
        assert operation["summary"], path
        if method == "post" and "requestBody" in operation:
            name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
            assert described["components"]["schemas"][name]["examples"], path
            assert {"400", "default"} <= operation["responses"].keys(), path


def test_examples_can_be_sent(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    for path, method, operation in operations(described):
        if method != "post" or "requestBody" not in operation:
            continue
        name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        example = described["components"]["schemas"][name]["examples"][0]
        if path == "/v1/embeddings":  # its example names the real embedder
            example |= {"model": "wazi"}
        reply = client.post(path.replace("{vector_store_id}", "documents"), json=example)
        assert reply.status_code == 200, reply.text


def test_what_3_0_cannot_say_is_said_as_it_can() -> None:
    newer = {
        "properties": {
            "const": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            "b": {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
            "c": {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            "d": {"const": "text", "examples": ["text"]},
            "e": {"type": ["integer", "null"], "exclusiveMinimum": 0},
        }
    }
    assert down(newer)["properties"] == {
        "const": {"type": "string", "default": None, "nullable": True},
        "b": {"allOf": [{"$ref": "#/x"}], "nullable": True},
        "c": {"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
        "d": {"enum": ["text"], "example": "text"},
        "e": {"type": "integer", "nullable": True, "minimum": 0, "exclusiveMinimum": True},
    }


def test_requests_made_from_the_description_never_break_the_server(desk: Desk) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="pip install schemathesis")
    named = desk.settings.model_copy(update={"serve": Serve(hosts=("testserver",))})
    schema = schemathesis.openapi.from_asgi("/openapi.json", create(replace(desk, settings=named)))
    found = list(schema.include(path_regex="^/(api|v1|healthz|readyz|metrics)").get_all_operations())
    assert len(found) >= 19
    for result in found:
        _fuzz(result.ok())


def _fuzz(operation: Any) -> None:
    """Six requests that the description allows. One may still be refused: a schema cannot say which ids and words are known."""
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    @settings(max_examples=6, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def once(case: Any) -> None:
        reply = case.call()
        assert reply.status_code < 500, (case.as_curl_command(), reply.text)
        case.validate_response(reply, excluded_checks=[positive_data_acceptance])

    once()
