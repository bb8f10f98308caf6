# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The trained network as the arrays that the reader runs from, under the names of the encoder's own file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wazi.models.e5_weights import Weights
from wazi.models.reader_file import Trained
from wazi.tune.network import ReaderNetwork


def trained(network: ReaderNetwork, weights: Weights, card: Mapping[str, Any]) -> Trained:
    """Everything but the word embeddings; `card` says how it came about."""
    tensors = {_name(name): each.detach().numpy() for name, each in network.state_dict().items()}
    return Trained(weights.hidden, weights.layers, weights.heads, weights.epsilon, tensors, card)


def _name(name: str) -> str:
    """`emb.layers.3.q.w` becomes `l3.q.w`, `emb.ln.w` stays, `heads.span.weight` becomes `head.span.w`."""
    parts = name.split(".")
    if parts[0] == "heads":
        return f"head.{parts[1]}.{parts[2][0]}"
    if parts[1] == "layers":
        return f"l{parts[2]}.{'.'.join(parts[3:])}"
    return {"emb.kinds": "emb.type", "emb.places": "emb.pos"}.get(name, name)
