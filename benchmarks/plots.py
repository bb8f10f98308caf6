# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The plots of the results page, as SVG that can be read on a phone: one column, large letters, dots and words, few colours.

Colours are those of Okabe and Ito, which people with any colour vision tell apart, and every series has a shape of its own.
The same numbers give the same bytes. Without matplotlib (the extra `bench`) the plots that are there stay as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#6b6b6b"
STYLE = {
    "svg.fonttype": "none",  # letters stay letters: small files, and a reader can enlarge them
    "svg.hashsalt": "wazi",
    "font.family": "sans-serif",
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}
WIDTH = 6.0
"""Inches; a plot is as wide as a telephone and as long as it must be."""


@contextmanager
def _drawing(file: Path, height: float) -> Iterator[Any]:
    """Axes to draw on; written to `file` at the end."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    with mpl.rc_context(STYLE):
        figure, axes = pyplot.subplots(figsize=(WIDTH, height), layout="constrained")
        axes.set_axisbelow(True)
        yield axes
        figure.savefig(file, metadata={"Date": None, "Creator": "wazi benchmarks/plots.py"})
        pyplot.close(figure)


def _possible(file: Path, *, empty: bool) -> bool:
    """Can this be drawn now?"""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        print(f"{file.name} is not drawn anew: type pip install -e '.[bench]'", file=sys.stderr)
        return False
    return not empty


def xquad(systems: Mapping[str, Mapping[str, float]], languages: Sequence[str], file: Path) -> bool:
    """A row of dots a system, a letter for each language; ours in blue. Is there a plot in `file`?"""
    shown = {name: values for name, values in systems.items() if values}
    if not _possible(file, empty="wazi" not in shown):
        return file.exists()
    with _drawing(file, 0.75 * len(shown) + 1.2) as axes:
        for row, (name, values) in enumerate(shown.items()):
            colour = BLUE if name.startswith("wazi") else ORANGE
            marker = "o" if name.startswith("wazi") else "s"
            axes.plot(list(values.values()), [row] * len(values), marker, color=colour, markersize=6, alpha=0.9)
            axes.text(0, row - 0.28, name, transform=axes.get_yaxis_transform(), color=colour, va="center", fontsize=11)
            lowest, best = (chosen(values, key=values.__getitem__) for chosen in (min, max))
            for tag, side in ((lowest, "right"), (best, "left")):
                gap = -0.35 if side == "right" else 0.35
                axes.text(values[tag] + gap, row, tag, ha=side, va="center", fontsize=10, color=GREY)
        axes.set_ylim(len(shown) - 0.5, -0.6)
        axes.set_yticks([])
        axes.set_xlabel(f"nDCG@10 x 100, one dot a language ({', '.join(languages)})")
        axes.margins(x=0.06)
    return True


def directions(parts: Mapping[str, Mapping[str, Any]], file: Path) -> bool:
    """recall@10 a direction with its interval, and the two signals alone. Is there a plot in `file`?"""
    if not _possible(file, empty=not parts):
        return file.exists()
    with _drawing(file, 0.5 * len(parts) + 1.6) as axes:
        rows = range(len(parts))
        for (name, marker, colour), pick in zip(
            (("words alone", "^", ORANGE), ("vectors alone", "s", GREEN)), ("lexical", "dense"), strict=True
        ):
            values = [part["beside"][pick]["metrics"]["recall@10"]["value"] for part in parts.values()]
            axes.plot(values, rows, marker, color=colour, label=name, markersize=7, fillstyle="none")
        found = [part["metrics"]["recall@10"] for part in parts.values()]
        _dots(axes, found, "wazi (95 % interval)")
        axes.set_yticks(list(rows), list(parts))
        axes.set_ylim(len(parts) - 0.5, -0.5)
        axes.set_xlim(-2, 102)
        axes.set_xlabel("recall@10 x 100")
        axes.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=10, handletextpad=0.1
        )
    return True


def languages(rows: Sequence[Mapping[str, Any]], file: Path) -> bool:
    """R@1 into English a language, as given, with intervals. Is there a plot in `file`?"""
    if not _possible(file, empty=not rows):
        return file.exists()
    with _drawing(file, 0.27 * len(rows) + 1.2) as axes:
        _dots(axes, [row["recall@1"] for row in rows], "")
        axes.set_yticks(range(len(rows)), [row["language"] for row in rows], fontsize=10)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(-2, 102)
        axes.set_xlabel("R@1 into English x 100 (95 % interval)")
    return True


def doublings(sizes: Sequence[Mapping[str, Any]], file: Path) -> bool:
    """Milliseconds by number of passages, both axes doubling. Is there a plot in `file`?"""
    if not _possible(file, empty=not sizes):
        return file.exists()
    with _drawing(file, 4.2) as axes:
        many = [row["rows"] for row in sizes]
        for key, name, marker, colour in (
            ("hybrid_p95_ms", "p95", "s", ORANGE),
            ("hybrid_p50_ms", "p50 (half are faster)", "o", BLUE),
        ):
            axes.plot(many, [row[key] for row in sizes], f"{marker}-", color=colour, label=name, markersize=7)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log", base=2)
        axes.set_xticks(many, [f"{number / 1000:g}k" for number in many], rotation=45)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlabel("passages")
        axes.set_ylabel("ms, hybrid search")
        axes.legend(frameon=False)
    return True


def risks(curves: Mapping[str, Sequence[Mapping[str, float]]], file: Path) -> bool:
    """The risk of an answer by the share of questions that is answered, a line a set. Is there a plot in `file`?"""
    if not _possible(file, empty=not curves):
        return file.exists()
    with _drawing(file, 4.6) as axes:
        looks = [(colour, marker) for marker in "os^D" for colour in (BLUE, ORANGE, GREEN)]
        for (name, curve), (colour, marker) in zip(curves.items(), looks, strict=False):
            points = [row["coverage"] for row in curve], [row["risk"] for row in curve]
            axes.plot(*points, f"{marker}-", color=colour, label=name, markersize=5, linewidth=1)
        axes.axvline(50, color=GREY, linewidth=1, linestyle=":")
        axes.set_xlabel("% of the questions answered; half of them have an answer")
        axes.set_ylabel("% of these answers that cannot be right")
        axes.legend(loc="upper left", frameon=False, fontsize=9, ncols=2)
    return True


def _dots(axes: Any, found: Sequence[Mapping[str, float]], name: str) -> None:
    values = [each["value"] for each in found]
    spread = [[each["value"] - each["low"] for each in found], [each["high"] - each["value"] for each in found]]
    axes.errorbar(values, range(len(found)), xerr=spread, fmt="o", color=BLUE, markersize=7, capsize=3, label=name)
