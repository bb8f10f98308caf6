# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the API says to a reader does not differ by a document that they may not see: answers, lists, counts, files, errors."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import CHARTER, put
from fastapi.testclient import TestClient

from wazi.desk import Desk
from wazi.serve.app import create

QUESTIONS = (
    "What does a market stall cost per day?",
    "What is the vault code of the archive?",
    "Who keeps the vault?",
    "Zebra?",
)

CHANGING = {"id", "created", "created_at", "completed_at", "response", "meter", "url"}
"""What differs from call to call: ids, times, costs; `url` holds the port."""


def told(value: Any) -> Any:
    """A reply without what differs from call to call."""
    if isinstance(value, dict):
        kept = {name: told(inner) for name, inner in value.items() if name not in CHANGING or name == "document"}
        return kept | ({"id": value["id"]} if "source" in value else {})
    return [told(inner) for inner in value] if isinstance(value, list) else value


def world(desk: Desk, hidden: str) -> list[Any]:
    """Everything that the anonymous reader can ask for."""
    seen: list[Any] = []
    with TestClient(create(desk), base_url="http://127.0.0.1") as client:
        for question in QUESTIONS:
            body = {"model": "quote", "messages": [{"role": "user", "content": question}]}
            replies = (
                client.post("/api/ask", json={"question": question, "model": "quote"}),
                client.post("/v1/chat/completions", json=body),
                client.post("/v1/responses", json={"model": "quote", "input": question}),
                client.post("/v1/vector_stores/documents/search", json={"query": question}),
            )
            seen += [(reply.status_code, told(reply.json())) for reply in replies]
        lists = ("/v1/files", "/v1/vector_stores", "/v1/vector_stores/documents", "/v1/models", "/readyz")
        refused = (f"/v1/files/{hidden}", f"/v1/files/{hidden}/content")
        seen += [(reply.status_code, reply.json()) for reply in map(client.get, lists + refused)]
        lines = client.get("/metrics").text.splitlines()
        varying = ("seconds", "created", "joules", "# ")
        seen.append([line for line in lines if not any(word in line for word in varying)])
    return seen


@pytest.mark.parametrize("labels", [frozenset({"staff"}), frozenset({"staff", "court"}), frozenset()])
def test_a_hidden_document_changes_nothing(desk_of: Callable[[str], Desk], labels: frozenset[str]) -> None:
    with_it, without = desk_of("point"), desk_of("point")
    for desk in (with_it, without):
        put(desk, "charter.md", CHARTER)
    secret = put(with_it, "secret.md", "# Vault\n\nThe vault code of the archive is 4711. It is kept.", labels=labels)
    one, other = world(with_it, secret.id), world(without, secret.id)
    assert "4711" not in json.dumps(one)
    for mine, theirs in zip(one, other, strict=True):
        assert mine == theirs
