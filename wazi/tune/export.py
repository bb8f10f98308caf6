# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The trained network as the arrays that the reader runs from, under the names of the encoder's own file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from wazi.errors import InputError
from wazi.models.e5_weights import Weights
from wazi.models.reader_file import Trained
from wazi.tune.network import ReaderNetwork


def trained(network: ReaderNetwork, weights: Weights, card: Mapping[str, Any]) -> Trained:
    """Everything but the word embeddings; `card` says how it came about."""
    tensors = {_name(name): each.detach().numpy() for name, each in network.state_dict().items()}
    return Trained(weights.hidden, weights.layers, weights.heads, weights.epsilon, tensors, card)


def state(made: Trained, network: ReaderNetwork) -> dict[str, Tensor]:
    """The way back, but for what was rounded to 8 bits. Raises InputError for a reader of another shape."""
    try:
        return {
            name: torch.from_numpy(np.array(made.tensors[_name(name)])).reshape(each.shape)
            for name, each in network.state_dict().items()
        }
    except (KeyError, RuntimeError) as error:
        raise InputError(f"this reader has other layers or heads: {error}") from error


def _name(name: str) -> str:
    """`emb.layers.3.q.w` becomes `l3.q.w`, `emb.ln.w` stays, `heads.span.weight` becomes `head.span.w`."""
    parts = name.split(".")
    if parts[0] == "heads":
        return f"head.{parts[1]}.{parts[2][0]}"
    if parts[1] == "layers":
        return f"l{parts[2]}.{'.'.join(parts[3:])}"
    return {"emb.kinds": "emb.type", "emb.places": "emb.pos"}.get(name, name)
