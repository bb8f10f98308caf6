# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Quality and cost over time, from the receipts: each day's answers by outcome, seconds, joules, money; feedback beside it.

Staff see what came of questions whose askers held no label that they lack themselves: other counts would tell of documents
that they may not see. The whole trail is read at every look: a second for some hundred thousand receipts.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response

from wazi.desk import Desk
from wazi.errors import StoreError
from wazi.serve.office_base import ROUTE, enter, room, state_of
from wazi.state import feedback
from wazi.types import Outcome

DAYS = 30
PARTS = ("answered", "partly", "refused", "failed")
SINGLE = (("seconds", "seconds"), ("joules", "joules"), ("cost", "usd"))
"""The plots of one number a day: the word for each, and the field of a day."""
WIDTH, HEIGHT, EDGE = 600, 150, 36
"""Of a plot, in its own units; `EDGE` is left free for its scale."""
PART_OF = {
    Outcome.ANSWERED.value: "answered",
    Outcome.ANSWERED_PARTLY.value: "partly",
    Outcome.FAILED.value: "failed",
}
"""The part of each outcome; all others are refusals."""
KNOWN = {outcome.value for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Day:
    """One day in UTC. `parts` counts answers by part, `seconds` is their median, None without any."""

    date: dt.date
    parts: Mapping[str, int]
    seconds: float | None
    joules: float
    usd: float

    @property
    def answers(self) -> int:
        """All of them."""
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a plot: a rectangle with the class of its colour and what it says."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    told: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars, and the number at the top of the scale."""

    bars: tuple[Bar, ...]
    top: str


def days(receipts: Iterable[Mapping[str, Any]], labels: frozenset[str], last: dt.date, many: int = DAYS) -> list[Day]:
    """The `many` days up to `last`, oldest first, of receipts whose askers held only `labels`; what is no answer is left out."""
    first = last - dt.timedelta(days=many - 1)
    by_day: dict[dt.date, list[Mapping[str, Any]]] = {}
    for row in receipts:
        if row.get("outcome") not in KNOWN or row.get("replay_of") or not set(row["labels"]) <= labels:
            continue
        date = dt.datetime.fromisoformat(row["at"]).astimezone(dt.UTC).date()
        if first <= date <= last:
            by_day.setdefault(date, []).append(row)
    dates = [first + dt.timedelta(days=number) for number in range(many)]
    return [_day(date, by_day.get(date, [])) for date in dates]


def _day(date: dt.date, rows: Sequence[Mapping[str, Any]]) -> Day:
    parts = Tally(PART_OF.get(str(row["outcome"]), "refused") for row in rows)
    meters = [row["meter"] for row in rows if row["meter"]]
    seconds = statistics.median(float(meter["seconds"]) for meter in meters) if meters else None
    joules, usd = (sum(float(meter[name]) for meter in meters) for name in ("joules", "usd"))
    return Day(date, {part: parts[part] for part in PARTS}, seconds, joules, usd)


def stacked(every: Sequence[Day]) -> Plot:
    """Answers a day, its parts above each other."""
    most = max((day.answers for day in every), default=0) or 1
    bars = []
    for place, day in enumerate(every):
        below = 0
        for part, kind in zip(PARTS, "abcd", strict=True):
            if count := day.parts[part]:
                span = (below / most, count / most)
                bars.append(_bar((place, len(every)), span, kind, f"{day.date}: {count}"))
            below += count
    return Plot(tuple(bars), str(most))


def single(every: Sequence[Day], name: str) -> Plot:
    """One number a day."""
    values = [(day.date, float(getattr(day, name) or 0.0)) for day in every]
    most = max((value for _, value in values), default=0.0) or 1.0
    bars = [
        _bar((place, len(values)), (0.0, value / most), "bar", f"{date}: {value:.3g}")
        for place, (date, value) in enumerate(values)
        if value
    ]
    return Plot(tuple(bars), f"{most:.3g}")


def _bar(column: tuple[int, int], span: tuple[float, float], kind: str, told: str) -> Bar:
    """A bar in a column, counted from 0, of so many; `span` is what is below it and its own height, as shares of the scale."""
    (place, many), (below, share) = column, span
    step = (WIDTH - EDGE) / many
    height = share * (HEIGHT - 20)
    y = HEIGHT - 10 - (below + share) * (HEIGHT - 20)
    return Bar(round(EDGE + place * step, 2), round(y, 2), round(step * 0.9, 2), round(height, 2), kind, told)


def add(app: FastAPI, desk: Desk) -> None:
    """Put the page into the application."""

    @app.get("/office/figures", **ROUTE)
    def figures(request: Request) -> Response:
        caller = enter(request)
        labels, state = caller.reader.labels, state_of(request)
        try:
            every = days(desk.audit.receipts(), labels, dt.datetime.now(dt.UTC).date())
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"the receipts cannot be read ({error}): type `wazi audit verify`") from error
        plots = [("figures_outcomes", stacked(every))]
        plots += [(f"figures_{key}", single(every, name)) for key, name in SINGLE]
        told = {each: feedback.count(state, labels, status=each) for each in feedback.STATUSES}
        size = {"width": WIDTH, "height": HEIGHT, "edge": EDGE}
        return room(
            "office_figures.html", request, caller, days=every, plots=plots, parts=PARTS, feedback=told, size=size
        )
