# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Receipts for the staff: the newest first, by outcome and day, and only those whose page opens for who looks."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from staff import Client, clients

from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.receipts import show
from wazi.serve import auth, office_receipts
from wazi.serve.app import create
from wazi.serve.office_receipts import Wanted, find
from wazi.state import State, people
from wazi.types import EVERYTHING, Reader

STALL = "What does a market stall cost per day?"
ZEBRA = "Where may zebras cross?"
ANYBODY = Reader("ben", frozenset({"public"}))
LABELS = st.frozensets(st.sampled_from(["public", "tax", "staff", EVERYTHING]), min_size=1)


def receipt(n: int, outcome: str = "answered", day: int = 3, *labels: str) -> dict[str, object]:
    return {"n": n, "id": str(n), "at": f"2026-05-{day:02}T10:00", "outcome": outcome, "labels": labels or ("public",)}


def numbers(rows: list[dict[str, object]], wanted: Wanted, shown: int = 50) -> tuple[list[object], int, int]:
    found = find(rows, ANYBODY, wanted, shown)
    return [row["n"] for row in found.rows], found.many, found.older


def test_the_newest_come_first_and_pages_follow_each_other() -> None:
    rows = [receipt(n) for n in range(1, 8)]
    assert numbers(rows, Wanted(), 3) == ([7, 6, 5], 7, 5)
    assert numbers(rows, Wanted(before=5), 3) == ([4, 3, 2], 7, 2)
    assert numbers(rows, Wanted(before=2), 3) == ([1], 7, 0)
    assert numbers(rows, Wanted(), 7) == ([7, 6, 5, 4, 3, 2, 1], 7, 0)
    assert numbers([], Wanted()) == ([], 0, 0)


def test_an_outcome_and_a_day_are_found_and_nothing_that_is_no_answer() -> None:
    rows = [receipt(1), receipt(2, "failed"), receipt(3, "failed", 4), receipt(4, "switched_off"), {"n": 5}]
    assert numbers(rows, Wanted()) == ([3, 2, 1], 3, 0)
    assert numbers(rows, Wanted("failed")) == ([3, 2], 2, 0)
    assert numbers(rows, Wanted("failed", "2026-05-04")) == ([3], 1, 0)
    assert numbers(rows, Wanted(day="2026-05-03")) == ([2, 1], 2, 0)
    for wrong in ({"outcome": "good"}, {"day": "yesterday"}, {"day": "20260504"}, {"day": "2026-W19-1"}):
        with pytest.raises(UsageError, match="is no"):
            Wanted(**wrong)


@given(asker=LABELS, looks=LABELS)
def test_a_label_that_is_lacked_hides_the_receipt_and_its_count(asker: frozenset[str], looks: frozenset[str]) -> None:
    found = find([receipt(1, "answered", 3, *asker)], Reader("x", looks), Wanted())
    seen = EVERYTHING in looks or (asker <= looks and EVERYTHING not in asker)
    assert (len(found.rows), found.many) == (seen, seen)


@pytest.fixture
def state(desk: Desk) -> Iterator[State]:
    with auth.open_for(desk.settings) as opened:
        people.add(opened, "ada", role="staff", labels=["tax"])
        people.add(opened, "ben", role="staff")
        yield opened


@pytest.fixture
def as_(desk: Desk, state: State) -> Client:
    app = create(desk, auth.reader_of, state=state)
    auth.add(app, desk.settings, state)
    office_receipts.add(app, desk)
    return clients(app, state)


def test_the_list_shows_what_opens_for_the_person_and_nothing_else(as_: Client, desk: Desk) -> None:
    for name, question in (("ada", STALL), ("ben", ZEBRA), ("", STALL)):
        assert as_(name).post("/", data={"question": question, "lang": "en"}).status_code == 200
    everybody = [str(row["id"]) for row in desk.audit.receipts()]
    for name, labels, many in (("ada", {"public", "tax"}, 3), ("ben", {"public"}, 2)):
        page = as_(name).get("/office/receipts?lang=en").text
        listed = re.findall(r'href="/receipts/([0-9a-f]{32})', page)
        opened = [each for each in everybody if as_(name).get(f"/receipts/{each}").status_code == 200]
        assert listed == opened[::-1]
        assert len(listed) == many
        assert f"Receipts found: {many}." in page
        assert all(show(each, Reader(name, frozenset(labels)), desk) for each in listed)
    assert ZEBRA in page
    assert "not in the documents" in page
    refused = as_("ben").get("/office/receipts", params={"outcome": "no_evidence", "lang": "en"}).text
    assert "Receipts found: 1." in refused


def test_what_cannot_be_looked_for_is_told(as_: Client) -> None:
    for wrong in ({"outcome": "good"}, {"day": "3 May"}):
        reply = as_("ben").get("/office/receipts", params=wrong)
        assert reply.status_code == 400
        assert "is no" in reply.text
    assert as_("ben").get("/office/receipts", params={"outcome": "", "day": "", "before": "0"}).status_code == 200


def test_a_damaged_trail_is_an_error_and_not_a_shorter_list(as_: Client, desk: Desk) -> None:
    as_("").post("/", data={"question": STALL})
    desk.audit.file.write_text('{"outcome": "answered"}\n')
    assert as_("ben").get("/office/receipts").status_code == 503
