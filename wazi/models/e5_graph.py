# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The twelve layers of multilingual-e5-small as an OpenVINO graph, compiled for the processor.

Embeddings in, one mean per text out. Word embeddings stay outside: they are four fifths of the model, and few are looked
up. The layers are BERT's: attention and feed-forward, each added and normalised. Where the processor multiplies 8-bit
numbers at once (VNNI), matrices and their inputs are rounded to 8 bits. It knows nothing of tokens or batches.
"""

from __future__ import annotations

import platform
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from wazi.models import e5_ranges
from wazi.models.e5_ranges import Range
from wazi.models.e5_weights import Weights
from wazi.models.openvino_import import report_to_nobody

report_to_nobody()

import openvino as ov  # noqa: E402
from openvino import opset13 as ops  # noqa: E402

MASKED = 1e4
"""Taken from the scores of padding: its weight after the softmax is exactly 0 in float32."""

LEVELS = 256

Arithmetic = Literal["float32", "int8", "int8-bfloat16"]
"""`int8-bfloat16` rounds to bfloat16 what `int8` leaves in float32: attention, sums, and the inputs without a range."""

PRECISIONS = {"float32": "f32", "int8": "f32", "int8-bfloat16": "bf16"}

VNNI = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16"})

# One stream on all cores: a question is answered sooner, and two streams side by side embed no more per second.
CONFIGURATION = {"PERFORMANCE_HINT": "LATENCY"}


def suited(flags: Collection[str]) -> Arithmetic:
    """The fastest arithmetic that was checked for a processor with these features, as Linux names them.

    Without VNNI 8-bit products are slower than float32 ones and saturate; on ARM they are not measured. `int8-bfloat16` is a
    fifth faster where the processor has it, but a vector then depends on the texts beside it (ADR 10): it is not chosen.
    """
    return "float32" if VNNI.isdisjoint(flags) else "int8"


def processor() -> frozenset[str]:
    """The features of this processor; empty where the system does not list them in /proc/cpuinfo (macOS)."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split()) if platform.machine() == "x86_64" else frozenset()


def compile_graph(weights: Weights, arithmetic: Arithmetic) -> ov.CompiledModel:
    """The graph, ready to run: (texts, tokens, hidden) embeddings and (texts, tokens) 1 or 0 give (texts, hidden)."""
    ranges = {} if arithmetic == "float32" else e5_ranges.read()
    # Said in any case: the default differs between processors.
    configuration = CONFIGURATION | {"INFERENCE_PRECISION_HINT": PRECISIONS[arithmetic]}
    return ov.Core().compile_model(Layers(weights, ranges).graph(), "CPU", configuration)


def input_of(name: str) -> str:
    """The name of the input of a matrix: query, key and value share one."""
    layer, part = name.split(".")
    return f"{layer}.{'qkv' if part in ('q', 'k', 'v') else part}"


class Layers:
    """Puts the graph together: `ranges` are those of the inputs to round to 8 bits. Nodes have no type in Python."""

    def __init__(self, weights: Weights, ranges: Mapping[str, Range]) -> None:
        self.weights = weights
        self.ranges = ranges
        self.inputs: dict[str, Any] = {}
        """The input of every matrix as it is before any rounding, by `input_of`."""
        self._eighths: dict[str, Any] = {}

    def graph(self) -> ov.Model:
        embedded = ops.parameter([-1, -1, self.weights.hidden], np.float32)
        real = ops.parameter([-1, -1], np.float32)
        mask = ops.unsqueeze(ops.multiply(ops.subtract(real, _floats(1)), _floats(MASKED)), _integers(1, 2))
        states = self._norm(embedded, "emb.ln")
        for layer in range(self.weights.layers):
            states = self._layer(states, mask, f"l{layer}.")
        mean = ops.divide(
            ops.squeeze(ops.matmul(ops.unsqueeze(real, _integers(1)), states, False, False), _integers(1)),
            ops.reduce_sum(real, _integers(1), True),
        )
        return ov.Model([mean], [embedded, real], "multilingual-e5-small")

    def _layer(self, states: Any, mask: Any, name: str) -> Any:
        query, key, value = (self._heads(self._linear(states, f"{name}{part}")) for part in "qkv")
        seen = ops.scaled_dot_product_attention(query, key, value, mask)
        seen = ops.reshape(ops.transpose(seen, _integers(0, 2, 1, 3)), _integers(0, 0, self.weights.hidden), True)
        states = self._norm(ops.add(states, self._linear(seen, f"{name}ao")), f"{name}aln")
        wide = ops.gelu(self._linear(states, f"{name}fi"), "erf")
        return self._norm(ops.add(states, self._linear(wide, f"{name}fo")), f"{name}oln")

    def _heads(self, states: Any) -> Any:
        """(texts, tokens, hidden) to (texts, heads, tokens, hidden / heads)."""
        return ops.transpose(ops.reshape(states, _integers(0, 0, self.weights.heads, -1), True), _integers(0, 2, 1, 3))

    def _linear(self, states: Any, name: str) -> Any:
        matrix = self.weights.matrix(f"{name}.w")
        known = self.ranges.get(input_of(name))
        first = self.inputs.setdefault(input_of(name), states)
        if known is None:
            product = ops.matmul(first, ops.constant(matrix), False, True)
        else:
            rounded = self._rounded(input_of(name), known)
            product = ops.matmul(rounded, _eight_bits(matrix * known.scales), False, True)
        return ops.add(product, self._row(f"{name}.b"))

    def _rounded(self, name: str, known: Range) -> Any:
        """The input on 256 levels, made once for all matrices that it goes into."""
        if name not in self._eighths:
            inverse = ops.constant((1 / known.scales).reshape(1, 1, -1))
            low, high = (_floats(limit) for limit in _limits(known))
            self._eighths[name] = ops.fake_quantize(
                ops.multiply(self.inputs[name], inverse), low, high, low, high, LEVELS
            )
        return self._eighths[name]

    def _norm(self, states: Any, name: str) -> Any:
        plain = ops.mvn(states, _integers(-1), True, self.weights.epsilon, "INSIDE_SQRT")
        return ops.add(ops.multiply(plain, self._row(f"{name}.w")), self._row(f"{name}.b"))

    def _row(self, name: str) -> Any:
        return ops.constant(self.weights.tensors[name].reshape(1, 1, -1))


def _limits(known: Range) -> tuple[float, float]:
    """The range, widened so that zero is one of the levels."""
    step = (known.high - known.low) / (LEVELS - 1)
    zero = round(-known.low / step)
    return -zero * step, (LEVELS - 1 - zero) * step


def _eight_bits(matrix: Any) -> Any:
    """The matrix on 255 levels around zero, each row with a step of its own."""
    largest = np.abs(matrix).max(axis=1, keepdims=True)
    low, high = ops.constant(-largest), ops.constant(largest)
    return ops.fake_quantize(ops.constant(matrix), low, high, low, high, LEVELS - 1)


def _integers(*values: int) -> Any:
    return ops.constant(np.array(values, np.int64))


def _floats(value: float) -> Any:
    return ops.constant(np.float32(value))
