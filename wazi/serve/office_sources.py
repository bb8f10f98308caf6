# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The sources of the home with what their last run brought, for administrators. It runs and changes none.

A source is shown to who holds its labels. Counts only: the names of single files may tell of documents with other labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response

from wazi.desk import Desk
from wazi.serve.office_base import ROUTE, enter, room
from wazi.sources import book
from wazi.sources.memory import read_log
from wazi.state.people import ADMIN
from wazi.types import PUBLIC

ADDRESS = "/office/sources"
COUNTS = ("new", "changed", "same", "gone", "deleted", "failed", "unreadable")
_SECRET = re.compile(r"(?<=//)[^/@]*@")
"""Name and password in an address."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source and its last run: when (empty: never), counts by name, what stopped it."""

    name: str
    kind: str
    address: str
    every: str
    labels: frozenset[str]
    began: str
    counts: dict[str, int]
    error: str


def listed(home: Path, labels: frozenset[str]) -> list[Source]:
    """The sources of which somebody holds all labels. Raises SettingError for a book that cannot be read."""
    last = {run.get("source"): run for run in read_log(home) if not run.get("dry_run")}
    rows = [_row(name, entry, last.get(name, {})) for name, entry in book.read(home).items()]
    return [row for row in rows if row.labels <= labels]


def add(app: FastAPI, desk: Desk) -> None:
    """Put the page into the application."""

    @app.get(ADDRESS, **ROUTE)
    def sources(request: Request) -> Response:
        caller = enter(request, ADMIN)
        rows = listed(desk.settings.home, caller.reader.labels)
        return room("office_sources.html", request, caller, rows=rows)


def _row(name: str, entry: book.Entry, run: dict[str, Any]) -> Source:
    return Source(
        name=name,
        kind=entry.kind,
        address=_SECRET.sub("", entry.address),
        every=entry.every,
        labels=frozenset(entry.labels or (PUBLIC,)),
        began=str(run.get("began", ""))[:16].replace("T", " "),
        counts={each: int(run[each]) for each in COUNTS if run.get(each)},
        error=_SECRET.sub("", str(run.get("error") or "")),
    )
