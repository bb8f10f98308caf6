# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Stored responses: what is deleted or replaced is in none of their bytes, and what is not to be kept is never written."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import CHARTER, put
from starlette.testclient import TestClient

from wazi import access
from wazi.desk import Desk
from wazi.serve.app import create
from wazi.serve.openai_kept import FILE, Shelf

STALL = "What does a market stall cost per day?"
WORDS = b"450 shillings"


def responded(desk: Desk) -> dict[str, object]:
    with TestClient(create(desk), base_url="http://127.0.0.1") as client:
        reply = client.post("/v1/responses", json={"input": STALL})
    assert reply.status_code == 200
    made: dict[str, object] = reply.json()
    return made


def held_bytes(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.glob(f"{FILE}*"))


@pytest.mark.parametrize("end", ["deleted", "replaced"])
def test_what_quotes_a_document_that_is_gone_is_erased_with_it(desk: Desk, end: str) -> None:
    made = responded(desk)
    assert WORDS in held_bytes(desk.settings.home)
    assert Shelf(desk).prune() == 0, "what still stands stays"
    document = made["wazi"]["claims"][0]["quotes"][0]["document"]["id"]  # type: ignore[index]
    if end == "deleted":
        with desk.store.writing():
            desk.store.apply([], delete=[document])
    else:
        put(desk, "charter.md", CHARTER.replace("450", "900"))
    assert Shelf(desk).prune() == 1
    assert WORDS not in held_bytes(desk.settings.home)
    assert Shelf(desk).get(str(made["id"]), access.anonymous(desk.settings)) is None


@pytest.mark.parametrize("section", ["audit", "api"])
def test_what_is_not_to_be_kept_is_never_written_and_the_reply_says_so(desk: Desk, section: str) -> None:
    unkept = {
        "audit": desk.settings.audit.model_copy(update={"keep_questions": False}),
        "api": desk.settings.api.model_copy(update={"keep_hours": 0.0}),
    }
    settings = desk.settings.model_copy(update={section: unkept[section]})
    assert responded(replace(desk, settings=settings))["store"] is False
    assert not held_bytes(desk.settings.home)
