# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The encoder as a PyTorch module, made from its 4-bit weights, with the heads of the reader on top.

Float32 on the processor. Word embeddings are four fifths of the model and stay outside, frozen: they are looked up by
`wazi.models.reader_inputs`. Needs the extra `train`; it knows nothing of data or schedules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from wazi.models.e5_weights import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

MASKED = -1e4
BYTES = 256
RELEVANCE_WIDTH = 128
COSINE_MIDDLE, COSINE_SLOPE = 0.85, 10.0
"""Where cosines of this encoder lie: about .7 to 1. Centred, they are a feature that means something from the first step."""


class Linear(nn.Module):
    """A matrix (out, in) and its bias."""

    def __init__(self, matrix: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.from_numpy(np.array(matrix)))
        self.b = nn.Parameter(torch.from_numpy(np.array(bias)))

    def forward(self, states: Tensor) -> Tensor:
        return functional.linear(states, self.w, self.b)


class Norm(nn.Module):
    """A layer norm over the channels."""

    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.from_numpy(np.array(weights.tensors[f"{name}.w"])))
        self.b = nn.Parameter(torch.from_numpy(np.array(weights.tensors[f"{name}.b"])))
        self.epsilon = weights.epsilon

    def forward(self, states: Tensor) -> Tensor:
        return functional.layer_norm(states, self.w.shape, self.w, self.b, self.epsilon)


class Layer(nn.Module):
    """Attention and feed-forward, each added and normalised (BERT, Devlin et al. 2019)."""

    def __init__(self, weights: Weights, number: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = weights.heads, dropout
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            name = f"l{number}.{part}"
            self.add_module(part, Linear(weights.matrix(f"{name}.w"), weights.tensors[f"{name}.b"]))
        self.aln, self.oln = Norm(weights, f"l{number}.aln"), Norm(weights, f"l{number}.oln")

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        query, key, value = (self._split(self._part(part, states)) for part in "qkv")
        # Not PyTorch's fused attention: backwards in bfloat16 it takes as long as all matrices of a layer.
        scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
        scores = scores + mask.to(scores.dtype)
        seen = scores.softmax(-1).to(value.dtype) @ value
        seen = seen.transpose(1, 2).reshape(states.shape)
        states = self.aln(states + self._dropped(self._part("ao", seen)))
        wide = functional.gelu(self._part("fi", states))
        return self.oln(states + self._dropped(self._part("fo", wide)))

    def _dropped(self, states: Tensor) -> Tensor:
        if not self.training or not self.dropout:
            return states
        # PyTorch's own dropout draws a number an element on one core: a fifth of a step. A byte an element is enough.
        drawn = torch.empty((states.numel() + 7) // 8, dtype=torch.int64).random_(-(2**63), None).view(torch.uint8)
        gone = round(BYTES * self.dropout)
        kept = drawn[: states.numel()].view(states.shape) >= gone
        return states * kept / (1 - gone / BYTES)

    def _part(self, name: str, states: Tensor) -> Tensor:
        return self.get_submodule(name)(states)

    def _split(self, states: Tensor) -> Tensor:
        return states.reshape(*states.shape[:2], self.heads, -1).transpose(1, 2)


class Encoder(nn.Module):
    """Twelve layers: (texts, tokens, hidden) embeddings without marks of place and kind become states of the same shape."""

    def __init__(self, weights: Weights, dropout: float) -> None:
        super().__init__()
        kind = weights.tensors["emb.type"].reshape(-1, weights.hidden)[0]
        self.kinds = nn.Parameter(torch.from_numpy(np.stack([kind, kind])))
        self.places = nn.Parameter(torch.from_numpy(np.array(weights.tensors["emb.pos"]).reshape(-1, weights.hidden)))
        self.ln = Norm(weights, "emb.ln")
        self.layers = nn.ModuleList(Layer(weights, number, dropout) for number in range(weights.layers))

    def forward(self, words: Tensor, real: Tensor, kinds: Tensor) -> Tensor:
        mask = ((1 - real) * MASKED)[:, None, None, :]
        states = self.ln(words + self.places[: words.shape[1]] + self.kinds[kinds])
        for layer in self.layers:
            states = layer(states, mask)
        return states  # type: ignore[no-any-return]


class Heads(nn.Module):
    """Span: begin and end of the answer, the first token standing for "not here". Relevance: one number a pair.

    Relevance sees the first token, the means of question and passage, and their cosine, which is what the encoder knew before.
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.span = nn.Linear(hidden, 2)
        self.wide = nn.Linear(3 * hidden + 1, RELEVANCE_WIDTH)
        self.relevance = nn.Linear(RELEVANCE_WIDTH, 1)
        nn.init.normal_(self.span.weight, std=0.02)
        nn.init.zeros_(self.span.bias)

    def forward(self, states: Tensor, real: Tensor, passage: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Begin and end (texts, tokens), -1e4 where no answer can be; relevance (texts,)."""
        allowed = passage.clone()
        allowed[:, 0] = 1
        begin, end = (self.span(states) + ((1 - allowed) * MASKED)[..., None]).unbind(-1)
        asked, told = _mean(states, real - passage), _mean(states, passage)
        cosine = (functional.cosine_similarity(asked, told)[:, None] - COSINE_MIDDLE) * COSINE_SLOPE
        seen = torch.cat([states[:, 0], asked * told, (asked - told).abs(), cosine], -1)
        return begin, end, self.relevance(functional.gelu(self.wide(seen)))[:, 0]


class ReaderNetwork(nn.Module):
    """Encoder and heads. `dropout` is the share of what each part of a layer adds that is left out while training."""

    def __init__(self, weights: Weights, dropout: float = 0.0) -> None:
        super().__init__()
        self.emb = Encoder(weights, dropout)
        self.heads = Heads(weights.hidden)

    def forward(self, words: Tensor, real: Tensor, passage: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        states: Tensor = self.emb(words, real, passage.long())
        heads: tuple[Tensor, Tensor, Tensor] = self.heads(states, real, passage)
        return heads


def _mean(states: Tensor, chosen: Tensor) -> Tensor:
    return (states * chosen[..., None]).sum(1) / chosen.sum(1, keepdim=True).clamp(min=1)
