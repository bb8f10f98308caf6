# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What 8-bit arithmetic needs to know of multilingual-e5-small: between which values the inputs of its matrices lie.

`e5_ranges.toml` is made by `e5_calibrate.py`. An input is divided by a scale for each of its channels, so that few large
channels do not coarsen the others (SmoothQuant, Xiao et al. 2023), and the columns of its matrix are multiplied by it. This
module knows the file and how scales are chosen, and nothing of graphs.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = Path(__file__).with_name("e5_ranges.toml")

STEPS = 8
"""Scales are powers of the eighth root of two: a byte holds one, and 9 % between neighbours is exact enough."""

MIDDLE = 128

SHARE = 0.7
"""How far a scale follows the input rather than the matrix. On 194 other texts .5 gave a mean cosine of .9960, .7 of .9991."""


@dataclass(frozen=True, slots=True)
class Range:
    """One input: the least and the greatest value once divided by `scales`, which are one for each channel."""

    low: float
    high: float
    scales: NDArray[np.float32]


def read(file: Path = FILE) -> dict[str, Range]:
    """Ranges by input. An input that is not listed stays in floating point."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))["inputs"]
    return {name: Range(row["low"], row["high"], _scales(row["scales"])) for name, row in table.items()}


def text(ranges: Mapping[str, Range]) -> str:
    """The tables of the file, for `read`."""
    lines = []
    for name, found in ranges.items():
        steps = np.round(np.log2(found.scales) * STEPS).astype(int) + MIDDLE
        packed = base64.b64encode(steps.astype(np.uint8).tobytes()).decode()
        lines += [
            f'[inputs."{name}"]',
            f"low = {found.low:.5g}",
            f"high = {found.high:.5g}",
            f'scales = "{packed}"',
            "",
        ]
    return "\n".join(lines)


def choose(lows: NDArray[np.float32], highs: NDArray[np.float32], columns: NDArray[np.float32]) -> Range:
    """The range of an input from its least and greatest values, shape (texts, channels).

    `columns` is the greatest magnitude of each column of the matrices it goes into, shape (channels,).
    """
    largest = np.maximum(-lows, highs).max(axis=0).clip(1e-3)
    wanted = np.log2(largest) * SHARE - np.log2(columns.clip(1e-4)) * (1 - SHARE)
    scales = 2 ** (np.round((wanted - wanted.mean()) * STEPS) / STEPS).clip(-MIDDLE / STEPS, (MIDDLE - 1) / STEPS)
    return Range(float((lows / scales).min()), float((highs / scales).max()), scales.astype(np.float32))


def _scales(packed: str) -> NDArray[np.float32]:
    steps = np.frombuffer(base64.b64decode(packed), np.uint8).astype(np.float32)
    scales: NDArray[np.float32] = np.exp2((steps - MIDDLE) / STEPS)
    return scales
