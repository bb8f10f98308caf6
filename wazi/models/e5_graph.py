# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The twelve layers of multilingual-e5-small as an OpenVINO graph, compiled for the processor.

Embeddings in, one mean per text out. Word embeddings stay outside: they are four fifths of the model, and few are looked
up. It knows nothing of tokens or batches. The layers are BERT's: attention and feed-forward, each added and normalised.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wazi.models.e5_weights import Weights
from wazi.models.openvino_import import report_to_nobody

report_to_nobody()

import openvino as ov  # noqa: E402
from openvino import opset13 as ops  # noqa: E402

MASKED = 1e4
"""Taken from the scores of padding: its weight after the softmax is exactly 0 in float32."""

CONFIGURATION = {
    # One stream on all cores: a question is answered sooner, and two streams side by side embed no more per second.
    "PERFORMANCE_HINT": "LATENCY",
    # The default is bfloat16 where the processor has it: the same text would get another vector on another machine.
    "INFERENCE_PRECISION_HINT": "f32",
}


def compile_graph(weights: Weights) -> ov.CompiledModel:
    """The graph, ready to run: (texts, tokens, hidden) embeddings and (texts, tokens) 1 or 0 give (texts, hidden)."""
    return ov.Core().compile_model(_Layers(weights).graph(), "CPU", CONFIGURATION)


class _Layers:
    """Puts the graph together. Nodes have no type of their own in Python."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

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
        # In full rather than in 4 or 8 bits: without VNNI the processor multiplies float32 fastest.
        matrix = ops.constant(self.weights.matrix(f"{name}.w"))
        return ops.add(ops.matmul(states, matrix, False, True), self._row(f"{name}.b"))

    def _norm(self, states: Any, name: str) -> Any:
        plain = ops.mvn(states, _integers(-1), True, self.weights.epsilon, "INSIDE_SQRT")
        return ops.add(ops.multiply(plain, self._row(f"{name}.w")), self._row(f"{name}.b"))

    def _row(self, name: str) -> Any:
        return ops.constant(self.weights.tensors[name].reshape(1, 1, -1))


def _integers(*values: int) -> Any:
    return ops.constant(np.array(values, np.int64))


def _floats(value: float) -> Any:
    return ops.constant(np.float32(value))
