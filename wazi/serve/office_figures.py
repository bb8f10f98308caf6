# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Quality and cost over time: each day's answers by outcome, seconds, joules and money from the receipts; each week's feedback.

Staff see what came of questions whose askers held no label that they lack themselves: other counts would tell of documents
that they may not see. The whole trail is read at every look: a second for some hundred thousand receipts.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response

from wazi.desk import Desk
from wazi.errors import StoreError
from wazi.serve.office_base import ROUTE, enter, room, state_of
from wazi.serve.office_plots import HEIGHT, WIDTH, Plot, plot
from wazi.state import feedback
from wazi.types import Outcome

DAYS, WEEKS = 30, 13
PARTS = ("answered", "partly", "refused", "failed")
KINDS = "abcd"
"""The colour of each part."""
SINGLE = (("seconds", "seconds"), ("joules", "joules"), ("cost", "usd"))
"""The plots of one number a day: the word for each, and the field of a day."""
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
class Week:
    """What readers said from a Monday on (UTC). Not helpful is also what was incomplete."""

    date: dt.date
    helpful: int
    unhelpful: int


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


def weeks(told: Iterable[tuple[dt.datetime, str]], last: dt.date, many: int = WEEKS) -> list[Week]:
    """The `many` weeks up to that of `last`, oldest first, of feedback by its time and verdict."""
    counts = Tally((_monday(at.astimezone(dt.UTC).date()), verdict == "right") for at, verdict in told)
    dates = [_monday(last) - dt.timedelta(weeks=number) for number in reversed(range(many))]
    return [Week(date, counts[date, True], counts[date, False]) for date in dates]


def _monday(date: dt.date) -> dt.date:
    return date - dt.timedelta(days=date.weekday())


def plots(every: Sequence[Day]) -> Iterator[tuple[str, Plot]]:
    """The plots of these days, each with the word for it."""
    words = {kind: f"figures_part_{part}" for kind, part in zip(KINDS, PARTS, strict=True)}
    outcomes = [(day.date, {kind: day.parts[part] for kind, part in zip(KINDS, PARTS, strict=True)}) for day in every]
    yield "figures_outcomes", plot(outcomes, words)
    for key, name in SINGLE:
        yield f"figures_{key}", plot([(day.date, {"bar": float(getattr(day, name) or 0.0)}) for day in every])


def plot_of_feedback(every: Sequence[Week]) -> Plot:
    """Helpful below, not helpful above."""
    columns = [(week.date, {"a": week.helpful, "d": week.unhelpful}) for week in every]
    return plot(columns, {"a": "verdict_right", "d": "verdict_wrong"})


def add(app: FastAPI, desk: Desk) -> None:
    """Put the page into the application."""

    @app.get("/office/figures", **ROUTE)
    def figures(request: Request) -> Response:
        caller, today = enter(request), dt.datetime.now(dt.UTC).date()
        labels, state = caller.reader.labels, state_of(request)
        try:
            every = days(desk.audit.receipts(), labels, today)
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"the receipts cannot be read ({error}): type `wazi audit verify`") from error
        since = dt.datetime.combine(_monday(today), dt.time(), dt.UTC) - dt.timedelta(weeks=WEEKS - 1)
        told = weeks(feedback.verdicts(state, labels, since=since), today)
        values: dict[str, Any] = {
            "days": every,
            "plots": list(plots(every)) if any(day.answers for day in every) else [],
            "weeks": told,
            "told": plot_of_feedback(told),
            "parts": PARTS,
            "feedback": {each: feedback.count(state, labels, status=each) for each in feedback.STATUSES},
            "size": (WIDTH, HEIGHT),
        }
        return room("office_figures.html", request, caller, **values)
