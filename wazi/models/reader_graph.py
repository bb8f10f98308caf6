# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The trained layers and heads as an OpenVINO graph, compiled for the processor.

Embeddings, 1 or 0 for every token, and 1 or 0 for every token of the passage in; scores of begin and end for every token and one
relevance a pair out. Layers are put together as for the encoder. Matrices are kept in 8 bits in the file and multiplied in
bfloat16 where the processor has it, else in float32: ranges for 8-bit inputs, as the encoder has them, are not measured
for these weights.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from wazi.models.e5_graph import BFLOAT16, CONFIGURATION, MASKED, Layers
from wazi.models.reader_file import Trained

if TYPE_CHECKING:
    from wazi.models.e5_weights import Weights

import openvino as ov  # isort: skip  # after e5_graph: reporting is switched off there
from openvino import opset13 as ops

COSINE_MIDDLE, COSINE_SLOPE = 0.85, 10.0
"""As the heads were trained: see `wazi.tune.network`."""

TINY = 1e-8

Precision = Literal["f32", "bf16"]


def suited(flags: Collection[str]) -> Precision:
    """The faster precision on a processor with these features, as Linux names them."""
    return "f32" if BFLOAT16.isdisjoint(flags) else "bf16"


def compile_graph(trained: Trained, precision: Precision) -> ov.CompiledModel:
    """The graph, ready to run: (pairs, tokens, hidden), (pairs, tokens) twice give (pairs, tokens) twice and (pairs,)."""
    configuration = CONFIGURATION | {"INFERENCE_PRECISION_HINT": precision}
    return ov.Core().compile_model(ReaderLayers(trained).graph(), "CPU", configuration)


class ReaderLayers(Layers):
    """The encoder's layers with the heads of the reader instead of the mean."""

    def __init__(self, trained: Trained) -> None:
        # All that the layers ask of the encoder's weights, the trained ones give.
        super().__init__(cast("Weights", trained), {})
        self.trained = trained

    def graph(self) -> ov.Model:
        embedded = ops.parameter([-1, -1, self.weights.hidden], np.float32)
        real, passage = (ops.parameter([-1, -1], np.float32) for _ in range(2))
        mask = ops.unsqueeze(ops.multiply(ops.subtract(real, _one()), _number(MASKED)), _axes(1, 2))
        states = self._norm(embedded, "emb.ln")
        for layer in range(self.weights.layers):
            states = self._layer(states, mask, f"l{layer}.")
        begin, end = ops.split(self._linear(states, "head.span"), _axis(-1), 2).outputs()
        results = [ops.squeeze(each, _axes(-1)) for each in (begin, end)]
        return ov.Model([*results, self._relevance(states, real, passage)], [embedded, real, passage], "reader")

    def _relevance(self, states: Any, real: Any, passage: Any) -> Any:
        asked, told = _mean(states, ops.subtract(real, passage)), _mean(states, passage)
        product = ops.multiply(asked, told)
        sizes = ops.multiply(_length(asked), _length(told))
        cosine = ops.divide(ops.reduce_sum(product, _axes(-1), True), sizes)
        feature = ops.multiply(ops.subtract(cosine, _number(COSINE_MIDDLE)), _number(COSINE_SLOPE))
        first = ops.gather(states, _axis(0), _axis(1))
        apart = ops.abs(ops.subtract(asked, told))
        wide = ops.gelu(self._flat(ops.concat([first, product, apart, feature], -1), "head.wide"), "erf")
        return ops.squeeze(self._flat(wide, "head.relevance"), _axes(-1))

    def _flat(self, states: Any, name: str) -> Any:
        """As `_linear`, for (pairs, channels)."""
        product = ops.matmul(states, ops.constant(self.trained.matrix(f"{name}.w")), False, True)
        return ops.add(product, ops.constant(self.trained.tensors[f"{name}.b"].reshape(1, -1)))


def _mean(states: Any, chosen: Any) -> Any:
    total = ops.squeeze(ops.matmul(ops.unsqueeze(chosen, _axes(1)), states, False, False), _axes(1))
    return ops.divide(total, ops.maximum(ops.reduce_sum(chosen, _axes(1), True), _one()))


def _length(states: Any) -> Any:
    return ops.maximum(ops.sqrt(ops.reduce_sum(ops.multiply(states, states), _axes(-1), True)), _number(TINY))


def _axes(*values: int) -> Any:
    return ops.constant(np.array(values, np.int64))


def _axis(value: int) -> Any:
    return ops.constant(np.int64(value))


def _number(value: float) -> Any:
    return ops.constant(np.float32(value))


def _one() -> Any:
    return _number(1)
