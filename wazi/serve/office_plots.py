# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Numbers by day or week -> bars of a plot, without a script. It does not know what is counted.

A plot is stretched to the width of its page, so that no letters are in it: its scale stands beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 150
"""Of a plot, in its own units."""
FILLED = 0.9
"""The share of a column that its bar takes."""


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
    """Bars, the number at the top of the scale, the first and the last date, and the word for each colour."""

    bars: tuple[Bar, ...]
    top: str
    first: dt.date
    last: dt.date
    words: Mapping[str, str]


def plot(columns: Sequence[tuple[dt.date, Mapping[str, float]]], words: Mapping[str, str] | None = None) -> Plot:
    """The numbers of each date above each other, by the class of their colour; at least one date."""
    most = max(sum(parts.values()) for _, parts in columns) or 1.0
    step, bars = WIDTH / len(columns), []
    for place, (date, parts) in enumerate(columns):
        below = 0.0
        for kind, value in parts.items():
            below += value
            x, y, height = place * step, HEIGHT * (1 - below / most), HEIGHT * value / most
            told = f"{date}: {_short(value)}"
            if value:
                bars.append(Bar(round(x, 2), round(y, 2), round(step * FILLED, 2), round(height, 2), kind, told))
    return Plot(tuple(bars), _short(most), columns[0][0], columns[-1][0], words or {})


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
