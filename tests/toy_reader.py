# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""An encoder of one layer with random weights and an alphabet for a vocabulary, for tests of the reader."""

import string

import numpy as np

from wazi.models.e5_weights import BLOCK, BLOCK_WEIGHTS, Weights
from wazi.models.reader_file import Trained

HIDDEN, WIDE, HEADS, POSITIONS = 64, 128, 2, 300
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]


def weights(seed: int = 0) -> Weights:
    """Ids 0 to 3 are the marks; every letter, digit and point is a piece, and so is the blank."""
    random = np.random.default_rng(seed)
    pieces = [*SPECIAL, "\u2581", *string.ascii_letters, *string.digits, ".", "?", "\u2581stall", "\u2581costs"]
    scores = np.array([0.0] * len(SPECIAL) + [-3.0] * (len(pieces) - len(SPECIAL)), np.float32)

    def blocks(out: int, into: int, scale: float = 0.02) -> np.ndarray:
        made = np.zeros(out * into // BLOCK_WEIGHTS, BLOCK)
        made["scale"], made["nibbles"] = scale, random.integers(0, 256, made["nibbles"].shape)
        return made

    tensors = {
        "emb.word": blocks(len(pieces), HIDDEN, 0.1),
        "emb.pos": random.normal(size=POSITIONS * HIDDEN).astype(np.float32) * 0.02,
        "emb.type": random.normal(size=2 * HIDDEN).astype(np.float32) * 0.02,
    }
    for name in ("emb.ln", "l0.aln", "l0.oln"):
        tensors |= {f"{name}.w": np.ones(HIDDEN, np.float32), f"{name}.b": np.zeros(HIDDEN, np.float32)}
    shapes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN)}
    for part, (out, into) in (shapes | {"fi": (WIDE, HIDDEN), "fo": (HIDDEN, WIDE)}).items():
        tensors |= {f"l0.{part}.w": blocks(out, into), f"l0.{part}.b": np.zeros(out, np.float32)}
    return Weights(HIDDEN, 1, HEADS, POSITIONS, 1e-12, 0, 2, 3, pieces, scores, {}, tensors)


def untrained(seed: int = 1) -> Trained:
    """The layers as they are, heads by chance."""
    random, made = np.random.default_rng(seed), weights()
    hidden = made.hidden
    heads = {"span": (2, hidden), "wide": (16, 3 * hidden + 1), "relevance": (1, 16)}
    tensors = {name: made.tensors[name] for name in made.tensors if made.tensors[name].dtype == np.float32}
    tensors |= {name: made.matrix(name) for name in made.tensors if name.startswith("l0") and name not in tensors}
    for name, shape in heads.items():
        tensors[f"head.{name}.w"] = random.normal(size=shape).astype(np.float32)
        tensors[f"head.{name}.b"] = random.normal(size=shape[0]).astype(np.float32)
    for name in ("emb.pos", "emb.type"):
        tensors[name] = tensors[name].reshape(-1, hidden)
    return Trained(hidden, 1, made.heads, made.epsilon, tensors, {"seen": 3})
