# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Receipts for the staff, the newest first, by outcome and day. It does not say who asked.

Here are those whose page opens for the person, in the list and in its count. The whole trail is read at every look.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response

from wazi.desk import Desk
from wazi.errors import StoreError, UsageError
from wazi.receipts import visible
from wazi.serve.office_base import ROUTE, enter, room
from wazi.types import Outcome, Reader

RECEIPTS = "/office/receipts"
SHOWN = 50
"""Receipts on a page."""
OUTCOMES = tuple(outcome.value for outcome in Outcome)

Receipt = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: an outcome and a day (UTC), any if empty, with a number below `before`; 0: from the newest."""

    outcome: str = ""
    day: str = ""
    before: int = 0

    def __post_init__(self) -> None:
        if self.outcome and self.outcome not in OUTCOMES:
            raise UsageError(f"{self.outcome[:40]!r} is no outcome: choose one of {', '.join(OUTCOMES)}")
        try:
            if self.day and self.day != str(dt.date.fromisoformat(self.day)):
                raise ValueError("another way to write it")
        except ValueError as error:
            raise UsageError(f"{self.day[:40]!r} is no day: write it like {dt.date.today()}") from error

    def fits(self, receipt: Receipt) -> bool:
        """Whether it is one of them, on whatever page."""
        return receipt.get("outcome") in ([self.outcome] if self.outcome else OUTCOMES) and (
            not self.day or str(receipt["at"]).startswith(self.day)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A page of receipts, the newest first, how many there are on all pages, and the `before` of the next page; 0: none."""

    rows: tuple[Receipt, ...]
    many: int
    older: int


def find(receipts: Iterable[Receipt], reader: Reader, wanted: Wanted, shown: int = SHOWN) -> Found:
    """The wanted receipts that the reader may see, from a trail in its order."""
    many, kept = 0, deque[Receipt](maxlen=shown + 1)
    for receipt in receipts:
        if wanted.fits(receipt) and visible(receipt, reader):
            many += 1
            if not wanted.before or receipt["n"] < wanted.before:
                kept.append(receipt)
    rows = tuple(reversed(kept))[:shown]
    return Found(rows, many, rows[-1]["n"] if len(kept) > shown else 0)


def add(app: FastAPI, desk: Desk) -> None:
    """Put the page into the application."""

    @app.get(RECEIPTS, **ROUTE)
    def receipts(request: Request, outcome: str = "", day: str = "", before: int = 0) -> Response:
        caller, problem = enter(request), ""
        try:
            wanted = Wanted(outcome, day, before)
        except UsageError as error:
            wanted, problem = Wanted(), str(error)
        try:
            found = find(desk.audit.receipts(), caller.reader, wanted)
            asked = {row["id"]: desk.audit.content(row)["question"] for row in found.rows}
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"the receipts cannot be read ({error}): type `wazi audit verify`") from error
        frame: dict[str, Any] = {"status": 400 if problem else 200, "problem": problem, "outcomes": OUTCOMES}
        return room("office_receipts.html", request, caller, wanted=wanted, found=found, questions=asked, **frame)
