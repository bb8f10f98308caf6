# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Makes `e5_ranges.toml`: `python -m wazi.models.e5_calibrate FOLDER… > wazi/models/e5_ranges.toml`.

Runs the texts of the folders (.md, .html, .txt, .toml) in float32 and notes between which values the input of every matrix
lies. The file in the project was made from `samples` and `tests/samples/source`. It is not used at run time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wazi import config
from wazi.models import catalogue, e5_ranges, e5_weights, pull
from wazi.models.e5_graph import CONFIGURATION, Layers
from wazi.models.openvino_e5 import OpenVinoE5

import openvino as ov  # isort: skip  # after openvino_e5: telemetry is switched off there
from openvino import opset13 as ops

KINDS = (".html", ".md", ".toml", ".txt")
CHARACTERS = 700
QUESTION = 60
FLOAT = ("l10.fo",)
"""Left in floating point: without it the least cosine on 194 other texts was .9946, with it .9982."""


def main(folders: Sequence[str]) -> None:
    """Write the file to the standard output."""
    path = pull.locate(catalogue.find("multilingual-e5-small"), config.Settings().models_dir)
    weights = e5_weights.read(path)
    watched, names = _watched(Layers(weights, {}))
    model = OpenVinoE5(path, "float32")
    request = ov.Core().compile_model(watched, "CPU", CONFIGURATION | {"INFERENCE_PRECISION_HINT": "f32"})
    seen: list[list[Any]] = []
    for text in _texts(folders):
        seen += [request(model.inputs([window])).to_tuple() for window in model.windows(0, text)]
    ranges = {}
    for place, name in enumerate(names):
        lows, highs = (np.array([row[2 * place + side] for row in seen]) for side in (0, 1))
        if name not in FLOAT:
            ranges[name] = e5_ranges.choose(lows, highs, _columns(weights, name))
    sys.stdout.write(_head(folders, len(seen)) + e5_ranges.text(ranges))


def _watched(layers: Layers) -> tuple[ov.Model, list[str]]:
    """The graph with the least and the greatest value of every channel of every input as its results."""
    parameters = layers.graph().get_parameters()
    along = ops.constant(np.array([0, 1]))
    ends = [find(node, along, False) for node in layers.inputs.values() for find in (ops.reduce_min, ops.reduce_max)]
    return ov.Model(ends, parameters, "watched"), list(layers.inputs)


def _columns(weights: e5_weights.Weights, name: str) -> Any:
    layer, part = name.split(".")
    matrices = [weights.matrix(f"{layer}.{one}.w") for one in (part if part == "qkv" else [part])]
    return np.max([np.abs(matrix).max(axis=0) for matrix in matrices], axis=0)


def _texts(folders: Sequence[str]) -> Iterator[str]:
    """Stretches of the files as passages, and the beginning of each as a question."""
    for folder in folders:
        for file in sorted(file for file in Path(folder).rglob("*") if file.suffix in KINDS):
            text = re.sub(r"<[^>]*>|\s+", " ", file.read_text(encoding="utf-8"))
            for begin in range(0, len(text), CHARACTERS):
                yield f"passage: {text[begin : begin + CHARACTERS]}"
                yield f"query: {text[begin : begin + QUESTION]}"


def _head(folders: Sequence[str], count: int) -> str:
    said = (
        f"# Made by `python -m wazi.models.e5_calibrate {' '.join(folders)}` from {count} texts; see e5_ranges.py.\n\n"
    )
    return "# SPDX-FileCopyrightText: 2026 The wazi authors\n# SPDX-License-Identifier: Apache-2.0\n" + said


if __name__ == "__main__":
    main(sys.argv[1:])
